"""Texts and media that are no items of a library, embedded: queries, phrases, vocabularies."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Item, Modality
from nova_explore.errors import SpaceMismatchError, UnknownNameError, UnreadableError
from nova_explore.models.model import EmbeddingModel, PricedModel
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
    return embed_items(model, [_text_item(text) for text in texts], role=role)


def _text_item(text: str) -> Item:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Item("query", Modality.TEXT, "query:", text[:60], "txt", digest, text=text)


def phrase_embedder(
    name: str, space: Space, opened: EmbeddingModel | None
) -> Callable[[Sequence[str]], NDArray[np.float32]] | None:
    """Return what embeds phrases for names, or None where there is no model for it or its calls cost money."""
    try:
        model = opened or open_model(name)
    except UnknownNameError:
        return None
    if model.space != space or isinstance(model, PricedModel):
        return None
    return lambda texts: embed_texts(model, texts, role="query")


def open_model_of(space: Space, name: str, *, what: str = "a query") -> EmbeddingModel:
    """Open the model that made the vectors of a space; ``what`` it is to embed is named by the error.

    Raises
    ------
    SpaceMismatchError
        If they were imported without it, or if the one that is installed makes vectors of another space.
    """
    if space.preprocessing == IMPORTED:
        raise SpaceMismatchError(
            what,
            f"{space}, whose vectors were imported without their model",
            "To search, embed with the model itself: nova_explore.models.clip.EncoderModel. To add items to a map, "
            "import their vectors with nova_explore.import_vectors, then call add() without a source.",
        )
    model = open_model(name)
    if model.space != space:
        raise SpaceMismatchError(
            f"{what} in {model.space}",
            f"{space}",
            "Install the version of nova-explore that embedded this library, or embed it again.",
        )
    return model
