"""Two spaces compared by the same queries."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nova_explore.errors import SourceError, UnknownNameError
from nova_explore.reviews.chance import bootstrap_mean, sign_flip
from nova_explore.reviews.finding import Finding, Review, with_q
from nova_explore.reviews.measures import TREC


def compare_effectiveness(
    first: Review, second: Review, *, measure: str = "nDCG@10", unit: Any = None, seed: int = 0
) -> Review:
    """Compare two spaces by the same queries: who wins, by how much, and how many queries a difference of .01 needs.

    Parameters
    ----------
    first, second : Review
        By `effectiveness`, of the same queries in two spaces.
    measure : str, default "nDCG@10"
        A column of their table ``queries``.
    unit : mapping of query name to unit, optional
        Queries that are one observation; by default those of one name.

    Returns
    -------
    Review
        One finding, the mean of second less first with its interval and a sign-flip p-value.
    """
    import pandas as pd

    one, two = (_by_name(review, measure) for review in (first, second))
    names = [name for name in one.index if name in two.index]
    if not names:
        raise SourceError("The two reviews share no query. Run both with the same queries.")
    differences = (two.loc[names] - one.loc[names]).to_numpy(float)
    units = names if unit is None else [str(unit.get(name, name)) for name in names]
    mean = bootstrap_mean(differences, units, seed=seed)
    p, chance = sign_flip(differences, units, seed=seed)
    needed = queries_needed(differences)
    wins, losses = int((differences > 0).sum()), int((differences < 0).sum())
    statement = (
        f"{measure} of the second is {mean.value:+.3f} against the first over {mean.n:,} queries: better in {wins:,}, "
        f"worse in {losses:,}. To see a difference of .01 takes about {needed:,} queries."
    )
    found = Finding(
        statement, f"difference of {measure}", mean.value, mean.low, mean.high, mean.n, chance, p, source=TREC
    )
    table = pd.DataFrame({"first": one.loc[names], "second": two.loc[names], "difference": differences})
    return Review("comparison", with_q([found]), {"queries": table}, settings={"queries_needed": needed})


def _by_name(review: Review, measure: str) -> Any:
    """The measure of every name; several queries of one name are averaged."""
    table: Any = review.tables.get("queries")
    if table is None or measure not in table:
        have = ", ".join(map(str, () if table is None else table.columns))
        raise UnknownNameError("measure", measure, have.split(", "))
    return table[measure].groupby(level=0, sort=False).mean()


def queries_needed(differences: Any, *, effect: float = 0.01) -> int:
    """Queries until a paired difference of this size is seen at 5 % with a power of 80 %, by the spread so far.

    The usual normal approximation: ((1.96 + 0.84) * deviation / effect) squared.
    """
    differences = np.asarray(differences, float)
    return math.ceil((2.8016 * float(differences.std(ddof=1)) / effect) ** 2) if len(differences) > 1 else 0
