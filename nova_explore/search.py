"""Words or an item in, ranked items out, across modalities, with scores that can be compared.

A cosine between a text and a picture is not on the scale of a cosine between two texts. So every score comes with its
*percentile* among the items of the same modality, and items of different modalities are ranked by how many standard
deviations a score lies above what the modality scores with queries at large, not by the raw cosine. Comparing with
other queries rather than with other items keeps a kind whose items are all about one thing from losing to the rest.

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

REFERENCE_QUERIES = 64
"""Queries at large that a modality's usual score is measured with."""


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
    usual: NDArray[np.float32] | None = None,
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
    usual : float32 array of shape (r, n), optional
        Scores of the same items with r queries at large; without them the raw scores are ranked.
    note : str, optional
        Handed on.

    Returns
    -------
    Ranking
    """
    scores = np.asarray(scores, np.float32)
    usable = ~np.isnan(scores)
    kinds = np.array([str(item.modality) for item in items])
    merit = scores if usual is None else stand_out(scores, usual, kinds)
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


def spread(things: Sequence[object], count: int) -> list[int]:
    """Return up to ``count`` places, evenly spread over a sequence."""
    return [int(place) for place in np.unique(np.linspace(0, len(things) - 1, min(count, len(things))).astype(int))]


def stand_out(scores: NDArray[np.float32], usual: NDArray[np.float32], kinds: NDArray[np.str_]) -> NDArray[np.float32]:
    """Return how many standard deviations each score lies above its modality's usual one.

    Parameters
    ----------
    scores : float32 array of shape (n,)
        NaN for items that cannot be compared; they stay NaN.
    usual : float32 array of shape (r, n)
        Scores of the same items with r queries at large.
    kinds : str array of shape (n,)
        Modality of each item.

    Returns
    -------
    float32 array of shape (n,)
    """
    merit = np.full(len(scores), np.nan, np.float32)
    for kind in np.unique(kinds):
        same = (kinds == kind) & ~np.isnan(scores)
        if same.any():
            at_large = usual[:, same]
            merit[same] = (scores[same] - at_large.mean()) / max(float(at_large.std()), 1e-6)
    return merit
