"""Figures hold every item once, count what is unclustered, and draw text of the collection as text."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from fakes.report_stand_in import hostile_exploration
from PIL import Image

from nova_explore.errors import UnknownNameError
from nova_explore.report.label_placement import density_centers, fit, place_boxes
from nova_explore.report.map_figures import map_figure, map_png, sizes_figure, trust_figure


@pytest.fixture(scope="module")
def exploration(tmp_path_factory):
    return hostile_exploration(tmp_path_factory.mktemp("figures"))


@pytest.mark.parametrize("column", ["cluster", "modality", "topic", "preservation", "name"])
def test_every_item_is_drawn_once_at_its_own_place(exploration, column):
    figure: Any = map_figure(exploration, column)
    places = np.concatenate([trace.customdata for trace in figure.data])
    assert sorted(places) == list(range(len(exploration)))
    for trace in figure.data:
        np.testing.assert_array_equal(trace.x, exploration.layout.xy[trace.customdata, 0])
        np.testing.assert_array_equal(trace.y, exploration.layout.xy[trace.customdata, 1])


def test_a_column_of_many_values_does_not_make_a_trace_for_each(exploration):
    figure: Any = map_figure(exploration, "name")
    assert len(figure.data) <= 40


def test_an_unknown_column_is_named_in_the_error(exploration):
    with pytest.raises(UnknownNameError, match=r"topik.*Did you mean 'topic'"):
        map_figure(exploration, "topik")


def test_text_of_the_collection_is_escaped_in_every_figure(exploration):
    for figure in (map_figure(exploration), map_figure(exploration, "topic"), sizes_figure(exploration)):
        drawn = str(figure.to_json())
        for tag in ("<img", "<script", "</script", "<b ", "\\u003cimg", "\\u003cscript"):
            assert tag not in drawn


def test_bars_of_sizes_add_up_to_all_items(exploration):
    figure: Any = sizes_figure(exploration)
    assert sum(sum(bar.x) for bar in figure.data) == len(exploration)


def test_the_trust_figure_counts_every_item_and_says_the_mean(exploration):
    figure: Any = trust_figure(exploration)
    counts = np.array(figure.data[0].y)
    assert counts.sum() == len(exploration)
    mean = (counts * np.arange(len(counts))).sum() / counts.sum()
    assert f" {mean:.1f} are beside it" in figure.layout.title.text


def test_the_picture_has_its_size_and_is_the_same_every_time(exploration):
    picture = map_png(exploration, 800, 550)
    assert picture == map_png(exploration, 800, 550)
    assert Image.open(io.BytesIO(picture)).size == (800, 550)
    assert picture != map_png(exploration, 800, 550, thumbnails=False)


def test_boxes_never_overlap_and_stay_inside():
    random = np.random.default_rng(0)
    anchors = random.uniform(200, 400, (25, 2))
    sizes = random.uniform(20, 110, (25, 2))
    centers = place_boxes(anchors, sizes, (800, 600))
    placed = ~np.isnan(centers).any(axis=1)
    assert placed.all()
    assert (centers - sizes / 2 >= 0).all()
    assert (centers + sizes / 2 <= [800, 600]).all()
    for a in range(25):
        for b in range(a):
            assert (np.abs(centers[a] - centers[b]) >= (sizes[a] + sizes[b]) / 2).any()


def test_a_box_without_room_is_left_out_and_the_more_important_one_stays():
    anchors = np.array([[50.0, 20.0], [50.0, 20.0]])
    centers = place_boxes(anchors, np.array([[90.0, 30.0], [90.0, 30.0]]), (100, 40))
    assert np.isfinite(centers[0]).all()
    assert np.isnan(centers[1]).all()


def test_a_group_in_two_parts_is_labelled_at_the_denser_one():
    random = np.random.default_rng(0)
    xy = np.vstack([random.normal(0, 0.1, (60, 2)), random.normal(9, 0.1, (20, 2))])
    center = density_centers(xy, np.zeros(80, int), 1)[0]
    assert np.hypot(*center) < 2


def test_fitting_keeps_the_aspect_and_turns_up_into_less_y():
    pixels, scale = fit(np.array([[0.0, 0.0], [2.0, 1.0]]), 220, 400, margin=10)
    assert scale == 100
    np.testing.assert_allclose(pixels, [[10, 250], [210, 150]])
