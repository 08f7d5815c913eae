"""Cut a set of items in pieces along the tree of the clusters, so that a person can give each a name."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nova_explore.clusters.cluster import Hierarchy
from nova_explore.errors import TooFewItemsError

SMALLEST_SHARE = 0.2
"""A piece first tried for has this share of an even one; smaller pieces are taken only where there are none such."""


def split_by_tree(
    hierarchy: Hierarchy, members: NDArray[np.intp], vectors: NDArray[np.float32], *, into: int
) -> list[NDArray[np.intp]]:
    """Cut a set of items where the tree joins its parts last.

    Joins of a single item with all others say little; those of two parts of some size are sought first. Items outside
    these parts go to the part whose mean they are nearest to.

    Parameters
    ----------
    hierarchy : Hierarchy
        Of the first items; a member that was added to the map later is in no part of it.
    members : int array of shape (m,)
        Positions.
    vectors : float32 array of shape (n, d)
        Unit rows.
    into : int
        Pieces, two or more.

    Returns
    -------
    list of int arrays
        Positions of each piece, the largest first; together they are the members.

    Raises
    ------
    TooFewItemsError
        If there are fewer members in the tree than pieces.
    """
    counts = _count_members(hierarchy, members)
    n = len(hierarchy.linkage) + 1
    if counts[-1] < into:
        raise TooFewItemsError(f"{int(counts[-1])} items cannot be split into {into}. Needed: {into} or more.")
    least = max(2, int(SMALLEST_SHARE * counts[-1] / into))
    while True:
        roots = _cut(hierarchy.linkage, counts, into, least)
        if len(roots) == into or least == 1:
            break
        least //= 2
    inside = np.zeros(n, bool)
    inside[members[members < n]] = True
    pieces = [_leaves(hierarchy.linkage, root, inside) for root in roots]
    left = np.setdiff1d(members, np.concatenate(pieces))
    if len(left):
        means = np.stack([vectors[piece].mean(axis=0) for piece in pieces])
        means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
        nearest = (vectors[left] @ means.T).argmax(axis=1)
        pieces = [np.sort(np.concatenate([piece, left[nearest == p]])) for p, piece in enumerate(pieces)]
    return sorted(pieces, key=lambda piece: (-len(piece), int(piece[0])))


def _count_members(hierarchy: Hierarchy, members: NDArray[np.intp]) -> NDArray[np.int64]:
    """Members below every node of the tree."""
    n = len(hierarchy.linkage) + 1
    counts = np.zeros(2 * n - 1, np.int64)
    counts[members[members < n]] = 1
    below = counts.tolist()
    for row, (left, right) in enumerate(hierarchy.linkage[:, :2].astype(np.intp).tolist()):
        below[n + row] = below[left] + below[right]
    return np.array(below, np.int64)


def _cut(linkage: NDArray[np.float64], counts: NDArray[np.int64], into: int, least: int) -> list[int]:
    """Nodes below which pieces of at least this size lie; fewer than asked for where the tree has no more."""
    n = len(linkage) + 1

    def next_join(node: int) -> int | None:
        while node >= n:
            left, right = map(int, linkage[node - n, :2])
            if min(counts[left], counts[right]) >= least:
                return node
            node = left if counts[left] >= counts[right] else right
        return None

    roots = [2 * n - 2]
    joins = {roots[0]: next_join(roots[0])}
    while len(roots) < into:
        possible = [root for root in roots if joins[root] is not None]
        if not possible:
            break
        last = max(possible, key=lambda root: float(linkage[joins[root] - n, 2]))  # pyright: ignore[reportOptionalOperand]
        node = joins[last]
        if node is None:
            break
        roots.remove(last)
        for part in map(int, linkage[node - n, :2]):
            roots.append(part)
            joins[part] = next_join(part)
    return roots


def _leaves(linkage: NDArray[np.float64], root: int, inside: NDArray[np.bool_]) -> NDArray[np.intp]:
    n = len(linkage) + 1
    found, open_nodes = [], [root]
    while open_nodes:
        node = open_nodes.pop()
        if node < n:
            if inside[node]:
                found.append(node)
        else:
            open_nodes += map(int, linkage[node - n, :2])
    return np.sort(np.array(found, np.intp))
