"""Items and vectors come out of a library row by row, and what has none is named with its reason."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fakes.toy_library import text_items, toy_collection
from fakes.toy_model import ToyModel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nova_explore.collection import Collection, Unread
from nova_explore.embedding.embed import embed
from nova_explore.errors import LibraryError
from nova_explore.library.aligned import chosen_items, embedded_items
from nova_explore.library.item_rows import item_table
from nova_explore.library.store import open_library
from nova_explore.space import ItemError


def assert_aligned(collection, vectors):
    assert len(collection) == len(vectors)
    for item, vector in zip(collection, vectors, strict=True):
        np.testing.assert_array_equal(vector, ToyModel().embed_batch([item])[0])


def test_every_item_with_a_vector_comes_with_it_and_the_others_say_why(tmp_path):
    items = [*toy_collection(2), *text_items([("x", "poison")])]
    library = embed(Collection(items, [Unread("broken.png", "It is empty.")]), to=tmp_path / "a.nova",
                    model=ToyModel(), progress=False)  # fmt: skip
    library.add(Collection(text_items([("y", "an owl later")])))
    collection, vectors = embedded_items(library, ToyModel().space)
    assert len(collection) == 8
    assert_aligned(collection, vectors)
    assert [one.reason for one in collection.unread] == [
        "It is empty.", "The toy model refuses poison.", "Not embedded yet. Run embed again to go on.",
    ]  # fmt: skip


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 159), unique=True, max_size=20))
def test_chosen_items_come_in_the_order_that_was_asked_for(toy_160, positions):
    ids = [toy_160.collection().ids[position] for position in positions]
    collection, vectors = chosen_items(toy_160, ToyModel().space, ids)
    assert list(collection.ids) == ids
    assert_aligned(collection, vectors)


def test_an_item_that_is_gone_is_named(toy_160):
    with pytest.raises(LibraryError, match=r"Not in the library any more: 1 of the map's 2 items \(gone\)"):
        chosen_items(toy_160, ToyModel().space, [toy_160.collection().ids[0], "gone"])


def test_more_missing_items_than_a_sentence_holds_are_counted(toy_160):
    with pytest.raises(LibraryError, match=r"5 of the map's 5 items \(g0, g1, g2, …\)"):
        chosen_items(toy_160, ToyModel().space, [f"g{n}" for n in range(5)])


def test_an_id_whose_content_is_another_now_is_refused(tmp_path):
    library = embed(toy_collection(2), to=tmp_path / "a.nova", model=ToyModel(), progress=False)
    whole = library.collection()
    changed = replace(whole[0], digest="0" * 64)
    library._tables.delete("items", f"id = '{changed.id}'")
    library._tables.append("items", item_table({changed.id: changed}, {changed.id: 0}, library.path))
    with pytest.raises(LibraryError, match=rf"Not of the content that they had: 1 .* \({changed.id}\)"):
        chosen_items(open_library(library.path), ToyModel().space, whole.ids)


def test_an_item_without_a_vector_in_the_space_is_refused_with_the_space(tmp_path):
    library = open_library(tmp_path / "a.nova", create=True)
    [item] = library.add(Collection(text_items([("x", "an owl")])))
    space = ToyModel().space
    library.add_failures(space, {item.content_key: ItemError("Too long.")})
    library.add_vectors(space, {"f" * 64: np.ones(48, np.float32)})
    with pytest.raises(LibraryError, match=r"Without a vector in toy-words \(revision 1"):
        chosen_items(library, space, [item.id])
