"""Words, items and media in, ranked items out: what a search compares, and how it reads as little as it can.

A query has parts: a text, items or media to be like, others to be unlike. A modality is searched by its index where the
library has one, and otherwise by one product with the vectors as they lie, in memory or in a mapped file. What a score
is measured against (the usual score of its modality, the percentile) is taken from a sample of it, drawn once.

A text is looked for in two ways at once, by content and by the words that come with an item, and the two are fused
(`ranking.fuse`). Modalities that a model does not find by their content (`Capabilities.text_search`) are compared by
the vectors of their words, and the ranking says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Collection, Modality
from nova_explore.errors import UnknownNameError
from nova_explore.library.vector_index import VectorIndex
from nova_explore.models.model import EmbeddingModel, aim
from nova_explore.models.queries import embed_texts
from nova_explore.parameters import whole_number
from nova_explore.similarity.background import Background
from nova_explore.similarity.no_match import Level, matches, script_of, stands_out
from nova_explore.similarity.ranking import COVERS, Ranking, Scored, fuse, rank
from nova_explore.similarity.sides import ONE, Example

WORDED_CANDIDATES = 2000
"""Items that carry words of a query and are compared, the most relevant first, where an index names the others."""

BLOCK_ROWS = 4096


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One thing that a query asks for, or asks to stay away from.

    Attributes
    ----------
    title : str
        What it is called.
    purpose : str
        What its scores are measured against: see `Background`.
    vector : float32 array of shape (d,)
    levels : Mapping of str to Level
        By modality, from which score on an item matches it.
    sign : {1, -1}
        -1 where results should be unlike it.
    itself : int
        Its position in the collection, or -1.
    """

    title: str
    purpose: str
    vector: NDArray[np.float32]
    levels: Mapping[str, Level]
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
    background : Background
        What the scores are measured against.
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
        self.collection = collection
        self.vectors = vectors
        self._indexes = indexes
        self.background = Background(collection, vectors, model=model)
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
        like, unlike : id, path, bytes or Item, or several
            Items of the collection, media on disk or in memory that results should be like, or unlike. Those of the
            collection are left out of the results.
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
        k = whole_number("k", k)
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
        k = whole_number("k", k)
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

    # ---- the parts of a query -----------------------------------------------------------------------------------

    def _text_part(self, text: str, wanted: Sequence[str]) -> _Part:
        opened = self.background.model
        model = aim(opened, [Modality(name) for name in wanted])
        purpose = f"text for {', '.join(wanted)}" if model is not opened else "text"
        self.background.refer_to_phrases(purpose, model)
        script = script_of(text)
        levels = {name: self.background.level_of_words(purpose, model, script, name) for name in wanted}
        return _Part(text, purpose, embed_texts(model, [text], role="query")[0], levels)

    def _example_part(self, example: Example, sign: int) -> _Part:
        side = self.background.example(example)
        return self._like_part(side.title, side.sort, side.vector, sign, side.position)

    def _like_part(self, title: str, modality: str, vector: NDArray[np.float32], sign: int, itself: int) -> _Part:
        purpose = f"like {modality}"
        self.background.refer_to_items(purpose, modality)
        levels = {name: self.background.level_of_items(purpose, name) for name in self.background.by_modality}
        return _Part(title, purpose, vector, levels, sign, itself)

    # ---- scores -------------------------------------------------------------------------------------------------

    def _rank(self, parts: Sequence[_Part], wanted: Sequence[str], k: int, *, text: str | None = None) -> Ranking:
        wanted = [name for name in wanted if len(self.background.by_modality[name])]
        relevance, coverage = self._relevance(text)
        asked = {name: self._candidates(name, parts, relevance, k) for name in wanted}
        # One pass over all rows as they lie is faster than to gather more than a part of them.
        whole = sum(map(len, asked.values())) > len(self.vectors) / 3
        products = self.vectors @ np.stack([part.vector for part in parts], axis=1) if whole else None
        scored: dict[str, Scored] = {}
        standings: dict[str, NDArray[np.float32]] = {}
        levels: dict[str, Level] = {}
        for name, rows in asked.items():
            by_content = products[rows] if products is not None else _products(self.vectors, rows, parts)
            scored[name], standings[name] = self._score(name, rows, by_content, parts)
            levels[name] = _mean_level([part.levels[name] for part in parts if part.sign > 0])
        carried = {name: coverage[one.positions] >= COVERS for name, one in scored.items()}
        understood = stands_out(standings, levels) or not all(part.is_text for part in parts)
        close = matches(standings, levels, words=any(one.any() for one in carried.values()))
        joined = []
        # The words are one part's: beside items to be like, they count as one of several.
        relevance = relevance / sum(part.sign > 0 for part in parts)
        for name, one in scored.items():
            merits = one.standing() if one.merits is None else one.merits
            found = carried[name] | (close[name] & ~np.isnan(one.scores))
            via = np.where(carried[name] & close[name] & (one.via == "content"), "both", one.via)
            via = np.where(carried[name] & ~close[name], "words", via)
            joined.append(
                replace(
                    one, merits=fuse(merits, relevance[one.positions], understood=understood), matches=found, via=via
                )
            )
        title = _title(parts)
        found = rank(title, self.collection, joined, k=k, note=self._note(wanted) if text is not None else None)
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
            pool = self.background.by_words[name] if part.is_text else self.background.by_content[name]
            cosines = by_content[:, column]
            if part.is_text and len(pool.content) < len(self.background.by_modality[name]):
                cosines = np.full(len(rows), np.nan, np.float32)
                heard = np.isin(rows, pool.worded)
                cosines[heard] = pool.words[np.searchsorted(pool.worded, rows[heard])] @ part.vector
                seen = np.isin(rows, pool.content)
                cosines[seen] = by_content[seen, column]
                via[heard] = "words"
            mean, deviation = self.background.usual_of(name, pool, part.purpose)
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
        if len(standings) > 1:  # what one part varies more by is no reason for it to count more
            even = [each / max(float(np.nanstd(each)), 1e-6) for each in standings]
            merits = np.nanmean(np.stack(even)[:, usable], axis=0)
        else:
            merits = standing
        score = np.nanmean(np.stack(scores)[:, usable], axis=0)
        smallest = min(map(len, among))
        one = Scored(rows[usable], score, via[usable], np.mean([each[:smallest] for each in among], axis=0))
        return replace(one, merits=merits - away[usable]), standing

    def _relevance(self, text: str | None) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """How relevant the words of every item are, 0 to 1, and which share of the query's words it carries."""
        relevance = np.zeros(len(self.collection), np.float32)
        coverage = relevance.copy()
        if text is not None:
            found = self.background.words.search(text)
            relevance[found.positions] = found.relevance()
            coverage[found.positions] = found.coverage
        return relevance, coverage

    def _candidates(
        self, name: str, parts: Sequence[_Part], relevance: NDArray[np.float32], k: int
    ) -> NDArray[np.intp]:
        """Positions of the items to compare: what the index and the words name, or all, rising."""
        index = self._indexes.get(name)
        text = any(part.is_text for part in parts)
        everything = self.background.by_modality[name]
        # An index holds the content of all items; those that are compared by words would crowd out the others.
        if index is None or (text and len(self.background.by_words[name].content) < len(everything)):
            return everything
        named = [index.candidates(part.vector, count=4 * (k + 1)) for part in parts if part.sign > 0]
        carrying = everything[relevance[everything] > 0] if text else everything[:0]
        if len(carrying) > WORDED_CANDIDATES:
            carrying = carrying[np.argpartition(-relevance[carrying], WORDED_CANDIDATES)[:WORDED_CANDIDATES]]
        return np.unique(np.concatenate([*named, carrying]))

    def _note(self, wanted: Sequence[str]) -> str | None:
        counted = ", ".join(
            f"{len(self.background.by_modality[name]) - len(pool.content):,} {name}"
            for name, pool in self.background.by_words.items()
            if name in wanted and len(pool.content) < len(self.background.by_modality[name])
        )
        note = f"Found by the words that come with them or are spoken in them, not by content: {counted}."
        return note if counted else None

    def _wanted(self, modalities: Iterable[str] | None) -> list[str]:
        """Those of the collection's modalities that are searched, in a fixed order."""
        if modalities is None:
            return list(self.background.by_modality)
        asked = {modalities} if isinstance(modalities, str) else set(modalities)
        for name in sorted(asked - set(Modality)):
            raise UnknownNameError("modality", name, Modality)
        return [name for name in self.background.by_modality if name in asked]


def _products(vectors: NDArray[np.float32], rows: NDArray[np.intp], parts: Sequence[_Part]) -> NDArray[np.float32]:
    """Products of some of the rows with the parts' vectors, gathered a few megabytes at a time."""
    asked = np.stack([part.vector for part in parts], axis=1)
    blocks = [vectors[rows[start : start + BLOCK_ROWS]] @ asked for start in range(0, len(rows), BLOCK_ROWS)]
    return np.concatenate(blocks) if blocks else np.empty((0, len(parts)), np.float32)


def _several(examples: Example | Iterable[Example]) -> list[Example]:
    return [examples] if isinstance(examples, ONE) else list(examples)  # pyright: ignore[reportReturnType]


def _mean_level(levels: Sequence[Level]) -> Level:
    return Level(*(float(np.mean([getattr(one, end) for one in levels])) for end in ("enters", "stays")))


def _title(parts: Sequence[_Part]) -> str:
    """Say in words what is asked for."""
    said = [part.title for part in parts if part.is_text]
    for sign, word in ((1, "like"), (-1, "unlike")):
        if titles := [part.title for part in parts if part.sign == sign and not part.is_text]:
            said.append(f"{word} {', '.join(titles)}")
    return ", ".join(said)
