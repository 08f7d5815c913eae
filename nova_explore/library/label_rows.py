"""Decisions about labels on disk: one row a decision, in the order in which they were made; no row ever changes."""

from __future__ import annotations

import json
import weakref
from collections.abc import Mapping
from typing import Any, Protocol

from nova_explore.library.lance import Tables, arrow, schema
from nova_explore.library.marker import locked

TABLE = "labels"

LONGEST_TURN = 30.0
"""Seconds to wait for another process that writes a decision."""

COMPACTED = 256
"""Decisions after which the small files that they lie in are joined."""


class Reader(Protocol):
    """Whoever reads the log and wants to hear of what is new in it."""

    def catch_up(self) -> None:
        """Read what is new."""
        ...


class LabelRows:
    """The log of decisions of a library, as plain values.

    Parameters
    ----------
    tables : Tables
        Of the library.

    Attributes
    ----------
    written : int
        Decisions that this object has written: whoever reads the log in the same process compares it, without a look
        at the disk.
    by : str
        Who decides in this process; empty where nobody has said.
    readers : WeakSet of Reader
        Told of every decision that this object has written: all maps of one library in a process have the same log.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self.written = 0
        self.by = ""
        self.readers: weakref.WeakSet[Reader] = weakref.WeakSet()

    def append(self, decision: Mapping[str, Any]) -> int:
        """Write a decision down, and return its number in the log; it is on disk when this returns.

        Processes take turns, so that every decision has a number of its own.

        Raises
        ------
        UnwritableError
            If the library cannot be written to, or its disk is full.
        LibraryError
            If another process holds the log for long.
        """
        with locked(self._tables.path, TABLE, seconds=LONGEST_TURN):
            number = self._tables.count(TABLE) + 1
            row = {"number": number, "record": json.dumps(dict(decision))}
            self._tables.append(TABLE, arrow([row], schema(number="int64", record="string")))
            if number % COMPACTED == 0:
                self._tables.compact(TABLE)
        self.written += 1
        for reader in tuple(self.readers):
            reader.catch_up()
        return number

    def read(self, after: int = 0) -> list[dict[str, Any]]:
        """Decisions with a higher number than this, oldest first, each with its ``number``."""
        rows = self._tables.read(TABLE, where=f"number > {int(after)}")
        if rows is None:
            return []
        read = [json.loads(row["record"]) | {"number": row["number"]} for row in rows.to_pylist()]
        return sorted(read, key=lambda decision: decision["number"])

    def count(self) -> int:
        """Decisions in the log, whoever made them."""
        return self._tables.count(TABLE)
