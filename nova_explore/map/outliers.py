"""Items that stand apart from all others, from the neighbours that all else reads.

Local outlier factor: Breunig, Kriegel, Ng & Sander 2000, "LOF: identifying density-based local outliers", SIGMOD.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nova_explore.map.neighbors import Neighbors

CLOSEST = 0.1
"""Share of the median distance to the k-th neighbour below which nearer is not denser: among more than k copies of one
item it would be infinitely dense, and whatever lies beside them an outlier beyond measure."""


def local_outlier_factors(neighbors: Neighbors) -> NDArray[np.float32]:
    """How much sparser it is around every item than around its neighbours, by cosine distance.

    Parameters
    ----------
    neighbors : Neighbors
        Of n items.

    Returns
    -------
    float32 array of shape (n,)
        About 1: like its neighbours; well above 1: it stands apart. What counts as much depends on the collection, so
        items are best looked at in falling order. A local measure: a whole group of odd items is not one. NaN where no
        neighbours are known.
    """
    if not neighbors.k:
        return np.full(len(neighbors.indices), np.nan, np.float32)
    distances = np.maximum(1 - neighbors.similarities.astype(np.float64), 0)
    reach = distances[:, -1]
    reach = np.maximum(reach, CLOSEST * np.median(reach))
    densities = 1 / (np.maximum(distances, reach[neighbors.indices]).mean(axis=1) + 1e-10)
    return (densities[neighbors.indices].mean(axis=1) / densities).astype(np.float32)
