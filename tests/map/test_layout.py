"""The map keeps neighbours together, says how many, and is the same twice."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.planted import drawn, planted
from scipy.spatial.distance import pdist

from nova_explore.map import layout
from nova_explore.map.layout import (
    first_picture,
    measure_preservation,
    narrow_empty_bands,
    principal_components,
    turn_toward,
)
from nova_explore.map.neighbors import Neighbors


@pytest.mark.slow
def test_the_same_seed_gives_the_same_map_and_another_seed_another():
    vectors, _ = planted()
    first, again, other = (drawn(vectors, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.xy, again.xy)
    assert not np.array_equal(first.xy, other.xy)
    assert first.parameters["seed"] == 0


def test_planted_groups_lie_apart_on_the_map_and_keep_their_neighbours():
    vectors, truth = planted()
    found = drawn(vectors)
    centres = np.stack([found.xy[truth == g].mean(axis=0) for g in range(6)])
    nearest = np.linalg.norm(found.xy[:, None] - centres, axis=2).argmin(axis=1)
    assert (nearest == truth).mean() > 0.98
    chance = 15 / (len(vectors) - 1)
    assert found.preservation.mean() > 5 * chance


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
    found = drawn(vectors)
    assert found.sentence == (
        f"Of each item's 15 true neighbours, {15 * found.preservation.mean():.1f} are beside it on this map."
    )


@pytest.mark.parametrize("n", [2, 3, 5, 9, 10, 17])
def test_small_collections_get_a_map_too(n):
    vectors, _ = planted(groups=1, size=n)
    found = drawn(vectors, k=min(15, n - 1))
    assert found.xy.shape == (n, 2)
    assert np.isfinite(found.xy).all()
    assert found.parameters["method"] == ("umap" if n >= 10 else "pca")


def test_identical_items_get_a_finite_map():
    vectors = np.tile(np.eye(1, 8, dtype=np.float32), (30, 1))
    assert np.isfinite(drawn(vectors).xy).all()


@pytest.mark.parametrize("mirrored", [1, -1])
def test_a_drawing_is_turned_as_it_was_seen(mirrored):
    seen = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32) * [3, 1]
    cos, sin = np.cos(2.0), np.sin(2.0)
    other = (seen * [1, mirrored]) @ np.array([[cos, -sin], [sin, cos]]) + [7, -2]
    np.testing.assert_allclose(turn_toward(other.astype(np.float32), seen), seen - seen.mean(axis=0), atol=1e-5)


def test_the_distances_of_a_few_items_are_drawn_as_they_are():
    angles = np.radians([0, 6, 40, 46, 80, 86])
    pairs = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    found = drawn(pairs, k=5)
    np.testing.assert_allclose(pdist(found.xy), pdist(pairs), atol=1e-5)


@pytest.mark.parametrize("shape", [(20, 300), (300, 20), (6, 6), (2, 50), (50, 2)])
def test_principal_components_are_those_of_a_singular_value_decomposition(shape):
    rows = np.random.default_rng(0).normal(size=shape).astype(np.float32) * np.linspace(3, 1, shape[1])
    centred = rows - rows.mean(axis=0)
    left, scales, _ = np.linalg.svd(centred.astype(np.float64), full_matrices=False)
    true = (left * scales)[:, :5]
    found = principal_components(rows.astype(np.float32), 5)
    assert found.shape == (shape[0], 5)
    np.testing.assert_allclose(np.abs(found[:, : true.shape[1]]), np.abs(true), atol=1e-4)


def test_few_long_vectors_are_not_solved_by_their_dimensions(monkeypatch):
    monkeypatch.setattr(layout, "_scatter", lambda *_, **__: pytest.fail("a matrix of all dimensions"))
    rows = np.random.default_rng(0).normal(size=(20, 4096)).astype(np.float32)
    found = principal_components(rows, 5)
    np.testing.assert_allclose(found.T @ found, np.diag((found**2).sum(axis=0)), atol=1e-2)


def test_many_long_vectors_have_nearly_the_same_components(monkeypatch):
    draw = np.random.default_rng(0)
    rows = draw.normal(size=(400, 5)) * [9, 7, 5, 4, 3] @ draw.normal(size=(5, 120)) + draw.normal(size=(400, 120))
    exact = principal_components(rows.astype(np.float32), 5)
    monkeypatch.setattr(layout, "MOST_SOLVED", 100)
    near = principal_components(rows.astype(np.float32), 5)
    np.testing.assert_allclose(near, exact, atol=1e-3 * np.abs(exact).max())


@pytest.mark.parametrize("solved", [8, 7])
def test_the_components_of_a_sample_place_all_items_in_the_first_picture(monkeypatch, solved):
    monkeypatch.setattr(layout, "SKETCHED", 10)
    monkeypatch.setattr(layout, "SOLVED_WHOLE", solved)
    monkeypatch.setattr(layout, "BLOCK_ROWS", 16)
    rows = np.random.default_rng(1).normal(size=(40, 8)).astype(np.float32)
    np.testing.assert_allclose(first_picture(rows).xy[::4], principal_components(rows[::4], 2), atol=1e-5)
    np.testing.assert_allclose(first_picture(rows[:, :1]).xy[:, 1], 0)


def test_copies_have_no_direction_in_which_they_differ():
    np.testing.assert_allclose(principal_components(np.ones((7, 30), np.float32), 5), 0, atol=1e-6)
