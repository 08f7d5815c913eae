"""Ranked items out of scores, across modalities, with numbers that can be compared.

A cosine between a text and a picture is not on the scale of a cosine between two texts. So every score comes with its
*percentile* among the items of the same modality, and items of different modalities are ranked by their *merit*: how
many standard deviations a score lies above what the modality scores with queries at large, not by the raw cosine.
Comparing with other queries rather than with other items keeps a modality whose items are all about one thing from
losing to the rest. Where items carry words of the query, `fuse` adds to their merit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Collection, Item, Slice
from nova_explore.map.top_scores import top
from nova_explore.parameters import whole_number
from nova_explore.tables import arrow_of, show_table

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


FOUND = np.dtype(
    [("position", "i4"), ("score", "f4"), ("merit", "f4"), ("percentile", "f4"), ("via", "U7"), ("match", "?")]
)
"""A found item in the order of its merit."""

WORDS_COUNT = 8.0
"""Standard deviations that the words of a query add to the merit of the item that carries them best: with 6 and 8, the
best of 3 to 16 on the index of the R manuals; the larger one for queries that the model does not understand."""

WORDS_DECIDE = 400.0
"""The same where the contents score no higher than for a query without meaning: a language that the model never
learned, say. Words then decide, and contents only order what the words leave equal."""

COVERS = 0.5
"""Share of a query's words, each by how rare it is, from which on an item is found by them."""


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
        ``content``, ``words`` or ``both``: what an item was found by.
    note : str or None
        What a person should know about this ranking.
    merits : float32 array of shape (k,)
        What the results are sorted by: standard deviations above what queries at large score, and more for words.
    matches : bool array of shape (k,)
        Whether a result is like the query; the others are no closer than chance.
    """

    query: str
    ids: tuple[str, ...]
    positions: NDArray[np.int32]
    scores: NDArray[np.float32]
    percentiles: NDArray[np.float32]
    via: tuple[str, ...]
    note: str | None = None
    merits: NDArray[np.float32] = field(default_factory=lambda: np.empty(0, np.float32))
    matches: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, np.bool_))

    def __post_init__(self) -> None:
        for array in (self.positions, self.scores, self.percentiles, self.merits, self.matches):
            array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def matching(self) -> int:
        """How many of the results match."""
        return int(self.matches.sum())

    @property
    def sentence(self) -> str:
        """How many results match, in words."""
        if not len(self):
            return "Nothing was found."
        if not self.matching:
            return "Nothing here is like this: what is shown is no closer than chance."
        if self.matching == len(self):
            return "The one result matches." if len(self) == 1 else f"All {len(self):,} results match."
        one = "1 result matches" if self.matching == 1 else f"{self.matching:,} results match"
        return f"{one}; the rest is no closer than chance."

    def slice(self, name: str | None = None) -> Slice:
        """The results that match, as a slice."""
        return Slice(name or self.query, tuple(id for id, match in zip(self.ids, self.matches, strict=True) if match))

    def to_frame(self) -> pd.DataFrame:
        """One row a result, in order, indexed by id."""
        import pandas as pd

        return pd.DataFrame(
            {
                "score": self.scores,
                "percentile": self.percentiles,
                "via": self.via,
                "merit": self.merits,
                "matches": self.matches,
            },
            index=pd.Index(self.ids, name="id"),
        )

    def to_arrow(self) -> pa.Table:
        """Return the columns of `to_frame` as an Arrow table, ids first."""
        return arrow_of(self.to_frame())

    def _repr_html_(self) -> str:
        rows = zip(self.ids, self.scores.tolist(), self.percentiles.tolist(), self.via, strict=True)
        title = f"{len(self):,} found for “{self.query}”"
        notes = tuple(note for note in (self.sentence if len(self) else "", self.note) if note)
        return show_table(title, ("id", "score", "percentile", "found by"), rows, notes=notes)


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
    merits : float32 array of shape (m,) or None
        What the items are sorted by; the standard deviations above the usual score where it is not known.
    matches : bool array of shape (m,) or None
        Which items match the query; all where it is not known.
    """

    positions: NDArray[np.intp]
    scores: NDArray[np.float32]
    via: NDArray[np.str_]
    among: NDArray[np.float32]
    usual: tuple[float, float] = (0.0, 1.0)
    merits: NDArray[np.float32] | None = None
    matches: NDArray[np.bool_] | None = None

    def standing(self) -> NDArray[np.float32]:
        """Standard deviations that every score lies above the usual one."""
        mean, deviation = self.usual
        return ((self.scores - mean) / max(deviation, 1e-6)).astype(np.float32)


def fuse(standing: NDArray[np.float32], words: NDArray[np.floating], *, understood: bool = True) -> NDArray[np.float32]:
    """Join what contents and words say about items into the merit that sorts them.

    A convex combination of scores on fixed scales: Bruch, Gai & Ingber 2023, "An Analysis of Fusion Functions for
    Hybrid Retrieval" (arXiv:2210.11934). benchmarks/retrieval.py compares it with reciprocal ranks.

    Parameters
    ----------
    standing : float32 array of shape (m,)
        Standard deviations that the contents' scores lie above the usual.
    words : float32 array of shape (m,)
        Relevance of the words, 0 to 1.
    understood : bool, default True
        Whether the contents score higher than for a query without meaning.
    """
    weight = WORDS_COUNT if understood else WORDS_DECIDE
    return (standing + weight * words).astype(np.float32)


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
        By merit; equals in the order of the items.
    """
    k = whole_number("k", k)
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
        merits=best["merit"].copy(),
        matches=best["match"].copy(),
    )


def _best(one: Scored, k: int) -> NDArray[np.void]:
    """The k best of a modality."""
    merits = one.standing() if one.merits is None else one.merits
    (rows,), (best_merits,) = top(merits[None], min(k, len(one.positions)))
    best = np.empty(len(rows), FOUND)
    scores = one.scores[rows]
    best["position"] = one.positions[rows]
    best["score"] = scores
    best["merit"] = best_merits
    best["match"] = True if one.matches is None else one.matches[rows]
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
