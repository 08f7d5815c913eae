"""How far the clusters of an exploration can be relied on, and which larger ones they are parts of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nova_explore.clusters.cluster import soft_memberships
from nova_explore.clusters.layers import COARSER, Layers, nest_layers
from nova_explore.clusters.stability import Stability, cluster_halves
from nova_explore.exploration.bundle import Exploration
from nova_explore.map.layout import principal_components, weigh

if TYPE_CHECKING:
    import pandas as pd


def cluster_stability(exploration: Exploration, *, repetitions: int = 50, progress: bool = True) -> Stability:
    """See which clusters come back when half of the items are clustered again.

    They are clustered where the clusters were found: in the same reduction of all items, which is computed anew.

    Parameters
    ----------
    exploration : Exploration
    repetitions : int, default 50
        Halves, drawn at random.
    progress : bool, default True
        Show a progress bar.

    Returns
    -------
    Stability
        Of the items that the map was made of; those that were added later had no part in its clusters.
        `Exploration.stability` is the same with as many halves as take seconds, kept.
        `nova_explore.report.quality_figures.stability_figure` draws it.

    Raises
    ------
    TooFewItemsError
        If there are too few items for clusters.
    """
    exploration = exploration.mapped
    tree, graph = exploration.hierarchy, weigh(exploration.neighbors)
    start = principal_components(exploration.compared, tree.parameters["dimensions"])
    return cluster_halves(tree, exploration.clustering, start, graph, repetitions=repetitions, progress=progress)


def cluster_memberships(exploration: Exploration) -> pd.DataFrame:
    """How far every item belongs to every cluster: the share of its neighbours there, weighed by similarity.

    Returns
    -------
    pandas.DataFrame of shape (n, g)
        Sparse, indexed by id, one column a cluster; rows sum to at most 1, what is missing is the share of neighbours
        that belong to no cluster. An item between clusters has several large shares.
    """
    import pandas as pd

    shares = soft_memberships(exploration.neighbors, exploration.clustering)
    return pd.DataFrame.sparse.from_spmatrix(shares, index=pd.Index(exploration.collection.ids, name="id"))


def cluster_layers(exploration: Exploration, *, min_cluster_sizes: Sequence[int] | None = None) -> Layers:
    """Cut the tree at several smallest sizes, coarse to fine, and see which cluster is a part of which.

    Parameters
    ----------
    exploration : Exploration
    min_cluster_sizes : sequence of int, optional
        By default sixteen times, four times and once that of the exploration; the larger two where they give two
        clusters or more.

    Returns
    -------
    Layers
        Of the items that the map was made of, without those that were added later.
        `nova_explore.report.quality_figures.layers_figure` draws it.

    Raises
    ------
    TooFewItemsError
        If there are too few items for clusters.
    ValueError
        If a size is below 2 or above the number of items.
    """
    exploration = exploration.mapped
    hierarchy = exploration.hierarchy
    if min_cluster_sizes is not None:
        return nest_layers([hierarchy.cut(size).labels for size in sorted(min_cluster_sizes, reverse=True)])
    usual = exploration.clustering.parameters["min_cluster_size"]
    larger = [size for size in (COARSER**2 * usual, COARSER * usual) if size <= len(exploration)]
    above = [cut.labels for cut in map(hierarchy.cut, larger) if cut.count > 1]
    return nest_layers([*above, exploration.clustering.labels])
