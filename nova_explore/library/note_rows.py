"""Notes of people about findings on disk: what somebody made of a number, by whom and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nova_explore.library.label_rows import LONGEST_TURN
from nova_explore.library.lance import Tables, arrow, schema
from nova_explore.library.marker import locked
from nova_explore.library.stamps import now

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("number", "review", "finding", "text", "by", "at")


class NoteRows:
    """The log of the notes of a library: the last note about a finding counts, and none is lost.

    Parameters
    ----------
    tables : Tables
        Of the library. Processes take turns.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def write(self, review: str, finding: str, text: str, *, by: str = "") -> None:
        """Write a note down; an empty text takes the note back.

        Parameters
        ----------
        review, finding : str
            The name of the review, and what the finding is about: ``gender, “nurse”``.
        text : str
        by : str
            Who writes.
        """
        shape = schema(number="int64", review="string", finding="string", text="string", by="string", at="string")
        with locked(self._tables.path, "notes", seconds=LONGEST_TURN):
            number = self._tables.count("notes")
            row = {"number": number, "review": review, "finding": finding, "text": text, "by": by, "at": now()}
            self._tables.append("notes", arrow([row], shape))

    def frame(self) -> pd.DataFrame:
        """The notes that count now: columns review, finding, text, by and at."""
        import pandas as pd

        rows = self._tables.read("notes")
        log = [] if rows is None else sorted(rows.to_pylist(), key=lambda row: row["number"])
        latest = {(row["review"], row["finding"]): row for row in log}
        kept = [[row[name] for name in COLUMNS[1:]] for row in latest.values() if row["text"]]
        return pd.DataFrame(kept, columns=list(COLUMNS[1:]))
