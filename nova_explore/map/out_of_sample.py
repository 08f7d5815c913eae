"""New items on a map that exists, without moving it: an out-of-sample extension by nearest neighbours.

An item goes where most of its neighbours are: to the mode of their density on the map, found by mean shift (Comaniciu
& Meer 2002, IEEE TPAMI 24:603-619). Their mean lies between groups, in which the item has nothing beside it, whenever
they lie in more than one. Its cluster is the one that its neighbours vote for (Cover & Hart 1967).

Of 1,000 entries of WordNet held out from a map of 10,000, 4.0 of each one's 15 nearest mapped items are beside it, 3.5
beside the mapped ones; their clusters' adjusted mutual information with the files of WordNet is .23, as is that of as
many mapped ones (``benchmarks/adding.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nova_explore.errors import SpaceMismatchError, TooFewItemsError
from nova_explore.map.neighbors import Neighbors
from nova_explore.map.top_scores import top

if TYPE_CHECKING:
    from scipy.spatial import KDTree

BLOCK_BYTES = 64 * 2**20
"""Memory for one block of similarities."""

SHIFTS = 30
"""Steps of mean shift; more move no item visibly."""

NEARLY_ALL = 0.99

FEW_SHIFTS, SAMPLED = 3, 1000
"""While a map takes shape: steps of mean shift, and items by which its width is measured."""


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Where m new items are drawn on a map of n others, and which cluster they belong to.

    Attributes
    ----------
    xy : float32 array of shape (m, 2)
        Coordinates on the map, for display only.
    labels : int32 array of shape (m,)
        Cluster that most of the neighbours belong to, by similarity; -1 where most belong to none, or none is near.
    strengths : float32 array of shape (m,)
        Share of the neighbours' similarity that is this cluster's, 0 to 1; 0 for unclustered items.
    indices : int32 array of shape (m, k)
        The nearest mapped items, best first.
    similarities : float32 array of shape (m, k)
        Their cosine similarities. An item unlike everything on the map is placed, too: this shows it.
    preservation : float32 array of shape (m,)
        Share of these neighbours that are among the k mapped items nearest on the map, 0 to 1.
    """

    xy: NDArray[np.float32]
    labels: NDArray[np.int32]
    strengths: NDArray[np.float32]
    indices: NDArray[np.int32]
    similarities: NDArray[np.float32]
    preservation: NDArray[np.float32]

    def __post_init__(self) -> None:
        for name in self.__slots__:
            getattr(self, name).flags.writeable = False

    @property
    def k(self) -> int:
        """Neighbours an item."""
        return self.indices.shape[1]

    @property
    def sentence(self) -> str:
        """How far their places can be trusted, in words."""
        m = len(self.xy)
        kept = float(self.preservation.mean()) * self.k if m else 0.0
        return (
            f"{m:,} added {'item' if m == 1 else 'items'}: of the {self.k} nearest mapped items of each, {kept:.1f} "
            f"are beside it on this map; {int((self.labels < 0).sum()):,} belong to no cluster."
        )


def place(
    new_vectors: NDArray[np.float32],
    vectors: NDArray[np.float32],
    xy: NDArray[np.float32],
    labels: NDArray[np.integer],
    *,
    k: int = 15,
    near_from: float = -1.0,
) -> Placed:
    """Draw new items on a map as it is, and give each the cluster of its neighbours.

    Every new item is placed by the mapped ones alone: which others come with it changes nothing.

    Parameters
    ----------
    new_vectors : float32 array of shape (m, d)
        Unit rows, of the same space as ``vectors`` and treated alike: where a modality's mean was taken away there,
        the same mean must be taken away here.
    vectors : float32 array of shape (n, d)
        Unit rows of the mapped items.
    xy : float32 array of shape (n, 2)
        Coordinates on the map.
    labels : integer array of shape (n,)
        Clusters: 0, 1, …; -1 for items that belong to none.
    k : int, default 15
        Neighbours an item.
    near_from : float, default -1.0
        Cosine that an item needs with its nearest mapped one to belong to a cluster: `nearness`.

    Returns
    -------
    Placed

    Raises
    ------
    SpaceMismatchError
        If the vectors have different dimensions.
    TooFewItemsError
        If fewer than ``k`` items are on the map.
    """
    if new_vectors.shape[1] != vectors.shape[1]:
        raise SpaceMismatchError(
            f"new vectors of {new_vectors.shape[1]} dimensions",
            f"{vectors.shape[1]} as on the map",
            "Embed the new items with the model that the map was made with.",
        )
    n = len(vectors)
    if not 1 <= k <= n:
        raise TooFewItemsError(f"k={k} needs at least {k} items on the map, it has {n}. Pass k from 1 to {n}.")
    indices, similarities = _nearest_mapped(new_vectors, vectors, k)
    placed, preserved = _toward_modes(xy, indices, _weights(similarities))
    found, strengths = _vote(labels, indices, similarities, near_from)
    return Placed(placed, found, strengths, indices, similarities, preserved)


def draw_again(placed: Placed, xy: NDArray[np.float32]) -> Placed:
    """Place the same items on another drawing of the same map, by the neighbours that they were placed by.

    Parameters
    ----------
    placed : Placed
    xy : float32 array of shape (n, 2)
        Coordinates of the mapped items.
    """
    drawn, preserved = _toward_modes(xy, placed.indices, _weights(placed.similarities))
    return replace(placed, xy=drawn, preservation=preserved)


