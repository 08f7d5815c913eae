"""The colours of maps and charts: one meaning, one colour, in the widget, the report and the picture.

Categories: Paul Tol's "bright" and "vibrant" schemes (https://sronpersonalpages.nl/~pault/), made for colour-vision
deficiency, less their greys and near-duplicates: all of middle lightness, so they hold on light and dark grounds.
A map with more clusters than colours uses them again, so names are always written beside the clusters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from nova_explore.collection import Modality

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

UNCLUSTERED_GREY = "#9a9fa6"
"""Grey of what belongs to no cluster, has no value, or is context."""

CATEGORICAL = (
    "#4477aa", "#ee7733", "#228833", "#aa3377", "#33bbee", "#ccaa22", "#ee6677", "#009988", "#9977cc", "#997744",
)  # fmt: skip

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
    """Give every cluster a colour so that, once colours must repeat, near clusters on the map differ.

    Clusters take colours in order of size; one that finds all colours taken uses the colour whose nearest user is
    farthest away on the map. Colours are for display only, so distances on the map serve.

    Parameters
    ----------
    xy : array of shape (n, 2)
        Coordinates on the map.
    labels : integer array of shape (n,)
        0, 1, … by falling size, -1 for unclustered items.
    kept : mapping of int to str, optional
        Clusters whose colour is known already.

    Returns
    -------
    list of str
        ``#rrggbb`` of every cluster.
    """
    import numpy as np

    count = int(labels.max(initial=-1)) + 1
    order, bounds = by_cluster(labels)
    centers = np.array([np.median(xy[order[bounds[c] : bounds[c + 1]]], axis=0) for c in range(count)]).reshape(
        count, 2
    )
    chosen = {c: CATEGORICAL.index(color) for c, color in kept.items()}
    for c in range(count):
        if c in chosen:
            continue
        free = [color for color in range(len(CATEGORICAL)) if color not in chosen.values()]
        if free:
            chosen[c] = free[0]
            continue
        users = np.array(list(chosen))
        apart = np.linalg.norm(centers[users] - centers[c], axis=1)
        used = np.array(list(chosen.values()))
        chosen[c] = max(range(len(CATEGORICAL)), key=lambda color: apart[used == color].min())
    return [CATEGORICAL[chosen[c]] for c in range(count)]


def keep_colors(
    before: NDArray[np.integer], colors: Sequence[str], labels: NDArray[np.integer], xy: NDArray[np.floating]
) -> list[str]:
    """Give every cluster the colour of the former cluster that it shares most items with, so that colours stay put.

    Where several clusters come from one, the one that shares most keeps the colour; the others get one of those that
    are free, or that are used far away.

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
