"""Places have a size, and boxes have neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from nova_explore.media.place import Place, among_neighbors, shares_of

GRID = [Place("box", (x / 4, y / 4, (x + 1) / 4, (y + 1) / 4)) for y in range(4) for x in range(4)]


def test_shares_are_of_characters_of_seconds_and_of_areas():
    assert shares_of([Place("characters", (0, 3)), Place("characters", (4, 10))]).tolist() == pytest.approx(
        [1 / 3, 2 / 3]
    )
    film = [
        Place("box", (0, 0, 0.5, 1)),
        Place("box", (0.5, 0, 1, 1)),
        Place("seconds", (0, 1)),
        Place("seconds", (1, 4)),
    ]
    assert shares_of(film).tolist() == pytest.approx([0.25, 0.25, 0.125, 0.375])


def test_one_strong_box_keeps_its_place_and_a_strong_region_beats_one_noisy_box():
    for strong in range(16):
        assert among_neighbors(GRID, np.eye(16)[strong]).argmax() == strong
    weights = np.zeros(16)
    weights[[0, 1, 4, 5]] = 0.8
    weights[15] = 1.0
    assert among_neighbors(GRID, weights).argmax() in {0, 1, 4, 5}


def test_seconds_have_neighbours_and_words_have_none():
    seconds = [Place("seconds", (at, at + 1)) for at in range(6)]
    assert among_neighbors(seconds, np.array([1.0, 0, 0, 0.8, 0.8, 0.8])).argmax() in {4, 5}
    words = [Place("characters", (at, at + 1)) for at in range(3)]
    assert among_neighbors(words, np.array([1.0, 0.0, 0.5])).tolist() == [1.0, 0.0, 0.5]
