"""UMAP's weighted graph: how strongly an item is tied to each of its neighbours, on a scale of its own.

McInnes, Healy & Melville 2018, arXiv:1802.03426, section 3.1 and algorithms 2 and 3: the nearest neighbour is tied with
weight 1, and the others so that the weights of a row sum to the binary logarithm of its length. The numbers are those
of umap-learn, which a test compares; its own functions are not called because they are compiled anew in every process
and take numba's threads, after which a process must not fork.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from nova_explore.map import cores
from nova_explore.map.compiled import compiled

CLOSE_ENOUGH, HALVINGS = 1e-5, 64
"""Error of a row's sum at which the search for its scale ends, and steps after which it ends at the latest."""

NARROWEST = 1e-3
"""Least scale, as a share of the mean distance: among copies it would be zero."""


def tie(distances: NDArray[np.float32], indices: NDArray[np.int32]) -> csr_array:
    """Weigh the ties between items and their neighbours; of two directions either is enough.

    Parameters
    ----------
    distances : float32 array of shape (n, k)
        Rising along each row, none of an item to itself.
    indices : int32 array of shape (n, k)

    Returns
    -------
    csr_array of shape (n, n)
        Symmetric float32 weights, above 0, up to 1.
    """
    n, k = distances.shape
    weights = np.empty((n, k), np.float32)
    everywhere = float(distances.mean(dtype=np.float64)) * k / (k + 1)  # umap-learn counts an item among its own
    with cores.over_rows(n) as each_part:
        each_part(lambda first, end: _weigh_rows(distances, everywhere, weights, first, end))
    one_way = csr_array((weights.ravel(), indices.ravel(), np.arange(0, n * k + 1, k)), shape=(n, n))
    other_way = one_way.T.tocsr()
    either = csr_array(one_way + other_way - one_way.multiply(other_way))
    either.eliminate_zeros()
    return either


@compiled(nogil=True)
def _weigh_rows(distances, everywhere, weights, first, end):  # noqa: ANN001, ANN202
    k = distances.shape[1]
    wanted = np.log2(k + 1)
    for i in range(first, end):
        nearest, total = 0.0, 0.0
        for j in range(k):
            total += distances[i, j]
            if nearest == 0:
                nearest = np.float64(distances[i, j])
        low, high, scale = 0.0, np.inf, 1.0
        for _ in range(HALVINGS):
            found = 0.0
            for j in range(k):
                found += np.exp(-max(distances[i, j] - nearest, 0.0) / scale)
            if abs(found - wanted) < CLOSE_ENOUGH:
                break
            if found > wanted:
                high = scale
            else:
                low = scale
            scale = 2 * scale if high == np.inf else (low + high) / 2
        scale = max(scale, NARROWEST * (total / (k + 1) if nearest > 0 else everywhere))
        for j in range(k):
            beyond = distances[i, j] - nearest
            weights[i, j] = 1.0 if beyond <= 0 or scale == 0 else np.exp(-beyond / scale)
