"""Charts of how good map and clusters are, for a notebook: trust, distortion, stability, layers. No widgets.

All text of the collection is escaped: plotly reads a few HTML tags in every text it draws.
"""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.clusters.layers import Layers
from nova_explore.clusters.matching import count_shared
from nova_explore.clusters.stability import READINGS, Stability
from nova_explore.map.trust import Trust
from nova_explore.palette import CATEGORICAL, SEQUENTIAL, UNCLUSTERED_GREY

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from nova_explore.exploration.bundle import Exploration

__all__ = ["distortion_figure", "layers_figure", "stability_figure", "trust_figure"]

MUTED = "#5c6570"
FONT = "DejaVu Sans, Verdana, sans-serif"
GRID = "rgba(128,136,145,.25)"
BINS = 50
ROOT = "#d5d9de"
READING_COLORS = dict(
    zip([word for _, word in READINGS], [*(SEQUENTIAL[step] for step in (1, 4, 6, 9)), UNCLUSTERED_GREY], strict=True)
)
"""The firmer a cluster, the darker its bar; what dissolves is as grey as what is unclustered."""


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


def distortion_figure(trust: Trust) -> go.Figure:
    """Draw of how many items the map shows how many false neighbours, and how many true ones it is missing.

    Parameters
    ----------
    trust : Trust

    Returns
    -------
    plotly.graph_objects.Figure
        Two histograms of the measured items, under the sentence that sums them up.
    """
    import plotly.graph_objects as go

    edges = np.linspace(0, 1, BINS + 1)
    figure = go.Figure()
    measures = (
        ("trustworthiness: low where neighbours on the map are false", trust.trustworthiness, CATEGORICAL[0]),
        ("continuity: low where true neighbours are missing beside it", trust.continuity, CATEGORICAL[1]),
    )
    for height, (name, values, color) in zip((1.0, 0.86), measures, strict=True):
        known = values[np.isfinite(values)]
        counts = np.histogram(known, edges)[0]
        figure.add_scatter(
            x=edges, y=np.append(counts, counts[-1]), name=name, mode="lines", fill="tozeroy",
            line={"color": color, "shape": "hv"}, customdata=np.append(edges[1:], 1),
            hovertemplate="%{y:,} items from %{x:.2f} to %{customdata:.2f}<extra></extra>",
        )  # fmt: skip
        mean = float(known.mean())
        figure.add_vline(x=mean, line={"color": color, "dash": "dot"})
        figure.add_annotation(
            x=mean, y=height, yref="paper", text=f"mean {mean:.2f}", showarrow=False, xanchor="right", xshift=-4,
            font={"color": color},
        )  # fmt: skip
    figure.update_layout(
        plain_layout(height=340, margin={"l": 8, "r": 8, "t": 64, "b": 40}, title=_title(trust.sentence, 340)),
        xaxis={"title": {"text": f"of the {trust.k} nearest, 1 at best"}, "range": [0, 1.005], "gridcolor": GRID},
        yaxis={"title": {"text": "items"}, "gridcolor": GRID, "rangemode": "tozero"},
        legend={"x": 0.01, "y": 0.99, "yanchor": "top"}, showlegend=True,
    )  # fmt: skip
    return figure


def stability_figure(stability: Stability, names: Sequence[str]) -> go.Figure:
    """Draw how reliably every cluster is found again, coloured by how the paper reads it.

    Parameters
    ----------
    stability : Stability
    names : sequence of str, length g
        Of the clusters.

    Returns
    -------
    plotly.graph_objects.Figure
        A bar a cluster, in the order of the clusters.
    """
    import plotly.graph_objects as go

    rows = list(range(len(stability.jaccard)))
    shown = [short_line(name, 34) for name in names]
    readings = np.array(stability.readings, dtype=object)
    figure = go.Figure()
    for (least, word), color in zip(READINGS, READING_COLORS.values(), strict=True):
        these = np.flatnonzero(readings == word)
        figure.add_bar(
            y=these, x=stability.jaccard[these], orientation="h", marker={"color": color},
            name=f"{word} (from {least:g})" if least > 0.5 else word,
            customdata=[[shown[c], f"{stability.dissolved[c]:.0%}"] for c in these],
            hovertemplate="%{customdata[0]}: %{x:.2f}, dissolved in %{customdata[1]} of the subsets<extra></extra>",
        )  # fmt: skip
    for least, _ in READINGS[:-1]:
        figure.add_vline(x=least, line={"color": MUTED, "dash": "dot", "width": 1})
    height = 150 + 24 * len(rows)
    figure.update_layout(
        plain_layout(height=height, margin={"l": 8, "r": 16, "t": 100, "b": 40}, barmode="overlay"),
        title=_title(stability.sentence, height),
        yaxis={"range": [len(rows) - 0.4, -0.6], "automargin": True, "tickvals": rows, "ticktext": shown},
        xaxis={"title": {"text": "Jaccard coefficient with the cluster most like it, mean of the subsets"},
               "range": [0, 1.005], "gridcolor": GRID},
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "traceorder": "normal"}, showlegend=True,
    )  # fmt: skip
    return figure


