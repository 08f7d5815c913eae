"""Terms that a cluster could be named by: words, and words that stand together, with the items that carry them.

An item carries a term once, however often it says it, so that one long page does not name its cluster. Terms of more
words are built from shorter ones that a tenth of some cluster carries: a name asks for more (Agrawal & Srikant 1994).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nova_explore.clusters.scripts import Script, fold, heads, is_unspaced, script_of, unspaced_stop_words
from nova_explore.clusters.tokens import Tokens, read_tokens
from nova_explore.collection import Item, Modality

if TYPE_CHECKING:
    from scipy.sparse import csc_array, csr_array

LEAST_IN_PART = 0.1
"""Share of some cluster that must carry a word for it to be a part of a longer term."""

LONGEST = {Script.WORD: 3, Script.HAN: 4, Script.HIRAGANA: 4, Script.SYLLABLES: 8}
"""Words, characters or syllables of the longest terms."""

EVERYWHERE, EVERYWHERE_OF_FEW = 0.3, 0.5
"""A word is everywhere if its share in every cluster is above this much of its largest; half of it below 4 clusters."""

FEW, MANY, NEARLY_ALL = 4, 8, 0.75
"""Of 8 clusters or more, it need be so in three of four."""

PART_OF_LONGER = 0.8
"""A piece of a script without spaces is no word where this share of the items that carry it carry a longer one."""

MODALITY_WORDS = {
    Modality.TEXT: "texts",
    Modality.IMAGE: "images",
    Modality.PAGE: "pages",
    Modality.AUDIO: "sounds",
    Modality.VIDEO: "videos",
}


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """Candidates for names, m of them, of n items in c clusters.

    Attributes
    ----------
    n : int
        Items.
    forms : tuple of str, length m
        How each is written.
    parts : tuple of frozenset of str, length m
        The words in it, whatever their form; a term that shares one with another says it again.
    carried : csc_array of shape (n, m)
        1 where an item carries the term.
    counts : csr_array of shape (c, m)
        Items of each cluster that carry it.
    repeated : float array of shape (m,)
        How often an item that carries it says it, in caption, tags, text, folder and file together; 1 or more.
    asked_for : bool array of shape (m,)
        Whether a person's vocabulary has it.
    modal : bool array of shape (m,)
        Whether it is the word for a modality.
    """

    n: int
    forms: tuple[str, ...]
    parts: tuple[frozenset[str], ...]
    carried: csc_array
    counts: csr_array
    repeated: NDArray[np.float64]
    asked_for: NDArray[np.bool_]
    modal: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.forms)

    def carriers(self, term: int) -> NDArray[np.integer]:
        """Positions of the items that carry a term."""
        return np.asarray(self.carried.indices[self.carried.indptr[term] : self.carried.indptr[term + 1]])


def find_terms(
    items: Sequence[Item],
    labels: NDArray[np.integer],
    count: int,
    *,
    vocabulary: Sequence[str] = (),
    stop: Sequence[str] = (),
) -> Terms:
    """Collect the terms that two items of a cluster or more carry.

    Parameters
    ----------
    items : sequence of Item, length n
    labels : integer array of shape (n,)
        Cluster of every item, -1 for those in none.
    count : int
        Number of clusters, c.
    vocabulary : sequence of str
        Words and phrases of a person; those that items say literally are terms, and marked.
    stop : sequence of str
        Words of a person that say nothing.
    """
    tokens = read_tokens(items, stop)
    found = _Found(tokens, _membership(labels, count))
    found.add_words()
    found.add_heads()
    found.add_phrases(vocabulary)
    found.add_modalities(items)
    return found.assemble()


def _membership(labels: NDArray[np.integer], count: int) -> csr_array:
    from scipy.sparse import csr_array

    clustered = np.flatnonzero(labels >= 0)
    ones = np.ones(len(clustered), np.int32)
    return csr_array((ones, (labels[clustered], clustered)), shape=(count, len(labels)))


def _carried(docs: NDArray[np.integer], terms: NDArray[np.integer], shape: tuple[int, int]) -> csc_array:
    """Which items carry which terms, each once; positions without a term have -1."""
    from scipy.sparse import csc_array

    some = terms >= 0
    pairs = np.sort(terms[some].astype(np.int64) * shape[0] + docs[some])
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    starts = np.searchsorted(pairs, np.arange(shape[1] + 1, dtype=np.int64) * shape[0])
    return csc_array((np.ones(len(pairs), np.int32), (pairs % shape[0]).astype(np.int32), starts), shape=shape)


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """Terms of one length: the words of each, and which of them begins at every token."""

    members: NDArray[np.int64]
    at: NDArray[np.int64]

    @property
    def length(self) -> int:
        return self.members.shape[1]

    def __len__(self) -> int:
        return len(self.members)

    def longer(self, extended: NDArray[np.bool_], family: NDArray[np.int8]) -> tuple[_Level, NDArray[np.int64]]:
        """Join those that overlap in all but a word, and say which two of these every longer one is made of."""
        first, second = self.at[:-1], self.at[1:]
        both = np.flatnonzero((first >= 0) & (second >= 0))
        first, second = first[both], second[both]
        fit = extended[first] & extended[second]
        fit &= family[self.members[first, 0]] == family[self.members[second, -1]]
        both, codes = both[fit], first[fit] * len(self) + second[fit]
        joined, places = np.unique(codes, return_inverse=True)
        made_of = np.stack([joined // max(len(self), 1), joined % max(len(self), 1)])
        at = np.full(len(self.at), -1, np.int64)
        at[both] = places
        members = np.hstack([self.members[made_of[0]], self.members[made_of[1], -1:]])
        return _Level(members, at), made_of


class _Found:
    """The terms found so far, a block of columns for every length."""

    def __init__(self, tokens: Tokens, inside: csr_array) -> None:
        self.tokens, self.inside = tokens, inside
        self.sizes = np.maximum(np.asarray(inside.sum(axis=1)).ravel(), 1)
        self.blocks: list[csc_array] = []
        self.forms: list[str] = []
        self.parts: list[frozenset[str]] = []
        self.repeated: list[float] = []
        self.origins: list[str] = []

    def add_words(self) -> None:
        """Add words, then what stands together, longer and longer, as long as there is something."""
        tokens = self.tokens
        family = np.where(tokens.scripts == Script.NUMBER, Script.WORD, tokens.scripts)
        longest = np.array([LONGEST.get(Script(script), 0) for script in family])
        level = _Level(
            np.arange(len(tokens.keys))[:, None], np.where(tokens.words > 0, tokens.words, -1).astype(np.int64)
        )
        plain = np.zeros(len(tokens.keys), bool)
        while len(level):
            carried = _carried(tokens.docs, level.at, (tokens.n, len(level)))
            most, everywhere = self._shares(carried)
            single = level.length == 1
            if single:
                plain = ~tokens.dependent & ~everywhere & ~tokens.silent
            alone = plain if single else self._stand_alone(level.members, plain, everywhere)
            extended = (most >= LEAST_IN_PART) & (longest[level.members[:, 0]] > level.length)
            if single:
                extended &= ~tokens.silent
            longer, made_of = level.longer(extended, family)
            often = np.diff(carried.indptr)
            if len(longer):
                above = np.zeros(len(level), np.int64)
                times = np.diff(_carried(tokens.docs, longer.at, (tokens.n, len(longer))).indptr)
                for part in made_of:
                    np.maximum.at(above, part, times)
                is_part = (family[level.members[:, 0]] >= Script.HAN) & (above >= PART_OF_LONGER * often)
                alone = alone & ~is_part
            said = np.bincount(level.at[level.at >= 0], minlength=len(level))
            self._keep(carried, level.members, np.flatnonzero(alone & (often > 1)), said)
            level = longer

    def _shares(self, carried: csc_array) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Largest share of a cluster that carries each term, and whether it is everywhere."""
        from scipy.sparse import csc_array

        counts = csc_array(self.inside @ carried)
        shares = counts.data / self.sizes[counts.indices]
        terms = len(counts.indptr) - 1
        column = np.repeat(np.arange(terms), np.diff(counts.indptr))
        most = np.zeros(terms)
        np.maximum.at(most, column, shares)
        clusters = len(self.sizes)
        much = EVERYWHERE_OF_FEW if clusters < FEW else EVERYWHERE
        high = np.bincount(column[shares > much * most[column]], minlength=terms)
        needed = clusters if clusters < MANY else NEARLY_ALL * clusters
        return most, (high >= needed) & (clusters > 1)

    def _stand_alone(
        self, members: NDArray[np.int64], plain: NDArray[np.bool_], everywhere: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """Whether terms of several words may be a name: numbers count there, words that are everywhere do not."""
        scripts, tokens = self.tokens.scripts, self.tokens
        numbers = scripts[members] == Script.NUMBER
        words = (scripts[members] == Script.WORD) & ~(tokens.dependent[members] & ~numbers)
        numbered = numbers.any(axis=1) & words.any(axis=1) & (numbers | words).all(axis=1)
        unspaced = scripts[members[:, 0]] >= Script.HAN
        said = np.array(
            [unspaced[g] and self._written(members[g]) in unspaced_stop_words() for g in range(len(members))]
        )
        return (plain[members].all(axis=1) | numbered | unspaced) & ~everywhere & ~said

    def _written(self, members: NDArray[np.int64]) -> str:
        forms = [self.tokens.forms[word] for word in members]
        if self.tokens.scripts[members[0]] >= Script.HAN:
            return "".join(forms)
        if (
            len({form.islower() for form in forms}) > 1 and not self.tokens.capital_nouns
        ):  # half a name in capitals: as a common one
            forms = [form if form.isupper() else form.lower() for form in forms]
        return " ".join(forms)

    def _keep(
        self, carried: csc_array, members: NDArray[np.int64], chosen: NDArray[np.intp], said: NDArray[np.intp]
    ) -> None:
        block = carried[:, chosen]
        self.blocks.append(block)
        self.repeated += (said[chosen] / np.diff(block.indptr)).tolist()
        self.origins += ["words"] * len(chosen)
        for words in members[chosen]:
            form = self._written(words)
            self.forms.append(form)
            keys = frozenset(self.tokens.keys[word] for word in words)
            self.parts.append(_pieces(form) if is_unspaced(form) else keys)

    def add_heads(self) -> None:
        """Add German nouns with all compounds that end in them: a Sportwagen is a Wagen. Capitals mark the nouns."""
        tokens = self.tokens
        if not tokens.capital_nouns:
            return
        nouns = [form[:1].isupper() for form in tokens.forms] & ~(tokens.dependent | tokens.silent)
        ends = heads(tokens.keys, nouns.tolist())
        if not ends:
            return
        from scipy.sparse import csc_array

        m = len(tokens.keys)
        rows = np.concatenate([[head, *compounds] for head, compounds in ends.items()])
        columns = np.repeat(np.arange(len(ends)), [1 + len(compounds) for compounds in ends.values()])
        carried = _carried(tokens.docs, np.where(tokens.words > 0, tokens.words, -1), (tokens.n, m))
        block = csc_array(carried @ csc_array((np.ones(len(rows), np.int32), (rows, columns)), shape=(m, len(ends))))
        block.data[:] = 1
        said = np.bincount(columns, np.bincount(tokens.words, minlength=m)[rows])
        chosen = np.flatnonzero(np.diff(block.indptr) > 1)
        self._keep(block, np.array(list(ends))[:, None], chosen, said)

    def add_phrases(self, vocabulary: Sequence[str]) -> None:
        """Add the words and phrases of a person that items say literally."""
        words, docs = self.tokens.words, self.tokens.docs
        for phrase in dict.fromkeys(vocabulary):
            sought = self.tokens.find(phrase)
            if sought is None:
                continue
            starts = np.flatnonzero(words[: len(words) - len(sought) + 1] == sought[0])
            for step, word in enumerate(sought):
                starts = starts[words[starts + step] == word]
            self.blocks.append(_carried(docs[starts], np.zeros(len(starts), np.int64), (self.tokens.n, 1)))
            self.forms.append(phrase)
            self.parts.append(frozenset(self.tokens.keys[word] for word in sought))
            self.repeated.append(1.0)
            self.origins.append("vocabulary")

    def add_modalities(self, items: Sequence[Item]) -> None:
        """Add a word for every modality."""
        kinds = [item.modality for item in items]
        for kind in dict.fromkeys(kinds):
            docs = np.array([position for position, other in enumerate(kinds) if other is kind])
            self.blocks.append(_carried(docs, np.zeros(len(docs), np.int64), (self.tokens.n, 1)))
            self.forms.append(MODALITY_WORDS[kind])
            self.parts.append(frozenset((fold(MODALITY_WORDS[kind], ()),)))
            self.repeated.append(1.0)
            self.origins.append("modality")

    def assemble(self) -> Terms:
        """All of them in one table."""
        from scipy.sparse import csc_array, csr_array, hstack

        carried = csc_array(hstack(self.blocks, format="csc"))
        origins = np.array(self.origins)
        counts = csr_array(self.inside @ carried)
        counts.sort_indices()
        asked_for, modal = origins == "vocabulary", origins == "modality"
        repeated = np.array(self.repeated)
        return Terms(self.tokens.n, tuple(self.forms), tuple(self.parts), carried, counts, repeated, asked_for, modal)


def _pieces(form: str) -> frozenset[str]:
    """What another term of a script without spaces says again: a character of Han; of others, two together."""
    size = 1 if script_of(form) == Script.HAN else 2
    return frozenset(form[i : i + size] for i in range(len(form) - size + 1))
