"""The map as SVG, points and names as text: to be edited in a drawing program, or to stand in a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nova_explore.exploration.coloring import cluster_colors
from nova_explore.palette import UNCLUSTERED_GREY
from nova_explore.report.label_placement import Pixels, density_centers, fit, place_boxes
from nova_explore.report.xml_text import xml_text

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration

MOST_NAMES, LONGEST_NAME = 40, 34
INK, PAPER = "#1c2127", "#ffffff"
TYPE, LETTER, LINE = 22, 12.5, 32
"""Size of the names, and width and height that a letter of it takes, in pixels."""
CROWDED = 30.0
"""What a name that covers a point costs, in pixels of distance."""
LED_FROM = 40.0
"""Pixels from its cluster from which on a line leads from a name."""
MOST_DOTS = 20_000


def map_svg(exploration: Exploration, width: int = 1600, height: int = 1100) -> str:
    """Draw the map: one group a cluster with a circle an item, then the names of the largest clusters."""
    labels = exploration.clustering.labels
    points, _ = fit(exploration.layout.xy, width, height, margin=60)
    colors = [*cluster_colors(exploration), UNCLUSTERED_GREY]
    radius = 2.0 if len(points) > 5_000 else 4.0
    drawn = []
    for cluster in range(-1, exploration.clustering.count):
        circles = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}"/>' for x, y in points[labels == cluster])
        name = xml_text(exploration.name_of(cluster))
        drawn.append(f'<g fill="{colors[cluster]}" fill-opacity="0.8"><title>{name}</title>{circles}</g>')
    names = "".join(_names(exploration, points, labels, (width, height), ink=INK, paper=PAPER))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">'
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>'
        f"<title>{xml_text(exploration.headline)}</title>{''.join(drawn)}{names}</svg>\n"
    )


def page_svg(
    exploration: Exploration, positions: NDArray[np.intp], width: int = 1600, height: int = 1000
) -> str:  # fmt: skip
    """Draw some items of the map as it stands in a page, in the page's ink; all others are small and grey.

    A dot is a line of no length, which takes a tenth of the letters of a circle. Of more than `MOST_DOTS` items every
    second, third … is drawn.
    """
    labels = exploration.clustering.labels
    points, _ = fit(exploration.layout.xy, width, height, margin=60)
    colors = [*cluster_colors(exploration), UNCLUSTERED_GREY]
    shown = np.zeros(len(points), bool)
    shown[positions] = True
    step = -(-len(points) // MOST_DOTS)
    drawn = []
    if not shown.all():
        drawn.append(f'<path d="{_dots(points[~shown][::step])}" stroke="{UNCLUSTERED_GREY}" stroke-width="3"/>')
    for cluster in range(-1, exploration.clustering.count):
        members = points[shown & (labels == cluster)][::step]
        if len(members):
            wide = (5 if cluster < 0 else 8) if len(points) <= 5_000 else 4
            drawn.append(f'<path d="{_dots(members)}" stroke="{colors[cluster]}" stroke-width="{wide}"/>')
    names = "".join(_names(exploration, points[shown], labels[shown], (width, height), ink="currentColor", paper=""))
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="Map of {xml_text(exploration.headline)}" '
        f'font-family="sans-serif"><g stroke-linecap="round" stroke-opacity="0.85" fill="none">{"".join(drawn)}</g>'
        f"{names}</svg>"
    )


def _names(
    exploration: Exploration, points: Pixels, labels: NDArray[np.integer], room: tuple[int, int], *, ink: str,
    paper: str,
) -> Iterator[str]:  # fmt: skip
    """Names beside their clusters, over few points, with a line where one stands apart."""
    sizes = np.bincount(labels[labels >= 0], minlength=exploration.clustering.count)
    chosen = [int(cluster) for cluster in np.argsort(-sizes, kind="stable")[:MOST_NAMES] if sizes[cluster]]
    if not chosen:
        return
    place_of = {cluster: place for place, cluster in enumerate(chosen)}
    renamed = np.array([place_of.get(label, -1) for label in labels.tolist()])
    names = [_short(exploration.name_of(cluster)) for cluster in chosen]
    anchors = density_centers(points, renamed, len(chosen))
    boxes = np.array([[LETTER * len(name) + 10, LINE] for name in names])
    centers = place_boxes(anchors, boxes, room, points=points, crowding=CROWDED)
    around = f'stroke="{paper}" stroke-width="5" paint-order="stroke"' if paper else 'class="halo"'
    yield f'<g fill="{ink}" font-size="{TYPE}" text-anchor="middle" {around}>'
    for name, anchor, center, box in zip(names, anchors, centers, boxes, strict=True):
        if np.isnan(center).any():
            continue
        end = np.clip(anchor, center - box / 2, center + box / 2)
        if np.hypot(*(end - anchor)) > LED_FROM:
            yield (
                f'<line x1="{anchor[0]:.1f}" y1="{anchor[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}" '
                f'stroke="{ink}" stroke-width="1" stroke-opacity="0.5"/>'
            )
        yield f'<text x="{center[0]:.1f}" y="{center[1] + TYPE / 3:.1f}">{xml_text(name)}</text>'
    yield "</g>"


def _dots(points: Pixels) -> str:
    return "".join(f"M{x:.0f} {y:.0f}h0" for x, y in points)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
