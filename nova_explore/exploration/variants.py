"""From a map to another map of the same items: other clusters, larger clusters, another drawing.

Nothing is fitted again: neighbours, graph and tree are those of the map that is given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nova_explore.clusters.cluster import FEWEST_TO_CLUSTER, Clustering, Hierarchy
from nova_explore.clusters.inside import cluster_inside
from nova_explore.clusters.layers import COARSER, keep_apart, only_parts
from nova_explore.clusters.matching import match_clusters
from nova_explore.clusters.names import ClusterName
from nova_explore.errors import TooFewItemsError, UnknownNameError
from nova_explore.exploration.drawn_map import DrawnMap
from nova_explore.map.basis import MapBasis
from nova_explore.map.layout import lay_out, turn_toward, weigh
from nova_explore.parameters import share, whole_number

Naming = Callable[[Clustering, Mapping[int, ClusterName]], dict[int, ClusterName]]
"""Names the clusters of a clustering, of which some keep a name."""

Show = Callable[[NDArray[np.float32]], None]
"""Called with (n, 2) arrays while the map takes shape."""


def hierarchy_of(drawn: DrawnMap) -> Hierarchy:
    """The tree that the clusters of a map are cut from.

    Raises
    ------
    TooFewItemsError
        If the map has too few items for clusters.
    """
    if drawn.clustering.hierarchy is None:
        n = drawn.made_of
        raise TooFewItemsError(
            f"{n} {'item is' if n == 1 else 'items are'} too few for clusters. Needed: {FEWEST_TO_CLUSTER} or more."
        )
    return drawn.clustering.hierarchy


def recluster(
    drawn: DrawnMap, naming: Naming, basis: MapBasis, *, min_cluster_size: int | None = None, inside: int | None = None
) -> DrawnMap:
    """Find the clusters again; a cluster that is mostly one of the map's keeps its name.

    Parameters
    ----------
    drawn : DrawnMap
    naming : callable
    basis : MapBasis
        Of the map.
    min_cluster_size : int, optional
        Items that a cluster holds at least, where the tree is cut again. Inside one cluster it is chosen by the number
        of items where it is not given.
    inside : int, optional
        Look for clusters among the items of this cluster alone; see `nova_explore.clusters.inside`.

    Raises
    ------
    TooFewItemsError
        If there are too few items for clusters.
    UnknownNameError
        If there is no cluster to look inside of.
    ValueError
        If the size is below 2 or above the number of items.
    """
    if inside is None:
        clustering = hierarchy_of(drawn).cut(whole_number("min_cluster_size", min_cluster_size, least=2))
    else:
        smallest = None if min_cluster_size is None else whole_number("min_cluster_size", min_cluster_size, least=2)
        number = whole_number("inside", inside)
        if number >= drawn.clustering.count:
            raise UnknownNameError("cluster", number, map(str, range(drawn.clustering.count)))
        clustering = cluster_inside(basis.compared, drawn.clustering, number, min_cluster_size=smallest)
    return _with_clusters(drawn, clustering, match_clusters(drawn.clustering.labels, clustering.labels), naming)


def coarsen(drawn: DrawnMap, naming: Naming) -> DrawnMap:
    """Find larger clusters, that the map's clusters are parts of; one that is a part of none stays what it is.

    Raises
    ------
    TooFewItemsError
        If there are too few items for clusters.
    """
    larger = keep_apart(hierarchy_of(drawn).cut(larger_size(drawn)), drawn.clustering)
    return _with_clusters(drawn, larger, only_parts(larger.labels, drawn.clustering.labels), naming)


def larger_size(drawn: DrawnMap) -> int:
    """Items that a larger cluster holds at least."""
    return COARSER * drawn.clustering.parameters["min_cluster_size"]


def redraw(
    drawn: DrawnMap,
    basis: MapBasis,
    *,
    min_dist: float | None = None,
    k: int | None = None,
    show: Show | None = None,
) -> DrawnMap:
    """Draw the map again, as `nova_explore.explore` draws it with this ``min_dist`` and ``k``.

    Parameters
    ----------
    drawn : DrawnMap
    basis : MapBasis
        Of the map.
    min_dist : float, optional
        How closely points may be packed, 0 to 1; as before where it is not given.
    k : int, optional
        Neighbours that hold an item in its place, at most those known; all of them where it is not given.
    show : callable, optional
        Called with (n, 2) arrays while the map takes shape, turned as the map is.
    """
    parameters = drawn.layout.parameters
    holding = basis.neighbors if k is None else basis.neighbors.first(whole_number("k", k, least=1))
    graph = basis.graph if holding is basis.neighbors else weigh(holding)
    packed = parameters["min_dist"] if min_dist is None else share("min_dist", min_dist)
    turned = None if show is None else lambda xy: show(turn_toward(xy, drawn.layout.xy))
    layout = lay_out(basis.components, graph, holding, min_dist=packed, seed=parameters["seed"], show=turned)
    return replace(drawn, layout=layout)


def _with_clusters(drawn: DrawnMap, clustering: Clustering, stay: Mapping[int, int], naming: Naming) -> DrawnMap:
    kept = {new: drawn.names[old] for new, old in stay.items()}
    return replace(drawn, clustering=clustering, names=naming(clustering, kept), stability=None)
