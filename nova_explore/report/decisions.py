"""What people decided about the clusters of a map, as a report shows it: labels, notes, and who decided when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nova_explore.labels.tables import PROPOSED
from nova_explore.library.stamps import to_the_minute

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration

MOST_LINES = 300


@dataclass(frozen=True, slots=True)
class Decisions:
    """What people decided.

    Attributes
    ----------
    sentence : str
        How many clusters somebody has decided about; empty where nobody decided anything.
    labels : tuple of (name, items, status, by, when, notes)
    lost : tuple of str
        Labels that no cluster of this map carries.
    lines : tuple of (when, by, what)
        Every decision, the newest first.
    """

    sentence: str
    labels: tuple[tuple[str, int, str, str, str, str], ...]
    lost: tuple[str, ...]
    lines: tuple[tuple[str, str, str], ...]


def decisions_of(exploration: Exploration) -> Decisions:
    """Gather the decisions about a map."""
    labels = exploration.labels
    history = labels.history
    if not len(history):
        return Decisions("", (), (), ())
    done, of = labels.progress
    rows = tuple(
        (row["name"], int(row["size"]), row["status"], row["by"], to_the_minute(row["when"]), "; ".join(row["notes"]))
        for row in labels.table.to_dict("records")
        if row["status"] != PROPOSED
    )
    newest = history.iloc[::-1].head(MOST_LINES).to_dict("records")
    lines = tuple((to_the_minute(row["when"]), row["by"], _what(row)) for row in newest)
    return Decisions(f"{done:,} of {of:,} clusters decided", rows, tuple(labels.unattached["name"]), lines)


def _what(row: Mapping[Any, Any]) -> str:
    names = " and ".join(f"“{name}”" for name in row["names"])
    items = f"{row['items']:,} items" if row["items"] else ""
    said = [row["action"], names, ", ".join(row["tags"]), items, row["text"]]
    return " · ".join(filter(None, said)) + (" (undone)" if row["undone"] else "")
