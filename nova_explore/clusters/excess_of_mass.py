"""How many clusters a cut through the tree has and how many items they hold, without asking which.

The clusters are those of HDBSCAN's excess of mass (Campello, Moulavi & Sander 2013, section 5.3). Counting them takes
one walk down the tree, so that many sizes can be tried for less than one cut, which says of every item where it is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nova_explore.map.compiled import compiled

NO_LIMIT = np.iinfo(np.int64).max


@compiled(nogil=True)
def condense(linkage, smallest):  # noqa: ANN001, ANN201
    """Parent, size and stability of every part of at least ``smallest`` items; the first is all items, parents first.

    Parameters
    ----------
    linkage : float64 array of shape (n - 1, 4)
        In the format of scipy.
    smallest : int

    Returns
    -------
    parents, sizes : int64 arrays of shape (parts,)
    stabilities : float64 array of shape (parts,)
    """
    joins = len(linkage)
    most = 2 * ((joins + 1) // smallest) + 1
    parents, sizes = np.full(most, -1, np.int64), np.zeros(most, np.int64)
    births, stabilities = np.zeros(most), np.zeros(most)
    within = np.full(joins, -1, np.int64)
    within[joins - 1] = 0
    sizes[0] = joins + 1
    count = 1
    for join in range(joins - 1, -1, -1):
        part = within[join]
        if part < 0:
            continue
        density = 1 / max(linkage[join, 2], 1e-300)
        ends = np.int64(linkage[join, 0]), np.int64(linkage[join, 1])
        large = 0
        for end in ends:
            size = np.int64(1) if end <= joins else np.int64(linkage[end - joins - 1, 3])
            large += size >= smallest
        for end in ends:
            size = np.int64(1) if end <= joins else np.int64(linkage[end - joins - 1, 3])
            if size < smallest:
                stabilities[part] += size * (density - births[part])
            elif large == 1:
                within[end - joins - 1] = part
            else:
                stabilities[part] += size * (density - births[part])
                parents[count], sizes[count], births[count] = part, size, density
                within[end - joins - 1] = count
                count += 1
    return parents[:count], sizes[:count], stabilities[:count]


@compiled(nogil=True)
def choose(parents, sizes, stabilities, most):  # noqa: ANN001, ANN201
    """Which parts of at most ``most`` items are clusters: those that last longer than all that they fall into.

    Returns
    -------
    bool array of shape (parts,)
    """
    count = len(parents)
    lasting, below = stabilities.copy(), np.zeros(count)
    chosen = np.zeros(count, np.bool_)
    for part in range(count - 1, 0, -1):
        chosen[part] = not (below[part] > lasting[part] or sizes[part] > most)
        if not chosen[part]:
            lasting[part] = below[part]
        below[parents[part]] += lasting[part]
    covered = np.zeros(count, np.bool_)
    for part in range(1, count):
        covered[part] = covered[parents[part]] or chosen[parents[part]]
        chosen[part] = chosen[part] and not covered[part]
    return chosen


def sizes_at(linkage: NDArray[np.float64], smallest: int, *, largest: float, covered: float) -> NDArray[np.int64]:
    """Items in every cluster that `Hierarchy.cut` finds with this smallest size, without order.

    ``largest`` and ``covered`` are its `LARGEST` and `COVERED`.

    Returns
    -------
    int64 array of shape (clusters,)
    """
    parents, sizes, stabilities = condense(linkage, smallest)
    found = sizes[choose(parents, sizes, stabilities, NO_LIMIT)]
    most = int(largest * found.sum())
    if len(found) and found.max() > most:
        below = sizes[choose(parents, sizes, stabilities, most)]
        if len(below) - 1 > 2 * (len(found) - 1) and below.sum() > covered * found.sum():
            return below
    return found
