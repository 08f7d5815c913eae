"""A set of items, cut along the tree of the clusters."""

from __future__ import annotations

import numpy as np
import pytest

from nova_explore.clusters.cluster import Hierarchy
from nova_explore.errors import TooFewItemsError
from nova_explore.labels.tree_split import split_by_tree

# Two pairs and a triple, and one item that all join last: 0 1 | 2 3 | 4 5 6 | 7
TREE = Hierarchy(
    np.array(
        [[0, 1, 0.1, 2], [2, 3, 0.1, 2], [4, 5, 0.1, 2], [10, 6, 0.2, 3], [8, 9, 1, 4], [12, 11, 2, 7], [13, 7, 5, 8]],
        float,
    ),
    {},
)
VECTORS = np.eye(8, dtype=np.float32)
VECTORS[7] = VECTORS[2] * 0.8 + VECTORS[0] * 0.6


def _pieces(members, into):
    return [piece.tolist() for piece in split_by_tree(TREE, np.array(members), VECTORS, into=into)]


def test_the_last_join_of_two_parts_of_some_size_is_cut_and_a_loose_item_goes_where_it_is_nearest():
    assert _pieces(range(8), 2) == [[0, 1, 2, 3, 7], [4, 5, 6]]


def test_three_pieces_are_cut_at_the_two_last_joins():
    assert _pieces(range(8), 3) == [[2, 3, 7], [4, 5, 6], [0, 1]]


def test_only_the_members_are_split():
    assert _pieces([0, 1, 4], 2) == [[0, 1], [4]]


def test_an_item_that_came_later_goes_to_the_nearest_piece():
    vectors = np.vstack([VECTORS, VECTORS[5:6]])
    pieces = split_by_tree(TREE, np.array([2, 3, 5, 4, 8]), vectors, into=2)
    assert [piece.tolist() for piece in pieces] == [[4, 5, 8], [2, 3]]


def test_fewer_items_than_pieces_are_refused():
    with pytest.raises(TooFewItemsError, match="2 items cannot be split into 3"):
        _pieces([0, 1], 3)
