"""Single linkage of mutual reachability: the tree that HDBSCAN cuts, from nearest neighbours.

Mutual reachability: Campello, Moulavi & Sander 2013, doi:10.1007/978-3-642-37456-2_14. Its minimum spanning tree is
taken of the graph of near neighbours; parts that share none are then joined by Borůvka's rule, each to the part that
comes nearest to its sparsest points. Where the neighbours are all others, that is the tree of all pairs. With the 30
that are looked at, the tree of 117,659 entries of WordNet is 0.01 % longer than that; hdbscan's own default makes one
0.1 % longer, in more than twice the time: ``benchmarks/tree.py``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from nova_explore.map.compiled import compiled

NEIGHBORS = 30

ASKED = 64
"""Points of a part that look for another part: all of a small one, the sparsest of a large one. Its border is there."""


def single_linkage(
    points: NDArray[np.floating], *, min_samples: int, neighbors: int = NEIGHBORS
) -> NDArray[np.float64]:
    """Join points into ever larger parts, the nearest first.

    Parameters
    ----------
    points : array of shape (n, d)
        Few dimensions: neighbours are found by a KD-tree.
    min_samples : int
        HDBSCAN's: how many others must be within the distance at which a point counts as dense.
    neighbors : int, default 30
        Whose distances are looked at, at least ``min_samples``.

    Returns
    -------
    float64 array of shape (n - 1, 4)
        In the format of scipy: two parts, their distance, points in both. The same whatever the number of cores.
    """
    points = np.asarray(points, np.float64)
    n = len(points)
    places = KDTree(points).indices  # what lies side by side is read side by side: of a million, in a third of the time
    points = points[places]
    tree = KDTree(points)
    found = tree.query(points, k=min(max(neighbors, min_samples) + 1, n), workers=-1)
    reach, indices = np.asarray(found[0]), np.asarray(found[1], np.int32)
    del found
    core = np.ascontiguousarray(reach[:, min(min_samples, n - 1)])
    np.maximum(reach, core[:, None], out=reach)
    np.maximum(reach, core[indices], out=reach)
    first, second = _forest(indices, reach)
    edges = [(first, second)]
    parts = _parts(n, first, second)
    while parts.max() > 0:
        joined = _join(tree, core, parts)
        edges.append(joined)
        parts = _parts(int(parts.max()) + 1, *(parts[ends] for ends in joined))[parts]
    first, second = (np.concatenate(ends) for ends in zip(*edges, strict=True))
    apart = np.linalg.norm(points[first] - points[second], axis=1)
    reach = np.maximum(apart, np.maximum(core[first], core[second]))
    order = np.argsort(reach, kind="stable")
    return _linked(places[first[order]], places[second[order]], reach[order])


@compiled(nogil=True)
def _linked(first, second, lengths):  # noqa: ANN001, ANN202
    """Write down which parts each edge joins, shortest first, in the format of scipy."""
    joins = len(first)
    above, sizes = np.arange(2 * joins + 1), np.ones(2 * joins + 1)
    linkage = np.empty((joins, 4))
    for join in range(joins):
        one, other = first[join], second[join]
        while above[one] != one:
            above[one] = above[above[one]]
            one = above[one]
        while above[other] != other:
            above[other] = above[above[other]]
            other = above[other]
        both = joins + 1 + join
        above[one], above[other], sizes[both] = both, both, sizes[one] + sizes[other]
        linkage[join, 0], linkage[join, 1] = one, other
        linkage[join, 2], linkage[join, 3] = lengths[join], sizes[both]
    return linkage


@compiled(nogil=True)
def _forest(indices, reach):  # noqa: ANN001, ANN202
    """Ends of the edges of the minimum spanning forest of the graph of neighbours, by Borůvka's rule.

    Of edges of one length the earlier counts as the shorter, so that no circle is closed.
    """
    n, k = indices.shape
    part, done = np.arange(n), np.zeros(n, np.bool_)
    shortest = np.empty(n, np.int64)
    first, second = np.empty(n, np.int64), np.empty(n, np.int64)
    count, before = 0, -1
    while count > before:
        before = count
        shortest[:] = -1
        for i in range(n):
            if done[i]:
                continue
            done[i] = True
            for column in range(k):
                one, other = part[i], part[indices[i, column]]
                if one == other:
                    continue
                done[i] = False
                for end in (one, other):
                    best = shortest[end]
                    if best < 0 or reach[i, column] < reach[best // k, best % k]:
                        shortest[end] = i * k + column
        for end in range(n):
            edge = shortest[end]
            if edge < 0:
                continue
            one, other = edge // k, np.int64(indices[edge // k, edge % k])
            above, below = part[one], part[other]
            while part[above] != above:
                part[above] = above = part[part[above]]
            while part[below] != below:
                part[below] = below = part[part[below]]
            if above != below:
                part[max(above, below)] = min(above, below)
                first[count], second[count] = one, other
                count += 1
        for i in range(n):  # rising: what is above has been levelled before
            part[i] = part[part[i]]
    return first[:count], second[:count]


def _parts(n: int, first: NDArray[np.integer], second: NDArray[np.integer]) -> NDArray[np.int32]:
    """Number the connected parts of n nodes, the first node's part 0."""
    return connected_components(csr_array((np.ones(len(first)), (first, second)), shape=(n, n)), directed=False)[1]


