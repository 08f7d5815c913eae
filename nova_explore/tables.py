"""Tables of what there is: in a notebook, with every word escaped, and in Arrow; and what their columns are called."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

MOST_ROWS = 20
"""Rows that are shown; the others are counted."""


def show_table(
    title: str, columns: Sequence[str] = (), rows: Iterable[Sequence[object]] = (), *, notes: Iterable[str] = ()
) -> str:
    """Return HTML that takes its colours from the page, light or dark.

    Parameters
    ----------
    title : str
        One line above the table.
    columns : sequence of str
        Headings.
    rows : iterable of sequences
        Texts stand on the left of their cell, everything else on the right.
    notes : iterable of str
        Sentences between the title and the table.

    Returns
    -------
    str

    Examples
    --------
    >>> show_table("1 < 2")
    '<div><b>1 &lt; 2</b></div>'
    """
    rows = list(rows)
    said = "".join(f"<div>{html.escape(note)}</div>" for note in notes)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows[:MOST_ROWS])
    head = "".join(_cell(name, "th") for name in columns)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>" if rows else ""
    more = f"<div>and {len(rows) - MOST_ROWS:,} more</div>" if len(rows) > MOST_ROWS else ""
    return f"<div><b>{html.escape(title)}</b>{said}{table}{more}</div>"


def _cell(value: object, tag: str = "td") -> str:
    side = "left" if isinstance(value, str) else "right"
    text = value if isinstance(value, str) else f"{value:,}" if isinstance(value, int) else f"{value:z.3f}"
    return f"<{tag} style='text-align:{side}'>{html.escape(text)}</{tag}>"


def free_names(columns: Iterable[str], *, taken: Iterable[str]) -> dict[str, str]:
    """Name metadata columns in a table: one whose name is taken gets ``metadata.`` before it, as often as needed."""
    used = {*taken}
    names: dict[str, str] = {}
    for column in columns:
        name = column
        while name in used:
            name = f"metadata.{name}"
        used.add(name)
        names[column] = name
    return names


def arrow_of(frame: pd.DataFrame) -> pa.Table:
    """Turn a data frame into an Arrow table, its index the first column.

    A column of Arrow has one type. One that mixes types here, as metadata of many sources may, becomes text there.
    """
    import pyarrow as pa

    frame = frame.reset_index()
    arrays = []
    for name in frame:
        try:
            arrays.append(pa.Array.from_pandas(frame[name]))
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            texts = [None if value is None else str(value) for value in frame[name]]
            arrays.append(pa.array(texts, pa.string()))
    return pa.table(arrays, [str(name) for name in frame])
