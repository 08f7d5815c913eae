"""A collection and a model in, a library with a vector for every item out.

A run that is interrupted or killed is continued by making the same call again: what has a vector is not embedded a
second time. One item that cannot be embedded never ends a run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Collection, Item, Modality
from nova_explore.cuts import as_cut_before, cut_long_texts
from nova_explore.errors import SpaceMismatchError, UnknownNameError, UnreadableError
from nova_explore.models.cost import Estimate
from nova_explore.models.model import EmbeddingModel, ItemError, PricedModel, Role, Space, Vector, open_model
from nova_explore.models.own import IMPORTED
from nova_explore.reading import read_words
from nova_explore.run import run
from nova_explore.sources import read
from nova_explore.store import MARKER, Library, open_library


def embed(
    source: Any,
    *,
    to: str | Path,
    model: str | EmbeddingModel = "local",
    new_space: bool = False,
    budget: float | None = None,
    progress: bool = True,
) -> Library:
    """Embed a collection into a library on disk, going on where an earlier run stopped.

    Parameters
    ----------
    source : Collection, or anything that `nova_explore.read` takes
        What to embed.
    to : str or Path
        The library's folder, by habit ``something.nova``; made if it is not there, added to if it is.
    model : str or EmbeddingModel, default "local"
        Name of a registered model, or the model itself.
    new_space : bool, default False
        Keep the vectors of this model beside those of another one that the library holds already.
    budget : float, optional
        US dollars that the run must not pass, for models that cost money: it stops before, with a warning, and what
        was not sent is recorded as such. A later call with a higher budget goes on.
    progress : bool, default True
        Show a progress bar with rate and time left; for models that cost money the estimate, too, before anything is
        sent.

    Returns
    -------
    Library
        With a vector, or a recorded reason, for every item.

    Raises
    ------
    SpaceMismatchError
        If the library holds vectors of another space and ``new_space`` is not set.
    LibraryError
        If ``to`` is something else than a library, or is being written by another process.
    ServiceRefusedError, ServiceUnavailableError
        If a hosted model refuses every call, or has not answered for long; what is embedded is kept.
    """
    collection = source if isinstance(source, Collection) else read(source, progress=progress)
    model = open_model(model)
    library = open_library(to, create=True)
    _refuse_second_space(library, model, new_space)
    with library.writing():
        cut = cut_long_texts(as_cut_before(library, collection), model.capabilities.characters)
        items = read_words(library, library.add(cut), progress=progress)
        library.add_space(model.name, model.space)
        run(library, items, model, budget=budget, progress=progress)
    return library


def estimate(source: Any, *, to: str | Path, model: str | EmbeddingModel) -> Estimate | None:
    """What `embed` would cost with the same arguments; nothing is sent and nothing is written.

    Returns
    -------
    Estimate or None
        None for a model that costs nothing.
    """
    opened = open_model(model)
    if not isinstance(opened, PricedModel):
        return None
    collection = source if isinstance(source, Collection) else read(source, progress=False)
    there: set[str] = set()
    if (Path(to).expanduser() / MARKER).exists():
        library = open_library(to)
        collection = as_cut_before(library, collection)
        there = library.embedded(opened.space) | set(library.blocked(opened.space))
    collection = cut_long_texts(collection, opened.capabilities.characters)
    return opened.estimate(item for item in collection if item.content_key not in there)


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


def _refuse_second_space(library: Library, model: EmbeddingModel, new_space: bool) -> None:
    held = library.spaces()
    if not held or new_space or model.space in held.values():
        return
    raise SpaceMismatchError(
        f"the model {model.name!r} with the space {model.space}",
        " or ".join(map(str, held.values())) + f", which {str(library.path)!r} holds",
        "Embed into another library, or pass new_space=True to keep both side by side, each with its own map.",
    )


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
