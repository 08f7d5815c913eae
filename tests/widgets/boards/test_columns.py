"""What a person picks in a legend: the items of a value, or of a range of a histogram."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.stand_in import StandIn

from nova_explore.widgets import App
from nova_explore.widgets.boards import columns


@pytest.fixture
def app():
    app = App(StandIn())
    yield app
    app.close()


def test_a_range_of_the_histogram_selects_the_items_in_it(app):
    app.color_by("year")
    years = app.exploration.frame["year"].to_numpy(float)
    columns.brush(app, first=0, last=len(app.coloring.bar["counts"]) - 1)
    assert len(app.selection) == int(np.isfinite(years).sum())
    columns.brush(app, first=0, last=0)
    assert app.exploration.collection[int(np.nanargmin(years))].id in app.selection
    assert len(app.selection) == app.coloring.bar["counts"][0]


def test_values_beyond_the_palette_are_found_by_their_words(app):
    app.color_by("shelf")
    told, _ = columns.find_values(app, words="SHELF 3")
    assert {value for value, _ in told["values"]} == {"shelf 3", *(f"shelf {n}" for n in range(30, 40))}
    columns.choose_value(app, value="shelf 39")
    chosen = [app.exploration.collection[id].metadata["shelf"] for id in app.selection]
    assert set(chosen) == {"shelf 39"}


def test_parts_of_clusters_are_named_where_no_tree_gives_any_by_nothing(app):
    assert columns.names_of_level(app.exploration, "larger", app.cluster_colors) == []
