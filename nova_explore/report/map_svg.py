"""The map as SVG: points and names as text, to be edited in a drawing program."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import numpy as np

from nova_explore.exploration.coloring import cluster_colors
from nova_explore.palette import UNCLUSTERED_GREY
from nova_explore.report.label_placement import density_centers, fit, place_boxes

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration

MOST_NAMES, LONGEST_NAME = 40, 34
INK, PAPER = "#1c2127", "#ffffff"


def map_svg(exploration: Exploration, width: int = 1600, height: int = 1100) -> str:
    """Draw the map: one group a cluster with a circle an item, then the names of the largest clusters."""
    labels, count = exploration.clustering.labels, exploration.clustering.count
    points, _ = fit(exploration.layout.xy, width, height, margin=40)
    colors = cluster_colors(exploration)
    radius = 2.0 if len(points) > 5_000 else 4.0
    drawn = []
    for cluster in range(-1, count):
        name, color = exploration.name_of(cluster), UNCLUSTERED_GREY if cluster < 0 else colors[cluster]
        circles = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}"/>' for x, y in points[labels == cluster])
        drawn.append(f'<g fill="{color}" fill-opacity="0.8"><title>{_text(name)}</title>{circles}</g>')
    names = [_short(exploration.name_of(cluster)) for cluster in range(min(count, MOST_NAMES))]
    if names:
        anchors = density_centers(points, labels, len(names))
        sizes = np.array([[9.0 * len(name) + 10, 24.0] for name in names])
        for name, (x, y) in zip(names, place_boxes(anchors, sizes, (width, height), points=points), strict=True):
            if not np.isnan(x):
                drawn.append(f'<text x="{x:.1f}" y="{y + 5:.1f}">{_text(name)}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
        f'font-size="16" text-anchor="middle"><style>text{{fill:{INK};stroke:{PAPER};stroke-width:4px;'
        f'paint-order:stroke}}</style><rect width="{width}" height="{height}" fill="{PAPER}"/>'
        f"<title>{_text(exploration.headline)}</title>{''.join(drawn)}</svg>\n"
    )


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _text(text: str) -> str:
    return escape("".join(c for c in text if c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff"))
