"""Tables of every kind as columns of Python values: CSV, JSON lines, Parquet, pandas, and all that speaks Arrow."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Container
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nova_explore.errors import SourceError, UnreadableError
from nova_explore.media import access
from nova_explore.media.encoding import decode, encoding_of, loss

_SEPARATORS = ",;\t|"
_UNUSUAL = {";": "semicolon", "\t": "tab", "|": "bar"}
"""Separators that are said where they were found out: a comma is what everybody expects."""

UNHELD = (ValueError, ArithmeticError)
"""What a cell raises that Python cannot hold: text that is not UTF-8, a year beyond 9999."""

_SAMPLE = 200
"""Rows by which a separator is judged."""
MOST_BYTES = 2**31
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,17})")
_NUMBER = re.compile(r"-?((0|[1-9]\d*)(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Cells:
    """A table.

    Attributes
    ----------
    columns : dict of str to list
        Values by column, all of one length.
    torn : dict of int to str
        Rows that cannot be used, and why.
    """

    columns: dict[str, list[Any]]
    torn: dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0


def load_cells(table: Any, *, encoding: str | None = None, as_text: Container[str] = ()) -> Cells:
    """Columns of a table.

    Parameters
    ----------
    table : Path, pandas.DataFrame, pyarrow.Table, or whatever hands over an Arrow stream
        A path is read as Parquet or JSON lines if it is, else as CSV.
    encoding : str, optional
        Of a CSV file that is neither UTF-8 nor UTF-16.
    as_text : container of str, default ()
        Columns of a CSV file whose cells stay as they are written, whatever they look like.

    Raises
    ------
    SourceError
        If it cannot be read, or two columns have one name.
    """
    if isinstance(table, Path):
        return _file(table, encoding, as_text)
    if hasattr(table, "iloc"):
        return Cells(_unique(list(table.columns), [table.iloc[:, at].tolist() for at in range(table.shape[1])]))
    if not hasattr(table, "__arrow_c_stream__") and callable(getattr(table, "collect", None)):
        table = table.collect()  # a lazy frame of Polars
    if not hasattr(table, "column_names"):
        table = _arrow(table)
    return _of_arrow(table)


def _of_arrow(table: Any) -> Cells:
    """Cells of an Arrow table: one that Python cannot hold ends its row, and no more."""
    torn: dict[int, str] = {}
    try:
        return Cells(_unique(table.column_names, [column.to_pylist() for column in table.columns]))
    except UNHELD:
        cells = [
            [_value(cell, row, name, torn) for row, cell in enumerate(column)]
            for name, column in zip(table.column_names, table.columns, strict=True)
        ]
    found = Cells(_unique(table.column_names, cells), torn)
    found.columns.setdefault("incomplete", [loss(" ".join(filter(_is_text, row))) for row in zip(*cells, strict=True)])
    return found


def _value(cell: Any, row: int, name: str, torn: dict[int, str]) -> Any:
    try:
        return cell.as_py()
    except UnicodeDecodeError as error:
        if hasattr(cell, "as_buffer"):  # text that another program wrote unchecked
            return cell.as_buffer().to_pybytes().decode("utf-8", "replace")
        torn[row] = f"Its column {name!r} holds text that is not UTF-8 ({error.reason}). Write it again."
    except UNHELD as error:
        torn[row] = f"Its column {name!r} holds a {cell.type} that cannot be read here ({error}). Write it as text."
    return None


def _arrow(table: Any) -> Any:
    import pyarrow as pa

    try:
        return pa.table(table)
    except (TypeError, ValueError, pa.ArrowException) as error:
        raise SourceError(
            f"A {type(table).__name__} is no table that can be read ({error}). Needed: pandas, Arrow, or a frame with "
            "an Arrow stream, such as Polars or DuckDB have."
        ) from error


def _unique(names: list[Any], cells: list[list[Any]]) -> dict[str, list[Any]]:
    names = [str(name) for name in names]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SourceError(f"Several columns are called {', '.join(twice)}. Give every column a name of its own.")
    return dict(zip(names, cells, strict=True))


def _file(path: Path, encoding: str | None, as_text: Container[str]) -> Cells:
    try:
        size = access.check_file(path).st_size
        head = access.read_bytes(path, 4)
        if head == b"PAR1":
            return _parquet(path)
        if size > MOST_BYTES:
            raise UnreadableError(f"It is {size / 2**30:.0f} GB of text. Save it as Parquet.")
        data = access.read_bytes(path)
        text = decode(data, encoding=encoding)
        spelled = encoding or encoding_of(data)
    except UnreadableError as error:
        raise SourceError(f"{path} cannot be read. {error}") from error
    found = _json(path, text) if path.suffix.lower() in (".jsonl", ".ndjson", ".json") else _csv(path, text, as_text)
    if not spelled.startswith("utf"):
        found.columns.setdefault("encoding", [spelled if encoding else f"{spelled} (guessed)"] * len(found))
    if loss(text):
        rows = zip(*found.columns.values(), strict=True)
        found.columns.setdefault("incomplete", [loss(" ".join(filter(_is_text, row))) for row in rows])
    return found


def _is_text(cell: Any) -> bool:
    return isinstance(cell, str)


def _parquet(path: Path) -> Cells:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise SourceError(
            f"{path} cannot be read as Parquet ({str(error).splitlines()[0]}). Write it again."
        ) from error
    return _of_arrow(table)


def _json(path: Path, text: str) -> Cells:
    """JSON lines, or one list of objects."""
    rows: list[dict[str, Any] | None] = []
    torn: dict[int, str] = {}
    try:
        whole = json.loads(text)
        listed = whole if isinstance(whole, list) else [whole]
    except ValueError:
        listed = [line for line in text.split("\n") if line.strip()]
    for line in listed:
        try:
            row = json.loads(line) if isinstance(line, str) else line
            if not isinstance(row, dict):
                raise ValueError(f"it holds {type(row).__name__}, needed is an object")
            rows.append({str(column): value for column, value in row.items()})
        except (ValueError, RecursionError) as error:
            torn[len(rows)] = f"The row is no JSON object ({error}). Repair or drop it."
            rows.append(None)
    names = list(dict.fromkeys(column for row in rows if row for column in row))
    if not names:
        raise SourceError(f"{path} holds no JSON objects, one a line. Save the table as CSV or Parquet.")
    return Cells({name: [row.get(name) if row else None for row in rows] for name in names}, torn)


def _csv(path: Path, text: str, as_text: Container[str]) -> Cells:
    lines = text.lstrip("\r\n")
    declared = re.match(r"sep=(.)\r?\n", lines)  # Excel's own way of saying it
    if declared:
        lines = lines[declared.end() :]
    separator = declared[1] if declared else _separator(lines)
    csv.field_size_limit(2**31 - 1)
    try:
        rows = [row for row in csv.reader(io.StringIO(lines, newline=""), delimiter=separator) if any(row)]
    except csv.Error as error:
        raise SourceError(f"{path} cannot be read as CSV ({error}). Check its separators and quotes.") from error
    if not rows:
        raise SourceError(f"{path} has no rows. Give a table with a header and at least one.")
    header, body = rows[0], rows[1:]
    while len(header) > 1 and not header[-1].strip() and not any("".join(row[len(header) - 1 :]) for row in body):
        header = header[:-1]
    width, torn = len(header), {}
    for number, row in enumerate(body):
        if any(cell.strip() for cell in row[width:]):
            torn[number] = (
                f"The row has {len(row)} fields and the header {width}: {', '.join(row)[:80]!r}. "
                f"Put quotes round what holds a {separator!r}."
            )
    cells = [[row[at] if at < len(row) else "" for row in body] for at in range(width)]
    found = Cells(
        {
            name: [cell or None for cell in column] if name in as_text else _typed(column)
            for name, column in _unique(header, cells).items()
        },
        torn,
    )
    if not declared and separator in _UNUSUAL and not (separator == "\t" and path.suffix.lower() == ".tsv"):
        found.columns.setdefault("separator", [f"{_UNUSUAL[separator]} (guessed)"] * len(found))
    return found


def _separator(text: str) -> str:
    """The character that cuts rows into as many fields as the header has; a comma where there is only one column."""
    best, most = "\0", 0.0
    for candidate in _SEPARATORS:
        rows = []
        try:
            for row in csv.reader(io.StringIO(text[: 2**20], newline=""), delimiter=candidate):
                rows += [row] if any(row) else []
                if len(rows) > _SAMPLE:
                    break
        except csv.Error:
            continue
        width = len(rows[0]) if rows else 0
        if width < 2:
            continue
        fitting = sum(len(row) == width for row in rows) / len(rows)
        if fitting + 0.01 * width > most:
            best, most = candidate, fitting + 0.01 * width
    return best


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
