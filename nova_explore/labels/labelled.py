"""What labels are given to: the items, clusters and proposed names of one map."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nova_explore.clusters.cluster import Clustering, Hierarchy
from nova_explore.clusters.names import ClusterName
from nova_explore.collection import Collection

if TYPE_CHECKING:
    from nova_explore.clusters.stability import Stability


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """One map, as far as labels need it.

    Attributes
    ----------
    collection : Collection of n items
    clustering : Clustering
    proposed : Mapping of int to ClusterName
        The names of its clusters before anybody decided.
    vectors : float32 array of shape (n, d)
        Unit rows.
    hierarchy : callable
        Returns the tree of the clusters, or raises `TooFewItemsError`.
    naming : callable
        Names the clusters of another clustering of the items.
    stability : callable
        Returns the stability of the clusters, None where it was not measured.
    """

    collection: Collection
    clustering: Clustering
    proposed: Mapping[int, ClusterName]
    vectors: NDArray[np.float32]
    hierarchy: Callable[[], Hierarchy]
    naming: Callable[[Clustering, Mapping[int, ClusterName]], dict[int, ClusterName]]
    stability: Callable[[], Stability | None]
