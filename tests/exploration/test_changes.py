"""Two maps of one collection: neighbours are compared in their spaces, clusters by their items."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.stand_in import StandIn

from nova_explore.errors import TooFewItemsError
from nova_explore.exploration.changes import compare_maps
from nova_explore.map.neighbors import Neighbors


@pytest.fixture
def first():
    return StandIn()


def test_a_map_and_itself_are_the_same(first):
    changes = compare_maps(first, first)
    assert (changes.kept == changes.k).all()
    assert changes.matched == {c: c for c in range(first.clustering.count)}
    assert set(changes.shares.values()) == {1.0}
    assert changes.to_frame().index.tolist() == list(first.collection.ids)


def test_another_drawing_changes_no_neighbour(first):
    assert (compare_maps(first, first.redraw(min_dist=0.5)).kept == 15).all()


def test_other_neighbours_are_counted_by_hand(first):
    other = StandIn()
    indices = np.array(other.neighbors.indices)
    strangers = [i for i in range(len(other)) if i not in {5, *indices[5].tolist()}]
    indices[5, :4] = strangers[:4]
    other.neighbors = Neighbors(indices, other.neighbors.similarities)
    changes = compare_maps(first, other)
    assert changes.kept[5] == 11
    assert (np.delete(changes.kept, 5) == 15).all()
    assert "of 220 items keep none" in changes.sentence


def test_clusters_that_are_gone_have_no_match(first):
    fewer = first.recluster(min_cluster_size=20)
    changes = compare_maps(first, fewer)
    assert changes.counts == (first.clustering.count, fewer.clustering.count)
    assert set(changes.matched) == set(range(fewer.clustering.count))


def test_maps_of_different_items_are_refused(first, exploration):
    with pytest.raises(TooFewItemsError, match="share 0 items"):
        compare_maps(first, exploration)
