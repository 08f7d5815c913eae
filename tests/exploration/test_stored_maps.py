"""A stored map is opened again, of the items that it had, although the library has grown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fakes.added import assert_aligned, assert_unmoved, new_texts
from fakes.toy_library import toy_library
from fakes.toy_model import ToyModel

import nova_explore as nx
from nova_explore.collection import Collection
from nova_explore.errors import LibraryError, UnknownNameError
from nova_explore.library.item_rows import item_table

pytestmark = pytest.mark.slow


def test_a_map_of_a_library_that_has_grown_is_opened_and_added_to(tmp_path):
    path = toy_library(tmp_path / "a.nova", per_topic=20).path
    first = nx.explore(path, progress=False)
    nx.embed(Collection(new_texts(3)), to=path, model=ToyModel(), progress=False)
    opened = nx.open_map(path)
    assert (opened.key, opened.created) == (first.key, first.created)
    assert len(opened) == len(first)
    assert_unmoved(first, opened)
    assert_aligned(opened)
    assert opened.names == first.names
    added = opened.add(progress=False)
    again = nx.open_map(str(path))
    assert (again.key, len(again)) == (added.key, len(first) + 12)
    assert_unmoved(first, again)
    assert_aligned(again)
    np.testing.assert_array_equal(again.layout.xy, added.layout.xy)
    np.testing.assert_array_equal(again.clustering.labels, added.clustering.labels)
    np.testing.assert_array_equal(again.neighbors.indices, added.neighbors.indices)
    assert again.names == added.names
    assert again.caveats == added.caveats
    assert again.placed is not None
    assert added.placed is not None
    for name in ("xy", "labels", "strengths", "indices", "similarities", "preservation"):
        np.testing.assert_array_equal(getattr(again.placed, name), getattr(added.placed, name))
    np.testing.assert_array_equal(again.redraw(min_dist=0.5).layout.xy, added.redraw(min_dist=0.5).layout.xy)
    assert nx.open_map(path, first.key).key == first.key


def test_maps_are_listed_newest_first(tmp_path):
    path = toy_library(tmp_path / "a.nova", per_topic=20).path
    first = nx.explore(path, progress=False)
    second = nx.explore(path, min_cluster_size=12, min_dist=0.3, progress=False)
    third = first.add(Collection(new_texts(1)), progress=False)
    listed = nx.list_maps(path)
    assert list(listed.index) == [third.key, second.key, first.key]
    assert list(listed["items"]) == [84, 80, 80]
    assert listed["onto"].tolist() == [first.key, "", ""]
    assert listed.loc[second.key, ["model", "min_cluster_size", "min_dist", "seed"]].tolist() == ["toy", 12, 0.3, 0]


def test_a_library_without_maps_and_an_unknown_key_say_what_there_is(tmp_path):
    library = toy_library(tmp_path / "a.nova", per_topic=20)
    assert len(nx.list_maps(library)) == 0
    with pytest.raises(LibraryError, match=r"holds no map that can be opened.*Draw one: nova_explore\.explore"):
        nx.open_map(library)
    exploration = nx.explore(library, progress=False)
    with pytest.raises(UnknownNameError, match=f"No map named 'nonsense'. There is: {exploration.key}"):
        nx.open_map(library, "nonsense")


def test_maps_of_earlier_versions_are_left_out(tmp_path):
    import pyarrow as pa

    library = toy_library(tmp_path / "a.nova", per_topic=20)
    library._tables.upsert("maps", pa.table({"key": ["0" * 16], "record": ['{"created": "2024"}']}), on=["key"])
    assert len(nx.list_maps(library)) == 0
    assert len(nx.explore(library, progress=False)) == 80


def test_a_map_whose_items_are_gone_have_changed_or_lost_their_vector_is_not_opened(tmp_path):
    library = toy_library(tmp_path / "a.nova", per_topic=20)
    exploration = nx.explore(library, progress=False)
    item = exploration.collection[7]
    rows = library._tables.read("items", where=f"id = '{item.id}'")
    assert rows is not None
    changed = item_table({item.id: replace(item, digest="0" * 64)}, {item.id: 7}, library.path)
    library._tables.upsert("items", changed, on=["id"])
    with pytest.raises(LibraryError, match=rf"Not of the content that they had: 1 of the map's 80 items \({item.id}\)"):
        nx.open_map(library)
    library._tables.upsert("items", rows, on=["id"])
    assert len(nx.open_map(library)) == 80
    library._tables.delete(f"vectors_{exploration.space.key}", f"content_key = '{item.content_key}'")
    with pytest.raises(LibraryError, match=r"Without a vector in toy-words.*: 1 of the map's 80 items"):
        nx.open_map(library)
    library._tables.delete("items", f"id = '{item.id}'")
    with pytest.raises(LibraryError, match=r"Not in the library any more: 1 of the map's 80 items"):
        nx.open_map(library)
    assert len(nx.explore(library, progress=False)) == 79
