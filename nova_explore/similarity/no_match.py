"""When nothing in a collection is like a query: learned from what queries without meaning score there.

A nearest item always exists, so a search always answers. What tells an answer from the nearest of nothing is how near
*meaningless* queries come: words of random syllables, in the script of the query, against the same items. Two levels
follow for every modality. A query has found something if its best item passes the level that few meaningless queries
reach (`ENTERS`); then all items that pass the level that a meaningless query usually reaches with its best (`STAYS`)
match it. One level alone would either let noise in or cut true results off.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

NONSENSE = 128
"""Meaningless queries that the levels are learned from."""

ENTERS = 0.99
STAYS = 0.75
"""Shares of meaningless queries whose best result lies below a level. Five modalities have five chances to be wrong."""

LIKE_ANY = 0.99
"""Share of the pairs of two modalities that are less alike than a pair that counts as like one another."""

_UNCASED = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI")


@dataclass(frozen=True, slots=True)
class Level:
    """How high a result must score, in standard deviations above the usual score of its modality.

    Attributes
    ----------
    enters : float
        Where the best result must lie for anything to match.
    stays : float
        From which on the others match then; not above ``enters``.
    """

    enters: float
    stays: float


def level_of(best: NDArray[np.floating]) -> Level:
    """Set the levels of a modality by the best scores of meaningless queries: an array of shape (q,).

    The best of many scores follows a Gumbel distribution, fitted by its moments: its far quantiles are steadier than
    those of so few queries themselves.
    """
    scale = float(best.std()) * np.sqrt(6) / np.pi
    mode = float(best.mean()) - np.euler_gamma * scale
    return Level(*(float(mode - scale * np.log(-np.log(share))) for share in (ENTERS, STAYS)))


def level_of_pairs(pairs: NDArray[np.floating]) -> Level:
    """Set the levels for items that are like an item by the scores of any two items: an array of any shape."""
    high = float(np.quantile(pairs, LIKE_ANY))
    return Level(high, high)


def stands_out(scores: Mapping[str, NDArray[np.floating]], levels: Mapping[str, Level]) -> bool:
    """Whether the best item of any modality passes the level that few meaningless queries reach."""
    return any(len(one) and bool(np.nanmax(one) >= levels[name].enters) for name, one in scores.items())


def matches(
    scores: Mapping[str, NDArray[np.floating]], levels: Mapping[str, Level], *, words: bool
) -> dict[str, NDArray[np.bool_]]:
    """Tell the items that match a query by their content.

    Parameters
    ----------
    scores : Mapping of str to float array of shape (m,)
        By modality, in standard deviations above the usual.
    levels : Mapping of str to Level
    words : bool
        Whether items carry the query's words, so that something was found whatever the contents score.

    Returns
    -------
    dict of str to bool array of shape (m,)
    """
    entered = words or stands_out(scores, levels)
    return {name: (one >= levels[name].stays) & entered for name, one in scores.items()}


def script_of(query: str) -> str:
    """Name the script that most letters of a query are in, as Unicode does: LATIN, CYRILLIC, CJK and so on."""
    names = Counter(unicodedata.name(sign, "LATIN").split()[0].split("-")[0] for sign in query if sign.isalpha())
    return names.most_common(1)[0][0] if names else "LATIN"


@lru_cache(maxsize=16)
def nonsense(script: str = "LATIN", count: int = NONSENSE, *, seed: int = 0) -> tuple[str, ...]:
    """Make meaningless queries of one to three words out of the letters of a script."""
    draw = np.random.default_rng(seed)
    letters = list("abcdefghijklmnopqrstuvwxyz") if script == "LATIN" else _letters(script)
    longest = 4 if script in _UNCASED else 8

    def word(place: int) -> str:
        if script == "LATIN" and place % 2:  # half of them can be spoken, as what people make up
            return _syllables(draw)
        return "".join(draw.choice(letters, draw.integers(2, longest + 1)))

    return tuple(" ".join(word(place) for _ in range(draw.integers(1, 4))) for place in range(count))


def _syllables(draw: np.random.Generator) -> str:
    consonants, vowels = list("bcdfghjklmnpqrstvwxz"), list("aeiou")
    word = ""
    for _ in range(draw.integers(1, 5)):
        word += str(draw.choice(consonants)) + str(draw.choice(vowels))
        if draw.random() < 0.3:
            word += str(draw.choice(consonants))
    return word


def _letters(script: str) -> list[str]:
    """Small letters of a script in Unicode's first plane; the Latin ones where it has none."""
    if script == "CJK":  # they are named by their number
        return [chr(code) for code in range(0x4E00, 0x9FFF)]
    letters = (sign for sign in map(chr, range(0x370, 0xFFFF)) if sign.isalpha() and not sign.isupper())
    found = [sign for sign in letters if unicodedata.name(sign, "").startswith(f"{script} ")]
    return found or list("abcdefghijklmnopqrstuvwxyz")
