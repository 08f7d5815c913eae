"""Two maps of one collection: which neighbours changed between their spaces, and which clusters are which.

Nothing here looks at the maps: neighbours are those by cosine in each space, clusters are sets of items.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nova_explore.clusters.matching import jaccard, match_clusters
from nova_explore.errors import TooFewItemsError

if TYPE_CHECKING:
    import pandas as pd

    from nova_explore.exploration.bundle import Exploration

FEWEST = 3
"""Items that two maps must share for neighbours to be compared."""


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """What is not the same in two maps.

    Attributes
    ----------
    ids : tuple of str, length n
        The items that both have, in the order of the first.
    first, second : int array of shape (n,)
        Their positions in each.
    kept : int array of shape (n,)
        How many of an item's k nearest, among these items, are the same in both, 0 to k.
    k : int
        Neighbours that are compared.
    matched : dict of int to int
        Cluster of the second map by that of the first, for those that share more items than they differ in.
    shares : dict of int to float
        By cluster of the first map: Jaccard coefficient with its match.
    """

    ids: tuple[str, ...]
    first: NDArray[np.intp]
    second: NDArray[np.intp]
    kept: NDArray[np.intp]
    k: int
    matched: dict[int, int]
    shares: dict[int, float]
    counts: tuple[int, int]

    def __post_init__(self) -> None:
        for values in (self.first, self.second, self.kept):
            values.flags.writeable = False

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def sentence(self) -> str:
        """What changed, in words."""
        none = int((self.kept == 0).sum())
        return (
            f"Of each item's {self.k} nearest, {float(self.kept.mean()):.1f} are the same in both; {none:,} of "
            f"{len(self):,} items keep none. {len(self.matched):,} of {self.counts[0]:,} and {self.counts[1]:,} "
            "clusters are matched."
        )

    def to_frame(self) -> pd.DataFrame:
        """One row an item, indexed by id: how many of its nearest are the same."""
        import pandas as pd

        return pd.DataFrame({"kept": self.kept, "of": self.k}, index=pd.Index(self.ids, name="id"))


def compare_maps(first: Exploration, second: Exploration) -> Changes:
    """Compare the neighbours and clusters of two maps of one collection.

    Parameters
    ----------
    first, second : Exploration
        Of other models, dimensions or parameters; items are matched by id.

    Raises
    ------
    TooFewItemsError
        If they share fewer than three items.
    """
    ids = tuple(id for id in first.collection.ids if second.collection.has(id))
    if len(ids) < FEWEST:
        raise TooFewItemsError(
            f"The two maps share {len(ids)} items and need {FEWEST}. Show two maps of one collection."
        )
    rows = tuple(np.array(one.collection.positions(ids), np.intp) for one in (first, second))
    near = [_among(one, of) for one, of in zip((first, second), rows, strict=True)]
    k = min(first.neighbors.k, second.neighbors.k, len(ids) - 1)
    # Neighbours that one map alone has are left out, so that an item may have fewer than k.
    k = min(k, *(max(int(min(map(len, one))), 1) for one in near))
    kept = np.array([len(set(a[:k]) & set(b[:k])) for a, b in zip(*near, strict=True)], np.intp)
    labels = [one.clustering.labels[of] for one, of in zip((first, second), rows, strict=True)]
    shares = jaccard(labels[0], labels[1])
    matched = {old: new for new, old in match_clusters(labels[0], labels[1]).items()}
    return Changes(
        ids, rows[0], rows[1], kept, k, dict(sorted(matched.items())),
        {old: float(shares[old, new]) for old, new in matched.items()},
        (first.clustering.count, second.clustering.count),
    )  # fmt: skip


def _among(exploration: Exploration, rows: NDArray[np.intp]) -> list[list[int]]:
    """Neighbours of some items among themselves, as places in their order, the nearest first."""
    place = np.full(len(exploration.collection), -1)
    place[rows] = np.arange(len(rows))
    return [[int(at) for at in near if at >= 0] for near in place[exploration.neighbors.indices[rows]]]
