"""Tables whose rows are texts or name files: CSV, Parquet, pandas and Arrow."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from nova_explore.collection import Collection, Item, Modality, Unread, number_copies
from nova_explore.errors import SourceError, UnknownNameError, UnreadableError
from nova_explore.media import access
from nova_explore.sources.files import FileReader, combined, reason_of, shown_progress, to_scalar


class ArrowStream(Protocol):
    """A table of any library that offers itself as a stream of Arrow.

    See https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html.
    """

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the stream as a capsule."""
        ...


Columns = dict[str, list[Any]]

_NAMES = {
    "path": (
        "path",
        "file",
        "filename",
        "file_name",
        "filepath",
        "file_path",
        "image",
        "image_path",
        "audio",
        "video",
    ),
    "uri": ("uri", "url", "href"),
    "text": ("text", "content", "body", "sentence", "document", "caption"),
}
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,17})")
_NUMBER = re.compile(r"-?((0|[1-9]\d*)(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def read_table(table: Any, *, columns: Mapping[str, str | None], reader: FileReader, progress: bool) -> Collection:
    """Items of a table, in the order of its rows; rows count from 0.

    Parameters
    ----------
    table : Path, pandas.DataFrame, or anything with ``__arrow_c_stream__``
        A path is read as Parquet if it is one, else as CSV.
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
    values, where = _load(table)
    count = len(next(iter(values.values()))) if values else 0
    label = where.name if where else "table"
    if not count:
        raise SourceError(f"The {label} has no rows. Give a table with at least one.")
    chosen = _choose(columns, list(values))
    base = where.parent if where else Path.cwd()
    items: list[Item] = []
    unread: list[Unread] = []
    for number in shown_progress(range(count), progress):
        row = {column: cells[number] for column, cells in values.items()}
        name = f"{label}#row={number}"
        try:
            items.extend(_row_items(row, chosen, name, f"{where}#row={number}" if where else name, base, reader))
        except Exception as error:  # one row must never end the reading of all
            medium = _medium(row, chosen)
            unread.append(
                Unread(
                    f"{name} ({access.shown(medium[1])})" if medium and medium[0] != "text" else name,
                    reason_of(error),
                )
            )
    return Collection(number_copies(items), unread)


def _medium(row: Mapping[str, Any], chosen: Mapping[str, str]) -> tuple[str, str] | None:
    """The role and content of the cell that names the row's medium."""
    for role in ("path", "uri", "text"):
        value = to_scalar(row[chosen[role]]) if role in chosen else None
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        if not isinstance(row[chosen[role]], str):
            if role == "text" and isinstance(value, int | float):
                return role, str(value)
            raise UnreadableError(
                f"Its {chosen[role]!r} holds {type(row[chosen[role]]).__name__}, not a string. "
                "Save the media as files and give their paths."
            )
        return role, row[chosen[role]]
    return None


def _row_items(
    row: dict[str, Any], chosen: Mapping[str, str], name: str, uri: str, base: Path, reader: FileReader
) -> list[Item]:
    medium = _medium(row, chosen)
    if medium is None:
        raise UnreadableError(
            f"The row is empty in {' and '.join(repr(column) for column in chosen.values())}. Fill it, or drop the row."
        )
    role, value = medium
    given = {column: cell for column, cell in row.items() if column != chosen[role]}
    if role == "text":
        return _text_items(value, name, uri, given)
    if "text" in chosen:
        given.setdefault("caption", given.get(chosen["text"]))
    path = access.from_uri(value.strip())
    path = Path(os.path.abspath(base / path.expanduser()))  # noqa: PTH100 (links keep their own place and name)
    try:
        shown = path.relative_to(base).as_posix()
    except ValueError:
        shown = path.name
    folder = shown.partition("/")[0] if "/" in shown else "."
    return reader.read(path, name=shown, folder=folder, given=given)


def _text_items(text: str, name: str, uri: str, given: Mapping[str, Any]) -> list[Item]:
    from nova_explore.media.text import split_text

    data = text.encode("utf-8", "replace")
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
            metadata=combined({"folder": ".", "bytes": len(data)}, given),
        )
        for part in split_text(text)
    ]


