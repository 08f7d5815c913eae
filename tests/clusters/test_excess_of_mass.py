"""Clusters that are only counted are as many, and as large, as those that hdbscan finds."""

from __future__ import annotations

import numpy as np
import pytest
from hdbscan.hdbscan_ import compute_stability, condense_tree

from nova_explore.clusters.cluster import COVERED, LARGEST, Hierarchy
from nova_explore.clusters.excess_of_mass import condense, sizes_at
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


def test_the_stabilities_are_those_of_hdbscan():
    hierarchy = tree(7)
    theirs = compute_stability(condense_tree(np.array(hierarchy.linkage), 6))
    _, _, stabilities = condense(hierarchy.linkage, 6)
    np.testing.assert_allclose(np.sort(stabilities), np.sort(list(theirs.values())), rtol=1e-9)


def test_copies_at_no_distance_are_one_cluster():
    points = np.repeat([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0]], 20, axis=0)
    hierarchy = Hierarchy(single_linkage(points, min_samples=3), {})
    assert sorted(sizes_at(hierarchy.linkage, 5, largest=LARGEST, covered=COVERED)) == [20, 20, 20]
