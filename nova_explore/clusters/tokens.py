"""What items say as one long sequence of tokens, with the word that every token is a form of."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from nova_explore.clusters.scripts import Script, fold, script_of, split_unspaced, stop_words, token_pattern
from nova_explore.collection import Item
from nova_explore.words import caption_of, path_of

LONGEST_UNSPACED = 400
"""Characters of an item that are looked at in scripts without spaces, where every one of them begins a candidate."""

IN_FORCE = 0.02
"""Share of the items that must use a language's own small words before its list is heeded; English always is."""

ALWAYS = ("en", "zh", "ja", "th")
"""English, and languages whose small words are of no other: their lists are heeded always."""

WITH_NOUNS = "de"
"""The language that writes every noun with a capital: there, capitals of a first word are kept."""

AUTHORS = ("author", "copyright")
"""Columns of who made an item, which says nothing of what it shows; the artist of a song says what is heard."""

BY_AUTHOR, MOST_BY_ONE, SHORTEST_OF_AUTHOR = 0.8, 0.5, 3
"""A word is an author's where so many of the items that carry it are by someone it names, in full or cut short as file
names are. Someone who made more than half of all items is left out: any word could be theirs alone."""

LONGEST_CAPITALS = 5
"""Longer words in capitals alone are no abbreviations and are written small."""

WITHIN_SENTENCES = frozenset(",;-/&+'’")
"""Signs after which a word is written as within a sentence."""

SPACED_SHORT = "\u0530"
"""Before this character, in Latin, Greek and Cyrillic, words of two letters are names only in capitals: AI, UK, TV."""


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """Everything the items say.

    Attributes
    ----------
    n : int
        Items.
    words : int32 array of shape (t,)
        Word of every token, in the order of the text; 0 parts what does not stand together.
    docs : int32 array of shape (t,)
        Position of the item that says it.
    keys : list of str, length m
        What the forms of each word have in common; the first is of no word.
    forms : list of str, length m
        How most items write it.
    scripts : int8 array of shape (m,)
        `Script` of each word.
    silent : bool array of shape (m,)
        Words that say nothing, in no term.
    dependent : bool array of shape (m,)
        Words too short or too weak to stand alone, that may be a part of a term.
    capital_nouns : bool
        Whether a language is spoken that writes every noun with a capital.
    """

    n: int
    words: NDArray[np.int32]
    docs: NDArray[np.int32]
    keys: list[str]
    forms: list[str]
    scripts: NDArray[np.int8]
    silent: NDArray[np.bool_]
    dependent: NDArray[np.bool_]
    capital_nouns: bool

    def find(self, phrase: str) -> list[int] | None:
        """Return the words of a phrase, or None if the items do not have one of them."""
        place = {key: word for word, key in enumerate(self.keys)}
        known = {form.lower() for form in self.forms}
        found = [place.get(fold(token, known)) for token in _cut(phrase)]
        return None if not found or None in found else [word for word in found if word is not None]


def _cut(text: str) -> list[str]:
    whole = [token for token in token_pattern().findall(text.replace("_", " ")) if token[0].isalnum()]
    return [unit for token in whole for unit in split_unspaced(token)]


def read_tokens(items: Sequence[Item], stop: Sequence[str] = ()) -> Tokens:
    """Read what the items say: captions and text, then folders and file names.

    Parameters
    ----------
    items : sequence of Item
    stop : sequence of str
        Words of a person that say nothing, beside the lists of languages.
    """
    places: dict[str, int] = {"": 0}
    flat, docs, lengths, in_path = array("i"), array("i"), array("i"), array("b")
    pattern = token_pattern()
    for position, item in enumerate(items):
        for text, path in ((caption_of(item), 0), (path_of(item).lower(), 1)):
            for line in text.split("\n") if text else ():
                tokens = pattern.findall(line.replace("_", " ") if "_" in line else line)
                flat.append(0)
                flat.extend([places.setdefault(token, len(places)) for token in tokens])
                docs.append(position)
                lengths.append(len(tokens) + 1)
                in_path.append(path)
    of, counts = np.array(flat, np.int64), np.array(lengths, np.int64)
    doc = np.repeat(np.array(docs, np.int32), counts)
    path = np.repeat(np.array(in_path, bool), counts)
    of, source, surfaces = _expand(of, list(places))
    doc, path = doc[source], path[source]
    scripts = np.array([Script.BREAK, *(script_of(surface) for surface in surfaces[1:])], np.int8)
    within = _within_limit(scripts[of], doc)
    of, doc, path = of[within], doc[within], path[within]
    tokens = _fold_all(of, doc, path, surfaces, scripts, len(items), stop)
    return replace(tokens, silent=tokens.silent | _of_authors(items, tokens))


