"""Exposure: which items queries show at all, which they never show, and whether few take it all."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.parameters import whole_number
from nova_explore.reviews.asking import ask
from nova_explore.reviews.attributes import Groups, groups_of
from nova_explore.reviews.chance import chance_of, drawn_counts, null_of, p_two_sided, units_of
from nova_explore.reviews.finding import FEWEST, Finding, Review, with_q
from nova_explore.reviews.measures import gini
from nova_explore.reviews.order import id_order, scores_of

if TYPE_CHECKING:
    import pandas as pd

    from nova_explore.exploration.bundle import Exploration

HUBS = 10
SOURCE = "Radovanović, Nanopoulos, Ivanović 2010 (hubs); Wilkie, Azzopardi 2014 (Gini of retrievability)"
BLIND = 500


def exposure(
    exploration: Exploration,
    queries: Any,
    attribute: Any = None,
    *,
    k: int = 10,
    unit: Any = None,
    fewest: int = FEWEST,
    permutations: int = 1999,
    budget: float | None = None,
    seed: int = 0,
) -> Review:
    """Count how often every item is among the first k results of a set of queries.

    Parameters
    ----------
    exploration : Exploration
    queries : mapping, frame, sequence or file
        See `asking.ask`.
    attribute : str, sequence of str, or mapping, optional
        See `attributes.groups_of`: the share of the exposure that every group gets.
    k : int, default 10

    Returns
    -------
    Review
        Coverage, Gini and the share of the ten most shown items, against queries that show random items; the share of
        every modality and group, against groups that are permuted between units. Table ``items``: how often each.
    """
    import pandas as pd

    k = min(whole_number("k", k, least=1), len(exploration))
    asked = ask(exploration, queries, budget=budget)
    n, ids = len(exploration), exploration.collection.ids
    tie = id_order(ids)
    top = np.stack([np.lexsort((-tie, -scores_of(exploration.vectors, query)))[:k] for query in asked.queries])
    counts = np.bincount(top.ravel(), minlength=n).astype(float)
    random = np.random.default_rng(seed)
    blind = [_blind(random, n, k, len(top)) for _ in range(BLIND)]
    # The wordings of one query are drawn again together.
    number = np.unique([query.name for query in asked.queries], return_inverse=True)[1]
    weights = drawn_counts(int(number.max()) + 1, seed=seed, resamples=BLIND)[:, number]
    draws = [np.bincount(top.ravel(), np.repeat(weight, k), minlength=n).astype(float) for weight in weights]
    never, hubs = np.flatnonzero(counts == 0), np.lexsort((tie, -counts))[:HUBS]
    findings = []
    reach = min(n, len(top) * k)
    told = (
        (
            "coverage", lambda c: float((c > 0).mean()), never[:200],
            f"{len(never):,} of {n:,} items are never among the first {k} of {len(top):,} queries "
            f"(at most {reach:,} could be shown).",
        ),
        ("Gini", gini, hubs, "The places are spread over the items with a Gini coefficient of {value:.3f}; 0 is even."),
        (
            f"share of {HUBS} hubs", lambda c: float(np.sort(c)[-HUBS:].sum() / c.sum()), hubs,
            f"The {HUBS} most shown items take {{value:.0%}} of all places.",
        ),
    )  # fmt: skip
    for name, of, chosen, words in told:
        value, null = of(counts), np.array([of(one) for one in blind])
        # Queries that are drawn twice show fewer items: the interval is moved back to where the value is.
        spread = np.array([of(one) for one in draws])
        low, high = (float(end) for end in np.quantile(spread - spread.mean() + value, (0.025, 0.975)))
        chance = chance_of(null)
        # No p-value: every space has hubs, so that nobody expects queries to show items at random.
        against = f"Queries that show random items have a {name} of {chance.low:.3f} to {chance.high:.3f}."
        statement, shown = f"{words.format(value=value)} {against}", tuple(ids[i] for i in chosen)
        findings.append(Finding(statement, f"{name}@{k}", value, low, high, n, chance, ids=shown, source=SOURCE))
    tables = {"items": pd.DataFrame({"count": counts.astype(int)}, index=pd.Index(ids, name="id"))}
    not_run: list[tuple[str, str]] = []
    attributes = [("modality", {item.id: str(item.modality) for item in exploration.collection})]
    if attribute is not None:
        attributes.append(("group", attribute))
    else:
        not_run.append(("exposure by group", "no attribute given"))
    unit_of_item = units_of(exploration, unit)
    for kind, which in attributes:
        groups = groups_of(exploration, which, fewest=fewest)
        not_run += [(f"exposure of {what}", why) for what, why in groups.not_run]
        if len(groups.names) < 2:
            continue
        found, tables[kind] = _by_group(top, groups, unit_of_item, number, k=k, count=permutations, seed=seed)
        findings += found
    settings = {"k": k, "seed": seed, "queries": len(top)}
    return Review("exposure", with_q(findings), tables, tuple(not_run), asked.calls, asked.cost, settings)


def _blind(random: np.random.Generator, n: int, k: int, queries: int) -> NDArray[np.float64]:
    """How often each item is shown by queries that show k random items."""
    if k * 20 < n:  # drawn with repetition and repeated ones drawn again: far cheaper than a permutation of all
        rows = random.integers(n, size=(queries, k))
        while True:
            ordered = np.sort(rows, axis=1)
            twice = (ordered[:, 1:] == ordered[:, :-1]).any(axis=1)
            if not twice.any():
                break
            rows[twice] = random.integers(n, size=(int(twice.sum()), k))
    else:
        rows = random.random((queries, n)).argsort(axis=1)[:, :k]
    return np.bincount(rows.ravel(), minlength=n).astype(float)


def _by_group(
    top: NDArray[np.intp],
    groups: Groups,
    unit: NDArray[np.intp],
    number: NDArray[np.intp],
    *,
    k: int,
    count: int,
    seed: int,
) -> tuple[list[Finding], pd.DataFrame]:
    import pandas as pd

    labels, names = groups.labels, groups.names
    inside = np.flatnonzero(labels >= 0)
    shown = np.bincount(top.ravel(), minlength=len(labels)).astype(float)
    weight = shown[inside]
    if not weight.sum():
        return [], pd.DataFrame()

    def share(batch: NDArray[np.int64]) -> NDArray[np.float64]:
        each = [(batch == group) @ weight for group in range(len(names))]
        return np.stack(each, axis=-1) / weight.sum()

    null = null_of(labels[inside], unit[inside], share, count=count, seed=seed)
    value = share(labels[inside][None])[0]
    drawn = drawn_counts(int(number.max()) + 1, seed=seed, resamples=500)[:, number]
    each = np.stack([(labels[top] == group).sum(axis=1) for group in range(len(names))], axis=-1).astype(float)
    redrawn = drawn @ each
    with np.errstate(invalid="ignore", divide="ignore"):
        redrawn = redrawn / redrawn.sum(axis=1, keepdims=True)
    findings, rows = [], []
    sizes = np.bincount(labels[inside], minlength=len(names))
    for group, name in enumerate(names):
        low, high = np.nanquantile(redrawn[:, group], (0.025, 0.975)) if len(redrawn) else (math.nan, math.nan)
        chance, part = chance_of(null[:, group]), sizes[group] / sizes.sum()
        statement = (
            f"{name} are {part:.0%} of {len(inside):,} items and take {value[group]:.0%} of the places among the "
            f"first {k}; permuted groups take {chance.low:.0%} to {chance.high:.0%}."
        )
        p = p_two_sided(float(value[group]), null[:, group])
        measured, size, found = f"share of places@{k} of {name}", int(sizes[group]), float(value[group])
        low, high = float(low), float(high)
        findings.append(Finding(statement, measured, found, low, high, size, chance, p, source=SOURCE))
        never = float((shown[inside][labels[inside] == group] == 0).mean())
        rows.append((name, size, part, found, low, high, *chance, never, p))
    columns = ["group", "items", "share of items", "share of places", "low", "high", "chance", "chance_low"]
    columns += ["chance_high", "never shown", "p"]
    return findings, pd.DataFrame(rows, columns=columns)
