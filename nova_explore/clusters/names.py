"""Names for clusters, each with its evidence: the share of the members that the words of the name are true of.

A name is of words that members say or that their files and folders are called: those with the largest share inside the
cluster less the share outside. A second and a third word are added only while the name covers too few. Where words do
not reach, the name says so: "mixed: …" of several, "perhaps: …" of a vocabulary's phrase that is nearest in the joint
space, or the medoids, which are always there: showing items is the most honest name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.clusters.cluster import Clustering
from nova_explore.clusters.terms import Terms, find_terms
from nova_explore.collection import Item
from nova_explore.words import caption_of, read_vocabulary

TRUE = 0.4
"""Share of the members that one word of a name must be true of for it to be said without reserve."""

COVERED = 0.8
"""Share of the members from which on a name takes no further word."""

LEAST_SHARE = 0.15
"""Share of the members that must carry a word for it to be in a name."""

LEAST_GAIN, LEAST_MIXED_GAIN = 0.1, 0.05
"""What a word must add to share inside less share outside to be in a name, and in one that says it is mixed."""

ALONE = 0.2
"""Share from which on a single word is better than a phrase of the vocabulary: it is true of so many, a phrase is a
guess."""

SAME_MEMBERS = 0.5
"""A further word adds to a name if it is of fewer of the members that are covered already; else it says them again."""

LONGER, REPEATED, MODALITY = 0.02, 0.02, -0.1
"""What decides between terms of nearly the same shares. A term gains for every further word, being narrower, and for
every further time, up to two, that an item says it: in its caption and its folder, say. A word for a modality loses."""

RARE = 0.1
"""Largest share of the items outside for a modality to name a cluster."""

WORDS, KEYWORDS, SHORTLIST, PHRASES, ALTERNATES, MEDOIDS = 3, 5, 24, 6, 2, 6
LONGEST_LINE = 60
MIXED, PERHAPS = "mixed: ", "perhaps: "


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What a person wants of names.

    Attributes
    ----------
    vocabulary : tuple of str
        Words and phrases to prefer where items say them, and to guess from where no words reach.
    stop_words : tuple of str
        Words that no name has, beside the lists of languages.
    """

    vocabulary: tuple[str, ...] = ()
    stop_words: tuple[str, ...] = ()

    @classmethod
    def of(cls, vocabulary: Iterable[str] = (), stop_words: Iterable[str] = ()) -> OwnWords:
        """Take words as a person gives them; raises ValueError for a string, whose letters would be words."""
        for called, words in (("vocabulary", vocabulary), ("stop_words", stop_words)):
            if isinstance(words, str):
                raise ValueError(f"{called}={words!r} is one string. Pass a list of words: {called}=[{words!r}].")
        return cls(*(tuple(dict.fromkeys(map(str, words))) for words in (vocabulary, stop_words)))

    @property
    def parameters(self) -> dict[str, list[str]]:
        """As values that JSON can hold; empty where nothing is wanted."""
        wanted = {"vocabulary": list(self.vocabulary), "stop_words": list(self.stop_words)}
        return {name: words for name, words in wanted.items() if words}


@dataclass(frozen=True, slots=True)
class Alternate:
    """Another name that a cluster could have.

    Attributes
    ----------
    name : str
    source : {"keywords", "phrase", "medoid"}
    score, outside : float or None
        As of `ClusterName`.
    """

    name: str
    source: str
    score: float | None = None
    outside: float | None = None


