"""What a model refused, as a table: one row a cause, with its one remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nova_explore.collection import Item

KINDS = {
    "blocked": "blocked for its content: never sent again",
    "refused": "refused for what it is: asked again on wish",
    "service": "given up for the service's own faults: the same call asks again",
    "budget": "not sent, to keep within the budget: a higher one goes on",
    "item": "could not be prepared",
}
"""What becomes of an item, by the kind of its failure."""

_SAID = re.compile(r"\s*(The service|It|boto3) said: .*|\s*The last fault: .*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Items that got no vector for one cause.

    Attributes
    ----------
    family : str
        Name of the cause.
    fate : str
        What becomes of them.
    count : int
        Items.
    such_as : tuple of str
        Names of the first three.
    remedy : str
        What to do, without the service's own words, which differ from item to item.
    """

    family: str
    fate: str
    count: int
    such_as: tuple[str, ...]
    remedy: str


def refusals(
    items: Iterable[Item], reasons: Mapping[str, str], kinds: Mapping[str, str], runs: Iterable[Mapping[str, Any]]
) -> list[Refusal]:
    """Causes for which items got no vector, the most frequent first.

    Parameters
    ----------
    items : iterable of Item
        Of the library.
    reasons, kinds : Mapping of str to str
        Reason, and kind of failure, by content key.
    runs : iterable of Mapping
        Records of runs, oldest first: the newest says which family a failure is of.
    """
    families = {
        row["content_key"]: str(row["family"])
        for run in runs
        for row in (run.get("account") or {}).get("failed_requests", ())
    }
    found: dict[tuple[str, str, str], list[str]] = {}
    for item in items:
        if item.content_key not in reasons:
            continue
        kind = kinds.get(item.content_key, "")
        remedy = _SAID.sub("", reasons[item.content_key]).strip()
        family = families.get(item.content_key) or KINDS.get(kind, "").partition(":")[0] or "not embedded"
        found.setdefault((family, kind, remedy), []).append(item.title)
    rows = [
        Refusal(family, KINDS.get(kind, ""), len(titles), tuple(titles[:3]), remedy)
        for (family, kind, remedy), titles in found.items()
    ]
    return sorted(rows, key=lambda row: -row.count)
