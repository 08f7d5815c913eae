"""Many vectors are one file in the order of the items, found again while it is true and made again when it is not."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.toy_model import ToyModel

from nova_explore.errors import LibraryError
from nova_explore.library import vector_file
from nova_explore.library.lance import Rows
from nova_explore.library.store import open_library


@pytest.fixture
def mapped(tmp_path, monkeypatch):
    """A library that maps all vectors, with three."""
    library = open_library(tmp_path / "a.nova", create=True)
    monkeypatch.setattr(vector_file, "MAPPED_FROM", 0)
    library.add_vectors(ToyModel(dimension=6).space, {f"{n:064x}": np.eye(6, dtype=np.float32)[n] for n in range(3)})
    return library


def vectors_of(library, *numbers: int):
    return library.vectors(ToyModel(dimension=6).space, [f"{n:064x}" for n in numbers])[0]


def files_in(library) -> set[str]:
    return {path.name for path in (library.path / "mapped").glob("vectors_*")}


def test_many_vectors_are_mapped_from_a_file_that_is_found_again_and_cannot_be_written_to(mapped):
    first = vectors_of(mapped, 2, 0)
    files = files_in(mapped)
    assert len(files) == 1
    assert isinstance(first.base, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 0
    made = (mapped.path / "mapped" / next(iter(files))).stat().st_mtime_ns
    np.testing.assert_array_equal(vectors_of(open_library(mapped.path), 2, 0), np.eye(6)[[2, 0]])
    assert files_in(mapped) == files
    assert (mapped.path / "mapped" / next(iter(files))).stat().st_mtime_ns == made


def test_a_file_with_a_vector_for_every_key_is_mapped_without_asking_the_table_which_keys_it_has(mapped, monkeypatch):
    vectors_of(mapped, 2, 0)
    monkeypatch.setattr(Rows, "column", None)
    np.testing.assert_array_equal(vectors_of(mapped, 2, 0), np.eye(6)[[2, 0]])


def test_keys_without_a_vector_are_told_apart_from_those_in_the_file_each_time(mapped):
    keys = [f"{n:064x}" for n in (2, 9, 0)]
    for _ in range(2):
        vectors, present = mapped.vectors(ToyModel(dimension=6).space, keys)
        assert present.tolist() == [True, False, True]
        np.testing.assert_array_equal(vectors, np.eye(6)[[2, 0]])
    assert len(files_in(mapped)) == 1


def test_a_mapped_file_is_made_again_when_vectors_are_added_or_the_order_changes(mapped):
    names = set()
    vectors_of(mapped, 0, 1)
    names |= files_in(mapped)
    np.testing.assert_array_equal(vectors_of(mapped, 1, 0), np.eye(6)[[1, 0]])
    names |= files_in(mapped)
    mapped.add_vectors(ToyModel(dimension=6).space, {f"{5:064x}": np.eye(6, dtype=np.float32)[5]})
    np.testing.assert_array_equal(vectors_of(mapped, 1, 5), np.eye(6)[[1, 5]])
    names |= files_in(mapped)
    assert len(names) == 3
    assert len(files_in(mapped)) == 1


def test_half_a_mapped_file_that_a_killed_process_left_is_cleared_away(mapped):
    vectors_of(mapped, 0, 1)
    [name] = files_in(mapped)
    whole = mapped.path / "mapped" / name
    whole.rename(whole.with_suffix(".part")).write_bytes(b"half")
    np.testing.assert_array_equal(vectors_of(mapped, 0, 1), np.eye(6)[[0, 1]])
    assert files_in(mapped) == {name}


def test_vectors_are_read_into_memory_where_the_disk_has_no_room_for_a_file(mapped, monkeypatch):
    monkeypatch.setattr(vector_file, "FREE_SPACE", 2**60)
    np.testing.assert_array_equal(vectors_of(mapped, 2, 1), np.eye(6)[[2, 1]])
    assert files_in(mapped) == set()


def test_vectors_that_come_in_another_order_than_their_keys_are_refused(mapped, monkeypatch):
    in_order = Rows.batches
    monkeypatch.setattr(Rows, "batches", lambda *asked: (batch.take([2, 0, 1]) for batch in in_order(*asked)))
    with pytest.raises(LibraryError, match="another order"):
        vectors_of(mapped, 0, 1)
