"""Which items carry the words of a query: BM25 over captions, names, texts, words read from pages and transcripts.

Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond", with the usual k1 and b. The words
are reduced by the plural rule of Harman 1991, "How effective is suffixing?" (the S stemmer): it is safe in English and
harmless elsewhere. Writing without spaces between words (Chinese, Japanese, Thai …) is read as pairs of characters.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Item
from nova_explore.words import LONGEST_TEXT

if TYPE_CHECKING:
    from scipy.sparse import csc_array

K1 = 1.2
B = 0.75
TITLE_COUNTS = 3
"""How often a word of a caption, a title or a tag counts, that of a text once: BM25F with two fields."""

ENOUGH = 0.2
"""Share of a query's words, each by how rare it is, from which on the best found count in full."""

_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"([\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+)")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
TITLES = ("caption", "title", "tags", "keywords", "description")


def terms(text: str) -> list[str]:
    """Cut a text into the words that are compared: lower case, without accents, singular.

    Examples
    --------
    >>> terms("Two Ponies, a crêpe & the class of 1992")
    ['two', 'pony', 'a', 'crepe', 'the', 'class', 'of', '1992']
    """
    plain = text.casefold().replace("_", " ")
    if plain.isascii():
        return [_singular(word) for word in _WORD.findall(plain)]
    plain = unicodedata.normalize("NFKD", plain)
    plain = unicodedata.normalize("NFC", "".join(sign for sign in plain if not _is_latin_accent(sign)))
    found: list[str] = []
    for word in _WORD.findall(plain):
        for part in _UNSPACED.split(word) if not word.isascii() else (word,):
            if part and _UNSPACED.fullmatch(part):
                found += [a + b for a, b in pairwise(part)] or [part]
            elif part:
                found.append(_singular(part))
    return found


def _is_latin_accent(sign: str) -> bool:
    return "\u0300" <= sign <= "\u036f"


def _singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("us", "ss", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1]


def fields_of(item: Item) -> tuple[str, str]:
    """What an item is called (caption, title, tags, file name), and what else it says (text, names of its folders)."""
    called = [str(item.metadata[key]) for key in TITLES if item.metadata.get(key)]
    path = PurePath(item.name)
    called.append(_CAMEL.sub(" ", path.stem))
    return " ".join(called), f"{' '.join(path.parts[:-1])} {(item.text or '')[:LONGEST_TEXT]}"


@dataclass(frozen=True, slots=True, eq=False)
class WordScores:
    """What the words of a query found.

    Attributes
    ----------
    positions : int array of shape (m,)
        Items that carry at least one of the words, rising.
    scores : float32 array of shape (m,)
        BM25, above 0.
    coverage : float32 array of shape (m,)
        Share of the query's words that the item carries, each word by how rare it is; 0 to 1. Words that no item
        carries count as the rarest.
    """

    positions: NDArray[np.intp]
    scores: NDArray[np.float32]
    coverage: NDArray[np.float32]

    def relevance(self) -> NDArray[np.float32]:
        """The scores as shares of the best, less where even the best carry only the common words of the query."""
        if not len(self.scores):
            return self.scores
        return self.scores / self.scores.max() * min(1.0, float(self.coverage.max()) / ENOUGH)


class WordsIndex:
    """BM25 over n items.

    Parameters
    ----------
    items : sequence of Item, length n
    """

    def __init__(self, items: Sequence[Item]) -> None:
        from scipy.sparse import csc_array

        self._n = len(items)
        self._places: dict[str, int] = {}
        columns, counts, sizes = array("i"), array("i"), []
        for item in items:
            called, said = fields_of(item)
            tally: dict[int, int] = {}
            for weight, words in ((TITLE_COUNTS, terms(called)), (1, terms(said))):
                for word in words:
                    place = self._places.setdefault(word, len(self._places))
                    tally[place] = tally.get(place, 0) + weight
            columns.extend(tally)
            counts.extend(tally.values())
            sizes.append(len(tally))
        shape = len(items), len(self._places)
        row, column = np.repeat(np.arange(len(items)), sizes), np.array(columns, np.int32)
        tf = np.array(counts, np.float32)
        lengths = np.bincount(row, tf, minlength=len(items)).astype(np.float32)
        usual = max(float(lengths.mean()), 1e-6) if len(items) else 1.0
        tf = tf * (K1 + 1) / (tf + K1 * (1 - B + B * lengths[row] / usual))
        self._weights = csc_array((tf, (row, column)), shape=shape)
        carried = np.diff(self._weights.indptr)
        # Not below a little above 0: a word of most items says little, but nothing against an item.
        self._rarity = np.log1p((len(items) - carried + 0.5) / (carried + 0.5)).astype(np.float32)
        self._rarest = float(np.log1p((len(items) + 0.5) / 0.5))

    def __len__(self) -> int:
        return self._n

    def carried(self) -> tuple[list[str], csc_array]:
        """Return all words and which item carries which: bool array of shape (n, words)."""
        carried = self._weights.copy()
        carried.data = np.ones(len(carried.data), np.int64)
        return list(self._places), carried

    def rarest(self, words: Iterable[str], *, count: int) -> list[str]:
        """The words of these that fewest items carry, the rarest first."""
        known = [word for word in words if word in self._places]
        return sorted(known, key=lambda word: -self._rarity[self._places[word]])[:count]

    def search(self, query: str) -> WordScores:
        """Score the items that carry a word of the query."""
        asked = list(dict.fromkeys(terms(query)))
        known = [self._places[word] for word in asked if word in self._places]
        whole = float(sum(self._rarity[place] for place in known)) + self._rarest * (len(asked) - len(known))
        scores = np.zeros(len(self), np.float32)
        coverage = np.zeros(len(self), np.float32)
        for place in known:
            part = slice(self._weights.indptr[place], self._weights.indptr[place + 1])
            items = self._weights.indices[part]
            scores[items] += self._rarity[place] * self._weights.data[part]
            coverage[items] += self._rarity[place]
        found = np.flatnonzero(scores > 0)
        covered = np.minimum(coverage[found] / max(whole, 1e-6), 1)
        return WordScores(found, scores[found], covered)
