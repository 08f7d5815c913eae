"""Words or an item in, ranked items out, across modalities, with scores that can be compared.

A cosine between a text and a picture is not on the scale of a cosine between two texts. So every score comes with its
*percentile* among the items of the same modality, and items of different modalities are ranked by how far they stand
out from their own modality for this query, not by the raw cosine.

Modalities that a model does not find by their content (`Capabilities.text_search`) are found by the words that come
with them, and the ranking says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Item

if TYPE_CHECKING:
    import pandas as pd

PRIOR_ITEMS = 20
"""Weight of the collection's own spread when a modality has few items: three videos say little about what is usual."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """What a search found, best first.

    Attributes
    ----------
    query : str
        What was asked for, in words.
    ids : tuple of str, length k
        Item ids.
    positions : int32 array of shape (k,)
        Their places in the collection.
    scores : float32 array of shape (k,)
        Cosine similarity of query and item.
    percentiles : float32 array of shape (k,)
        Share of the items of the same modality that score lower, 0 to 1.
    via : tuple of str, length k
        ``content`` or ``words``: what of the item was compared.
    note : str or None
        What a person should know about this ranking.
    """

    query: str
    ids: tuple[str, ...]
    positions: NDArray[np.int32]
    scores: NDArray[np.float32]
    percentiles: NDArray[np.float32]
    via: tuple[str, ...]
    note: str | None = None

    def __post_init__(self) -> None:
        for array in (self.positions, self.scores, self.percentiles):
            array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.ids)

    def to_frame(self) -> pd.DataFrame:
        """One row a result, in order, indexed by id."""
        import pandas as pd

        return pd.DataFrame(
            {"score": self.scores, "percentile": self.percentiles, "via": self.via},
            index=pd.Index(self.ids, name="id"),
        )


def rank(
    query: str,
    items: Sequence[Item],
    scores: NDArray[np.float32],
    *,
    k: int,
    candidates: NDArray[np.bool_] | None = None,
    via: NDArray[np.str_] | None = None,
    across_modalities: bool = True,
    note: str | None = None,
) -> Ranking:
    """Rank items by their scores.

    Parameters
    ----------
    query : str
        Shown with the result.
    items : sequence of Item, length n
    scores : float32 array of shape (n,)
        Cosine similarities; NaN for items that cannot be compared.
    k : int
        Results at most.
    candidates : bool array of shape (n,), optional
        Items that may be returned; all by default.
    via : str array of shape (n,), optional
        How each item was compared; ``content`` by default.
    across_modalities : bool, default True
        Rank by how far an item stands out from its own modality rather than by the raw score.
    note : str, optional
        Handed on.

    Returns
    -------
    Ranking
    """
    scores = np.asarray(scores, np.float32)
    usable = ~np.isnan(scores)
    kinds = np.array([str(item.modality) for item in items])
    merit = _standing_out(scores, kinds, usable) if across_modalities else np.where(usable, scores, -np.inf)
    allowed = usable if candidates is None else usable & candidates
    order = np.argsort(np.where(allowed, -merit, np.inf), kind="stable")[: min(k, int(allowed.sum()))]
    percentiles = np.zeros(len(items), np.float32)
    for kind in np.unique(kinds):
        same = np.flatnonzero((kinds == kind) & usable)
        percentiles[same] = np.searchsorted(np.sort(scores[same]), scores[same]) / max(len(same), 1)
    compared = np.full(len(items), "content") if via is None else via
    return Ranking(
        query=query,
        ids=tuple(items[int(position)].id for position in order),
        positions=order.astype(np.int32),
        scores=scores[order],
        percentiles=percentiles[order],
        via=tuple(str(compared[position]) for position in order),
        note=note,
    )


def _standing_out(
    scores: NDArray[np.float32], kinds: NDArray[np.str_], usable: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return standard deviations above the mean of the item's own modality; minus infinity where there is no score."""
    merit = np.full(len(scores), -np.inf)
    if not usable.any():
        return merit
    spread_of_all = float(np.mean([scores[usable & (kinds == kind)].var() for kind in np.unique(kinds[usable])]))
    for kind in np.unique(kinds[usable]):
        same = usable & (kinds == kind)
        count = int(same.sum())
        variance = (count * float(scores[same].var()) + PRIOR_ITEMS * spread_of_all) / (count + PRIOR_ITEMS)
        merit[same] = (scores[same] - scores[same].mean()) / max(variance, 1e-12) ** 0.5
    return merit
