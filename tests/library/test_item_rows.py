"""An item is written to a row and read from it without losing a field or an item beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.items import text_item
from hypothesis import given
from hypothesis import strategies as st

from nova_explore.collection import Item, Modality, Span, number_copies
from nova_explore.library import item_rows
from nova_explore.library.item_rows import item_table, read_items

NOWHERE = Path("/nowhere.nova")


def as_fields(item: Item) -> tuple:
    return (
        item.id, item.modality, item.uri, item.name, item.format, item.digest, item.span, item.text, item.as_image,
        dict(item.metadata),
    )  # fmt: skip


def written(items: list[Item]):
    return item_table({item.id: item for item in items}, {item.id: place for place, item in enumerate(items)}, NOWHERE)


def test_every_field_of_an_item_survives(monkeypatch):
    monkeypatch.setattr(item_rows, "ITEMS_AT_ONCE", 2)
    items = number_copies(
        [
            Item("", Modality.PAGE, "/x/a.pdf", "a.pdf", "pdf", "d1", Span("page", 2, 3), "words", True),
            Item("", Modality.AUDIO, "/x/b.ogg", "b.ogg", "ogg", "d2", Span("seconds", 0.5, 30.5)),
            Item("", Modality.IMAGE, "/x/ü'\";--.png", "ü'\";--.png", "png", "d3", None, None, False,
                 {"caption": "<b>'; DROP", "n": 3, "share": 0.5, "yes": True, "none": None}),
        ]
    )  # fmt: skip
    assert list(map(as_fields, read_items(written(items), {}, NOWHERE))) == list(map(as_fields, items))


scalars = st.one_of(st.none(), st.booleans(), st.integers(-(2**40), 2**40), st.floats(allow_nan=False), st.text())


@given(st.lists(st.tuples(st.text(min_size=1), st.dictionaries(st.text(), scalars, max_size=3)), max_size=6))
def test_whatever_text_and_metadata_an_item_has_comes_back(cells):
    items = number_copies(text_item(f"{n}", text=text, metadata=told) for n, (text, told) in enumerate(cells))
    back = list(read_items(written(items), {}, NOWHERE))
    assert [(item.text, dict(item.metadata)) for item in back] == [(i.text, dict(i.metadata)) for i in items]


def test_words_that_were_read_fill_in_where_an_item_has_none_of_its_own():
    own, scan = number_copies([text_item("d1", text="its own"), text_item("d2", modality=Modality.PAGE)])
    words = {own.content_key: "read", scan.content_key: "read from the scan"}
    assert [item.text for item in read_items(written([own, scan]), words, NOWHERE)] == ["its own", "read from the scan"]


def test_no_items_are_a_table_of_no_rows_with_every_column():
    table = written([])
    assert table.num_rows == 0
    assert list(read_items(table, {}, NOWHERE)) == []
    assert table.column_names == written(number_copies([text_item("d")])).column_names


@pytest.mark.parametrize("position", [0, 7])
def test_a_row_knows_its_position(position):
    [item] = number_copies([text_item("d")])
    assert item_table({item.id: item}, {item.id: position}, NOWHERE)["position"].to_pylist() == [position]
