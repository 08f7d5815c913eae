"""What a value shows of itself in a notebook: a line, a table and notes, with every word escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

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
