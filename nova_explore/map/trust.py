"""How far every point of a map can be trusted: false neighbours on it, true neighbours missing from it.

Trustworthiness falls where a map puts strangers side by side, continuity where it tears neighbours apart, each
weighed by how far off they are: Venna & Kaski 2001, "Neighborhood preservation in nonlinear projection methods",
ICANN 2001; 2006, "Local multidimensional scaling", Neural Networks 19:889-899. Both are shares of what is possible,
point by point, so that their means over all points are the measures of those papers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nova_explore.errors import TooFewItemsError
from nova_explore.map.layout import measure_preservation
from nova_explore.map.neighbors import Neighbors

MOST_EXACT = 20_000
"""Points that are measured; of larger maps, that many are drawn at random: a mean of them is off by under 0.01."""

FEWEST_TO_TRUST = 3
"""With fewer, no item has a neighbour that could be false."""

BLOCK_BYTES = 64 * 2**20
"""Memory for one block of closenesses."""


@dataclass(frozen=True, slots=True, eq=False)
class Trust:
    """What the map gets wrong around every item.

    Attributes
    ----------
    trustworthiness : float32 array of shape (n,)
        1: all k neighbours on the map are true ones; about 0.5: as on a map drawn at random; 0: they are the farthest
        items there are. NaN for items that were not measured.
    continuity : float32 array of shape (n,)
        1: all k true neighbours are neighbours on the map, and so on. NaN for items that were not measured.
    preservation : float32 array of shape (n,)
        Share of an item's k true neighbours that are among its k nearest on the map, 0 to 1; of every item.
    k : int
        Neighbours that all three look at.
    sampled : int
        Items whose trustworthiness and continuity were measured, each against all n items.
    """

    trustworthiness: NDArray[np.float32]
    continuity: NDArray[np.float32]
    preservation: NDArray[np.float32]
    k: int
    sampled: int

    def __post_init__(self) -> None:
        for values in (self.trustworthiness, self.continuity, self.preservation):
            values.flags.writeable = False

    @property
    def sentence(self) -> str:
        """What the map gets wrong, in words."""
        n = len(self.preservation)
        on = "" if self.sampled == n else f", measured on {self.sampled:,} of {n:,} items"
        return (
            f"Of each item's {self.k} true neighbours, {self.preservation.mean() * self.k:.1f} are beside it on this "
            f"map. Trustworthiness is {np.nanmean(self.trustworthiness):.2f}, continuity "
            f"{np.nanmean(self.continuity):.2f} (1 at best, about 0.5 by chance{on})."
        )


def measure_trust(
    vectors: NDArray[np.float32],
    xy: NDArray[np.float32],
    neighbors: Neighbors,
    *,
    most: int = MOST_EXACT,
    seed: int | None = 0,
) -> Trust:
    """Measure trustworthiness and continuity of every point, by cosine among vectors and by distance on the map.

    Items equally near count in the map's favour: of copies, any may be drawn nearest.

    Parameters
    ----------
    vectors : float32 array of shape (n, d)
        Unit rows.
    xy : float32 array of shape (n, 2)
        Coordinates on the map.
    neighbors : Neighbors
        Of these vectors. Small collections use fewer of them, because the measures need k < n / 2.
    most : int, default 20,000
        Items to measure; of more, that many are drawn at random.
    seed : int or None, default 0
        Of that draw.

    Returns
    -------
    Trust

    Raises
    ------
    TooFewItemsError
        If there are fewer than three items, none of which has a neighbour that could be false.
    """
    n = len(vectors)
    if n < FEWEST_TO_TRUST:
        raise TooFewItemsError(f"Trust needs at least 3 items, the map has {n}. Draw more items.")
    k = min(neighbors.k, (n - 1) // 2)
    true = neighbors.indices[:, :k]
    rows = np.arange(n) if n <= most else np.sort(np.random.default_rng(seed).choice(n, most, replace=False))
    xs, ys = np.ascontiguousarray(xy.T, dtype=np.float64)

    def nearness(block: NDArray[np.intp]) -> NDArray[np.float64]:
        across = xs - xs[block, None]
        down = ys - ys[block, None]
        across *= across
        down *= down
        across += down
        return np.negative(across, out=across)

    trustworthiness = np.full(n, np.nan, np.float32)
    continuity = np.full(n, np.nan, np.float32)
    trustworthiness[rows] = _kept(lambda block: vectors[block] @ vectors.T, rows, _drawn_nearest(xy, rows, k), n)
    continuity[rows] = _kept(nearness, rows, true[rows], n)
    preservation = measure_preservation(xy, Neighbors(true, neighbors.similarities[:, :k]))
    return Trust(trustworthiness, continuity, preservation, k, len(rows))


def _drawn_nearest(xy: NDArray[np.float32], rows: NDArray[np.intp], k: int) -> NDArray[np.intp]:
    """The k nearest others on the map."""
    from scipy.spatial import KDTree

    nearest = np.asarray(KDTree(xy).query(xy[rows], k=k + 1)[1])
    itself = nearest == rows[:, None]
    itself[~itself.any(axis=1), -1] = True  # an item under more than k others: any k of them are its nearest
    return nearest[~itself].reshape(len(rows), k)


def _kept(
    closeness: Callable[[NDArray[np.intp]], NDArray[np.floating]],
    rows: NDArray[np.intp],
    chosen: NDArray[np.integer],
    n: int,
) -> NDArray[np.float64]:
    """One minus what the chosen neighbours lack, as a share of what the farthest k would lack.

    A rank is needed of the chosen only: counting the items that are closer spares sorting all of them.
    """
    k = chosen.shape[1]
    lacking = np.empty(len(rows))
    step = max(1, BLOCK_BYTES // (8 * n))
    for start in range(0, len(rows), step):
        block = rows[start : start + step]
        close = closeness(block)
        here = np.arange(len(block))
        close[here, block] = -np.inf
        limits = np.take_along_axis(close, chosen[start : start + step], axis=1)
        pairs = zip(close, limits, strict=True)
        closer = np.array([[np.count_nonzero(row > limit) for limit in own] for row, own in pairs])
        lacking[start : start + step] = np.maximum(closer + 1 - k, 0).sum(axis=1)
    return 1 - 2 * lacking / (k * (2 * n - 3 * k - 1))
