"""The compiled loop fills the rows that it is told to and no others."""

from __future__ import annotations

import numpy as np

from nova_explore.map.top_kernel import keep_best


def test_only_the_rows_of_a_part_are_filled():
    scores = np.array([[1, 3, 2]] * 4, np.float32)
    indices, values = np.full((4, 2), -1, np.int32), np.full((4, 2), -np.inf, np.float32)
    keep_best(scores, indices, values, 1, 3)
    assert indices.tolist() == [[-1, -1], [1, 2], [1, 2], [-1, -1]]
    assert values[1].tolist() == [3, 2]
