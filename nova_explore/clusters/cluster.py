"""HDBSCAN on a few UMAP dimensions of the embedding space, from the same graph as the map.

HDBSCAN: Campello, Moulavi & Sander 2013; McInnes, Healy & Astels 2017. Clusters are never computed on the two
dimensions of the map, and what belongs to no cluster stays unclustered, counted and shown. The tree is computed once:
another smallest cluster is another cut through it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.map.layout import reduce
from nova_explore.map.neighbors import Neighbors

if TYPE_CHECKING:
    from scipy.sparse import csr_array

ROUNDS, ITEMS_MOVED, FEWEST_ROUNDS = 200, 2_400_000, 50
"""Of the reduction: most; items moved in all rounds together, beyond which there are fewer rounds; and fewest."""

FEWEST_TO_CLUSTER = 10

ROUNDING = 1e-6
"""Principal components that differ by less are those of copies."""

LARGEST = 0.8
"""Share of all clustered items beyond which a cluster says little. Excess of mass sometimes takes the first split of
the tree: of 100,000 entries of WordNet it then makes 2 clusters, one of 99 %, with other seeds 86 to 93, as below."""

COVERED = 0.25
"""Share of these items that clusters below it must hold. Of 12,000 entries of WordNet jittered to 100,000, cut at 62
items, 374 clusters below hold half of the items: their adjusted mutual information with WordNet's files is .199, that
of the 2 clusters above .001; at other sizes as well, more clusters below agree better with the files."""

SWEPT = 12
"""Sizes that a sweep tries."""

SAME, LASTING, MORE_NOISE, MOST = 0.9, 1.5, 0.02, 2_000
"""Share of clusters that are the same, growth of the size in which they are, share of items more that are unclustered
beyond, and most clusters that a person can use: where another size than the usual one is suggested. Of 2,000 items in
100 groups of 20, 100 clusters are found up to that size and 28, that leave 20 % out, with the usual 26."""


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
    hierarchy : Hierarchy, optional
        What it was cut from; None where there were too few items for one.
    """

    labels: NDArray[np.int32]
    strengths: NDArray[np.float32]
    parameters: Mapping[str, Any]
    hierarchy: Hierarchy | None = None

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


