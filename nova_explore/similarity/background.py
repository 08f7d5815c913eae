"""What queries and scores of a collection are measured against: usual scores, samples, pairs, phrases.

A cosine means nothing by itself. Here is what it is held against, by modality and by what asks, each drawn once: the
scores of queries at large, of meaningless queries, and of pairs of items.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Collection, Item, Modality
from nova_explore.errors import SpaceMismatchError, UnknownNameError
from nova_explore.models.model import EmbeddingModel, PricedModel, Role
from nova_explore.models.queries import embed_items, embed_texts
from nova_explore.similarity.no_match import Level, level_of, level_of_pairs, nonsense
from nova_explore.similarity.ranking import spread
from nova_explore.similarity.sides import Example, Handed, Side, is_file, is_named, words_item
from nova_explore.similarity.words_index import WordsIndex
from nova_explore.words import read_vocabulary, words_of

REFERENCE_QUERIES = 64
"""Queries at large that a modality's usual score is measured with."""

TUNING_QUERIES = 256
"""Queries that an index is tuned with: a few hard ones move the mean over 64 by some hundredths."""

PAIRED = 256
"""Items that are each compared with a sample of another modality, to learn what is usual of a pair."""

SAMPLE = 4096
"""Items of a modality that scores are measured against: a share of them is off by at most 0.008 (one deviation)."""


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
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


