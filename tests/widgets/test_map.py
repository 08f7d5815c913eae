"""The renderer behind our interface."""

from __future__ import annotations

import numpy as np

from nova_explore.widgets.map import CONTEXT_GREY, ScatterMap, _rgba, fit


def small_map():
    map = ScatterMap(np.random.default_rng(0).normal(size=(30, 2)).astype(np.float32))
    map.color_by(np.arange(30, dtype=np.int32) % 3, ["#ff0000", "#00ff00", "#0000ff"])
    return map


def test_coordinates_fit_the_square_and_keep_their_proportions():
    xy = np.array([[0, 0], [10, 0], [10, 5]], np.float32)
    fitted = fit(xy)
    assert np.abs(fitted).max() <= 0.93
    assert np.isclose(np.ptp(fitted[:, 0]) / np.ptp(fitted[:, 1]), 2)
    assert np.isfinite(fit(np.zeros((4, 2), np.float32))).all()


def test_what_is_not_highlighted_is_grey_and_still_there():
    map = small_map()
    map.highlight(np.array([3, 4]))
    assert map.widget.color == [_rgba(CONTEXT_GREY)] * 3
    assert map.widget.color_selected[0] == [1, 0, 0, 1]
    assert map.widget.selection.tolist() == [3, 4]
    assert map.widget.filter is None
    assert map.widget.opacity > 0.3
    map.highlight(None)
    assert map.widget.color[0] == [1, 0, 0, 1]


def test_greying_a_legend_entry_does_not_resend_the_points():
    map = small_map()
    points = map.widget.points
    map.color_by(np.arange(30, dtype=np.int32) % 3, ["#ff0000", "#00ff00", "#0000ff"], frozenset({1}))
    assert map.widget.points is points
    assert map.widget.color == [[1, 0, 0, 1], _rgba(CONTEXT_GREY), [0, 0, 1, 1]]


def test_only_what_a_person_picks_is_reported():
    map, heard = small_map(), []
    map.on_select(lambda positions: heard.append(positions.tolist()))
    map.highlight(np.array([1, 2]))
    assert heard == []
    map.widget.selection = np.array([7], np.uint32)
    map.widget.selection = np.array([], np.uint32)
    assert heard == [[7], []]


def test_one_colour_is_sent_as_a_list_of_colours():
    map = ScatterMap(np.zeros((2, 2), np.float32))
    map.color_by(np.zeros(2, np.int32), ["#ff0000"])
    assert len(map.widget.color) == 2


def test_the_renderers_own_tooltip_legend_toolbar_and_page_wide_escape_are_off():
    widget = small_map().widget
    assert not widget.tooltip_enable
    assert not widget.legend
    assert widget.toolbar_buttons == []
    assert widget.regl_scatterplot_options["deselectOnEscape"] is False
    assert widget._css == ""
