"""Which clusters a cut through the tree has, without how firmly each item belongs.

The clusters are those of HDBSCAN's excess of mass (Campello, Moulavi & Sander 2013, section 5.3). One walk down the
tree finds them, in compiled code that lets others work: many sizes, or many subsets, take less than a few cuts.
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
    left : int64 array of shape (n,)
        The part that each item falls out of.
    """
    joins = len(linkage)
    most = 2 * ((joins + 1) // smallest) + 1
    parents, sizes = np.full(most, -1, np.int64), np.zeros(most, np.int64)
    births, stabilities = np.zeros(most), np.zeros(most)
    within, fallen = np.zeros(joins, np.int64), np.zeros(joins, np.bool_)
    left = np.zeros(joins + 1, np.int64)
    sizes[0] = joins + 1
    count = 1
    for join in range(joins - 1, -1, -1):
        part = within[join]
        ends = np.int64(linkage[join, 0]), np.int64(linkage[join, 1])
        for end in ends:
            if end <= joins:
                left[end] = part
            else:
                within[end - joins - 1], fallen[end - joins - 1] = part, fallen[join]
        if fallen[join]:
            continue
        density = 1 / max(linkage[join, 2], 1e-300)
        large = 0
        for end in ends:
            size = np.int64(1) if end <= joins else np.int64(linkage[end - joins - 1, 3])
            large += size >= smallest
        for end in ends:
            size = np.int64(1) if end <= joins else np.int64(linkage[end - joins - 1, 3])
            if size < smallest:
                stabilities[part] += size * (density - births[part])
                if end > joins:
                    fallen[end - joins - 1] = True
            elif large == 2:
                stabilities[part] += size * (density - births[part])
                parents[count], sizes[count], births[count] = part, size, density
                within[end - joins - 1] = count
                count += 1
    return parents[:count], sizes[:count], stabilities[:count], left


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


@compiled(nogil=True)
def gather(parents, chosen, left):  # noqa: ANN001, ANN201
    """Number the cluster of each item, -1 for none, from the part that the item falls out of."""
    cluster, count = np.full(len(parents), -1, np.int64), 0
    for part in range(1, len(parents)):
        if chosen[part]:
            cluster[part] = count
            count += 1
        else:
            cluster[part] = cluster[parents[part]]
    return cluster[left]


def sizes_at(linkage: NDArray[np.float64], smallest: int, *, largest: float, covered: float) -> NDArray[np.int64]:
    """Items in every cluster that `Hierarchy.cut` finds with this smallest size, without order.

    ``largest`` and ``covered`` are its `LARGEST` and `COVERED`.

    Returns
    -------
    int64 array of shape (clusters,)
    """
    parents, sizes, stabilities, _ = condense(linkage, smallest)
    return sizes[_chosen(parents, sizes, stabilities, largest, covered)]


def labels_at(linkage: NDArray[np.float64], smallest: int, *, largest: float, covered: float) -> NDArray[np.int64]:
    """The cluster of every item as `Hierarchy.cut` finds it, -1 for none; numbers are without order.

    Returns
    -------
    int64 array of shape (n,)
    """
    parents, sizes, stabilities, left = condense(linkage, smallest)
    return gather(parents, _chosen(parents, sizes, stabilities, largest, covered), left)


def _chosen(
    parents: NDArray[np.int64],
    sizes: NDArray[np.int64],
    stabilities: NDArray[np.float64],
    largest: float,
    covered: float,
) -> NDArray[np.bool_]:
    chosen = choose(parents, sizes, stabilities, NO_LIMIT)
    found = sizes[chosen]
    most = int(largest * found.sum())
    if len(found) and found.max() > most:
        smaller = choose(parents, sizes, stabilities, most)
        below = sizes[smaller]
        if len(below) - 1 > 2 * (len(found) - 1) and below.sum() > covered * found.sum():
            return smaller
    return chosen