def _of_authors(items: Sequence[Item], tokens: Tokens) -> NDArray[np.bool_]:
    """Which words name who made the items that carry them: authors stand among keywords and in file names."""
    m = len(tokens.keys)
    names = [" ".join(str(item.metadata[key]) for key in AUTHORS if item.metadata.get(key)) for item in items]
    made = Counter(name for name in names if name)
    authors = {name: row for row, (name, count) in enumerate(made.items()) if count <= MOST_BY_ONE * len(items)}
    if not authors:
        return np.zeros(m, bool)
    place = {key: word for word, key in enumerate(tokens.keys)}
    theirs = {
        row * m + place[part[:length]]
        for name, row in authors.items()
        for part in map(str.lower, _cut(name))
        for length in range(SHORTEST_OF_AUTHOR, len(part) + 1)
        if part[:length] in place
    }
    pairs = np.unique(tokens.docs.astype(np.int64) * m + tokens.words)
    docs, words = np.divmod(pairs, m)
    author = np.array([authors.get(name, -1) for name in names])[docs]
    by_author = (author >= 0) & np.isin(author * m + words, np.fromiter(theirs, np.int64, len(theirs)))
    carriers = np.bincount(words, minlength=m)
    own = np.bincount(words[by_author], minlength=m)
    return (own > 1) & (own >= BY_AUTHOR * carriers)


def _expand(
    of: NDArray[np.int64], surfaces: list[str]
) -> tuple[NDArray[np.int64], NDArray[np.intp] | slice, list[str]]:
    """Put the units of scripts without spaces in the place of their runs."""
    split = [[surface] if surface.isascii() else split_unspaced(surface) for surface in surfaces]
    if all(len(units) == 1 for units in split):
        return of, slice(None), surfaces
    places: dict[str, int] = {}
    units = np.array([places.setdefault(unit, len(places)) for of_one in split for unit in of_one], np.int64)
    sizes = np.array([len(of_one) for of_one in split], np.int64)
    starts = np.cumsum(sizes) - sizes
    repeated = sizes[of]
    source = np.repeat(np.arange(len(of)), repeated)
    within = np.arange(len(source)) - np.repeat(np.cumsum(repeated) - repeated, repeated)
    return units[starts[of[source]] + within], source, list(places)


def _within_limit(scripts: NDArray[np.int8], docs: NDArray[np.int32]) -> NDArray[np.bool_] | slice:
    unspaced = scripts >= Script.HAN
    if not unspaced.any():
        return slice(None)
    before = np.cumsum(unspaced)
    first = np.searchsorted(docs, docs, side="left")
    return ~unspaced | (before - before[first] < LONGEST_UNSPACED)


