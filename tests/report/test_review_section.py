"""The drawing of a finding: value, interval and chance lie where their numbers are, on an axis of round numbers."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nova_explore.report.review_section import SIDE, WIDTH, axis_of, drawing_of, personal
from nova_explore.reviews.finding import Chance, Finding

ONE = Finding("", "m", 0.5, 0.25, 0.75, 9, Chance(0.0, -0.25, 0.25))


def test_the_drawing_is_in_proportion():
    ticks = axis_of([ONE])
    drawn = drawing_of(ONE, ticks)
    assert drawn is not None
    assert SIDE <= drawn["chance_low"] < drawn["chance"] < drawn["low"] < drawn["value"] < drawn["high"] <= WIDTH - SIDE
    assert drawn["low"] == pytest.approx(drawn["chance_low"] + drawn["chance_width"], abs=0.15)
    assert drawn["value"] - drawn["low"] == pytest.approx(drawn["high"] - drawn["value"], abs=0.15)
    assert ticks == (-0.25, 0.0, 0.25, 0.5, 0.75)


def test_findings_of_one_measure_share_their_axis():
    other = Finding("", "m", 3.0, 2.0, 4.0, 9)
    ticks = axis_of([ONE, other])
    assert ticks[0] <= -0.25
    assert ticks[-1] >= 4.0
    narrow, wide = drawing_of(ONE, ticks), drawing_of(other, ticks)
    assert narrow is not None
    assert wide is not None
    assert wide["value"] > narrow["high"]


@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=1, max_size=6))
def test_an_axis_rises_in_even_steps_around_all_that_it_shows(values):
    ticks = axis_of([Finding("", "m", value, math.nan, math.nan, 1) for value in values])
    steps = [b - a for a, b in pairwise(ticks)]
    assert 1 <= len(steps) <= 8
    assert min(steps) > 0
    assert max(steps) == pytest.approx(min(steps), rel=1e-6)
    room = 1e-6 * max(steps)
    assert ticks[0] - room <= min(values)
    assert max(values) <= ticks[-1] + room


def test_a_finding_without_chance_has_its_value_and_one_without_a_value_nothing():
    bare = Finding("", "m", 0.5, 0.2, 0.7, 9)
    drawn = drawing_of(bare, axis_of([bare]))
    assert drawn is not None
    assert "chance" not in drawn
    lost = Finding("", "m", math.nan, 0.2, 0.7, 9, Chance(0, -1, 1))
    assert drawing_of(lost, axis_of([lost])) is None
    assert axis_of([Finding("", "m", math.nan, math.nan, math.nan, 0)]) == ()


def test_a_value_without_an_interval_is_a_point():
    one = Finding("", "m", 0.5, math.nan, math.nan, 9, Chance(0.5, 0.5, 0.5))
    drawn = drawing_of(one, axis_of([one]))
    assert drawn is not None
    assert "low" not in drawn
    assert drawn["chance"] == drawn["value"]


def test_what_a_person_left_empty_says_so():
    rows = dict(personal({"by": "Ann", "command": "nova-explore review"}))
    assert rows["Who ran this"] == "Ann"
    assert rows["Intended use"] == "not filled in"
    assert "The command that makes it again" in rows
