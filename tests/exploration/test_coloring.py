"""Colours: every item has the colour that the legend says."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.stand_in import StandIn

from nova_explore.errors import UnknownNameError
from nova_explore.exploration import coloring as legend
from nova_explore.palette import UNCLUSTERED_GREY


@pytest.fixture(scope="module")
def exploration():
    return StandIn()


@pytest.mark.parametrize("column", ["cluster", "modality", "rights", "shelf", "caption"])
def test_the_counts_of_a_legend_are_those_of_the_map(exploration, column):
    coloring = legend.color_by(exploration, column)
    counts = np.bincount(coloring.codes, minlength=len(coloring.colors))
    for entry in coloring.entries:
        assert counts[entry["code"]] == entry["count"]
        assert coloring.colors[entry["code"]] == entry["color"]
    assert sum(entry["count"] for entry in coloring.entries) == len(exploration)


def test_the_unclustered_are_always_in_the_legend_in_grey(exploration):
    last = legend.color_by(exploration, "cluster").entries[-1]
    assert (last["label"], last["color"]) == ("unclustered, 6%", UNCLUSTERED_GREY)
    assert last["count"] == int((exploration.clustering.labels < 0).sum())


def test_many_values_become_the_thirty_most_frequent_and_others(exploration):
    entries = legend.color_by(exploration, "shelf").entries
    assert len(entries) == 31
    assert entries[-1]["label"] == "10 other values"


def test_numbers_get_a_bar_and_what_is_missing_its_own_grey_entry(exploration):
    coloring = legend.color_by(exploration, "year")
    years = exploration.frame["year"].to_numpy(float)
    assert coloring.bar is not None
    assert coloring.bar["low"] == f"{np.nanmin(years):.4g}"
    assert coloring.codes[np.nanargmin(years)] == 0
    assert coloring.codes[np.nanargmax(years)] == legend.STEPS - 1
    assert [entry["label"] for entry in coloring.entries] == ["missing"]
    assert coloring.entries[0]["count"] == int(np.isnan(years).sum())
    known = years[~np.isnan(years)]
    assert (np.diff(coloring.codes[~np.isnan(years)][np.argsort(known)]) >= 0).all()


def test_a_column_of_one_number_or_of_nothing_can_be_drawn():
    assert set(legend._continuous(np.full(4, 7.0), "x").codes) == {0}
    assert set(legend._continuous(np.full(4, np.nan), "x").codes) == {legend.STEPS}
    assert legend._categorical([None, None], "x").entries[0]["count"] == 2
    assert [e["label"] for e in legend._categorical([True, False, True], "x").entries] == ["True", "False"]


def test_a_column_of_one_number_is_one_value_without_a_scale(exploration, monkeypatch):
    n = len(exploration)
    monkeypatch.setattr(type(exploration), "column", lambda self, name: [7] * (n - 1) + [None])
    coloring = legend.color_by(exploration, "year")
    assert coloring.bar is None
    assert [(entry["label"], entry["count"]) for entry in coloring.entries] == [("7", n - 1), ("missing", 1)]


def test_a_modality_has_the_same_colour_in_every_collection(exploration):
    from nova_explore.palette import MODALITY

    for entry in legend.color_by(exploration, "modality").entries:
        assert entry["color"] == MODALITY[entry["label"]]


def test_an_unknown_column_is_named_with_those_that_exist(exploration):
    with pytest.raises(UnknownNameError, match="Did you mean 'rights'"):
        legend.color_by(exploration, "right")


def test_standard_columns_are_offered_once_and_positions_never(exploration):
    offered = [name for name, _ in legend.choices(exploration)]
    assert offered == [
        "cluster", "modality", "preservation", "strength", "outlier", "trustworthiness", "continuity",
        "caption", "year", "rights", "shelf",
    ]  # fmt: skip


def test_clusters_have_the_same_colours_wherever_they_are_drawn(exploration):
    coarser = exploration.recluster(min_cluster_size=20)
    kept = ["#1f55c4"] * coarser.clustering.count
    legend.color_clusters(coarser, "cluster", kept)
    assert legend.color_by(coarser, "cluster").colors[:-1] == tuple(kept)
    assert legend.cluster_colors(coarser) == tuple(kept)


def test_a_name_stands_by_the_main_part_of_its_cluster_not_by_items_that_lie_apart():
    draw = np.random.default_rng(0)
    xy = np.concatenate([draw.normal(0, 1, (40, 2)), draw.normal(50, 0.1, (20, 2))])
    shown = legend.outline(xy, np.arange(60))
    assert set(shown.tolist()) <= set(range(40))
    assert len(shown) > 20
    np.testing.assert_array_equal(legend.outline(xy, np.array([7])), [7])
