"""Two shares compared: exact p-values, and the interval of their difference."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Z = 1.959964
"""The normal quantile of a 95 % interval."""


def fisher(
    a: NDArray[np.int64], m: NDArray[np.int64], b: NDArray[np.int64], n: NDArray[np.int64]
) -> NDArray[np.float64]:
    """P-values of a of m against b of n, by the exact test of Fisher: twice the smaller tail, 1 at most."""
    from scipy.stats import hypergeom

    upper, lower = hypergeom.sf(a - 1, m + n, a + b, m), hypergeom.cdf(a, m + n, a + b, m)
    return np.minimum(1, 2 * np.minimum(upper, lower))


def interval(
    a: NDArray[np.int64], m: NDArray[np.int64], b: NDArray[np.int64], n: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """95 % interval of a/m - b/n: Newcombe 1998, from the Wilson intervals of both shares."""
    p, q = a / m, b / n
    (p_low, p_high), (q_low, q_high) = _wilson(p, m), _wilson(q, n)
    low = p - q - np.sqrt((p - p_low) ** 2 + (q_high - q) ** 2)
    return low, p - q + np.sqrt((p_high - p) ** 2 + (q - q_low) ** 2)


def _wilson(p: NDArray[np.float64], n: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    middle = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return middle - half, middle + half
