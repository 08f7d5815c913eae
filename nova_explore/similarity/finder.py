"""Words, items and media in, ranked items out: what a search compares, and how it reads as little as it can.

A query has parts: a text, items or media to be like, others to be unlike. A modality is searched by its index where the
library has one, and otherwise by one product with the vectors as they lie, in memory or in a mapped file. What a score
is measured against (the usual score of the modality, the percentile) is taken from a sample of the modality, drawn once.

A text is looked for in two ways at once, by content and by the words that come with an item, and the two are fused
(`ranking.fuse`). Modalities that a model does not find by their content (`Capabilities.text_search`) are compared by
the vectors of their words, and the ranking says so.
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
from nova_explore.similarity.no_match import Level, level_of, level_of_pairs, matches, nonsense, script_of
from nova_explore.similarity.ranking import COVERS, Ranking, Scored, fuse, rank, spread
from nova_explore.similarity.words_index import WordsIndex
from nova_explore.sources.read import read
from nova_explore.words import read_vocabulary, words_of

REFERENCE_QUERIES = 64
"""Queries at large that a modality's usual score is measured with."""

TUNING_QUERIES = 256
"""Queries that an index is tuned with: a few hard ones move the mean over 64 by some hundredths."""

SAMPLE = 4096
"""Items of a modality that scores are measured against: a share of them is off by at most 0.008 (one deviation)."""

WORDED_CANDIDATES = 2000
"""Items that carry words of a query and are compared, the most relevant first, where an index names the others."""

BLOCK_ROWS = 4096

Example = str | Path | Item
"""An item by id, a medium on disk by path, or an item that is in no collection."""