def layers_figure(layers: Layers, names: Sequence[Sequence[str]]) -> go.Figure:
    """Draw which finer clusters every cluster is made of, as an icicle: one row a layer, as wide as it has items.

    Parameters
    ----------
    layers : Layers
    names : sequence of sequences of str
        Of the clusters of every layer.

    Returns
    -------
    plotly.graph_objects.Figure
        A click on a cluster looks into it. Where layers are not nested, a cluster is drawn whole in the parent that
        most of it belongs to, which is then drawn as wide as all it holds.
    """
    import plotly.graph_objects as go

    n = len(layers.labels[0])
    nodes: dict[str, dict[str, str | int]] = {"all": {"parent": "", "text": "all items", "items": n, "color": ROOT}}

    def parent_of(layer: int, members: NDArray[np.bool_]) -> tuple[str, str]:
        """Where a set of items hangs in a layer, and its colour: a cluster of it, or what is left over between them."""
        if layer < 0:
            return "all", ""
        shared = count_shared(members.astype(int) - 1, layers.labels[layer])[0]
        most = int(shared.argmax())
        if most < len(shared) - 1:
            return f"{layer}.{most}", str(nodes[f"{layer}.{most}"]["color"])
        above, color = parent_of(layer - 1, members)
        id = f"{layer}.rest of {above}"
        nodes.setdefault(id, {"parent": above, "text": "unclustered", "items": 0, "color": UNCLUSTERED_GREY})
        nodes[id]["items"] = int(nodes[id]["items"]) + int(members.sum())
        return id, color

    for layer, labels in enumerate(layers.labels):
        for c, name in enumerate(names[layer]):
            members = labels == c
            above, color = parent_of(layer - 1, members)
            color = color or CATEGORICAL[c % len(CATEGORICAL)]
            text = short_line(name, 60)
            nodes[f"{layer}.{c}"] = {"parent": above, "text": text, "items": int(members.sum()), "color": color}

    widths = {id: int(node["items"]) for id, node in nodes.items()}
    inside = dict.fromkeys(nodes, 0)
    for id in sorted(nodes, key=lambda id: -1 if id == "all" else int(id.partition(".")[0]), reverse=True):
        widths[id] = max(widths[id], inside[id])
        if id != "all":
            inside[str(nodes[id]["parent"])] += widths[id]
    figure = go.Figure(
        go.Icicle(
            ids=list(nodes), parents=[node["parent"] for node in nodes.values()],
            labels=[node["text"] for node in nodes.values()], values=list(widths.values()), branchvalues="total",
            customdata=[node["items"] for node in nodes.values()], sort=False,
            marker={"colors": [node["color"] for node in nodes.values()], "line": {"width": 1, "color": "white"}},
            tiling={"orientation": "v"}, hovertemplate="%{label}: %{customdata:,} items<extra></extra>",
        )
    )  # fmt: skip
    height = 72 + 80 * (len(layers) + 1)
    figure.update_layout(
        plain_layout(height=height, margin={"l": 8, "r": 8, "t": 64, "b": 8}, title=_title(layers.sentence, height)),
        uniformtext={"minsize": 9, "mode": "hide"},
    )
    return figure


def plain_layout(**layout: Any) -> dict[str, Any]:
    """Layout that all figures share: no ground of their own, so that they hold on light and dark pages."""
    clear = "rgba(0,0,0,0)"
    return {"paper_bgcolor": clear, "plot_bgcolor": clear, "font": {"family": FONT, "size": 12}} | layout


def short_line(text: str, most: int = 120) -> str:
    """Text of the collection in one line, cut where it is long and escaped: plotly reads HTML in what it draws."""
    return html.escape(text if len(text) <= most else text[: most - 1] + "…", quote=False)


def _title(sentence: str, height: int) -> dict[str, Any]:
    """A sentence of numbers and our own words, in up to two lines at the top of a figure so many pixels high."""
    lines = "<br>".join(textwrap.wrap(sentence, 104))
    return {"text": lines, "font": {"size": 14}, "y": 1 - 30 / height, "yref": "container", "yanchor": "middle"}
