"""A folder, file, pattern, list of paths, table or data frame becomes a Collection.

Every file that is found is an item, a sidecar of one, or named with the reason why it could not be used. Only hidden
files are left out without a word, and what operating systems strew about (``.DS_Store``, ``__MACOSX``, ``Thumbs.db``,
``desktop.ini``). Links to files are followed; links to folders are named, not followed.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from nova_explore.collection import Collection, Item, Unread, number_copies
from nova_explore.errors import SourceError, UnknownNameError, UnreadableError
from nova_explore.media import access
from nova_explore.sources.files import MEDIA_SUFFIXES, TABLE_SUFFIXES, Documents, FileReader, reason_of, shown_progress

if TYPE_CHECKING:
    import pandas as pd

    from nova_explore.sources.tables import ArrowStream

_CLUTTER = frozenset(("__MACOSX", "Thumbs.db", "ehthumbs.db", "desktop.ini"))


def read(
    source: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | pd.DataFrame | ArrowStream,
    *,
    text: str | None = None,
    path: str | None = None,
    uri: str | None = None,
    pages: Sequence[str] = (),
    documents: Documents = "auto",
    sidecars: Literal["metadata", "items"] = "metadata",
    recursive: bool = True,
    progress: bool = True,
) -> Collection:
    """Read media into a collection. Nothing that is wrong with a file ends the reading.

    Parameters
    ----------
    source : path, pattern, list of paths, or table
        A folder; a file; a pattern such as ``"scans/**/*.png"``; a list of paths; a CSV or Parquet file, a pandas data
        frame, or anything that offers itself as a stream of Arrow (``__arrow_c_stream__``: tables of pyarrow, frames
        of polars, relations of DuckDB), whose rows are texts or name files.
    text, path, uri : str, optional
        Columns of a table: words, paths (relative to the table's folder, or to the working folder for frames), or
        URIs. Found by their names where there is no doubt. All other columns become metadata. A row that names a
        file keeps its text as metadata.
    pages : sequence of str
        Patterns of names (``"*.scan.png"``): pictures that match are document pages, to be read.
    documents : {"auto", "image"}
        ``"image"`` reads every page of documents from its picture rather than from its text layer.
    sidecars : {"metadata", "items"}
        What ``cat.txt`` or ``cat.json`` beside ``cat.png`` is: its caption and columns, or an item of its own.
    recursive : bool
        Whether folders inside the folder are read.
    progress : bool
        Show a bar once reading takes longer than a second.

    Returns
    -------
    Collection
        Items in the order of their relative paths, the same on every machine, and what could not be read.

    Raises
    ------
    SourceError
        If the source is not there, is of no known kind, is empty, or lacks the column.

    Examples
    --------
    >>> import pandas as pd
    >>> from nova_explore.sources.read import read
    >>> read(pd.DataFrame({"text": ["A quiet lake.", "A loud street."], "year": [1999, 2004]}))
    <Collection: 2 items (2 text)>
    """
    if documents not in ("auto", "image"):
        raise UnknownNameError("way to read documents", documents, ("auto", "image"))
    if sidecars not in ("metadata", "items"):
        raise UnknownNameError("way to read sidecars", sidecars, ("metadata", "items"))
    reader = FileReader(
        pages=(pages,) if isinstance(pages, str) else tuple(pages),
        documents=documents,
        sidecars=sidecars == "metadata",
    )
    columns = {"text": text, "path": path, "uri": uri}
    if not isinstance(source, str | os.PathLike):
        if hasattr(source, "columns") or hasattr(source, "__arrow_c_stream__"):
            return _read_table(source, columns, reader, progress)
        if not isinstance(source, Iterable):
            raise SourceError(f"{source!r} is not a source. Give a path, a list of paths, or a data frame.")
        return _read_list(source, reader, progress)
    name = os.fspath(source)
    if "://" in name and not name.startswith("file://"):
        raise SourceError(
            f"{name} is not on this machine. Download it first (for S3: aws s3 sync) and give the folder."
        )
    start = access.from_uri(name).expanduser() if name.startswith("file://") else Path(name).expanduser()
    if start.is_dir():
        found, unread = _walk(_absolute(start), recursive)
        if not found and not unread:
            raise SourceError(f"The folder {name} holds no files. Give a folder with media in it.")
        return _read_files(found, reader, progress, unread)
    if os.path.lexists(start):
        if _is_table(start):
            return _read_table(_absolute(start), columns, reader, progress)
        return _read_list([start], reader, progress)
    if glob.has_magic(name):
        return _read_pattern(os.fspath(start), reader, recursive, progress)
    raise SourceError(f"There is no folder or file {name} (looked in {Path.cwd()}). Check the path.")


def _absolute(path: Path) -> Path:
    # Not Path.resolve: a link keeps its own place and name.
    return Path(os.path.abspath(path))  # noqa: PTH100


def _is_table(path: Path) -> bool:
    if path.suffix.lower() in TABLE_SUFFIXES:
        return True
    try:
        access.check_file(path)
        return access.read_bytes(path, 4) == b"PAR1"
    except UnreadableError:
        return False


def _walk(root: Path, recursive: bool) -> tuple[list[tuple[Path, str]], list[Unread]]:
    """Files below a folder with their relative names, and folders that cannot or should not be entered."""
    found: list[tuple[Path, str]] = []
    unread: list[Unread] = []
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            with access.translated(folder), os.scandir(folder) as entries:
                listed = list(entries)
        except UnreadableError as error:
            unread.append(Unread(_relative(folder, root), f"This folder cannot be entered. {error}"))
            continue
        for entry in listed:
            if entry.name.startswith(".") or entry.name in _CLUTTER:
                continue
            where = Path(entry.path)
            if not entry.is_dir(follow_symlinks=False):
                if entry.is_symlink() and where.is_dir():
                    reason = "A link to a folder, which is not followed. Read the folder itself."
                    unread.append(Unread(_relative(where, root), reason))
                else:
                    found.append((where, _relative(where, root)))
                continue
            if where.suffix.lower() in MEDIA_SUFFIXES:
                also = "; the files in it are read" if recursive else ""
                unread.append(
                    Unread(
                        _relative(where, root),
                        f"It is a folder, though named like a {where.suffix} file{also}.",
                    )
                )
            if recursive:
                waiting.append(where)
    return found, unread


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _read_pattern(pattern: str, reader: FileReader, recursive: bool, progress: bool) -> Collection:
    fixed = pattern[: next(at for at, letter in enumerate(pattern) if letter in "*?[")]
    root = _absolute(Path(f"{fixed}x").parent)
    # pathlib's own glob takes no absolute pattern
    matched = [_absolute(Path(found)) for found in glob.iglob(pattern, recursive=recursive)]  # noqa: PTH207
    matched = [path for path in matched if not path.is_dir()]
    if not matched:
        raise SourceError(f"No file matches {pattern} (looked in {root}). Check the pattern; ** goes into folders.")
    return _read_files([(path, _relative(path, root)) for path in matched], reader, progress)


def _read_list(paths: Iterable[Any], reader: FileReader, progress: bool) -> Collection:
    """Read the files of a list: each was asked for, so a sidecar among them is an item."""
    given = [_given_path(path) for path in paths]
    if not given:
        raise SourceError("The list of paths is empty. Give at least one file.")
    root = Path(os.path.commonpath([path.parent for path in given]))
    return _read_files([(path, _relative(path, root)) for path in given], reader, progress, asked=True)


def _given_path(path: Any) -> Path:
    if not isinstance(path, str | os.PathLike):
        raise SourceError(
            f"A list of {type(path).__name__} is no source. Needed: paths. "
            f"Texts go into a data frame: pandas.DataFrame({{'text': [...]}})."
        )
    name = os.fspath(path)
    if "://" in name:
        try:
            return _absolute(access.from_uri(name))
        except UnreadableError as error:
            raise SourceError(f"{name}: {error}") from error
    return _absolute(Path(name).expanduser())


def _read_files(
    files: Iterable[tuple[Path, str]],
    reader: FileReader,
    progress: bool,
    unread: Iterable[Unread] = (),
    *,
    asked: bool = False,
) -> Collection:
    items: list[Item] = []
    failed: list[tuple[bytes, Unread]] = [
        (os.fsencode(one.name), Unread(access.shown(one.name), one.reason)) for one in unread
    ]
    ordered = sorted(files, key=lambda file: os.fsencode(file[1]))
    for path, name in shown_progress(ordered, progress):
        try:
            if not asked and reader.is_sidecar(path):
                reader.parse_sidecar(path)
            else:
                folder = name.partition("/")[0] if "/" in name else "."
                items.extend(reader.read(path, name=name, folder=folder))
        except Exception as error:  # one file must never end the reading of all
            failed.append((os.fsencode(name), Unread(access.shown(name), reason_of(error))))
    failed.sort(key=lambda one: one[0])
    return Collection(number_copies(items), [one for _, one in failed])


def _read_table(table: Any, columns: dict[str, str | None], reader: FileReader, progress: bool) -> Collection:
    from nova_explore.sources import tables

    return tables.read_table(table, columns=columns, reader=reader, progress=progress)
