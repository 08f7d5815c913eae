"""The drawing of a finding: value, interval and null band lie where their numbers are."""

from __future__ import annotations

import math

import pytest

from nova_explore.report.review_section import WIDTH, band_of, personal
from nova_explore.reviews.finding import Chance, Finding


def test_the_band_is_in_proportion():
    band = band_of(Finding("", "m", 0.5, 0.25, 0.75, 9, Chance(0.0, -0.25, 0.25)))
    assert band is not None
    assert 0 < band["chance_low"] < band["chance"] < band["low"] < band["value"] < band["high"] < WIDTH
    assert band["low"] == pytest.approx(band["chance_low"] + band["chance_width"], abs=0.1)
    assert band["value"] - band["low"] == pytest.approx(band["high"] - band["value"], abs=0.1)


def test_a_finding_without_chance_or_value_has_no_band():
    assert band_of(Finding("", "m", 0.5, 0.2, 0.7, 9)) is None
    assert band_of(Finding("", "m", math.nan, 0.2, 0.7, 9, Chance(0, -1, 1))) is None


def test_a_value_without_an_interval_is_a_point():
    band = band_of(Finding("", "m", 0.5, math.nan, math.nan, 9, Chance(0.5, 0.5, 0.5)))
    assert band is not None
    assert band["low"] == band["value"] == band["high"]


def test_what_a_person_left_empty_says_so():
    rows = dict(personal({"by": "Ann", "command": "nova-explore review"}))
    assert rows["Who ran this"] == "Ann"
    assert rows["Intended use"] == "not filled in"
    assert "The command that makes it again" in rows
