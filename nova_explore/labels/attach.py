"""Which cluster carries which label: clusters and labels are sets of items, compared by the items that they share.

The measure is the Jaccard coefficient, and the limit that of `nova_explore.clusters.matching`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from nova_explore.clusters.matching import SAME_FROM, jaccard


def attach(parts: NDArray[np.int32], name_of_part: Mapping[int, str], clusters: NDArray[np.int32]) -> dict[int, str]:
    """Find the label that every cluster carries.

    A cluster carries a label if the Jaccard coefficient of the two, or of the cluster and a part of the label, is 0.5
    or more. Labels do not overlap, and clusters do not, so that only a tie at 0.5 needs a choice: the whole label
    before a part, then the earlier one.

    Parameters
    ----------
    parts : int32 array of shape (n,)
        The part of a label that every item belongs to; -1 where it has no label.
    name_of_part : Mapping of int to str
    clusters : int32 array of shape (n,)
        -1 for unclustered items.

    Returns
    -------
    dict of int to str
        Clusters that carry a label, rising.

    Examples
    --------
    >>> attach(np.array([3, 3, 3, -1]), {3: "birds"}, np.array([0, 0, 1, 1]))
    {0: 'birds'}
    """
    used = np.unique(parts[parts >= 0])
    order: dict[str, int] = {}
    of_name = np.array([order.setdefault(name_of_part[part], len(order)) for part in used.tolist()], np.int32)
    names = list(order)
    carried: dict[int, tuple[float, str]] = {}
    dense = np.searchsorted(used, parts).astype(np.int32)
    inside = parts >= 0
    coded = np.full(len(parts), -1, np.int32)
    for codes, named in ((of_name, names), (np.arange(len(used), dtype=np.int32), None)):
        coded[inside] = codes[dense[inside]]
        for label, cluster, overlap in _pairs(coded, clusters):
            name = named[label] if named is not None else names[of_name[label]]
            if cluster not in carried or overlap > carried[cluster][0]:
                carried[cluster] = overlap, name
    return {cluster: carried[cluster][1] for cluster in sorted(carried)}


def _pairs(labels: NDArray[np.int32], clusters: NDArray[np.int32]) -> Sequence[tuple[int, int, float]]:
    overlap = jaccard(labels, clusters)
    rows, columns = np.nonzero(overlap >= SAME_FROM)
    return list(zip(rows.tolist(), columns.tolist(), overlap[rows, columns].tolist(), strict=True))
