"""The four kinds of errors of retrieval that a service card names, the worst first.

Irrelevant items are shown, relevant ones are missed. Results contradict one another where a query and its opposite
agree; they are inconsistent where other words for the same query give other results.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.reviews.judged import Judged

if TYPE_CHECKING:
    import pandas as pd

    from nova_explore.exploration.bundle import Exploration

KINDS = ("irrelevant shown", "relevant missed", "contradictory", "inconsistent")
CONTRADICTS = 0.5
"""Weight above which two lists of results are an error: half of what their ranks weigh (rank-biased overlap)."""


def rank_errors(
    exploration: Exploration,
    judged: Judged,
    ranks: NDArray[np.int32],
    wordings: Mapping[str, pd.DataFrame],
    *,
    k: int,
) -> pd.DataFrame:
    """List single errors, the worst first.

    Parameters
    ----------
    ranks : int32 array of shape (queries, n)
    wordings : mapping of kind to frame
        By `consistency.compare_wordings`, for the kinds that were looked for.

    Returns
    -------
    pandas.DataFrame
        ``weight`` is the discount of the rank that an irrelevant item takes, 1 for a relevant item of the highest
        relevance that is missed, the overlap of opposites, and what wordings lack of a full overlap: all of 0 to 1.
    """
    import pandas as pd

    ids = exploration.collection.ids
    rows: list[tuple[float, str, str, str, int]] = []
    highest = float(judged.relevance.max(initial=1))
    for number, query in enumerate(judged.queries):
        mine = judged.owner == number
        good = dict(zip(judged.item[mine].tolist(), judged.relevance[mine].tolist(), strict=True))
        for position in np.flatnonzero(ranks[number] < k).tolist():
            if position in judged.seen[number] and position not in good:
                rank = int(ranks[number, position])
                rows.append((1 / float(np.log2(rank + 2)), KINDS[0], query.name, ids[position], rank + 1))
        for position, value in good.items():
            if position >= 0 and ranks[number, position] >= k:
                rows.append((value / highest, KINDS[1], query.name, ids[position], int(ranks[number, position]) + 1))
    for kind, table in wordings.items():
        for name, words, overlap in zip(table["query"], table["words"], table["RBO"], strict=True):
            weight = float(overlap) if kind == "contradictory" else 1 - float(overlap)
            if weight > CONTRADICTS:
                rows.append((weight, kind, str(name), str(words), 0))
    rows.sort(key=lambda row: (-row[0], *row[1:]))
    return pd.DataFrame(rows, columns=["weight", "error", "query", "item", "rank"])


def count_errors(errors: pd.DataFrame, judged: Judged, wordings: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Count the queries with each kind of error, the most frequent kind first; what was not looked for is last.

    Where people have said of no item that it is irrelevant, whether such items are shown is not known.
    """
    import pandas as pd

    relevant = set(zip(judged.owner.tolist(), judged.item.tolist(), strict=True))
    any_irrelevant = any((row, item) not in relevant for row, seen in enumerate(judged.seen) for item in seen)
    not_counted = {} if any_irrelevant else {KINDS[0]: "no item is judged irrelevant"}
    not_counted |= {kind: "not looked for" for kind in KINDS[2:] if kind not in wordings}
    rows = []
    for kind in KINDS:
        if kind in not_counted:
            rows.append((kind, 0, 0, float("nan"), not_counted[kind]))
            continue
        table: Any = wordings.get(kind)
        asked = len(judged.queries) if kind in KINDS[:2] else table["query"].nunique()
        mine: Any = errors[errors["error"] == kind]
        affected = int(mine["query"].nunique())
        worst = str(mine["query"].iloc[0]) if len(mine) else ""
        rows.append((kind, affected, int(asked), affected / asked if asked else float("nan"), worst))
    rows.sort(key=lambda row: -row[3] if row[3] == row[3] else 1)
    return pd.DataFrame(rows, columns=["error", "queries", "of", "share", "worst query"])
