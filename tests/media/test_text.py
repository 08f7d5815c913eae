from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from nova_explore import media
from nova_explore.collection import Item, Modality
from nova_explore.media import text
from nova_explore.media.text import split_text
from nova_explore.sources.read import read


def _item(words: str) -> Item:
    return Item("a", Modality.TEXT, "t.csv#row=0", "row", "txt", "0" * 64, text=words)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400), st.integers(8, 60))
def test_parts_are_the_text_cut_at_their_spans(words, limit):
    parts = split_text(words, limit=limit)
    if len(words) <= limit:
        assert [part.text for part in parts] == [words]
        assert parts[0].span is None
        return
    covered = 0
    for part in parts:
        assert part.span
        start, end = int(part.span.start), int(part.span.end)
        assert part.text == words[start:end]
        assert limit // 4 <= end - start <= limit
        assert not words[covered:start].strip()
        covered = end
    assert not words[covered:].strip()


def test_a_long_text_is_cut_where_sentences_end():
    words = "One two three four five. " * 20
    parts = split_text(words, limit=120)
    assert len(parts) == 5
    assert all(str(part.text).rstrip().endswith("five.") for part in parts)
    assert "".join(str(part.text) for part in parts) == words


def test_chinese_is_cut_after_its_own_full_stop():
    parts = split_text("今天天气很好我们去公园。" * 10, limit=50)
    assert all(str(part.text).endswith("。") for part in parts)


def test_a_text_without_any_boundary_is_cut_into_even_parts():
    assert [len(str(part.text)) for part in split_text("x" * 101, limit=50)] == [33, 34, 34]


def test_a_letter_and_its_accent_are_not_separated():
    words = "e\u0301" * 40
    assert all(str(part.text).startswith("e") for part in split_text(words, limit=21))


def test_the_text_of_a_file_is_cut_by_its_span(tmp_path):
    path = tmp_path / "long.txt"
    path.write_text("A sentence of words. " * 100)
    items = read(path, progress=False)
    assert len(items) == 2
    assert [text.load(item).text for item in items] == [item.text for item in items]
    assert media.playable(items[1]).data.decode() == items[1].text


@pytest.mark.parametrize("words", ["The quiet lake.", "Тихое озеро.", "静かな湖。", "x" * 3000, " "])
def test_a_text_of_any_script_gets_a_card_with_ink_on_it(words):
    card = Image.open(io.BytesIO(media.thumbnail(_item(words), 160)))
    assert card.format == "WEBP"
    assert card.size == (160, 120)
    darkest = np.asarray(card.convert("L").crop((4, 4, 156, 116))).min()
    assert (darkest < 230) == bool(words.strip())
