"""A collection and a model in, a library with a vector for every item out.

A run that is interrupted or killed is continued by making the same call again: what has a vector is not embedded a
second time. One item that cannot be embedded never ends a run.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from nova_explore.collection import Collection
from nova_explore.embedding.cuts import as_cut_before, cut_long_texts, say_lost
from nova_explore.embedding.run import run, unanswered
from nova_explore.embedding.transcripts import read_words
from nova_explore.errors import SourceError, SpaceMismatchError
from nova_explore.library.store import MARKER, Library, open_library
from nova_explore.models.cost import Estimate, check_budget
from nova_explore.models.model import EmbeddingModel, PricedModel
from nova_explore.models.registry import open_model
from nova_explore.sources.read import read


def embed(
    source: Any,
    *,
    to: str | Path,
    model: str | EmbeddingModel = "local",
    new_space: bool = False,
    budget: float | None = None,
    retry_refused: bool = False,
    progress: bool = True,
    say_cost: bool = True,
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
    retry_refused : bool, default False
        Ask again for items that a hosted model refused for what they are; what it blocked is never sent again.
    progress : bool, default True
        Show a progress bar with rate and time left, and what was spent.
    say_cost : bool, default True
        For models that cost money: show the estimate before anything is sent, where progress is shown.

    Returns
    -------
    Library
        With a vector, or a recorded reason, for every item.

    Raises
    ------
    SourceError
        If there is not one item to embed.
    SpaceMismatchError
        If the library holds vectors of another space and ``new_space`` is not set.
    LibraryError
        If ``to`` is something else than a library, or is being written by another process.
    ServiceRefusedError, ServiceUnavailableError
        If a hosted model refuses every call, or has not answered for long; what is embedded is kept.
    ValueError
        If the budget is no amount of money.

    Warns
    -----
    UserWarning
        If files of the library are gone from the folder that was read; their items stay.
    """
    check_budget(budget)
    collection = source if isinstance(source, Collection) else read(source, progress=progress)
    if not len(collection) and not (Path(to).expanduser() / MARKER).exists():
        first = (
            f", the first, {collection.unread[0].name!r}: {collection.unread[0].reason}" if collection.unread else "."
        )
        raise SourceError(
            f"There is nothing to embed: 0 items, {len(collection.unread)} files could not be read{first}"
        )
    model = open_model(model)
    library = open_library(to, create=True)
    refuse_second_space(library, model, new_space=new_space)
    with library.writing():
        cut = cut_long_texts(as_cut_before(library, collection), model.capabilities.characters)
        say_lost(library, cut)
        items = read_words(library, library.add(cut), progress=progress)
        library.add_space(model.name, model.space)
        run(
            library, items, model, budget=budget, retry_refused=retry_refused, progress=progress, say_cost=say_cost
        )  # fmt: skip
    return library


def estimate(
    source: Any, *, to: str | Path, model: str | EmbeddingModel, retry_refused: bool = False
) -> Estimate | None:
    """What `embed` would cost with the same arguments; nothing is sent and nothing is written.

    A run asks for everything in the library that has no vector and no settled reason, so what earlier runs have left
    over is counted too, and named.

    Returns
    -------
    Estimate or None
        None for a model that costs nothing.
    """
    opened = open_model(model)
    if not isinstance(opened, PricedModel):
        return None
    collection = source if isinstance(source, Collection) else read(source, progress=False)
    if not (Path(to).expanduser() / MARKER).exists():
        return opened.estimate(cut_long_texts(collection, opened.capabilities.characters))
    library = open_library(to)
    collection = cut_long_texts(as_cut_before(library, collection), opened.capabilities.characters)
    named = {item.content_key for item in collection}
    wanted = unanswered(library, [*library.collection(), *collection], opened.space, retry_refused=retry_refused)
    earlier = sum(item.content_key not in named for item in wanted)
    expected = opened.estimate(wanted)
    return replace(expected, earlier=earlier) if earlier else expected


def refuse_second_space(library: Library, model: EmbeddingModel, *, new_space: bool) -> None:
    """Make sure that vectors of a second space come into a library only on wish.

    Raises
    ------
    SpaceMismatchError
        If the library holds vectors of another space and ``new_space`` is not set.
    """
    held = library.spaces()
    if not held or new_space or model.space in held.values():
        return
    raise SpaceMismatchError(
        f"the model {model.name!r} with the space {model.space}",
        " or ".join(map(str, held.values())) + f", which {str(library.path)!r} holds",
        "Embed into another library, or pass new_space=True to keep both side by side, each with its own map.",
    )