@dataclass(frozen=True, slots=True)
class ClusterName:
    """The name of a cluster, with what it rests on.

    Attributes
    ----------
    cluster : int
        The label it names.
    name : str
        A few words. "mixed: …" where none of them is true of `TRUE` of the members; "perhaps: …" where no words say it.
    source : {"keywords", "phrase", "medoid", "person"}
        Where the name comes from. "medoid": neither words nor a fitting phrase, so it is called after its medoid.
    keywords : tuple of (str, float)
        Words that set the cluster apart, with the share of its items that carry them.
    medoids : tuple of str
        Ids of the items nearest to the cluster's mean, nearest first.
    size : int
        Items in the cluster.
    score : float or None
        Share of the members that the name is true of, by their words: 0 to 1; None where no words say it.
    outside : float or None
        Share of all other items that it is true of as well.
    alternates : tuple of Alternate
        Other names, the better one first.
    """

    cluster: int
    name: str
    source: str
    keywords: tuple[tuple[str, float], ...]
    medoids: tuple[str, ...]
    size: int
    score: float | None = None
    outside: float | None = None
    alternates: tuple[Alternate, ...] = ()

    @property
    def with_share(self) -> str:
        """The name, and the share that it is true of where that is known."""
        return self.name if self.score is None else f"{self.name} · {self.score:.0%}"

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> ClusterName:
        """Read what `dataclasses.asdict` wrote, also that of earlier versions."""
        alternates = tuple(Alternate(**other) for other in record.get("alternates", ()))
        keywords = tuple((word, share) for word, share in record["keywords"])
        return cls(**{**record, "keywords": keywords, "medoids": tuple(record["medoids"]), "alternates": alternates})


def name_clusters(
    items: Sequence[Item],
    vectors: NDArray[np.float32],
    clustering: Clustering,
    *,
    embed_phrases: Callable[[Sequence[str]], NDArray[np.float32]] | None = None,
    kept: Mapping[int, ClusterName] = MappingProxyType({}),
    own_words: OwnWords = OwnWords(),
) -> dict[int, ClusterName]:
    """Name every cluster.

    Parameters
    ----------
    items : sequence of Item, length n
    vectors : float32 array of shape (n, d)
        Unit rows.
    clustering : Clustering
        Of these items.
    embed_phrases : callable, optional
        Phrases in, float32 array of shape (m, d) out, in the space of the vectors. Called only if the words of a
        cluster do not reach for a name.
    kept : Mapping of int to ClusterName, optional
        Clusters that keep a name, and whose it was; no other cluster gets the same one.
    own_words : OwnWords, optional
        A person's vocabulary and stop words.

    Returns
    -------
    dict of int to ClusterName
        One entry a cluster, none for the unclustered items.
    """
    if not clustering.count:
        return {}
    terms = find_terms(
        items, clustering.labels, clustering.count, vocabulary=own_words.vocabulary, stop=own_words.stop_words
    )
    groups = [clustering.members(c) for c in range(clustering.count)]
    means = np.stack([vectors[members].mean(axis=0) for members in groups])
    bonus = _bonus(terms)
    evidence = [_Evidence(terms, bonus, c, members) for c, members in enumerate(groups)]
    chosen = [each.choose() for each in evidence]
    vague = [c for c, words in enumerate(chosen) if not words and c not in kept]
    phrases: dict[int, list[str]] = {}
    if vague and embed_phrases is not None:
        vocabulary = list(own_words.vocabulary) or read_vocabulary()
        nearest = _nearest_phrases(means[vague] - vectors.mean(axis=0), embed_phrases(vocabulary))
        phrases = {c: [vocabulary[phrase] for phrase in of] for c, of in zip(vague, nearest, strict=True)}
    taken = {name.name for name in kept.values()}
    named: dict[int, ClusterName] = {}
    for c, members in enumerate(groups):
        central = members[np.argsort(-(vectors[members] @ means[c]), kind="stable")][:MEDOIDS]
        like = [Alternate(f"like {_said_by(items[position])}", "medoid") for position in central[:ALTERNATES]]
        guessed = [Alternate(f"{PERHAPS}{phrase}", "phrase") for phrase in phrases.get(c, ())]
        if c in kept:
            words = evidence[c].find(kept[c].name)
            best = Alternate(kept[c].name, kept[c].source, *(evidence[c].measure(words) if words else ()))
        elif chosen[c]:
            best = evidence[c].distinct(chosen[c], taken)
        else:
            best = next((guess for guess in guessed if guess.name not in taken), like[0])
        name = best.name if best.name not in taken or c in kept else f"{best.name} ({c + 1})"
        taken.add(name)
        others = [*evidence[c].others(chosen[c]), *guessed, *like]
        named[c] = ClusterName(
            c, name, best.source, evidence[c].keywords, tuple(items[position].id for position in central), len(members),
            best.score, best.outside, tuple(other for other in others if other.name != best.name)[:ALTERNATES],
        )  # fmt: skip
    return named


