"""Reach a file safely: what it is on disk, whether it is still the one that was read, its digest."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from nova_explore.collection import Item
from nova_explore.errors import UnreadableError

MOST_HASHED = 256 * 2**20
"""Bytes up to which a file is checked by its digest when it is used again; larger ones by their size."""

_SPECIAL = {
    stat.S_IFDIR: "is a folder, not a file",
    stat.S_IFIFO: "is a named pipe, which can only be read once",
    stat.S_IFSOCK: "is a socket, not a file",
    stat.S_IFCHR: "is a device, not a file",
    stat.S_IFBLK: "is a device, not a file",
}


def shown(name: str | bytes) -> str:
    r"""A file's name as text: bytes that are not UTF-8 are written as ``\xNN``."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn errors of the operating system into reasons."""
    try:
        yield
    except OSError as error:
        if error.errno is None:  # not the system's: decoders raise OSError for damaged content
            raise
        raise UnreadableError(_reason(path, error)) from error


def _reason(path: Path, error: OSError) -> str:
    if error.errno in (errno.EACCES, errno.EPERM):
        mode = "u+rx" if path.is_dir() else "u+r"
        return f"No permission to read it. Allow it, for example with: chmod {mode} '{shown(path.name)}'"
    if error.errno == errno.ELOOP:
        return "A link that leads back to itself. Point it to the file."
    if error.errno == errno.ENOENT:
        if path.is_symlink():
            return f"A broken link: {shown(str(path.readlink()))!r} is not there. Restore it or remove the link."
        return "It is not there (any more). Check the path."
    if error.errno == errno.ENAMETOOLONG:
        return "Its path is longer than the system allows. Move it to a shorter one."
    return f"The system could not read it: {error.strerror or error}. Check the disk, or copy the file again."


def check_file(path: Path) -> os.stat_result:
    """Make sure that a path is a regular, non-empty file before anything opens it.

    Raises
    ------
    UnreadableError
        For a broken or circular link, a folder, pipe, socket or device, and an empty file. Nothing is opened, so a
        pipe without a writer does not block.
    """
    try:
        os.fsencode(path).decode("utf-8")
    except UnicodeDecodeError:
        raise UnreadableError("Its name is not UTF-8, so it cannot be kept in a library. Rename it.") from None
    with translated(path):
        info = path.stat()
    if not stat.S_ISREG(info.st_mode):
        what = _SPECIAL.get(stat.S_IFMT(info.st_mode), "is not a regular file")
        raise UnreadableError(f"It {what}. Give a file.")
    if info.st_size == 0:
        raise UnreadableError("It is empty (0 bytes). Copy or download it again.")
    return info


def read_bytes(path: Path, size: int = -1) -> bytes:
    """Read a file, or its first bytes.

    Raises
    ------
    UnreadableError
        If the system refuses.
    """
    with translated(path), path.open("rb") as file:
        return file.read(size)


@lru_cache(maxsize=4096)
def _digest(path: str, size: int, modified: int, inode: int) -> str:  # noqa: ARG001 (what it is remembered by)
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest(path: Path) -> str:
    """SHA-256 (hex) of a file, remembered while its size, time and inode stay the same.

    Raises
    ------
    UnreadableError
        If the system refuses.
    """
    with translated(path):
        info = path.stat()
        return _digest(str(path), info.st_size, info.st_mtime_ns, info.st_ino)


def from_uri(uri: str) -> Path:
    """The local path behind an absolute path or a ``file://`` URI.

    Raises
    ------
    UnreadableError
        For any other scheme: nothing is fetched.
    """
    scheme = urlsplit(uri).scheme.lower() if "://" in uri else ""
    if scheme == "file":
        parts = urlsplit(uri)
        if parts.netloc not in ("", "localhost"):
            raise UnreadableError(f"It is on another machine ({parts.netloc}). Copy it here and give its path.")
        return Path(url2pathname(unquote(parts.path)) if os.name == "nt" else unquote(parts.path))
    if scheme:
        do = f"aws s3 cp '{uri}' ." if scheme == "s3" else "a browser or curl -O"
        raise UnreadableError(
            f"It is at {scheme}://, and nothing is fetched. Download it first ({do}) and give its path."
        )
    return Path(uri)


def locate(item: Item) -> Path:
    """The file of an item, checked to be the one that was read.

    Raises
    ------
    UnreadableError
        If it is gone or has changed since.
    """
    path = from_uri(item.uri)
    info = check_file(path)
    if info.st_size <= MOST_HASHED:
        same = digest(path) == item.digest
    else:
        same = item.metadata.get("bytes") in (None, info.st_size)
    if not same:
        raise UnreadableError(
            f"{item.name} has changed since it was embedded. Read the collection again, and embed what is new."
        )
    return path
