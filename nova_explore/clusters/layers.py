"""Clusterings from coarse to fine, one above the other: which coarse cluster every finer one is a part of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nova_explore.clusters.cluster import Clustering, number_by_size
from nova_explore.clusters.matching import count_shared

COARSER = 4
"""How many times larger the smallest cluster of every layer is than that of the finer one below."""


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """Clusterings of the same n items, coarse to fine.

    Attributes
    ----------
    labels : tuple of int32 arrays of shape (n,)
        One a layer: 0, 1, …; -1 for items that belong to none.
    parents : tuple of int32 arrays of shape (g,)
        For every cluster of a layer, the cluster of the layer above that most of its items are in; -1 where most are
        in none, and throughout the coarsest layer.
    nestedness : float64 array of shape (layers,)
        Share of the clustered items of a layer that are where their cluster's parent says, 0 to 1: 1 if every cluster
        lies wholly in its parent. 1 for the coarsest layer, NaN for a layer without clusters.
    """

    labels: tuple[NDArray[np.int32], ...]
    parents: tuple[NDArray[np.int32], ...]
    nestedness: NDArray[np.float64]

    def __post_init__(self) -> None:
        for values in (*self.labels, *self.parents, self.nestedness):
            values.flags.writeable = False

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def sentence(self) -> str:
        """How many clusters every layer has and how far they are nested, in words."""
        counts = ", ".join(str(len(of)) for of in self.parents)
        said = f"{len(self)} {'layer' if len(self) == 1 else 'layers'} of {counts} clusters, coarse to fine"
        known = self.nestedness[1:][np.isfinite(self.nestedness[1:])]
        if not len(known):
            return f"{said}."
        if known.min() == 1:
            return f"{said}; every finer cluster lies wholly in one above it, or in none."
        return f"{said}; of the clustered items of every layer, at least {known.min():.0%} are in their parent cluster."


def nest_layers(layers: Sequence[NDArray[np.integer]]) -> Layers:
    """Find the parent of every cluster by majority, and how far the clusterings are nested.

    Parameters
    ----------
    layers : sequence of integer arrays of shape (n,)
        Coarse to fine: 0, 1, …; -1 for items that belong to none. Cuts of one tree are nested; clusterings that were
        computed apart need not be, and the record says how far they are.

    Returns
    -------
    Layers

    Raises
    ------
    ValueError
        If there is no layer, or they are not of the same items.
    """
    if not layers:
        raise ValueError("Got no layer, needed one array of labels at least. Pass them coarse to fine.")
    labels = [np.array(layer, np.int32) for layer in layers]
    parents = [np.full(int(labels[0].max(initial=-1)) + 1, -1, np.int32)]
    nestedness = [1.0]
    for coarse, fine in pairwise(labels):
        shared = count_shared(fine, coarse)[:-1]
        most = shared.argmax(axis=1) if len(shared) else np.zeros(0, int)
        parents.append(np.where(most == shared.shape[1] - 1, -1, most).astype(np.int32))
        clustered = shared.sum()
        nestedness.append(float(shared.max(axis=1, initial=0).sum() / clustered) if clustered else np.nan)
    return Layers(tuple(labels), tuple(parents), np.array(nestedness))


def only_parts(coarse: NDArray[np.integer], fine: NDArray[np.integer]) -> dict[int, int]:
    """Find the clusters of a coarse layer that are one finer cluster and nothing else, and which.

    Parameters
    ----------
    coarse, fine : integer arrays of shape (n,)
        0, 1, …; -1 for items that belong to none.

    Returns
    -------
    dict of int to int
        Coarse cluster to the only finer one whose parent it is.

    Examples
    --------
    >>> import numpy as np
    >>> only_parts(np.array([0, 0, 0, 1, 1, -1]), np.array([0, 1, 1, 2, 2, -1]))
    {1: 2}
    """
    parents = nest_layers([coarse, fine]).parents[-1]
    parts = {int(above): np.flatnonzero(parents == above) for above in np.unique(parents[parents >= 0])}
    return {above: int(of[0]) for above, of in parts.items() if len(of) == 1}


def keep_apart(coarse: Clustering, fine: Clustering) -> Clustering:
    """Let finer clusters that are a part of no coarse one stand for themselves beside the coarse ones.

    Parameters
    ----------
    coarse, fine : Clustering
        Cuts of one tree. A small cluster far from all others falls out of the coarse one, however firm it is.

    Returns
    -------
    Clustering
        The coarse one, and these.
    """
    alone = np.append(nest_layers([coarse.labels, fine.labels]).parents[-1] < 0, False)
    added = (coarse.labels < 0) & alone[fine.labels]
    labels = number_by_size(np.where(added, coarse.count + fine.labels, coarse.labels))
    return replace(coarse, labels=labels, strengths=np.where(added, fine.strengths, coarse.strengths))
