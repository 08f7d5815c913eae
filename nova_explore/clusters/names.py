"""Names for clusters, each with its evidence: keywords where there are words, a phrase where there are none.

Keywords: class-based TF-IDF (Grootendorst 2022, arXiv:2203.05794), ``W = tf · ln(1 + A / f)``, counted once per item so
that one long page does not name its cluster. Phrases: the entry of a vocabulary that is nearer to the cluster's mean
than to the collection's, in the joint space. Medoids are always there: showing items is the most honest name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from nova_explore.clusters.cluster import Clustering
from nova_explore.collection import Item
from nova_explore.words import read_vocabulary, words_of

COVERAGE = 0.3
"""Share of a cluster's items that must carry one of the words that name it; below it, the words are a few items'."""

SAY_LITTLE = frozenset(
    [
        "also",
        "another",
        "any",
        "called",
        "consisting",
        "especially",
        "etc",
        "form",
        "genus",
        "having",
        "kind",
        "large",
        "like",
        "long",
        "made",
        "often",
        "piece",
        "related",
        "resembling",
        "short",
        "similar",
        "small",
        "something",
        "thing",
        "type",
        "used",
        "using",
        "usually",
        "various",
    ]
)
"""Words that captions and definitions are full of, beyond scikit-learn's English stop words."""

KEYWORDS = 5
NAMING = 3
MEDOIDS = 6


@dataclass(frozen=True, slots=True)
class ClusterName:
    """The name of a cluster, with what it rests on.

    Attributes
    ----------
    cluster : int
        The label it names.
    name : str
        A few words.
    source : {"keywords", "phrase", "medoid", "person"}
        Where the name comes from. "medoid": neither words nor a fitting phrase, so it is called after its medoid.
    keywords : tuple of (str, float)
        Words that set the cluster apart, with the share of its items that carry them.
    medoids : tuple of str
        Ids of the items nearest to the cluster's mean, nearest first.
    size : int
        Items in the cluster.
    """

    cluster: int
    name: str
    source: str
    keywords: tuple[tuple[str, float], ...]
    medoids: tuple[str, ...]
    size: int


