"""Tables whose rows are texts, name files, or hold the media themselves."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Protocol
from urllib.parse import urlsplit

from nova_explore.cache_folder import cache_folder
from nova_explore.collection import Collection, Item, Modality, Scalar, Unread, number_copies
from nova_explore.errors import SourceError, UnknownNameError, UnreadableError
from nova_explore.media import access, remote
from nova_explore.media.encoding import repaired
from nova_explore.sources.cells import load_cells
from nova_explore.sources.files import FileReader, reason_of, shown_progress
from nova_explore.sources.scalars import combined, to_scalar
from nova_explore.sources.side_files import MEDIA_SUFFIXES


class ArrowStream(Protocol):
    """A table of any library that offers itself as a stream of Arrow.

    See https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html.
    """

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the stream as a capsule."""
        ...


_NAMES = {
    "path": (
        *("path", "file", "filename", "file_name", "filepath", "file_path", "image", "image_path", "audio", "video"),
    ),
    "uri": ("uri", "url", "href"),
    "text": ("text", "content", "body", "sentence", "document", "caption"),
}
_LOOKED_AT = 50
"""Rows by which it is judged whether URIs name media or pages."""


@dataclass(frozen=True, slots=True)
class _Medium:
    """The cell that names, or holds, the medium of a row."""

    role: str
    value: str
    data: bytes | None = None


def read_table(table: Any, *, columns: Mapping[str, str | None], reader: FileReader, progress: bool) -> Collection:
    """Items of a table, in the order of its rows; rows count from 0.

    Parameters
    ----------
    table : Path, pandas.DataFrame, or anything with ``__arrow_c_stream__``
        A path is read as Parquet or JSON lines if it is, else as CSV.
    columns : Mapping
        Names of the ``text``, ``path`` and ``uri`` columns, None where they are to be found.
    reader : FileReader
        Reads the files that rows name.
    progress : bool
        Show a bar once reading takes longer than a second.

    Raises
    ------
    SourceError
        If the table cannot be read, is empty, or no column can be chosen.
    UnknownNameError
        If a named column is not there.
    """
    where = table if isinstance(table, Path) else None
    cells = load_cells(table, encoding=reader.encoding)
    label = where.name if where else "table"
    if not len(cells):
        raise SourceError(f"The {label} has no rows. Give a table with at least one.")
    chosen = _choose(columns, cells.columns)
    base = where.parent if where else Path.cwd()
    items: list[Item] = []
    unread: list[Unread] = []
    for number in shown_progress(range(len(cells)), progress):
        row = {column: values[number] for column, values in cells.columns.items()}
        name = f"{label}#row={number}"
        medium: _Medium | None = None
        try:
            if number in cells.torn:
                raise UnreadableError(cells.torn[number])
            medium = _medium(row, chosen)
            items.extend(
                _row_items(row, medium, chosen, name, f"{where}#row={number}" if where else name, base, reader)
            )
        except Exception as error:  # one row must never end the reading of all
            shown = f"{name} ({access.shown(medium.value)})" if medium and medium.role != "text" else name
            unread.append(Unread(repaired(shown), reason_of(error)))
    return Collection(number_copies(items), unread)


def _medium(row: Mapping[str, Any], chosen: Mapping[str, str]) -> _Medium:
    """The cell of a row that is its medium: the first that is filled, path before URI before text.

    Raises
    ------
    UnreadableError
        If all are empty, or the cell is of no use.
    """
    for role in ("path", "uri", "text"):
        if role not in chosen:
            continue
        cell = row[chosen[role]]
        if isinstance(cell, os.PathLike):
            return _Medium(role, os.fsdecode(cell))
        held = _held(cell)
        if held is not None:
            return _Medium("bytes", str(cell.get("path") or "") if isinstance(cell, Mapping) else "", held)
        if isinstance(cell, Mapping) and isinstance(cell.get("path"), str):
            return _Medium(role, cell["path"])
        value = to_scalar(cell)
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        if isinstance(cell, str):
            return _Medium(role, repaired(cell) if role == "text" else cell)
        if role == "text" and isinstance(value, int | float):
            return _Medium(role, str(value))
        raise UnreadableError(
            f"Its {chosen[role]!r} holds {type(cell).__name__}, not a string. "
            "Save the media as files and give their paths."
        )
    raise UnreadableError(
        f"The row is empty in {' and '.join(repr(column) for column in chosen.values())}. Fill it, or drop the row."
    )


def _held(cell: Any) -> bytes | None:
    """The medium in a cell: bytes, or ``{"bytes": …, "path": …}`` as Hugging Face keeps pictures and sounds."""
    if isinstance(cell, Mapping):
        cell = cell.get("bytes")
    return bytes(cell) if isinstance(cell, bytes | bytearray | memoryview) and len(cell) else None