def _join(
    tree: KDTree, core: NDArray[np.float64], parts: NDArray[np.int32]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Edges from every part but the largest to the one nearest to it, without a circle."""
    sizes = np.bincount(parts)
    by_part = np.lexsort((-core, parts))
    place = np.arange(len(parts)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    asking = by_part[(place < ASKED) & (parts[by_part] != sizes.argmax())]
    nearest, apart = _nearest_elsewhere(tree, parts, asking)
    order = np.lexsort((asking, np.maximum(apart, np.maximum(core[asking], core[nearest])), parts[asking]))
    best = order[np.unique(parts[asking][order], return_index=True)[1]]
    ends = np.column_stack([asking[best], nearest[best]])
    _come_closer(tree.data, parts, ends[sizes[parts[ends[:, 0]]] > ASKED], ends)
    apart = np.linalg.norm(tree.data[ends[:, 0]] - tree.data[ends[:, 1]], axis=1)
    reach = np.maximum(apart, core[ends].max(axis=1))
    above = list(range(len(sizes)))

    def root(part: int) -> int:
        while above[part] != part:
            above[part] = above[above[part]]
            part = above[part]
        return part

    kept = []
    for edge in np.lexsort((ends[:, 0], reach)).tolist():
        one, other = (root(part) for part in parts[ends[edge]].tolist())
        if one != other:
            above[one] = other
            kept.append(edge)
    return ends[kept, 0], ends[kept, 1]


def _nearest_elsewhere(
    tree: KDTree, parts: NDArray[np.int32], asking: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The nearest point of another part, and how far it is, for one asking point of every part at least.

    Deep within a large part the nearest points are all of it, and the distance is infinite. Parts of which every point
    fares so are asked again: two parts differ in a binary digit of their numbers, so that the nearest point of another
    part is the nearest of those whose digit differs, over all digits.
    """
    points, of = tree.data, parts[asking]
    found, places = tree.query(points[asking], k=min(ASKED + 1, len(points)), workers=-1)
    found = np.where(parts[places] == of[:, None], np.inf, found)
    best = found.argmin(axis=1)[:, None]
    shortest = np.take_along_axis(found, best, axis=1)[:, 0]
    nearest = np.take_along_axis(places, best, axis=1)[:, 0]
    left = np.flatnonzero(~np.isin(of, of[np.isfinite(shortest)]))
    for digit in range(int(parts.max()).bit_length() if len(left) else 0):
        side = (parts >> digit) & 1
        for here in (0, 1):
            there = np.flatnonzero(side != here)
            rows = left[side[asking[left]] == here]
            if len(rows):
                far, which = (
                    np.asarray(values) for values in KDTree(points[there]).query(points[asking[rows]], workers=-1)
                )
                closer = far < shortest[rows]
                shortest[rows[closer]], nearest[rows[closer]] = far[closer], there[which[closer]]
    return nearest, shortest


def _come_closer(
    points: NDArray[np.float64], parts: NDArray[np.int32], large: NDArray[np.intp], ends: NDArray[np.intp]
) -> None:
    """Move the edges of large parts, in place, to where they come nearest to the part that was found for them."""
    order = np.argsort(parts, kind="stable")
    bounds = np.searchsorted(parts[order], np.arange(int(parts.max()) + 2))
    rows = {int(part): row for row, part in enumerate(parts[ends[:, 0]])}
    for target in np.unique(parts[large[:, 1]]):
        members = order[bounds[target] : bounds[target + 1]]
        tree = KDTree(points[members])
        for part in parts[large[parts[large[:, 1]] == target, 0]].tolist():
            own = order[bounds[part] : bounds[part + 1]]
            apart, places = (np.asarray(values) for values in tree.query(points[own], workers=-1))
            ends[rows[part]] = own[apart.argmin()], members[places[apart.argmin()]]
