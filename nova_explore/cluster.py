"""HDBSCAN on a few UMAP dimensions of the embedding space, from the same neighbours as the map.

HDBSCAN: Campello, Moulavi & Sander 2013; McInnes, Healy & Astels 2017. Clusters are never computed on the two
dimensions of the map, and what belongs to no cluster stays unclustered, counted and shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.layout import reduce
from nova_explore.neighbors import Neighbors

DIMENSIONS = 5
"""Dimensions to cluster in: density estimates need few, and two lose neighbours that five keep."""

EPOCHS = 200
"""Of the reduction: on the demo collection 200, 300 and 500 give clusters that agree equally well with its folders."""

FEWEST_TO_CLUSTER = 10


@dataclass(frozen=True, slots=True, eq=False)
class Clustering:
    """A cluster for every item.

    Attributes
    ----------
    labels : int32 array of shape (n,)
        0, 1, … by falling size; -1 for items that belong to none.
    strengths : float32 array of shape (n,)
        How firmly an item belongs, 0 to 1; 0 for unclustered items.
    parameters : Mapping
        Method, seed and settings.
    """

    labels: NDArray[np.int32]
    strengths: NDArray[np.float32]
    parameters: Mapping[str, Any]

    def __post_init__(self) -> None:
        self.labels.flags.writeable = False
        self.strengths.flags.writeable = False
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))

    @property
    def count(self) -> int:
        """Number of clusters."""
        return int(self.labels.max(initial=-1)) + 1

    @property
    def noise_share(self) -> float:
        """Share of items that belong to no cluster, 0 to 1."""
        return float((self.labels < 0).mean()) if len(self.labels) else 0.0

    def members(self, cluster: int) -> NDArray[np.intp]:
        """Positions of the items of a cluster (-1: the unclustered ones)."""
        return np.flatnonzero(self.labels == cluster)


def default_min_cluster_size(n: int) -> int:
    """Smallest group to look for when nothing is said: about the square root of a third of n, at least five."""
    return max(5, round((n / 3) ** 0.5))


def cluster(
    vectors: NDArray[np.float32],
    neighbors: Neighbors,
    *,
    min_cluster_size: int | None = None,
    min_samples: int = 3,
    seed: int | None = 0,
) -> Clustering:
    """Find the groups.

    Parameters
    ----------
    vectors : float32 array of shape (n, d)
        Unit rows.
    neighbors : Neighbors
        Of these vectors.
    min_cluster_size : int, optional
        Items below which a group is not called a cluster; `default_min_cluster_size` where it is not given.
    min_samples : int, default 3
        HDBSCAN's ``min_samples``: higher leaves more items unclustered.
    seed : int or None, default 0
        Of the reduction; see `nova_explore.layout.lay_out`.

    Returns
    -------
    Clustering
        Fewer than ten items are all left unclustered.
    """
    n = len(vectors)
    smallest = default_min_cluster_size(n) if min_cluster_size is None else min_cluster_size
    parameters = {
        "method": "hdbscan", "min_cluster_size": smallest, "min_samples": min_samples, "dimensions": DIMENSIONS,
        "seed": seed, "k": neighbors.k,
    }  # fmt: skip
    if n < max(FEWEST_TO_CLUSTER, smallest):
        return Clustering(np.full(n, -1, np.int32), np.zeros(n, np.float32), parameters)
    import hdbscan

    reduced = reduce(vectors, neighbors, dimensions=DIMENSIONS, min_dist=0.0, seed=seed, epochs=EPOCHS)
    fitted = hdbscan.HDBSCAN(min_cluster_size=smallest, min_samples=min_samples, core_dist_n_jobs=1).fit(
        reduced.astype(np.float64)
    )
    return Clustering(_by_size(fitted.labels_), fitted.probabilities_.astype(np.float32), parameters)


def _by_size(labels: NDArray[np.intp]) -> NDArray[np.int32]:
    """Renumber clusters by falling size, so that cluster 0 is the largest; ties by first appearance."""
    found, first, sizes = np.unique(labels[labels >= 0], return_index=True, return_counts=True)
    rank = np.empty(len(found) + 1, np.int32)
    rank[np.lexsort((first, -sizes))] = np.arange(len(found))
    rank[-1] = -1
    return rank[labels]
