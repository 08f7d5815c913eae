"""What an embedding model is here: a space, its capabilities, and one method.

A model turns items into vectors of one *space*. Everything that changes what a vector means is part of the space;
vectors of two spaces are never compared, averaged or cached under one key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from nova_explore.collection import Item, Modality
from nova_explore.space import ItemError, Role, Space, Vector


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a model can take, as data.

    Attributes
    ----------
    modalities : frozenset of Modality
        Kinds of item it embeds; others get an `ItemError`.
    batch_size : int
        Items handed to one `embed_batch` call: what is lost, at most, when a run is killed.
    text_search : frozenset of Modality
        Kinds of item that a text query finds by their content with better than chance; the rest join a text
        search only through words attached to them.
    characters : int or None
        Characters of the longest text that is taken whole; `nova_explore.embed` makes parts of longer ones. None where
        a model reads the beginning of any text.
    prefix : int or None
        Length of the shortest beginning of a vector that means the same, less exactly. None where only whole vectors
        mean anything.
    """

    modalities: frozenset[Modality]
    batch_size: int
    text_search: frozenset[Modality]
    characters: int | None = None
    prefix: int | None = None


@dataclass(slots=True)
class Account:
    """What a run has asked of a hosted model so far; written by the model, read by whoever shows progress.

    Attributes
    ----------
    calls, answered, throttled, retried, cached : int
        Requests sent, good answers, refusals for pace, requests repeated for another reason, items answered from the
        cache of the person without a request.
    spent : float
        US dollars that the answers have cost, by the price table; prices are estimates, never a bill.
    lost : float
        US dollars that requests may have cost whose answers never arrived.
    rate : float
        Good answers a second, lately.
    in_flight : int
        Requests without an answer now.
    waits : bool
        Whether requests wait for the service's rate now, so that there is time for other work.
    truncated : dict of str to int
        Characters that were embedded, by content key, for texts of which the rest was left out.
    failed_requests : list of dict
        Content key, reason and request id of every item that failed, for the provider's support.
    """

    calls: int = 0
    answered: int = 0
    throttled: int = 0
    retried: int = 0
    cached: int = 0
    spent: float = 0.0
    lost: float = 0.0
    rate: float = 0.0
    in_flight: int = 0
    waits: bool = False
    truncated: dict[str, int] = field(default_factory=dict)
    failed_requests: list[dict[str, Any]] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """Plain values for the record of a run."""
        return {
            "calls": self.calls, "answered": self.answered, "throttled": self.throttled, "retried": self.retried,
            "cached": self.cached, "spent_usd": round(self.spent, 6), "lost_usd": round(self.lost, 6),
            "truncated": dict(self.truncated), "failed_requests": list(self.failed_requests),
        }  # fmt: skip


@runtime_checkable
class EmbeddingModel(Protocol):
    """Anything that turns items into vectors of one space."""

    @property
    def name(self) -> str:
        """Name in the registry."""
        ...

    @property
    def space(self) -> Space:
        """The space of every vector this object returns."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What it can take."""
        ...

    def embed_batch(self, items: Sequence[Item], *, role: Role = "index") -> list[Vector | ItemError]:
        """Embed items, in order, one answer each.

        Parameters
        ----------
        items : sequence of Item
            At most ``capabilities.batch_size``.
        role : {"index", "query"}
            Whether the vectors go into a library or are used to search one. Both are of the same space.

        Returns
        -------
        list of (float32 array of shape (d,), unit length) or ItemError
            An item that cannot be embedded never ends a batch.
        """
        ...


@runtime_checkable
class StreamingModel(EmbeddingModel, Protocol):
    """A model that answers items one by one, in the order in which answers arrive."""

    def embed_stream(
        self,
        items: Iterable[Item],
        *,
        role: Role = "index",
        budget: float | None = None,
        account: Account | None = None,
    ) -> Iterator[tuple[Item, Vector | ItemError] | None]:
        """Embed items, each answered once, in any order.

        Parameters
        ----------
        items : iterable of Item
            Taken as they are needed.
        role : {"index", "query"}
            As in `EmbeddingModel.embed_batch`.
        budget : float, optional
            US dollars that must not be passed; items left over get an `ItemError` of kind ``budget``.
        account : Account, optional
            Kept up to date while the stream runs.

        Yields
        ------
        (Item, Vector or ItemError), or None
            None where nothing came for half a second, so that the caller can store what it has.

        Raises
        ------
        ServiceRefusedError
            If the service refuses every call: wrong region, no permission, no such model.
        ServiceUnavailableError
            If it has answered nothing for long.
        """
        ...

    def provenance(self) -> dict[str, Any]:
        """Who asks, where, and for what: plain values, nothing secret."""
        ...


@runtime_checkable
class PricedModel(EmbeddingModel, Protocol):
    """A model whose answers cost money."""

    def estimate(self, items: Iterable[Item]) -> Any:
        """What these items would cost, as a `nova_explore.models.cost.Estimate`."""
        ...


@runtime_checkable
class AimedModel(EmbeddingModel, Protocol):
    """A model whose queries depend on the kind of item that is looked for."""

    def aimed_at(self, modalities: frozenset[Modality]) -> EmbeddingModel:
        """The same model in the same space, its queries made for items of these kinds."""
        ...


@runtime_checkable
class DerivedModel(EmbeddingModel, Protocol):
    """A model whose vectors can be computed from stored vectors of another space, without asking the model."""

    @property
    def derives_from(self) -> Space | None:
        """The other space, or None."""
        ...

    def derive(self, vector: Vector) -> Vector:
        """The vector of this model's space that follows from one of `derives_from`."""
        ...


def aim(model: EmbeddingModel, modalities: Iterable[Modality]) -> EmbeddingModel:
    """The model with its queries made for items of these kinds, where it tells them apart; else the model itself."""
    return model.aimed_at(frozenset(modalities)) if isinstance(model, AimedModel) else model
