"""Effectiveness: do queries find what people judged relevant, against the same rankings for the wrong queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.errors import SourceError
from nova_explore.parameters import whole_number
from nova_explore.reviews.asking import Asked, Query, ask
from nova_explore.reviews.chance import Mean, bootstrap_mean, chance_of, p_above
from nova_explore.reviews.consistency import compare_wordings
from nova_explore.reviews.finding import FEWEST, Finding, Review, too_few, with_q
from nova_explore.reviews.judgements import read_judgements
from nova_explore.reviews.measures import TREC, ranks_of, score_rankings
from nova_explore.reviews.order import id_order, scores_of

if TYPE_CHECKING:
    import pandas as pd

    from nova_explore.exploration.bundle import Exploration

SHUFFLES = 999
MOST_PAIRED = 400
"""Queries whose rankings are scored against the judgements of all others, for the chance level."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Queries that have relevant items, and where their relevant items stand.

    Attributes
    ----------
    queries : tuple of Query
    owner, item : int array of shape (m,)
        Query and position of each relevant judgement; -1 for an item that is not in the collection.
    relevance : float array of shape (m,)
    seen : tuple of frozenset of int
        For each query the positions that were judged at all.
    """

    queries: tuple[Query, ...]
    owner: NDArray[np.intp]
    item: NDArray[np.intp]
    relevance: NDArray[np.float64]
    seen: tuple[frozenset[int], ...]


def effectiveness(
    exploration: Exploration,
    queries: Any,
    judgements: Any,
    *,
    k: int = 10,
    by: Mapping[str, str] | None = None,
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
        See `asking.ask`; one query a name.
    judgements : frame, mapping, file or folder
        See `judgements.read_judgements`.
    k : int, default 10
        Results that are looked at.
    by : mapping of query name to group, optional
        Report every group of queries; those with fewer than ``fewest`` queries are named and not reported.
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
        Tables: ``queries`` (one row a query), ``modalities`` (one row a pair of modalities), ``errors`` (the four
        kinds of errors, the worst first), ``groups`` where ``by`` was passed.

    Raises
    ------
    SourceError
        If no query has a relevant item.
    """
    k = whole_number("k", k, least=1)
    asked = ask(exploration, queries, budget=budget)
    judged, not_run = match(exploration, asked, read_judgements(judgements))
    tie = id_order(exploration.collection.ids)
    ranks = _all_ranks(exploration, judged.queries, tie)
    table = measure(judged, ranks, k=k)
    null = _shuffled(judged, ranks, k=k, seed=seed)
    findings = []
    for name in (column for column in table if column in null):
        mean = bootstrap_mean(table[name], seed=seed)
        findings.append(_finding(name, mean, null[name], judged, table, exploration))
    findings += _unjudged(judged, ranks, exploration, k=k, seed=seed)
    tables = {"queries": table, "modalities": by_modality(exploration, judged, ranks, k=k, seed=seed)}
    tables["errors"] = _errors(exploration, judged, ranks, k=k)
    if by is not None:
        groups, small = _groups(table, by, f"nDCG@{k}", fewest=fewest, seed=seed)
        tables["groups"] = groups
        not_run += small
    calls, cost = asked.calls, asked.cost
    for check, others in (("inconsistent", paraphrases), ("contradictory", opposites)):
        if others is None:
            not_run.append(
                (f"{check} results", f"no {'paraphrases' if check == 'inconsistent' else 'opposites'} given")
            )
            continue
        more = ask(exploration, others, budget=budget)
        calls, cost = calls + more.calls, cost + more.cost
        tables[check], found = compare_wordings(exploration, judged.queries, more, tie, check, k=k, seed=seed)
        findings += found
    settings = {"k": k, "seed": seed, "queries": len(judged.queries), "gain": "linear"}
    return Review("effectiveness", with_q(findings), tables, tuple(not_run), calls, cost, settings)


def match(exploration: Exploration, asked: Asked, frame: pd.DataFrame) -> tuple[Judged, list[tuple[str, str]]]:
    """Bring queries and judgements together; what has no counterpart is listed."""
    collection, not_run = exploration.collection, []
    by_query = {str(name): rows for name, rows in frame.groupby("query", sort=False)}
    missing = sorted(set(by_query) - {query.name for query in asked.queries})
    if missing:
        not_run.append((f"{len(missing)} judged queries", f"not among the queries, such as {missing[0]!r}"))
    kept, owner, place, relevance, seen = [], [], [], [], []
    without, absent = [], 0
    for query in asked.queries:
        rows = by_query.get(query.name)
        pairs = [] if rows is None else list(zip(rows["item"], rows["relevance"], strict=True))
        there = {collection.position(id): value for id, value in pairs if collection.has(id)}
        there.pop(query.position, None)
        gone = [value for id, value in pairs if not collection.has(id)]
        good = [(position, value) for position, value in there.items() if value > 0]
        good += [(-1, value) for value in gone if value > 0]
        if not good:
            without.append(query.name)
            continue
        absent += sum(value > 0 for value in gone)
        owner += [len(kept)] * len(good)
        place += [position for position, _ in good]
        relevance += [value for _, value in good]
        seen.append(frozenset(there))
        kept.append(query)
    if without:
        not_run.append((f"{len(without)} queries", f"no item is judged relevant to them, such as {without[0]!r}"))
    if absent:
        not_run.append((f"{absent} relevant items", "not in this collection; they count as missed, as in trec_eval"))
    if not kept:
        raise SourceError("No query has a relevant item. The names of the queries must be those of the judgements.")
    arrays = np.array(owner, np.intp), np.array(place, np.intp), np.array(relevance, float)
    return Judged(tuple(kept), *arrays, tuple(seen)), not_run


