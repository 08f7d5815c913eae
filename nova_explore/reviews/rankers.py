"""What ranks items for queries, so that people judge the first results of each: spaces, search, words, other systems.

What only others would have found stays unjudged, and counts against them (Buckley et al. 2007, "Bias and the Limits of
Pooling for Large Collections"). So a pool is best filled by all that a library has at hand.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Collection, Item
from nova_explore.errors import SourceError, SpaceMismatchError, UnknownNameError
from nova_explore.library.aligned import embedded_items
from nova_explore.library.store import Library
from nova_explore.models.model import EmbeddingModel, PricedModel
from nova_explore.models.queries import SpaceModel
from nova_explore.reviews.asking import Searched, ask, most_expected, pairs_of, words_of_queries
from nova_explore.reviews.input_files import read_input
from nova_explore.reviews.judged import ids_by_name
from nova_explore.reviews.order import id_order, scores_of
from nova_explore.similarity.words_alone import find_words
from nova_explore.space import Space

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration

SEARCH, WORDS = "search", "words"

Results = dict[str, list[str]]
"""Ids by the name of a query, the best first."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranker:
    """Something that ranks the items of a collection for queries.

    Attributes
    ----------
    name : str
        ``local 640``, ``search``, ``words``.
    about : str
        What it ranks by, for a person.
    is_paid : bool
        Whether its queries may be calls that cost money.
    rank : callable
        From queries and a depth to the first results of each.
    expect : callable
        From queries to the US dollars that they take at most.
    """

    name: str
    about: str
    is_paid: bool
    rank: Callable[[Any, int], Results]
    expect: Callable[[Any], float] = lambda _queries: 0.0


@dataclass(frozen=True, slots=True, eq=False)
class SpaceView:
    """The items of a library that have a vector in one of its spaces; no map is drawn of them.

    Attributes
    ----------
    library : Library
    space : Space
    collection : Collection of n items
    vectors : float32 array of shape (n, d)
        Unit rows.
    model : EmbeddingModel
        What embeds queries.
    """

    library: Library
    space: Space
    collection: Collection
    vectors: NDArray[np.float32]
    model: EmbeddingModel


def list_rankers(exploration: Exploration) -> list[Ranker]:
    """List what can rank the items of a library for queries: its spaces, the search of the app, and words alone.

    Parameters
    ----------
    exploration : Exploration

    Returns
    -------
    list of Ranker
        The space of the exploration first. Spaces whose model is not here answer no query and are left out. The search
        is there where its calls cost nothing: it asks for many phrases beside the query.
    """
    library, rankers, others = exploration.library, [], []
    spaces = sorted(library.spaces().items(), key=lambda named: named[1] != exploration.space)
    for name, space in spaces:
        own = space == exploration.space
        try:
            model = exploration.model if own else SpaceModel(name, space).open()
        except (SpaceMismatchError, UnknownNameError, ImportError):
            continue
        if not library.embedded(space):
            continue
        is_paid = isinstance(model, PricedModel)
        called = name_of_space(name, space)
        if own:
            rankers.append(by_space(called, lambda: exploration, is_paid=is_paid))
        else:
            view = cache(partial(_look_at, library, space, model))
            rankers.append(_where_askable(by_space(called, view, is_paid=is_paid), exploration.collection, view))
        if own and not is_paid:
            others.append(_by_search(exploration))
    return [*rankers, *others, _by_words(exploration)]


def name_of_space(model: str, space: Space) -> str:
    """What a space is called in a list: its model, and its dimension.

    Examples
    --------
    >>> from nova_explore.space import Space
    >>> name_of_space("nova:clustering", Space("nova", "1", "CLUSTERING", 1024, "1"))
    'nova 1024 clustering'
    >>> name_of_space("nova:256-of-3072", Space("nova", "1", "GENERIC_INDEX", 256, "1"))
    'nova 256-of-3072'
    """
    parts = model.split(":")
    size = str(space.dimension)
    if not any(part.partition("-")[0] == size for part in parts[1:]):
        parts.insert(1, size)
    return " ".join(parts)


def by_space(name: str, view: Callable[[], Searched], *, is_paid: bool = False) -> Ranker:
    """Rank by the cosine of a query with the vectors of a space; the item that a query is is left out."""

    def rank(queries: Any, depth: int) -> Results:
        searched, results = view(), {}
        tie = id_order(searched.collection.ids)
        for query in ask(searched, queries).queries:
            scores = scores_of(searched.vectors, query)
            order = np.lexsort((-tie, -scores))[:depth]
            ids = [searched.collection.ids[position] for position in order if position != query.position]
            results.setdefault(query.name, []).extend(ids)
        return results

    return Ranker(name, "nearest in this space", is_paid, rank, lambda queries: most_expected(view(), queries))


