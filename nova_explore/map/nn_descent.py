"""Approximate neighbours: random trees of regions, then neighbours of neighbours, which are likely to be neighbours.

A tree parts the items by which of some items, drawn at random, they are most similar to, and every part again, until
the parts are small enough for all their items to be compared; with two items drawn it would be the random projection
tree of Dasgupta & Freund 2008. All of that is matrix products. NN-descent (Dong, Moses & Li 2011,
doi:10.1145/1963405.1963487) goes on from there. Every item looks for itself and writes nothing but its own row, from
what all rows were before the round: the answer is the same whatever the number of cores.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
from numpy.typing import NDArray

from nova_explore.map import cores
from nova_explore.map.compiled import compiled

TREES = 8
"""Of 117,659 entries of WordNet, with 5 neighbours to spare, 8 trees and descent find .973 of the neighbours in 4.4 s,
4 trees .958 in 4.7 s, since the descent is longer, and a random projection forest .959 in 6.5 s."""

LEAF_ITEMS = 800
BRANCHES = 32

SPARE = 3
"""Neighbours looked for beyond those asked for: the last of a row are found least surely. There, 5 find .973 of the
neighbours, 2 find .966 in 0.6 s less, none .959."""

ROUNDS = 12
SETTLED = 0.01
"""Share of a round's neighbours that are new, below which another round is not worth its time."""

BLOCK_ROWS = 8_192


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
        Of the trees; the same seed gives the same answer.
    start : int32 array of shape (n, m), optional
        Neighbours to begin with, in the place of trees.

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
        _grow(vectors, seed, indices, similarities, fresh)
    back = np.empty((n, kept), np.int32)
    back_fresh = np.zeros((n, kept), np.bool_)
    with cores.over_rows(n) as each_part:
        if start is not None:
            each_part(lambda first, end: _take(vectors, start, indices, similarities, fresh, first, end))
        for number in range(ROUNDS):
            _reverse(indices, fresh, number, back, back_fresh)
            known, known_fresh = indices.copy(), fresh.copy()
            fresh[:] = False
            seen = (known, known_fresh, back, back_fresh)
            each_part(lambda first, end, seen=seen: _improve(vectors, *seen, indices, similarities, fresh, first, end))
            if fresh.sum() < SETTLED * indices.size:
                break
    return np.ascontiguousarray(indices[:, :k]), np.ascontiguousarray(similarities[:, :k])


