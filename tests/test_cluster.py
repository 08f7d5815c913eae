"""Planted groups are found, noise stays noise, and numbering says size."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import adjusted_rand_score
from test_layout import planted

from nova_explore.cluster import Clustering, cluster, default_min_cluster_size
from nova_explore.neighbors import find_neighbors


def test_planted_groups_are_found():
    vectors, truth = planted()
    found = cluster(vectors, find_neighbors(vectors, k=15))
    assert found.count == 6
    assert adjusted_rand_score(truth, found.labels) > 0.95


def test_clusters_are_numbered_by_falling_size():
    random = np.random.default_rng(1)
    truth = np.repeat([0, 1, 2], [30, 90, 60])
    vectors = random.normal(size=(3, 32))[truth] + 0.4 * random.normal(size=(180, 32))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    found = cluster(vectors, find_neighbors(vectors, k=15))
    sizes = [len(found.members(c)) for c in range(found.count)]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) == 3


def test_the_same_seed_gives_the_same_clusters():
    vectors, _ = planted(seed=3)
    neighbors = find_neighbors(vectors, k=15)
    first, again = cluster(vectors, neighbors, seed=0), cluster(vectors, neighbors, seed=0)
    np.testing.assert_array_equal(first.labels, again.labels)
    np.testing.assert_array_equal(first.strengths, again.strengths)


def test_too_few_items_are_left_unclustered_and_counted():
    vectors, _ = planted(groups=1, size=8)
    found = cluster(vectors, find_neighbors(vectors, k=7))
    assert found.count == 0
    assert found.noise_share == 1.0


def test_the_noise_share_is_the_share_of_minus_one():
    clustering = Clustering(np.array([0, -1, 0, -1, 1], np.int32), np.zeros(5, np.float32), {})
    assert clustering.noise_share == 0.4
    assert clustering.members(-1).tolist() == [1, 3]


def test_the_default_smallest_cluster_grows_with_the_collection():
    assert [default_min_cluster_size(n) for n in (10, 1_500, 100_000)] == [5, 22, 183]
