"""Queries of a review: a name and what it asks with (words, an item, a file, a vector), embedded once and kept.

The calls that a review takes are counted before the first one; a budget refuses them as a whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import ID_LENGTH, Collection, Item, Modality
from nova_explore.errors import LibraryError, OverBudgetError, SourceError, SpaceMismatchError
from nova_explore.library.store import Library
from nova_explore.models.cost import check_budget, dollars
from nova_explore.models.model import EmbeddingModel, PricedModel, aim
from nova_explore.models.queries import embed_items, text_item
from nova_explore.reviews.input_files import read_input
from nova_explore.sources.read import read
from nova_explore.sources.side_files import MEDIA_SUFFIXES
from nova_explore.space import Space

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """One thing that is asked.

    Attributes
    ----------
    name : str
        What the review calls it; several queries may share a name: the templates of one concept.
    words : str
        What is asked, for a person.
    vector : float32 array of shape (d,)
        Unit length.
    modality : str
        ``text`` for words; ``vector`` where only a vector is known.
    position : int
        Of the item that it is, which is left out of its own results; -1 otherwise.
    """

    name: str
    words: str
    vector: NDArray[np.float32]
    modality: str
    position: int = -1


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Queries with their vectors, and what it took to embed them.

    Attributes
    ----------
    queries : tuple of Query
    calls : int
        Inputs that the model embedded now.
    cost : float
        US dollars, estimated.
    """

    queries: tuple[Query, ...]
    calls: int = 0
    cost: float = 0.0

    def by_name(self) -> dict[str, list[Query]]:
        """Queries of every name, in order."""
        named: dict[str, list[Query]] = {}
        for query in self.queries:
            named.setdefault(query.name, []).append(query)
        return named


class Searched(Protocol):
    """What queries are asked of: an exploration, or another space of its library."""

    @property
    def library(self) -> Library:
        """Where vectors of queries are kept."""
        ...

    @property
    def space(self) -> Space:
        """What the vectors mean."""
        ...

    @property
    def collection(self) -> Collection:
        """The n items."""
        ...

    @property
    def vectors(self) -> NDArray[np.float32]:
        """Unit rows of shape (n, d)."""
        ...

    @property
    def model(self) -> EmbeddingModel:
        """What embeds queries."""
        ...


def ask(exploration: Searched, queries: Any, *, budget: float | None = None) -> Asked:
    """Embed queries; what the library has the vector of is not embedded again.

    Parameters
    ----------
    exploration : Exploration, or another that is `Searched`
    queries : mapping, frame, series, sequence of str, or path
        From a name to words, an item id, a file, an `Item` or a vector, or to several of these. An item, or a file of
        the same content, is left out of its own results. A frame or file (CSV,
        TSV, JSON lines, Parquet) has the column ``query`` and, where words and name differ, one of ``words``, ``item``,
        ``file`` and ``vector``; a folder is of the form of BEIR or mteb. A sequence of words names itself.
    budget : float, optional
        US dollars that the calls must not pass; nothing is sent where they would.

    Returns
    -------
    Asked

    Raises
    ------
    OverBudgetError
        If the calls cost more than the budget.
    SpaceMismatchError
        If a vector has another dimension than the library's, or words are asked of vectors that were imported.
    SourceError
        If there are no queries, or one of them is blank.
    """
    return ask_together(exploration, [queries], budget=budget)[0]


def ask_together(exploration: Searched, sources: Sequence[Any], *, budget: float | None = None) -> list[Asked]:
    """Embed the queries of several sources, which a budget allows or refuses as a whole; see `ask`.

    Returns
    -------
    list of Asked
        One a source; the first one has all calls and their cost.
    """
    check_budget(budget)
    wanted = [_read_queries(exploration, one) for one in sources]
    items = [item for rows in wanted for _, item, _ in rows if item is not None]
    vectors, calls, cost = _embed(exploration, items, budget=budget)
    asked = []
    for rows in wanted:
        known = []
        for name, item, query in rows:
            if query is None and item is not None:
                itself = _itself(exploration.collection, item)
                query = Query(name, _said(item), vectors[item.content_key], str(item.modality), itself)
            if query is not None:
                known.append(query)
        asked.append(Asked(tuple(known), calls, cost))
        calls, cost = 0, 0.0
    return asked


