"""A bucket or an address becomes a collection: listed, fetched a few files ahead, read like a folder.

The items keep their addresses. Copies are dropped when there are too many, and fetched again when an item is looked at.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from nova_explore.collection import Collection, Item, Unread, number_copies
from nova_explore.errors import SourceError, UnreadableError
from nova_explore.media import remote
from nova_explore.sources import clutter
from nova_explore.sources.files import FileReader, reason_of, shown_progress

AHEAD = 8
"""Files that are fetched at once, while others are read."""


def read_elsewhere(uri: str, *, reader: FileReader, recursive: bool, progress: bool) -> Collection:
    """Read one object or file, or all below a prefix of a bucket.

    Parameters
    ----------
    uri : str
        ``s3://bucket``, ``s3://bucket/prefix``, or ``https://host/file``.
    reader : FileReader
        Turns each file into items.
    recursive : bool
        Whether what lies deeper than the prefix is read.
    progress : bool
        Show a bar once reading takes longer than a second.

    Raises
    ------
    SourceError
        If the bucket cannot be listed, or nothing is there.
    """
    found = list(remote.list_bucket(uri)) if uri.lower().startswith("s3://") else [_one(uri)]
    found = [one for one in found if recursive or "/" not in one.name]
    spare = _spare(found)
    found = sorted((one for one in found if one.name not in spare), key=lambda one: one.name.encode())
    if not found:
        raise SourceError(f"There is nothing at {uri}. Check the prefix.")
    for one in found:
        place = remote.place_of(one.uri)
        reader.beside.listings.setdefault(place.parent, []).append(place.name)
    described = [one for one in found if reader.is_sidecar(remote.place_of(one.uri))]
    items: list[Item] = []
    unread: list[Unread] = []
    # What describes comes first: it is small, and must be here when its medium is read.
    for one, answer in shown_progress(_Ahead(described), progress):
        try:
            reader.beside.parse(_path(answer))
        except Exception as error:
            unread.append(Unread(one.name, reason_of(error)))
    media = [one for one in found if one not in set(described)]
    for one, answer in shown_progress(_Ahead(media), progress):
        try:
            folder = one.name.partition("/")[0] if "/" in one.name else "."
            items += reader.read(_path(answer), name=one.name, folder=folder, uri=one.uri)
        except Exception as error:  # one object must never end the reading of all
            unread.append(Unread(one.name, reason_of(error)))
    return Collection(number_copies(items), sorted(unread, key=lambda one: one.name))


def _one(uri: str) -> remote.Found:
    return remote.Found(uri, unquote(PurePosixPath(urlsplit(uri).path).name) or uri, 0, 0)


def _spare(found: list[remote.Found]) -> set[str]:
    """Names of what is hidden, strewn about, made of another object, or part of a library."""
    folders: dict[str, list[str]] = {}
    for one in found:
        parts = one.name.split("/")
        for depth in range(len(parts)):
            folders.setdefault("/".join(parts[:depth]), []).append(parts[depth])
    out = {folder: clutter.made_of_others(set(names)) for folder, names in folders.items()}
    libraries = {folder for folder, names in folders.items() if clutter.is_library(names)}

    def is_spare(name: str) -> bool:
        parts = name.split("/")
        above = ["/".join(parts[:depth]) for depth in range(len(parts))]
        return any(part in out[folder] for folder, part in zip(above, parts, strict=True)) or bool(
            libraries & set(above)
        )

    return {one.name for one in found if is_spare(one.name)}


def _path(answer: Path | Exception) -> Path:
    if isinstance(answer, Exception):
        raise answer
    return answer


class _Ahead:
    """Pairs of an object and its copy, or the error it met, in order; a few are fetched ahead."""

    def __init__(self, found: list[remote.Found]) -> None:
        self._found = found

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[tuple[remote.Found, Path | Exception]]:
        waiting: deque[tuple[remote.Found, Future[Path]]] = deque()
        with ThreadPoolExecutor(AHEAD) as pool:
            for one in self._found:
                waiting.append((one, pool.submit(_copy, one)))
                if len(waiting) > AHEAD:
                    yield _answer(*waiting.popleft())
            while waiting:
                yield _answer(*waiting.popleft())


def _copy(one: remote.Found) -> Path:
    return remote.local_copy(one.uri, found=one if one.uri.startswith("s3://") else None)


def _answer(one: remote.Found, copy: Future[Path]) -> tuple[remote.Found, Path | Exception]:
    try:
        return one, copy.result()
    except (UnreadableError, OSError) as error:
        return one, error