def _fold_all(
    of: NDArray[np.int64],
    docs: NDArray[np.int32],
    path: NDArray[np.bool_],
    surfaces: list[str],
    scripts: NDArray[np.int8],
    n: int,
    stop: Sequence[str],
) -> Tokens:
    lower = {surface.lower() for surface in surfaces}
    places: dict[str, int] = {"": 0}
    word_of = np.zeros(len(surfaces), np.int32)
    for surface, (text, script) in enumerate(zip(surfaces, scripts.tolist(), strict=True)):
        if script:
            word_of[surface] = places.setdefault(fold(text, lower), len(places))
    m = len(places)
    kinds = np.zeros(m, np.int8)
    kinds[word_of] = scripts
    kinds[0] = Script.BREAK
    # The first word of a sentence and a path say nothing of how a word is written; one after a comma does.
    opens = (scripts == Script.BREAK) & np.array([surface not in WITHIN_SENTENCES for surface in surfaces])
    breaks = opens[of]
    telling = ~path & ~np.append(True, breaks[:-1])
    seen, told = np.bincount(of, minlength=len(surfaces)), np.bincount(of[telling], minlength=len(surfaces))
    in_paths = np.bincount(word_of[of[path]], minlength=m) > 0
    small = [text.lower() for text in surfaces]
    order = {text: place for place, text in reversed([*enumerate(small)])}
    common = np.bincount([order[text] for text in small], seen, len(surfaces))
    # The form that is read most, the first of these; and of its capitals those that are read most where they tell.
    best: list[tuple[float, int, int, int, int]] = [(-1, 0, -1, -1, 0)] * m
    capitals, total = np.zeros(m), np.zeros(m)
    for surface, text in enumerate(surfaces):
        word, first = word_of[surface], order[small[surface]]
        best[word] = max(best[word], (common[first], -first, int(told[surface]), int(seen[surface]), -surface))
        total[word] += seen[surface]
        capitals[word] += seen[surface] * text.isupper()
    keys = list(places)
    words = word_of[of]
    listed, weak, nouns = _listed(keys, surfaces, word_of, words, n)
    forms = [_written(surfaces[-surface], nouns or known > 0) for _, _, known, _, surface in best]
    forms = [key if key and "\uac00" <= key[0] <= "\ud7a3" else form for key, form in zip(keys, forms, strict=True)]
    person = {fold(token, lower) for word in stop for token in _cut(word)}
    silent = listed | np.array([key in person for key in keys])
    short = np.array([len(key) for key in keys])
    latin = np.array([bool(key) and key[0] < SPACED_SHORT for key in keys])
    listed_anywhere = frozenset().union(*stop_words().values())
    abbreviated = (capitals > total / 2) | (in_paths & np.array([key not in listed_anywhere for key in keys]))
    dependent = weak | (kinds == Script.NUMBER) | (kinds >= Script.HIRAGANA)
    dependent |= (kinds == Script.WORD) & ((short < 2) | ((short == 2) & latin & ~abbreviated))
    return Tokens(n, words, docs, keys, forms, kinds, silent, dependent, nouns)


def _written(form: str, telling: bool) -> str:
    """As it was read, if that tells how it is written; small otherwise, but for abbreviations."""
    if form.isupper():
        return form if len(form) <= LONGEST_CAPITALS else form.lower()
    return form if telling else form.lower()


def _listed(
    keys: list[str], surfaces: list[str], word_of: NDArray[np.int32], words: NDArray[np.int32], n: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], bool]:
    """Which words are on the list of a language in force, which never stand alone, and whether German is in force."""
    found: dict[str, set[int]] = {}
    for surface, word in zip(surfaces, word_of.tolist(), strict=True):
        found.setdefault(surface.lower(), set()).add(word)
    lists = stop_words()
    often = np.bincount(words, minlength=len(keys))
    several = {word for word, count in Counter(chain.from_iterable(lists.values())).items() if count > 1}
    silent, weak, nouns = np.zeros(len(keys), bool), np.zeros(len(keys), bool), False
    for language, listed in lists.items():
        here = [word for word in listed if word in found]
        own = [word for word in here if word not in several]
        uses = sum(int(often[list(found[word])].sum()) for word in own)
        base = language.partition("-")[0]
        if base in ALWAYS or (len(own) > 1 and uses >= IN_FORCE * n):
            nouns |= base == WITH_NOUNS
            marked = [place for word in here for place in found[word]]
            (silent if base == language else weak)[marked] = True
    return silent, weak, nouns
