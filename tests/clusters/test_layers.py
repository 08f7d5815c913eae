"""Every finer cluster knows the coarse one it is a part of, and how far it is."""

from __future__ import annotations

import hdbscan
import numpy as np
import pytest

from nova_explore.clusters.cluster import Clustering
from nova_explore.clusters.layers import keep_apart, nest_layers, only_parts

COARSE = np.array([0, 0, 0, 0, 0, 1, 1, 1, -1, -1])
FINE = np.array([0, 0, 1, 1, -1, 2, 2, 2, 3, 3])


def test_parents_are_the_clusters_that_most_of_the_items_are_in():
    layers = nest_layers([COARSE, FINE])
    assert [of.tolist() for of in layers.parents] == [[-1, -1], [0, 0, 1, -1]]
    np.testing.assert_array_equal(layers.nestedness, [1, 1])
    assert layers.sentence == (
        "2 layers of 2, 4 clusters, coarse to fine; every finer cluster lies wholly in one above it, or in none."
    )


def test_items_outside_their_clusters_parent_lower_the_nestedness():
    crossing = np.array([0, 0, 0, 1, 1, 1, 1, 1, 0, -1])
    layers = nest_layers([COARSE, crossing])
    # Of fine 0, three items are in coarse 0 and one is unclustered; of fine 1, two are in coarse 0 and three in 1.
    assert layers.parents[1].tolist() == [0, 1]
    assert layers.nestedness[1] == pytest.approx((3 + 3) / 9)
    assert "at least 67% are" in layers.sentence


def test_a_cluster_with_one_part_is_told_from_those_with_several_and_with_none():
    assert only_parts(COARSE, FINE) == {1: 2}  # coarse 0 has the parts 0 and 1, fine 3 is a part of none
    assert only_parts(COARSE, np.full(10, -1)) == {}
    assert only_parts(np.full(10, -1), FINE) == {}


def test_a_cluster_that_is_a_part_of_none_stands_beside_the_coarse_ones():
    coarse = Clustering(COARSE.astype(np.int32), np.full(10, 0.25, np.float32), {"min_cluster_size": 3})
    fine = Clustering(np.array([0, 0, 1, 1, -1, 2, 2, 2, 3, -1], np.int32), np.full(10, 0.5, np.float32), {})
    both = keep_apart(coarse, fine)
    assert both.labels.tolist() == [0, 0, 0, 0, 0, 1, 1, 1, 2, -1]
    assert both.strengths.tolist() == [0.25] * 8 + [0.5, 0.25]
    assert only_parts(both.labels, fine.labels) == {1: 2, 2: 3}
    assert both.parameters == coarse.parameters


def test_layers_of_one_tree_are_nested():
    parts = [far + near for far in 100 * np.eye(4, 5) for near in 12 * np.eye(3, 5)]
    points = np.repeat(parts, 40, axis=0) + np.random.default_rng(0).normal(size=(480, 5))
    tree = hdbscan.HDBSCAN(min_cluster_size=5, min_samples=3).fit(points).single_linkage_tree_
    cuts = [tree.get_clusters(cut, min_cluster_size=5) for cut in (50, 6, 1.5)]
    layers = nest_layers(cuts)
    assert [len(of) for of in layers.parents][:2] == [4, 12]
    np.testing.assert_array_equal(layers.nestedness, [1, 1, 1])
    assert np.bincount(layers.parents[1]).tolist() == [3, 3, 3, 3]


def test_a_single_layer_has_no_parents():
    layers = nest_layers([COARSE])
    assert [of.tolist() for of in layers.parents] == [[-1, -1]]
    assert layers.sentence == "1 layer of 2 clusters, coarse to fine."


def test_a_layer_without_clusters_has_no_nestedness():
    nothing = np.full(10, -1)
    layers = nest_layers([COARSE, nothing, FINE])
    np.testing.assert_array_equal(layers.nestedness, [1, np.nan, 1])
    assert layers.parents[1].tolist() == []
    assert layers.parents[2].tolist() == [-1, -1, -1, -1]


def test_the_callers_labels_are_left_as_they_are():
    labels = COARSE.copy()
    layers = nest_layers([labels])
    assert labels.flags.writeable
    assert not layers.labels[0].flags.writeable


def test_no_layers_and_layers_of_other_items_are_refused():
    with pytest.raises(ValueError, match=r"Got no layer"):
        nest_layers([])
    with pytest.raises(ValueError, match=r"labels of the same items"):
        nest_layers([COARSE, FINE[:4]])
