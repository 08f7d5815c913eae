"""Learn a concept from a few marks: which items are like it, which are not, and how the rest ranks.

Logistic regression on the vectors, as linear probes are: Alain and Bengio, "Understanding intermediate layers using
linear classifier probes" (2016). A few marks say little about what else a collection holds, so that a sample of the
items without a mark stands in, at a small weight, for what the concept is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nova_explore.errors import TooFewItemsError
from nova_explore.labels.decision import plain_ids
from nova_explore.parameters import share

if TYPE_CHECKING:
    from nova_explore.collection import Collection

SAMPLED, WEIGHT_OF_REST = 1000, 0.5
"""Items without a mark that stand in for the rest, and their weight together, that of the marks of one side being 1."""

SOFTNESS = 10.0
"""``C`` of the regression. Measured with `benchmarks/concepts.py` on five sets of labels; 1 to 100 differ little."""


@dataclass(frozen=True, slots=True, eq=False)
class Concept:
    """What was learnt from marks; nothing is kept until `Labels.keep` makes a tag of it.

    Attributes
    ----------
    collection : Collection
        Its n items.
    like, unlike : tuple of str
        Ids of the items that were marked.
    scores : float32 array of shape (n,)
        How much every item is like the concept, 0 to 1; 0.5 is as likely as not.
    order : int array of shape (m,)
        Positions of the items without a mark, those most like it first.
    """

    collection: Collection
    like: tuple[str, ...]
    unlike: tuple[str, ...]
    scores: NDArray[np.float32]
    order: NDArray[np.intp]

    def __post_init__(self) -> None:
        for values in (self.scores, self.order):
            values.flags.writeable = False

    @property
    def ranked(self) -> tuple[str, ...]:
        """Ids of the items without a mark, those most like the concept first."""
        return tuple(self.collection.ids[position] for position in self.order.tolist())

    def score_of(self, id: str) -> float:
        """How much an item is like the concept, 0 to 1."""
        return float(self.scores[self.collection.position(id)])

    def unsure(self, k: int = 12) -> tuple[str, ...]:
        """Ids of the items that a mark would say most about: those nearest to as likely as not."""
        nearest = self.order[np.argsort(np.abs(self.scores[self.order] - 0.5), kind="stable")[:k]]
        return tuple(self.collection.ids[position] for position in nearest.tolist())

    def members(self, at_least: float = 0.5) -> tuple[str, ...]:
        """Ids of the items that were marked as like it, then of those that score at least this."""
        least = share("at_least", at_least)
        return self.like + tuple(
            self.collection.ids[position] for position in self.order.tolist() if self.scores[position] >= least
        )

    def __repr__(self) -> str:
        scored = f"{len(self.members()):,} items score 0.5 or more"
        return f"<Concept: {len(self.like)} like it, {len(self.unlike)} not, {scored}>"


def learn(
    collection: Collection,
    vectors: NDArray[np.float32],
    like: str | Iterable[str],
    unlike: str | Iterable[str] = (),
    *,
    seed: int = 0,
) -> Concept:
    """Rank items by a few that are like a concept and a few that are not.

    Parameters
    ----------
    collection : Collection
    vectors : float32 array of shape (n, d)
        Unit rows.
    like, unlike : ids
        Items that are marked; ``unlike`` may be empty.
    seed : int, default 0
        Draws the sample of the items without a mark.

    Returns
    -------
    Concept

    Raises
    ------
    UnknownNameError
        If there is no such item.
    ValueError
        If no item is marked as like it, or an item is marked both ways.
    TooFewItemsError
        If every item has a mark.
    """
    chosen, not_it = plain_ids(like), plain_ids(unlike)
    if not chosen:
        raise ValueError("No item is marked as like the concept. Pass ids: learn(like=[…], unlike=[…]).")
    if both := [id for id in chosen if id in {*not_it}]:
        raise ValueError(f"{both[0]!r} is marked as like the concept and as not. Leave it out of one of the two.")
    positive = np.array(collection.positions(chosen), np.intp)
    negative = np.array(collection.positions(not_it), np.intp)
    free = np.ones(len(collection), bool)
    free[positive] = free[negative] = False
    rest = np.flatnonzero(free)
    if not len(rest):
        raise TooFewItemsError(f"All {len(collection):,} items are marked: none is left to rank.")
    scores = _fit(vectors, positive, negative, rest, np.random.default_rng(seed))
    order = rest[np.argsort(-scores[rest], kind="stable")]
    return Concept(collection, chosen, not_it, scores, order)


def _fit(
    vectors: NDArray[np.float32],
    positive: NDArray[np.intp],
    negative: NDArray[np.intp],
    rest: NDArray[np.intp],
    draw: np.random.Generator,
) -> NDArray[np.float32]:
    from sklearn.linear_model import LogisticRegression

    sample = rest if len(rest) <= SAMPLED else np.sort(draw.choice(rest, SAMPLED, replace=False))
    rows = np.concatenate([positive, negative, sample])
    middle = vectors[sample].mean(axis=0)
    spread = float(np.sqrt(((vectors[sample] - middle) ** 2).sum(axis=1).mean())) or 1.0
    weights = [
        np.full(len(positive), 1 / len(positive)),
        np.full(len(negative), 1 / max(len(negative), 1)),
        np.full(len(sample), WEIGHT_OF_REST / len(sample)),
    ]
    model = LogisticRegression(C=SOFTNESS, max_iter=500)
    model.fit(
        (vectors[rows] - middle) / spread,
        np.arange(len(rows)) < len(positive),
        sample_weight=np.concatenate(weights) * len(positive),
    )
    slope = (np.ravel(model.coef_) / spread).astype(np.float32)
    reach = vectors @ slope + np.float32(np.ravel(model.intercept_)[0] - middle @ slope)
    return (1 / (1 + np.exp(-reach))).astype(np.float32)
