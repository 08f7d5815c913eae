"""What a language model was asked and has answered, on disk: the same question is paid for once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from nova_explore.library.lance import Tables, arrow, schema

TABLE = "asked"


class ProposalRows:
    """Answers of a library, by the key of their question.

    Parameters
    ----------
    tables : Tables
        Of the library.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def save(self, key: str, answer: Mapping[str, Any]) -> None:
        """Write an answer down; it is on disk when this returns."""
        row = {"key": key, "record": json.dumps(dict(answer))}
        self._tables.upsert(TABLE, arrow([row], schema(key="string", record="string")), on=["key"])

    def read(self, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The answers there are, by key."""
        wanted, rows = {*keys}, self._tables.read(TABLE)
        if rows is None:
            return {}
        return {row["key"]: json.loads(row["record"]) for row in rows.to_pylist() if row["key"] in wanted}

    def models(self) -> list[str]:
        """Models that have answered, in the order of their names."""
        rows = self._tables.read(TABLE)
        records = [] if rows is None else [json.loads(row["record"]) for row in rows.to_pylist()]
        return sorted({str(record["model"]) for record in records if record.get("model")})
