"""Around one item, the map's errors are counted as they are over all items."""

from __future__ import annotations

import numpy as np
import pytest

from nova_explore.map.layout import measure_preservation
from nova_explore.map.neighborhood import look_around
from nova_explore.map.neighbors import Neighbors, find_neighbors


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_the_share_beside_an_item_is_its_preservation():
    draw = np.random.default_rng(0)
    vectors = unit(draw.normal(size=(120, 8)))
    xy = (vectors[:, :2] + 0.2 * draw.normal(size=(120, 2))).astype(np.float32)
    neighbors = find_neighbors(vectors, k=10)
    kept = measure_preservation(xy, neighbors)
    for position in range(120):
        around = look_around(xy, neighbors, position)
        assert around.beside.mean() == pytest.approx(kept[position])
        assert len(around.false) == around.elsewhere


def test_neighbours_are_told_from_strangers_by_hand():
    xy = np.array([[0, 0], [1, 0], [2, 0], [9, 0], [3, 0]], np.float32)
    neighbors = Neighbors(np.array([[1, 3]] * 5), np.array([[0.9, 0.8]] * 5, np.float32))
    around = look_around(xy, neighbors, 0)
    assert around.true.tolist() == [1, 3]
    assert around.beside.tolist() == [True, False]
    assert around.false.tolist() == [2]
    assert around.sentence == "1 of its 2 true neighbours is elsewhere on this map."


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ([[0, 0], [1, 0], [9, 0]], "Its true neighbour is beside it on this map."),
        ([[0, 0], [9, 0], [1, 0]], "Its true neighbour is elsewhere on this map."),
    ],
)
def test_one_neighbour_is_told_in_the_singular(places, said):
    neighbors = Neighbors(np.array([[1], [0], [0]]), np.ones((3, 1), np.float32))
    assert look_around(np.array(places, np.float32), neighbors, 0).sentence == said


def test_an_item_alone_has_no_neighbours():
    neighbors = Neighbors(np.empty((1, 0), int), np.empty((1, 0), np.float32))
    assert look_around(np.zeros((1, 2), np.float32), neighbors, 0).sentence == "It has no neighbours."


def test_the_exploration_looks_around_an_item_by_its_id(exploration):
    id = exploration.collection.ids[4]
    around = exploration.neighborhood(id)
    assert around.true.tolist() == exploration.neighbors.indices[4].tolist()
    assert f"of its {len(around)} true neighbours" in around.sentence or "All" in around.sentence