def _choose(asked: Mapping[str, str | None], names: list[str]) -> dict[str, str]:
    """The column of every role: as asked, else the only one whose name says so."""
    chosen = {role: column for role, column in asked.items() if column is not None}
    for column in chosen.values():
        if column not in names:
            raise UnknownNameError("column", column, names)
    if chosen:
        return chosen
    lower = {name.lower(): name for name in names}
    for role, candidates in _NAMES.items():
        found = [lower[candidate] for candidate in candidates if candidate in lower]
        if role == "text" and len(found) > 1 and "text" in lower:
            found = [lower["text"]]
        if len(found) > 1:
            raise SourceError(
                f"Several columns could be the {role}: {', '.join(found)}. "
                f"Say which, for example: read(…, {role}={found[0]!r})"
            )
        if found:
            return {role: found[0]}
    raise SourceError(
        f"No column could be told to hold the media. The table has: {', '.join(names)}. "
        "Say which: read(…, text='…'), read(…, path='…') or read(…, uri='…')"
    )


def _load(table: Any) -> tuple[Columns, Path | None]:
    if isinstance(table, Path):
        try:
            access.check_file(table)
            parquet = access.read_bytes(table, 4) == b"PAR1"
        except UnreadableError as error:
            raise SourceError(f"{table} cannot be read. {error}") from error
        return (_parquet(table) if parquet else _csv(table)), table
    if hasattr(table, "__arrow_c_stream__") and not hasattr(table, "iloc"):  # pyarrow, polars, DuckDB …
        import pyarrow as pa

        table = pa.table(table)
        return _unique(table.column_names, [column.to_pylist() for column in table.columns]), None
    return _unique(list(table.columns), [table.iloc[:, at].tolist() for at in range(table.shape[1])]), None


def _unique(names: list[Any], cells: list[list[Any]]) -> Columns:
    names = [str(name) for name in names]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SourceError(f"Several columns are called {', '.join(twice)}. Give every column a name of its own.")
    return dict(zip(names, cells, strict=True))


def _parquet(path: Path) -> Columns:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise SourceError(
            f"{path} cannot be read as Parquet ({str(error).splitlines()[0]}). Write it again."
        ) from error
    return _unique(table.column_names, [column.to_pylist() for column in table.columns])


def _csv(path: Path) -> Columns:
    import pandas as pd

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            head = file.readline()
            separator = max(",;\t", key=head.count)
            file.seek(0)
            # All cells as they stand: pandas would turn "NA" into a missing value and "007" into 7.
            frame = pd.read_csv(file, sep=separator, dtype=str, keep_default_na=False, skip_blank_lines=True)
    except UnicodeDecodeError as error:
        raise SourceError(f"{path} is not UTF-8 (byte {error.start}). Save it as UTF-8.") from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError, OSError) as error:
        raise SourceError(f"{path} cannot be read as CSV ({error}). Check its separators and quotes.") from error
    return {
        column: _typed(cells)
        for column, cells in _unique(list(frame.columns), [frame[name].tolist() for name in frame]).items()
    }


def _typed(cells: list[str]) -> list[Any]:
    """Whole numbers, numbers or truth values where every filled cell of a column is one; empty cells are None."""
    filled = [cell for cell in cells if cell != ""]
    convert: Any = str
    if filled and all(_WHOLE.fullmatch(cell) for cell in filled):
        convert = int
    elif filled and all(_NUMBER.fullmatch(cell) for cell in filled):
        convert = float
    elif filled and all(cell in ("true", "false", "True", "False") for cell in filled):
        convert = _truth
    return [None if cell == "" else convert(cell) for cell in cells]


def _truth(cell: str) -> bool:
    return cell in ("true", "True")
