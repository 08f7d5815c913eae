"""A folder, file, pattern, list of paths, table or data frame becomes a Collection.

Every file that is found is an item, a sidecar of one, or named with the reason why it could not be used. Only hidden
files are left out without a word, and what others made of the media (`sources.clutter`). Links to files are followed;
links to folders are named, not followed.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from nova_explore.collection import Collection, Unread
from nova_explore.errors import SourceError, UnknownNameError, UnreadableError
from nova_explore.media import access, remote
from nova_explore.sources import clutter
from nova_explore.sources.files import TABLE_SUFFIXES, Documents, FileReader, read_files
from nova_explore.sources.side_files import MEDIA_SUFFIXES

if TYPE_CHECKING:
    import pandas as pd

    from nova_explore.sources.tables import ArrowStream


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
    encoding: str | None = None,
    progress: bool = True,
) -> Collection:
    """Read media into a collection. Nothing that is wrong with a file ends the reading.

    Parameters
    ----------
    source : path, pattern, list of paths, or table
        A folder; a file; a pattern such as ``"scans/**/*.png"``; a list of paths; a CSV, JSON lines or Parquet file, a
        pandas data frame, or anything that offers itself as a stream of Arrow (``__arrow_c_stream__``: tables of
        pyarrow, frames of polars, relations of DuckDB), whose rows are texts, name files or hold them;
        ``s3://bucket/prefix`` or an ``https://`` address, fetched with the ordinary credentials.
    text, path, uri : str, optional
        Columns of a table: words, paths (relative to the table's folder, or to the working folder for frames), or
        URIs. Found by their names where there is no doubt. All other columns become metadata. A row that names a
        file keeps its text as metadata. Addresses elsewhere are fetched only from a column that ``uri`` names.
    pages : sequence of str
        Patterns of names (``"*.scan.png"``): pictures that match are document pages, to be read.
    documents : {"auto", "image"}
        ``"image"`` reads every page of documents from its picture rather than from its text layer.
    sidecars : {"metadata", "items"}
        What ``cat.txt`` or ``cat.json`` beside ``cat.png`` is: its caption and columns, or an item of its own.
    recursive : bool
        Whether folders inside the folder are read.
    encoding : str, optional
        Of texts and tables that are neither UTF-8 nor UTF-16, such as ``"cp1252"``. Guessed where enough speaks for
        one; the column ``encoding`` says so.
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
        encoding=encoding,
        fetch=uri is not None,
    )
    columns = {"text": text, "path": path, "uri": uri}
    if not isinstance(source, str | os.PathLike):
        if _is_frame(source):
            return _read_table(source, columns, reader, progress)
        if not isinstance(source, Iterable):
            raise SourceError(f"{source!r} is not a source. Give a path, a list of paths, or a data frame.")
        return _read_list(source, reader, progress)
    name = os.fspath(source)
    if remote.is_remote(name):
        return _read_remote(name, reader, recursive, progress)
    if "://" in name and not name.startswith("file://"):
        raise SourceError(f"{name} is at no place that is known: s3://, https:// or a path. Check the path.")
    start = access.from_uri(name).expanduser() if name.startswith("file://") else Path(name).expanduser()
    if start.is_dir():
        found, unread = _walk(_absolute(start), recursive)
        if not found and not unread:
            raise SourceError(f"The folder {name} holds no files. Give a folder with media in it.")
        return read_files(found, reader, progress, unread)
    if os.path.lexists(start):
        if _is_table(start):
            return _read_table(_absolute(start), columns, reader, progress)
        return _read_list([start], reader, progress)
    if glob.has_magic(name):
        return _read_pattern(os.fspath(start), reader, recursive, progress)
    raise SourceError(f"There is no folder or file {name} (looked in {Path.cwd()}). Check the path.")


def _is_frame(source: Any) -> bool:
    # Asked of the type: a lazy frame of Polars warns when its columns are looked at.
    return any(hasattr(type(source), name) for name in ("iloc", "column_names", "__arrow_c_stream__", "collect_schema"))


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
        names = [entry.name for entry in listed]
        if clutter.is_library(names):
            continue
        spare = clutter.made_of_others(names)
        for entry in listed:
            if entry.name in spare:
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
    # A folder called "Rome [2020]": if brackets as a class match nothing, they are its name.
    for tried in dict.fromkeys((pattern, pattern.replace("[", "[[]"))):
        # pathlib's own glob takes no absolute pattern
        matched = [_absolute(Path(found)) for found in glob.iglob(tried, recursive=recursive)]  # noqa: PTH207
        matched = [path for path in matched if not path.is_dir()]
        if matched:
            break
    fixed = pattern[: next(at for at, letter in enumerate(pattern) if letter in "*?[")]
    root = _absolute(Path(f"{fixed}x").parent)
    if not matched:
        raise SourceError(f"No file matches {pattern} (looked in {root}). Check the pattern; ** goes into folders.")
    return read_files([(path, _relative(path, root)) for path in matched], reader, progress)


def _read_list(paths: Iterable[Any], reader: FileReader, progress: bool) -> Collection:
    """Read the files of a list: each was asked for, so a sidecar among them is an item."""
    given: list[Path] = []
    unread: list[Unread] = []
    for path in paths:
        if not isinstance(path, str | os.PathLike):
            raise SourceError(
                f"A list of {type(path).__name__} is no source. Needed: paths. "
                f"Texts go into a data frame: pandas.DataFrame({{'text': [...]}})."
            )
        name = os.fspath(path)
        try:
            if remote.is_remote(name):
                given.append(remote.local_copy(name))
            else:
                given.append(_absolute(access.from_uri(name) if "://" in name else Path(name).expanduser()))
        except UnreadableError as error:
            unread.append(Unread(name, str(error)))
    if not given and not unread:
        raise SourceError("The list of paths is empty. Give at least one file.")
    root = Path(os.path.commonpath([path.parent for path in given])) if given else Path()
    return read_files([(path, _relative(path, root)) for path in given], reader, progress, unread, asked=True)


def _read_table(table: Any, columns: dict[str, str | None], reader: FileReader, progress: bool) -> Collection:
    from nova_explore.sources import tables

    return tables.read_table(table, columns=columns, reader=reader, progress=progress)


def _read_remote(uri: str, reader: FileReader, recursive: bool, progress: bool) -> Collection:
    """Read what lies at an address: one object, or all below a prefix; copies are fetched a few ahead."""
    from nova_explore.sources.remote_sources import read_elsewhere

    return read_elsewhere(uri, reader=reader, recursive=recursive, progress=progress)
