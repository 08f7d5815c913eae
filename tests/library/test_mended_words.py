"""Items as rows and back: each value with its item, and words that a file can hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fakes.items import text_item
from hypothesis import given
from hypothesis import strategies as st

from nova_explore.collection import Collection, Item, Modality, number_copies
from nova_explore.embedding.embed import embed
from nova_explore.exploration.chain import explore
from nova_explore.library.item_rows import item_table, mended, stored_items
from nova_explore.library.store import open_library
from nova_explore.report.page import write_report

HALF = "\ud83d"
WORDS = st.text(st.characters(), max_size=6)


def rows_of(items: list[Item], library: Path = Path("/x/a.nova")):
    numbered = {item.id: item for item in number_copies(items)}
    return item_table(numbered, {id: place for place, id in enumerate(numbered)}, library)


@given(texts=st.lists(WORDS, min_size=1, max_size=5), metadata=st.dictionaries(WORDS, WORDS, max_size=3))
def test_any_words_come_back_as_they_were_but_for_halves_of_characters(texts, metadata):
    items = [
        mended(text_item(str(place), text=text, metadata=metadata, uri=f"table#row={place}"))
        for place, text in enumerate(texts)
    ]
    back = list(stored_items(rows_of(items), {}, Path("/x/a.nova")))
    assert [item.text for item in back] == [item.text for item in items]
    assert [dict(item.metadata) for item in back] == [dict(item.metadata) for item in items]
    for item, text in zip(back, texts, strict=True):
        assert str(item.text).encode("utf-8").decode("utf-8") == item.text
        if not any("\ud800" <= sign <= "\udfff" for sign in text):
            assert item.text == text


def test_two_halves_that_belong_together_are_one_character():
    assert mended(text_item("1", text="a \ud83d\ude00 b")).text == "a \U0001f600 b"


def test_an_item_without_halves_is_left_alone():
    item = text_item("1", text="Straße 日本 \U0001f600", metadata={"n": 1, "x": None})
    assert mended(item) is item


def test_words_with_half_a_character_are_mended_and_said_and_all_others_go_on(tmp_path, toy):
    items = number_copies(
        text_item(str(number), f"{number}.txt", text=f"castle {HALF if number == 3 else ''} {number}",
                  metadata={"caption": f"tower {HALF}" if number == 5 else "tower"})
        for number in range(12)
    )  # fmt: skip
    with pytest.warns(UserWarning, match=r"2 items held halves of characters.*3\.txt, 5\.txt"):
        library = embed(Collection(items), to=tmp_path / "a.nova", model=toy, progress=False)
    exploration = explore(library, model=toy, progress=False)
    assert len(exploration) == 12
    assert exploration.collection[3].text == "castle \ufffd 3"
    page = Path(write_report(exploration, to=tmp_path / "report.html")).read_text(encoding="utf-8")
    assert "tower \ufffd" in page


def test_rows_of_an_earlier_version_with_half_a_character_are_mended_as_they_are_read(tmp_path):
    library = open_library(tmp_path / "a.nova", create=True)
    library.add(Collection(number_copies([text_item("1", metadata={"caption": "tower"})])))
    rows = library._tables.read("items")
    assert rows is not None
    written = rows.set_column(rows.schema.get_field_index("metadata"), "metadata", [[json.dumps({"caption": HALF})]])
    library._tables.replace("items", written)
    assert library.collection()[0].metadata["caption"] == "\ufffd"


def test_pages_without_words_of_their_own_get_those_that_were_read_from_them():
    page = text_item("1", modality=Modality.PAGE, format="png")
    assert [item.text for item in stored_items(rows_of([page]), {page.content_key: "said"}, Path("/x"))] == ["said"]


@pytest.fixture
def toy():
    from fakes.toy_model import ToyModel

    return ToyModel()
