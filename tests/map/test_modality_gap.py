"""The gap is measured, closed where it would split the map, and the vectors given stay as they are."""

from __future__ import annotations

import numpy as np

from nova_explore.map.modality_gap import close_gap, compared_vectors


def two_kinds(gap: float, seed: int = 0) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Five topics, each as 20 texts and 20 images; all images shifted by ``gap`` along one direction."""
    random = np.random.default_rng(seed)
    topics = np.tile(np.repeat(np.arange(5), 20), 2)
    vectors = random.normal(size=(5, 16))[topics] + 0.5 * random.normal(size=(200, 16))
    vectors[100:] += gap * random.normal(size=16)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32), ["text"] * 100 + ["image"] * 100, topics


def test_without_a_gap_nothing_is_changed():
    vectors, kinds, _ = two_kinds(0.0)
    compared, _, gap = compared_vectors(vectors, kinds, k=10)
    assert compared is vectors
    assert not gap.corrected
    assert gap.sentence is None
    assert abs(gap.same_kind - gap.chance) < 0.1


def test_a_gap_that_splits_the_map_is_closed_and_topics_meet():
    vectors, kinds, topics = two_kinds(3.0)
    before = vectors.copy()
    compared, neighbors, gap = compared_vectors(vectors, kinds, k=10)
    assert gap.corrected
    assert gap.same_kind > 0.95
    assert gap.same_kind_after < 0.75
    np.testing.assert_array_equal(vectors, before)
    np.testing.assert_allclose(np.linalg.norm(compared, axis=1), 1, rtol=1e-5)
    assert (topics[neighbors.indices] == topics[:, None]).mean() > 0.9


def test_the_chance_level_is_the_one_worked_by_hand():
    vectors, _, _ = two_kinds(0.0)
    _, _, gap = compared_vectors(vectors[:4], ["text", "text", "text", "image"], k=2)
    assert gap.chance == 3 * 2 / (4 * 3)


def test_a_collection_of_one_kind_has_no_gap():
    vectors, _, _ = two_kinds(0.0)
    _, _, gap = compared_vectors(vectors, ["image"] * 200, k=5)
    assert (gap.same_kind, gap.chance, gap.corrected) == (1.0, 1.0, False)


def test_the_mean_of_a_few_items_is_taken_away_only_in_part():
    vectors, _, _ = two_kinds(0.0)
    kinds = ["video"] * 2 + ["text"] * 198
    moved = close_gap(vectors, kinds)
    assert (moved[:2] * vectors[:2]).sum(axis=1).min() > 0.98


def test_identical_items_of_one_kind_stay_finite():
    vectors = np.tile(np.eye(1, 8, dtype=np.float32), (40, 1))
    assert np.isfinite(close_gap(vectors, ["text"] * 20 + ["image"] * 20)).all()