def rerank(
    vectors: NDArray[np.float32], candidates: NDArray[np.int32], *, k: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Keep the k most similar of every item's candidates, an (n, m) array; returns what `descend` does."""
    n = len(vectors)
    indices = np.full((n, k), -1, np.int32)
    similarities = np.full((n, k), -2, np.float32)
    fresh = np.zeros((n, k), np.bool_)
    with cores.over_rows(n) as each_part:
        each_part(lambda first, end: _take(vectors, candidates, indices, similarities, fresh, first, end))
    return indices, similarities


def link_copies(
    vectors: NDArray[np.float32],
    indices: NDArray[np.int32],
    similarities: NDArray[np.float32],
    *,
    alike_from: float,
) -> None:
    """Let every item of more equal ones than a row can hold know the first of them, in the place of its last neighbour.

    Any of them are its nearest: rows full of copies would otherwise fall into parts that know nothing of each other.

    Parameters
    ----------
    vectors : float32 array of shape (n, d)
    indices : int32 array of shape (n, k)
        Changed in place.
    similarities : float32 array of shape (n, k)
    alike_from : float
        Similarity of two equal vectors, at least.
    """
    firsts: dict[bytes, int] = {}
    for item in np.flatnonzero(similarities[:, -1] >= alike_from).tolist():
        first = firsts.setdefault(vectors[item].tobytes(), item)
        if first != item and first not in indices[item]:
            indices[item, -1] = first


def _grow(
    vectors: NDArray[np.float32],
    seed: int,
    indices: NDArray[np.int32],
    similarities: NDArray[np.float32],
    fresh: NDArray[np.bool_],
) -> None:
    """Enter what the leaves of all trees know, in place; the leaves of one tree share no item."""
    from threadpoolctl import threadpool_limits

    def compare(items: NDArray[np.int32]) -> None:
        rows = vectors[items]
        _join(rows @ rows.T, items, indices, similarities, fresh)

    draws = np.random.default_rng(seed).spawn(TREES)
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(cores.count()) as pool:
        for leaves in pool.map(lambda draw: list(_leaves(vectors, draw)), draws):
            list(pool.map(compare, leaves))


def _leaves(vectors: NDArray[np.float32], draw: np.random.Generator) -> Iterator[NDArray[np.int32]]:
    """Parts of at most `LEAF_ITEMS` items, of which each lies in one."""
    waiting = [np.arange(len(vectors), dtype=np.int32)]
    while waiting:
        items = waiting.pop()
        if len(items) <= LEAF_ITEMS:
            yield items
            continue
        branches = min(BRANCHES, -(-2 * len(items) // LEAF_ITEMS))
        middles = vectors[draw.choice(items, branches, replace=False)].T
        blocks = (items[first : first + BLOCK_ROWS] for first in range(0, len(items), BLOCK_ROWS))
        nearest = np.concatenate([(vectors[block] @ middles).argmax(axis=1) for block in blocks])
        ends = np.cumsum(np.bincount(nearest, minlength=branches))
        if ends[0] == len(items) or np.diff(ends).max() == len(items):  # copies of one item have no nearest
            waiting += np.array_split(draw.permutation(items), branches)
        else:
            waiting += np.split(items[np.argsort(nearest, kind="stable")], ends[:-1])


@numba.njit(fastmath=True, inline="always")
def _similarity(vectors, p, q):
    total = np.float32(0)
    for d in range(vectors.shape[1]):
        total += vectors[p, d] * vectors[q, d]
    return total


@numba.njit(inline="always")
def _insert(indices, similarities, fresh, row, other, similarity):
    """Put another item into a row, which falls in similarity, if it belongs there and is not there yet."""
    last = indices.shape[1] - 1
    if similarity <= similarities[row, last]:
        return
    for place in range(last + 1):
        if indices[row, place] == other:
            return
    place = last
    while place > 0 and similarities[row, place - 1] < similarity:
        indices[row, place] = indices[row, place - 1]
        similarities[row, place] = similarities[row, place - 1]
        fresh[row, place] = fresh[row, place - 1]
        place -= 1
    indices[row, place] = other
    similarities[row, place] = similarity
    fresh[row, place] = True


@compiled(nogil=True)
def _join(among, items, indices, similarities, fresh):
    """Enter all items of a leaf in each other's rows, by the (m, m) similarities among them."""
    for a in range(len(items)):
        for b in range(len(items)):
            if a != b:
                _insert(indices, similarities, fresh, items[a], items[b], among[a, b])


@compiled(nogil=True, fastmath=True)
def _take(vectors, start, indices, similarities, fresh, first, end):
    for i in range(first, end):
        for j in range(start.shape[1]):
            other = start[i, j]
            if other >= 0 and other != i:
                _insert(indices, similarities, fresh, i, other, _similarity(vectors, i, other))


@compiled(nogil=True)
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


@compiled(nogil=True, fastmath=True)
def _improve(vectors, known, known_fresh, back, back_fresh, indices, similarities, fresh, first, end):
    """Compare items with the neighbours of their neighbours, where one of the two steps is new."""
    n, k = known.shape
    seen = np.full(n, -1, np.int32)
    for i in range(first, end):
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
                _insert(indices, similarities, fresh, i, via, _similarity(vectors, i, via))
            for m in range(k):
                other = known[via, m]
                if other < 0 or not (new or known_fresh[via, m]) or seen[other] == i:
                    continue
                seen[other] = i
                _insert(indices, similarities, fresh, i, other, _similarity(vectors, i, other))
