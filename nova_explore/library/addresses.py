"""Where media are: as absolute addresses, and relative to the library, so that both can be moved together."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from nova_explore.collection import Item, Scalar
from nova_explore.errors import UnreadableError
from nova_explore.media import access

_ROW = re.compile(r"#row=\d+$")


def is_address(uri: str) -> bool:
    """Whether an address is one thing wherever it is read: an absolute path or a URI, not the row of a data frame."""
    return "://" in uri or Path(uri).is_absolute()


def file_of(uri: str) -> Path | None:
    """The file behind an address, of a table's row the table; None where it is none of this machine."""
    try:
        path = access.from_uri(_ROW.sub("", uri))
    except UnreadableError:
        return None
    return path if path.is_absolute() else None


def is_there(uri: str) -> bool:
    """Whether the file behind an address is there; what is not of this machine never is."""
    path = file_of(uri)
    return path is not None and (path.is_file() or (_ROW.search(uri) is not None and Path(uri).is_file()))


def is_gone(uri: str) -> bool:
    """Whether there is no file behind a path any more. What is elsewhere is not looked for."""
    return file_of(uri) is not None and not is_there(uri)


def is_of(item: Item) -> bool:
    """Whether the file at an item's address is the one that the item was read from, as far as can be told."""
    if not is_there(item.uri):
        return False
    path = Path(item.uri)
    if not path.is_file() or path.stat().st_size > access.MOST_HASHED:
        return True  # a row, or a file too long to be looked through
    try:
        return access.digest(path) == item.digest
    except UnreadableError:
        return False


def from_library(uri: str, library: Path) -> str | None:
    """An absolute path as it is seen from a library; None for addresses of other kinds and other drives."""
    if "://" in uri or not Path(uri).is_absolute():
        return None
    folder, name = os.path.split(uri)
    there = _relative(folder, str(library))
    return None if there is None else f"{there}/{name}"


@lru_cache(maxsize=4096)
def _relative(folder: str, library: str) -> str | None:
    try:
        return Path(os.path.relpath(folder, library)).as_posix()
    except ValueError:  # another drive
        return None


def resolve(uri: str, beside: str | None, library: Path, metadata: Mapping[str, Scalar]) -> str:
    """Return the address of a medium now: as seen from the library if it is there, else as it was when it was read.

    Parameters
    ----------
    uri : str
        Where it was.
    beside : str or None
        The same as seen from where the library was then.
    library : Path
        Where the library is.
    metadata : Mapping
        Its ``bytes`` tell a file from another one of the same name.
    """
    if beside is None:
        return uri
    folder, _, name = beside.rpartition("/")
    here = os.path.join(_joined(str(library), folder), name)  # noqa: PTH118 (a million of them)
    if here == uri or not is_there(here):
        return uri
    size = metadata.get("bytes")
    other = isinstance(size, int) and Path(here).is_file() and Path(here).stat().st_size != size
    return uri if other and is_there(uri) else here


@lru_cache(maxsize=4096)
def _joined(library: str, folder: str) -> str:
    return os.path.normpath(os.path.join(library, folder))  # noqa: PTH118 (links keep their own place)


def common_folder(uris: Iterable[str]) -> Path | None:
    """The folder that all files of these addresses lie in; None where there is none, or only the root of the disk."""
    folders = {str(path.parent) for uri in uris if (path := file_of(uri)) is not None}
    try:
        common = Path(os.path.commonpath(folders)) if folders else None
    except ValueError:  # several drives
        return None
    return None if common is None or common == Path(common.anchor) else common
