"""An index names what is near, says how much of it, and is used only once it is whole."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.items import text_item
from fakes.toy_model import ToyModel

from nova_explore.collection import Collection, Modality, number_copies
from nova_explore.library import store, vector_index
from nova_explore.library.lance import Rows, Tables
from nova_explore.library.store import open_library
from nova_explore.library.vector_index import build_index, open_indexes

SPACE = ToyModel(dimension=16).space


def units(n: int, seed: int) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(n, 16))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def library(tmp_path, monkeypatch):
    """300 texts and 200 pictures, enough for an index each."""
    monkeypatch.setattr(store, "INDEX_FROM", 100)
    library = open_library(tmp_path / "a.nova", create=True)
    modalities = [Modality.TEXT] * 300 + [Modality.IMAGE] * 200
    items = number_copies(text_item(f"{i}", modality=modality) for i, modality in enumerate(modalities))
    library.add(Collection(items))
    library.add_vectors(SPACE, dict(zip((item.content_key for item in items), units(500, 0), strict=True)))
    return library


def test_modalities_with_few_items_get_no_index(library, monkeypatch):
    monkeypatch.setattr(store, "INDEX_FROM", 1001)
    assert library.build_index(SPACE, progress=False) == []


def test_the_recall_is_the_share_of_the_exact_ten_best_worked_by_hand(tmp_path, monkeypatch):
    # Scores fall with the place: an index that names places 5 to 804 finds the last five of the ten best.
    scores = 1 - np.arange(1000) / 1000
    vectors = np.column_stack([scores, np.sqrt(1 - scores**2)] + [np.zeros(1000)] * 6).astype(np.float32)
    queries = np.eye(8, dtype=np.float32)[:1]
    monkeypatch.setattr(Tables, "index_vectors", lambda *_, **__: None)
    monkeypatch.setattr(Rows, "nearest", lambda *_, count, **__: np.arange(5, 5 + count))
    keys = [f"{i:064x}" for i in range(1000)]
    report = build_index(Tables(tmp_path), "s", "text", keys, vectors, np.arange(1000), queries=queries)
    assert report.recall == 0.5
    assert (report.probes, report.candidates) == (32, vector_index.CANDIDATES[-1])


@pytest.mark.slow
def test_each_modality_has_its_index_of_its_own_positions(library):
    library.build_index(SPACE, progress=False)
    collection = library.collection()
    indexes = library.indexes(SPACE, collection)
    assert {name: index.report.items for name, index in indexes.items()} == {"text": 300, "image": 200}
    for name, index in indexes.items():
        found = index.candidates(units(1, 5)[0], count=50)
        assert len(np.unique(found)) == len(found) >= 50
        assert {str(collection[int(position)].modality) for position in found} == {name}


@pytest.mark.slow
def test_an_item_is_the_first_candidate_for_its_own_vector(library):
    library.build_index(SPACE, progress=False)
    index = library.indexes(SPACE, library.collection())["text"]
    vectors = units(500, 0)
    for position in (0, 150, 299):
        found = index.candidates(vectors[position], count=100)
        assert position in found


@pytest.mark.slow
def test_items_that_came_later_and_further_copies_are_missing_and_always_named(library):
    library.build_index(SPACE, progress=False)
    first = library.collection()[0]
    [later] = number_copies([text_item("later")])
    library.add_vectors(SPACE, {later.content_key: units(1, 9)[0]})
    whole = library.add(Collection([later, text_item(first.digest, "copy.txt")]))
    index = library.indexes(SPACE, whole)["text"]
    assert index.missing.tolist() == [500, 501]
    assert {500, 501} <= set(index.candidates(units(1, 3)[0], count=10).tolist())


@pytest.mark.slow
def test_positions_are_those_of_the_collection_that_is_asked_about(library):
    library.build_index(SPACE, progress=False)
    part = library.collection()[50:450]
    indexes = library.indexes(SPACE, part)
    for name, low, high in (("text", 0, 250), ("image", 250, 400)):
        found = indexes[name].candidates(units(1, 4)[0], count=300)
        assert set(found.tolist()) <= set(range(low, high))


@pytest.mark.slow
def test_an_index_that_was_not_finished_is_none(library, monkeypatch):
    library.build_index(SPACE, progress=False)

    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(Tables, "index_vectors", stop)
    with pytest.raises(KeyboardInterrupt):
        library.build_index(SPACE, progress=False)
    assert "text" not in library.indexes(SPACE, library.collection())


def test_without_an_index_none_is_opened(tmp_path):
    assert open_indexes(Tables(tmp_path), SPACE.key, [], np.array([], str)) == {}


def test_a_report_says_what_was_measured(library):
    report = library.build_index(SPACE, queries=units(8, 2), progress=False)[0]
    assert report.queries == 8
    assert 0 < report.recall <= 1
    assert str(report).startswith(f"{report.items:,} {report.modality}: recall@10 {report.recall:.3f} over 8 queries")
