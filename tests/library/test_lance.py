"""A change of a table is seen whole or not at all, and readers keep the version that they opened."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from nova_explore.library.lance import Tables, arrow, places, schema

SHAPE = schema(name="string", n="int64")


@pytest.fixture
def tables(tmp_path) -> Tables:
    return Tables(tmp_path)


def rows(**numbers: int) -> pa.Table:
    return arrow([{"name": name, "n": n} for name, n in numbers.items()], SHAPE)


def content(tables: Tables, name: str = "t") -> dict[str, int] | None:
    table = tables.read(name)
    return None if table is None else dict(zip(table["name"].to_pylist(), table["n"].to_pylist(), strict=True))


def test_a_table_that_is_not_there_is_none_and_counts_nothing(tables):
    assert tables.read("t") is None
    assert tables.rows("t") is None
    assert (tables.count("t"), tables.columns("t"), tables.size("t")) == (0, [], 0)
    tables.delete("t", "n = 1")
    tables.compact("t")
    assert tables.read("t") is None


def test_rows_are_appended_and_an_empty_append_makes_no_table(tables):
    tables.append("t", rows())
    assert tables.read("t") is None
    tables.append("t", rows(a=1))
    tables.append("t", rows(b=2))
    assert content(tables) == {"a": 1, "b": 2}
    assert tables.count("t") == 2


def test_an_upsert_replaces_equals_and_adds_the_rest(tables):
    tables.upsert("t", rows(a=1, b=2), on=["name"])
    tables.upsert("t", rows(b=3, c=4), on=["name"])
    assert content(tables) == {"a": 1, "b": 3, "c": 4}


def test_replacing_leaves_nothing_of_before(tables):
    tables.append("t", rows(a=1, b=2))
    tables.replace("t", rows(c=3))
    assert content(tables) == {"c": 3}


def test_a_condition_chooses_rows_and_columns_are_only_those_asked_for(tables):
    tables.append("t", rows(a=1, b=2, c=3))
    read = tables.read("t", columns=["name"], where="n > 1")
    assert read is not None
    assert read.to_pydict() == {"name": ["b", "c"]}
    tables.delete("t", "n = 2")
    assert content(tables) == {"a": 1, "c": 3}


def test_a_column_is_added_with_its_value_in_every_row(tables):
    tables.append("t", rows(a=1, b=2))
    tables.add_column("t", "kind", "'item'")
    read = tables.read("t")
    assert read is not None
    assert read["kind"].to_pylist() == ["item", "item"]
    assert tables.columns("t") == ["name", "n", "kind"]


def test_an_open_table_stays_as_it_was_while_others_write(tables, tmp_path):
    tables.append("t", rows(a=1))
    opened = tables.rows("t")
    assert opened is not None
    Tables(tmp_path).append("t", rows(b=2))
    assert opened.column("name").to_pylist() == ["a"]
    assert [batch["n"].to_pylist() for batch in opened.batches("n")] == [[1]]
    again = tables.rows("t")
    assert again is not None
    assert again.version > opened.version
    assert again.column("name").to_pylist() == ["a", "b"]


def test_a_stream_of_batches_takes_the_place_of_a_table(tables):
    tables.append("t", rows(a=1))
    tables.stream("t", iter([*rows(b=2).to_batches(), *rows(c=3).to_batches()]))
    assert content(tables) == {"b": 2, "c": 3}


def test_compacting_joins_files_and_keeps_rows(tables, tmp_path):
    for n in range(12):
        tables.append("t", rows(**{f"r{n}": n}))
    before = content(tables)
    tables.compact("t")
    assert content(tables) == before
    assert tables.size("t") > 0


def test_values_are_found_at_the_first_of_equals():
    found = places(pa.array(["b", "x", "a"]), pa.array(["a", "b", "b"]))
    np.testing.assert_array_equal(found, [1, -1, 0])
