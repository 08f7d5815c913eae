"""The modality gap: vectors of one kind lie together whatever they show, and a joint map would show kinds, not topics.

Dual encoders leave each modality in a narrow cone of its own (Liang et al. 2022, arXiv:2203.02053). Taking each
modality's mean away moves the cones onto each other. It is done for neighbours, map and clusters only, never to stored
vectors and never for search, and only where neighbours would otherwise be nearly all of one kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nova_explore.map.neighbors import Neighbors, find_neighbors, most_similar

SPLIT = 0.75
"""Above this part of the way from chance to one, the share of same-kind neighbours splits a map by kind."""

SAMPLE = 2_000
"""Items on which the gap is measured."""

PRIOR_ITEMS = 5
"""Weight against a mean of few items: the mean of four videos is mostly those four videos."""


@dataclass(frozen=True, slots=True)
class ModalityGap:
    """How far neighbours keep to their own kind, and what was done about it.

    Attributes
    ----------
    same_kind : float
        Share of neighbours that are of the item's own modality, in the vectors as the model made them.
    chance : float
        The same share if neighbours were drawn at random.
    corrected : bool
        Whether each modality's mean was taken away for neighbours, map and clusters.
    same_kind_after : float
        The share in the vectors that were compared.
    """

    same_kind: float
    chance: float
    corrected: bool
    same_kind_after: float

    @property
    def sentence(self) -> str | None:
        """What was done, in words; None where there was nothing to do."""
        if not self.corrected:
            return None
        return (
            f"{self.same_kind:.0%} of neighbours were of the item's own kind ({self.chance:.0%} by chance), "
            f"so each kind's mean was taken away before neighbours were found: {self.same_kind_after:.0%} now."
        )


def close_gap(vectors: NDArray[np.float32], kinds: Sequence[str], *, made_of: int | None = None) -> NDArray[np.float32]:
    """Take every modality's mean away and return unit rows again.

    Parameters
    ----------
    vectors : float32 array of shape (n, d)
        Unit rows; not changed.
    kinds : sequence of str, length n
        Modality of each row.
    made_of : int, optional
        Take the means of this many first rows only, from all: those after them were added to a map later, and those of
        a kind that is not on the map keep their mean.

    Returns
    -------
    float32 array of shape (n, d)
    """
    named = np.asarray(kinds)
    moved = vectors.copy()
    for kind in np.unique(named[:made_of]):
        same = named == kind
        known = np.flatnonzero(same[:made_of])
        count = len(known)
        moved[same] -= vectors[known].mean(axis=0) * (count / (count + PRIOR_ITEMS))
    moved /= np.maximum(np.sqrt(np.einsum("ij,ij->i", moved, moved)), 1e-12)[:, None]
    return moved


def kinds_left_out(kinds: Sequence[str], made_of: int) -> str | None:
    """Say in words which new items keep their kind's mean, because the map had none of their kind; None if none do."""
    known, new = set(kinds[:made_of]), list(kinds[made_of:])
    counts = [f"{new.count(kind):,} {kind}" for kind in dict.fromkeys(new) if kind not in known]
    if not counts:
        return None
    return f"No mean was taken away from new items of kinds that the map was not made of: {', '.join(counts)}."


def compared_vectors(
    vectors: NDArray[np.float32], kinds: Sequence[str], *, k: int, prefix: int | None = None, seed: int = 0
) -> tuple[NDArray[np.float32], Neighbors, ModalityGap]:
    """Find neighbours, in vectors without the modality gap if it would split the map.

    The gap is measured on a sample of the items; ``k``, ``prefix`` and ``seed`` are those of `find_neighbors`.

    Returns
    -------
    compared : float32 array of shape (n, d)
        The vectors that the neighbours are of: those given, or those of `close_gap`.
    neighbors : Neighbors
    gap : ModalityGap
    """
    named = np.asarray(kinds)
    n = len(named)
    counts = np.unique(named, return_counts=True)[1]
    chance = float((counts * (counts - 1)).sum() / max(n * (n - 1), 1))
    same, split = 1.0, False
    if len(counts) > 1:
        sample = np.sort(np.random.default_rng(seed).choice(n, min(SAMPLE, n), replace=False))
        nearest = most_similar(vectors, sample, k)[0]
        same = float((named[nearest] == named[sample][:, None]).mean())
        split = same > chance + SPLIT * (1 - chance)
    compared = close_gap(vectors, kinds) if split else vectors
    neighbors = find_neighbors(compared, k=k, prefix=prefix, seed=seed)
    after = float((named[neighbors.indices] == named[:, None]).mean()) if split else same
    return compared, neighbors, ModalityGap(same, chance, split, after)
