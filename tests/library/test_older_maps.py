"""An index of the whole library, asked on behalf of a map that has a part of it, or made again meanwhile."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from fakes.items import text_item
from fakes.planted import units
from fakes.toy_model import ToyModel

from nova_explore.collection import Collection, number_copies
from nova_explore.library import store
from nova_explore.library.lance import Rows
from nova_explore.library.store import Library, open_library

SPACE = ToyModel(dimension=32).space
N = 3000


@pytest.fixture(scope="module")
def indexed(tmp_path_factory):
    """A library of 3,000 texts with random vectors and an index of them."""
    library = open_library(tmp_path_factory.mktemp("indexed") / "a.nova", create=True)
    items = number_copies(text_item(str(number), f"{number}.txt") for number in range(N))
    library.add(Collection(items))
    library.add_space("toy", SPACE)
    library.add_vectors(SPACE, {item.content_key: v for item, v in zip(items, units(N, seed=0), strict=True)})
    make_index(library)
    return library.path


def make_index(library: Library) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "INDEX_FROM", 500)
        library.build_index(SPACE, progress=False)


@pytest.fixture
def library(indexed, tmp_path) -> Library:
    return open_library(shutil.copytree(indexed, tmp_path / "a.nova"))


def part(library: Library, size: int) -> tuple[Collection, np.ndarray]:
    """Every so many items of the library, and their vectors."""
    chosen = library.collection().select(library.collection().ids[:: N // size][:size])
    return chosen, library.vectors(SPACE, [item.content_key for item in chosen])[0]


@pytest.fixture
def questions(monkeypatch) -> list[int]:
    """How many items an index was asked for, question by question."""
    asked: list[int] = []
    nearest = Rows.nearest

    def noted(self: Rows, query: np.ndarray, *, count: int, probes: int) -> np.ndarray:
        asked.append(count)
        return nearest(self, query, count=count, probes=probes)

    monkeypatch.setattr(Rows, "nearest", noted)
    return asked


@pytest.mark.slow
@pytest.mark.parametrize("size", [3000, 1500, 1000])
def test_a_map_with_a_part_of_the_items_finds_as_many_and_as_good_ones(library, questions, size):
    chosen, vectors = part(library, size)
    index = library.indexes(SPACE, chosen)["text"]
    shares = []
    for query in units(20, seed=3):
        found = index.candidates(query, count=24)
        assert len(set(found.tolist())) == len(found) >= 24
        best = np.argsort(-(vectors @ query))[:24]
        shares.append(np.isin(best, found).mean())
    assert np.mean(shares) >= 0.95
    assert min(questions) >= 24 * N / size


def test_a_map_with_less_than_a_third_of_the_items_compares_all_of_its_own(library):
    assert library.indexes(SPACE, part(library, 600)[0]) == {}


def test_items_that_came_after_the_index_and_further_copies_are_always_among_the_candidates(library):
    first = library.collection()[0]
    library.add(Collection(number_copies([text_item(first.digest, "copy.txt"), text_item("new", "new.txt")])))
    everything = library.collection()
    found = library.indexes(SPACE, everything)["text"].candidates(units(1, seed=5)[0], count=5)
    assert {everything.position(f"{first.id}~2"), len(everything) - 1} <= set(found.tolist())


def test_where_an_index_names_too_few_all_are_compared(library, monkeypatch):
    chosen, _ = part(library, 1500)
    index = library.indexes(SPACE, chosen)["text"]
    monkeypatch.setattr(Rows, "nearest", lambda *_, **__: np.arange(10, dtype=np.int32))
    assert index.candidates(units(1, seed=5)[0], count=24).tolist() == list(range(1500))


@pytest.mark.slow
def test_an_index_that_another_kernel_made_anew_is_opened_anew_with_its_own_rows(library):
    everything = library.collection()
    vectors = library.vectors(SPACE, [item.content_key for item in everything])[0]
    index = library.indexes(SPACE, everything)["text"]
    index.candidates(vectors[0], count=5)
    other = open_library(library.path)
    other.forget(everything.ids[:1000])  # the rows of the next index are of other items
    other.add(everything)
    make_index(other)
    for number in range(0, N, 300):
        assert number in index.candidates(vectors[number], count=5)


def test_an_index_that_is_lost_is_said_and_all_are_compared(library):
    index = library.indexes(SPACE, library.collection())["text"]
    shutil.rmtree(library.path / f"index_{SPACE.key}_text.lance")
    assert len(index.candidates(units(1, seed=5)[0], count=5)) == N
    assert library.indexes(SPACE, library.collection()) == {}


def test_a_damaged_index_is_said_and_all_are_compared(library):
    for file in (library.path / f"index_{SPACE.key}_text.lance" / "data").iterdir():
        file.write_bytes(file.read_bytes()[:50])
    with pytest.warns(UserWarning, match="Searches compare all items until the index is made again"):
        assert library.indexes(SPACE, library.collection()) == {}
