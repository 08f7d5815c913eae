"""Trust of every point: its means are those of scikit-learn, its extremes are reached, a sample of it is exact."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.manifold import trustworthiness
from sklearn.metrics import pairwise_distances

from nova_explore.errors import TooFewItemsError
from nova_explore.map.neighbors import Neighbors, find_neighbors
from nova_explore.map.trust import measure_trust


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def scattered(n: int = 150, d: int = 12, seed: int = 0) -> tuple[np.ndarray, np.ndarray, Neighbors]:
    random = np.random.default_rng(seed)
    vectors = unit(random.normal(size=(n, d)))
    xy = (vectors[:, :2] + 0.3 * random.normal(size=(n, 2))).astype(np.float32)
    return vectors, xy, find_neighbors(vectors, k=min(10, n - 1))


def on_a_half_circle(degrees: list[float]) -> np.ndarray:
    turns = np.radians(degrees)
    return np.column_stack([np.cos(turns), np.sin(turns)]).astype(np.float32)


@pytest.mark.parametrize("seed", range(5))
def test_the_means_are_those_of_scikit_learn_with_the_spaces_exchanged_for_continuity(seed):
    vectors, xy, neighbors = scattered(seed=seed)
    trust = measure_trust(vectors, xy, neighbors)
    exact = vectors.astype(np.float64)
    assert trust.trustworthiness.mean() == pytest.approx(trustworthiness(exact, xy, n_neighbors=10, metric="cosine"))
    # For unit vectors, near by cosine is near by Euclid: scikit-learn takes a metric for the first space only.
    assert trust.continuity.mean() == pytest.approx(trustworthiness(xy.astype(np.float64), exact, n_neighbors=10))
    assert trust.k == 10
    assert trust.sampled == 150


def test_every_point_is_what_full_ranks_give_it():
    vectors, xy, neighbors = scattered(n=60)
    trust = measure_trust(vectors, xy, neighbors)
    true, drawn = (
        np.argsort(np.argsort(pairwise_distances(points, metric=metric), axis=1), axis=1)
        for points, metric in ((vectors.astype(np.float64), "cosine"), (xy.astype(np.float64), "euclidean"))
    )
    worst = 10 * (2 * 60 - 3 * 10 - 1) / 2
    for i in range(60):
        false = sum(true[i, j] - 10 for j in range(60) if 0 < drawn[i, j] <= 10 and true[i, j] > 10)
        missing = sum(drawn[i, j] - 10 for j in range(60) if 0 < true[i, j] <= 10 and drawn[i, j] > 10)
        assert trust.trustworthiness[i] == pytest.approx(1 - false / worst, abs=1e-6)
        assert trust.continuity[i] == pytest.approx(1 - missing / worst, abs=1e-6)


def test_five_points_worked_out_by_hand():
    vectors = on_a_half_circle([0, 10, 25, 45, 70])
    xy = np.array([[0, 0], [100, 0], [1, 0], [50, 0], [151, 0]], np.float32)
    trust = measure_trust(vectors, xy, find_neighbors(vectors, k=1))
    # Nearest in truth: 1, 0, 1, 2, 3; on the map: 2, 3, 0, 2, 1. Rank in truth of 2 for 0: second; of 3 for 1: third;
    # of 0 for 2: third; of 2 for 3: first; of 1 for 4: third. The worst rank is fourth, so a rank r costs (r - 1) / 3.
    np.testing.assert_allclose(trust.trustworthiness, [2 / 3, 1 / 3, 1 / 3, 1, 1 / 3], atol=1e-6)
    # Rank on the map of 1 for 0: third; of 0 for 1: fourth, after 3, 4 and 2; of 1 for 2: third; of 2 for 3: first;
    # of 3 for 4: second.
    np.testing.assert_allclose(trust.continuity, [1 / 3, 0, 1 / 3, 1, 2 / 3], atol=1e-6)
    np.testing.assert_array_equal(trust.preservation, [0, 0, 0, 1, 0])


def test_a_map_that_turns_the_order_inside_out_reaches_zero():
    vectors = on_a_half_circle([0, 20, 40, 60, 80, 100, 120])
    xy = np.array([[0, 0], [6, 0], [5, 0], [4, 0], [3, 0], [2, 0], [1, 0]], np.float32)
    trust = measure_trust(vectors, xy, find_neighbors(vectors, k=3))
    assert trust.trustworthiness[0] == 0
    assert trust.continuity[0] == 0


def test_a_perfect_map_has_one_everywhere_and_a_random_one_about_half():
    degrees = np.sort(np.random.default_rng(0).uniform(0, 170, 400))
    vectors = on_a_half_circle(list(degrees))
    neighbors = find_neighbors(vectors, k=10)
    perfect = measure_trust(vectors, vectors, neighbors)
    # Vectors are single precision, in which a hundredth of a degree can tie or swap two neighbours of ten.
    assert perfect.trustworthiness.min() > 0.999
    assert perfect.continuity.min() > 0.999
    shuffled = measure_trust(vectors, np.random.default_rng(1).permutation(vectors), neighbors)
    assert shuffled.trustworthiness.mean() == pytest.approx(0.5, abs=0.05)
    assert shuffled.continuity.mean() == pytest.approx(0.5, abs=0.05)


def test_a_sample_has_the_values_of_the_whole_and_the_rest_is_missing():
    vectors, xy, neighbors = scattered()
    whole = measure_trust(vectors, xy, neighbors)
    part = measure_trust(vectors, xy, neighbors, most=40, seed=3)
    there = np.isfinite(part.trustworthiness)
    assert there.sum() == part.sampled == 40
    for measure in ("trustworthiness", "continuity"):
        np.testing.assert_array_equal(np.isfinite(getattr(part, measure)), there)
        np.testing.assert_allclose(getattr(part, measure)[there], getattr(whole, measure)[there], atol=1e-6)
    np.testing.assert_array_equal(part.preservation, whole.preservation)
    assert "measured on 40 of 150 items" in part.sentence
    again = measure_trust(vectors, xy, neighbors, most=40, seed=3)
    np.testing.assert_array_equal(part.trustworthiness, again.trustworthiness)


def test_blocks_do_not_change_the_values(monkeypatch):
    vectors, xy, neighbors = scattered()
    whole = measure_trust(vectors, xy, neighbors)
    monkeypatch.setattr("nova_explore.map.trust.BLOCK_BYTES", 8 * 150 * 7)
    blocked = measure_trust(vectors, xy, neighbors)
    np.testing.assert_allclose(blocked.trustworthiness, whole.trustworthiness, atol=1e-6)
    np.testing.assert_array_equal(blocked.continuity, whole.continuity)


def test_copies_may_be_drawn_in_any_order():
    vectors = np.repeat(on_a_half_circle([0, 90]), 12, axis=0)
    xy = np.random.default_rng(0).normal(size=(24, 2)).astype(np.float32)
    xy[12:] += 100
    trust = measure_trust(vectors, xy, find_neighbors(vectors, k=4))
    assert trust.trustworthiness.min() == 1
    together = measure_trust(vectors, np.repeat(xy[[0, 12]], 12, axis=0), find_neighbors(vectors, k=4))
    assert together.trustworthiness.min() == together.continuity.min() == 1


def test_few_items_look_at_fewer_neighbours():
    vectors, xy, _ = scattered(n=9)
    trust = measure_trust(vectors, xy, find_neighbors(vectors, k=8))
    assert trust.k == 4
    exact = vectors.astype(np.float64)
    assert trust.trustworthiness.mean() == pytest.approx(trustworthiness(exact, xy, n_neighbors=4, metric="cosine"))
    with pytest.raises(TooFewItemsError, match=r"at least 3 items, the map has 2"):
        measure_trust(vectors[:2], xy[:2], find_neighbors(vectors[:2], k=1))