class _Evidence:
    """The terms of one cluster that stand out, the best first, with the members that carry each."""

    def __init__(self, terms: Terms, bonus: NDArray[np.float64], cluster: int, members: NDArray[np.intp]) -> None:
        n, size = terms.n, len(members)
        row = slice(terms.counts.indptr[cluster], terms.counts.indptr[cluster + 1])
        places, counts = terms.counts.indices[row], terms.counts.data[row]
        inside = counts / size
        outside = (np.diff(terms.carried.indptr)[places] - counts) / max(n - size, 1)
        scores = inside - outside
        bonus = bonus[places]
        fit = (counts >= min(2, size)) & (scores > 0) & ~(terms.modal[places] & ((outside > RARE) | (size == n)))
        order = np.argsort(-(scores + bonus)[fit], kind="stable")
        wanted = terms.asked_for[places[fit]][order]
        order = np.concatenate([order[wanted][:SHORTLIST], order[~wanted][:SHORTLIST]])
        best = np.flatnonzero(fit)[order]
        self.terms, self.size, self.rest = terms, size, n - size
        self.places, self.inside, self.outside = places[best], inside[best], outside[best]
        self.scores, self.bonus = scores[best], bonus[best]
        self.members = members
        self.asked_for = terms.asked_for[self.places]
        self.carried = np.zeros((size, len(best)), bool)
        for column, place in enumerate(self.places):
            self.carried[:, column] = np.isin(members, terms.carriers(place), assume_unique=True)

    @property
    def keywords(self) -> tuple[tuple[str, float], ...]:
        """What sets the cluster apart, each word once."""
        chosen: list[int] = []
        for column in np.argsort(-self.scores - self.bonus, kind="stable"):
            if not self._repeats(column, chosen) and not self.terms.modal[self.places[column]]:
                chosen.append(int(column))
        return tuple((self._form(column), float(self.inside[column])) for column in chosen[:KEYWORDS])

    def choose(self) -> list[int]:
        """Choose the words of a name: a person's where they reach, else any; none where no words do."""
        columns = np.arange(len(self.places))
        for among in (columns[self.asked_for], columns):
            words = self._cover(among)
            if words and self.inside[words].max() >= TRUE:
                return words
        words = self._cover(columns, least_gain=LEAST_MIXED_GAIN)
        return words if words and (len(words) > 1 or self.inside[words[0]] >= ALONE) else []

    def _cover(self, among: NDArray[np.intp], *, least_gain: float = LEAST_GAIN) -> list[int]:
        """Add words while they raise the share inside less the share outside, up to what is covered."""
        chosen: list[int] = []
        covered = np.zeros(self.size, bool)
        while len(chosen) < WORDS and covered.mean() < COVERED:
            gains = {
                int(column): (self.carried[:, column] & ~covered).mean() - self.outside[column] * (~covered).mean()
                for column in among
                if self.inside[column] >= LEAST_SHARE
                and not self._repeats(column, chosen)
                and self.carried[covered, column].sum() <= SAME_MEMBERS * covered.sum()
            }
            if not gains:
                break
            best = max(gains, key=lambda column: (round(gains[column] + self.bonus[column], 9), -column))
            if gains[best] <= least_gain:
                break
            chosen.append(best)
            covered |= self.carried[:, best]
        return chosen

    def measure(self, words: Iterable[int]) -> tuple[float, float]:
        """Share of the members, and of all other items, that carry one of these."""
        words = list(words)
        inside = int(self.carried[:, words].any(axis=1).sum())
        everyone = len(np.unique(np.concatenate([self.terms.carriers(place) for place in self.places[words]])))
        return inside / self.size, (everyone - inside) / max(self.rest, 1)

    def distinct(self, words: list[int], taken: set[str]) -> Alternate:
        """Say a name of these words, with one more where another cluster has it already."""
        best = self._said(words)
        if best.name in taken:
            for column in np.argsort(-self.scores - self.bonus, kind="stable"):
                if self.inside[column] >= LEAST_SHARE and not self._repeats(column, words):
                    longer = self._said([*words, int(column)])
                    if longer.name not in taken:
                        return longer
        return best

    def others(self, words: Sequence[int]) -> list[Alternate]:
        """Say other names, of words that are not in this one."""
        found: list[Alternate] = []
        used = list(words)
        for column in np.argsort(-self.scores - self.bonus, kind="stable"):
            if len(found) < ALTERNATES and self.inside[column] >= LEAST_SHARE and not self._repeats(column, used):
                found.append(Alternate(self._form(column), "keywords", *self.measure([int(column)])))
                used.append(int(column))
        return found

    def find(self, name: str) -> list[int]:
        """Find the words of a name; none if one of them is not known."""
        columns = {self._form(column): column for column in range(len(self.places))}
        words = [columns.get(word) for word in name.removeprefix(MIXED).split(", ")]
        return [] if None in words else [word for word in words if word is not None]

    def _said(self, words: list[int]) -> Alternate:
        score, outside = self.measure(words)
        mixed = "" if max(self.inside[words]) >= TRUE else MIXED
        return Alternate(mixed + ", ".join(map(self._form, words)), "keywords", score, outside)

    def _form(self, column: int | np.integer) -> str:
        return self.terms.forms[self.places[column]]

    def _repeats(self, column: int | np.integer, chosen: Sequence[int]) -> bool:
        parts = self.terms.parts[self.places[column]]
        return any(parts & self.terms.parts[self.places[other]] for other in chosen)