@dataclass(frozen=True, slots=True, eq=False)
class _Pool:
    """The items of one modality, and what a query is compared with for each.

    Attributes
    ----------
    content : int array of shape (m,)
        Positions of the items that are compared by their content.
    worded : int array of shape (w,)
        Positions of the items that are compared by their words, rising.
    words : float32 array of shape (w, d)
        The vectors of these words.
    sample : float32 array of shape (s, d)
        Vectors of items of both sorts.
    """

    content: NDArray[np.intp]
    worded: NDArray[np.intp]
    words: NDArray[np.float32]
    sample: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One thing that a query asks for, or asks to stay away from.

    Attributes
    ----------
    title : str
        What it is called.
    purpose : str
        What its scores are measured against: see `Finder._references`.
    vector : float32 array of shape (d,)
    sign : {1, -1}
        -1 where results should be unlike it.
    itself : int
        Its position in the collection, or -1.
    """

    title: str
    purpose: str
    vector: NDArray[np.float32]
    sign: int = 1
    itself: int = -1

    @property
    def is_text(self) -> bool:
        return self.purpose.startswith("text")


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

    Attributes
    ----------
    history : dict of str to Ranking
        The searches of this session by their name, the latest last; see `again`.
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
        self._levels: dict[tuple[str, str, str], Level] = {}
        self.history: dict[str, Ranking] = {}

    def find(
        self,
        text: str | None = None,
        *,
        like: Example | Iterable[Example] = (),
        unlike: Example | Iterable[Example] = (),
        k: int = 24,
        modalities: Iterable[str] | None = None,
    ) -> Ranking:
        """Find the items that fit a query of one or several parts.

        Parameters
        ----------
        text : str, optional
            Words: what is looked for by content, and by the words that come with the items.
        like, unlike : id, path or Item, or several
            Items of the collection or media on disk that results should be like, or unlike. Those of the collection
            are left out of the results.
        k : int, default 24
            Results at most.
        modalities : str or iterable of str, optional
            Any set of modalities; all by default.

        Returns
        -------
        Ranking
            By merit: the mean standing of the parts that results should be like, less that of the others where it is
            above the usual, and more for words. The score of a result is its mean cosine with the former.

        Raises
        ------
        ValueError
            If the query has no part, or its text is blank.
        UnreadableError
            If a medium cannot be read or embedded.
        UnknownNameError
            If there is no such modality.
        """
        if text is not None and not text.strip():
            raise ValueError("The query is blank. Search needs at least one word.")
        wanted = self._wanted(modalities)
        parts = [self._example_part(example, 1) for example in _several(like)]
        parts += [self._example_part(example, -1) for example in _several(unlike)]
        if text is not None:
            parts.insert(0, self._text_part(text, wanted))
        if not any(part.sign > 0 for part in parts):
            raise ValueError("The query asks for nothing. Pass a text, or items that the results should be like.")
        return self._rank(parts, wanted, k, text=text)

    def by_text(self, query: str, *, k: int, modalities: Iterable[str] | None = None) -> Ranking:
        """Find the items that fit a text; see `find`."""
        return self.find(query, k=k, modalities=modalities)

    def by_example(self, example: Example, *, k: int, modalities: Iterable[str] | None = None) -> Ranking:
        """Find the items most like an item of the collection (by id) or a medium on disk (by path); see `find`."""
        return self.find(like=example, k=k, modalities=modalities)

    def like(
        self,
        title: str,
        modality: str,
        vector: NDArray[np.float32],
        *,
        k: int,
        itself: int = -1,
        modalities: Iterable[str] | None = None,
    ) -> Ranking:
        """Find the items whose content is most like a vector.

        Parameters
        ----------
        title : str
            What the vector is of.
        modality : str
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
        return self._rank([self._like_part(title, modality, vector, 1, itself)], self._wanted(modalities), k)

    def again(self, name: str) -> Ranking:
        """Return a search of this session by its name, as it was.

        Raises
        ------
        UnknownNameError
            If there was none of this name.
        """
        try:
            return self.history[name]
        except KeyError:
            raise UnknownNameError("search", name, self.history) from None

    def embed(self, example: Example | str) -> tuple[Item, NDArray[np.float32], int]:
        """Resolve an id or a path to its item, its vector and its position (-1 where it is not in the collection)."""
        if isinstance(example, str) and self._collection.has(example):
            position = self._collection.position(example)
            return self._collection[position], self._vectors[position], position
        if isinstance(example, Item):
            return example, embed_items(self._open(), [example], role="index")[0], -1
        return *embed_example(self._open(), example), -1

    @cached_property
    def words(self) -> WordsIndex:
        """The words of all items, indexed at the first query in words."""
        return WordsIndex(self._collection)

    # ---- the parts of a query -----------------------------------------------------------------------------------

    def _text_part(self, text: str, wanted: Sequence[str]) -> _Part:
        model = aim(self._open(), [Modality(name) for name in wanted])
        purpose = f"text for {', '.join(wanted)}" if model is not self._open() else "text"
        self._refer(purpose, lambda: embed_phrases(model, REFERENCE_QUERIES))
        script = script_of(text)
        if (purpose, script, "") not in self._levels:
            made = embed_texts(model, list(nonsense(script)), role="query")
            for name, pool in self._by_words.items():
                mean, deviation = self._usual_of(name, pool, purpose)
                best = (made @ pool.sample.T).max(axis=1, initial=-1) if len(pool.sample) else np.zeros(1)
                self._levels[purpose, script, name] = level_of((best - mean) / deviation)
            self._levels[purpose, script, ""] = Level(0, 0)
        return _Part(text, purpose, embed_texts(model, [text], role="query")[0])

    def _example_part(self, example: Example, sign: int) -> _Part:
        item, vector, position = self.embed(example)
        return self._like_part(item.title, str(item.modality), vector, sign, position)

    def _like_part(self, title: str, modality: str, vector: NDArray[np.float32], sign: int, itself: int) -> _Part:
        purpose = f"like {modality}"
        same = self._positions.get(modality, np.arange(len(self._collection)))
        self._refer(purpose, lambda: self._vectors[same[spread(range(len(same)), REFERENCE_QUERIES)]])
        return _Part(title, purpose, vector, sign, itself)

    def _refer(self, purpose: str, make: Callable[[], NDArray[np.float32]]) -> None:
        if purpose not in self._references:
            self._references[purpose] = make()

    def _level_of(self, name: str, part: _Part, text: str | None) -> Level:
        if part.is_text:
            return self._levels[part.purpose, script_of(text or ""), name]
        if (part.purpose, "", name) not in self._levels:
            mean, deviation = self._usual_of(name, self._by_content[name], part.purpose)
            pairs = self._references[part.purpose] @ self._by_content[name].sample.T
            self._levels[part.purpose, "", name] = level_of_pairs((pairs[pairs < 1 - 1e-5] - mean) / deviation)
        return self._levels[part.purpose, "", name]

    # ---- scores -------------------------------------------------------------------------------------------------

    def _rank(self, parts: Sequence[_Part], wanted: Sequence[str], k: int, *, text: str | None = None) -> Ranking:
        wanted = [name for name in wanted if len(self._positions[name])]
        relevance, coverage = self._relevance(text)
        asked = {name: self._candidates(name, parts, relevance, k) for name in wanted}
        # One pass over all rows as they lie is faster than to gather more than a part of them.
        whole = sum(map(len, asked.values())) > len(self._vectors) / 3
        products = self._vectors @ np.stack([part.vector for part in parts], axis=1) if whole else None
        scored: dict[str, Scored] = {}
        standings: dict[str, NDArray[np.float32]] = {}
        levels: dict[str, Level] = {}
        for name, rows in asked.items():
            by_content = products[rows] if products is not None else _products(self._vectors, rows, parts)
            scored[name], standings[name] = self._score(name, rows, by_content, parts)
            levels[name] = _mean_level([self._level_of(name, part, text) for part in parts if part.sign > 0])
        carried = {name: coverage[one.positions] >= COVERS for name, one in scored.items()}
        close = matches(standings, levels, words=any(one.any() for one in carried.values()))
        joined = []
        # The words are one part's: beside items to be like, they count as one of several.
        relevance = relevance / sum(part.sign > 0 for part in parts)
        for name, one in scored.items():
            merits = one.standing() if one.merits is None else one.merits
            found = carried[name] | (close[name] & ~np.isnan(one.scores))
            via = np.where(carried[name] & close[name] & (one.via == "content"), "both", one.via)
            via = np.where(carried[name] & ~close[name], "words", via)
            joined.append(replace(one, merits=fuse(merits, relevance[one.positions]), matches=found, via=via))
        title = _title(parts)
        found = rank(title, self._collection, joined, k=k, note=self._note(wanted) if text is not None else None)
        self.history.pop(title, None)
        self.history[title] = found
        return found

    def _score(
        self, name: str, rows: NDArray[np.intp], by_content: NDArray[np.float32], parts: Sequence[_Part]
    ) -> tuple[Scored, NDArray[np.float32]]:
        """Score the candidates of a modality; also the standing of each that decides whether it matches."""
        scores, among = [], []
        standings = []
        away = np.zeros(len(rows), np.float32)
        via = np.full(len(rows), "content", "U7")
        for column, part in enumerate(parts):
            pool = self._by_words[name] if part.is_text else self._by_content[name]
            cosines = by_content[:, column]
            if part.is_text and len(pool.content) < len(self._positions[name]):
                cosines = np.full(len(rows), np.nan, np.float32)
                heard = np.isin(rows, pool.worded)
                cosines[heard] = pool.words[np.searchsorted(pool.worded, rows[heard])] @ part.vector
                seen = np.isin(rows, pool.content)
                cosines[seen] = by_content[seen, column]
                via[heard] = "words"
            mean, deviation = self._usual_of(name, pool, part.purpose)
            standing = (cosines - mean) / max(deviation, 1e-6)
            if part.sign > 0:
                scores.append(cosines)
                standings.append(standing)
                among.append(pool.sample @ part.vector)
            else:
                away += np.maximum(np.nan_to_num(standing), 0) / sum(other.sign < 0 for other in parts)
        usable = ~np.isnan(scores).all(axis=0)
        for part in parts:
            usable &= rows != part.itself
        standing = np.nanmean(np.stack(standings)[:, usable], axis=0)
        score = np.nanmean(np.stack(scores)[:, usable], axis=0)
        smallest = min(map(len, among))
        one = Scored(rows[usable], score, via[usable], np.mean([each[:smallest] for each in among], axis=0))
        return replace(one, merits=standing - away[usable]), standing

    def _relevance(self, text: str | None) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """How relevant the words of every item are, 0 to 1, and which share of the query's words it carries."""
        relevance = np.zeros(len(self._collection), np.float32)
        coverage = relevance.copy()
        if text is not None:
            found = self.words.search(text)
            relevance[found.positions] = found.relevance
            coverage[found.positions] = found.coverage
        return relevance, coverage

    def _candidates(
        self, name: str, parts: Sequence[_Part], relevance: NDArray[np.float32], k: int
    ) -> NDArray[np.intp]:
        """Positions of the items to compare: what the index and the words name, or all, rising."""
        index = self._indexes.get(name)
        text = any(part.is_text for part in parts)
        everything = self._positions[name]
        # An index holds the content of all items; those that are compared by words would crowd out the others.
        if index is None or (text and len(self._by_words[name].content) < len(everything)):
            return everything
        named = [index.candidates(part.vector, count=4 * (k + 1)) for part in parts if part.sign > 0]
        carrying = everything[relevance[everything] > 0] if text else everything[:0]
        if len(carrying) > WORDED_CANDIDATES:
            carrying = carrying[np.argpartition(-relevance[carrying], WORDED_CANDIDATES)[:WORDED_CANDIDATES]]
        return np.unique(np.concatenate([*named, carrying]))

    def _note(self, wanted: Sequence[str]) -> str | None:
        counted = ", ".join(
            f"{len(self._positions[name]) - len(pool.content):,} {name}"
            for name, pool in self._by_words.items()
            if name in wanted and len(pool.content) < len(self._positions[name])
        )
        note = f"Found by the words that come with them or are spoken in them, not by content: {counted}."
        return note if counted else None

    def _usual_of(self, name: str, pool: _Pool, purpose: str) -> tuple[float, float]:
        """Mean and standard deviation of what this modality scores with the references of this purpose."""
        if (purpose, name) not in self._usual:
            at_large = self._references[purpose] @ pool.sample.T
            some = at_large.size > 0
            self._usual[purpose, name] = (float(at_large.mean()), max(float(at_large.std()), 1e-6)) if some else (0, 1)
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
    def _by_content(self) -> dict[str, _Pool]:
        nothing = np.empty(0, np.intp), np.empty((0, self._vectors.shape[1]), np.float32)
        return {name: _Pool(all_, *nothing, self._sample(all_, *nothing)) for name, all_ in self._positions.items()}

    @cached_property
    def _by_words(self) -> dict[str, _Pool]:
        """The same for queries in words: what the model cannot tell the content of, or speaks, goes by its words."""
        model = self._open()
        pools = {}
        for name, positions in self._positions.items():
            heard = np.array([_is_found_by_words(self._collection[int(place)], model) for place in positions])
            said = {int(place): words_of(self._collection[int(place)]) for place in positions[heard]}
            said = {place: words for place, words in said.items() if words}
            words = embed_texts(model, list(said.values()), role="index")
            worded = np.array(list(said), np.intp)
            pools[name] = _Pool(positions[~heard], worded, words, self._sample(positions[~heard], worded, words))
        return pools

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


def _products(vectors: NDArray[np.float32], rows: NDArray[np.intp], parts: Sequence[_Part]) -> NDArray[np.float32]:
    """Products of some of the rows with the parts' vectors, gathered a few megabytes at a time."""
    asked = np.stack([part.vector for part in parts], axis=1)
    blocks = [vectors[rows[start : start + BLOCK_ROWS]] @ asked for start in range(0, len(rows), BLOCK_ROWS)]
    return np.concatenate(blocks) if blocks else np.empty((0, len(parts)), np.float32)


def _several(examples: Example | Iterable[Example]) -> list[Example]:
    return [examples] if isinstance(examples, str | Path | Item) else list(examples)


def _mean_level(levels: Sequence[Level]) -> Level:
    return Level(*(float(np.mean([getattr(one, end) for one in levels])) for end in ("enters", "stays")))


def _title(parts: Sequence[_Part]) -> str:
    """Say in words what is asked for."""
    said = [part.title for part in parts if part.is_text]
    for sign, word in ((1, "like"), (-1, "unlike")):
        if titles := [part.title for part in parts if part.sign == sign and not part.is_text]:
            said.append(f"{word} {', '.join(titles)}")
    return ", ".join(said)


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
