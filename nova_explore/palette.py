"""The colours of maps and charts: one meaning, one colour, in the widget, the report and the picture.

Categories: sixteen colours that can be told apart by name, all of middle lightness, so they hold on light and dark
grounds. No sixteen colours are far apart in every sight, so clusters that are neighbours on the map get two that are:
each of the colours has six to twelve such partners. See `nova_explore.color_sight` for how far apart colours look.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

from nova_explore.collection import Modality

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

UNCLUSTERED_GREY = "#9a9fa6"
"""Grey of what belongs to no cluster, has no value, or is context."""

CATEGORICAL = (
    "#5533aa", "#eeaa22", "#991111", "#00b5c8", "#008877", "#ff7777", "#1f55c4", "#aabb33", "#aa88ff", "#774400",
    "#115544", "#ff8822", "#55aaff", "#625c00", "#dd80dd",
)  # fmt: skip
"""Found by a search for colours of which many are `APART` from each other: five at once, in every sight."""

APART = 25.0
"""Distance (CIEDE2000) that the colours of neighbouring clusters have at least, in every sight."""

SAMPLED, NEAR = 40, 0.3
"""Items of a cluster that say where it borders on others; and how far apart items of neighbours are at most, as a share
of the map's width. Beyond, nothing lies between, and nothing is mistaken."""

TRIES = 40
"""Times, for each cluster, that colours are changed to part neighbours that look alike."""

HELD = 0.7
"""What the loss of a colour that was kept weighs, beside a pair of neighbours that look alike."""

SEQUENTIAL = (
    "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#9bd93c", "#b5de2b", "#d2e21b",
)  # fmt: skip
"""Ten steps of viridis (Smith & van der Walt 2015), without the ends that vanish on black or white."""

MODALITY = {
    Modality.TEXT: "#ccaa22",
    Modality.IMAGE: "#4477aa",
    Modality.PAGE: "#aa3377",
    Modality.AUDIO: "#ee7733",
    Modality.VIDEO: "#009988",
}


FIXED = {
    "modality": {str(kind): color for kind, color in MODALITY.items()},
    "added": {"on the map": UNCLUSTERED_GREY, "added": "#d81b60"},
}
"""Colours of the values of a column. What was added stands out: of what was there, there is a hundred times more."""


def spread_colors(
    xy: NDArray[np.floating], labels: NDArray[np.integer], kept: Mapping[int, str] = MappingProxyType({})
) -> list[str]:
    """Give every cluster a colour so that neighbours on the map are `APART`, in every sight.

    The cluster that has fewest colours left takes one first, and takes the one that leaves its neighbours most, and
    that is used least. Colours are for display only, so distances on the map serve.

    Parameters
    ----------
    xy : array of shape (n, 2)
        Coordinates on the map.
    labels : integer array of shape (n,)
        0, 1, … by falling size, -1 for unclustered items.
    kept : mapping of int to str, optional
        Clusters whose colour is known already. Of two neighbours that look alike, the smaller one loses it.

    Returns
    -------
    list of str
        ``#rrggbb`` of every cluster.
    """
    import numpy as np

    from nova_explore.color_sight import seen_apart

    count = int(labels.max(initial=-1)) + 1
    near: list[set[int]] = [set() for _ in range(count)]
    for one, two in neighboring(xy, labels).tolist():
        near[one].add(two)
        near[two].add(one)
    apart = seen_apart(CATEGORICAL) >= APART
    chosen = np.full(count, -1)
    for c, color in sorted(kept.items()):
        at = CATEGORICAL.index(color)
        if all(chosen[other] < 0 or apart[at, chosen[other]] for other in near[c]):
            chosen[c] = at
    _choose(chosen, near, apart)
    _part(chosen, near, apart, {c: CATEGORICAL.index(color) for c, color in kept.items()})
    _vary(chosen, near, apart, held=set(kept))
    return [CATEGORICAL[at] for at in chosen.tolist()]


def _choose(chosen: NDArray[np.intp], near: Sequence[set[int]], apart: NDArray[np.bool_]) -> None:
    """Choose a colour for every cluster that has none, in place."""
    import numpy as np

    allowed = np.ones((len(chosen), len(apart)), bool)
    for c in np.flatnonzero(chosen >= 0).tolist():
        allowed[list(near[c])] &= apart[chosen[c]]
    used = np.bincount(chosen[chosen >= 0], minlength=len(apart)).astype(float)
    waiting = set(np.flatnonzero(chosen < 0).tolist())
    while waiting:
        c = min(waiting, key=lambda c: (int(allowed[c].sum()), -len(near[c]), c))
        waiting.discard(c)
        open_near = [other for other in near[c] if chosen[other] < 0]
        left = (allowed[open_near][:, None, :] & apart[None]).sum(axis=2)  # by neighbour and colour
        ease = np.log(left + 0.1).sum(axis=0) - 0.5 * used / max(used.mean(), 1.0)
        ease[~allowed[c]] -= 1e6
        chosen[c] = int(ease.argmax())
        used[chosen[c]] += 1
        allowed[open_near] &= apart[chosen[c]]


