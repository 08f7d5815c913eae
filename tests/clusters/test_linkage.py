"""The tree is the minimum spanning tree of mutual reachability, whatever parts the neighbours fall into."""

from __future__ import annotations

import hdbscan
import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from sklearn.metrics import adjusted_rand_score

from nova_explore.clusters.cluster import Hierarchy
from nova_explore.clusters.linkage import _forest, single_linkage


def islands(n: int = 1200, seed: int = 0) -> np.ndarray:
    """Groups of many sizes and densities in five dimensions, far apart, with copies and strays."""
    random = np.random.default_rng(seed)
    middles = random.normal(size=(12, 5)) * 20
    of = random.choice(12, n, p=random.dirichlet(np.ones(12)))
    points = middles[of] + random.normal(size=(n, 5)) * random.uniform(0.2, 2, 12)[of, None]
    points[:20] = points[20:40]
    points[-5:] = random.normal(size=(5, 5)) * 60
    return points


def theirs(points: np.ndarray, smallest: int = 15) -> hdbscan.HDBSCAN:
    return hdbscan.HDBSCAN(
        min_cluster_size=smallest, min_samples=3, approx_min_span_tree=False, core_dist_n_jobs=1
    ).fit(points)


@pytest.mark.parametrize("seed", range(4))
def test_the_tree_is_that_of_hdbscan_where_all_neighbours_are_looked_at(seed):
    points = islands(300, seed)
    own = single_linkage(points, min_samples=3, neighbors=299)
    np.testing.assert_allclose(own[:, 2], theirs(points).single_linkage_tree_.to_numpy()[:, 2], rtol=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_few_neighbours_give_the_clusters_of_hdbscan(seed):
    points = islands(seed=seed)
    fitted = theirs(points)
    own = single_linkage(points, min_samples=3)
    total = fitted.single_linkage_tree_.to_numpy()[:, 2].sum()
    assert total * (1 - 1e-9) <= own[:, 2].sum() <= 1.1 * total, "only links between islands may be longer"
    assert adjusted_rand_score(fitted.labels_, Hierarchy(own, {}).cut(15).labels) > 0.99


def test_large_parts_without_common_neighbours_are_joined_where_they_are_nearest():
    """Two balls of 400 points; the nearest pair between them is known by looking at all pairs."""
    random = np.random.default_rng(3)
    one, other = (ball / np.linalg.norm(ball, axis=1, keepdims=True) for ball in random.normal(size=(2, 400, 3)))
    one, other = one * random.random((400, 1)) ** (1 / 3), other * random.random((400, 1)) ** (1 / 3) + [10, 0, 0]
    tree = single_linkage(np.vstack([one, other]), min_samples=3)
    nearest = np.linalg.norm(one[:, None] - other[None], axis=2).min()
    assert tree[-1, 2] == pytest.approx(nearest)
    assert tree[-1, 3] == 800


@pytest.mark.parametrize("n", [2, 3, 5, 11])
def test_few_points_have_a_tree(n):
    tree = single_linkage(np.arange(n * 2.0).reshape(n, 2) ** 2, min_samples=3)
    assert tree.shape == (n - 1, 4)
    assert tree[-1, 3] == n


def test_copies_of_one_point_are_joined_at_once():
    tree = single_linkage(np.ones((200, 5)), min_samples=3)
    assert tree.shape == (199, 4)
    assert (tree[:, 2] == 0).all()


@pytest.mark.parametrize("seed", range(20))
def test_the_forest_of_near_neighbours_is_a_shortest_one_also_where_many_edges_are_of_one_length(seed):
    random = np.random.default_rng(seed)
    n, k = int(random.integers(2, 200)), int(random.integers(1, 6))
    indices = np.array([random.choice(np.delete(np.arange(n), i), k) for i in range(n)], np.int32)
    lengths = random.integers(0, 4, (n, k)).astype(float)
    first, second = _forest(indices, lengths)
    dense = np.full((n, n), np.inf)
    np.minimum.at(dense, (np.repeat(np.arange(n), k), indices.ravel()), lengths.ravel() + 1)  # 0 would be no edge
    dense = np.minimum(dense, dense.T)
    shortest = minimum_spanning_tree(np.where(np.isfinite(dense), dense, 0))
    ties = csr_array((np.ones(len(first)), (first, second)), shape=(n, n))
    parts, of = connected_components(ties, directed=False)
    assert parts == n - len(first), "no circle"
    assert adjusted_rand_score(of, connected_components(shortest, directed=False)[1]) == 1
    assert dense[first, second].sum() == shortest.sum()
