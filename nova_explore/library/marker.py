"""The file that makes a folder a library: the version of its layout, and which tables it holds.

A copy of a folder that was interrupted lacks some of its tables. Without a list of them, a missing table could not be
told from one that was never written, and a library of ten thousand items would look like an empty one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nova_explore.errors import LibraryError, UnwritableError
from nova_explore.library.stamps import now

FORMAT = 1
MARKER = "nova.json"

WITH_VECTORS = frozenset(("items", "spaces", "runs"))
"""Tables that a library with vectors has, whichever version wrote it."""


def read_marker(path: Path) -> dict[str, Any]:
    """Read what a library says of itself.

    Raises
    ------
    LibraryError
        If the folder is no library, its marker is damaged, or its layout is of another version.
    """
    try:
        about = json.loads((path / MARKER).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise LibraryError(
            f"{str(path)!r} is not a library: its {MARKER} cannot be read ({error}). "
            "Make one with nova_explore.embed(collection, to=…)."
        ) from error
    if not isinstance(about, dict):
        raise LibraryError(
            f"The {MARKER} of {str(path)!r} holds a JSON {type(about).__name__}. Needed: an object that says format "
            "and created. Copy the library again from where it is whole."
        )
    if about.get("format") != FORMAT:
        raise LibraryError(
            f"{str(path)!r} has format {about.get('format')!r}, this version reads format {FORMAT}. "
            "Open it with the version of nova-explore that wrote it."
        )
    if not isinstance(about.get("created"), str):
        raise LibraryError(
            f"The {MARKER} of {str(path)!r} does not say when the library was created. Needed: the file as it was "
            "written. Copy the library again from where it is whole."
        )
    return about


def make_marker(path: Path) -> None:
    """Make a folder a library, with the folder where it is missing; one that is a library by now stays what it is.

    Raises
    ------
    UnwritableError
        If the system does not allow it, or the disk is full.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        with locked(path, "tables", seconds=60):
            if not (path / MARKER).exists():
                _write(path, {"format": FORMAT, "created": now(), "tables": []})
    except OSError as error:
        raise UnwritableError(
            f"{str(path)!r} cannot be made ({error.strerror or error}). Choose a folder that you may write to."
        ) from error


def is_free(path: Path) -> bool:
    """Whether a library can be made here: nothing is there, or what another that is being made has written so far."""
    if not path.exists():
        return True
    return path.is_dir() and {entry.name for entry in path.iterdir()} <= {MARKER, f"{MARKER}.part", "tables.lock"}


def expected_tables(path: Path) -> frozenset[str]:
    """Tables that a library has had, and must have."""
    try:
        listed = read_marker(path).get("tables")
    except LibraryError:
        return frozenset()  # a folder of tables that is no library
    if isinstance(listed, list):
        return frozenset(map(str, listed))
    # An earlier version wrote it, and nothing has been written since.
    return WITH_VECTORS if any(path.glob("vectors_*.lance")) else frozenset()


def list_tables(path: Path, names: Iterable[str]) -> None:
    """List further tables as such that a library must have from now on."""
    names = {*names}
    if expected_tables(path) >= names or not (path / MARKER).exists():
        return
    with locked(path, "tables", seconds=60):
        about = read_marker(path)
        _write(path, about | {"tables": sorted({*about.get("tables", ()), *names})})


@contextmanager
def locked(path: Path, name: str, *, seconds: float = 0) -> Iterator[None]:
    """Hold a lock of a library; the operating system lets go of it even if the process is killed.

    Parameters
    ----------
    path : Path
        The library.
    name : str
        Of the lock.
    seconds : float
        How long to wait for another process that holds it.

    Raises
    ------
    UnwritableError
        If the library cannot be written to.
    LibraryError
        If another process holds it.
    """
    import filelock

    lock = filelock.FileLock(str(path / f"{name}.lock"))
    try:
        lock.acquire(timeout=seconds)
    except filelock.Timeout as error:
        raise LibraryError(
            f"{str(path)!r} is being written by another process. Wait for it to end, or stop it: "
            "what it has embedded so far is kept."
        ) from error
    except OSError as error:
        raise UnwritableError(
            f"{str(path)!r} cannot be written to ({error.strerror or error}). Make it writable, or work on a copy."
        ) from error
    try:
        yield
    finally:
        lock.release()


def _write(path: Path, about: dict[str, Any]) -> None:
    """Write the marker whole or not at all."""
    draft = path / f"{MARKER}.part"
    draft.write_text(json.dumps(about), "utf-8")
    draft.replace(path / MARKER)
