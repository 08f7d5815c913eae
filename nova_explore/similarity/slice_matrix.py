"""How like one another the items of a slice are: a matrix in an order that shows its clusters, and what stands out."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Collection
from nova_explore.errors import TooFewItemsError

if TYPE_CHECKING:
    import pandas as pd

MOST = 5000
"""Items of the largest matrix: its cosines take 100 MB."""

BESIDE = 5
"""Nearest items that say how firmly an item belongs."""

APART = 3.5
"""Deviations below the median from which on an item is an outlier: Iglewicz & Hoaglin 1993, for median and MAD."""

BETWEEN = 0.25
"""Share of the usual lead of an item's own cluster over the next, below which the item is a bridge."""


@dataclass(frozen=True, slots=True, eq=False)
class SliceMatrix:
    """The cosines between the m items of a slice.

    Attributes
    ----------
    ids : tuple of str, length m
        By cluster, the largest of the slice first and unclustered items last, and within each by average linkage.
    positions : int array of shape (m,)
        Places in the collection.
    cosines : float32 array of shape (m, m)
        Of the vectors that the neighbours are of.
    clusters : int array of shape (m,)
        Cluster of every item, -1 where it is unclustered.
    medoids : dict of int to str
        By cluster, the item that is most like the others of it in the slice.
    outliers : tuple of str
        Items that are much less like their nearest in the slice than is usual there, the oddest first.
    bridges : tuple of (str, int, int)
        Items between two clusters, with both: its own, or the nearest of an unclustered one, and the next.
    boundary : tuple of (str, str, float) or None
        The closest pair of two clusters, with its cosine.
    """

    ids: tuple[str, ...]
    positions: NDArray[np.intp]
    cosines: NDArray[np.float32]
    clusters: NDArray[np.int32]
    medoids: dict[int, str]
    outliers: tuple[str, ...]
    bridges: tuple[tuple[str, int, int], ...]
    boundary: tuple[str, str, float] | None

    def __post_init__(self) -> None:
        for array in (self.positions, self.cosines, self.clusters):
            array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def typical(self) -> tuple[float, float]:
        """Mean and standard deviation of the cosines between two different items."""
        pairs = self.cosines[np.triu_indices(len(self), 1)]
        return float(pairs.mean()), float(pairs.std())

    @property
    def sentence(self) -> str:
        """What the matrix shows, in words."""
        count = len(self.medoids)
        mean, deviation = self.typical
        parts = [
            f"{len(self):,} items of {count:,} {'cluster' if count == 1 else 'clusters'}",
            f"cosine {mean:.2f} ± {deviation:.2f} between two of them",
            f"{len(self.outliers):,} stand apart",
            f"{len(self.bridges):,} lie between two clusters",
        ]
        return "; ".join(parts) + "."

    def to_frame(self) -> pd.DataFrame:
        """The cosines as a table, indexed by id both ways."""
        import pandas as pd

        index = pd.Index(self.ids, name="id")
        return pd.DataFrame(self.cosines, index=index, columns=index)

    def _repr_html_(self) -> str:
        return f"<div>{html.escape(self.sentence)}</div>"


def compare_all(
    collection: Collection, compared: NDArray[np.float32], labels: NDArray[np.integer], ids: Iterable[str]
) -> SliceMatrix:
    """Compare the items of a slice with one another.

    Parameters
    ----------
    collection : Collection of n items
    compared : float32 array of shape (n, d)
        Unit rows.
    labels : int array of shape (n,)
        Clusters.
    ids : iterable of str
        The slice, 2 to 5,000 different items.

    Raises
    ------
    TooFewItemsError
        If there are fewer than 2.
    ValueError
        If there are more than 5,000.
    UnknownNameError
        If the collection lacks one of them.
    """
    one = [ids] if isinstance(ids, str) else ids
    positions = np.array(collection.positions(dict.fromkeys(one)), np.intp)
    if len(positions) < 2:
        raise TooFewItemsError(f"A matrix needs 2 items and got {len(positions)}. Choose more.")
    if len(positions) > MOST:
        raise ValueError(f"A matrix of {len(positions):,} items is too large. Choose {MOST:,} at most.")
    cosines = compared[positions] @ compared[positions].T
    clusters = np.asarray(labels, np.int32)[positions]
    order = _order(cosines, clusters)
    positions, clusters = positions[order], clusters[order]
    cosines = np.clip(cosines[np.ix_(order, order)], -1, 1).astype(np.float32)
    named = tuple(collection.ids[position] for position in positions)
    return SliceMatrix(
        named,
        positions,
        cosines,
        clusters,
        {int(c): named[_medoid(cosines, np.flatnonzero(clusters == c))] for c in np.unique(clusters[clusters >= 0])},
        tuple(named[row] for row in _outliers(cosines)),
        tuple((named[row], first, second) for row, first, second in _bridges(cosines, clusters)),
        _boundary(cosines, clusters, named),
    )


