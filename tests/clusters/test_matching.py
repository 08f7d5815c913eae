"""Clusters are matched by the items they share, so that names survive a new clustering."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import coo_array

from nova_explore.clusters.matching import count_shared, jaccard, match_clusters

BEFORE = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, -1])
AFTER = np.array([1, 1, 1, -1, 0, 0, 0, 0, 2, 2])


def test_shared_items_are_counted_with_the_unclustered_last():
    np.testing.assert_array_equal(
        count_shared(BEFORE, AFTER),
        # new 0, new 1, new 2, unclustered
        [[0, 3, 0, 1], [3, 0, 0, 0], [1, 0, 1, 0], [0, 0, 1, 0]],
    )


def test_jaccard_is_the_share_worked_out_by_hand():
    np.testing.assert_allclose(
        jaccard(BEFORE, AFTER),
        # Old 0 and new 1: three of four items. Old 1 and new 0: three of four. Old 2: one of five, one of three.
        [[0, 3 / 4, 0], [3 / 4, 0, 0], [1 / 5, 0, 1 / 3]],
    )


def test_jaccard_agrees_with_sets():
    random = np.random.default_rng(0)
    first, second = random.integers(-1, 6, 300), random.integers(-1, 9, 300)
    table = jaccard(first, second)
    assert table.shape == (6, 9)
    for c in range(6):
        for e in range(9):
            here, there = set(np.flatnonzero(first == c)), set(np.flatnonzero(second == e))
            assert table[c, e] == len(here & there) / len(here | there)


def test_counting_agrees_with_a_sparse_matrix():
    random = np.random.default_rng(1)
    first, second = random.integers(-1, 4, 500).astype(np.int32), random.integers(-1, 7, 500)
    counted = coo_array((np.ones(500), (first % 5, second % 8)), shape=(5, 8)).toarray()
    np.testing.assert_array_equal(count_shared(first, second), counted)


def test_a_cluster_number_that_nobody_has_matches_nothing():
    table = jaccard(np.array([0, 2, 2]), np.array([0, 2, -1]))
    np.testing.assert_array_equal(table, [[1, 0, 0], [0, 0, 0], [0, 0, 1 / 2]])


def test_renumbered_clusters_keep_their_identity():
    random = np.random.default_rng(2)
    labels = random.integers(-1, 12, 400)
    shuffled = random.permutation(12)
    assert match_clusters(labels, np.where(labels < 0, -1, shuffled[labels])) == {
        int(shuffled[c]): c for c in np.argsort(shuffled)
    }


def test_clusters_without_enough_in_common_are_new():
    assert match_clusters(BEFORE, AFTER) == {0: 1, 1: 0}
    assert match_clusters(BEFORE, AFTER, threshold=0.3) == {0: 1, 1: 0, 2: 2}
    assert match_clusters(BEFORE, AFTER, threshold=0.75) == {}


def test_of_a_split_cluster_the_larger_part_continues_it():
    old = np.zeros(10, int)
    assert match_clusters(old, np.array([1] * 4 + [0] * 6)) == {0: 0}


def test_exactly_half_in_common_is_not_enough():
    assert match_clusters(np.zeros(4, int), np.array([0, 0, -1, -1])) == {}


def test_no_pair_below_the_threshold_takes_the_partner_of_one_above():
    # Old 0 continues in new 0 (9 of 14 items). Pairing old 0 with new 1 and old 1 with new 0 would add up to more.
    old = np.repeat([0, 1, 0], [9, 5, 5])
    new = np.repeat([0, 1], [14, 5])
    overlap = jaccard(new, old)
    assert overlap[0, 0] == 9 / 19
    assert match_clusters(old, new, threshold=0.4) == {0: 0}


def test_nothing_matches_where_nothing_is_clustered():
    none = np.full(5, -1)
    assert match_clusters(none, none) == {}
    assert match_clusters(np.zeros(5, int), none) == {}


def test_labels_of_different_items_are_refused():
    with pytest.raises(ValueError, match=r"labels of 3 and of 2 items, needed labels of the same items"):
        jaccard(np.zeros(3, int), np.zeros(2, int))
