"""Maps on disk: for each its rows, its tree, what was placed on it, and one record that makes it visible."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from nova_explore.library.lance import Tables, arrow

if TYPE_CHECKING:
    import pyarrow as pa

Part = Literal["map", "tree", "placed"]


class MapTables:
    """The maps of a library, by key.

    Parameters
    ----------
    tables : Tables
        Of the library.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def save(self, key: str, parts: Mapping[Part, pa.Table], record: Mapping[str, Any]) -> None:
        """Store the parts of a map, then its record: half a map is never visible."""
        for part, rows in parts.items():
            self._tables.replace(f"{part}_{key}", rows)
        self._tables.upsert("maps", arrow([{"key": key, "record": json.dumps(dict(record))}]), on=["key"])

    def records(self) -> dict[str, dict[str, Any]]:
        """Record of every map, by key, in the order in which they were first stored."""
        rows = self._tables.read("maps")
        return {} if rows is None else {row["key"]: json.loads(row["record"]) for row in rows.to_pylist()}

    def read(self, key: str, part: Part) -> pa.Table | None:
        """One part of a map, its rows in no order; None where the map has no such part."""
        return self._tables.read(f"{part}_{key}")