class Background:
    """What a collection's scores are measured against.

    Parameters
    ----------
    collection : Collection of n items
    vectors : float32 array of shape (n, d)
        Unit rows; never copied.
    model : callable
        Opens the model that made the vectors.

    Attributes
    ----------
    collection, vectors
        As above.
    masked : dict
        Vectors of items with hidden parts, which explanations have asked for in this session.
    """

    def __init__(
        self, collection: Collection, vectors: NDArray[np.float32], *, model: Callable[[], EmbeddingModel]
    ) -> None:
        self.collection = collection
        self.vectors = vectors
        self._open = model
        self._references: dict[str, NDArray[np.float32]] = {}
        self._usual: dict[tuple[str, str], tuple[float, float]] = {}
        self._levels: dict[tuple[str, str, str], Level] = {}
        self._pairs: dict[tuple[str, str], NDArray[np.float32]] = {}
        self._concepts: dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]] = {}
        self.masked: dict[tuple[str, ...], NDArray[np.float32]] = {}
        self._handed = Handed()
        self._embeddings: dict[tuple[str, str], NDArray[np.float32]] = {}

    def side(self, thing: Example) -> Side:
        """Resolve an id, a file, bytes, an item or words, in this order, to what can be compared.

        Raises
        ------
        SourceError
            If it is none of these, or has the form of a path at which there is nothing.
        UnreadableError
            If a medium cannot be read or embedded.
        ValueError
            If the words are blank.
        """
        if isinstance(thing, str) and not self.collection.has(thing) and not is_file(thing):
            item = words_item(thing)
            return Side(item, self._embedded(item, "query"), words=True)
        return self.example(thing)

    def example(self, example: Example) -> Side:
        """Resolve an id, a file, bytes or an item.

        Raises
        ------
        SourceError
            If it is none of these, or there is nothing at a path.
        UnknownNameError
            If the collection has no item of this id.
        UnreadableError
            If a medium cannot be read or embedded.
        """
        if isinstance(example, str) and (self.collection.has(example) or is_named(example)):
            position = self.collection.position(example)
            return Side(self.collection[position], self.vectors[position], position)
        item = self._handed.item(example)
        return Side(item, self._embedded(item, "index"))

    def _embedded(self, item: Item, role: Role) -> NDArray[np.float32]:
        """Embed what is in no collection; nothing is asked for twice in a session."""
        key = item.content_key, role
        if key not in self._embeddings:
            self._embeddings[key] = embed_items(self._open(), [item], role=role)[0]
        return self._embeddings[key]

    def positions(self, modality: str) -> NDArray[np.intp]:
        """Positions of the items of a modality, rising."""
        return self.by_modality.get(modality, np.empty(0, np.intp))

    def sample(self, modality: str) -> NDArray[np.float32]:
        """Vectors of items of a modality, evenly spread: float32 array of shape (s, d), s at most 4,096."""
        return self.vectors[self._spread(modality, SAMPLE)]

    def pairs(self, a: Side, b: Side) -> NDArray[np.float32]:
        """Cosines of many pairs like this one: of items of both modalities, or of phrases and items."""
        if a.words or b.words:
            words, other = (a, b) if a.words else (b, a)
            self.refer_to_phrases("text", self._open())
            phrases = self._references["text"]
            others = phrases if other.words else self.sample(str(other.item.modality))
            cosines = phrases @ others.T
            return cosines[~np.eye(len(phrases), dtype=bool)] if words.words and other.words else cosines.ravel()
        names = str(a.item.modality), str(b.item.modality)
        if names not in self._pairs:
            first, second = self._spread(names[0], PAIRED), self._spread(names[1], SAMPLE)
            cosines = self.vectors[first] @ self.vectors[second].T
            self._pairs[names] = cosines[first[:, None] != second[None]]
        return self._pairs[names]

    def usual_of_concepts(self, modality: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Mean and standard deviation of the cosines of a modality's items with every phrase of `concepts`.

        Of all items where there are fewer than three of the modality.
        """
        if modality not in self._concepts and self.concepts is not None:
            sample, phrases = self.sample(modality), self.concepts[1]
            cosines = (sample if len(sample) > 2 else self.vectors[:SAMPLE]) @ phrases.T
            self._concepts[modality] = cosines.mean(axis=0), cosines.std(axis=0)
        return self._concepts[modality]

    def _spread(self, modality: str, count: int) -> NDArray[np.intp]:
        positions = self.positions(modality)
        return positions[spread(range(len(positions)), count)]

    @property
    def model(self) -> EmbeddingModel:
        """The model that made the vectors, opened at first use."""
        return self._open()

    @property
    def has_model(self) -> bool:
        """Whether the model that made the vectors can be opened here."""
        try:
            self._open()
        except (SpaceMismatchError, UnknownNameError, ImportError):
            return False
        return True

    @cached_property
    def concepts(self) -> tuple[list[str], NDArray[np.float32]] | None:
        """Phrases that collections at large are about, and their vectors; None where they would cost money."""
        model = self._open()
        if isinstance(model, PricedModel):
            return None
        vocabulary = read_vocabulary()
        return vocabulary, embed_texts(model, vocabulary, role="query")

    @cached_property
    def words(self) -> WordsIndex:
        """The words of all items, indexed at the first query in words."""
        return WordsIndex(self.collection)

    def _refer(self, purpose: str, make: Callable[[], NDArray[np.float32]]) -> None:
        if purpose not in self._references:
            self._references[purpose] = make()

    def refer_to_phrases(self, purpose: str, model: EmbeddingModel) -> None:
        """Let scores of this purpose be measured against phrases at large, as this model embeds them."""
        self._refer(purpose, lambda: embed_phrases(model, REFERENCE_QUERIES))

    def refer_to_items(self, purpose: str, modality: str) -> None:
        """Let scores of this purpose be measured against items of a modality, or of all where there is none of it."""
        same = self.by_modality.get(modality, np.arange(len(self.collection)))
        self._refer(purpose, lambda: self.vectors[same[spread(range(len(same)), REFERENCE_QUERIES)]])

    def level_of_words(self, purpose: str, model: EmbeddingModel, script: str, name: str) -> Level:
        """From which score on an item of a modality matches words in a script."""
        if (purpose, script, name) not in self._levels:
            made = embed_texts(model, list(nonsense(script)), role="query")
            for each, pool in self.by_words.items():
                mean, deviation = self.usual_of(each, pool, purpose)
                best = (made @ pool.sample.T).max(axis=1) if len(pool.sample) else np.zeros(1)
                self._levels[purpose, script, each] = level_of((best - mean) / deviation)
        return self._levels[purpose, script, name]

    def level_of_items(self, purpose: str, name: str) -> Level:
        """From which score on an item of a modality matches an item."""
        if (purpose, "", name) not in self._levels:
            mean, deviation = self.usual_of(name, self.by_content[name], purpose)
            pairs = self._references[purpose] @ self.by_content[name].sample.T
            others = pairs[pairs < 1 - 1e-5]
            self._levels[purpose, "", name] = (
                level_of_pairs((others - mean) / deviation) if len(others) else Level(0, 0)
            )
        return self._levels[purpose, "", name]

    def usual_of(self, name: str, pool: Pool, purpose: str) -> tuple[float, float]:
        """Mean and standard deviation of what this modality scores with the references of this purpose."""
        if (purpose, name) not in self._usual:
            at_large = self._references[purpose] @ pool.sample.T
            some = at_large.size > 0
            self._usual[purpose, name] = (float(at_large.mean()), max(float(at_large.std()), 1e-6)) if some else (0, 1)
        return self._usual[purpose, name]

    @cached_property
    def by_modality(self) -> dict[str, NDArray[np.intp]]:
        """Positions of the items of every modality."""
        names = np.array([str(item.modality) for item in self.collection])
        return {str(name): np.flatnonzero(names == name) for name in np.unique(names)}

    @cached_property
    def by_content(self) -> dict[str, Pool]:
        """What is compared with an item or a medium, by modality: the contents of all items."""
        nothing = np.empty(0, np.intp), np.empty((0, self.vectors.shape[1]), np.float32)
        return {name: Pool(all_, *nothing, self._sample(all_, *nothing)) for name, all_ in self.by_modality.items()}

    @cached_property
    def by_words(self) -> dict[str, Pool]:
        """What is compared with words, by modality: speech, and what the model cannot tell, goes by its words."""
        model = self._open()
        pools = {}
        for name, positions in self.by_modality.items():
            heard = np.array([_is_found_by_words(self.collection[int(place)], model) for place in positions])
            said = {int(place): words_of(self.collection[int(place)]) for place in positions[heard]}
            said = {place: words for place, words in said.items() if words}
            words = embed_texts(model, list(said.values()), role="index")
            worded = np.array(list(said), np.intp)
            pools[name] = Pool(positions[~heard], worded, words, self._sample(positions[~heard], worded, words))
        return pools

    def _sample(
        self, content: NDArray[np.intp], worded: NDArray[np.intp], words: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        chosen = np.array(spread(range(len(content) + len(worded)), SAMPLE), np.intp)
        by_content = chosen[chosen < len(content)]
        return np.concatenate([self.vectors[content[by_content]], words[chosen[len(by_content) :] - len(content)]])


def embed_phrases(model: EmbeddingModel, count: int) -> NDArray[np.float32]:
    """Embed phrases at large as queries: float32 array of shape (count, d)."""
    vocabulary = read_vocabulary()
    return embed_texts(model, [vocabulary[place] for place in spread(vocabulary, count)], role="query")


def _is_found_by_words(item: Item, model: EmbeddingModel) -> bool:
    speaks = item.modality in (Modality.AUDIO, Modality.VIDEO) and bool(item.text)
    return speaks or item.modality not in model.capabilities.text_search
