"""Exact neighbours against a second implementation, and the promises about ties and oneself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from nova_explore.errors import TooFewItemsError
from nova_explore.map import neighbors as room
from nova_explore.map.neighbors import find_neighbors
from nova_explore.map.top_scores import top


def unit_rows(n: int, d: int, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_neighbors_agree_with_scikit_learn_block_by_block(monkeypatch):
    vectors = unit_rows(300, 24)
    monkeypatch.setattr(room, "BLOCK_BYTES", 300 * 4 * 7)
    found = find_neighbors(vectors, k=10)
    reference = NearestNeighbors(n_neighbors=11, metric="cosine", algorithm="brute").fit(vectors)
    distances, indices = reference.kneighbors(vectors)
    assert (found.indices == indices[:, 1:]).mean() > 0.999
    np.testing.assert_allclose(found.similarities, 1 - distances[:, 1:], atol=1e-5)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 25), st.integers(1, 24), st.integers(0, 9))
def test_an_item_is_never_its_own_neighbour_even_among_copies(n, k, seed):
    vectors = np.repeat(unit_rows(n, 4, seed), 2, axis=0)[:n]
    k = min(k, n - 1)
    found = find_neighbors(vectors, k=k)
    assert not (found.indices == np.arange(n)[:, None]).any()
    assert all(len(set(row)) == k for row in found.indices.tolist())
    assert (np.diff(found.similarities, axis=1) <= 0).all()


@pytest.mark.slow
@settings(deadline=None)  # the first call may compile
@given(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=1, max_size=20), st.integers(1, 20))
def test_ties_are_broken_by_position(scores, k):
    k = min(k, len(scores))
    indices, values = top(np.array([scores], np.float32), k)
    expected = sorted(range(len(scores)), key=lambda i: (-scores[i], i))[:k]
    assert indices[0].tolist() == expected
    assert values[0].tolist() == [scores[i] for i in expected]


def test_too_few_items_say_how_many_are_needed():
    with pytest.raises(TooFewItemsError, match=r"k=15 needs at least 16 items, the collection has 9. Pass k<=8."):
        find_neighbors(unit_rows(9, 3), k=15)


def test_the_best_none_of_all_scores_are_none():
    scores = np.random.default_rng(0).random((300, 700)).astype(np.float32)
    for _ in range(20):
        indices, values = top(scores, 0)
        assert (indices.shape, values.shape) == ((300, 0), (300, 0))
    with pytest.raises(ValueError, match=r"k=0 is not possible. Pass 1 or more."):
        find_neighbors(scores, k=0)
    assert find_neighbors(np.eye(3, dtype=np.float32)[:1], k=0).indices.shape == (1, 0)
