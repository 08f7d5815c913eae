"""Judgements of people on disk: which item is relevant to which query, by whom; no decision is ever changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nova_explore.library.label_rows import COMPACTED, LONGEST_TURN
from nova_explore.library.lance import Tables, arrow, schema
from nova_explore.library.marker import locked
from nova_explore.library.stamps import now

if TYPE_CHECKING:
    import pandas as pd

TABLE = "judgements"
COLUMNS = ("number", "query", "item", "relevance", "judge", "at", "undone")


class JudgementRows:
    """The log of the judgements of a library.

    Parameters
    ----------
    tables : Tables
        Of the library. Processes take turns, so that several judges may judge at once, and while it is embedded.
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
        return self._append(query, item, relevance, judge)

    def undo(self, judge: str) -> tuple[str, str] | None:
        """Take back the last decision of a judge that still counts; its query and item, None where there was none."""
        mine = [row for row in self._counting() if row["judge"] == judge]
        if not mine:
            return None
        self._append("", "", None, judge, undone=mine[-1]["number"])
        return mine[-1]["query"], mine[-1]["item"]

    def save_pool(self, pairs: Sequence[tuple[str, str, str]], *, rankers: Sequence[str] = ()) -> None:
        """Keep what is to be judged, in order: query, its words, item. It replaces the pool before.

        What found it is kept by name, and not for each pair: nobody shall know who judges.
        """
        shape = schema(pool="int64", place="int64", query="string", words="string", item="string")
        names = schema(pool="int64", place="int64", name="string")
        with locked(self._tables.path, TABLE, seconds=LONGEST_TURN):
            number = max((row["pool"] for row in self._pools()), default=-1) + 1
            rows = [
                {"pool": number, "place": place, "query": query, "words": words, "item": item}
                for place, (query, words, item) in enumerate(pairs)
            ]
            found = [{"pool": number, "place": place, "name": name} for place, name in enumerate(rankers)]
            if found:
                self._tables.append("judging_rankers", arrow(found, names))
            self._tables.append("judging_pools", arrow(rows, shape))

    def pool(self) -> list[tuple[str, str, str]]:
        """The newest pool; empty where there is none."""
        rows = self._pools()
        newest = max((row["pool"] for row in rows), default=-1)
        mine = sorted((row for row in rows if row["pool"] == newest), key=lambda row: row["place"])
        return [(row["query"], row["words"], row["item"]) for row in mine]

    def pooled_from(self) -> list[str]:
        """What found the newest pool; empty where it is not known."""
        rows = self._tables.read("judging_rankers")
        newest = max((row["pool"] for row in self._pools()), default=-1)
        mine = [row for row in ([] if rows is None else rows.to_pylist()) if row["pool"] == newest]
        return [row["name"] for row in sorted(mine, key=lambda row: row["place"])]

    def _pools(self) -> list[dict[str, Any]]:
        rows = self._tables.read("judging_pools")
        return [] if rows is None else rows.to_pylist()

    def frame(self) -> pd.DataFrame:
        """What counts now: one row a query, item and judge, with columns query, item, relevance, judge and at."""
        import pandas as pd

        latest = {(row["query"], row["item"], row["judge"]): row for row in self._counting()}
        columns = ["query", "item", "relevance", "judge", "at"]
        return pd.DataFrame([[row[name] for name in columns] for row in latest.values()], columns=columns)

    def _append(self, query: str, item: str, relevance: float | None, judge: str, *, undone: int = -1) -> int:
        shape = schema(
            number="int64", query="string", item="string", relevance="float64", judge="string", at="string",
            undone="int64",
        )  # fmt: skip
        with locked(self._tables.path, TABLE, seconds=LONGEST_TURN):
            number = self._tables.count(TABLE)
            values = (number, query, item, relevance, judge, now(), undone)
            self._tables.append(TABLE, arrow([dict(zip(COLUMNS, values, strict=True))], shape))
            if (number + 1) % COMPACTED == 0:
                self._tables.compact(TABLE)
        return number

    def _counting(self) -> list[dict[str, Any]]:
        rows = self._tables.read(TABLE)
        log = [] if rows is None else sorted(rows.to_pylist(), key=lambda row: row["number"])
        undone = {row["undone"] for row in log}
        return [row for row in log if row["undone"] < 0 and row["number"] not in undone]
