"""Near-duplicates are groups of neighbours above a similarity, whatever the order of the items."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nova_explore.clusters.duplicates import find_duplicates
from nova_explore.map.neighbors import Neighbors, find_neighbors


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def pictures(seed: int = 0) -> np.ndarray:
    """Forty different items, then two copies of item 3 and one of item 7."""
    rows = np.random.default_rng(seed).normal(size=(40, 32))
    return unit(np.vstack([rows, rows[3] * 2, rows[3], rows[7]]))


def test_copies_are_one_group_and_the_largest_group_comes_first():
    found = find_duplicates(find_neighbors(pictures(), k=5))
    assert found.members(0).tolist() == [3, 40, 41]
    assert found.members(1).tolist() == [7, 42]
    assert len(found) == 2
    assert found.labels[0] == -1
    np.testing.assert_allclose(found.closest[[3, 7]], 1, atol=1e-6)


def test_a_chain_of_neighbours_is_one_group():
    similarities = np.array([[0.97], [0.97], [0.96], [0.2]], np.float32)
    found = find_duplicates(Neighbors(np.array([[1], [0], [1], [0]], np.int32), similarities))
    assert found.labels.tolist() == [0, 0, 0, -1]
    assert found.extra == 2


def test_the_similarity_decides_and_is_checked():
    neighbors = Neighbors(np.array([[1], [0]], np.int32), np.full((2, 1), 0.9, np.float32))
    assert len(find_duplicates(neighbors)) == 0
    assert len(find_duplicates(neighbors, similarity=0.9)) == 1
    assert find_duplicates(neighbors).sentence == "No two items are nearly the same (cosine 0.95 or more)."
    for wrong in (0, 1.1, float("nan")):
        with pytest.raises(ValueError, match="above 0, up to 1"):
            find_duplicates(neighbors, similarity=wrong)


def test_exact_copies_are_found_at_a_similarity_of_one():
    found = find_duplicates(find_neighbors(pictures(), k=5), similarity=1.0)
    assert sorted(tuple(found.members(g).tolist()) for g in range(len(found))) == [(3, 40, 41), (7, 42)]


@pytest.mark.slow
@given(st.integers(0, 2**16))
def test_the_groups_do_not_depend_on_the_order_of_the_items(seed):
    vectors = pictures()
    order = np.random.default_rng(seed).permutation(len(vectors))
    straight = find_duplicates(find_neighbors(vectors, k=5))
    mixed = find_duplicates(find_neighbors(vectors[order], k=5))
    groups = {frozenset(straight.members(g).tolist()) for g in range(len(straight))}
    assert groups == {frozenset(order[mixed.members(g)].tolist()) for g in range(len(mixed))}
