"""The k nearest other items of every item, in the embedding space: computed once, read by everything else.

Similarity is the cosine. Up to some thousand items the search is exact, by blocked matrix products, which are then
about the fastest way as well and need memory for one block only. Beyond, NN-descent finds nearly all of them in a time
that grows little faster than the collection, and how nearly is measured on every run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nova_explore.errors import TooFewItemsError
from nova_explore.map.top_scores import top

BLOCK_BYTES = 64 * 2**20
"""Memory for one block of similarities."""

EXACT_UP_TO = 12_000
"""Items up to which search is exact. From about 6,000 on, the approximate one is faster: 0.3 s against 0.6 s at 12,000,
0.7 s against 2.6 s at 24,000 (384 dimensions, 2 cores); up to here the difference is not worth an approximation."""

ENOUGH = 0.95
"""Recall below which an approximate search goes on from what it found."""

WIDER = (10, 20)
"""Neighbours beyond those asked for that it then keeps, first and second time: of 100,000 entries of WordNet in 256
dimensions, recall rises from .939 to .961 by ten; by none, to .943, however often."""

CANDIDATES = 5
"""Found by a prefix beyond those asked for, before all dimensions decide."""

CHECKED = 500
"""Items whose approximate neighbours are compared with their true ones."""

ROUNDING = 1e-6
"""Cosines of the same two vectors differ by less, in whatever order they are summed."""


@dataclass(frozen=True, slots=True, eq=False)
class Neighbors:
    """The nearest other items of every item, best first.

    Attributes
    ----------
    indices : int32 array of shape (n, k)
        Positions in the collection; never the item itself.
    similarities : float32 array of shape (n, k)
        Cosine similarities, falling along each row.
    method : str
        ``exact`` or ``nn-descent``.
    recall : float
        Share of the true neighbours that were found: 1 where the search was exact, else measured on a sample.
    """

    indices: NDArray[np.int32]
    similarities: NDArray[np.float32]
    method: str = "exact"
    recall: float = 1.0

    def __post_init__(self) -> None:
        self.indices.flags.writeable = False
        self.similarities.flags.writeable = False

    @property
    def k(self) -> int:
        """Neighbours an item."""
        return self.indices.shape[1]

    def first(self, k: int) -> Neighbors:
        """Return the k nearest of these neighbours; raises `ValueError` if there are fewer."""
        if not 1 <= k <= self.k:
            raise ValueError(f"k={k} is not possible. Pass 1 to {self.k}, the neighbours that are known.")
        if k == self.k:
            return self
        indices, similarities = (
            np.ascontiguousarray(self.indices[:, :k]),
            np.ascontiguousarray(self.similarities[:, :k]),
        )
        return Neighbors(indices, similarities, self.method, self.recall)

    @property
    def sentence(self) -> str | None:
        """How the search fell short of exact, in words; None where it did not."""
        if self.method == "exact":
            return None
        return f"Neighbours were found approximately: {self.recall:.1%} of the true ones, measured on a sample."


def find_neighbors(
    vectors: NDArray[np.float32], *, k: int = 15, prefix: int | None = None, exact: bool | None = None, seed: int = 0
) -> Neighbors:
    """Find the k most similar other items of every item.

    Parameters
    ----------
    vectors : float32 array of shape (n, d)
        Unit rows; memory-mapped ones are read where they lie.
    k : int, default 15
        Neighbours an item; at most n - 1, so that a single item has 0.
    prefix : int, optional
        Leading dimensions that mean the same, less precisely (matryoshka): a large collection is searched by them
        first, then by all of them.
    exact : bool, optional
        By default collections of up to `EXACT_UP_TO` items are searched exactly.
    seed : int, default 0
        Of the approximate search.

    Returns
    -------
    Neighbors
        The same vectors give the same answer; in exact search ties are broken by position.

    Raises
    ------
    TooFewItemsError
        If there are not more than ``k`` items.
    ValueError
        If ``k`` is below 1, for more items than one.
    """
    n, d = vectors.shape
    if k < 1 and n != 1:
        raise ValueError(f"k={k} is not possible. Pass 1 or more.")
    if n <= k:
        raise TooFewItemsError(f"k={k} needs at least {k + 1} items, the collection has {n}. Pass k<={max(n - 1, 0)}.")
    vectors = np.asarray(vectors)
    if exact or (exact is None and n <= EXACT_UP_TO):
        return Neighbors(*most_similar(vectors, np.arange(n), k))
    from nova_explore.map.nn_descent import descend, link_copies, rerank

    sample = _sample(n, seed)
    true = most_similar(vectors, sample, k)[1]
    if prefix is not None and prefix < d:
        short = np.ascontiguousarray(vectors[:, :prefix])
        short /= np.maximum(np.linalg.norm(short, axis=1, keepdims=True), 1e-12)
        candidates = descend(short, k=min(k + CANDIDATES, n - 1), seed=seed)[0]
        indices, similarities = rerank(vectors, candidates, k=k)
    else:
        indices, similarities = descend(vectors, k=k, seed=seed)
    for more in WIDER:
        if _recall(true, similarities[sample]) >= ENOUGH:
            break
        wide = descend(vectors, k=min(k + more, n - 1), seed=seed, start=indices)
        indices, similarities = np.ascontiguousarray(wide[0][:, :k]), np.ascontiguousarray(wide[1][:, :k])
    link_copies(vectors, indices, similarities, alike_from=1 - ROUNDING)
    return Neighbors(indices, np.clip(similarities, -1, 1), "nn-descent", _recall(true, similarities[sample]))


def extend_neighbors(vectors: NDArray[np.float32], neighbors: Neighbors, *, seed: int = 0) -> Neighbors:
    """Neighbours of n + m items from those of the first n, without searching among these again.

    Parameters
    ----------
    vectors : float32 array of shape (n + m, d)
        Unit rows.
    neighbors : Neighbors
        Of the first n.
    seed : int, default 0
        Of the sample on which recall is measured, where the search among the first n was approximate.

    Returns
    -------
    Neighbors
        Of all n + m. The m new items have their true neighbours; in the rows of the others a new item stands wherever
        it is among the k most similar, and rows that none enters stay bit for bit as they were.
    """
    n, k = neighbors.indices.shape
    indices = np.vstack([neighbors.indices, np.empty((len(vectors) - n, k), np.int32)])
    similarities = np.vstack([neighbors.similarities, np.empty((len(vectors) - n, k), np.float32)])
    rows = max(1, BLOCK_BYTES // (4 * len(vectors)))
    for start in range(n, len(vectors), rows):
        new = np.arange(start, min(start + rows, len(vectors)))
        scores = np.clip(vectors[new] @ vectors.T, -1, 1)
        scores[np.arange(len(new)), new] = -np.inf
        indices[new], similarities[new] = top(scores, k)
        found, of = np.nonzero(scores[:, :n] > similarities[:n, -1])
        _enter(indices, similarities, of, new[found].astype(np.int32), scores[found, of])
    if neighbors.method == "exact":
        return Neighbors(indices, similarities)
    sample = _sample(len(vectors), seed)
    recall = _recall(most_similar(vectors, sample, k)[1], similarities[sample])
    return Neighbors(indices, similarities, neighbors.method, recall)


def _enter(
    indices: NDArray[np.int32],
    similarities: NDArray[np.float32],
    of: NDArray[np.intp],
    new: NDArray[np.int32],
    scores: NDArray[np.float32],
) -> None:
    """Put new neighbours into the rows that they are neighbours of, in place; the last of these rows drop out."""
    touched, place = np.unique(of, return_inverse=True)
    k = indices.shape[1]
    row = np.concatenate([np.repeat(np.arange(len(touched)), k), place])
    other = np.concatenate([indices[touched].ravel(), new])
    score = np.concatenate([similarities[touched].ravel(), scores])
    order = np.lexsort((other, -score, row))
    first = np.searchsorted(row[order], np.arange(len(touched)))
    kept = order[first[:, None] + np.arange(k)]
    indices[touched], similarities[touched] = other[kept], score[kept]


def _sample(n: int, seed: int) -> NDArray[np.intp]:
    return np.sort(np.random.default_rng(seed).choice(n, min(CHECKED, n), replace=False))


def _recall(true: NDArray[np.float32], found: NDArray[np.float32]) -> float:
    """Share of neighbours as similar as the last true one: of copies, any are as good."""
    return float((found >= true[:, -1:] - ROUNDING).mean())


def most_similar(
    vectors: NDArray[np.float32], chosen: NDArray[np.intp], k: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Find the exact neighbours of some items, a block at a time.

    Parameters
    ----------
    vectors : float32 array of shape (n, d)
        Unit rows.
    chosen : int array of shape (m,)
        Positions.
    k : int
        Below n.

    Returns
    -------
    indices : int32 array of shape (m, k)
    similarities : float32 array of shape (m, k)
    """
    indices = np.empty((len(chosen), k), np.int32)
    similarities = np.empty((len(chosen), k), np.float32)
    rows = max(1, BLOCK_BYTES // (4 * len(vectors)))
    for start in range(0, len(chosen), rows):
        of = chosen[start : start + rows]
        block = vectors[of] @ vectors.T
        block[np.arange(len(of)), of] = -np.inf
        indices[start : start + rows], similarities[start : start + rows] = top(block, k)
    return indices, np.clip(similarities, -1, 1)
