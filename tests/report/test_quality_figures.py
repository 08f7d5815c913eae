"""Charts of quality count every item and cluster once, at its own value, and draw names as text."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nova_explore.clusters.layers import nest_layers
from nova_explore.clusters.stability import Stability
from nova_explore.map.trust import Trust
from nova_explore.palette import UNCLUSTERED_GREY
from nova_explore.report.quality_figures import distortion_figure, layers_figure, stability_figure, trust_figure

HOSTILE = "<img src=x onerror=alert(1)> & <b>bold</b>"


def trust() -> Trust:
    values = np.array([0.99, 1.0, 0.5, np.nan, np.nan], np.float32)
    return Trust(values, values[::-1].copy(), np.full(5, 0.25, np.float32), 4, 3)


def test_the_distortion_figure_counts_the_measured_items_only():
    figure: Any = distortion_figure(trust())
    for trace in figure.data:
        # The last height is drawn twice, so that the last step has its width.
        assert sum(trace.y[:-1]) == 3
        assert trace.y[-1] == trace.y[-2] == 2
        assert trace.x[-1] == 1
    drawn = [note.text for note in figure.layout.annotations]
    assert drawn == ["mean 0.83", "mean 0.83"]
    assert figure.layout.title.text.replace("<br>", " ") == trust().sentence


def test_the_stability_figure_has_every_cluster_once_at_its_value_and_in_the_colour_of_its_reading():
    values = np.array([0.95, 0.4, 0.7, 0.9, 0.8, 0.55])
    stability = Stability(values, np.zeros(6), 50, 0.5)
    figure: Any = stability_figure(stability, ["cluster"] * 6)
    rows = np.concatenate([bar.y for bar in figure.data])
    widths = np.concatenate([bar.x for bar in figure.data])
    np.testing.assert_array_equal(values[rows], widths)
    assert sorted(rows) == list(range(6))
    held = {bar.name.partition(" (")[0]: list(bar.y) for bar in figure.data}
    assert held == {
        "highly stable": [0, 3], "stable": [4], "of doubtful members": [2], "not to be trusted": [5], "dissolved": [1],
    }  # fmt: skip
    assert len({bar.marker.color for bar in figure.data}) == 5
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1], "the first cluster is on top"


def children(figure: Any) -> dict[str, dict[str, float]]:
    """Widths of the nodes inside every node, by what is written on them."""
    icicle = figure.data[0]
    text = dict(zip(icicle.ids, icicle.labels, strict=True)) | {"": ""}
    found: dict[str, dict[str, float]] = {}
    for label, parent, value in zip(icicle.labels, icicle.parents, icicle.values, strict=True):
        found.setdefault(text[parent], {})[label] = value
    return found


COARSE = np.array([0, 0, 0, 0, 0, 1, 1, 1, -1, -1, -1])
FINE = np.array([0, 0, 1, 1, -1, 2, 2, 2, 3, 3, -1])


def test_the_layers_figure_draws_clusters_inside_their_parents():
    figure = layers_figure(nest_layers([COARSE, FINE]), [["A", "B"], ["a1", "a2", "b1", "alone"]])
    assert children(figure) == {
        "": {"all items": 11},
        "all items": {"A": 5, "B": 3, "unclustered": 2},
        "A": {"a1": 2, "a2": 2},
        "B": {"b1": 3},
        "unclustered": {"alone": 2},
    }


def test_a_cluster_that_skips_a_layer_stays_in_its_own_row_and_family():
    middle = np.where(COARSE == 1, 0, -1)
    figure: Any = layers_figure(nest_layers([COARSE, middle, FINE]), [["A", "B"], ["b"], ["a1", "a2", "b1", "alone"]])
    found = children(figure)
    assert found["A"] == {"unclustered": 4}
    assert found["b"] == {"b1": 3}
    icicle = figure.data[0]
    color = dict(zip(icicle.labels, icicle.marker.colors, strict=True))
    assert color["a1"] == color["a2"] == color["A"] != color["B"] == color["b1"]
    assert color["unclustered"] == UNCLUSTERED_GREY


def test_no_parent_is_narrower_than_what_it_holds_where_layers_cross():
    """Plotly draws nothing at all if one is."""
    random = np.random.default_rng(0)
    layers = nest_layers([random.integers(-1, high, 500) for high in (3, 7, 20)])
    figure: Any = layers_figure(layers, [[f"{c}" for c in range(len(of))] for of in layers.parents])
    icicle = figure.data[0]
    width = dict(zip(icicle.ids, icicle.values, strict=True))
    inside: dict[str, int] = {}
    for parent, value in zip(icicle.parents, icicle.values, strict=True):
        inside[parent] = inside.get(parent, 0) + value
    assert all(width[id] >= held for id, held in inside.items() if id)
    assert list(icicle.customdata).count(500) == 1


@pytest.mark.parametrize("chart", ["stability", "layers"])
def test_names_are_drawn_as_text(chart):
    if chart == "stability":
        figure: Any = stability_figure(Stability(np.array([0.9]), np.array([0.0]), 50, 0.5), [HOSTILE])
    else:
        figure = layers_figure(nest_layers([np.zeros(9, int)]), [[HOSTILE]])
    drawn = str(figure.to_json())
    for tag in ("<img", "<b>", "\\u003cimg", "\\u003cb"):
        assert tag not in drawn
    assert "lt;img" in drawn


def test_nothing_clustered_still_draws():
    none = np.zeros(0)
    assert stability_figure(Stability(none, none, 50, 0.5), []).to_dict()["data"]
    figure = layers_figure(nest_layers([np.full(4, -1)]), [[]])
    assert children(figure) == {"": {"all items": 4}}


def test_the_trust_figure_counts_every_item_and_says_the_mean(exploration):
    figure: Any = trust_figure(exploration)
    counts = np.array(figure.data[0].y)
    assert counts.sum() == len(exploration)
    mean = (counts * np.arange(len(counts))).sum() / counts.sum()
    assert f" {mean:.1f} are beside it" in figure.layout.title.text
