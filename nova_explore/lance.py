"""Lance tables in a folder: read, append, replace; every change is one atomic commit.

The only place that knows LanceDB (https://lancedb.github.io/lancedb/). Conditions are SQL and must be made of hex keys
and names that this library made itself, never of text from a collection.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import pyarrow as pa
    from lancedb.table import Table


class Tables:
    """The tables in a folder, made when first written to.

    Parameters
    ----------
    path : Path
        The folder; it must exist.
    """

    def __init__(self, path: Path) -> None:
        import lancedb

        self._db = lancedb.connect(str(path))

    def _table(self, name: str) -> Table | None:
        try:
            return cast("Table", self._db.open_table(name))
        except (FileNotFoundError, ValueError):
            return None

    def read(self, name: str, *, columns: Sequence[str] | None = None, where: str | None = None) -> pa.Table | None:
        """Read a table, or None if the library has none of this name.

        Parameters
        ----------
        name : str
            Table name.
        columns : sequence of str, optional
            Only these columns.
        where : str, optional
            SQL condition on the rows.
        """
        table = self._table(name)
        if table is None:
            return None
        query = table.search()
        if columns is not None:
            query = query.select(list(columns))
        if where is not None:
            query = query.where(where)
        return query.to_arrow()

    def append(self, name: str, rows: pa.Table) -> None:
        """Add rows to a table in one atomic commit, creating the table if it is not there."""
        if rows.num_rows == 0:
            return
        table = self._table(name)
        if table is None:
            self._db.create_table(name, data=rows)
        else:
            table.add(rows)

    def upsert(self, name: str, rows: pa.Table, *, on: Sequence[str]) -> None:
        """Add rows, replacing those with equal values in the columns ``on``, in one atomic commit."""
        if rows.num_rows == 0:
            return
        table = self._table(name)
        if table is None:
            self._db.create_table(name, data=rows)
        else:
            table.merge_insert(list(on)).when_matched_update_all().when_not_matched_insert_all().execute(rows)

    def replace(self, name: str, rows: pa.Table) -> None:
        """Put rows in the place of all rows of a table, in one atomic commit."""
        self._db.create_table(name, data=rows, mode="overwrite" if self._table(name) else "create")

    def delete(self, name: str, where: str) -> None:
        """Delete the rows for which an SQL condition holds."""
        table = self._table(name)
        if table is not None:
            table.delete(where)

    def compact(self, name: str) -> None:
        """Join the many small files that a long run leaves behind."""
        table = self._table(name)
        if table is not None:
            table.optimize()

    def count(self, name: str) -> int:
        """Rows in a table, 0 if it is not there."""
        table = self._table(name)
        return 0 if table is None else table.count_rows()


def arrow(rows: list[dict[str, Any]], schema: pa.Schema | None = None) -> pa.Table:
    """Build a table from rows."""
    import pyarrow as pa

    return pa.Table.from_pylist(rows, schema=schema)


def schema(**types: str) -> pa.Schema:
    """Build a schema from the names of pyarrow's type functions."""
    import pyarrow as pa

    return pa.schema([(name, getattr(pa, kind)()) for name, kind in types.items()])
