"""Rows of items as files for other programs: CSV that no spreadsheet runs, Parquet, JSON."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

RUN = ("=", "+", "-", "@", "\t", "\r")
"""What a text begins with that a spreadsheet runs as a formula: OWASP, "CSV Injection"."""


def write_csv(frame: pd.DataFrame, to: Path) -> None:
    """Write a data frame as CSV in UTF-8, its index first; texts that a spreadsheet would run get ``'`` before them."""
    shown = frame.reset_index()
    for place in range(shown.shape[1]):
        column = shown.iloc[:, place]
        if column.dtype.kind not in "biufM":
            shown.isetitem(place, [_cell(value) for value in column])
    shown.columns = [_cell(str(name)) for name in shown.columns]
    # With the mark of byte order, without which Excel takes UTF-8 for the system's own encoding.
    shown.to_csv(to, index=False, encoding="utf-8-sig", lineterminator="\r\n")


def write_parquet(frame: pd.DataFrame, to: Path) -> None:
    """Write a data frame as Parquet, its index the first column."""
    import pyarrow.parquet as pq

    from nova_explore.tables import arrow_of

    pq.write_table(arrow_of(frame), to)


def write_json(frame: pd.DataFrame, to: Path) -> None:
    """Write a data frame as JSON: an array with one object a row; what is missing is null."""
    names = [str(name) for name in frame.reset_index().columns]
    rows = [dict(zip(names, map(_plain, row), strict=True)) for row in frame.itertuples(name=None)]
    to.write_text(json.dumps(rows, ensure_ascii=False, indent=1, allow_nan=False), "utf-8")


def _cell(value: Any) -> Any:
    """One cell, as text where it is none or several; defused where a spreadsheet would run it.

    Examples
    --------
    >>> _cell("=1+1"), _cell(("a", "b")), _cell("plain"), _cell(-1)
    ("'=1+1", 'a; b', 'plain', -1)
    """
    if isinstance(value, tuple | list):
        value = "; ".join(map(str, value))
    if isinstance(value, str):
        value = value.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
        # A spreadsheet leaves out blanks before it looks for a formula.
        return f"'{value}" if value.startswith(RUN) or value.lstrip().startswith(RUN) else value
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if hasattr(value, "item") and not isinstance(value, str):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    return value if value is None or isinstance(value, bool | int | float) else str(value)
