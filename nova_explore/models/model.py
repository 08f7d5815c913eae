"""What an embedding model is here: a space, its capabilities, and one method.

A model turns items into vectors of one *space*. Everything that changes what a vector means is part of the space;
vectors of two spaces are never compared, averaged or cached under one key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Item, Modality
from nova_explore.errors import UnknownNameError

Vector = NDArray[np.float32]
Role = Literal["index", "query"]


@dataclass(frozen=True, slots=True)
class Space:
    """What a vector means.

    Attributes
    ----------
    model : str
        Model id as its provider writes it.
    revision : str
        Version of the weights.
    purpose : str
        What the vectors are made for (``index``, ``clustering`` …), where the model distinguishes it.
    dimension : int
        Length of every vector.
    preprocessing : str
        Version of our own preparation of the media, raised whenever it changes an input's bytes.
    """

    model: str
    revision: str
    purpose: str
    dimension: int
    preprocessing: str

    @property
    def key(self) -> str:
        """Twelve hex digits that name this space in a library."""
        parts = (self.model, self.revision, self.purpose, str(self.dimension), self.preprocessing)
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]

    def __str__(self) -> str:
        return (
            f"{self.model} (revision {self.revision}, purpose {self.purpose}, {self.dimension} dimensions, "
            f"preprocessing {self.preprocessing})"
        )


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
    """

    modalities: frozenset[Modality]
    batch_size: int
    text_search: frozenset[Modality]


@dataclass(frozen=True, slots=True)
class ItemError:
    """Why one item got no vector.

    Attributes
    ----------
    reason : str
        A sentence a person can act on.
    """

    reason: str


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


_FACTORIES: dict[str, Callable[[], EmbeddingModel]] = {}


def register(name: str, factory: Callable[[], EmbeddingModel]) -> None:
    """Make a model available as ``model="name"``; the factory is called at first use."""
    _FACTORIES[name] = factory


def open_model(model: str | EmbeddingModel) -> EmbeddingModel:
    """Return the model of this name, or the model itself if one is given.

    Raises
    ------
    UnknownNameError
        If no model of this name is registered.
    """
    if not isinstance(model, str):
        return model
    if model not in _FACTORIES:
        raise UnknownNameError("model", model, _FACTORIES)
    return _FACTORIES[model]()


def _local() -> EmbeddingModel:
    from nova_explore.models.local import LocalModel

    return LocalModel()


register("local", _local)
