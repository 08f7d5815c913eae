"""An item is written to a row, and made from it when asked for, without losing a field or an item beside it."""

from __future__ import annotations

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from fakes.items import text_item
from hypothesis import given
from hypothesis import strategies as st

from nova_explore.collection import Collection, Item, Modality, Span, number_copies
from nova_explore.library import item_rows
from nova_explore.library.item_rows import ItemRows, item_table, stored_items

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
    assert list(map(as_fields, stored_items(written(items), {}, NOWHERE))) == list(map(as_fields, items))


scalars = st.one_of(st.none(), st.booleans(), st.integers(-(2**40), 2**40), st.floats(allow_nan=False), st.text())


@given(st.lists(st.tuples(st.text(min_size=1), st.dictionaries(st.text(), scalars, max_size=3)), max_size=6))
def test_whatever_text_and_metadata_an_item_has_comes_back(cells):
    items = number_copies(text_item(f"{n}", text=text, metadata=told) for n, (text, told) in enumerate(cells))
    back = list(stored_items(written(items), {}, NOWHERE))
    assert [(item.text, dict(item.metadata)) for item in back] == [(i.text, dict(i.metadata)) for i in items]


def test_words_that_were_read_fill_in_where_an_item_has_none_of_its_own():
    own, scan = number_copies([text_item("d1", text="its own"), text_item("d2", modality=Modality.PAGE)])
    words = {own.content_key: "read", scan.content_key: "read from the scan"}
    assert [item.text for item in stored_items(written([own, scan]), words, NOWHERE)] == [
        "its own",
        "read from the scan",
    ]


spans = st.one_of(st.none(), st.builds(Span, st.sampled_from(["page", "seconds"]), st.floats(0, 9), st.floats(9, 99)))
words = st.text(st.characters(exclude_categories=["Cs"]))
some_items = st.lists(
    st.builds(
        Item, st.just(""), st.sampled_from(Modality), words, words, words, words, spans, st.one_of(st.none(), words),
        st.booleans(), st.dictionaries(words, scalars, max_size=3),
    ),
    max_size=12,
)  # fmt: skip


def stored(items: list[Item], chunks: list[int]) -> Collection:
    """The same items as rows, in chunks that begin there as well."""
    table = written(items)
    bounds = sorted({0, len(items), *(chunk % (len(items) or 1) for chunk in chunks)})
    parts = [table.slice(start, stop - start) for start, stop in pairwise(bounds)]
    return Collection(stored_items(pa.concat_tables(parts) if parts else table, {}, NOWHERE))


@given(some_items, st.lists(st.integers(0, 99), max_size=3), st.data())
def test_items_that_are_made_when_they_are_asked_for_are_those_that_were_made_at_once(items, chunks, data):
    items = number_copies(items)
    at_once, later = Collection(items), stored(items, chunks)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(item_rows, "FIRST_MADE", 2)
        for _ in range(data.draw(st.integers(0, 4))):
            positions = data.draw(st.permutations(range(len(items))))[: data.draw(st.integers(0, len(items)))]
            part, whole = (collection.at(positions) for collection in (later, at_once))
            assert part.ids == whole.ids
            assert part.columns == whole.columns
            assert list(part.content_keys) == list(whole.content_keys)
            assert list(map(as_fields, part)) == list(map(as_fields, whole))
            assert all(later[item.id] is item for item in part)
        assert later.counts() == at_once.counts()
        assert later.columns == at_once.columns
        assert list(later.content_keys) == list(at_once.content_keys)
        kept = list(later)
        assert list(map(as_fields, kept)) == list(map(as_fields, items))
        assert all(one is other for one, other in zip(kept, later, strict=True))
        assert later.modalities.tolist() == at_once.modalities.tolist()
        assert list(later.content_keys) == list(at_once.content_keys)
        assert later.to_frame().equals(at_once.to_frame())


@given(st.permutations(range(7)))
def test_items_come_in_the_order_of_their_positions_however_the_rows_lie(order):
    items = number_copies(text_item(f"{n}") for n in range(7))
    rows = written(items).take(order)
    assert [item.digest for item in stored_items(rows, {}, NOWHERE)] == list("0123456")


def test_rows_are_let_go_once_all_their_items_are_made_and_a_few_items_do_not_keep_them():
    rows = stored_items(written(number_copies(text_item(f"{n}") for n in range(9))), {}, NOWHERE)
    assert isinstance(rows.at(np.arange(4)), tuple)
    held = weakref.ref(rows._shelf.table)
    few, many = rows.at(np.arange(4)), rows.at(np.arange(8, 0, -1))
    assert isinstance(many, ItemRows)
    assert held() is not None
    assert few[3] is many[5]
    assert [item.id for item in rows] == rows.read_ids()
    gc.collect()
    assert held() is None
    assert many.read_ids() == rows.read_ids()[:0:-1]


def test_who_stops_early_has_few_items_made(monkeypatch):
    monkeypatch.setattr(item_rows, "FIRST_MADE", 2)
    rows = stored_items(written(number_copies(text_item(f"{n}") for n in range(40))), {}, NOWHERE)
    assert [item.digest for item, _ in zip(rows, range(5), strict=False)] == list("01234")
    assert len(rows._shelf._made) == 8


@pytest.mark.parametrize("position", [9, -10])
def test_a_position_beyond_the_rows_is_refused_as_that_of_a_list(position):
    rows = stored_items(written(number_copies(text_item(f"{n}") for n in range(9))), {}, NOWHERE)
    assert rows[-1] is rows[8]
    with pytest.raises(IndexError):
        rows[position]


def test_two_threads_that_ask_for_the_same_items_get_the_same():
    for _ in range(5):
        rows = stored_items(written(number_copies(text_item(f"{n}") for n in range(3000))), {}, NOWHERE)
        with ThreadPoolExecutor(4) as pool:
            first, *others = pool.map(list, [rows] * 4)
        assert all(one is other for listed in others for one, other in zip(first, listed, strict=True))


def test_no_items_are_a_table_of_no_rows_with_every_column():
    table = written([])
    assert table.num_rows == 0
    assert list(stored_items(table, {}, NOWHERE)) == []
    assert table.column_names == written(number_copies([text_item("d")])).column_names


@pytest.mark.parametrize("position", [0, 7])
def test_a_row_knows_its_position(position):
    [item] = number_copies([text_item("d")])
    assert item_table({item.id: item}, {item.id: position}, NOWHERE)["position"].to_pylist() == [position]
