"""The embedding run: a collection and a model in, a library with a vector for every item out.

Every batch is stored as it arrives, so a run that is interrupted or killed is continued by making the same call
again: what has a vector is not embedded a second time. One item that cannot be embedded never ends a run.
"""

from __future__ import annotations

import hashlib
import os
import platform
import uuid
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nova_explore import media
from nova_explore.collection import Collection, Item, Modality
from nova_explore.errors import SpaceMismatchError, UnreadableError
from nova_explore.models.model import EmbeddingModel, ItemError, Role, Space, Vector, open_model
from nova_explore.reading import read_words
from nova_explore.sources import read
from nova_explore.store import Library, now, open_library

COMPACT_AFTER = 16
"""Appends after which a table's small files are joined at the end of a run."""

RECORDED_PACKAGES = (
    "nova-explore", "numpy", "onnxruntime", "lancedb", "pillow", "av", "soundfile", "pypdfium2", "umap-learn",
    "hdbscan", "scikit-learn", "numba", "rapidocr",
)  # fmt: skip


def embed(
    source: Any,
    *,
    to: str | Path,
    model: str | EmbeddingModel = "local",
    new_space: bool = False,
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
    progress : bool, default True
        Show a progress bar with rate and time left.

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
    """
    collection = source if isinstance(source, Collection) else read(source, progress=progress)
    model = open_model(model)
    library = open_library(to, create=True)
    _refuse_second_space(library, model, new_space)
    with library.writing():
        items = read_words(library, library.add(collection), progress=progress)
        library.add_space(model.name, model.space)
        _run(library, items, model, progress=progress)
    return library


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


def package_versions() -> dict[str, str]:
    """Versions of Python and of the installed packages that a result can depend on."""
    versions = {"python": platform.python_version()}
    for package in RECORDED_PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return versions


def _refuse_second_space(library: Library, model: EmbeddingModel, new_space: bool) -> None:
    held = library.spaces()
    if not held or new_space or model.space in held.values():
        return
    raise SpaceMismatchError(
        f"the model {model.name!r} with the space {model.space}",
        " or ".join(map(str, held.values())) + f", which {str(library.path)!r} holds",
        "Embed into another library, or pass new_space=True to keep both side by side, each with its own map.",
    )


def _run(library: Library, items: Sequence[Item], model: EmbeddingModel, *, progress: bool) -> None:
    from tqdm.auto import tqdm

    space = model.space
    done = library.embedded(space)
    todo = list({item.content_key: item for item in items if item.content_key not in done}.values())
    contents = len({item.content_key for item in items})
    record: dict[str, Any] = {
        "id": uuid.uuid4().hex, "kind": "embed", "model": model.name, "space": space.key, "started": now(),
        "ended": None, "process": os.getpid(), "items": len(items), "contents": contents,
        "stored_before": contents - len(todo), "embedded": 0, "failed": 0, "versions": package_versions(),
    }  # fmt: skip
    library.record_run(record)
    failures: dict[str, str] = {}
    batches = 0
    try:
        with tqdm(
            total=contents, initial=contents - len(todo), desc="embedding", unit="item", disable=not progress
        ) as bar:
            for batch in _batches(todo, model.capabilities.batch_size):
                vectors, failed = _embed_checked(model, batch)
                library.add_thumbnails(_thumbnails(library, batch))
                library.add_vectors(space, vectors)
                failures |= failed
                batches += 1
                record["embedded"] += len(vectors)
                bar.update(len(batch))
    except BaseException as error:
        stored = record["stored_before"] + record["embedded"]
        error.add_note(
            f"{stored:,} of {contents:,} items are stored in {str(library.path)!r}. "
            "Make the same call again to go on from there; nothing is embedded twice."
        )
        raise
    finally:
        library.set_failures(space, failures)
        record |= {"ended": now(), "failed": len(failures)}
        library.record_run(record)
    if batches > COMPACT_AFTER:
        library.tables.compact(f"vectors_{space.key}")
        library.tables.compact("thumbnails")


def _batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _embed_checked(model: EmbeddingModel, batch: Sequence[Item]) -> tuple[Mapping[str, Vector], Mapping[str, str]]:
    """Embed a batch; what is not a finite unit vector of the right length is a failure, never stored."""
    answers = model.embed_batch(batch)
    if len(answers) != len(batch):
        raise RuntimeError(
            f"The model {model.name!r} answered {len(answers)} times for {len(batch)} items. It must answer each "
            "item once, in order: with any other count, vectors would go to the wrong items."
        )
    vectors: dict[str, Vector] = {}
    failures: dict[str, str] = {}
    for item, answer in zip(batch, answers, strict=True):
        reason = answer.reason if isinstance(answer, ItemError) else _fault(answer, model.space)
        if reason is None:
            vectors[item.content_key] = answer  # pyright: ignore[reportArgumentType]
        else:
            failures[item.content_key] = reason
    return vectors, failures


def _fault(vector: Vector, space: Space) -> str | None:
    if vector.shape != (space.dimension,):
        return f"The model returned a vector of shape {vector.shape}, its space has {space.dimension} dimensions."
    if not np.isfinite(vector).all():
        return "The model returned a vector with values that are not finite."
    length = float(np.linalg.norm(vector))
    if abs(length - 1) > 1e-3:
        return f"The model returned a vector of length {length:.4f}, it must be 1."
    return None


def _thumbnails(library: Library, batch: Sequence[Item]) -> dict[str, bytes]:
    present = library.thumbnails(item.content_key for item in batch)
    drawn: dict[str, bytes] = {}
    for item in batch:
        if item.content_key not in present:
            try:
                drawn[item.content_key] = media.thumbnail(item)
            except UnreadableError:
                continue
    return drawn


def _text_item(text: str) -> Item:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Item("query", Modality.TEXT, "query:", text[:60], "txt", digest, text=text)