def lead(placed: Placed, show: Callable[[NDArray[np.float32]], None]) -> Callable[[NDArray[np.float32]], None]:
    """Show the placed items as well, where their neighbours are, whenever mapped ones are shown at (n, 2) places."""
    from scipy.spatial import KDTree

    weights = _weights(placed.similarities)

    def follow(xy: NDArray[np.float32]) -> None:
        some = xy[:: -(-len(xy) // SAMPLED)]
        bandwidth = _bandwidth(KDTree(xy), some, placed.k)
        show(np.concatenate([xy, _climb(xy, placed.indices, weights, bandwidth, shifts=FEW_SHIFTS)]))

    return follow


def nearness(neighbors: Neighbors) -> float:
    """Cosine that nearly all mapped items (`NEARLY_ALL`) have with each of their k neighbours.

    What has less with its very nearest is near nothing on the map.
    """
    return float(np.quantile(neighbors.similarities[:, -1], 1 - NEARLY_ALL)) if neighbors.similarities.size else -1.0


def vote_again(placed: Placed, labels: NDArray[np.integer], *, near_from: float = -1.0) -> Placed:
    """Give the same items the clusters of other labels of their neighbours; they stay where they are drawn.

    Parameters
    ----------
    placed : Placed
    labels : integer array of shape (n,)
        Clusters of the mapped items: 0, 1, …; -1 for items that belong to none.
    near_from : float, default -1.0
        As for `place`.
    """
    found, strengths = _vote(labels, placed.indices, placed.similarities, near_from)
    return replace(placed, labels=found, strengths=strengths)


def together(first: Placed, second: Placed) -> Placed:
    """Join what was placed on one map at two times: the items of the first, then those of the second."""
    pairs = ((getattr(first, name), getattr(second, name)) for name in Placed.__slots__)
    return Placed(*(np.concatenate(pair) for pair in pairs))


def _nearest_mapped(
    new_vectors: NDArray[np.float32], vectors: NDArray[np.float32], k: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    m = len(new_vectors)
    indices = np.empty((m, k), np.int32)
    similarities = np.empty((m, k), np.float32)
    rows = max(1, BLOCK_BYTES // (4 * len(vectors)))
    for start in range(0, m, rows):
        block = slice(start, start + rows)
        indices[block], similarities[block] = top(new_vectors[block] @ vectors.T, k)
    return indices, np.clip(similarities, -1, 1)


def _weights(similarities: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.maximum(similarities, 1e-6).astype(np.float64)


def _toward_modes(
    xy: NDArray[np.float32], indices: NDArray[np.int32], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Climb to the densest of the neighbours' places; count which neighbours are beside it."""
    from scipy.spatial import KDTree

    k = indices.shape[1]
    tree = KDTree(xy)
    placed = _climb(xy, indices, weights, _bandwidth(tree, xy, k))
    beside = np.asarray(tree.query(placed, k=np.arange(1, k + 1))[1])
    preserved = [len(np.intersect1d(true, drawn)) / k for true, drawn in zip(indices, beside, strict=True)]
    return placed, np.array(preserved, np.float32)


def _bandwidth(tree: KDTree, at: NDArray[np.float32], k: int) -> float:
    """As wide as half the neighbours take up at these mapped items' places."""
    # Of 0.25 to 3 times this, 1 and 1.4 keep the most neighbours of WordNet's glosses that were held out.
    apart = np.asarray(tree.query(at, k=min(k // 2 + 2, tree.n))[0]).reshape(len(at), -1)[:, -1]
    # Copies are drawn at one point: a bandwidth of zero would divide by it.
    return max(float(np.median(apart)), 1e-6 * float((tree.maxes - tree.mins).max()), 1e-12)


def _climb(
    xy: NDArray[np.float32],
    indices: NDArray[np.int32],
    weights: NDArray[np.float64],
    bandwidth: float,
    *,
    shifts: int = SHIFTS,
) -> NDArray[np.float32]:
    m, k = indices.shape
    placed = np.empty((m, 2), np.float32)
    rows = max(1, BLOCK_BYTES // (8 * 2 * k * k))
    for start in range(0, m, rows):
        block = slice(start, start + rows)
        spots = xy[indices[block]].astype(np.float64)
        density = np.einsum("mij,mj->mi", _kernel(spots[:, :, None] - spots[:, None], bandwidth), weights[block])
        here = spots[np.arange(len(spots)), density.argmax(axis=1)]
        for _ in range(shifts):
            pull = weights[block] * _kernel(spots - here[:, None], bandwidth)
            here = np.einsum("mk,mkc->mc", pull, spots) / pull.sum(axis=1, keepdims=True)
        placed[block] = here
    return placed


def _kernel(offsets: NDArray[np.float64], bandwidth: float) -> NDArray[np.float64]:
    return np.exp(-np.square(offsets / bandwidth).sum(axis=-1) / 2)


def _vote(
    labels: NDArray[np.integer], indices: NDArray[np.int32], similarities: NDArray[np.float32], near_from: float
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Sum the weights by cluster, noise among them; ties go to the larger cluster, noise last."""
    weights = _weights(similarities)
    m, clusters = len(indices), int(labels.max(initial=-1)) + 1
    votes = np.zeros((m, clusters + 1))
    np.add.at(votes, (np.arange(m)[:, None], labels[indices] % (clusters + 1)), weights)
    won = votes.argmax(axis=1)
    shares = votes[np.arange(m), won] / weights.sum(axis=1)
    noise = (won == clusters) | (similarities[:, 0] < near_from)
    return np.where(noise, -1, won).astype(np.int32), np.where(noise, 0, shares).astype(np.float32)
