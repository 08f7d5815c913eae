"""Recall by group: are the relevant items of one group found less often, or the queries of one group answered worse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.parameters import whole_number
from nova_explore.reviews.asking import ask, pairs_of
from nova_explore.reviews.attributes import groups_of
from nova_explore.reviews.chance import bootstrap_mean, chance_of, drawn_counts, null_of, p_above, p_two_sided, units_of
from nova_explore.reviews.finding import FEWEST, Finding, Review, too_few, with_q
from nova_explore.reviews.judged import Judged, match, units_of_queries
from nova_explore.reviews.judgements import read_judgements
from nova_explore.reviews.order import id_order, scores_of

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration

SOURCE = "fairlearn MetricFrame (difference of group means); recall@k as trec_eval"


def group_gap(
    exploration: Exploration,
    attribute: Any,
    queries: Any,
    judgements: Any,
    *,
    k: int = 10,
    unit: Any = None,
    fewest: int = FEWEST,
    permutations: int = 1999,
    budget: float | None = None,
    seed: int = 0,
) -> Review:
    """Measure the recall of every group, and the largest difference of two.

    Parameters
    ----------
    exploration : Exploration
    attribute : str, sequence of str, or mapping
        Of the relevant items: see `attributes.groups_of`. Or of the queries: a mapping from query name to group, or a
        column of a frame of queries.
    queries, judgements
        See `retrieval.effectiveness`.
    k : int, default 10
    unit : optional
        What is permuted. For groups of items see `chance.units_of`; for groups of queries a column of the frame of
        queries, or a mapping from query name to unit: the translations of one caption are one.
    fewest : int, default 30
        Relevant items, or queries, that a group needs to be reported.

    Returns
    -------
    Review
        The recall@k of every group with its interval, the gap against groups that are permuted between units, and the
        difference of each group from all others. Table ``groups``.
    """
    import pandas as pd

    k = whole_number("k", k, least=1)
    of_queries = _groups_of_queries(attribute, queries)
    asked = ask(exploration, queries, budget=budget)
    judged, not_run = match(exploration, asked, read_judgements(judgements))
    hits = _hits(exploration, judged, k=k)
    if of_queries is not None:
        values = np.bincount(judged.owner, hits) / np.bincount(judged.owner)
        words = [of_queries.get(query.name) for query in judged.queries]
        names, labels, small = _labelled(words, fewest)
        unit_of_value = units_of_queries(judged.queries, unit, queries)
        what = "queries"
    else:
        groups = groups_of(exploration, attribute, fewest=1)
        there = judged.item >= 0
        words = [groups.names[label] if label >= 0 else None for label in groups.labels[judged.item[there]]]
        values = hits[there]
        names, labels, small = _labelled(words, fewest)
        unit_of_value = units_of(exploration, unit)[judged.item[there]]
        what = "relevant items"
    not_run += small
    settings = {"k": k, "seed": seed, "groups of": what}
    if len(names) < 2:
        not_run.append(("gap between groups", "needs two groups that are large enough"))
        return Review("group gap", (), {}, tuple(not_run), asked.calls, asked.cost, settings)
    inside = labels >= 0
    values, labels, unit_of_value = values[inside], labels[inside], unit_of_value[inside]
    unit_of_value = np.unique(unit_of_value, return_inverse=True)[1]

    def means(batch: NDArray[np.int64]) -> NDArray[np.float64]:
        each = [((batch == g) @ values, (batch == g).sum(axis=1)) for g in range(len(names))]
        return np.stack([total / np.maximum(count, 1) for total, count in each], axis=-1)

    null = null_of(labels, unit_of_value, means, count=permutations, seed=seed)
    observed = means(labels[None])[0]
    gap, blind = float(np.ptp(observed)), np.ptp(null, axis=1)
    chance = chance_of(blind)
    best, worst = int(observed.argmax()), int(observed.argmin())
    low, high = _gap_interval(values, labels, unit_of_value, best, worst, seed=seed)
    statement = (
        f"recall@{k} is {observed[best]:.3f} for {names[best]} and {observed[worst]:.3f} for {names[worst]}: a gap of "
        f"{gap:.3f}; permuted groups give up to {chance.high:.3f}."
    )
    findings = [
        Finding(
            statement, f"gap of recall@{k}", gap, low, high, len(values), chance, p_above(gap, blind), source=SOURCE
        )
    ]
    rows = []
    for group, name in enumerate(names):
        mine = labels == group
        mean = bootstrap_mean(values[mine], unit_of_value[mine], seed=seed)
        band = chance_of(null[:, group])
        p = p_two_sided(mean.value, null[:, group])
        statement = (
            f"recall@{k} of {name} is {mean.value:.3f} over {mean.n:,} {what}; permuted groups give {band.low:.3f} "
            f"to {band.high:.3f}."
        )
        findings.append(
            Finding(statement, f"recall@{k} of {name}", mean.value, mean.low, mean.high, mean.n, band, p, source=SOURCE)
        )
        rows.append((name, mean.value, mean.low, mean.high, mean.n, mean.units, *band, p))
    columns = ["group", f"recall@{k}", "low", "high", "n", "units", "chance", "chance_low", "chance_high", "p"]
    tables = {"groups": pd.DataFrame(rows, columns=columns)}
    return Review("group gap", with_q(findings), tables, tuple(not_run), asked.calls, asked.cost, settings)


def _groups_of_queries(attribute: Any, queries: Any) -> dict[str, str] | None:
    """Group of every query by name, where the attribute is of the queries."""
    if isinstance(attribute, str) and hasattr(queries, "columns") and attribute in queries.columns:
        return dict(zip(map(str, queries["query"]), map(str, queries[attribute]), strict=True))
    if not isinstance(attribute, str | Mapping) and hasattr(attribute, "to_dict"):
        attribute = attribute.to_dict()
    if isinstance(attribute, Mapping) and {name for name, _ in pairs_of(queries)} & set(map(str, attribute)):
        return {str(name): str(group) for name, group in attribute.items()}
    return None


def _hits(exploration: Exploration, judged: Judged, *, k: int) -> NDArray[np.float64]:
    """Whether each relevant item is among the first k of its query."""
    tie = id_order(exploration.collection.ids)
    found = np.zeros(len(judged.owner))
    for number, query in enumerate(judged.queries):
        first = np.lexsort((-tie, -scores_of(exploration.vectors, query)))[:k]
        mine = judged.owner == number
        found[mine] = np.isin(judged.item[mine], first)
    return found


def _labelled(words: list[str | None], fewest: int) -> tuple[tuple[str, ...], NDArray[np.int64], list[tuple[str, str]]]:
    counts: dict[str, int] = {}
    for word in words:
        if word is not None:
            counts[word] = counts.get(word, 0) + 1
    names = tuple(sorted((w for w, n in counts.items() if n >= fewest), key=lambda w: (-counts[w], w)))
    place = {name: number for number, name in enumerate(names)}
    labels = np.array([-1 if word is None else place.get(word, -1) for word in words], np.int64)
    return names, labels, [too_few(f"recall of {word}", n, fewest) for word, n in sorted(counts.items()) if n < fewest]


def _gap_interval(
    values: NDArray[np.float64], labels: NDArray[np.int64], unit: NDArray[np.intp], best: int, worst: int, *, seed: int
) -> tuple[float, float]:
    drawn = drawn_counts(int(unit.max()) + 1, seed=seed, resamples=1000)

    def mean(group: int) -> NDArray[np.float64]:
        mine = labels == group
        sums = np.bincount(unit[mine], values[mine], minlength=drawn.shape[1])
        sizes = np.bincount(unit[mine], minlength=drawn.shape[1])
        return drawn @ sums / np.maximum(drawn @ sizes, 1)

    low, high = np.quantile(mean(best) - mean(worst), (0.025, 0.975))
    return float(low), float(high)