def name_clusters(
    items: Sequence[Item],
    vectors: NDArray[np.float32],
    clustering: Clustering,
    *,
    embed_phrases: Callable[[Sequence[str]], NDArray[np.float32]] | None = None,
    kept: Mapping[int, ClusterName] = MappingProxyType({}),
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
        cluster are those of a few of its items.
    kept : Mapping of int to ClusterName, optional
        Clusters that keep a name, and whose it was; no other cluster gets the same one.

    Returns
    -------
    dict of int to ClusterName
        One entry a cluster, none for the unclustered items.
    """
    words = [words_of(item) for item in items]
    keywords, coverage = _keywords(words, clustering)
    groups = [clustering.members(c) for c in range(clustering.count)]
    means = [vectors[members].mean(axis=0) for members in groups]
    wordless = [c for c in range(clustering.count) if coverage[c] < COVERAGE and c not in kept]
    phrases: dict[int, str] = {}
    if wordless and embed_phrases is not None:
        lifts = np.stack([means[c] for c in wordless]) - vectors.mean(axis=0)
        phrases = dict(zip(wordless, _phrases(lifts, embed_phrases), strict=True))
    named: dict[int, ClusterName] = {}
    taken = {name.name for name in kept.values()}
    for c, members in enumerate(groups):
        nearest = members[np.argsort(-(vectors[members] @ means[c]), kind="stable")][:MEDOIDS]
        medoids = tuple(items[position].id for position in nearest)
        if c in kept:
            named[c] = ClusterName(c, kept[c].name, kept[c].source, tuple(keywords[c]), medoids, len(members))
            continue
        if c not in wordless:
            name, source = _join(keywords[c], taken), "keywords"
        elif c in phrases:
            name, source = phrases[c], "phrase"
        elif keywords[c]:
            name, source = _join(keywords[c], taken), "keywords"
        else:
            name, source = f"like {items[nearest[0]].title}", "medoid"
        if name in taken:
            name = f"{name} ({c + 1})"
        taken.add(name)
        named[c] = ClusterName(c, name, source, tuple(keywords[c]), medoids, len(members))
    return named


def class_tfidf(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Class-based TF-IDF weights.

    Parameters
    ----------
    counts : array of shape (g, m)
        How often each of m terms occurs in each of g classes.

    Returns
    -------
    array of shape (g, m)
        ``n_xc / Σ_x n_xc · ln(1 + A / f_x)`` with A the mean number of words a class, used as it is and not
        cut to an integer, and f_x the total count of the term.
    """
    per_class = counts.sum(axis=1, keepdims=True)
    total = counts.sum(axis=0)
    weight = np.log1p(per_class.mean() / np.maximum(total, 1e-12))
    return counts / np.maximum(per_class, 1e-12) * weight


def _keywords(
    words: Sequence[str], clustering: Clustering
) -> tuple[Mapping[int, list[tuple[str, float]]], Mapping[int, float]]:
    """Return each cluster's keywords with their shares, and the share of its items that carry one of the first."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

    keywords: dict[int, list[tuple[str, float]]] = {c: [] for c in range(clustering.count)}
    coverage = dict.fromkeys(keywords, 0.0)
    vectorizer = CountVectorizer(
        binary=True,
        stop_words=sorted(ENGLISH_STOP_WORDS | SAY_LITTLE),
        ngram_range=(1, 2),
        min_df=2,
        token_pattern=r"(?u)\b[^\W\d_]{3,}\b",
    )
    try:
        carried = vectorizer.fit_transform(words).tocsr()  # pyright: ignore[reportAttributeAccessIssue]
    except ValueError:  # no term occurs twice
        return keywords, coverage
    if not keywords:
        return keywords, coverage
    terms = [str(term) for term in vectorizer.get_feature_names_out()]
    groups = [clustering.members(c) for c in range(clustering.count)]
    counts = np.stack([np.asarray(carried[group].sum(axis=0)).ravel() for group in groups]).astype(float)
    weights = class_tfidf(counts)
    for c, group in enumerate(groups):
        chosen: list[int] = []
        for term in np.argsort(-weights[c], kind="stable"):
            if len(chosen) == KEYWORDS or weights[c, term] <= 0:
                break
            if counts[c, term] >= 2 and not _repeats(terms[term], [terms[other] for other in chosen]):
                chosen.append(int(term))
        keywords[c] = [(terms[term], float(counts[c, term] / len(group))) for term in chosen]
        named = np.asarray(carried[group][:, chosen[:NAMING]].sum(axis=1)).ravel()
        coverage[c] = float((named > 0).mean())
    return keywords, coverage


def _repeats(term: str, chosen: Sequence[str]) -> bool:
    """Whether a term says again what a chosen one says: a shared word, up to a plural s."""
    stems = {word.rstrip("s") for word in term.split()}
    return any(stems & {word.rstrip("s") for word in other.split()} for other in chosen)


def _join(keywords: Sequence[tuple[str, float]], taken: set[str]) -> str:
    for count in range(min(NAMING, len(keywords)), len(keywords) + 1):
        name = ", ".join(word for word, _ in keywords[:count])
        if name not in taken:
            return name
    return ", ".join(word for word, _ in keywords)


def _phrases(lifts: NDArray[np.float32], embed_phrases: Callable[[Sequence[str]], NDArray[np.float32]]) -> list[str]:
    """Name every row by the two phrases of the vocabulary that lie furthest in its direction.

    ``lifts`` are cluster means less the collection's mean: the gap between modalities is in both and drops out.
    """
    vocabulary = read_vocabulary()
    scores = lifts @ embed_phrases(vocabulary).T
    best = np.argsort(-scores, axis=1, kind="stable")[:, :2]
    return [f"{vocabulary[first]} / {vocabulary[second]}" for first, second in best]
