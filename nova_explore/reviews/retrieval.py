"""Effectiveness: do queries find what people judged relevant, against the same rankings for the wrong queries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.parameters import whole_number
from nova_explore.reviews.asking import ask_together
from nova_explore.reviews.chance import Mean, bootstrap_mean, chance_of, p_above, permuted
from nova_explore.reviews.consistency import compare_wordings
from nova_explore.reviews.error_kinds import count_errors, rank_errors
from nova_explore.reviews.finding import FEWEST, Finding, Review, too_few, with_q
from nova_explore.reviews.judged import Judged, columns_of, match, measure, places_of, rank_all, units_of_queries
from nova_explore.reviews.judgements import read_judgements
from nova_explore.reviews.measures import TREC, score_rankings
from nova_explore.reviews.order import id_order

if TYPE_CHECKING:
    import pandas as pd

    from nova_explore.exploration.bundle import Exploration

SHUFFLES = 999
MOST_PAIRED = 400
"""Queries whose rankings are scored against the judgements of all others, for the chance level."""


def effectiveness(
    exploration: Exploration,
    queries: Any,
    judgements: Any,
    *,
    k: int = 10,
    by: str | Mapping[str, str] | None = None,
    unit: Any = None,
    paraphrases: Any = None,
    opposites: Any = None,
    fewest: int = FEWEST,
    budget: float | None = None,
    seed: int = 0,
) -> Review:
    """Measure how well queries find the items that people judged relevant.

    All items are ranked by the cosine of their vector with the query's, equal ones by id as in trec_eval. Items that
    nobody judged count as irrelevant, as there, and the share of them among what is shown is a finding of its own.

    Parameters
    ----------
    exploration : Exploration
    queries : mapping, frame, sequence or file
        See `asking.ask`. Several queries of one name have the same judgements, and count as one unit.
    judgements : frame, mapping, file or folder
        See `judgements.read_judgements`.
    k : int, default 10
        Results that are looked at.
    by : mapping of query name to group, or column of a frame of queries, optional
        Report every group of queries; those with fewer than ``fewest`` queries are named and not reported.
    unit : mapping of query name to unit, or column of a frame of queries, optional
        Queries that are one observation: they are permuted and drawn again together. By default those of one name.
    paraphrases : mapping, optional
        From a query's name to other words for the same: results that differ are *inconsistent*.
    opposites : mapping, optional
        From a query's name to its negation or opposite: results that do not differ are *contradictory*.
    budget : float, optional
        US dollars that the calls must not pass.
    seed : int, default 0

    Returns
    -------
    Review
        Tables: ``queries`` (one row a query), ``modalities`` (one row a pair of modalities), ``errors`` (the worst
        first), ``kinds of errors`` (the four of them, the most frequent first), ``groups`` where ``by`` was passed.

    Raises
    ------
    SourceError
        If no query has a relevant item.
    """
    k = whole_number("k", k, least=1)
    others = {
        name: one for name, one in (("inconsistent", paraphrases), ("contradictory", opposites)) if one is not None
    }
    asked, *more = ask_together(exploration, [queries, *others.values()], budget=budget)
    wordings_of = dict(zip(others, more, strict=True))
    judged, not_run = match(exploration, asked, read_judgements(judgements))
    tie = id_order(exploration.collection.ids)
    ranks = rank_all(exploration.vectors, judged.queries, tie)
    table = measure(judged, ranks, k=k)
    units = units_of_queries(judged.queries, unit, queries)
    null = _shuffled(judged, ranks, units, k=k, seed=seed)
    findings = []
    for name in (column for column in table if column in null):
        mean = bootstrap_mean(table[name], units, seed=seed)
        findings.append(_finding(name, mean, null[name], judged, table, exploration))
    findings += _unjudged(judged, ranks, units, exploration, k=k, seed=seed)
    tables = {"queries": table, "modalities": by_modality(exploration, judged, ranks, units, k=k, seed=seed)}
    if by is not None:
        tables["groups"], small = _groups(table, columns_of(queries, by), units, f"nDCG@{k}", fewest=fewest, seed=seed)
        not_run += small
    wordings: dict[str, pd.DataFrame] = {}
    for check in ("inconsistent", "contradictory"):
        if check not in wordings_of:
            what = "paraphrases" if check == "inconsistent" else "opposites"
            not_run.append((f"{check} results", f"no {what}: pass {what}="))
            continue
        one = wordings_of[check]
        wordings[check], found = compare_wordings(exploration, judged.queries, one, tie, check, k=k, seed=seed)
        tables[check] = wordings[check]
        findings += found
    tables["errors"] = rank_errors(exploration, judged, ranks, wordings, k=k)
    tables["kinds of errors"] = count_errors(tables["errors"], judged, wordings)
    settings = {"k": k, "seed": seed, "queries": len(judged.queries), "gain": "linear"}
    return Review("effectiveness", with_q(findings), tables, tuple(not_run), asked.calls, asked.cost, settings)


def _shuffled(
    judged: Judged, ranks: NDArray[np.int32], units: NDArray[np.intp], *, k: int, seed: int
) -> dict[str, NDArray[np.float64]]:
    """Means of every measure where the rankings belong to other queries: 999 times."""
    random = np.random.default_rng(seed)
    count = len(judged.queries)
    chosen = np.sort(random.permutation(count)[:MOST_PAIRED])
    place = np.full(count, -1)
    place[chosen] = np.arange(len(chosen))
    own = np.isin(judged.owner, chosen)
    owner = place[judged.owner[own]]
    crossed: dict[str, NDArray[np.float64]] = {}
    for row, query in enumerate(chosen):
        found = score_rankings(
            places_of(ranks, query, judged.item[own]), judged.relevance[own], owner, len(chosen), k=k
        )
        for name, values in found.items():
            crossed.setdefault(name, np.empty((len(chosen), len(chosen))))[row] = values
    number = np.unique(units[chosen], return_inverse=True)[1]
    orders = np.concatenate(list(permuted(np.arange(len(chosen)), number, count=SHUFFLES, seed=seed)))
    return {name: table[orders, np.arange(len(chosen))].mean(axis=1) for name, table in crossed.items()}


def _finding(
    name: str,
    mean: Mean,
    null: NDArray[np.float64],
    judged: Judged,
    table: pd.DataFrame,
    exploration: Exploration,
) -> Finding:
    chance = chance_of(null)
    few = ", few queries: a wide interval" if mean.n < FEWEST else ""
    statement = (
        f"{name} is {mean.value:.3f} over {mean.n:,} queries{few}; the same rankings for other queries give "
        f"{chance.mean:.3f}."
    )
    worst = table[name].to_numpy().argmin()
    ids = [exploration.collection.ids[i] for i in judged.item[judged.owner == worst] if i >= 0]
    p = p_above(mean.value, null) if mean.n > 3 else None
    return Finding(statement, name, mean.value, mean.low, mean.high, mean.n, chance, p, ids=tuple(ids), source=TREC)


def _unjudged(
    judged: Judged,
    ranks: NDArray[np.int32],
    units: NDArray[np.intp],
    exploration: Exploration,
    *,
    k: int,
    seed: int,
) -> list[Finding]:
    shown = [np.flatnonzero(row < k) for row in ranks]
    new = [[int(i) for i in one if int(i) not in seen] for one, seen in zip(shown, judged.seen, strict=True)]
    shares = [len(a) / max(len(b), 1) for a, b in zip(new, shown, strict=True)]
    mean = bootstrap_mean(shares, units, seed=seed)
    ids = tuple(dict.fromkeys(exploration.collection.ids[i] for one in new for i in one))[:50]
    statement = f"{mean.value:.0%} of the first {k} results were judged by nobody and count as irrelevant."
    return [Finding(statement, f"unjudged@{k}", mean.value, mean.low, mean.high, mean.n, ids=ids, source=TREC)]


def by_modality(
    exploration: Exploration, judged: Judged, ranks: NDArray[np.int32], units: NDArray[np.intp], *, k: int, seed: int
) -> pd.DataFrame:
    """The measures for every pair of modalities: only the items of the second one are ranked."""
    import pandas as pd

    kinds = exploration.collection.modalities
    rows = []
    for first in sorted({query.modality for query in judged.queries}):
        for second in exploration.collection.counts():
            inside = np.flatnonzero(kinds == second)
            mine = (judged.item >= 0) & np.isin(judged.item, inside)
            mine &= np.array([judged.queries[row].modality == first for row in judged.owner], bool)
            if not mine.any():
                continue
            owners, owner = np.unique(judged.owner[mine], return_inverse=True)
            among = ranks[:, inside].argsort(axis=1).argsort(axis=1)
            there = among[judged.owner[mine], np.searchsorted(inside, judged.item[mine])]
            for name, values in score_rankings(there, judged.relevance[mine], owner, len(owners), k=k).items():
                mean = bootstrap_mean(values, units[owners], seed=seed)
                rows.append((first, second, name, mean.value, mean.low, mean.high, mean.n))
    return pd.DataFrame(rows, columns=["query", "item", "measure", "value", "low", "high", "n"])


def _groups(
    table: pd.DataFrame, by: Mapping[str, str], units: NDArray[np.intp], measure: str, *, fewest: int, seed: int
) -> tuple[pd.DataFrame, list[tuple[str, str]]]:
    import pandas as pd

    group = pd.Series([by.get(name) for name in table.index], index=table.index)
    rows, small = [], []
    number = pd.Series(units, index=table.index)
    for name, values in table.groupby(group.to_numpy())[measure]:
        if len(values) < fewest:
            small.append(too_few(f"{measure} of {name}", len(values), fewest))
            continue
        mean = bootstrap_mean(values, number[group.to_numpy() == name], seed=seed)
        rows.append((name, measure, mean.value, mean.low, mean.high, mean.n))
    return pd.DataFrame(rows, columns=["group", "measure", "value", "low", "high", "n"]), small
