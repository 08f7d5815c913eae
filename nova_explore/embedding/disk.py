"""Room on the disk of a library: asked for before anything is paid for, and named when it runs out."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from nova_explore.errors import LibraryError

SPARE = 32 * 2**20
"""Bytes that must stay free: what is in the air, and the records of the run, find room there."""

OVERHEAD = 1.3
"""Bytes that a table takes for each byte of its vectors, with what is written anew when small files are joined."""

_FULL = ("no space left on device", "os error 28", "disk quota exceeded", "enospc")


def needed(vectors: int, dimension: int) -> int:
    """Bytes that so many more vectors need, with what must stay free."""
    return int(OVERHEAD * 4 * dimension * vectors) + SPARE


def free(path: Path) -> int:
    """Bytes that are free on the disk of a folder."""
    return shutil.disk_usage(path).free


def check_room(path: Path, *, vectors: int, dimension: int) -> None:
    """Make sure that so many more vectors fit.

    Raises
    ------
    LibraryError
        If they do not.
    """
    there, wanted = free(path), needed(vectors, dimension)
    if there < wanted:
        raise LibraryError(
            f"The disk of {str(path)!r} has {_size(there)} free, {vectors:,} vectors need {_size(wanted)}. Free "
            f"{_size(wanted - there)}, or embed to another disk. Nothing was sent."
        )


def is_full(error: BaseException) -> bool:
    """Whether an error, of Python, of SQLite or of Lance, says that a disk is full."""
    code = getattr(error, "errno", None)
    return code in (errno.ENOSPC, errno.EDQUOT) or any(words in str(error).lower() for words in _FULL)


def full_disk(path: Path) -> LibraryError:
    """What a person reads when the disk of a library ran out of room."""
    return LibraryError(
        f"The disk of {str(path)!r} is full ({_size(free(path))} free). Free {_size(SPARE)} at least and make the same "
        "call again: what was paid for is in the library or in your cache of paid vectors, and is not paid again."
    )


def _size(count: int) -> str:
    return f"{count / 2**20:,.0f} MB" if count < 2**30 else f"{count / 2**30:,.1f} GB"