def _row_items(
    row: dict[str, Any],
    medium: _Medium,
    chosen: Mapping[str, str],
    name: str,
    uri: str,
    base: Path,
    reader: FileReader,
) -> list[Item]:
    used = chosen["path" if medium.role == "bytes" and "path" in chosen else medium.role] if chosen else ""
    given = {column: cell for column, cell in row.items() if column != used}
    if medium.role == "text":
        return _text_items(medium.value, row[used], name, uri, given)
    if "text" in chosen and chosen["text"] != used:
        given.setdefault("caption", given.get(chosen["text"]))
    if medium.data is not None:
        path = _kept(medium.data, PurePosixPath(medium.value).suffix)
        return reader.read(path, name=medium.value or name, folder=".", given=given)
    if medium.role == "uri" and reader.fetch and remote.is_remote(medium.value.strip()):
        path = remote.local_copy(medium.value.strip())
        name = PurePosixPath(urlsplit(medium.value).path).name or medium.value
        return reader.read(path, name=name, folder=".", given=given, uri=medium.value.strip())
    path = _here(medium.value.strip(), base)
    try:
        shown = path.relative_to(base).as_posix()
    except ValueError:
        shown = path.name
    folder = shown.partition("/")[0] if "/" in shown else "."
    return reader.read(path, name=shown, folder=folder, given=given)


def _here(value: str, base: Path) -> Path:
    r"""The file that a cell names: as it stands, or as Windows writes it (``images\cat.jpg``)."""
    path = access.from_uri(value)
    found = Path(os.path.abspath(base / path.expanduser()))  # noqa: PTH100 (links keep their own place and name)
    if "\\" in value and not os.path.lexists(found):
        other = Path(os.path.abspath(base / value.replace("\\", "/")))  # noqa: PTH100
        return other if os.path.lexists(other) else found
    return found


def _kept(data: bytes, suffix: str) -> Path:
    """A file with the bytes of a cell, in the folder for what need not be fetched again: items need one to be shown."""
    path = cache_folder() / "cells" / f"{hashlib.sha256(data).hexdigest()}{suffix.lower()}"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(data)
        part.replace(path)
    return path


def _text_items(text: str, original: Any, name: str, uri: str, given: Mapping[str, Any]) -> list[Item]:
    from nova_explore.media.text import split_text

    data = text.encode("utf-8")
    own: dict[str, Scalar] = {"folder": ".", "bytes": len(data)}
    if isinstance(original, str) and text != original:
        own["repaired"] = "half a character in the text"
    return [
        Item(
            id="",
            modality=Modality.TEXT,
            uri=uri,
            name=name,
            format="txt",
            digest=hashlib.sha256(data).hexdigest(),
            span=part.span,
            text=part.text,
            metadata=combined(own, given),
        )
        for part in split_text(text)
    ]


def _choose(asked: Mapping[str, str | None], cells: Mapping[str, list[Any]]) -> dict[str, str]:
    """The column of every role: as asked, else the only one whose name says so."""
    chosen = {role: column for role, column in asked.items() if column is not None}
    for column in chosen.values():
        if column not in cells:
            raise UnknownNameError("column", column, cells)
    if chosen:
        return chosen
    lower = {name.lower(): name for name in cells}
    found: dict[str, str] = {}
    for role, candidates in _NAMES.items():
        named = [lower[candidate] for candidate in candidates if candidate in lower]
        if role == "text" and len(named) > 1 and "text" in lower:
            named = [lower["text"]]
        if len(named) > 1 and not found:
            raise SourceError(
                f"Several columns could be the {role}: {', '.join(named)}. "
                f"Say which, for example: read(…, {role}={named[0]!r})"
            )
        if named and role == "path":
            return {role: named[0]}
        if named:
            found[role] = named[0]
    if "uri" in found and "text" in found:
        # Addresses of pages beside the words of the pages: the words are meant. Addresses of pictures: the pictures.
        found.pop("text" if _names_media(cells[found["uri"]]) or found["text"].lower() == "caption" else "uri")
    if found:
        return found
    raise SourceError(
        f"No column could be told to hold the media. The table has: {', '.join(cells)}. "
        "Say which: read(…, text='…'), read(…, path='…') or read(…, uri='…')"
    )


def _names_media(uris: list[Any]) -> bool:
    looked = [uri for uri in uris[:_LOOKED_AT] if isinstance(uri, str)]
    return 2 * sum(PurePosixPath(urlsplit(uri).path).suffix.lower() in MEDIA_SUFFIXES for uri in looked) > len(looked)
