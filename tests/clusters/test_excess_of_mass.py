"""Clusters that are found by one walk are those that hdbscan finds."""

from __future__ import annotations

import numpy as np
import pytest
from hdbscan.hdbscan_ import compute_stability, condense_tree

from nova_explore.clusters.cluster import COVERED, LARGEST, Hierarchy
from nova_explore.clusters.excess_of_mass import condense, labels_at, sizes_at
from nova_explore.clusters.linkage import single_linkage


def tree(seed: int) -> Hierarchy:
    draw = np.random.default_rng(seed)
    truth = draw.integers(0, 12, 700)
    points = np.vstack(
        [draw.uniform(0, 6, (12, 2))[truth] + 0.3 * draw.normal(size=(700, 2)), draw.uniform(0, 6, (99, 2))]
    )
    return Hierarchy(single_linkage(points, min_samples=3), {})


@pytest.mark.parametrize("seed", range(4))
def test_their_sizes_are_those_of_a_cut(seed):
    hierarchy = tree(seed)
    for size in (2, 3, 5, 8, 13, 30, 60, 200, 799):
        labels = hierarchy.cut(size).labels
        counted = sizes_at(hierarchy.linkage, size, largest=LARGEST, covered=COVERED)
        assert sorted(counted) == sorted(np.bincount(labels[labels >= 0]))


@pytest.mark.parametrize("seed", range(4))
def test_every_item_is_in_the_cluster_of_a_cut(seed):
    hierarchy = tree(seed)
    for size in (2, 3, 5, 8, 13, 30, 60, 200, 799):
        found = labels_at(hierarchy.linkage, size, largest=LARGEST, covered=COVERED)
        labels = hierarchy.cut(size).labels
        pairs = set(zip(found.tolist(), labels.tolist(), strict=True))
        assert len(pairs) == len(set(found.tolist())) == len(set(labels.tolist())), "each is one of the other"
        assert ((found < 0) == (labels < 0)).all()


def test_the_stabilities_are_those_of_hdbscan():
    hierarchy = tree(7)
    theirs = compute_stability(condense_tree(np.array(hierarchy.linkage), 6))
    _, _, stabilities, _ = condense(hierarchy.linkage, 6)
    np.testing.assert_allclose(np.sort(stabilities), np.sort(list(theirs.values())), rtol=1e-9)


def test_copies_at_no_distance_are_one_cluster():
    points = np.repeat([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0]], 20, axis=0)
    hierarchy = Hierarchy(single_linkage(points, min_samples=3), {})
    assert sorted(sizes_at(hierarchy.linkage, 5, largest=LARGEST, covered=COVERED)) == [20, 20, 20]