def by_ranking(name: str, ranking: Any, collection: Collection) -> Ranker:
    """Rank as another system did; see `read_ranking`."""
    results = read_ranking(ranking)
    named = ids_by_name(collection, [id for ids in results.values() for id in ids])
    here = {query: [named.get(id, id) for id in ids] for query, ids in results.items()}
    known = {query: [id for id in ids if collection.has(id)] for query, ids in here.items()}
    if any(results.values()) and not any(known.values()):
        first = next(id for ids in results.values() for id in ids)
        raise SourceError(f"{name} ranks {first!r} and others, none of which is an item. Rank ids, or names of items.")

    def rank(queries: Any, depth: int) -> Results:  # noqa: ARG001 (what it ranked is known)
        return {query: ids[:depth] for query, ids in known.items()}

    return Ranker(name, "a ranking of another system", False, rank)


def read_ranking(source: Any) -> Results:
    """Read what another system found.

    Parameters
    ----------
    source : mapping, frame or path
        A mapping from query to ids, the best first, or to a mapping from id to score; JSON of either. A frame, or a
        CSV, TSV, JSON lines or Parquet file, with the columns ``query``, ``item``, and ``score`` or ``rank``; without
        either, in the order of its rows. A TREC run: query, Q0, item, rank, score, tag, in the order of its scores, as
        trec_eval reads it.

    Returns
    -------
    dict of str to list of str

    Raises
    ------
    SourceError
        If there is no such file, a column is missing, or a row cannot be used.
    """
    import pandas as pd

    if isinstance(source, str | Path):
        source = read_input(
            Path(source), "rankings", "Pass a TREC run, a CSV, TSV, JSON or Parquet file.", filled=("query", "item"),
            trec=("query", "round", "item", "rank", "score", "tag"),
        )  # fmt: skip
    if isinstance(source, Mapping):
        return {str(query): _best_first(ids) for query, ids in source.items()}
    frame = source
    if not {"query", "item"} <= {*frame.columns}:
        have = ", ".join(map(str, frame.columns))
        raise SourceError(f"The ranking has the columns {have}. It needs query and item, and score or rank.")
    frame = frame.assign(query=frame["query"].astype(str), item=frame["item"].astype(str))
    for column in {"score", "rank"} & {*frame.columns}:
        numbers: Any = pd.to_numeric(frame[column], errors="coerce")
        if numbers.isna().any():
            shown = frame[column][numbers.isna()].tolist()[0]
            raise SourceError(f"A {column} of the ranking is {shown!r}. It needs a number in every row.")
        frame = frame.assign(**{column: numbers})
    if "score" in frame.columns:  # equal scores: the last id first
        frame = frame.sort_values(["score", "item"], ascending=False, kind="stable")
    elif "rank" in frame.columns:
        frame = frame.sort_values("rank", kind="stable")
    return {str(query): rows["item"].drop_duplicates().tolist() for query, rows in frame.groupby("query", sort=False)}


def _best_first(found: Any) -> list[str]:
    """Ids in their order, or by their scores where they have some; of equal scores the last id first."""
    if isinstance(found, str):
        return [found]
    if isinstance(found, Mapping):
        return [str(id) for _, id in sorted(((score, id) for id, score in found.items()), reverse=True)]
    return [str(id) for id in found]


def _by_search(exploration: Exploration) -> Ranker:
    def rank(queries: Any, depth: int) -> Results:
        finder = copy.copy(exploration.finder)
        finder.history = {}  # a person's own searches are listed, and these are not
        return {
            name: [id for text in texts for id in finder.find(text, k=depth).ids]
            for name, texts in words_of_queries(exploration, queries).items()
        }

    return Ranker(SEARCH, "as the search box does: content and words together", False, rank)


def _by_words(exploration: Exploration) -> Ranker:
    def rank(queries: Any, depth: int) -> Results:
        collection, words = exploration.collection, exploration.finder.background.words
        return {
            name: [id for text in texts for id in find_words(collection, words, text, k=depth).ids]
            for name, texts in words_of_queries(exploration, queries).items()
        }

    return Ranker(WORDS, "by words alone (BM25): names, captions, texts", False, rank)


def _where_askable(ranker: Ranker, own: Collection, view: Callable[[], Searched]) -> Ranker:
    """The ranker of another space, asked what it can be: vectors are of one space, and items may have none there."""

    def askable(queries: Any) -> dict[str, list[Any]]:
        there, kept = view().collection, {}
        for name, value in pairs_of(queries):
            is_lost = isinstance(value, str) and own.has(value) and not there.has(value)
            if isinstance(value, str | Path | Item) and not is_lost:
                kept.setdefault(name, []).append(value)
        return kept

    def rank(queries: Any, depth: int) -> Results:
        kept = askable(queries)
        return ranker.rank(kept, depth) if kept else {}

    def expect(queries: Any) -> float:
        kept = askable(queries)
        return ranker.expect(kept) if kept else 0.0

    return replace(ranker, rank=rank, expect=expect)


def _look_at(library: Library, space: Space, model: EmbeddingModel) -> SpaceView:
    return SpaceView(library, space, *embedded_items(library, space), model)


def choose(rankers: Sequence[Ranker], names: Sequence[str]) -> list[Ranker]:
    """Pick rankers by name, in the order in which they are listed.

    Raises
    ------
    UnknownNameError
        If there is none of this name.
    """
    known = {ranker.name for ranker in rankers}
    for name in names:
        if name not in known:
            raise UnknownNameError("ranker", name, known)
    return [ranker for ranker in rankers if ranker.name in names]
