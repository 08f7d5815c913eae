"""The best of every row are those of a full sort, ties by position."""

from __future__ import annotations

import numpy as np
import pytest

from nova_explore.map.top_scores import top


@pytest.mark.parametrize("k", [1, 4, 30])
def test_the_best_scores_of_every_row_come_first(k):
    scores = np.random.default_rng(0).normal(size=(50, 30)).astype(np.float32)
    indices, values = top(scores, k)
    order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    np.testing.assert_array_equal(indices, order)
    np.testing.assert_array_equal(values, np.take_along_axis(scores, order, axis=1))


def test_of_equal_scores_the_first_positions_are_kept():
    scores = np.array([[1, 2, 2, 2, 0], [3, 3, 3, 3, 3]], np.float32)
    assert top(scores, 2)[0].tolist() == [[1, 2], [0, 1]]


def test_none_of_a_row_is_none():
    indices, values = top(np.ones((3, 4), np.float32), 0)
    assert indices.shape == values.shape == (3, 0)