def most_expected(exploration: Searched, queries: Any) -> float:
    """US dollars that asking would take at most now; 0 where it makes no paid call. Nothing is sent."""
    items = [item for _, item, _ in _read_queries(exploration, queries) if item is not None]
    _, missing, _ = _stored(exploration, items)
    aiming = _aimed(exploration) if missing else None
    return float(aiming.estimate(missing).most) if isinstance(aiming, PricedModel) else 0.0


def names_of_queries(exploration: Searched, queries: Any) -> dict[str, str]:
    """What every query asks, for a person, by its name; the first where several share one."""
    said: dict[str, str] = {}
    for name, item, query in _read_queries(exploration, queries):
        said.setdefault(name, query.words if query is not None else "" if item is None else _said(item))
    return said


def words_of_queries(exploration: Searched, queries: Any) -> dict[str, list[str]]:
    """The words of those queries that ask with words, by name; nothing is embedded."""
    words: dict[str, list[str]] = {}
    for name, item, _ in _read_queries(exploration, queries):
        if item is not None and item.modality is Modality.TEXT and item.text:
            words.setdefault(name, []).append(item.text)
    return words


def pairs_of(queries: Any) -> list[tuple[str, Any]]:
    """Queries as (name, value) pairs, whatever form they came in; see `ask`."""
    if isinstance(queries, str | Path):
        queries = _read_file(Path(queries))
    if hasattr(queries, "columns"):
        return _of_frame(queries)
    if hasattr(queries, "to_dict") and not isinstance(queries, Mapping):  # a series, whose index has the names
        queries = queries.to_dict()
    if isinstance(queries, Mapping):
        return [(str(name), one) for name, value in queries.items() for one in _several(value)]
    if isinstance(queries, np.ndarray) and queries.dtype.kind == "f":
        return [(f"vector {number}", vector) for number, vector in enumerate(np.atleast_2d(queries), 1)]
    return [(str(words), words) for words in queries]


def _read_file(path: Path) -> Any:
    """Queries of a CSV, TSV, JSON or Parquet file, or of a folder of the form of BEIR or mteb."""
    if path.is_dir():
        found = sorted([*path.glob("queries.jsonl"), *path.glob("queries/*")])
        if not found:
            raise SourceError(f"{path} has no queries.jsonl, and no folder queries, as BEIR and mteb have.")
        path = next((file for file in found if "test" in file.name), found[0])
    return read_input(path, "queries", "Pass a mapping from a name to words.", filled=NAMES[:2], as_text=VALUES)


NAMES = ("query", "query-id", "_id", "id", "qid")
"""Columns that name a query, the first of them that a frame has; BEIR and mteb have the others."""

VALUES = ("words", "text", "item", "file", "vector", "image")
"""Columns that hold what is asked, the first that is filled; without one, the name is what is asked."""


def _of_frame(frame: pd.DataFrame) -> list[tuple[str, Any]]:
    named = next((name for name in NAMES if name in frame.columns), None)
    if named is None:
        have = ", ".join(map(str, frame.columns))
        raise SourceError(f"The frame of queries has the columns {have}. It needs 'query', and may have 'words'.")
    # ViDoRe calls the words "query" and the name "query-id".
    if named == "query" and "query-id" in frame.columns:
        return list(zip(map(str, frame["query-id"]), frame["query"], strict=True))
    columns = [name for name in VALUES if name in frame.columns] or [named]
    rows = []
    shown: Any = frame[list(dict.fromkeys([named, *columns]))]
    for record in shown.to_dict("records"):
        column = next((name for name in columns if not _empty(record[name])), named)
        value = record[column]
        rows.append((str(record[named]), Path(value) if column == "file" else value))
    return rows


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value) or (isinstance(value, str) and not value)


def _several(value: Any) -> Iterable[Any]:
    if isinstance(value, np.ndarray) and value.ndim == 2:
        return value
    if isinstance(value, list | tuple) and not all(isinstance(one, Real) for one in value):
        return value
    return [value]


def _read_queries(exploration: Searched, queries: Any) -> list[tuple[str, Item | None, Query | None]]:
    """Name of every query with the item to embed for it, or with the query itself where its vector is known."""
    read_ones = [(name, *_resolve(exploration, name, value)) for name, value in pairs_of(queries)]
    if not read_ones:
        raise SourceError("There are no queries. Pass a mapping from a name to words, or a list of words.")
    return read_ones


