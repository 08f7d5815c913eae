"""Maps on disk: for each its rows, its tree, what was placed on it, and one record that makes it visible."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from nova_explore.library.lance import Tables, arrow, damaged
from nova_explore.library.marker import locked

if TYPE_CHECKING:
    import pyarrow as pa

Part = Literal["map", "tree", "placed"]

LONGEST_TURN = 300.0
"""Seconds to wait for another process that stores a map; a map of ten million items takes a minute."""


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
        """Store the parts of a map, then its record: half a map is never visible.

        Processes that store maps at once take turns, so that the parts of a map are of one drawing.

        Raises
        ------
        UnwritableError
            If the library cannot be written to, or its disk is full.
        """
        with locked(self._tables.path, "maps", seconds=LONGEST_TURN):
            for part, rows in parts.items():
                self._tables.replace(f"{part}_{key}", rows)
            self._tables.upsert("maps", arrow([{"key": key, "record": json.dumps(dict(record))}]), on=["key"])

    def records(self) -> dict[str, dict[str, Any]]:
        """Record of every map, by key, in the order in which they were first stored."""
        rows = self._tables.read("maps")
        return {} if rows is None else {row["key"]: json.loads(row["record"]) for row in rows.to_pylist()}

    def remove(self, key: str) -> None:
        """Forget a map, so that it is drawn again when it is asked for; items and vectors stay."""
        self._tables.delete("maps", f"key = '{key}'")

    def read(self, key: str, part: Part) -> pa.Table:
        """One part of a map that its record speaks of, its rows in no order.

        Raises
        ------
        LibraryError
            If the part is missing or damaged.
        """
        rows = self._tables.read(f"{part}_{key}")
        if rows is None:
            raise damaged(self._tables.path, f"{part}_{key}", "it is not there")
        return rows
