"""Words in any script: where they end, and what the forms of one word have in common.

Scripts that set spaces have words. Han, Hiragana, Thai, Lao, Khmer and Burmese have units, a letter with its signs, and
`nova_explore.clusters.terms` joins those that stand together often.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Sequence
from enum import IntEnum
from functools import cache
from pathlib import Path

STOP_WORDS = Path(__file__).with_name("stop_words.txt")


class Script(IntEnum):
    """How the tokens of a script make words."""

    BREAK = 0
    WORD = 1
    NUMBER = 2
    HAN = 3
    HIRAGANA = 4
    SYLLABLES = 5


_HAN = "\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HIRAGANA, _KATAKANA = "\u3041-\u309f", "\u30a0-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_SYLLABLES = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"

_UNSPACED = re.compile(f"[{_HAN}{_HIRAGANA}{_KATAKANA}{_SYLLABLES}]")
_RUN = re.compile(f"[{_HAN}]|[{_HIRAGANA}]|[{_KATAKANA}]+|[{_SYLLABLES}]+|[^{_HAN}{_HIRAGANA}{_KATAKANA}{_SYLLABLES}]+")
_KINDS = ((Script.HAN, re.compile(f"[{_HAN}]")), (Script.HIRAGANA, re.compile(f"[{_HIRAGANA}]")),
          (Script.SYLLABLES, re.compile(f"[{_SYLLABLES}]")))  # fmt: skip

_PARTICLES = ("에서", "에게", "으로", "까지", "부터", "처럼", *"은는이가을를에의로와과도만")
"""What Korean hangs on a noun."""

_ARABIC_SIGNS = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670]")
_ARABIC_ARTICLE = re.compile("^(?:[وفبك]?ال|لل)")
_HEBREW_PREFIXES = "הבלוכמש"
_CYRILLIC_ENDING = re.compile("[аеёиоуыэюяйьіїє]{1,2}$")
SHORTEST_WITH_ENDING = 5

SHORTEST_HEAD, SHORTEST_FRONT = 4, 3
"""Letters of the last part of a compound, and of what stands before it: shorter ones are endings, or chance."""


@cache
def _marks() -> str:
    """Combining marks and joiners as ranges for a regular expression, which has no class for them."""
    codes = [code for code in range(0x300, 0x1F000) if unicodedata.category(chr(code))[0] == "M"]
    ranges, start = [], codes[0]
    for code, after in zip(codes, [*codes[1:], -1], strict=True):
        if after != code + 1:
            ranges.append(f"{chr(start)}-{chr(code)}")
            start = after
    return "".join(ranges) + "\u200c\u200d"


@cache
def token_pattern() -> re.Pattern[str]:
    """Match runs of letters, marks and digits; and one by one the characters that part what stands beside them."""
    return re.compile(rf"[^\W_][{_marks()}\w]*(?:\+\+|#)?|[^\s\w\-]")


@cache
def _unit() -> re.Pattern[str]:
    """Match a letter of Thai, Lao, Burmese or Khmer with the vowels and signs that belong to it."""
    return re.compile(
        f"[\u0e40-\u0e44\u0ec0-\u0ec4]?.(?:[\u17d2\u1039].|[{_marks()}\u0e30\u0e32\u0e33\u0e45\u0eb0\u0eb2\u0eb3])*"
    )


def is_unspaced(token: str) -> bool:
    """Whether a token has a character of a script that sets no spaces."""
    return not token.isascii() and _UNSPACED.search(token) is not None


def split_unspaced(token: str) -> list[str]:
    """Split a token of a script without spaces into characters, or letters with their signs; leave the others whole.

    Examples
    --------
    >>> split_unspaced("猫カフェ"), split_unspaced("castle")
    (['猫', 'カフェ'], ['castle'])
    """
    if not is_unspaced(token):
        return [token]
    units: list[str] = []
    for run in _RUN.findall(token):
        units += _unit().findall(run) if script_of(run) == Script.SYLLABLES else [run]
    return units


def script_of(token: str) -> Script:
    """Tell how a token makes words, from its first character."""
    first = token[0]
    if not first.isalnum():
        return Script.BREAK
    if token.isnumeric() and not is_unspaced(token):
        return Script.NUMBER
    if first < "\u0e00":
        return Script.WORD
    return next((kind for kind, pattern in _KINDS if pattern.match(first)), Script.WORD)


def fold(word: str, known: Container[str]) -> str:
    """Return what the forms of a word have in common: small letters, no plural s, no article or vowel sign of Arabic.

    Parameters
    ----------
    word : str
    known : container of str
        Words in small letters; a Korean particle and a Hebrew prefix are taken off only if what is left is one of them.

    Examples
    --------
    >>> fold("Cities", ()), fold("glass", ()), fold("الْبَيْت", ()), fold("바다에서", {"바다"})
    ('city', 'glass', 'بيت', '바다')
    """
    lower = word.lower()
    if lower.isascii():
        return _singular(lower)
    first = lower[0]
    if "\u0600" <= first <= "\u06ff":
        plain = _ARABIC_SIGNS.sub("", lower)
        return _ARABIC_ARTICLE.sub("", plain) if len(plain) >= SHORTEST_WITH_ENDING else plain
    if "\u05d0" <= first <= "\u05ea":
        return lower[1:] if first in _HEBREW_PREFIXES and len(lower) > 2 and lower[1:] in known else lower
    if "\uac00" <= first <= "\ud7a3":
        bases = (lower.removesuffix(end) for end in _PARTICLES if lower.endswith(end) and len(lower) > len(end) + 1)
        return next((base for base in bases if base in known), lower)
    if "\u0400" <= first <= "\u04ff":
        return _CYRILLIC_ENDING.sub("", lower) if len(lower) >= SHORTEST_WITH_ENDING else lower
    return _singular(lower)


def _singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses", "zes")):
        return word[:-2]
    return word[:-1]


def heads(keys: Sequence[str], nouns: Sequence[bool]) -> dict[int, list[int]]:
    """Find nouns that others end in: in a language that writes compounds as one word, the last part says what it is.

    Parameters
    ----------
    keys : sequence of str
        Words in small letters.
    nouns : sequence of bool
        Which of them may be compounds, and heads.

    Returns
    -------
    dict of int to list of int
        Places of the compounds by that of their head.

    Examples
    --------
    >>> heads(["wagen", "sportwagen", "feuerwehrwagen", "segen"], [True] * 4)
    {0: [1, 2]}
    """
    places = {key: place for place, key in enumerate(keys) if nouns[place] and len(key) >= SHORTEST_HEAD}
    found: dict[int, list[int]] = {}
    for key, place in places.items():
        for cut in range(SHORTEST_FRONT, len(key) - SHORTEST_HEAD + 1):
            if (head := places.get(key[cut:])) is not None:
                found.setdefault(head, []).append(place)
    return found


@cache
def stop_words() -> dict[str, frozenset[str]]:
    """Read the words that say nothing, by language; under ``zh-alone`` and ``ja-alone`` those that may be a part."""
    lines = (line.split() for line in STOP_WORDS.read_text("utf-8").splitlines())
    return {words[0]: frozenset(words[1:]) for words in lines if words}


@cache
def unspaced_stop_words() -> frozenset[str]:
    """Return those of the scripts without spaces, of which a token is only a part."""
    lists = stop_words()
    return frozenset().union(*(lists[language] for language in ("zh", "ja", "th")))
