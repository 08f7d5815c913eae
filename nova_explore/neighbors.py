"""The k nearest other items of every item, in the embedding space: computed once, read by everything else.

Similarity is the cosine. Exact search is a blocked matrix product, which on a few cores is the fastest exact way
for unit vectors and needs memory for one block only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nova_explore.errors import TooFewItemsError

BLOCK_BYTES = 64 * 2**20
"""Memory for one block of similarities."""


@dataclass(frozen=True, slots=True, eq=False)
class Neighbors:
    """The nearest other items of every item, best first.

    Attributes
    ----------
    indices : int32 array of shape (n, k)
        Positions in the collection; never the item itself.
    similarities : float32 array of shape (n, k)
        Cosine similarities, falling along each row.
    """

    indices: NDArray[np.int32]
    similarities: NDArray[np.float32]

    def __post_init__(self) -> None:
        self.indices.flags.writeable = False
        self.similarities.flags.writeable = False

    @property
    def k(self) -> int:
        """Neighbours an item."""
        return self.indices.shape[1]


def find_neighbors(vectors: NDArray[np.float32], *, k: int = 15) -> Neighbors:
    """Find the k most similar other items of every item, exactly.

    Parameters
    ----------
    vectors : float32 array of shape (n, d)
        Unit rows.
    k : int, default 15
        Neighbours an item; at most n - 1.

    Returns
    -------
    Neighbors
        Ties are broken by position, so that the same vectors always give the same answer.

    Raises
    ------
    TooFewItemsError
        If there are not more than ``k`` items.
    """
    n = len(vectors)
    if n <= k:
        raise TooFewItemsError(f"k={k} needs at least {k + 1} items, the collection has {n}. Pass k<={max(n - 1, 0)}.")
    indices = np.empty((n, k), np.int32)
    similarities = np.empty((n, k), np.float32)
    rows = max(1, BLOCK_BYTES // (4 * n))
    for start in range(0, n, rows):
        block = vectors[start : start + rows] @ vectors.T
        here = np.arange(len(block))
        block[here, start + here] = -np.inf
        indices[start : start + rows], similarities[start : start + rows] = top(block, k)
    return Neighbors(indices, np.clip(similarities, -1, 1))


def top(scores: NDArray[np.float32], k: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return the k highest scores of every row, best first, ties by position.

    Parameters
    ----------
    scores : float32 array of shape (m, n)
        One row a query.
    k : int
        At most n.

    Returns
    -------
    indices : int32 array of shape (m, k)
    values : float32 array of shape (m, k)
    """
    n = scores.shape[1]
    if k < n:
        cut = -np.partition(-scores, k - 1, axis=1)[:, k - 1 : k]
        # Everything above the cut is in; of those equal to it, the first ones are: position decides, not the sort.
        above, equal = scores > cut, scores == cut
        chosen = above | (equal & (np.cumsum(equal, axis=1) <= k - above.sum(axis=1, keepdims=True)))
        candidates = np.nonzero(chosen)[1].reshape(len(scores), k)
    else:
        candidates = np.broadcast_to(np.arange(n), scores.shape)
    values = np.take_along_axis(scores, candidates, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    return (
        np.take_along_axis(candidates, order, axis=1).astype(np.int32),
        np.take_along_axis(values, order, axis=1),
    )
