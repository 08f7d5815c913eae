"""Words find the items that carry them, the rare ones first, whatever the script."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fakes.items import text_item

from nova_explore.collection import Modality
from nova_explore.similarity.words_index import WordsIndex, fields_of, terms


def captioned(*captions: str):
    return [
        replace(text_item(f"{i}", f"pictures/IMG_{i}.png", modality=Modality.IMAGE), text=None, metadata={"caption": c})
        for i, c in enumerate(captions)
    ]


def test_plurals_accents_and_case_do_not_part_words():
    assert terms("Crêpes, PONIES & a Bus_stop") == ["crepe", "pony", "a", "bus", "stop"]


def test_writing_without_spaces_is_read_in_pairs_of_characters():
    assert terms("東京都の犬") == ["東京", "京都", "都の", "の犬"]
    found = WordsIndex(captioned("東京の犬", "猫")).search("犬と東京")
    assert found.positions.tolist() == [0]


def test_the_items_that_carry_the_rare_word_come_first():
    index = WordsIndex(captioned("a dog", "a cat", "a horse", "a dog and a cat"))
    found = index.search("a dog")
    best = found.positions[np.argsort(-found.scores, kind="stable")]
    assert best[:2].tolist() == [0, 3]


def test_bm25_worked_by_hand():
    # Two items of equal length, "dog" in one: idf = ln(1 + 1.5 / 1.5), tf = 3 as a caption, so 3 * 2.2 / (3 + 1.2).
    items = [replace(item, name="x") for item in captioned("dog", "cat")]
    found = WordsIndex(items).search("dog")
    assert found.positions.tolist() == [0]
    assert found.scores[0] == pytest.approx(np.log(2) * 3 * 2.2 / 4.2, rel=1e-5)
    assert found.relevance().tolist() == [1.0]


def test_coverage_is_the_share_of_the_words_and_unknown_words_count():
    index = WordsIndex(captioned("red dog", "red cat", "blue cat"))
    assert index.search("dog").coverage.tolist() == [1.0]
    assert index.search("dog unheard").coverage[0] < 0.5
    assert len(index.search("unheard").positions) == 0


def test_file_names_folders_and_texts_are_words():
    item = replace(text_item("0", "Zoo/snowyOwl_2.png", modality=Modality.IMAGE), text="said aloud")
    called, said = fields_of(item)
    assert terms(called) == ["snowy", "owl", "2"]
    assert terms(said) == ["zoo", "said", "aloud"]


def test_nothing_to_index_finds_nothing():
    assert len(WordsIndex([]).search("dog").positions) == 0