def _order(cosines: NDArray[np.float32], clusters: NDArray[np.int32]) -> NDArray[np.intp]:
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    found, counts = np.unique(clusters, return_counts=True)
    parts = []
    for c in sorted(found, key=lambda c: (c < 0, -counts[found == c][0], c)):
        rows = np.flatnonzero(clusters == c)
        if len(rows) > 2:
            distances = np.maximum(1 - cosines[np.ix_(rows, rows)], 0)
            np.fill_diagonal(distances, 0)
            rows = rows[leaves_list(linkage(squareform(distances, checks=False), "average"))]
        parts.append(rows)
    return np.concatenate(parts)


def _medoid(cosines: NDArray[np.float32], rows: NDArray[np.intp]) -> int:
    return int(rows[np.argmax(cosines[np.ix_(rows, rows)].sum(axis=1))])


def _outliers(cosines: NDArray[np.float32]) -> NDArray[np.intp]:
    """Rows whose mean cosine with their nearest lies far below the median, lowest first."""
    k = min(BESIDE, len(cosines) - 1)
    others = cosines.copy()
    np.fill_diagonal(others, -np.inf)
    near = np.partition(others, -k, axis=1)[:, -k:].mean(axis=1)
    below = np.median(near) - near
    spread = np.median(np.abs(below))
    order = np.argsort(-below, kind="stable")
    return order[0.6745 * below[order] > APART * max(spread, 1e-6)]


def _bridges(cosines: NDArray[np.float32], clusters: NDArray[np.int32]) -> list[tuple[int, int, int]]:
    """Rows that are about as near to a second cluster as to their own, the closest call first."""
    found = np.unique(clusters[clusters >= 0])
    if len(found) < 2:
        return []
    others = cosines.copy()
    np.fill_diagonal(others, np.nan)
    near = np.full((len(cosines), len(found)), -np.inf)
    for column, c in enumerate(found):
        part = np.sort(others[:, clusters == c], axis=1)  # NaN last
        counts = (~np.isnan(part)).sum(axis=1)
        for row, count in enumerate(counts):
            if count:
                near[row, column] = part[row, max(0, count - BESIDE) : count].mean()
    own = np.searchsorted(found, np.maximum(clusters, found[0]))
    own = np.where(clusters >= 0, own, near.argmax(axis=1))
    rows = np.arange(len(near))
    mine = near[rows, own]
    rest = near.copy()
    rest[rows, own] = -np.inf
    second = rest.argmax(axis=1)
    lead = mine - rest[rows, second]
    usual = np.median(lead[np.isfinite(lead) & (clusters >= 0)]) if np.isfinite(lead).any() else 0
    close = np.flatnonzero(np.isfinite(lead) & (lead < BETWEEN * max(usual, 0)))
    close = close[np.argsort(lead[close], kind="stable")]
    return [(int(row), int(found[own[row]]), int(found[second[row]])) for row in close]


def _boundary(
    cosines: NDArray[np.float32], clusters: NDArray[np.int32], ids: Sequence[str]
) -> tuple[str, str, float] | None:
    across = (clusters[:, None] != clusters[None]) & (clusters[:, None] >= 0) & (clusters[None] >= 0)
    if not across.any():
        return None
    row, column = divmod(int(np.argmax(np.where(across, cosines, -np.inf))), len(cosines))
    return ids[row], ids[column], float(cosines[row, column])