def _bonus(terms: Terms) -> NDArray[np.float64]:
    """What every term gains or loses beside its shares."""
    longer = LONGER * np.array([form.count(" ") for form in terms.forms], float)
    return longer + REPEATED * np.minimum(terms.repeated - 1, 2) + np.where(terms.modal, MODALITY, 0)


def class_tfidf(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Class-based TF-IDF weights (Grootendorst 2022, arXiv:2203.05794).

    Parameters
    ----------
    counts : array of shape (c, m)
        How often each of m terms occurs in each of c classes.

    Returns
    -------
    array of shape (c, m)
        ``n_xc / Σ_x n_xc · ln(1 + A / f_x)`` with A the mean number of words a class, used as it is and not
        cut to an integer, and f_x the total count of the term.
    """
    per_class = counts.sum(axis=1, keepdims=True)
    total = counts.sum(axis=0)
    weight = np.log1p(per_class.mean() / np.maximum(total, 1e-12))
    return counts / np.maximum(per_class, 1e-12) * weight


def _nearest_phrases(lifts: NDArray[np.float32], phrases: NDArray[np.float32]) -> NDArray[np.intp]:
    """Find the phrases that lie furthest in the direction of every row, best first: an array of shape (rows, ≤ 6).

    ``lifts`` are cluster means less the collection's mean: the gap between modalities is in both and drops out.
    """
    return np.argsort(-(lifts @ phrases.T), axis=1, kind="stable")[:, :PHRASES]


def _said_by(item: Item) -> str:
    """A line for an item: its first words if it has any, else its file's name."""
    line = " ".join((caption_of(item) or item.title.rpartition("/")[2]).split())
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1].rstrip()}…"
