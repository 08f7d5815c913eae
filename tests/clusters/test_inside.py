"""Clusters inside one cluster."""

from __future__ import annotations

import numpy as np
import pytest

from nova_explore.clusters.cluster import Clustering
from nova_explore.clusters.inside import cluster_inside
from nova_explore.errors import TooFewItemsError, UnknownNameError


@pytest.fixture
def planted():
    """A cluster of two heaps of thirty that lie close, and another cluster of forty far away."""
    draw = np.random.default_rng(0)
    centres = np.eye(12)[[0, 0, 5]] * 3 + np.eye(12)[[1, 2, 5]]
    heap = np.repeat([0, 1, 2], [30, 30, 40])
    vectors = centres[heap] + 0.08 * draw.normal(size=(100, 12))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    labels = np.where(heap == 2, 1, 0).astype(np.int32)
    return heap, vectors, Clustering(labels, np.ones(100, np.float32), {"min_cluster_size": 20})


def test_heaps_inside_a_cluster_take_its_place_and_the_others_stay_what_they_are(planted):
    heap, vectors, clustering = planted
    found = cluster_inside(vectors, clustering, 0, min_cluster_size=10)
    assert found.count == 3
    [far] = np.unique(found.labels[heap == 2])
    assert (found.labels == far).sum() == 40
    for one in (0, 1):
        inside = found.labels[(heap == one) & (found.labels >= 0)]
        assert len(inside) >= 25
        assert len(np.unique(inside)) == 1
    assert found.labels[heap == 0].max() != found.labels[heap == 1].max()
    assert found.parameters["clustered_again"] == 1
    np.testing.assert_array_equal(clustering.labels, np.where(heap == 2, 1, 0))


def test_a_cluster_without_parts_says_so(planted):
    _, vectors, clustering = planted
    with pytest.raises(TooFewItemsError, match="has no two parts of 15 items or more"):
        cluster_inside(vectors, clustering, 1, min_cluster_size=15)
    few = Clustering(np.array([0] * 5 + [-1] * 95, np.int32), np.ones(100, np.float32), {})
    with pytest.raises(TooFewItemsError, match="has 5 items"):
        cluster_inside(vectors, few, 0)


def test_an_exploration_clusters_again_inside_one_of_its_larger_clusters(nested):
    import nova_explore as nx

    finer = nx.explore(nested, progress=False).recluster(min_cluster_size=5)
    whole = finer.coarser
    parts = [{*finer.clustering.labels[whole.clustering.members(c)].tolist()} - {-1} for c in range(4)]
    [large] = [c for c in range(4) if len(parts[c]) == 3]
    again = whole.recluster(inside=large, min_cluster_size=5)
    assert again.clustering.count > whole.clustering.count
    kept = {name.name for c, name in whole.names.items() if c != large}
    assert kept <= {name.name for name in again.names.values()}
    assert again.collection.ids == whole.collection.ids
    with pytest.raises(UnknownNameError, match="No cluster named '99'"):
        whole.recluster(inside=99)
    with pytest.raises(ValueError, match="no whole number"):
        whole.recluster()
