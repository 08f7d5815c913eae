"""Texts and media that are no items of a library, embedded: queries, phrases, vocabularies."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Item, Modality
from nova_explore.errors import SpaceMismatchError, UnknownNameError, UnreadableError
from nova_explore.models.model import Capabilities, EmbeddingModel, PricedModel
from nova_explore.models.own import IMPORTED
from nova_explore.models.registry import open_model
from nova_explore.space import ItemError, Role, Space, Vector


def embed_items(model: EmbeddingModel, items: Sequence[Item], *, role: Role) -> NDArray[np.float32]:
    """Embed items that must all succeed.

    Returns
    -------
    float32 array of shape (len(items), d)

    Raises
    ------
    UnreadableError
        If one of them cannot be embedded.
    """
    size = model.capabilities.batch_size
    answers: list[Vector | ItemError] = []
    for start in range(0, len(items), size):
        answers += model.embed_batch(items[start : start + size], role=role)
    for item, answer in zip(items, answers, strict=True):
        if isinstance(answer, ItemError):
            raise UnreadableError(f"{item.title}: {answer.reason}")
    return np.stack(answers) if answers else np.empty((0, model.space.dimension), np.float32)  # pyright: ignore


def embed_texts(model: EmbeddingModel, texts: Sequence[str], *, role: Role) -> NDArray[np.float32]:
    """Embed texts that are not items of a collection: queries, names, vocabularies.

    Returns
    -------
    float32 array of shape (len(texts), d)
    """
    return embed_items(model, [text_item(text) for text in texts], role=role)


def text_item(text: str) -> Item:
    """Make an item of words that belong to no collection."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Item("query", Modality.TEXT, "query:", text[:60], "txt", digest, text=text)


class SpaceModel:
    """The model that made the vectors of a space, opened when it is needed.

    Parameters
    ----------
    name : str
        Under which the library knows the model.
    space : Space
        What its vectors mean.
    opened : EmbeddingModel, optional
        The model, where it is open already.

    Attributes
    ----------
    name, space
    """

    def __init__(self, name: str, space: Space, opened: EmbeddingModel | None = None) -> None:
        self.name = name
        self.space = space
        self._opened = opened

    def open(self, what: str = "a query") -> EmbeddingModel:
        """Open the model; an error names ``what`` it was to embed.

        Raises
        ------
        SpaceMismatchError
            If the vectors were imported without a model, or the installed model makes vectors of another space.
        """
        if self._opened is None:
            self._opened = self._open(what)
        return self._opened

    @property
    def capabilities(self) -> Capabilities | None:
        """What the model allows; None where no model of this name makes vectors of this space."""
        model = self._find()
        return None if model is None else model.capabilities

    @property
    def embed_phrases(self) -> Callable[[Sequence[str]], NDArray[np.float32]] | None:
        """What embeds phrases for names; None where there is no model for it or its calls cost money."""
        model = self._find()
        if model is None or isinstance(model, PricedModel):
            return None
        return lambda texts: embed_texts(model, texts, role="query")

    def _find(self) -> EmbeddingModel | None:
        try:
            model = self._opened or open_model(self.name)
        except UnknownNameError:
            return None
        return model if model.space == self.space else None

    def _open(self, what: str) -> EmbeddingModel:
        if self.space.preprocessing == IMPORTED:
            raise SpaceMismatchError(
                what,
                f"{self.space}, whose vectors were imported without their model",
                "To search, embed with the model itself: nova_explore.models.clip.EncoderModel. To add items to a map, "
                "import their vectors with nova_explore.import_vectors, then call add() without a source.",
            )
        model = open_model(self.name)
        if model.space != self.space:
            raise SpaceMismatchError(
                f"{what} in {model.space}",
                f"{self.space}",
                "Install the version of nova-explore that embedded this library, or embed it again.",
            )
        return model
