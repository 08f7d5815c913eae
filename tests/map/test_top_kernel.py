"""The compiled loop fills only the rows that it was given."""

from __future__ import annotations

import numpy as np

from nova_explore.map.top_kernel import keep_best


def test_rows_outside_the_part_stay_as_they_were():
    scores = np.array([[1, 3, 2], [9, 8, 7], [4, 4, 5]], np.float32)
    indices, values = np.full((3, 2), -7, np.int32), np.full((3, 2), np.nan, np.float32)
    keep_best(scores, indices, values, 1, 2)
    np.testing.assert_array_equal(indices, [[-7, -7], [0, 1], [-7, -7]])
    np.testing.assert_array_equal(values[1], [9, 8])
    assert np.isnan(values[[0, 2]]).all()


def test_a_score_that_is_no_number_never_pushes_out_another():
    scores = np.array([[0.5, 0.25, np.nan]], np.float32)
    indices, values = np.zeros((1, 2), np.int32), np.full((1, 2), -np.inf, np.float32)
    keep_best(scores, indices, values, 0, 1)
    np.testing.assert_array_equal(indices, [[0, 1]])
    np.testing.assert_array_equal(values, [[0.5, 0.25]])
