"""Whether the first components of a long vector are the service's own short vector: measured, never assumed.

All lengths come from one model trained so that prefixes are useful (https://arxiv.org/abs/2205.13147), but nothing
documents that the service's 256 dimensions are the first 256 of its 3072. A few calls on the person's own items tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nova_explore.collection import Item
from nova_explore.errors import SpaceMismatchError, TooFewItemsError
from nova_explore.models.nova.model import NovaModel
from nova_explore.models.nova.request import shorten
from nova_explore.space import ItemError, Vector

FEWEST = 3
AGREEMENT = 1e-5
"""Largest 1 - cosine that rounding to the service's eight decimals and float32 can explain, with room."""


@dataclass(frozen=True, slots=True)
class PrefixCheck:
    """What a check of prefixes found.

    Attributes
    ----------
    dimension, of : int
        The short length, and the long one.
    n : int
        Items compared.
    worst : float
        The largest cosine distance between a prefix and the service's own short vector of the same item.
    unread : int
        Items left out, because the service did not embed them.
    """

    dimension: int
    of: int
    n: int
    worst: float
    unread: int

    @property
    def agrees(self) -> bool:
        """Whether both are the same but for rounding."""
        return self.worst <= AGREEMENT

    def __str__(self) -> str:
        verdict = "agree" if self.agrees else "differ"
        return (
            f"The first {self.dimension} of {self.of} dimensions and the service's own {self.dimension} {verdict} on "
            f"{self.n} items: cosine distance at most {self.worst:.2g}."
        )


def check_prefix(model: NovaModel, items: Sequence[Item]) -> PrefixCheck:
    """Compare the prefixes that a model keeps with the service's own short vectors, on a few items.

    Parameters
    ----------
    model : NovaModel
        With ``prefix_of``.
    items : sequence of Item
        At least 3; a few of every modality that matters. Each costs two calls, less what is in the cache.

    Raises
    ------
    ValueError
        If the model keeps no prefix.
    TooFewItemsError
        If fewer than 3 items are given, or are embedded.
    """
    if model.prefix_of is None:
        raise ValueError(f"{model.name!r} keeps no prefix. Needed: NovaModel(dimension=256, prefix_of=3072).")
    if len(items) < FEWEST:
        raise TooFewItemsError(f"{len(items)} items are too few for a check. Give at least {FEWEST}.")
    long, short = (model.sibling(dimension=size) for size in (model.prefix_of, model.dimension))
    pairs = [
        (shorten(one, model.dimension), other)
        for one, other in zip(long.embed_batch(items), short.embed_batch(items), strict=True)
        if not isinstance(one, ItemError) and not isinstance(other, ItemError)
    ]
    if len(pairs) < FEWEST:
        raise TooFewItemsError(f"Only {len(pairs)} of {len(items)} items were embedded. Give others.")
    return PrefixCheck(
        model.dimension, model.prefix_of, len(pairs), max(_distance(*p) for p in pairs), len(items) - len(pairs)
    )


def trust_prefix(model: NovaModel, items: Sequence[Item]) -> NovaModel:
    """The model, its prefixes taken for the service's own short vectors of one space, if a check finds them the same.

    Raises
    ------
    SpaceMismatchError
        If they differ: then they stay two spaces.
    """
    found = check_prefix(model, items)
    trusting = model.trusting(found.worst)
    if not found.agrees:
        raise SpaceMismatchError(model.space, trusting.space, f"{found} Embed with {model.name!r} as it is.")
    return trusting


def _distance(one: Vector, other: Vector) -> float:
    return float(max(0.0, 1.0 - np.dot(one.astype(np.float64), other.astype(np.float64))))
