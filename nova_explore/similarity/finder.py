"""Words or an item in, ranked items out: what a search compares, and how it reads as little as it can.

A kind of media is searched by its index where the library has one, and otherwise by one product with the vectors as
they lie, in memory or in a mapped file. What a score is measured against (the usual score of the kind, the percentile)
is taken from a sample of the kind, drawn once.

Modalities that a model does not find by their content (`Capabilities.text_search`) are found by the words that come
with them, and the ranking says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Collection, Item, Modality
from nova_explore.errors import UnknownNameError, UnreadableError
from nova_explore.library.vector_index import VectorIndex
from nova_explore.models.model import EmbeddingModel, aim
from nova_explore.models.queries import embed_items, embed_texts
from nova_explore.similarity.ranking import Ranking, Scored, rank, spread
from nova_explore.sources.read import read
from nova_explore.words import read_vocabulary, words_of

REFERENCE_QUERIES = 64
"""Queries at large that a modality's usual score is measured with."""

TUNING_QUERIES = 256
"""Queries that an index is tuned with: a few hard ones move the mean over 64 by some hundredths."""

SAMPLE = 4096
"""Items of a modality that scores are measured against: a share of them is off by at most 0.008 (one deviation)."""

BLOCK_ROWS = 4096


@dataclass(frozen=True, slots=True, eq=False)
class _Kind:
    """The items of one modality, and what a query is compared with for each.

    Attributes
    ----------
    content : int array of shape (m,)
        Positions of the items that are compared by their content.
    worded : int array of shape (w,)
        Positions of the items that are compared by their words.
    words : float32 array of shape (w, d)
        The vectors of these words.
    sample : float32 array of shape (s, d)
        Vectors of items of both sorts.
    """

    content: NDArray[np.intp]
    worded: NDArray[np.intp]
    words: NDArray[np.float32]
    sample: NDArray[np.float32]


