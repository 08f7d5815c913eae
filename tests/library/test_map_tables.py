"""The parts of a map are stored before its record, which makes it visible."""

from __future__ import annotations

import pyarrow as pa
import pytest

from nova_explore.errors import LibraryError
from nova_explore.library.lance import Tables
from nova_explore.library.map_tables import MapTables, Part


@pytest.fixture
def tables(tmp_path) -> Tables:
    return Tables(tmp_path)


def test_a_map_comes_back_part_by_part_with_its_record(tables):
    maps = MapTables(tables)
    maps.save("k1", {"map": pa.table({"x": [1.0, 2.0]}), "tree": pa.table({"join": [0]})}, {"items": 2})
    assert maps.records() == {"k1": {"items": 2}}
    rows = maps.read("k1", "map")
    assert rows is not None
    assert sorted(rows["x"].to_pylist()) == [1.0, 2.0]
    missing: list[tuple[str, Part]] = [("k1", "placed"), ("k2", "map")]
    for key, part in missing:
        with pytest.raises(LibraryError, match=f"The table '{part}_{key}' .* it is not there"):
            maps.read(key, part)


def test_a_map_stored_again_takes_its_own_place_and_no_other(tables):
    maps = MapTables(tables)
    for key, x in (("k1", 1.0), ("k2", 2.0), ("k1", 3.0)):
        maps.save(key, {"map": pa.table({"x": [x]})}, {"x": x})
    assert maps.records() == {"k1": {"x": 3.0}, "k2": {"x": 2.0}}
    rows = maps.read("k1", "map")
    assert rows is not None
    assert rows["x"].to_pylist() == [3.0]


def test_the_record_is_written_last(tables, monkeypatch):
    written = []
    for name in ("replace", "upsert"):
        whole = getattr(Tables, name)

        def noted(self, table, *rows, whole=whole, **how):
            written.append(table)
            whole(self, table, *rows, **how)

        monkeypatch.setattr(Tables, name, noted)
    MapTables(tables).save("k1", {"map": pa.table({"x": [1.0]}), "tree": pa.table({"join": [0]})}, {})
    assert written == ["map_k1", "tree_k1", "maps"]