@dataclass(frozen=True, slots=True, eq=False)
class Hierarchy:
    """The tree of all clusterings: how items join into ever larger groups as the distance grows.

    Attributes
    ----------
    linkage : float64 array of shape (n - 1, 4)
        Single linkage of mutual reachability, in the format of scipy: two parts, their distance, items in both.
    parameters : Mapping
        Method, seed and settings that it was made with.
    """

    linkage: NDArray[np.float64]
    parameters: Mapping[str, Any]

    def __post_init__(self) -> None:
        self.linkage.flags.writeable = False
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))

    def cut(self, min_cluster_size: int) -> Clustering:
        """Find the clusters that last longest, by excess of mass, for another smallest size: nothing is fitted again.

        Where one of them is nearly everything (`LARGEST`), and below it there are more than twice as many that hold a
        good part of the items (`COVERED`), these are taken in its place.

        Raises
        ------
        ValueError
            If the size is below 2 or above the number of items.
        """
        from hdbscan.hdbscan_ import compute_stability, condense_tree, get_clusters

        n = len(self.linkage) + 1
        if not 2 <= min_cluster_size <= n or int(min_cluster_size) != min_cluster_size:
            raise ValueError(f"min_cluster_size={min_cluster_size} is not possible. Pass 2 to {n:,}.")
        min_cluster_size = int(min_cluster_size)  # of any kind of number: it is written down as JSON
        condensed = condense_tree(np.asarray(self.linkage), min_cluster_size)
        labels, strengths, _ = get_clusters(condensed, compute_stability(condensed))
        clustered = (labels >= 0).sum()
        most = int(LARGEST * clustered)
        if clustered and np.bincount(labels[labels >= 0]).max() > most:
            below = get_clusters(condensed, compute_stability(condensed), max_cluster_size=most)
            if below[0].max() > 2 * labels.max() and (below[0] >= 0).sum() > COVERED * clustered:
                labels, strengths, _ = below
        parameters = {**self.parameters, "min_cluster_size": min_cluster_size}
        return Clustering(number_by_size(labels), strengths.astype(np.float32), parameters, self)

    def labels_at(self, min_cluster_size: int) -> NDArray[np.int64]:
        """The clusters of `cut`, numbered without order, in compiled code that lets others work meanwhile."""
        from nova_explore.clusters.excess_of_mass import labels_at

        return labels_at(self.linkage, min_cluster_size, largest=LARGEST, covered=COVERED)

    def splits(self, min_cluster_size: int) -> bool:
        """Whether a cut at this size gives two clusters or more: whether two parts of that size join anywhere."""
        sizes = np.concatenate([np.ones(len(self.linkage) + 1), self.linkage[:, 3]])
        parts = sizes[self.linkage[:, :2].astype(np.intp)]
        return bool((parts.min(axis=1) >= min_cluster_size).any())

    def sweep(self, sizes: Sequence[int] | None = None) -> Sweep:
        """Try several smallest sizes, by default twelve from 5 to a twentieth of the items."""
        from nova_explore.clusters.excess_of_mass import sizes_at

        n = len(self.linkage) + 1
        usual = min(default_min_cluster_size(n), n)
        if sizes is None:
            spread = np.geomspace(min(5, n), max(n // 20, 6), SWEPT).round().astype(int)
            sizes = sorted({usual, *spread.tolist()})
        tried = [sizes_at(self.linkage, size, largest=LARGEST, covered=COVERED) for size in sizes]
        return Sweep(
            usual,
            np.array(sizes, np.int32),
            np.array([len(clusters) for clusters in tried], np.int32),
            np.array([1 - clusters.sum() / n for clusters in tried], np.float32),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """How the clusters depend on the smallest size that is called one.

    Attributes
    ----------
    usual : int
        The size that a collection of this length is cut at when nothing is said.
    min_cluster_sizes : int32 array of shape (s,)
        Rising.
    counts : int32 array of shape (s,)
        Clusters.
    noise_shares : float32 array of shape (s,)
        Share of items in none, 0 to 1.
    """

    usual: int
    min_cluster_sizes: NDArray[np.int32]
    counts: NDArray[np.int32]
    noise_shares: NDArray[np.float32]

    @property
    def cliff(self) -> int | None:
        """Size at which clusters suddenly fall away; None where they only grow fewer. Sizes are best chosen before it.

        Clusters grow fewer about as their smallest size grows. Where they fall faster than the square of it, detail has
        collapsed into a few large groups.
        """
        return next((int(self.min_cluster_sizes[step + 1]) for step in self._falls), None)

    @property
    def _falls(self) -> NDArray[np.intp]:
        """Steps across which the clusters fall faster than the square of the size grows."""
        fewer = self.counts[1:] / np.maximum(self.counts[:-1], 1)
        return np.flatnonzero(fewer < (self.min_cluster_sizes[:-1] / self.min_cluster_sizes[1:]) ** 2)

    @property
    def suggested(self) -> int:
        """The usual size, or a smaller one where that is larger than the clusters there are.

        They are, up to some size, the same clusters whatever the size (`SAME`, while it grows by `LASTING`); beyond it
        they fall away, and the usual size leaves more items unclustered (`MORE_NOISE`).
        """
        sizes, usual = self.min_cluster_sizes, int(np.searchsorted(self.min_cluster_sizes, self.usual))
        for step in self._falls[self._falls < usual]:
            same = self.counts[: step + 1] <= self.counts[step] / SAME
            begin = step - int(np.argmin(same[::-1])) + 1 if not same.all() else 0
            lasting = sizes[step] >= LASTING * sizes[begin]
            if (
                lasting
                and self.counts[step] <= MOST
                and self.noise_shares[usual] > self.noise_shares[step] + MORE_NOISE
            ):
                return int(sizes[step])
        return self.usual


def default_min_cluster_size(n: int) -> int:
    """Smallest group to look for when nothing is said: about the square root of a third of n, at least five."""
    return max(5, round((n / 3) ** 0.5))


def cluster(
    start: NDArray[np.float32],
    graph: csr_array,
    *,
    min_cluster_size: int | None = None,
    min_samples: int = 3,
    seed: int | None = 0,
) -> Clustering:
    """Find the groups.

    Parameters
    ----------
    start : float32 array of shape (n, dimensions)
        Principal components of the vectors, as many as there are dimensions to cluster in: `COMPONENTS`.
    graph : csr_array of shape (n, n)
        Of `nova_explore.map.layout.weigh`.
    min_cluster_size : int, optional
        Items below which a group is not called a cluster; `Sweep.suggested` where it is not given.
    min_samples : int, default 3
        HDBSCAN's ``min_samples``: higher leaves more items unclustered.
    seed : int or None, default 0
        Of the reduction; see `nova_explore.map.layout.lay_out`.

    Returns
    -------
    Clustering
        Fewer than ten items are all left unclustered.
    """
    n = len(start)
    smallest = default_min_cluster_size(n) if min_cluster_size is None else int(min_cluster_size)
    parameters = {"method": "hdbscan", "min_samples": min_samples, "dimensions": start.shape[1], "seed": seed}
    if n < max(FEWEST_TO_CLUSTER, smallest):
        return Clustering(
            np.full(n, -1, np.int32), np.zeros(n, np.float32), {**parameters, "min_cluster_size": smallest}
        )
    from nova_explore.clusters.linkage import single_linkage

    reduced = reduce_for_clusters(start, graph, seed=seed)
    tree = Hierarchy(single_linkage(reduced, min_samples=min_samples), parameters)
    return tree.cut(tree.sweep().suggested if min_cluster_size is None else smallest)


def reduce_for_clusters(start: NDArray[np.float32], graph: csr_array, *, seed: int | None = 0) -> NDArray[np.float32]:
    """Reduce to the coordinates that `cluster` finds clusters in, from the same principal components and seed."""
    if np.ptp(start, axis=0).max(initial=0) < ROUNDING:  # the ties of copies have a shape, by position; they have none
        return start
    rounds = min(ROUNDS, max(FEWEST_ROUNDS, ITEMS_MOVED // max(len(start), 1)))
    return reduce(start, graph, min_dist=0.0, rounds=rounds, seed=seed)


def soft_memberships(
    neighbors: Neighbors, clustering: Clustering, *, positions: NDArray[np.intp] | None = None
) -> csr_array:
    """How far items belong to every cluster: the share of their neighbours there, weighed by similarity.

    Parameters
    ----------
    neighbors : Neighbors
    clustering : Clustering
    positions : int array of shape (m,), optional
        Of which items; of all by default.

    Returns
    -------
    csr_array of shape (m, g)
        Rows sum to at most 1; what is missing is the share of neighbours that belong to no cluster.
    """
    from scipy.sparse import csr_array

    chosen = slice(None) if positions is None else positions
    weights = np.maximum(neighbors.similarities[chosen], 0)
    weights = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
    of = clustering.labels[neighbors.indices[chosen]]
    inside = of >= 0
    rows = np.broadcast_to(np.arange(len(of))[:, None], of.shape)
    return csr_array((weights[inside], (rows[inside], of[inside])), shape=(len(of), clustering.count))


def number_by_size(labels: NDArray[np.integer]) -> NDArray[np.int32]:
    """Number groups by falling size, so that group 0 is the largest; ties by first appearance. -1 stays."""
    inside = labels >= 0
    first, group, sizes = np.unique(labels[inside], return_index=True, return_inverse=True, return_counts=True)[1:]
    rank = np.empty(len(sizes), np.int32)
    rank[np.lexsort((first, -sizes))] = np.arange(len(sizes))
    numbered = np.full(len(labels), -1, np.int32)
    numbered[inside] = rank[group]
    return numbered
