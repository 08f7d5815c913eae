"""The highest scores of every row, compiled: importing this takes as long as importing numba."""

from __future__ import annotations

from nova_explore.map.compiled import compiled


@compiled(nogil=True)
def keep_best(scores, indices, values, first, end):
    """Fill rows of ``indices`` and ``values``, (m, k) arrays, with the k highest of (m, n) scores, best first."""
    k = indices.shape[1]
    for row in range(first, end):
        held = 0
        for column in range(scores.shape[1]):
            score = scores[row, column]
            if held == k and not score > values[row, k - 1]:
                continue
            place = held if held < k else k - 1
            while place > 0 and values[row, place - 1] < score:
                values[row, place] = values[row, place - 1]
                indices[row, place] = indices[row, place - 1]
                place -= 1
            values[row, place] = score
            indices[row, place] = column
            held = min(held + 1, k)
