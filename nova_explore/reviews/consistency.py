"""Two errors of retrieval: results that differ for the same question, and results that agree for opposite ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nova_explore.reviews.asking import Asked, Query
from nova_explore.reviews.chance import bootstrap_mean, chance_of
from nova_explore.reviews.finding import Chance, Finding
from nova_explore.reviews.measures import jaccard, ranks_of, rbo
from nova_explore.reviews.order import scores_of

if TYPE_CHECKING:
    import pandas as pd

    from nova_explore.exploration.bundle import Exploration

WEBBER = "Webber, Moffat, Zobel 2010, doi 10.1145/1852102.1852106"


def compare_wordings(
    exploration: Exploration,
    queries: Sequence[Query],
    more: Asked,
    tie: NDArray[np.intp],
    check: str,
    *,
    k: int,
    seed: int,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Overlap of the results of queries with those of other words for them, against the results of other queries.

    Parameters
    ----------
    queries : sequence of Query
    more : Asked
        Paraphrases or opposites, by the names of the queries.
    tie : int array of shape (n,)
        See `order.id_order`.
    check : {"inconsistent", "contradictory"}
    k : int

    Returns
    -------
    table : pandas.DataFrame
        One row a pair of wordings, the worst first.
    findings : list of Finding
    """
    import pandas as pd

    def first(query: Query) -> list[int]:
        return np.argsort(ranks_of(scores_of(exploration.vectors, query), tie))[:k].tolist()

    lists = {query.name: first(query) for query in queries}
    rows = [
        (one.name, one.words, rbo(lists[one.name], other), jaccard(lists[one.name], other))
        for one in more.queries
        if one.name in lists
        for other in [first(one)]
    ]
    table = pd.DataFrame(rows, columns=["query", "words", "RBO", f"Jaccard@{k}"])
    if not rows:
        return table, []
    table = table.sort_values("RBO", ascending=check == "inconsistent", ignore_index=True)
    mean = bootstrap_mean(table["RBO"], pd.factorize(table["query"])[0], seed=seed)
    names = list(lists)
    others = np.array([rbo(lists[a], lists[b]) for a in names[:60] for b in names[:60] if a != b])
    band = chance_of(others) if len(others) else Chance(math.nan, math.nan, math.nan)
    what = "other words for the same query" if check == "inconsistent" else "a query and its opposite"
    statement = (
        f"The first {k} results for {what} overlap by {mean.value:.2f}; those of two other queries by {band.mean:.2f}."
    )
    return table, [Finding(statement, f"RBO@{k}", mean.value, mean.low, mean.high, mean.n, band, source=WEBBER)]