def _part(
    chosen: NDArray[np.intp], near: Sequence[set[int]], apart: NDArray[np.bool_], wanted: Mapping[int, int]
) -> None:
    """Change colours, in place, until no neighbours look alike, or for so many tries; as few of the wanted as may be.

    A tabu search (Hertz & de Werra 1987): the change that parts most is made, and not taken back soon.
    """
    import numpy as np

    n, others, alike = len(chosen), [list(some) for some in near], (~apart).astype(int)
    if not n:
        return
    # Neighbours that would look alike, by cluster and colour.
    met = np.stack([alike[chosen[some]].sum(axis=0) for some in others])
    draw, until = np.random.default_rng(0), np.zeros(met.shape, int)
    loss = np.zeros(met.shape)
    for c, color in wanted.items():
        loss[c] = HELD
        loss[c, color] = 0
    every = np.arange(n)
    for turn in range(TRIES * n):
        broken = met[every, chosen] > 0
        if not broken.any():
            return
        rows = np.flatnonzero(broken)
        cost = met[rows] + loss[rows]
        gain = cost - cost[np.arange(len(rows)), chosen[rows], None] + draw.random(cost.shape) * 0.2
        gain[until[rows] > turn] += n
        gain[np.arange(len(rows)), chosen[rows]] += 2 * n
        row, color = np.unravel_index(int(gain.argmin()), gain.shape)
        c, former = rows[row], chosen[rows[row]]
        until[c, former] = turn + 3 + int(broken.sum()) + int(draw.integers(4))
        met[others[c]] += alike[color] - alike[former]
        chosen[c] = color


def _vary(chosen: NDArray[np.intp], near: Sequence[set[int]], apart: NDArray[np.bool_], held: set[int]) -> None:
    """Give clusters, in place, a colour that fewer have, where neighbours allow it; those that are held keep theirs."""
    import numpy as np

    used = np.bincount(chosen, minlength=len(apart))
    for _ in range(3):
        for c in range(len(chosen)):
            free = np.asarray(apart[:, chosen[list(near[c])]].all(axis=1))
            if c in held or not free[chosen[c]]:
                continue
            least = int(np.where(free, used, len(chosen)).argmin())
            if used[least] + 1 < used[chosen[c]]:
                used[[least, chosen[c]]] += 1, -1
                chosen[c] = least


def neighboring(xy: NDArray[np.floating], labels: NDArray[np.integer]) -> NDArray[np.intp]:
    """Pairs of clusters that border on each other on the map: (e, 2), the smaller number first.

    Two are neighbours where a short edge of the Delaunay triangulation of some of their items joins them.
    """
    import numpy as np

    order, bounds = by_cluster(labels)
    members = [order[first:last] for first, last in pairwise(bounds.tolist())]
    if len(members) < 2:
        return np.empty((0, 2), np.intp)
    from scipy.spatial import Delaunay, QhullError

    sampled = [some[np.unique(np.linspace(0, len(some) - 1, SAMPLED).astype(int))] for some in members]
    width = float(np.ptp(xy[order], axis=0).max()) or 1.0
    points, owners = xy[np.concatenate(sampled)], np.repeat(np.arange(len(members)), list(map(len, sampled)))
    try:
        corners = Delaunay(points.astype(float)).simplices
        edges = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    except (QhullError, ValueError):  # too few points, or all in a line: each borders on all
        edges = np.argwhere(np.triu(np.ones((len(points), len(points)), bool), 1))
    short = np.linalg.norm(points[edges[:, 0]] - points[edges[:, 1]], axis=1) <= NEAR * width
    pairs = np.sort(owners[edges[short]], axis=1)
    return np.unique(pairs[pairs[:, 0] < pairs[:, 1]], axis=0).astype(np.intp)


def keep_colors(
    before: NDArray[np.integer], colors: Sequence[str], labels: NDArray[np.integer], xy: NDArray[np.floating]
) -> list[str]:
    """Give every cluster the colour of the former cluster that it shares most items with, so that colours stay put.

    Where several clusters come from one, the one that shares most keeps the colour. A colour is lost where two that are
    now neighbours would look alike: the smaller one gets another.

    Parameters
    ----------
    before, labels : integer arrays of shape (n,)
        Former and new cluster of every item, -1 for unclustered.
    colors : sequence of str
        ``#rrggbb`` of every former cluster.
    xy : array of shape (n, 2)
        Coordinates on the map.

    Returns
    -------
    list of str
        ``#rrggbb`` of every new cluster.
    """
    import numpy as np

    both = (before >= 0) & (labels >= 0)
    wide = int(labels.max(initial=-1)) + 1
    if not wide:
        return []
    shared = np.bincount(before[both] * wide + labels[both], minlength=len(colors) * wide).reshape(-1, wide)
    kept: dict[int, str] = {}
    used: set[int] = set()
    for pair in np.argsort(-shared, axis=None, kind="stable"):
        old, new = divmod(int(pair), wide)
        if not shared[old, new]:
            break
        if old not in used and new not in kept:
            kept[new] = colors[old]
            used.add(old)
    return spread_colors(xy, labels, kept)


def by_cluster(labels: NDArray[np.integer]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Sort the items by cluster once, where asking for each cluster's members would look at all items every time.

    Returns
    -------
    order : array of shape (n,)
        Positions of the items of cluster 0, then of cluster 1, … without the unclustered.
    bounds : array of shape (clusters + 1,)
        Where in ``order`` each cluster begins; the last is where the last one ends.
    """
    import numpy as np

    count = int(labels.max(initial=-1)) + 1
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels, np.arange(count + 1), sorter=order)
    return order[starts[0] :], starts - starts[0]


def rgb(color: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of ``#rrggbb``.

    Examples
    --------
    >>> rgb("#4477aa")
    (68, 119, 170)
    """
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