class Finder:
    """Search in one collection.

    Parameters
    ----------
    collection : Collection of n items
    vectors : float32 array of shape (n, d)
        Unit rows; never copied.
    model : callable
        Opens the model that made the vectors; called at the first query in words.
    indexes : Mapping of str to VectorIndex
        By modality, for those that have one.
    """

    def __init__(
        self,
        collection: Collection,
        vectors: NDArray[np.float32],
        *,
        model: Callable[[], EmbeddingModel],
        indexes: Mapping[str, VectorIndex],
    ) -> None:
        self._collection = collection
        self._vectors = vectors
        self._open = model
        self._indexes = indexes
        self._references: dict[str, NDArray[np.float32]] = {}
        self._usual: dict[tuple[str, str], tuple[float, float]] = {}

    def by_text(self, query: str, *, k: int, modalities: Iterable[str] | None = None) -> Ranking:
        """Find the items that fit a text.

        Raises
        ------
        ValueError
            If the query is blank.
        UnknownNameError
            If there is no such modality.
        """
        if not query.strip():
            raise ValueError("The query is blank. Search needs at least one word.")
        wanted = self._wanted(modalities)
        model = aim(self._open(), [Modality(name) for name in wanted])
        vector = embed_texts(model, [query], role="query")[0]
        purpose = f"text for {', '.join(wanted)}" if model is not self._open() else "text"
        self._refer(purpose, lambda: embed_phrases(model, REFERENCE_QUERIES))
        counted = ", ".join(
            f"{len(self._positions[name]) - len(kind.content):,} {name}"
            for name, kind in self._by_words.items()
            if name in wanted and len(kind.content) < len(self._positions[name])
        )
        note = f"Found by the words that come with them or are spoken in them, not by content: {counted}."
        scored = self._score(self._by_words, vector, purpose, wanted, k)
        return rank(query, self._collection, scored, k=k, note=note if counted else None)

    def like(
        self,
        title: str,
        kind: str,
        vector: NDArray[np.float32],
        *,
        k: int,
        itself: int = -1,
        modalities: Iterable[str] | None = None,
    ) -> Ranking:
        """Find the items whose content is most like an item.

        Parameters
        ----------
        title : str
            What the item is called.
        kind : str
            Its modality.
        vector : float32 array of shape (d,)
        k : int
            Results at most.
        itself : int, optional
            Its position, if it is in the collection; it is then left out.
        modalities : iterable of str, optional
            Only items of these modalities.

        Raises
        ------
        UnknownNameError
            If there is no such modality.
        """
        wanted = self._wanted(modalities)
        purpose = f"like {kind}"
        same = self._positions.get(kind, np.arange(len(self._collection)))
        self._refer(purpose, lambda: self._vectors[same[spread(range(len(same)), REFERENCE_QUERIES)]])
        scored = self._score(self._by_content, vector, purpose, wanted, k + 1)
        return rank(f"like {title}", self._collection, [_without(one, itself) for one in scored], k=k)

    def by_example(self, example: str | Path, *, k: int, modalities: Iterable[str] | None = None) -> Ranking:
        """Find the items most like an item of the collection (by id) or like a medium on disk (by path).

        Raises
        ------
        UnreadableError
            If the medium cannot be read or embedded.
        UnknownNameError
            If there is no such modality.
        """
        if isinstance(example, str) and self._collection.has(example):
            position = self._collection.position(example)
            item, vector = self._collection[position], self._vectors[position]
        else:
            position, (item, vector) = -1, embed_example(self._open(), example)
        return self.like(item.title, str(item.modality), vector, k=k, itself=position, modalities=modalities)

    def _refer(self, purpose: str, make: Callable[[], NDArray[np.float32]]) -> None:
        if purpose not in self._references:
            self._references[purpose] = make()

    def _score(
        self, kinds: Mapping[str, _Kind], vector: NDArray[np.float32], purpose: str, wanted: Sequence[str], k: int
    ) -> list[Scored]:
        asked = {name: kind for name, kind in kinds.items() if name in wanted and len(kind.sample)}
        content = {name: self._candidates(name, kind, vector, k) for name, kind in asked.items()}
        # One pass over all rows as they lie is faster than to gather more than a part of them.
        whole = sum(map(len, content.values())) > len(self._vectors) / 3
        products = self._vectors @ vector if whole else None
        scored = []
        for name, kind in asked.items():
            rows = content[name]
            by_content = products[rows] if products is not None else _products(self._vectors, rows, vector)
            positions = np.concatenate([rows, kind.worded])
            scores = np.concatenate([by_content, kind.words @ vector])
            via = np.repeat(["content", "words"], [len(rows), len(kind.worded)])
            rising = np.argsort(positions, kind="stable") if len(kind.worded) else slice(None)
            usual = self._usual_of(name, kind, purpose)
            scored.append(Scored(positions[rising], scores[rising], via[rising], kind.sample @ vector, usual))
        return scored

    def _candidates(self, name: str, kind: _Kind, vector: NDArray[np.float32], k: int) -> NDArray[np.intp]:
        """Positions of the items to compare by content: what the index names, or all."""
        index = self._indexes.get(name)
        # An index holds the content of all items; those that are compared by words would crowd out the others.
        if index is None or len(kind.content) < len(self._positions[name]):
            return kind.content
        return np.unique(index.candidates(vector, count=4 * k))

    def _usual_of(self, name: str, kind: _Kind, purpose: str) -> tuple[float, float]:
        """Mean and standard deviation of what this kind scores with the references of this purpose."""
        if (purpose, name) not in self._usual:
            at_large = self._references[purpose] @ kind.sample.T
            self._usual[purpose, name] = float(at_large.mean()), float(at_large.std())
        return self._usual[purpose, name]

    def _wanted(self, modalities: Iterable[str] | None) -> list[str]:
        """Those of the collection's modalities that are searched, in a fixed order."""
        if modalities is None:
            return list(self._positions)
        asked = {modalities} if isinstance(modalities, str) else set(modalities)
        for name in sorted(asked - set(Modality)):
            raise UnknownNameError("modality", name, Modality)
        return [name for name in self._positions if name in asked]

    @cached_property
    def _positions(self) -> dict[str, NDArray[np.intp]]:
        """Positions of the items of every modality."""
        names = np.array([str(item.modality) for item in self._collection])
        return {str(name): np.flatnonzero(names == name) for name in np.unique(names)}

    @cached_property
    def _by_content(self) -> dict[str, _Kind]:
        nothing = np.empty(0, np.intp), np.empty((0, self._vectors.shape[1]), np.float32)
        return {name: _Kind(all_, *nothing, self._sample(all_, *nothing)) for name, all_ in self._positions.items()}

    @cached_property
    def _by_words(self) -> dict[str, _Kind]:
        """The same for queries in words: what the model cannot tell the content of, or speaks, goes by its words."""
        model = self._open()
        kinds = {}
        for name, positions in self._positions.items():
            heard = np.array([_is_found_by_words(self._collection[int(place)], model) for place in positions])
            said = {int(place): words_of(self._collection[int(place)]) for place in positions[heard]}
            said = {place: words for place, words in said.items() if words}
            words = embed_texts(model, list(said.values()), role="index")
            worded = np.array(list(said), np.intp)
            kinds[name] = _Kind(positions[~heard], worded, words, self._sample(positions[~heard], worded, words))
        return kinds

    def _sample(
        self, content: NDArray[np.intp], worded: NDArray[np.intp], words: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        chosen = np.array(spread(range(len(content) + len(worded)), SAMPLE), np.intp)
        by_content = chosen[chosen < len(content)]
        return np.concatenate([self._vectors[content[by_content]], words[chosen[len(by_content) :] - len(content)]])


def embed_phrases(model: EmbeddingModel, count: int) -> NDArray[np.float32]:
    """Embed phrases at large as queries: float32 array of shape (count, d)."""
    vocabulary = read_vocabulary()
    return embed_texts(model, [vocabulary[place] for place in spread(vocabulary, count)], role="query")


def _is_found_by_words(item: Item, model: EmbeddingModel) -> bool:
    speaks = item.modality in (Modality.AUDIO, Modality.VIDEO) and bool(item.text)
    return speaks or item.modality not in model.capabilities.text_search


def _products(vectors: NDArray[np.float32], rows: NDArray[np.intp], vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """Products of some of the rows with a vector, gathered a few megabytes at a time."""
    parts = [vectors[rows[start : start + BLOCK_ROWS]] @ vector for start in range(0, len(rows), BLOCK_ROWS)]
    return np.concatenate(parts) if parts else np.empty(0, np.float32)


def _without(one: Scored, position: int) -> Scored:
    kept = one.positions != position
    return (
        one if kept.all() else replace(one, positions=one.positions[kept], scores=one.scores[kept], via=one.via[kept])
    )


def embed_example(model: EmbeddingModel, path: str | Path) -> tuple[Item, NDArray[np.float32]]:
    """Read and embed a medium on disk, to search for items like it; of several items in it, the first.

    Returns
    -------
    item : Item
    vector : float32 array of shape (d,)

    Raises
    ------
    UnreadableError
        If the medium cannot be read or embedded.
    """
    found = read(path, progress=False)
    if not len(found):
        raise UnreadableError("; ".join(f"{u.name}: {u.reason}" for u in found.unread) or f"{path} is empty.")
    return found[0], embed_items(model, found[:1], role="index")[0]
