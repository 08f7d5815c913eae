"""What labels are given to: the items, clusters and proposed names of one map."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.clusters.cluster import Clustering, Hierarchy
from nova_explore.clusters.names import ClusterName
from nova_explore.collection import Collection
from nova_explore.labels.decision import plain_score

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
    compared : callable
        Returns the vectors that the neighbours are of: float32 array of shape (n, d), unit rows.
    """

    collection: Collection
    clustering: Clustering
    proposed: Mapping[int, ClusterName]
    vectors: NDArray[np.float32]
    hierarchy: Callable[[], Hierarchy]
    naming: Callable[[Clustering, Mapping[int, ClusterName]], dict[int, ClusterName]]
    stability: Callable[[], Stability | None]
    compared: Callable[[], NDArray[np.float32]]

    def proposal(self, cluster: int, name: str) -> dict[str, Any]:
        """What was proposed under this name for a cluster, as plain values; empty where it was not."""
        proposed = self.proposed.get(cluster)
        for one in () if proposed is None else (proposed, *proposed.alternates):
            if one.name == name:
                return {"name": one.name, "source": one.source, "score": plain_score(one.score)}
        return {}


def as_label(proposed: ClusterName, name: str) -> ClusterName:
    """The name of a cluster as a person gave it, with the score of the proposal that it is, if it is one."""
    if name == proposed.name:
        return replace(proposed, source="person")
    same = next((one for one in proposed.alternates if one.name == name), None)
    return replace(
        proposed, name=name, source="person", score=same and same.score, outside=same and same.outside
    )  # fmt: skip
