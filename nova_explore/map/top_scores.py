"""The best of every row of scores, found on all cores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nova_explore.map import cores


def top(scores: NDArray[np.float32], k: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return the k highest scores of every row, best first, ties by position.

    Parameters
    ----------
    scores : float32 array of shape (m, n)
        One row a query.
    k : int
        At most n.

    Returns
    -------
    indices : int32 array of shape (m, k)
    values : float32 array of shape (m, k)
    """
    from nova_explore.map.top_kernel import keep_best

    indices = np.zeros((len(scores), k), np.int32)
    values = np.full((len(scores), k), -np.inf, np.float32)
    if k:  # the compiled loop compares with the last of k
        with cores.over_rows(len(scores)) as each_part:
            each_part(lambda first, end: keep_best(scores, indices, values, first, end))
    return indices, values
