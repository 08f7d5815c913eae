"""Cluster again inside one cluster: its items alone, by what tells them apart from one another."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from nova_explore.clusters.cluster import FEWEST_TO_CLUSTER, Clustering, cluster, number_by_size
from nova_explore.errors import TooFewItemsError
from nova_explore.map.basis import COMPONENTS
from nova_explore.map.layout import principal_components, weigh
from nova_explore.map.neighbors import find_neighbors

FEWEST_PARTS = 2


def cluster_inside(
    vectors: NDArray[np.float32],
    clustering: Clustering,
    number: int,
    *,
    min_cluster_size: int | None = None,
    k: int = 15,
) -> Clustering:
    """Put the clusters that the items of one cluster have among themselves in its place.

    Parameters
    ----------
    vectors : float32 array of shape (n, d)
        Unit rows.
    clustering : Clustering of n items
    number : int
        Of the cluster.
    min_cluster_size : int, optional
        Items that a part holds at least; chosen by the number of items where it is not given.
    k : int, default 15
        Neighbours an item.

    Returns
    -------
    Clustering
        The other clusters are what they were; items that are in no part are unclustered. Clusters are numbered anew, by
        size. Its tree is that of the clustering, which has no parts.

    Raises
    ------
    TooFewItemsError
        If the cluster has too few items, or no two parts of that size.
    """
    members = clustering.members(number)
    if len(members) < FEWEST_TO_CLUSTER:
        raise TooFewItemsError(
            f"Cluster {number} has {len(members)} items. Needed: {FEWEST_TO_CLUSTER} or more to cluster it again."
        )
    inside = vectors[members]
    graph = weigh(find_neighbors(inside, k=min(k, len(members) - 1)))
    parts = cluster(principal_components(inside, COMPONENTS), graph, min_cluster_size=min_cluster_size)
    if parts.count < FEWEST_PARTS:
        size = parts.parameters["min_cluster_size"]
        raise TooFewItemsError(
            f"Cluster {number} of {len(members):,} items has no two parts of {size} items or more. "
            "Pass a smaller min_cluster_size, or split it along the tree: labels.split."
        )
    labels, strengths = clustering.labels.copy(), clustering.strengths.copy()
    labels[members] = np.where(parts.labels < 0, -1, clustering.count + parts.labels)
    strengths[members] = parts.strengths
    times = int(clustering.parameters.get("clustered_again", 0)) + 1
    parameters = MappingProxyType({**clustering.parameters, "clustered_again": times})
    return replace(clustering, labels=number_by_size(labels), strengths=strengths, parameters=parameters)
