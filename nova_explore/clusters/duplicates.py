"""Items that are nearly the same: groups of neighbours above a similarity, from the neighbours that all else reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nova_explore.clusters.cluster import number_by_size
from nova_explore.map.neighbors import Neighbors

SIMILARITY = 0.95
"""Of 250 pictures of the demo collection saved anew (smaller, cropped, brighter, as JPEG of quality 50), the local
model puts 57 to 89 % above this cosine to the original; of the pairs above it, 95 % show the same picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Duplicates:
    """Groups of near-duplicates among n items.

    Attributes
    ----------
    labels : int32 array of shape (n,)
        Group of every item, 0, 1, … by falling size; -1 for items that nothing is nearly the same as.
    closest : float32 array of shape (n,)
        Cosine similarity of every item with its nearest neighbour; NaN for a single item, which has none.
    similarity : float
        From which on two neighbours are in one group.
    """

    labels: NDArray[np.int32]
    closest: NDArray[np.float32]
    similarity: float

    def __post_init__(self) -> None:
        self.labels.flags.writeable = False
        self.closest.flags.writeable = False

    def __len__(self) -> int:
        return int(self.labels.max(initial=-1)) + 1

    @property
    def extra(self) -> int:
        """Items that could go if one of every group stayed."""
        return int((self.labels >= 0).sum()) - len(self)

    @property
    def sentence(self) -> str:
        """How many there are, in words."""
        if not len(self):
            return f"No two items are nearly the same (cosine {self.similarity:g} or more)."
        groups = "1 group" if len(self) == 1 else f"{len(self):,} groups"
        return (
            f"{int((self.labels >= 0).sum()):,} of {len(self.labels):,} items lie in {groups} of near-duplicates "
            f"(neighbours with a cosine of {self.similarity:g} or more); {self.extra:,} could go."
        )

    def members(self, group: int) -> NDArray[np.intp]:
        """Positions of the items of a group."""
        return np.flatnonzero(self.labels == group)


def find_duplicates(neighbors: Neighbors, *, similarity: float = SIMILARITY) -> Duplicates:
    """Group the items that are connected through neighbours at least this similar.

    A group is a connected component (single linkage): the ends of a long chain may differ more than its links.

    Parameters
    ----------
    neighbors : Neighbors
        Of n items.
    similarity : float, default 0.95
        Cosine; models differ in what they score the same thing shown again.

    Returns
    -------
    Duplicates

    Raises
    ------
    ValueError
        If the similarity is not between 0 and 1.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    if not 0 < similarity <= 1:
        raise ValueError(f"similarity={similarity} is no cosine of near-duplicates. Pass one above 0, up to 1.")
    n, k = neighbors.indices.shape
    # Rounding leaves the cosine of a vector with itself a little off 1.
    alike = neighbors.similarities >= similarity - 1e-6
    rows = np.broadcast_to(np.arange(n)[:, None], (n, k))[alike]
    links = csr_array((np.ones(len(rows), np.bool_), (rows, neighbors.indices[alike])), shape=(n, n))
    component = connected_components(links, directed=False)[1]
    labels = number_by_size(np.where(np.bincount(component)[component] > 1, component, -1))
    closest = neighbors.similarities[:, 0].copy() if k else np.full(n, np.nan, np.float32)
    return Duplicates(labels, closest, similarity)
