"""The vectors of a space as one array, a row for every item in the order of the items.

A table keeps its vectors in the order in which they arrived. To compute with them, they are read once, batch by batch,
straight into the rows of one array; there is never a second copy. A small array is memory; a large one is a file in the
library, mapped into memory, so that the operating system keeps in RAM what is in use and takes the rest back when
others need it. The file is named by what it holds (the version of the table, and whose vectors in which order): it
is found again as long as that is unchanged, and made again otherwise.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nova_explore.errors import LibraryError
from nova_explore.library.lance import Rows, places

MAPPED_FROM = 256 * 2**20
"""Bytes from which an array is a file; below, reading the table again is a matter of a second."""

FREE_SPACE = 2**30
"""Bytes that must remain free on the disk; otherwise the array is memory."""


def read_vectors(
    rows: Rows, keys: Sequence[str], *, dimension: int, folder: Path, name: str
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Read the vectors of these content keys, in this order.

    Parameters
    ----------
    rows : Rows
        A table with the columns ``content_key`` and ``vector``.
    keys : sequence of str, length n
        Content keys; one may occur several times.
    dimension : int
        Length of a vector, d.
    folder : Path
        Where a file for a large array is made, and looked for.
    name : str
        What the names of such files begin with: files of the same name and other contents are out of date.

    Returns
    -------
    vectors : float32 array of shape (m, d)
        One row for every key that has a vector, in the order of the keys. Read-only if it is a file.
    present : bool array of shape (n,)
        Which keys those are.

    Raises
    ------
    LibraryError
        If the table does not give its rows in the same order twice.
    """
    contents = hashlib.sha256(f"{rows.version}|{dimension}|{'|'.join(keys)}".encode()).hexdigest()[:16]
    path = folder / f"{name}-{contents}.npy"
    if 4 * len(keys) * dimension >= MAPPED_FROM and path.exists():
        vectors = _open(path)
        if len(vectors) == len(keys):  # all have one, and the table need not be asked which
            return vectors, np.ones(len(keys), bool)
    import pyarrow as pa

    stored = rows.column("content_key")
    wanted = places(pa.array(keys, stored.type), stored)
    present = wanted >= 0
    wanted = wanted[present]
    if 4 * wanted.size * dimension < MAPPED_FROM:
        vectors = np.empty((wanted.size, dimension), np.float32)
        _fill(vectors, rows, stored, wanted)
        return vectors, present
    return _map_file(path, name, rows, stored, wanted, dimension), present


def _open(path: Path) -> NDArray[np.float32]:
    return np.asarray(np.load(path, mmap_mode="r"))


def _fill(vectors: NDArray[np.float32], rows: Rows, stored: Sequence[str], wanted: NDArray[np.int64]) -> None:
    """Write the vector of row ``wanted[i]`` of the table to row i."""
    order = np.argsort(wanted, kind="stable")
    risen = wanted[order]
    start = 0
    for batch in rows.batches("content_key", "vector"):
        stop = start + batch.num_rows
        if not batch["content_key"].equals(stored[start:stop]):
            raise LibraryError(
                "The table of vectors gave its rows in another order than before. Open the library again."
            )
        low, high = np.searchsorted(risen, [start, stop])
        block = batch["vector"].flatten().to_numpy(zero_copy_only=False).reshape(batch.num_rows, -1)
        vectors[order[low:high]] = block[risen[low:high] - start]
        start = stop


def _map_file(
    path: Path, name: str, rows: Rows, stored: Sequence[str], wanted: NDArray[np.int64], dimension: int
) -> NDArray[np.float32]:
    """Map the file, making it first if it is not there: whole and on the disk before it gets its name."""
    import filelock

    size = 4 * wanted.size * dimension
    try:
        path.parent.mkdir(exist_ok=True)
        with filelock.FileLock(str(path.parent / "making.lock")):
            if not path.exists():
                for outdated in (*path.parent.glob(f"{name}-*.npy"), *path.parent.glob(f"{name}-*.part")):
                    with suppress(OSError):  # another process may be looking at it, which Windows does not allow
                        outdated.unlink()
                if shutil.disk_usage(path.parent).free < size + FREE_SPACE:
                    raise OSError("too little room for a second copy of the vectors on the disk")
                draft = path.with_suffix(".part")
                made = np.lib.format.open_memmap(draft, "w+", np.float32, (wanted.size, dimension))
                _fill(made, rows, stored, wanted)
                made.flush()
                del made
                draft.replace(path)
        return _open(path)
    except OSError:
        # A library may lie on a full disk or one that cannot be written to; its vectors can still be read.
        vectors = np.empty((wanted.size, dimension), np.float32)
        _fill(vectors, rows, stored, wanted)
        return vectors