def _all_ranks(exploration: Exploration, queries: Sequence[Query], tie: NDArray[np.intp]) -> NDArray[np.int32]:
    """Rank of every item for every query: int32 array of shape (queries, n)."""
    ranks = np.empty((len(queries), len(exploration)), np.int32)
    for row, query in enumerate(queries):
        ranks[row] = ranks_of(scores_of(exploration, query), tie)
    return ranks


def measure(judged: Judged, ranks: NDArray[np.int32], *, k: int) -> pd.DataFrame:
    """One row a query: the measures, relevant items, and how many of the first k nobody judged."""
    import pandas as pd

    count = len(judged.queries)
    places = _places(ranks, judged.owner, judged.item)
    found = score_rankings(places, judged.relevance, judged.owner, count, k=k)
    unjudged = [
        sum(int(position) not in judged.seen[row] for position in np.flatnonzero(ranks[row] < k))
        for row in range(count)
    ]
    names = [query.name for query in judged.queries]
    counts = {"relevant": np.bincount(judged.owner, minlength=count), f"unjudged@{k}": unjudged}
    return pd.DataFrame(
        {"words": [query.words for query in judged.queries], **found, **counts}, index=names
    ).rename_axis("query")


def _places(ranks: NDArray[np.int32], rows: Any, item: NDArray[np.intp]) -> NDArray[np.float64]:
    """Ranks of items, infinite where the collection has no such item."""
    return np.where(item < 0, np.inf, ranks[rows, item])


def _shuffled(judged: Judged, ranks: NDArray[np.int32], *, k: int, seed: int) -> dict[str, NDArray[np.float64]]:
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
        found = score_rankings(_places(ranks, query, judged.item[own]), judged.relevance[own], owner, len(chosen), k=k)
        for name, values in found.items():
            crossed.setdefault(name, np.empty((len(chosen), len(chosen))))[row] = values
    orders = random.random((SHUFFLES, len(chosen))).argsort(axis=1)
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
    judged: Judged, ranks: NDArray[np.int32], exploration: Exploration, *, k: int, seed: int
) -> list[Finding]:
    shown = [np.flatnonzero(row < k) for row in ranks]
    new = [[int(i) for i in one if int(i) not in seen] for one, seen in zip(shown, judged.seen, strict=True)]
    shares = [len(a) / max(len(b), 1) for a, b in zip(new, shown, strict=True)]
    mean = bootstrap_mean(shares, seed=seed)
    ids = tuple(dict.fromkeys(exploration.collection.ids[i] for one in new for i in one))[:50]
    statement = f"{mean.value:.0%} of the first {k} results were judged by nobody and count as irrelevant."
    return [Finding(statement, f"unjudged@{k}", mean.value, mean.low, mean.high, mean.n, ids=ids, source=TREC)]


def by_modality(
    exploration: Exploration, judged: Judged, ranks: NDArray[np.int32], *, k: int, seed: int
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
                mean = bootstrap_mean(values, seed=seed)
                rows.append((first, second, name, mean.value, mean.low, mean.high, mean.n))
    return pd.DataFrame(rows, columns=["query", "item", "measure", "value", "low", "high", "n"])


def _groups(
    table: pd.DataFrame, by: Mapping[str, str], measure: str, *, fewest: int, seed: int
) -> tuple[pd.DataFrame, list[tuple[str, str]]]:
    import pandas as pd

    group = pd.Series([by.get(name) for name in table.index], index=table.index)
    rows, small = [], []
    for name, values in table.groupby(group.to_numpy())[measure]:
        if len(values) < fewest:
            small.append(too_few(f"{measure} of {name}", len(values), fewest))
            continue
        mean = bootstrap_mean(values, seed=seed)
        rows.append((name, measure, mean.value, mean.low, mean.high, mean.n))
    return pd.DataFrame(rows, columns=["group", "measure", "value", "low", "high", "n"]), small


def _errors(exploration: Exploration, judged: Judged, ranks: NDArray[np.int32], *, k: int) -> pd.DataFrame:
    """Irrelevant items that were shown and relevant items that were missed, the worst first."""
    import pandas as pd

    ids, rows = exploration.collection.ids, []
    for number, query in enumerate(judged.queries):
        good = {int(i): value for i, value in _mine(judged, number)}
        for position in np.flatnonzero(ranks[number] < k):
            if int(position) in judged.seen[number] and int(position) not in good:
                rows.append((1 / np.log2(ranks[number, position] + 2), "irrelevant shown", query.name, int(position)))
        for position, value in good.items():
            if position >= 0 and ranks[number, position] >= k:
                rows.append((value, "relevant missed", query.name, position))
    rows.sort(key=lambda row: (-row[0], row[1:]))
    columns = ["weight", "error", "query", "item", "rank"]
    place = {query.name: number for number, query in enumerate(judged.queries)}
    found = [(w, kind, name, ids[i], int(ranks[place[name], i]) + 1) for w, kind, name, i in rows]
    return pd.DataFrame(found, columns=columns)


def _mine(judged: Judged, number: int) -> list[tuple[int, float]]:
    mine = judged.owner == number
    return list(zip(judged.item[mine].tolist(), judged.relevance[mine].tolist(), strict=True))
