"""Exploration → plotly figures and a picture: charts for the app, everything for the report. No widgets.

All text of the collection is escaped: plotly reads a few HTML tags in every text it draws.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Modality
from nova_explore.errors import UnknownNameError
from nova_explore.palette import CATEGORICAL, FIXED, MODALITY, SEQUENTIAL, UNCLUSTERED_GREY, spread_colors
from nova_explore.report.label_placement import density_centers, fit, place_boxes
from nova_explore.report.still_map import map_png

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from nova_explore.exploration.bundle import Exploration

__all__ = ["map_figure", "map_png", "sizes_figure", "trust_figure"]

MOST_TRACES = 40
"""Values with an entry of their own in the legend; plotly slows with every trace, so more go into one."""

MOST_LABELS = 40

SYMBOLS = {
    Modality.IMAGE: "circle", Modality.TEXT: "diamond", Modality.PAGE: "square", Modality.AUDIO: "triangle-up",
    Modality.VIDEO: "pentagon",
}  # fmt: skip

INK, MUTED = "#1c2127", "#5c6570"
FONT = "DejaVu Sans, Verdana, sans-serif"


@dataclass(frozen=True, slots=True, eq=False)
class _Value:
    """One value of what a map is coloured by: its name, its colour, the positions of its items."""

    name: str
    color: str
    places: NDArray[np.intp]


# ---- plotly ---------------------------------------------------------------------------------------------------------


def map_figure(
    exploration: Exploration, color_by: str = "cluster", *, width: int = 1100, height: int = 720
) -> go.Figure:
    """Draw the map as WebGL points, with the names of the clusters written on it.

    Parameters
    ----------
    exploration : Exploration
    color_by : str, default "cluster"
        Column of ``exploration.frame``. Numbers get a colour scale, anything else a legend whose entries toggle.
    width, height : int
        Pixels for which the names are placed without overlap; the figure itself takes the room it is given.

    Returns
    -------
    plotly.graph_objects.Figure
        ``customdata`` of every trace holds the positions of its items in the collection.

    Raises
    ------
    UnknownNameError
        If the frame has no such column.
    """
    import plotly.graph_objects as go

    frame = exploration.frame
    if color_by not in frame.columns:
        raise UnknownNameError("column", color_by, frame.columns)
    symbols = np.array([SYMBOLS[item.modality] for item in exploration.collection])
    titles = np.array([short_line(item.title) for item in exploration.collection], dtype=object)
    xy, size = exploration.layout.xy, _point_size(len(exploration))

    def trace(places: NDArray[np.intp], name: str, marker: dict[str, Any]) -> go.Scattergl:
        return go.Scattergl(
            x=xy[places, 0], y=xy[places, 1], mode="markers", name=short_line(name), customdata=places,
            text=titles[places], hovertemplate="%{text}<extra>%{fullData.name}</extra>",
            marker={"size": size, "opacity": 0.85, "line": {"width": 0}, "symbol": symbols[places]} | marker,
            unselected={"marker": {"opacity": 0.07, "color": UNCLUSTERED_GREY}},
        )  # fmt: skip

    everything = np.arange(len(exploration))
    values = _values(exploration, color_by)
    if values is None:
        scale = [[i / (len(SEQUENTIAL) - 1), color] for i, color in enumerate(SEQUENTIAL)]
        bar = {"title": {"text": short_line(color_by)}, "thickness": 12, "len": 0.6, "outlinewidth": 0}
        marker = {"color": frame[color_by].astype(float), "colorscale": scale, "showscale": True, "colorbar": bar}
        traces = [trace(everything, color_by, marker)]
    elif len(values) > MOST_TRACES:
        colors = np.full(len(exploration), UNCLUSTERED_GREY, dtype=object)
        for value in values:
            colors[value.places] = value.color
        traces = [trace(everything, color_by, {"color": colors})]
    else:
        small = {"size": size * 0.65, "opacity": 0.55}
        traces = [
            trace(value.places, value.name, {"color": value.color} | (small if value.color == UNCLUSTERED_GREY else {}))
            for value in values
        ]
    figure = go.Figure(traces)
    axis = {"visible": False, "showgrid": False, "zeroline": False}
    figure.update_layout(
        plain_layout(margin={"l": 8, "r": 8, "t": 8, "b": 8}, hovermode="closest", dragmode="pan"),
        xaxis=axis, yaxis=axis | {"scaleanchor": "x"}, annotations=_name_tags(exploration, width, height),
        legend={"itemsizing": "constant", "font": {"size": 12}}, showlegend=len(traces) > 1,
    )  # fmt: skip
    return figure


def sizes_figure(exploration: Exploration) -> go.Figure:
    """Draw how many items every cluster has, by modality; the unclustered ones last and in the same scale."""
    import plotly.graph_objects as go

    labels = exploration.clustering.labels
    kinds = np.array([str(item.modality) for item in exploration.collection])
    clusters = [*range(exploration.clustering.count), -1]
    names = [short_line(exploration.name_of(c), 34) for c in clusters]
    rows = list(range(len(clusters)))
    figure = go.Figure(
        [go.Bar(
            y=rows, customdata=names,
            x=[int(((labels == c) & (kinds == kind)).sum()) for c in clusters],
            name=kind, orientation="h", marker={"color": MODALITY[Modality(kind)]},
            hovertemplate="%{customdata}: %{x:,} " + kind + "<extra></extra>",
        ) for kind in exploration.collection.counts()]
    )  # fmt: skip
    figure.update_layout(
        plain_layout(height=90 + 24 * len(clusters), margin={"l": 8, "r": 16, "t": 36, "b": 36}, barmode="stack"),
        yaxis={"autorange": "reversed", "automargin": True, "tickvals": rows, "ticktext": names},
        xaxis={"title": {"text": "items"}, "gridcolor": "rgba(128,136,145,.25)"},
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "traceorder": "normal"}, showlegend=True,
    )  # fmt: skip
    return figure


def trust_figure(exploration: Exploration) -> go.Figure:
    """Draw of how many items the map shows how many of their true neighbours, under the sentence that sums it up."""
    import plotly.graph_objects as go

    layout = exploration.layout
    kept = np.rint(layout.preservation * layout.k).astype(int)
    counts = np.bincount(kept, minlength=layout.k + 1)
    figure = go.Figure(
        go.Bar(
            x=np.arange(layout.k + 1), y=counts, marker={"color": CATEGORICAL[0]},
            hovertemplate=f"%{{y:,}} items have %{{x}} of {layout.k} beside them<extra></extra>",
        )
    )  # fmt: skip
    mean = float(layout.preservation.mean()) * layout.k if len(exploration) else 0.0
    figure.add_vline(
        x=mean, line={"color": MUTED, "dash": "dot"}, annotation_text=f"mean {mean:.1f}", annotation_yshift=12
    )
    figure.update_layout(
        plain_layout(height=320, margin={"l": 8, "r": 8, "t": 48, "b": 40}, bargap=0.15, showlegend=False),
        title={"text": layout.sentence, "font": {"size": 14}},
        xaxis={"title": {"text": f"of its {layout.k} true neighbours, beside it on the map"}, "dtick": 1},
        yaxis={"title": {"text": "items"}, "gridcolor": "rgba(128,136,145,.25)"},
    )
    return figure


def plain_layout(**layout: Any) -> dict[str, Any]:
    """Layout that all figures share: no ground of their own, so that they hold on light and dark pages."""
    clear = "rgba(0,0,0,0)"
    return {"paper_bgcolor": clear, "plot_bgcolor": clear, "font": {"family": FONT, "size": 12}} | layout


def _values(exploration: Exploration, column: str) -> list[_Value] | None:
    """Every value of a column, context first so that it lies below; None for a column of numbers."""
    labels = exploration.clustering.labels
    if column == "cluster":
        colors = spread_colors(exploration.layout.xy, labels)
        noise = f"{exploration.name_of(-1)}, {exploration.clustering.noise_share:.0%}"
        left = [_Value(noise, UNCLUSTERED_GREY, exploration.clustering.members(-1))]
        named = [_Value(exploration.name_of(c), color, np.flatnonzero(labels == c)) for c, color in enumerate(colors)]
        return [value for value in left if len(value.places)] + named
    import pandas as pd

    values = exploration.frame[column]
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return None
    words = values.astype("string").fillna("").to_numpy(dtype=object)
    names, codes, counts = np.unique(words.astype(str), return_inverse=True, return_counts=True)
    order = [n for n in np.argsort(-counts, kind="stable") if names[n]]
    shown = order[: MOST_TRACES - 2]
    fixed = FIXED.get(column, {})
    colors = {n: fixed.get(str(names[n]), CATEGORICAL[i % len(CATEGORICAL)]) for i, n in enumerate(shown)}
    shown.sort(key=lambda n: colors[n] != UNCLUSTERED_GREY)
    rest = np.flatnonzero(np.isin(codes, order[len(shown) :]))
    missing = np.flatnonzero(words == "")
    context = [
        _Value("missing", UNCLUSTERED_GREY, missing),
        _Value(f"{len(order) - len(shown):,} other values", UNCLUSTERED_GREY, rest),
    ]
    return [value for value in context if len(value.places)] + [
        _Value(str(names[n]), colors[n], np.flatnonzero(codes == n)) for n in shown
    ]


def _name_tags(exploration: Exploration, width: int, height: int) -> list[dict[str, Any]]:
    names = [exploration.name_of(c) for c in range(min(exploration.clustering.count, MOST_LABELS))]
    if not names:
        return []
    xy = exploration.layout.xy.astype(float)
    points, _ = fit(xy, width, height, margin=8)
    anchors = density_centers(points, exploration.clustering.labels, len(names))
    data = density_centers(xy, exploration.clustering.labels, len(names))
    texts = [short_line(name, 30) for name in names]
    sizes = np.array([[7.0 * len(html.unescape(text)) + 10, 20.0] for text in texts])
    tags = []
    for c, center in enumerate(place_boxes(anchors, sizes, (width, height), points=points, crowding=4.0)):
        if np.isnan(center).any():
            continue
        offset = center - anchors[c]
        tags.append(
            {
                "x": data[c, 0], "y": data[c, 1], "text": texts[c], "showarrow": True, "arrowhead": 0,
                "arrowwidth": 1, "arrowcolor": MUTED if np.hypot(*offset) > 34 else "rgba(0,0,0,0)",
                "ax": float(offset[0]), "ay": float(offset[1]), "bgcolor": "rgba(255,255,255,.6)", "borderpad": 2,
                "font": {"size": 12, "color": INK}, "captureevents": False,
            }
        )  # fmt: skip
    return tags


def short_line(text: str, most: int = 120) -> str:
    """Text of the collection in one line, cut where it is long and escaped: plotly reads HTML in what it draws."""
    return html.escape(text if len(text) <= most else text[: most - 1] + "…", quote=False)


def _point_size(n: int) -> float:
    return float(np.clip(260 / max(n, 1) ** 0.5, 2.5, 9.0))
