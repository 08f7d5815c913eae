"""Which cluster of one clustering is which of another of the same items.

Clusters are sets of items, so they are compared by the items they share: the Jaccard coefficient, Jaccard 1901. One
to one, the best assignment is Kuhn 1955, "The Hungarian method for the assignment problem".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SAME_FROM = 0.5
"""Jaccard coefficient above which two clusters share more items than they differ in: Hennig 2008, J. Multivariate
Analysis 99:1154-1176, calls a cluster without such a counterpart dissolved."""


def count_shared(first: NDArray[np.integer], second: NDArray[np.integer]) -> NDArray[np.int64]:
    """Count the items that every cluster of one clustering shares with every cluster of another.

    Parameters
    ----------
    first, second : integer arrays of shape (n,)
        0, 1, …; -1 for items that belong to none.

    Returns
    -------
    int64 array of shape (g + 1, h + 1)
        For the g clusters of the first and the h of the second; the last row and column are of the unclustered items.

    Raises
    ------
    ValueError
        If the two are not of the same items.
    """
    if len(first) != len(second):
        raise ValueError(
            f"Got labels of {len(first):,} and of {len(second):,} items, needed labels of the same items. "
            "Take the items that both have, in one order."
        )
    rows, columns = int(first.max(initial=-1)) + 2, int(second.max(initial=-1)) + 2
    cells = (first.astype(np.int64) % rows) * columns + second.astype(np.int64) % columns
    return np.bincount(cells, minlength=rows * columns).reshape(rows, columns)


def jaccard(first: NDArray[np.integer], second: NDArray[np.integer]) -> NDArray[np.float64]:
    """Jaccard coefficient of every cluster of one clustering with every cluster of another.

    Parameters
    ----------
    first, second : integer arrays of shape (n,)
        0, 1, …; -1 for items that belong to none.

    Returns
    -------
    float64 array of shape (g, h)
        Items that two clusters share, among those in either: 0 to 1; 0 where both are empty.
    """
    shared = count_shared(first, second)
    either = shared.sum(axis=1, keepdims=True) + shared.sum(axis=0) - shared
    return (shared / np.maximum(either, 1))[:-1, :-1]


def match_clusters(
    old: NDArray[np.integer], new: NDArray[np.integer], *, threshold: float = SAME_FROM
) -> dict[int, int]:
    """Find which old cluster every new one continues, so that what a person named keeps its name.

    Parameters
    ----------
    old, new : integer arrays of shape (n,)
        Clusters of the same items, before and after: 0, 1, …; -1 for items that belong to none.
    threshold : float, default 0.5
        Two clusters are one if their Jaccard coefficient is above this.

    Returns
    -------
    dict of int to int
        New cluster to old cluster, one to one, by rising new cluster. A cluster that is not in it is new.

    Examples
    --------
    >>> import numpy as np
    >>> match_clusters(np.array([0, 0, 0, 1, 1, 1]), np.array([1, 1, -1, 0, 0, 0]))
    {0: 1, 1: 0}
    """
    from scipy.optimize import linear_sum_assignment

    overlap = jaccard(new, old)
    # Only pairs above the threshold may count, or two poor matches could outbid a good one.
    pairs = zip(*linear_sum_assignment(np.where(overlap > threshold, overlap, 0), maximize=True), strict=True)
    return {int(to): int(of) for to, of in pairs if overlap[to, of] > threshold}
