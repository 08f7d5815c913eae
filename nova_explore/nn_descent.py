"""Approximate neighbours by NN-descent: neighbours of neighbours are likely to be neighbours.

NN-descent: Dong, Moses & Li 2011, doi:10.1145/1963405.1963487. It starts from the leaves of pynndescent's random
projection forest (Dasgupta & Freund 2008). pynndescent's own descent is compiled anew in every process, for longer than
it then runs; this one is for cosine similarity only, so that what numba compiles stays on disk. Every item looks for
itself and writes nothing but its own row, from what all rows were before the round: the answer is the same whatever the
number of cores.
"""

from __future__ import annotations

import warnings

import numba
import numpy as np
from numpy.typing import NDArray

LEAF_ITEMS = 60
SPARE = 5
"""Neighbours looked for beyond those asked for: the last of a row are found least surely."""

ROUNDS = 12
SETTLED = 0.01
"""Share of a round's neighbours that are new, below which another round is not worth its time."""

CHUNKS = 64


def descend(
    vectors: NDArray[np.float32], *, k: int, seed: int = 0, start: NDArray[np.int32] | None = None
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Find about the k most similar other items of every item.

    Parameters
    ----------
    vectors : float32 array of shape (n, d)
        Unit rows; memory-mapped ones are read where they lie.
    k : int
        Neighbours an item, below n.
    seed : int, default 0
        Of the projections; the same seed gives the same answer.
    start : int32 array of shape (n, m), optional
        Neighbours to begin with, in the place of a forest.

    Returns
    -------
    indices : int32 array of shape (n, k)
        Best first; never the item itself.
    similarities : float32 array of shape (n, k)
    """
    n = len(vectors)
    kept = min(k + SPARE, n - 1)
    indices = np.full((n, kept), -1, np.int32)
    similarities = np.full((n, kept), -2, np.float32)
    fresh = np.zeros((n, kept), np.bool_)
    if start is None:
        for leaves in _forest(vectors, trees=5 + round(n**0.5 / 40), seed=seed):
            _join_leaves(vectors, leaves, indices, similarities, fresh)
    else:
        _take(vectors, start, indices, similarities, fresh)
    back = np.empty((n, kept), np.int32)
    back_fresh = np.zeros((n, kept), np.bool_)
    for number in range(ROUNDS):
        _reverse(indices, fresh, number, back, back_fresh)
        known, known_fresh = indices.copy(), fresh.copy()
        fresh[:] = False
        changed = _improve(vectors, known, known_fresh, back, back_fresh, indices, similarities, fresh, CHUNKS)
        if changed < SETTLED * indices.size:
            break
    return np.ascontiguousarray(indices[:, :k]), np.ascontiguousarray(similarities[:, :k])


def rerank(
    vectors: NDArray[np.float32], candidates: NDArray[np.int32], *, k: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Keep the k most similar of every item's candidates, an (n, m) array; returns what `descend` does."""
    indices = np.full((len(vectors), k), -1, np.int32)
    similarities = np.full((len(vectors), k), -2, np.float32)
    _take(vectors, candidates, indices, similarities, np.zeros(indices.shape, np.bool_))
    return indices, similarities


def _forest(vectors: NDArray[np.float32], *, trees: int, seed: int) -> list[NDArray[np.int32]]:
    """Leaves of every tree, padded with -1: each item lies in one leaf of each tree."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pynndescent.hybrid_forest import make_hybrid_leaf_array

    leaves = make_hybrid_leaf_array(vectors, trees, LEAF_ITEMS, seed, angular=True)
    filled = np.cumsum((leaves >= 0).sum(axis=1))
    ends = np.searchsorted(filled, len(vectors) * np.arange(1, trees + 1)) + 1
    return np.split(leaves, ends[:-1])


@numba.njit(fastmath=True, inline="always")
def _similarity(vectors, p, q):
    total = np.float32(0)
    for d in range(vectors.shape[1]):
        total += vectors[p, d] * vectors[q, d]
    return total


@numba.njit(inline="always")
def _insert(indices, similarities, fresh, row, other, similarity):
    """Put another item into a row, which falls in similarity; 1 if it belonged there and was not there yet."""
    last = indices.shape[1] - 1
    if similarity <= similarities[row, last]:
        return 0
    for place in range(last + 1):
        if indices[row, place] == other:
            return 0
    place = last
    while place > 0 and similarities[row, place - 1] < similarity:
        indices[row, place] = indices[row, place - 1]
        similarities[row, place] = similarities[row, place - 1]
        fresh[row, place] = fresh[row, place - 1]
        place -= 1
    indices[row, place] = other
    similarities[row, place] = similarity
    fresh[row, place] = True
    return 1


@numba.njit(cache=True, parallel=True, fastmath=True)
def _join_leaves(vectors, leaves, indices, similarities, fresh):
    """Compare all items of a leaf with each other; the leaves of one tree share no item."""
    for leaf in numba.prange(leaves.shape[0]):
        for a in range(leaves.shape[1]):
            p = leaves[leaf, a]
            if p < 0:
                break
            for b in range(a + 1, leaves.shape[1]):
                q = leaves[leaf, b]
                if q < 0:
                    break
                similarity = _similarity(vectors, p, q)
                _insert(indices, similarities, fresh, p, q, similarity)
                _insert(indices, similarities, fresh, q, p, similarity)


@numba.njit(cache=True, parallel=True, fastmath=True)
def _take(vectors, start, indices, similarities, fresh):
    for i in numba.prange(start.shape[0]):
        for j in range(start.shape[1]):
            other = start[i, j]
            if other >= 0 and other != i:
                _insert(indices, similarities, fresh, i, other, _similarity(vectors, i, other))


@numba.njit(cache=True)
def _reverse(indices, fresh, seed, back, back_fresh):
    """For every item those that name it as a neighbour; where there are too many, a fair sample of them."""
    n, k = indices.shape
    size = back.shape[1]
    met = np.zeros(n, np.int32)
    back[:] = -1
    state = np.uint64(seed)
    for i in range(n):
        for j in range(k):
            other = indices[i, j]
            if other < 0:
                continue
            place = np.int64(met[other])
            met[other] += 1
            if place >= size:
                state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
                place = np.int64((state >> np.uint64(33)) % np.uint64(met[other]))
                if place >= size:
                    continue
            back[other, place] = i
            back_fresh[other, place] = fresh[i, j]


@numba.njit(cache=True, parallel=True, fastmath=True)
def _improve(vectors, known, known_fresh, back, back_fresh, indices, similarities, fresh, chunks):
    """Compare every item with the neighbours of its neighbours, where one of the two steps is new."""
    n, k = known.shape
    changed = np.zeros(chunks, np.int64)
    rows = (n + chunks - 1) // chunks
    for chunk in numba.prange(chunks):
        seen = np.full(n, -1, np.int32)
        for i in range(chunk * rows, min(n, (chunk + 1) * rows)):
            seen[i] = i
            for j in range(k):
                if known[i, j] >= 0:
                    seen[known[i, j]] = i
            for j in range(2 * k):
                via = known[i, j] if j < k else back[i, j - k]
                new = known_fresh[i, j] if j < k else back_fresh[i, j - k]
                if via < 0:
                    continue
                if seen[via] != i:
                    seen[via] = i
                    changed[chunk] += _insert(indices, similarities, fresh, i, via, _similarity(vectors, i, via))
                for m in range(k):
                    other = known[via, m]
                    if other < 0 or not (new or known_fresh[via, m]) or seen[other] == i:
                        continue
                    seen[other] = i
                    changed[chunk] += _insert(indices, similarities, fresh, i, other, _similarity(vectors, i, other))
    return changed.sum()
