"""Queries and judgements brought together: which relevant items there are, and where they stand in each ranking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Collection
from nova_explore.errors import SourceError, UnknownNameError
from nova_explore.reviews.asking import NAMES, Asked, Query
from nova_explore.reviews.measures import ranks_of, score_rankings
from nova_explore.reviews.order import scores_of

if TYPE_CHECKING:
    import pandas as pd

    from nova_explore.exploration.bundle import Exploration


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


def match(exploration: Exploration, asked: Asked, frame: pd.DataFrame) -> tuple[Judged, list[tuple[str, str]]]:
    """Bring queries and judgements together; what has no counterpart is listed."""
    collection, not_run = exploration.collection, []
    known = ids_by_name(collection, frame["item"])
    frame = frame.assign(item=[known.get(item, item) for item in frame["item"]])
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


def rank_all(vectors: NDArray[np.float32], queries: Sequence[Query], tie: NDArray[np.intp]) -> NDArray[np.int32]:
    """Rank of every item for every query: int32 array of shape (queries, n)."""
    ranks = np.empty((len(queries), len(vectors)), np.int32)
    for row, query in enumerate(queries):
        ranks[row] = ranks_of(scores_of(vectors, query), tie)
    return ranks


def measure(judged: Judged, ranks: NDArray[np.int32], *, k: int) -> pd.DataFrame:
    """One row a query: the measures, relevant items, and how many of the first k nobody judged."""
    import pandas as pd

    count = len(judged.queries)
    places = places_of(ranks, judged.owner, judged.item)
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


def places_of(
    ranks: NDArray[np.int32], rows: NDArray[np.intp] | np.intp, item: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Ranks of items, infinite where the collection has no such item."""
    return np.where(item < 0, np.inf, ranks[rows, item])


def ids_by_name(collection: Collection, called: Iterable[str]) -> Mapping[str, str]:
    """Ids of items that are called by their name or address, where only one item is called so."""
    strange = {name for name in called if not collection.has(name)}
    if not strange:
        return {}
    found: dict[str, set[str]] = {}
    for item in collection:
        for name in {item.name, item.uri} & strange:
            found.setdefault(name, set()).add(item.id)
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}


def columns_of(queries: Any, column: str | Mapping[str, Any]) -> dict[str, Any]:
    """What a column of a frame of queries says of each of them, by name; a mapping stays what it is.

    Raises
    ------
    UnknownNameError
        If the queries have no such column.
    """
    if isinstance(column, Mapping):
        return {str(name): value for name, value in column.items()}
    if not isinstance(column, str):
        return columns_of(queries, column.to_dict())
    if not hasattr(queries, "columns") or column not in queries.columns:
        raise UnknownNameError("column of the queries", column, getattr(queries, "columns", ()))
    named = next(name for name in NAMES if name in queries.columns)
    return dict(zip(map(str, queries[named]), queries[column], strict=True))


def units_of_queries(queries: Sequence[Query], unit: Any, source: Any) -> NDArray[np.intp]:
    """Number the unit of every query: by default, queries of one name are one."""
    names = [query.name for query in queries]
    words = dict.fromkeys(names) if unit is None else columns_of(source, unit)
    labels = [name if words.get(name) is None else f"unit {words[name]}" for name in names]
    numbers = {label: number for number, label in enumerate(dict.fromkeys(labels))}
    return np.array([numbers[label] for label in labels], np.intp)
