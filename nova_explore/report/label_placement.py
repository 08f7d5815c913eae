"""Where names and pictures go on a drawn map: beside their cluster, over few points, never over each other.

Works in pixels, with y downwards. Only the drawing depends on it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.float64]

GAP = 6.0
"""Free pixels between two boxes."""

PASSES = 3
"""Rounds in which every box may move again, knowing where the others went."""

NEAREST = 400
"""Places looked at first, the cheapest without the other boxes; all of them only where none of these is free."""

OVERLAP, THROUGH, CROSSING = 1e6, 400.0, 200.0
"""Cost in pixels of distance: two boxes overlap; a line runs through a box; two lines cross."""


def fit(xy: NDArray[np.floating], width: float, height: float, *, margin: float) -> tuple[Pixels, float]:
    """Scale coordinates into a rectangle, aspect kept and centred, y upwards turned to y downwards.

    Returns
    -------
    array of shape (n, 2), float
        Pixels, and pixels per unit.
    """
    xy = np.asarray(xy, np.float64)
    if not len(xy):
        return np.zeros((0, 2)), 1.0
    low, high = xy.min(axis=0), xy.max(axis=0)
    span = np.maximum(high - low, 1e-9)
    scale = float(min((width - 2 * margin) / span[0], (height - 2 * margin) / span[1]))
    centered = (xy - (low + high) / 2) * scale
    return np.stack([width / 2 + centered[:, 0], height / 2 - centered[:, 1]], axis=1), scale


def density_centers(xy: NDArray[np.floating], labels: NDArray[np.integer], count: int) -> Pixels:
    """Find where each of the first clusters is densest, by mean shift from its median.

    Returns
    -------
    array of shape (count, 2)
        In the coordinates of ``xy``; always within the cluster, also where it has the form of a ring.
    """
    centers = np.zeros((count, 2))
    for c in range(count):
        members = np.asarray(xy[labels == c], float)
        center = np.median(members, axis=0)
        center = members[np.argmin(((members - center) ** 2).sum(axis=1))]
        width = 0.6 * float(members.std(axis=0).mean()) + 1e-9
        for _ in range(12):
            weight = np.exp(-((members - center) ** 2).sum(axis=1) / (2 * width**2))
            center = (weight[:, None] * members).sum(axis=0) / weight.sum()
        centers[c] = center
    return centers


def place_boxes(
    anchors: Pixels,
    sizes: Pixels,
    extent: tuple[float, float],
    *,
    points: Pixels | None = None,
    crowding: float = 0.0,
    step: float = 12.0,
) -> Pixels:
    """Place a box near each anchor.

    Parameters
    ----------
    anchors : array of shape (m, 2)
        What the boxes belong to, the most important first.
    sizes : array of shape (m, 2)
        Width and height of every box.
    extent : (float, float)
        Width and height of the room; boxes stay inside.
    points : array of shape (n, 2), optional
        What should not be covered.
    crowding : float, default 0
        Cost of covering one point, in pixels of distance.
    step : float, default 12
        Grid of the places that are tried.

    Returns
    -------
    array of shape (m, 2)
        Centres of the boxes; NaN where no place was free.
    """
    width, height = extent
    grid = np.stack(np.meshgrid(np.arange(0, width, step), np.arange(0, height, step)), axis=-1).reshape(-1, 2)
    covered = _Counter(points if points is not None else np.zeros((0, 2)), extent, step)
    centers = np.full((len(anchors), 2), np.nan)
    clear = np.zeros(len(anchors), bool)
    for _ in range(PASSES):
        for b, (anchor, size) in enumerate(zip(anchors, sizes, strict=True)):
            tried = np.vstack([np.clip(anchor, size / 2, np.array(extent) - size / 2), grid])
            inside = ((tried >= size / 2) & (tried <= np.array(extent) - size / 2)).all(axis=1)
            tried = tried[inside]
            if not len(tried):
                continue
            cost = np.hypot(*(tried - anchor).T) + crowding * covered.within(tried, size)
            others = [o for o in range(len(anchors)) if o != b and not np.isnan(centers[o]).any()]
            order = np.argsort(cost, kind="stable")
            for places in (order[:NEAREST], order[NEAREST:]):
                if not len(places):
                    break
                total = cost[places]
                if others:
                    total = total + _conflicts(
                        tried[places], anchor, size, anchors[others], centers[others], sizes[others]
                    )
                best = int(np.argmin(total))
                centers[b], clear[b] = tried[places[best]], total[best] < OVERLAP
                if clear[b]:
                    break
    # A box that still overlaps gives way to the more important ones.
    for b in range(len(anchors)):
        earlier = [o for o in range(b) if clear[o]]
        apart = np.abs(centers[earlier] - centers[b]) >= (sizes[earlier] + sizes[b]) / 2
        clear[b] = not np.isnan(centers[b]).any() and bool(apart.any(axis=1).all())
    centers[~clear] = np.nan
    return centers


def _conflicts(tried: Pixels, anchor: Pixels, size: Pixels, ends: Pixels, centers: Pixels, sizes: Pixels) -> Pixels:
    """Cost of every tried centre given where the other boxes and their lines are."""
    near = np.abs(tried[:, None] - centers) < (size + sizes) / 2 + GAP
    cost = OVERLAP * near.all(axis=2).sum(axis=1)
    # Lines are looked at in sixteen points each: exact enough for boxes of this size.
    along = np.linspace(0, 1, 16)[:, None]
    line = anchor + (tried[:, None] - anchor) * along
    hit = (np.abs(line[:, :, None] - centers) < sizes / 2 + 2).all(axis=3).max(axis=1)
    cost += THROUGH * hit.sum(axis=1)
    lines = ends[:, None] + (centers - ends)[:, None] * along
    hit = (np.abs(tried[:, None, None] - lines) < size / 2 + 2).all(axis=3).max(axis=2)
    cost += THROUGH * hit.sum(axis=1)
    return cost + CROSSING * _crossings(anchor, tried, ends, centers)


def _crossings(start: Pixels, stops: Pixels, starts: Pixels, ends: Pixels) -> Pixels:
    def side(a: Pixels, b: Pixels, c: Pixels) -> Pixels:
        return (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (c[..., 0] - a[..., 0])

    stops = stops[:, None]
    divided = side(start, stops, starts) * side(start, stops, ends) < 0
    return (divided & (side(starts, ends, start) * side(starts, ends, stops) < 0)).sum(axis=1)


class _Counter:
    """How many points lie in a rectangle, from a table of running sums."""

    def __init__(self, points: Pixels, extent: tuple[float, float], step: float) -> None:
        self.step = step / 2
        shape = [int(np.ceil(side / self.step)) + 1 for side in extent]
        cells = np.clip((points / self.step).astype(int), 0, np.array(shape) - 1)
        counts = np.zeros(shape)
        np.add.at(counts, (cells[:, 0], cells[:, 1]), 1)
        self.sums = np.pad(counts.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))

    def within(self, centers: Pixels, size: Pixels) -> Pixels:
        most = np.array(self.sums.shape) - 1
        low = np.clip(((centers - size / 2) / self.step).astype(int), 0, most)
        high = np.clip(np.ceil((centers + size / 2) / self.step).astype(int), 0, most)
        sums = self.sums
        return (
            sums[high[:, 0], high[:, 1]] - sums[low[:, 0], high[:, 1]]
            - sums[high[:, 0], low[:, 1]] + sums[low[:, 0], low[:, 1]]
        )  # fmt: skip
