"""Colours can be told apart, by people with and without colour-vision deficiency, on white and on black."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys

import numpy as np
import pytest

from nova_explore.collection import Modality
from nova_explore.color_sight import seen_apart
from nova_explore.palette import (
    APART,
    CATEGORICAL,
    MODALITY,
    SEQUENTIAL,
    UNCLUSTERED_GREY,
    keep_colors,
    neighboring,
    rgb,
    spread_colors,
)

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


def blobs(count: int, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Clusters of 30 items each, strewn over a square so that they touch."""
    draw = np.random.default_rng(seed)
    labels = np.repeat(np.arange(count), 30)
    middles = draw.uniform(0, 10, (count, 2))
    return middles[labels] + draw.normal(0, 1.2 / np.sqrt(count), (len(labels), 2)), labels


def least_apart(xy: np.ndarray, labels: np.ndarray, colors: list[str]) -> float:
    """Least distance between colours of clusters of which one has its nearest other item, by brute force."""
    apart = seen_apart(colors)
    near = np.linalg.norm(xy[:, None] - xy[None], axis=2)
    near[labels[:, None] == labels[None]] = np.inf
    return min(float(apart[labels[i], labels[j]]) for i, j in enumerate(near.argmin(axis=1)))


@pytest.mark.slow
@pytest.mark.parametrize("count", [2, 12, 40, 90])
def test_neighbouring_clusters_are_far_apart_in_every_sight(count):
    xy, labels = blobs(count)
    colors = spread_colors(xy, labels)
    assert least_apart(xy, labels, colors) >= APART
    assert len(set(colors)) == min(count, len(CATEGORICAL)) or len(set(colors)) > 10


def test_of_the_palette_five_are_far_apart_from_each_other_and_each_from_a_third():
    apart = seen_apart(CATEGORICAL) >= APART
    assert any(all(apart[a, b] for a, b in itertools.combinations(five, 2))
               for five in itertools.combinations(range(len(CATEGORICAL)), 5))  # fmt: skip
    assert apart.sum(axis=1).min() >= len(CATEGORICAL) / 3


def test_neighbours_are_those_that_nothing_lies_between():
    labels = np.repeat([0, 1, 2, 3], 50)
    draw = np.random.default_rng(0)
    # Three columns of which the middle one is the tallest, and one cluster far away.
    low, high = np.array([[0, 0], [1, -1], [2, 0], [90, 90]]), np.array([[0.8, 2], [1.8, 3], [2.8, 2], [91, 91]])
    xy = draw.uniform(low[labels], high[labels])
    assert neighboring(xy, labels).tolist() == [[0, 1], [1, 2]]


@pytest.mark.parametrize("xy", [[[0, 0]], [[0, 0], [1, 1]], [[0, 0], [0, 0], [0, 0]], [[0, 0], [1, 0], [2, 0], [3, 0]]])
def test_few_clusters_and_clusters_in_a_line_have_colours_too(xy):
    assert len(spread_colors(np.array(xy, float), np.arange(len(xy)))) == len(xy)


def test_colours_are_the_same_every_time():
    xy, labels = blobs(60)
    assert spread_colors(xy, labels) == spread_colors(xy, labels)


def test_members_keep_their_colour_when_clusters_are_joined_and_parted():
    xy, labels = blobs(30)
    colors = spread_colors(xy, labels)
    middles = np.array([xy[labels == c].mean(axis=0) for c in range(30)])
    nearest = np.linalg.norm(middles[:, None] - middles[None, :25], axis=2).argmin(axis=1)
    joined = nearest[labels]
    after = keep_colors(labels, colors, joined, xy)
    assert np.mean([one == other for one, other in zip(after, colors[:25], strict=True)]) >= 0.8
    assert least_apart(xy, joined, after) >= APART
    assert keep_colors(joined, after, joined, xy) == after


def test_of_two_that_have_become_neighbours_and_look_alike_the_smaller_changes():
    xy, labels = blobs(12)
    kept = dict.fromkeys(range(12), CATEGORICAL[0])
    colors = spread_colors(xy, labels, kept)
    assert colors[0] == CATEGORICAL[0]
    assert least_apart(xy, labels, colors) >= APART


def test_the_palette_needs_no_plotting_library():
    script = "import sys, nova_explore.palette; sys.exit('plotly' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
