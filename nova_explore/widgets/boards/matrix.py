"""The slice from within: how like one another its items are, which stand out, and what sets it apart from the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.similarity.contrast import Contrast, Difference
from nova_explore.similarity.slice_matrix import SliceMatrix
from nova_explore.widgets import search_sections
from nova_explore.widgets.board import Answer, Later, Shown
from nova_explore.widgets.boards.items import card

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration

MOST = 2000
"""Items whose matrix is drawn; of more, as many, evenly spread."""

LISTED = 12
STEPS = 255
RANGE = (0.02, 0.98)
"""Quantiles of the cosines that the scale of the heat map runs between."""


def facts(_app: Shown) -> dict[str, Any]:
    """Nothing: what there is to show is asked for when the lens is looked at."""
    return {}


def positions_of(app: Shown) -> NDArray[np.intp]:
    """Positions of the slice: what matches a search, what is selected, or all."""
    if app.ranking is not None:
        return search_sections.lit(app.ranking)
    if app.chosen is not None:
        return np.asarray(app.chosen, np.intp)
    return np.arange(len(app.exploration))


def matrix(app: Shown, *, serial: int) -> Later:
    """Answer with the matrix of the slice and what stands out in it."""
    exploration, positions = app.exploration, positions_of(app)
    colors = app.cluster_colors
    shown = positions[np.unique(np.linspace(0, len(positions) - 1, min(MOST, len(positions))).astype(int))]

    def compute() -> SliceMatrix:
        return exploration.similarity([exploration.collection.ids[int(row)] for row in shown])

    def say(compared: SliceMatrix) -> Answer:
        left = f"{len(shown):,} of {len(positions):,} items, evenly spread. " if len(shown) < len(positions) else ""
        told, data = tell(exploration, compared, colors)
        return told | {"serial": serial, "note": left, "whole": len(positions) == len(exploration)}, [data]

    return Later("", compute, say, urgent=True)


def tell(exploration: Exploration, compared: SliceMatrix, colors: tuple[str, ...]) -> tuple[dict[str, Any], bytes]:
    """A matrix as bytes from 0 to 255, with its clusters, and tiles of what stands out."""
    pairs = compared.cosines[np.triu_indices(len(compared), 1)]
    low, high = (float(end) for end in np.quantile(pairs, RANGE))
    high = high if high > low + 1e-6 else low + 0.01
    levels = np.clip((compared.cosines - low) / (high - low) * STEPS, 0, STEPS).astype(np.uint8)
    tile = {id: card(exploration, int(row)) for id, row in zip(compared.ids, compared.positions, strict=True)}
    edges = np.flatnonzero(np.diff(compared.clusters, prepend=compared.clusters[0] - 1, append=-2))
    clusters = []
    for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        c = int(compared.clusters[start])
        medoid = compared.medoids[c] if c in compared.medoids else compared.ids[(start + end) // 2]
        clusters.append(
            {"start": start, "end": end, "name": exploration.name_of(c), "color": colors[c], "medoid": tile[medoid]}
        )
    boundary = compared.boundary
    return {
        "positions": compared.positions.tolist(),
        "ids": list(compared.ids),
        "sentence": compared.sentence,
        "low": f"{low:.2f}",
        "high": f"{high:.2f}",
        "clusters": clusters,
        "outliers": [tile[id] for id in compared.outliers[:LISTED]],
        "outlier_count": len(compared.outliers),
        "bridges": [
            tile[id] | {"foot": f"{exploration.name_of(own)} – {exploration.name_of(other)}"}
            for id, own, other in compared.bridges[:LISTED]
        ],
        "bridge_count": len(compared.bridges),
        "boundary": [tile[boundary[0]], tile[boundary[1]]] if boundary else [],
        "boundary_words": f"cosine {boundary[2]:.2f}" if boundary else "",
    }, levels.tobytes()


def cosine(app: Shown, *, a: int, b: int) -> Answer:
    """Answer with the cosine of two items and what they are called."""
    exploration = app.exploration
    value = float(exploration.compared[a] @ exploration.compared[b])
    return {"cosine": f"{value:.2f}", "a": card(exploration, a), "b": card(exploration, b)}, []


def set_apart(app: Shown, *, serial: int) -> Later:
    """Answer with what the slice has more or less often than the rest."""
    exploration, positions = app.exploration, positions_of(app)
    ids = [exploration.collection.ids[int(row)] for row in positions]

    def say(contrast: Contrast) -> Answer:
        rows = [difference(one) for one in contrast.differences]
        return {
            "serial": serial, "sentence": contrast.sentence.partition("; the surest")[0].rstrip(".") + ".",
            "rows": rows[: 4 * LISTED], "more": max(0, len(rows) - 4 * LISTED), "left_out": list(contrast.left_out),
        }, []  # fmt: skip

    return Later("looking for what sets the slice apart", lambda: exploration.contrast(ids), say)


def difference(one: Difference) -> dict[str, Any]:
    """A difference as numbers for two bars, and in words."""
    low, high = one.interval
    return {
        "sort": one.sort,
        "what": one.what,
        "inside": round(one.inside, 4),
        "outside": round(one.outside, 4),
        "shares": f"{one.inside:.0%} inside, {one.outside:.0%} outside",
        "interval": f"{one.difference:+.0%} ({low:+.0%} to {high:+.0%})",
        "n": f"of {one.n_inside:,} inside and {one.n_outside:,} outside; p {one.p:.1g}, corrected",
    }


ANSWERS = (matrix, cosine, set_apart)
QUIET = frozenset({"matrix", "cosine", "set_apart"})
