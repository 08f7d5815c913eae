"""The map keeps neighbours together, says how many, and is the same twice."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.planted import drawn, planted
from scipy.spatial.distance import pdist

from nova_explore.map.layout import (
    measure_preservation,
    narrow_empty_bands,
    turn_toward,
)
from nova_explore.map.neighbors import Neighbors


def test_the_same_seed_gives_the_same_map_and_another_seed_another():
    vectors, _ = planted()
    first, again, other = (drawn(vectors, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.xy, again.xy)
    assert not np.array_equal(first.xy, other.xy)
    assert first.parameters["seed"] == 0


def test_planted_groups_lie_apart_on_the_map_and_keep_their_neighbours():
    vectors, truth = planted()
    layout = drawn(vectors)
    centres = np.stack([layout.xy[truth == g].mean(axis=0) for g in range(6)])
    nearest = np.linalg.norm(layout.xy[:, None] - centres, axis=2).argmin(axis=1)
    assert (nearest == truth).mean() > 0.98
    chance = 15 / (len(vectors) - 1)
    assert layout.preservation.mean() > 5 * chance


def test_preservation_is_the_share_worked_out_by_hand():
    xy = np.array([[0, 0], [1, 0], [2.1, 0], [10, 0]], np.float32)
    neighbors = Neighbors(np.array([[1, 3], [0, 2], [1, 3], [2, 0]], np.int32), np.ones((4, 2), np.float32))
    # On the line: 0 is beside 1, 2; 1 beside 0, 2; 2 beside 1, 0; 3 beside 2, 1.
    np.testing.assert_allclose(measure_preservation(xy, neighbors), [0.5, 1.0, 0.5, 0.5])


def test_empty_bands_are_narrowed_and_the_parts_keep_their_shape():
    near = np.random.default_rng(0).uniform(-3, 3, size=(200, 2))
    far = near + np.array([400, 0])
    narrowed = narrow_empty_bands(np.vstack([near, far]).astype(np.float32))
    assert np.ptp(narrowed[:, 0]) < 0.1 * 400
    assert np.ptp(narrowed[:, 0]) > 2 * np.ptp(near[:, 0]) * 0.8
    for part in (narrowed[:200], narrowed[200:]):
        np.testing.assert_allclose(pdist(part), pdist(near), rtol=1e-2)


def test_the_longer_side_of_a_map_lies_level():
    tall = np.random.default_rng(0).normal(size=(300, 2)) * [1, 5]
    narrowed = narrow_empty_bands(tall.astype(np.float32))
    assert np.ptp(narrowed[:, 0]) > np.ptp(narrowed[:, 1])


def test_a_map_on_which_all_points_coincide_still_measures():
    neighbors = Neighbors(np.array([[1], [0], [0]], np.int32), np.ones((3, 1), np.float32))
    kept = measure_preservation(np.zeros((3, 2), np.float32), neighbors)
    assert ((kept >= 0) & (kept <= 1)).all()


def test_the_sentence_names_the_mean():
    vectors, _ = planted()
    layout = drawn(vectors)
    assert layout.sentence == (
        f"Of each item's 15 true neighbours, {15 * layout.preservation.mean():.1f} are beside it on this map."
    )


@pytest.mark.parametrize("n", [2, 3, 5, 9, 10, 17])
def test_small_collections_get_a_map_too(n):
    vectors, _ = planted(groups=1, size=n)
    layout = drawn(vectors, k=min(15, n - 1))
    assert layout.xy.shape == (n, 2)
    assert np.isfinite(layout.xy).all()
    assert layout.parameters["method"] == ("umap" if n >= 10 else "pca")


def test_identical_items_get_a_finite_map():
    vectors = np.tile(np.eye(1, 8, dtype=np.float32), (30, 1))
    assert np.isfinite(drawn(vectors).xy).all()


@pytest.mark.parametrize("mirrored", [1, -1])
def test_a_drawing_is_turned_as_it_was_seen(mirrored):
    seen = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32) * [3, 1]
    cos, sin = np.cos(2.0), np.sin(2.0)
    other = (seen * [1, mirrored]) @ np.array([[cos, -sin], [sin, cos]]) + [7, -2]
    np.testing.assert_allclose(turn_toward(other.astype(np.float32), seen), seen - seen.mean(axis=0), atol=1e-5)
