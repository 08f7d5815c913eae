"""Judgements of people on disk: which item is relevant to which query, by whom; no decision is ever changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nova_explore.library.lance import Tables, arrow, schema
from nova_explore.library.stamps import now

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("number", "query", "item", "relevance", "judge", "at", "undone")


class JudgementRows:
    """The log of the judgements of a library.

    Parameters
    ----------
    tables : Tables
        Of the library; the caller holds it for writing.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def judge(self, query: str, item: str, relevance: float | None, *, judge: str) -> int:
        """Write one decision down and return its number; None for "I cannot say". A later one of the same judge counts.

        Parameters
        ----------
        query, item : str
            The query in words or by name, and the id of the item.
        relevance : float or None
            0 for irrelevant.
        judge : str
            Who decides.
        """
        number = self._tables.count("judgements")
        row = {
            "number": number, "query": query, "item": item, "relevance": relevance, "judge": judge, "at": now(),
            "undone": -1,
        }  # fmt: skip
        self._append(row)
        return number

    def undo(self, judge: str) -> bool:
        """Take back the last decision of a judge that still counts; whether there was one."""
        left = self._counting()
        mine = [row for row in left if row["judge"] == judge]
        if not mine:
            return False
        number = self._tables.count("judgements")
        row = {
            "number": number, "query": "", "item": "", "relevance": None, "judge": judge, "at": now(),
            "undone": mine[-1]["number"],
        }  # fmt: skip
        self._append(row)
        return True

    def frame(self) -> pd.DataFrame:
        """What counts now: one row a query, item and judge, with columns query, item, relevance, judge and at."""
        import pandas as pd

        latest = {(row["query"], row["item"], row["judge"]): row for row in self._counting()}
        columns = ["query", "item", "relevance", "judge", "at"]
        return pd.DataFrame([[row[name] for name in columns] for row in latest.values()], columns=columns)

    def _append(self, row: dict[str, Any]) -> None:
        shape = schema(
            number="int64", query="string", item="string", relevance="float64", judge="string", at="string",
            undone="int64",
        )  # fmt: skip
        self._tables.append("judgements", arrow([row], shape))

    def _counting(self) -> list[dict[str, Any]]:
        rows = self._tables.read("judgements")
        log = [] if rows is None else sorted(rows.to_pylist(), key=lambda row: row["number"])
        undone = {row["undone"] for row in log}
        return [row for row in log if row["undone"] < 0 and row["number"] not in undone]
