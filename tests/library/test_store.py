"""What is written is read back, each thing with its own, and a folder that is no library is left alone."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from fakes.toy_library import text_items, toy_collection
from fakes.toy_model import ToyModel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nova_explore.collection import Collection, Item, Unread
from nova_explore.errors import LibraryError
from nova_explore.library import vector_file
from nova_explore.library.lance import arrow
from nova_explore.library.store import MARKER, open_library
from nova_explore.space import ItemError


@pytest.fixture
def library(tmp_path):
    return open_library(tmp_path / "a.nova", create=True)


def as_fields(item: Item) -> tuple:
    return (
        item.id, item.modality, item.uri, item.name, item.format, item.digest, item.span, item.text, item.as_image,
        dict(item.metadata),
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("mapped_from", [0, 10**9], ids=["mapped", "in memory"])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(st.integers(0, 9), max_size=12), min_size=1, max_size=3), random=st.randoms())
def test_vectors_come_back_to_the_content_they_were_made_from(
    tmp_path_factory, monkeypatch, mapped_from, batches, random
):
    monkeypatch.setattr(vector_file, "MAPPED_FROM", mapped_from)
    library = open_library(tmp_path_factory.mktemp("library") / "a.nova", create=True)
    space = ToyModel(dimension=6).space
    made = {}
    for batch in batches:
        fresh = {f"{n:064x}": np.eye(6, dtype=np.float32)[n % 6] * (n + 1) for n in batch}
        fresh = {key: vector for key, vector in fresh.items() if key not in made}
        library.add_vectors(space, fresh)
        made |= fresh
    asked = [f"{n:064x}" for n in (*range(12), 3, 7)]
    random.shuffle(asked)
    vectors, present = library.vectors(space, asked)
    assert present.tolist() == [key in made for key in asked]
    for key, vector in zip([key for key in asked if key in made], vectors, strict=True):
        np.testing.assert_array_equal(vector, made[key])


def test_spaces_never_share_a_table(library):
    one, other = ToyModel(dimension=6).space, ToyModel(dimension=6, revision="2").space
    assert one.key != other.key
    library.add_vectors(one, {"a" * 64: np.eye(6, dtype=np.float32)[0]})
    assert library.embedded(one) == {"a" * 64}
    assert library.embedded(other) == set()


def test_adding_the_same_items_again_keeps_ids_places_and_takes_new_metadata(library):
    first = library.add(toy_collection(2))
    renewed = [replace(item, metadata={"topic": "new"}) for item in first]
    again = library.add(Collection(reversed(renewed)))
    assert again.ids == first.ids
    assert {item.metadata["topic"] for item in again} == {"new"}


def test_copies_that_arrive_later_get_the_next_number(library):
    items = text_items([("birds", "an owl")])
    library.add(Collection(items))
    moved = [replace(item, uri="/other.csv#row=0") for item in items]
    whole = library.add(Collection(moved))
    assert whole.ids == (items[0].id, f"{items[0].id}~2")
    assert [item.uri for item in whole] == ["/table.csv#row=0", "/other.csv#row=0"]


def test_a_file_that_could_be_read_this_time_is_no_longer_listed(library):
    items = text_items([("birds", "an owl")])
    library.add(Collection([], [Unread("row 0", "It is empty."), Unread("other", "It is a pipe.")]))
    assert [u.name for u in library.add(Collection(items)).unread] == ["other"]


def test_a_reason_is_forgotten_when_its_item_has_a_vector_and_not_before(library):
    one, other = ToyModel().space, ToyModel(revision="2").space
    library.add_failures(one, {"a" * 64: ItemError("first"), "b" * 64: ItemError("seen", "blocked")})
    library.add_failures(other, {"a" * 64: ItemError("theirs")})
    library.add_failures(one, {"a" * 64: ItemError("second", "service")})
    assert library.failures(one) == {"a" * 64: "second", "b" * 64: "seen"}
    assert library.failures_of(one, "service", "budget") == {"a" * 64: "second"}
    library.solve_failures(one, ["a" * 64, "c" * 64])
    assert library.failures(one) == library.blocked(one) == {"b" * 64: "seen"}
    assert library.failures(other) == {"a" * 64: "theirs"}


def test_runs_come_back_oldest_first_and_are_replaced_by_id(library):
    library.record_run({"id": "r2", "started": "2026-01-02", "ended": None})
    library.record_run({"id": "r1", "started": "2026-01-01", "ended": None})
    library.record_run({"id": "r2", "started": "2026-01-02", "ended": "2026-01-03"})
    assert [(run["id"], run["ended"]) for run in library.runs()] == [("r1", None), ("r2", "2026-01-03")]


def test_a_folder_with_other_things_in_it_is_refused_and_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine", "utf-8")
    with pytest.raises(LibraryError, match="is not a library"):
        open_library(tmp_path, create=True)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_missing_library_says_how_to_make_one(tmp_path):
    with pytest.raises(LibraryError, match=r"Make one with nova_explore\.embed"):
        open_library(tmp_path / "nothing.nova")


def test_a_library_of_a_newer_format_is_refused(library):
    (library.path / MARKER).write_text(json.dumps({"format": 99, "created": "x"}), "utf-8")
    with pytest.raises(LibraryError, match="has format 99"):
        open_library(library.path)


def test_a_second_writer_is_refused_while_the_first_writes(library):
    refused = pytest.raises(LibraryError, match="being written by another process")
    with library.writing(), refused, open_library(library.path).writing():
        pass
    with library.writing():
        pass


def test_a_library_whose_failures_have_no_kinds_is_read_and_brought_up_to_date_when_it_is_written(library):
    space = ToyModel().space
    rows = [{"space": space.key, "content_key": "a" * 64, "reason": "too long"}]
    library._tables.append("failures", arrow(rows))
    assert library.failures(space) == {"a" * 64: "too long"}
    assert library.blocked(space) == {}
    with library.writing():
        library.add_failures(space, {"b" * 64: ItemError("seen", "blocked")})
        assert library.failures(space) == {"a" * 64: "too long", "b" * 64: "seen"}
        assert library.blocked(space) == {"b" * 64: "seen"}
        library.solve_failures(space, ["a" * 64])
    assert library.failures(space) == {"b" * 64: "seen"}


def test_the_arrow_table_of_a_library_holds_its_items_in_their_order(library):
    items = [*toy_collection(2)]
    library.add(Collection(items))
    table = library.to_arrow()
    assert table["id"].to_pylist() == [item.id for item in items]
    assert table["topic"].to_pylist() == [item.metadata["topic"] for item in items]


def test_a_notebook_shows_what_a_library_holds_and_names_of_folders_as_text(tmp_path):
    library = open_library(tmp_path / "<img src=x onerror=alert(1)>.nova", create=True)
    assert "0 items" in library._repr_html_()
    assert "No item has a vector yet." in library._repr_html_()
    items = [*toy_collection(2)]
    library.add(Collection(items, [Unread("broken.png", "It is empty.")]))
    space = ToyModel(dimension=6).space
    library.add_space("<b>toy</b>", space)
    library.add_vectors(space, {item.content_key: np.ones(6, np.float32) for item in items[:5]})
    library.add_failures(space, {items[5].content_key: ItemError("Too long.")})
    shown = library._repr_html_()
    assert "8 items, stored maps: 0" in shown
    assert "1 could not be read" in shown
    assert re.findall(r">(\d+)</td>", shown) == ["5", "1"], "vectors and failures"
    assert "<img" not in shown
    assert "<b>toy" not in shown