def _said(item: Item) -> str:
    return item.text if item.modality is Modality.TEXT and item.text else item.title


def _resolve(exploration: Searched, name: str, value: Any) -> tuple[Item | None, Query | None]:
    collection = exploration.collection
    if isinstance(value, Item):
        return value, None
    if isinstance(value, str) and Path(value).suffix.lower() in MEDIA_SUFFIXES and Path(value).is_file():
        value = Path(value)
    if isinstance(value, Path):
        found = list(read(value, progress=False))
        if not found:
            raise SourceError(f"The query {name!r} is the file {value}, which could not be read.")
        return found[0], None
    if isinstance(value, str):
        if collection.has(value):
            position = collection.position(value)
            item = collection[position]
            return None, Query(name, item.title, exploration.vectors[position], str(item.modality), position)
        if not value.strip():
            raise SourceError(f"The query {name!r} is blank. A query needs at least one word.")
        return text_item(value), None
    if _empty(value) or isinstance(value, Real):
        raise SourceError(f"The query {name!r} is {value!r}. It needs words, an item id, a file or a vector.")
    vector = np.asarray(value, np.float32)
    if vector.shape != (exploration.space.dimension,):
        raise SpaceMismatchError(
            f"a query of shape {vector.shape}", f"({exploration.space.dimension},)", "Pass vectors of the library."
        )
    length = float(np.linalg.norm(vector))
    if not np.isfinite(length) or length == 0:
        raise SourceError(f"The vector of the query {name!r} has no length. Pass finite numbers that are not all 0.")
    return None, Query(name, name, vector / np.float32(length), "vector")


def _itself(collection: Collection, item: Item) -> int:
    """Position of the item that a query is: the one of its id, or a medium of the same content; -1 where it is none.

    Words are no item, though a text may consist of them: whoever asks for it should find it.
    """
    known = item.id
    if item.modality is not Modality.TEXT and not collection.has(known):
        known = item.content_key[:ID_LENGTH]
    return collection.position(known) if collection.has(known) else -1


def _aimed(exploration: Searched) -> EmbeddingModel:
    return aim(exploration.model, [Modality(name) for name in exploration.collection.counts()])


def _stored(
    exploration: Searched, items: Sequence[Item]
) -> tuple[dict[str, NDArray[np.float32]], list[Item], dict[str, str]]:
    """Vectors that the library has, by content key; the items without one; and the keys that vectors are kept under."""
    salt = f"query for {','.join(sorted(exploration.collection.counts()))}:"
    keys = {item.content_key: hashlib.sha256((salt + item.content_key).encode()).hexdigest() for item in items}
    stored = exploration.library.queries.read(exploration.space, keys.values()) if keys else {}
    vectors = {content: stored[key] for content, key in keys.items() if key in stored}
    missing = list({item.content_key: item for item in items if item.content_key not in vectors}.values())
    return vectors, missing, keys


def _embed(
    exploration: Searched, items: Sequence[Item], *, budget: float | None
) -> tuple[dict[str, NDArray[np.float32]], int, float]:
    """Vectors by content key, how many were embedded now, and what they are estimated to cost."""
    vectors, missing, keys = _stored(exploration, items)
    if not missing:
        return vectors, 0, 0.0
    aiming = _aimed(exploration)
    cost = 0.0
    if isinstance(aiming, PricedModel):
        estimate = aiming.estimate(missing)
        cost = float(estimate.cost)
        if budget is not None and estimate.most > budget:
            raise OverBudgetError(
                f"{len(missing):,} queries may cost {dollars(estimate.most)}, the budget is {dollars(budget)}. "
                "Nothing was sent. Raise the budget, or ask fewer queries."
            )
    for start in range(0, len(missing), aiming.capabilities.batch_size):
        some = missing[start : start + aiming.capabilities.batch_size]
        fresh = embed_items(aiming, some, role="query")
        new = {item.content_key: vector for item, vector in zip(some, fresh, strict=True)}
        vectors |= new
        # As they come: what was paid for is kept where the run is stopped. A library that can be read only keeps none.
        with suppress(LibraryError):
            exploration.library.queries.save(
                exploration.space, {keys[content]: vector for content, vector in new.items()}
            )
    return vectors, len(missing), cost
