"""Stability and layers of an exploration's own clusters; trust, outliers and duplicates of its items."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.toy_model import ToyModel
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.neighbors import LocalOutlierFactor

from nova_explore.exploration.bundle import Exploration
from nova_explore.exploration.chain import explore
from nova_explore.exploration.columns import TRUST
from nova_explore.reviews.clusters import cluster_layers, cluster_memberships, cluster_stability


@pytest.fixture
def exploration(mapped_toy_160) -> Exploration:
    """Four topics, a cluster each."""
    return explore(mapped_toy_160, min_cluster_size=8)


@pytest.mark.slow
def test_topics_come_back_in_every_half(exploration):
    stability = cluster_stability(exploration, repetitions=8, progress=False)
    assert len(stability.jaccard) == exploration.clustering.count == 4
    assert stability.jaccard.min() > 0.85
    np.testing.assert_array_equal(stability.dissolved, 0)
    again = cluster_stability(exploration, repetitions=8, progress=False)
    np.testing.assert_array_equal(stability.jaccard, again.jaccard)


def test_the_finest_layer_is_the_clustering_itself(exploration):
    layers = cluster_layers(exploration)
    np.testing.assert_array_equal(layers.labels[-1], exploration.clustering.labels)
    assert all(labels.max() > 0 for labels in layers.labels[:-1]), "a layer of one cluster says nothing"
    assert len(cluster_layers(exploration, min_cluster_sizes=[8, 20, 40])) == 3


def test_trust_is_measured_when_it_is_asked_for_and_joins_the_table_then(exploration):
    assert not {*TRUST} & {*exploration.frame.columns}
    assert {*TRUST} <= {*exploration.columns}
    known = exploration.column("trustworthiness")
    frame = exploration.frame
    assert tuple(frame.index) == exploration.collection.ids
    np.testing.assert_array_equal(frame["trustworthiness"], known)
    np.testing.assert_array_equal(frame["continuity"], exploration.trust.continuity)


def test_an_item_stands_apart_as_scikit_learn_says_from_the_vectors_that_the_map_compares(exploration):
    theirs = LocalOutlierFactor(n_neighbors=exploration.neighbors.k, metric="cosine")
    theirs.fit(exploration.compared.astype(np.float64))
    np.testing.assert_allclose(exploration.column("outlier"), -theirs.negative_outlier_factor_, rtol=1e-3)


@pytest.mark.parametrize("similarity", [0.7, 0.95])
def test_duplicates_are_the_items_that_a_chain_of_near_neighbours_connects(exploration, similarity):
    neighbors = exploration.neighbors
    near = neighbors.similarities >= similarity
    rows = np.repeat(np.arange(len(exploration)), near.sum(axis=1))
    pairs = coo_array((np.ones(len(rows)), (rows, neighbors.indices[near])), shape=(len(exploration),) * 2)
    _, component = connected_components(pairs, directed=False)
    found = exploration.duplicates(similarity=similarity)
    alone = np.bincount(component)[component] == 1
    np.testing.assert_array_equal(found.labels < 0, alone)
    same = component[:, None] == component
    np.testing.assert_array_equal((found.labels[:, None] == found.labels)[~alone], same[~alone])
    assert len(found) > 0, "a test without duplicates shows nothing"


@pytest.mark.slow
def test_a_map_drawn_again_is_the_one_that_would_be_drawn_from_the_start(exploration):
    other = exploration.redraw(min_dist=0.6)
    anew = explore(exploration.library, model=ToyModel(), min_cluster_size=8, min_dist=0.6)
    np.testing.assert_array_equal(other.layout.xy, anew.layout.xy)
    assert dict(other.layout.parameters) == dict(anew.layout.parameters)
    assert not np.array_equal(other.layout.xy, exploration.layout.xy)
    np.testing.assert_array_equal(other.clustering.labels, exploration.clustering.labels)


def test_memberships_are_shares_of_neighbours_by_id(exploration):
    shares = cluster_memberships(exploration)
    assert tuple(shares.index) == exploration.collection.ids
    assert shares.shape[1] == exploration.clustering.count
    of, near = exploration.clustering.labels[exploration.neighbors.indices[7]], exploration.neighbors.similarities[7]
    for cluster in range(exploration.clustering.count):
        assert shares.iloc[7, cluster] == pytest.approx(near[of == cluster].sum() / near.sum(), abs=1e-5)
