"""Ranked items out of scores, across modalities, with numbers that can be compared.

A cosine between a text and a picture is not on the scale of a cosine between two texts. So every score comes with its
*percentile* among the items of the same modality, and items of different modalities are ranked by how many standard
deviations a score lies above what the modality scores with queries at large, not by the raw cosine. Comparing with
other queries rather than with other items keeps a kind whose items are all about one thing from losing to the rest.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Collection, Item, arrow_of
from nova_explore.map.top_scores import top

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


SHOWN = 20
"""Results that a notebook shows of a ranking."""

FOUND = np.dtype([("position", "i4"), ("score", "f4"), ("merit", "f4"), ("percentile", "f4"), ("via", "U7")])
"""A found item in the order of its merit: the standard deviations that its score lies above the usual one."""


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
        Share of the items of the same modality that score lower, 0 to 1; of a sample of them where they are many.
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

    def to_arrow(self) -> pa.Table:
        """Return the columns of `to_frame` as an Arrow table, ids first."""
        return arrow_of(self.to_frame())

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td style='text-align:left'><code>{html.escape(id)}</code></td><td>{score:.3f}</td>"
            f"<td>{percentile:.1%}</td><td style='text-align:left'>{html.escape(via)}</td></tr>"
            for id, score, percentile, via in zip(
                self.ids[:SHOWN], self.scores[:SHOWN], self.percentiles[:SHOWN], self.via[:SHOWN], strict=True
            )
        )
        head = f"<b>{len(self):,} found for “{html.escape(self.query)}”</b>"
        more = f"<p>and {len(self) - SHOWN:,} more: <code>to_frame()</code></p>" if len(self) > SHOWN else ""
        note = f"<p>{html.escape(self.note)}</p>" if self.note else ""
        columns = "<tr><th>id</th><th>score</th><th>percentile</th><th>found by</th></tr>"
        return f"<div>{head}{note}{f'<table>{columns}{rows}</table>' if rows else ''}{more}</div>"


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Items of one modality that a query was compared with.

    Attributes
    ----------
    positions : int array of shape (m,)
        Their places in the collection, rising.
    scores : float32 array of shape (m,)
        Cosine similarities.
    via : str array of shape (m,)
        How each was compared, ``content`` or ``words``.
    among : float32 array of shape (s,)
        Scores that a percentile is the place among: of all items of the modality, or of a sample.
    usual : tuple of float
        Mean and standard deviation of what this modality scores with queries at large.
    """

    positions: NDArray[np.intp]
    scores: NDArray[np.float32]
    via: NDArray[np.str_]
    among: NDArray[np.float32]
    usual: tuple[float, float] = (0.0, 1.0)


def rank(query: str, items: Sequence[Item], scored: Sequence[Scored], *, k: int, note: str | None = None) -> Ranking:
    """Rank the items of several modalities together.

    Parameters
    ----------
    query : str
        Shown with the result.
    items : sequence of Item, length n
        What positions are places in.
    scored : sequence of Scored
        One for every modality.
    k : int
        Results at most.
    note : str, optional
        Handed on.

    Returns
    -------
    Ranking
        By the standard deviations that a score lies above its modality's usual one; equals in the order of the items.
    """
    if k < 0:
        raise ValueError(f"k={k} is not possible. Pass the number of results wanted, 0 or more.")
    parts = [_best(one, k) for one in scored]
    best = np.concatenate(parts) if parts else np.empty(0, FOUND)
    best = best[np.lexsort((best["position"], -best["merit"]))[:k]]
    return Ranking(
        query=query,
        ids=tuple(items[int(position)].id for position in best["position"]),
        positions=best["position"].copy(),
        scores=best["score"].copy(),
        percentiles=best["percentile"].copy(),
        via=tuple(best["via"].tolist()),
        note=note,
    )


def _best(one: Scored, k: int) -> NDArray[np.void]:
    """The k best of a modality."""
    (rows,), (scores,) = top(one.scores[None], min(k, len(one.positions)))
    best = np.empty(len(rows), FOUND)
    mean, deviation = one.usual
    best["position"] = one.positions[rows]
    best["score"] = scores
    best["merit"] = (scores - mean) / max(deviation, 1e-6)
    best["percentile"] = np.searchsorted(np.sort(one.among), scores) / max(len(one.among), 1)
    best["via"] = one.via[rows]
    return best


def by_modality(
    items: Sequence[Item],
    scores: NDArray[np.float32],
    *,
    candidates: NDArray[np.bool_] | None = None,
    via: NDArray[np.str_] | None = None,
) -> list[Scored]:
    """Part the scores of all items by modality, to be ranked by the raw score.

    Parameters
    ----------
    items : sequence of Item, length n
    scores : float32 array of shape (n,)
        Cosine similarities; NaN for items that cannot be compared.
    candidates : bool array of shape (n,), optional
        Items that may be returned; all by default. The others count for the percentiles all the same.
    via : str array of shape (n,), optional
        How each item was compared; ``content`` by default.
    """
    scores = np.asarray(scores, np.float32)
    usable = ~np.isnan(scores)
    kinds = np.array([str(item.modality) for item in items])
    compared = np.full(len(items), "content") if via is None else via
    allowed = usable if candidates is None else usable & candidates
    parts = []
    for kind in np.unique(kinds[allowed]):
        same = kinds == kind
        found = np.flatnonzero(same & allowed)
        parts.append(Scored(found, scores[found], compared[found], scores[same & usable]))
    return parts


def nearest(collection: Collection, compared: NDArray[np.float32], id: str, *, k: int) -> Ranking:
    """Rank the items most similar to one of them.

    Parameters
    ----------
    collection : Collection of n items
    compared : float32 array of shape (n, d)
        Unit rows.
    id : str
        Of the item, which is left out.
    k : int
        Results at most.

    Raises
    ------
    UnknownNameError
        If the collection has no such item.
    ValueError
        If ``k`` is below 0.
    """
    position = collection.position(id)
    scores = compared @ compared[position]
    scores[position] = np.nan
    return rank(f"nearest to {collection[id].title}", collection, by_modality(collection, scores), k=k)


def spread(things: Sequence[object], count: int) -> list[int]:
    """Return up to ``count`` places, evenly spread over a sequence."""
    return [int(place) for place in np.unique(np.linspace(0, len(things) - 1, min(count, len(things))).astype(int))]
