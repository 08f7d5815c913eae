"""Distances of colours are those that the paper prints, and a simulated sight confuses what it is known to confuse."""

from __future__ import annotations

import numpy as np
import pytest

from nova_explore.color_sight import ciede2000, lab_of, linear_of, seen_apart

# Table 1 of Sharma, Wu & Dalal (2005): pairs 1, 4, 7, 9, 17, 18, 19, 20, 25.
PAIRS = [
    ((50.0000, 2.6772, -79.7751), (50.0000, 0.0000, -82.7485), 2.0425),
    ((50.0000, -1.3802, -84.2814), (50.0000, 0.0000, -82.7485), 1.0000),
    ((50.0000, 0.0000, 0.0000), (50.0000, -1.0000, 2.0000), 2.3669),
    ((50.0000, 2.4900, -0.0010), (50.0000, -2.4900, 0.0009), 7.1792),
    ((50.0000, 2.5000, 0.0000), (73.0000, 25.0000, -18.0000), 27.1492),
    ((50.0000, 2.5000, 0.0000), (61.0000, -5.0000, 29.0000), 22.8977),
    ((50.0000, 2.5000, 0.0000), (56.0000, -27.0000, -3.0000), 31.9030),
    ((50.0000, 2.5000, 0.0000), (58.0000, 24.0000, 15.0000), 19.4535),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
]


@pytest.mark.parametrize(("one", "two", "distance"), PAIRS)
def test_a_distance_is_that_of_the_paper_both_ways(one, two, distance):
    assert float(ciede2000(np.array(one), np.array(two))) == pytest.approx(distance, abs=1e-4)
    assert float(ciede2000(np.array(two), np.array(one))) == pytest.approx(distance, abs=1e-4)


def test_white_black_and_grey_have_the_lightness_that_the_standard_gives_them():
    labs = lab_of(linear_of(["#ffffff", "#000000", "#777777"]))
    assert labs[:, 0] == pytest.approx([100, 0, 50.03], abs=0.05)
    assert np.abs(labs[:, 1:]).max() < 0.02


def test_red_and_green_that_are_far_apart_are_close_to_who_lacks_a_cone():
    red, green = "#b03030", "#4a7a20"
    everybody = float(ciede2000(*lab_of(linear_of([red, green]))))
    assert everybody > 45
    assert seen_apart([red, green])[0, 1] < 15


def test_a_colour_is_no_distance_from_itself_in_any_sight():
    apart = seen_apart(["#1f55c4", "#eeaa22"])
    assert np.diag(apart).tolist() == [0, 0]
    assert apart[0, 1] == apart[1, 0] > 25
