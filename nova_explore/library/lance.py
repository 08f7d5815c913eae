"""Lance tables in a folder: read, append, replace; every change is one atomic commit.

The only place that knows LanceDB (https://lancedb.github.io/lancedb/). Conditions are SQL and must be made of hex keys
and names that this library made itself, never of text from a collection.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec, module_from_spec
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from lancedb.query import LanceVectorQueryBuilder
    from lancedb.table import Table
    from numpy.typing import NDArray


UNUSED = "lance_namespace_urllib3_client"

BATCH_ROWS = 8192
"""Rows read at a time by `Rows.batches`: 32 MiB of vectors of 1,024 dimensions."""


class Rows:
    """The rows of a table as they were when it was opened, whatever is written to it meanwhile.

    Attributes
    ----------
    version : int
        Raised by every change of the table.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self.version: int = table.version

    def column(self, name: str) -> pa.Array:
        """Read one column, in the order of the rows."""
        return self._table.search().select([name]).to_arrow()[name].combine_chunks()

    def batches(self, *columns: str) -> Iterator[pa.RecordBatch]:
        """Read these columns a few thousand rows at a time, in the order of the rows."""
        yield from self._table.search().select(list(columns)).to_batches(batch_size=BATCH_ROWS)


class Tables:
    """The tables in a folder, made when first written to.

    Parameters
    ----------
    path : Path
        The folder; it must exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = _lancedb().connect(str(path))
        self._opened: dict[str, Table] = {}

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

    def rows(self, name: str) -> Rows | None:
        """Open a table to read a part at a time, or None if the library has none of this name."""
        table = self._table(name)
        return None if table is None else Rows(table)

    def version(self, name: str) -> int:
        """A number that every change of a table raises; 0 if the library has none of this name."""
        table = self._table(name)
        return 0 if table is None else int(table.version)

    def append(self, name: str, rows: pa.Table) -> None:
        """Add rows to a table in one atomic commit, creating the table if it is not there."""
        if rows.num_rows == 0:
            return
        table = self._table(name)
        if table is None:
            self._db.create_table(name, data=rows)
        else:
            table.add(rows)

    def stream(self, name: str, batches: Iterator[pa.RecordBatch]) -> None:
        """Write a table of any size, batch by batch, in the place of one of this name that may be there."""
        import pyarrow as pa

        first = next(batches)
        self._opened.pop(name, None)
        if self._table(name) is not None:
            self._db.drop_table(name)
        self._db.create_table(name, data=pa.RecordBatchReader.from_batches(first.schema, chain([first], batches)))

    def index_vectors(self, name: str, *, partitions: int) -> None:
        """Index the column ``vector`` of a table by inner product: groups around centres, one bit a dimension.

        Few rounds of k-means over a part of the rows (64 a centre) find centres that serve as well as many rounds
        over all, in a tenth of the time.
        """
        from lancedb.index import IvfRq

        table = self._db.open_table(name)
        config = IvfRq(distance_type="dot", num_partitions=partitions, max_iterations=10, sample_rate=64)
        table.create_index("vector", config=config)

    def nearest(self, name: str, query: NDArray[np.float32], *, count: int, probes: int) -> NDArray[np.int32]:
        """Return the column ``place`` of the rows whose ``vector`` is nearest to a query, by the index."""
        table = self._opened.get(name) or self._opened.setdefault(name, self._db.open_table(name))
        search = cast("LanceVectorQueryBuilder", table.search(query, vector_column_name="vector", query_type="vector"))
        # The distance is that of the index. Lance warns, query by query, unless it is among the columns.
        found = (
            cast("LanceVectorQueryBuilder", search)
            .select(["place", "_distance"])
            .limit(count)
            .nprobes(probes)
            .to_arrow()
        )
        return found["place"].combine_chunks().to_numpy()

    def size(self, name: str) -> int:
        """Bytes that a table and its indexes take on the disk."""
        folder = self._path / f"{name}.lance"
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

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

    def columns(self, name: str) -> list[str]:
        """Names of the columns of a table; none if it is not there."""
        table = self._table(name)
        return [] if table is None else list(table.schema.names)

    def add_column(self, name: str, column: str, value: str) -> None:
        """Add a column in one atomic commit, its value in every row an SQL expression."""
        table = self._table(name)
        if table is not None:
            table.add_columns({column: value})

    def compact(self, name: str) -> None:
        """Join the many small files that a long run leaves behind."""
        table = self._table(name)
        if table is not None:
            table.optimize()

    def count(self, name: str) -> int:
        """Rows in a table, 0 if it is not there."""
        table = self._table(name)
        return 0 if table is None else table.count_rows()


@cache
def _lancedb() -> Any:
    """Import lancedb without what a third of that time goes into: `UNUSED`, the client of a catalogue over HTTP.

    Of that package only records are used; it itself is loaded when something of it is asked for.
    """
    spec = None if UNUSED in sys.modules else find_spec(UNUSED)
    if spec is not None:
        unused = module_from_spec(spec)
        unused.__class__ = _LoadedWhenAsked
        sys.modules[UNUSED] = unused
    import lancedb

    return lancedb


class _LoadedWhenAsked(ModuleType):
    def __getattr__(self, name: str) -> Any:
        object.__setattr__(self, "__class__", ModuleType)
        if self.__spec__ is None or self.__spec__.loader is None:
            raise AttributeError(name)
        self.__spec__.loader.exec_module(self)
        return getattr(self, name)


def places(asked: pa.Array, among: pa.Array) -> NDArray[np.int64]:
    """Return where each value is among others: the first place of equals, -1 where it is not."""
    from pyarrow import compute

    found = compute.call_function("index_in", [asked], compute.SetLookupOptions(among))
    return found.fill_null(-1).to_numpy().astype("int64")


def arrow(rows: list[dict[str, Any]], schema: pa.Schema | None = None) -> pa.Table:
    """Build a table from rows."""
    import pyarrow as pa

    return pa.Table.from_pylist(rows, schema=schema)


def schema(**types: str) -> pa.Schema:
    """Build a schema from the names of pyarrow's type functions."""
    import pyarrow as pa

    return pa.schema([(name, getattr(pa, kind)()) for name, kind in types.items()])
