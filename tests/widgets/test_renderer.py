"""The renderer behind our interface."""

from __future__ import annotations

import numpy as np
import pytest

from nova_explore.widgets.renderer import ALWAYS_ON_TOP, ScatterMap, fit, opacity, point_size

COLORS = ["#ff0000", "#00ff00", "#0000ff"]


def small_map(n=30):
    map = ScatterMap(np.random.default_rng(0).normal(size=(n, 2)).astype(np.float32))
    map.recode(np.arange(n, dtype=np.int32) % 3, COLORS)
    return map


def lit(map):
    """Positions in the mask that the browser gets."""
    return np.flatnonzero(np.unpackbits(np.frombuffer(map.widget.lit, np.uint8), bitorder="little")).tolist()


@pytest.fixture
def sent(monkeypatch):
    """What every message to the browser holds, by trait."""
    told = []
    map = small_map()

    def note(key=None):
        told.append({key} if isinstance(key, str) else set(key or ()))

    monkeypatch.setattr(map.widget, "send_state", note)
    return map, told


def test_coordinates_fit_the_square_and_keep_their_proportions():
    xy = np.array([[0, 0], [10, 0], [10, 5]], np.float32)
    fitted = fit(xy)
    assert np.abs(fitted).max() <= 0.93
    assert np.isclose(np.ptp(fitted[:, 0]) / np.ptp(fitted[:, 1]), 2)
    assert np.isfinite(fit(np.zeros((4, 2), np.float32))).all()


def test_a_point_costs_eight_bytes_for_its_place_and_one_for_its_code():
    map = small_map()
    assert np.array_equal(np.frombuffer(map.widget.xy, np.float32).reshape(-1, 2), map_places(30))
    assert np.frombuffer(map.widget.codes, np.uint8).tolist() == [0, 1, 2] * 10
    assert map.widget.points.size == 0
    map.recode(np.arange(30, dtype=np.int32) * 10, ["#000000"] * 300)
    assert np.frombuffer(map.widget.codes, np.uint16).tolist() == list(range(0, 300, 10))


def map_places(n):
    return fit(np.random.default_rng(0).normal(size=(n, 2)).astype(np.float32))


def test_few_highlighted_points_travel_by_position_and_are_drawn_on_top():
    map = small_map()
    map.highlight(np.array([3, 4]))
    assert map.widget.selection.tolist() == [3, 4]
    assert map.widget.lit == b""
    map.highlight(None)
    assert (map.widget.selection.tolist(), map.widget.lit) == ([], b"")


def test_many_highlighted_points_travel_as_a_bit_each():
    map = small_map(3 * ALWAYS_ON_TOP)
    many = np.arange(1, 3 * ALWAYS_ON_TOP, 2)
    map.highlight(many)
    assert map.widget.selection.size == 0
    assert len(map.widget.lit) == 3 * ALWAYS_ON_TOP / 8
    assert lit(map) == many.tolist()


def test_highlighting_nothing_greys_everything():
    map = small_map()
    map.highlight(np.array([], np.intp))
    assert len(map.widget.lit) == 4
    assert lit(map) == []


def test_greying_a_legend_entry_and_another_palette_send_no_column(sent):
    map, told = sent
    map.recode(np.arange(30, dtype=np.int32) % 3, COLORS, {1})
    assert told == [{"muted"}]
    map.recode(np.arange(30, dtype=np.int32) % 3, COLORS[::-1], {1})
    assert told[1:] == [{"colors"}]


def test_moving_sends_the_coordinates_alone(sent):
    map, told = sent
    there = np.random.default_rng(1).normal(size=(30, 2)).astype(np.float32)
    map.move(there)
    assert told == [{"xy"}]
    assert np.array_equal(np.frombuffer(map.widget.xy, np.float32).reshape(-1, 2), fit(there))
    with pytest.raises(ValueError, match="29 coordinates for 30 points"):
        map.move(there[1:])


def test_more_points_are_smaller_and_lighter():
    sizes, inks = ([measure(n) for n in (100, 10_000, 100_000, 10_000_000)] for measure in (point_size, opacity))
    assert sizes == sorted(sizes, reverse=True)
    assert inks == sorted(inks, reverse=True)
    assert (sizes[0], sizes[-1], inks[0]) == (9, 2, 0.85)
    assert inks[-1] >= 0.3


def test_only_what_a_person_picks_is_reported():
    map, heard = small_map(), []
    map.on_select(lambda positions: heard.append(positions.tolist()))
    map.highlight(np.array([1, 2]))
    assert heard == []
    map.widget.selection = np.array([7], np.uint32)
    map.widget.selection = np.array([], np.uint32)
    assert heard == [[7], []]


def test_a_selection_of_millions_travels_as_a_mask_and_is_not_sent_back(monkeypatch):
    monkeypatch.setattr("nova_explore.widgets.renderer.MOST_INDICES", 2)
    map, heard = small_map(), []
    map.on_select(lambda positions: heard.append(positions.tolist()))
    bits = bytes([0b00001101, 0, 0, 0])
    sent = {"view": memoryview(bits), "dtype": "mask", "shape": [3]}
    canvas = map.widget
    canvas.set_state({"selection": sent})
    assert heard == [[0, 2, 3]]
    answered = canvas.trait_metadata("selection", "to_json")(canvas.selection, canvas)
    assert (bytes(answered["view"]), answered["dtype"], *answered["shape"]) == (bits, "mask", 3)


def test_a_renderer_that_is_there_before_its_points_draws_them_as_one_made_with_them():
    xy = np.random.default_rng(0).normal(size=(120_000, 2)).astype(np.float32)
    waiting, made = ScatterMap(), ScatterMap(xy)
    assert waiting.widget.xy == b""
    waiting.draw(xy)
    drawn = ("xy", "codes", "size", "opacity", "regl_scatterplot_options")
    assert waiting.widget.get_state(drawn) == made.widget.get_state(drawn)


def test_the_renderers_own_tooltip_legend_toolbar_and_page_wide_escape_are_off():
    state = small_map().widget.get_state()
    assert not state["tooltip_enable"]
    assert not state["legend"]
    assert state["toolbar_buttons"] == []
    assert state["regl_scatterplot_options"]["deselectOnEscape"] is False
    assert "_css" not in state
