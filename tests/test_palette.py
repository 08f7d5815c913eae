"""Colours can be told apart, by people with and without colour-vision deficiency, on white and on black."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys

import numpy as np
import pytest

from nova_explore.collection import Modality
from nova_explore.palette import CATEGORICAL, MODALITY, SEQUENTIAL, UNCLUSTERED_GREY, rgb, spread_colors

# Machado, Oliveira & Fernandes 2009, severity 1.0, on linear RGB.
SEEN_BY = {
    "normal vision": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}


def linear(color: str) -> np.ndarray:
    channel = np.array(rgb(color)) / 255
    return np.where(channel <= 0.04045, channel / 12.92, ((channel + 0.055) / 1.055) ** 2.4)


def oklab(light: np.ndarray) -> np.ndarray:
    """Ottosson 2020: distances here are about how different two colours look."""
    cones = np.array(
        [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
         [0.0883024619, 0.2817188376, 0.6299787005]]
    )  # fmt: skip
    opponents = np.array(
        [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
         [0.0259040371, 0.7827717662, -0.8086757660]]
    )  # fmt: skip
    return opponents @ np.cbrt(np.clip(cones @ light, 0, None))


def closest(colors, matrix) -> float:
    seen = [oklab(np.clip(matrix @ linear(color), 0, 1)) for color in colors]
    return min(float(np.linalg.norm(a - b)) for a, b in itertools.combinations(seen, 2))


@pytest.mark.parametrize("person", SEEN_BY)
def test_no_two_modalities_look_alike_to_anybody(person):
    assert closest(MODALITY.values(), SEEN_BY[person]) > 0.045


def test_no_two_categories_or_the_grey_look_alike():
    assert closest([*CATEGORICAL, UNCLUSTERED_GREY], SEEN_BY["normal vision"]) > 0.06


@pytest.mark.parametrize("color", [*CATEGORICAL, UNCLUSTERED_GREY])
def test_every_colour_is_visible_on_white_and_on_the_dark_ground(color):
    luminance = linear(color) @ [0.2126, 0.7152, 0.0722]
    dark = linear("#14171c") @ [0.2126, 0.7152, 0.0722]
    assert 1.05 / (luminance + 0.05) > 2
    assert (luminance + 0.05) / (dark + 0.05) > 2


def test_the_scale_of_numbers_only_gets_lighter():
    lightness = [oklab(linear(color))[0] for color in SEQUENTIAL]
    assert lightness == sorted(lightness)


def test_every_modality_has_a_colour_and_every_colour_is_six_hex_digits():
    assert set(MODALITY) == set(Modality)
    for color in (*CATEGORICAL, *SEQUENTIAL, *MODALITY.values(), UNCLUSTERED_GREY):
        assert re.fullmatch("#[0-9a-f]{6}", color)


def test_clusters_that_must_share_a_colour_are_far_apart():
    many = len(CATEGORICAL)
    xy = np.array([[place, 0.0] for place in range(many)] + [[0.4, 0.0]])
    colors = spread_colors(xy, np.arange(many + 1))
    assert colors[:many] == list(CATEGORICAL)
    assert colors[many] == CATEGORICAL[many - 1]


def test_the_palette_needs_no_plotting_library():
    script = "import sys, nova_explore.palette; sys.exit('plotly' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
