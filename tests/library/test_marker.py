"""What makes a folder a library: a file that is whole or refused, and a list of tables that several writers keep."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from nova_explore.errors import LibraryError
from nova_explore.library.marker import MARKER, expected_tables, list_tables, locked, make_marker, read_marker
from nova_explore.library.store import open_library


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "cannot be read"),
        ('{"format": 1, "crea', "cannot be read"),
        ("[]", "a JSON list"),
        ("null", "a JSON NoneType"),
        ("{}", "format None"),
        ('{"format": 2, "created": "2030"}', "format 2"),
        ('{"format": 1}', "does not say when"),
        ('{"format": 1, "created": 7}', "does not say when"),
    ],
)
def test_a_marker_that_is_not_whole_is_refused_with_what_to_do(tmp_path, written, said):
    (tmp_path / MARKER).write_text(written)
    with pytest.raises(LibraryError, match=said):
        open_library(tmp_path)


def test_a_marker_of_an_earlier_version_lists_no_tables(tmp_path):
    (tmp_path / MARKER).write_text('{"format": 1, "created": "2024-01-01T00:00:00+00:00"}')
    assert expected_tables(tmp_path) == frozenset()
    (tmp_path / "vectors_ab12.lance").mkdir()
    assert expected_tables(tmp_path) == {"items", "spaces", "runs"}
    list_tables(tmp_path, ["vectors_ab12"])
    assert expected_tables(tmp_path) == {"vectors_ab12"}


def test_tables_that_are_listed_at_once_are_all_listed(tmp_path):
    make_marker(tmp_path)
    created = read_marker(tmp_path)["created"]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: list_tables(tmp_path, [f"t{number}"]), range(24)))
    assert expected_tables(tmp_path) == {f"t{number}" for number in range(24)}
    assert read_marker(tmp_path)["created"] == created
    assert json.loads((tmp_path / MARKER).read_text())["format"] == 1


def test_a_folder_that_is_no_library_gets_no_marker_by_listing(tmp_path):
    list_tables(tmp_path, ["t"])
    assert not (tmp_path / MARKER).exists()


def test_a_lock_is_held_by_one_and_free_afterwards(tmp_path):
    with locked(tmp_path, "writing"), pytest.raises(LibraryError, match="another process"), locked(tmp_path, "writing"):
        pass
    with locked(tmp_path, "writing"):
        pass


def test_a_library_that_another_process_is_making_is_no_foreign_folder(tmp_path):
    for left in ("nova.json.part", "tables.lock"):
        (tmp_path / left).write_text("")
    made = open_library(tmp_path, create=True)
    list_tables(tmp_path, ["items"])
    make_marker(tmp_path)
    assert expected_tables(made.path) == {"items"}, "what is a library by now stays what it is"
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.txt").write_text("")
    with pytest.raises(LibraryError, match="is not a library"):
        open_library(tmp_path / "other", create=True)
