"""What the map gets wrong around one item: true neighbours that are elsewhere, and strangers that are beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nova_explore.map.neighbors import Neighbors


@dataclass(frozen=True, slots=True, eq=False)
class Neighborhood:
    """The true neighbours of an item and its neighbours on the map.

    Attributes
    ----------
    true : int array of shape (k,)
        Positions of the nearest items by cosine, the nearest first.
    similarities : float32 array of shape (k,)
        Their cosines.
    beside : bool array of shape (k,)
        Whether each is among as many nearest on the map.
    false : int array of shape (f,)
        Positions of the items that are among the k nearest on the map and no true neighbours, the nearest first.
    """

    true: NDArray[np.intp]
    similarities: NDArray[np.float32]
    beside: NDArray[np.bool_]
    false: NDArray[np.intp]

    def __post_init__(self) -> None:
        for values in (self.true, self.similarities, self.beside, self.false):
            values.flags.writeable = False

    def __len__(self) -> int:
        return len(self.true)

    @property
    def elsewhere(self) -> int:
        """How many true neighbours are not beside the item."""
        return int((~self.beside).sum())

    @property
    def sentence(self) -> str:
        """The distortion around the item, in words."""
        k = len(self)
        if not k:
            return "It has no neighbours."
        if not self.elsewhere:
            return (
                "Its true neighbour is beside it on this map."
                if k == 1
                else (f"All {k:,} of its true neighbours are beside it on this map.")
            )
        if k == 1:
            return "Its true neighbour is elsewhere on this map."
        few = "is" if self.elsewhere == 1 else "are"
        return f"{self.elsewhere:,} of its {k:,} true neighbours {few} elsewhere on this map."


def look_around(xy: NDArray[np.float32], neighbors: Neighbors, position: int) -> Neighborhood:
    """Compare the neighbours of one item with those on the map, by the rule of `layout.measure_preservation`.

    Parameters
    ----------
    xy : float32 array of shape (n, 2)
    neighbors : Neighbors
        Of these n items.
    position : int

    Raises
    ------
    IndexError
        If there is no such position.
    """
    true = np.asarray(neighbors.indices[position], np.intp)
    distances = np.linalg.norm(xy - xy[position], axis=1)
    distances[position] = np.inf
    k = min(len(true), len(xy) - 1)
    near = np.argpartition(distances, k - 1)[:k] if k else np.empty(0, np.intp)
    near = near[np.argsort(distances[near], kind="stable")]
    similarities = np.asarray(neighbors.similarities[position], np.float32).copy()
    # Of items equally near on the map, any count as beside it.
    limit = distances[near[-1]] if k else 0.0
    beside = distances[true] <= limit
    return Neighborhood(true.copy(), similarities, beside, near[~np.isin(near, true)])
