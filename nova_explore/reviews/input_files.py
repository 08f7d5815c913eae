"""Files with what a review is asked to use: queries, judgements, rankings of others, judged pairs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nova_explore.errors import SourceError, UnreadableError
from nova_explore.media import access
from nova_explore.media.encoding import HEAD, decode
from nova_explore.sources.cells import load_cells

if TYPE_CHECKING:
    import pandas as pd

NAMES = ("query", "item", "query-id", "corpus-id", "_id", "id", "qid", "judge", "a", "b")
"""Columns whose cells stay what is written: 007 is not 7, and 10.10 is not 10.1."""


def read_input(
    path: Path,
    what: str,
    instead: str,
    *,
    filled: tuple[str, ...],
    as_text: tuple[str, ...] = (),
    trec: tuple[str, ...] = (),
) -> pd.DataFrame | Mapping[str, Any]:
    """Read a CSV or TSV file, JSON lines, JSON, Parquet, or a file of TREC.

    Parameters
    ----------
    path : Path
    what : str
        What the file should hold, for errors: "judgements".
    instead : str
        What to pass where there is none, for errors.
    filled : tuple of str
        Columns in which no cell may be empty, where the file has them.
    as_text : tuple of str
        Columns, besides those of `NAMES`, whose cells stay as they are written.
    trec : tuple of str
        Names of TREC's columns, which its files do not hold; empty where it has no such files. The second is unused.

    Returns
    -------
    pandas.DataFrame or mapping
        A mapping where the file is a JSON object of lists, objects or words by query.

    Raises
    ------
    SourceError
        If there is no such file, or a row of it cannot be used.
    """
    import pandas as pd

    if not path.is_file():
        raise SourceError(f"There is no file of {what} at {path}. {instead}")
    if path.suffix.lower() == ".json":
        whole = _mapping(path)
        if whole is not None:
            return whole
    elif trec and access.read_bytes(path, 4) != b"PAR1" and _is_trec(_text(path, HEAD), trec):
        return _trec_frame(_text(path), trec, f"the {what} in {path}")
    cells = load_cells(path, as_text=(*NAMES, *as_text))
    if cells.torn:
        row, why = next(iter(cells.torn.items()))
        raise SourceError(f"Row {row + 1} of the {what} in {path} cannot be used. {why}")
    for name in filled:
        for row, cell in enumerate(cells.columns.get(name, ())):
            if cell is None or cell == "":
                raise SourceError(f"Row {row + 1} of the {what} in {path} has nothing in the column {name!r}. Fill it.")
    return pd.DataFrame(cells.columns)


def _text(path: Path, size: int = -1) -> str:
    try:
        return decode(access.read_bytes(path, size), cut=size >= 0).lstrip("\ufeff")
    except UnreadableError as error:
        raise SourceError(f"{path} cannot be read. {error}") from error


def _mapping(path: Path) -> Mapping[str, Any] | None:
    """The object that a JSON file is, where it maps queries and is no single row."""
    try:
        whole = json.loads(_text(path))
    except ValueError:
        return None
    if not isinstance(whole, dict) or not whole or not whole.keys().isdisjoint(NAMES):
        return None
    return whole if all(isinstance(value, list | dict | str) for value in whole.values()) else None


def _is_trec(head: str, columns: tuple[str, ...]) -> bool:
    """Whether a first line is one of TREC's: query, an unused number or Q0, item, and more."""
    words = head.lstrip().partition("\n")[0].split()
    return len(words) >= min(4, len(columns)) and words[1].upper() in ("0", "1", "Q0") and "," not in "".join(words)


def _trec_frame(text: str, columns: tuple[str, ...], what: str) -> pd.DataFrame:
    import pandas as pd

    rows = [line.split() for line in text.split("\n") if line.strip()]
    width = min(len(rows[0]), len(columns))
    for number, row in enumerate(rows, 1):
        if len(row) < width:
            raise SourceError(
                f"Row {number} of {what} is {' '.join(row)[:80]!r}. It needs {', '.join(columns[:width])}."
            )
    return pd.DataFrame([row[:width] for row in rows], columns=list(columns[:width]))
