"""Lance tables in a folder: read, append, replace; every change is one atomic commit.

The only place that knows LanceDB (https://lancedb.github.io/lancedb/). Conditions are SQL and must be made of hex keys
and names that this library made itself, never of text from a collection.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec, module_from_spec
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from nova_explore.errors import DamagedError, LibraryError, NovaExploreError, UnwritableError
from nova_explore.library.marker import expected_tables, list_tables, locked

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from lancedb.query import LanceVectorQueryBuilder
    from lancedb.table import Table
    from numpy.typing import NDArray


UNUSED = "lance_namespace_urllib3_client"

BATCH_ROWS = 8192
"""Rows read at a time by `Rows.batches`: 32 MiB of vectors of 1,024 dimensions."""

ATTEMPTS, PAUSE = 20, 0.05
LONGEST_CREATION = 60.0
"""How often a commit is made that another writer gets ahead of, and the first pause between two, in seconds."""


MAP_PARTS = ("map", "tree", "placed")
"""What the names of tables begin with that can be computed again."""


class Rows:
    """The rows of a table as they were when it was opened, whatever is written to it meanwhile.

    Attributes
    ----------
    version : int
        Raised by every change of the table.
    """

    def __init__(self, table: Table, path: Path, name: str) -> None:
        self._table = table
        self._path = path
        self._name = name
        self.version: int = table.version

    def column(self, name: str) -> pa.Array:
        """Read one column, in the order of the rows."""
        with translated(self._path, self._name):
            return self._table.search().select([name]).to_arrow()[name].combine_chunks()

    def batches(self, *columns: str) -> Iterator[pa.RecordBatch]:
        """Read these columns a few thousand rows at a time, in the order of the rows."""
        with translated(self._path, self._name):
            yield from self._table.search().select(list(columns)).to_batches(batch_size=BATCH_ROWS)

    def nearest(self, query: NDArray[np.float32], *, count: int, probes: int) -> NDArray[np.int32]:
        """Return the column ``place`` of the rows whose ``vector`` is nearest to a query, by the index."""
        with translated(self._path, self._name):
            asked: Any = self._table.search(query, vector_column_name="vector", query_type="vector")
            search = cast("LanceVectorQueryBuilder", asked)
            # The distance is that of the index. Lance warns, query by query, unless it is among the columns.
            wanted = cast("LanceVectorQueryBuilder", search.select(["place", "_distance"]).limit(count))
            return wanted.nprobes(probes).to_arrow()["place"].combine_chunks().to_numpy()


class Tables:
    """The tables in a folder, made when first written to.

    Writers may meet: a commit that another one got ahead of is made again.

    Parameters
    ----------
    path : Path
        The folder; it must exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = _lancedb().connect(str(path))

    def _table(self, name: str) -> Table | None:
        """Open a table, None if the library never had one of this name; a `LibraryError` if it has lost it."""
        with translated(self.path, name):
            # Noted before it is opened: what somebody writes meanwhile is no loss.
            noted = _noted_version(self.path, name)
            table = self._open(name)
            if table is None and name in expected_tables(self.path) and (table := self._open(name)) is None:
                raise damaged(self.path, name, "it is not there, or has no versions")
            if table is not None and noted > table.version:
                raise damaged(self.path, name, "its newest version is not there")
            return table

    def _open(self, name: str) -> Table | None:
        try:
            return cast("Table", self._db.open_table(name))
        except (FileNotFoundError, ValueError):
            return None

    def _write(self, name: str, create: Callable[[], object] | None, change: Callable[[Table], object]) -> None:
        """Change a table, or create it where it is not there, in one commit; again if another writer was faster."""
        for attempt in range(ATTEMPTS):
            try:
                with translated(self.path, name, writing=True):
                    table = self._table(name)
                    if table is None and create is not None:
                        # Lance lets two that create a table at once both succeed, and the rows of one are lost.
                        with locked(self.path, "creating", seconds=LONGEST_CREATION):
                            table = self._table(name)
                            if table is None:
                                create()
                                list_tables(self.path, [name])
                                return
                    if table is not None:
                        change(table)
                return
            except _OvertakenError:
                time.sleep(random.uniform(0, PAUSE * (attempt + 1)))
        raise LibraryError(
            f"{ATTEMPTS} times another process has written {name!r} of {str(self.path)!r} at the same moment. "
            "Wait for it to end, and make the same call again."
        )

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

        Raises
        ------
        LibraryError
            If the table is damaged, or the library has lost it.
        """
        table = self._table(name)
        if table is None:
            return None
        with translated(self.path, name):
            query = table.search()
            if columns is not None:
                query = query.select(list(columns))
            if where is not None:
                query = query.where(where)
            return query.to_arrow()

    def rows(self, name: str) -> Rows | None:
        """Open a table to read a part at a time, or None if the library has none of this name."""
        table = self._table(name)
        return None if table is None else Rows(table, self.path, name)

    def version(self, name: str) -> int:
        """A number that every change of a table raises; 0 if the library has none of this name."""
        table = self._table(name)
        return 0 if table is None else int(table.version)

    def append(self, name: str, rows: pa.Table) -> None:
        """Add rows to a table in one atomic commit, creating the table if it is not there."""
        if rows.num_rows:
            self._write(name, lambda: self._db.create_table(name, data=rows), lambda table: table.add(rows))

    def stream(self, name: str, batches: Iterator[pa.RecordBatch]) -> None:
        """Write a table of any size, batch by batch, in the place of one of this name that may be there."""
        import pyarrow as pa

        first = next(batches)
        with translated(self.path, name, writing=True):
            if self._open(name) is not None:
                self._db.drop_table(name)
            self._db.create_table(name, data=pa.RecordBatchReader.from_batches(first.schema, chain([first], batches)))

    def index_vectors(self, name: str, *, partitions: int) -> None:
        """Index the column ``vector`` of a table by inner product: groups around centres, one bit a dimension.

        Few rounds of k-means over a part of the rows (64 a centre) find centres that serve as well as many rounds
        over all, in a tenth of the time.
        """
        from lancedb.index import IvfRq

        config = IvfRq(distance_type="dot", num_partitions=partitions, max_iterations=10, sample_rate=64)
        with translated(self.path, name, writing=True):
            self._db.open_table(name).create_index("vector", config=config)

    def size(self, name: str) -> int:
        """Bytes that a table and its indexes take on the disk."""
        folder = self.path / f"{name}.lance"
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

    def upsert(self, name: str, rows: pa.Table, *, on: Sequence[str]) -> None:
        """Add rows, replacing those with equal values in the columns ``on``, in one atomic commit."""
        if rows.num_rows == 0:
            return

        def merge(table: Table) -> None:
            table.merge_insert(list(on)).when_matched_update_all().when_not_matched_insert_all().execute(rows)

        self._write(name, lambda: self._db.create_table(name, data=rows), merge)

    def replace(self, name: str, rows: pa.Table) -> None:
        """Put rows in the place of all rows of a table, in one atomic commit; a damaged part of a map is made anew."""
        try:
            self._write(
                name,
                lambda: self._db.create_table(name, data=rows),
                lambda _: self._db.create_table(name, data=rows, mode="overwrite"),
            )
        except DamagedError:
            if not is_map_part(name):
                raise
            with translated(self.path, name, writing=True):
                shutil.rmtree(self.path / f"{name}.lance", ignore_errors=True)
                self._db.create_table(name, data=rows)

    def delete(self, name: str, where: str) -> None:
        """Delete the rows for which an SQL condition holds."""
        self._write(name, None, lambda table: table.delete(where))

    def columns(self, name: str) -> list[str]:
        """Names of the columns of a table; none if it is not there."""
        table = self._table(name)
        return [] if table is None else list(table.schema.names)

    def add_column(self, name: str, column: str, value: str) -> None:
        """Add a column in one atomic commit, its value in every row an SQL expression."""
        self._write(name, None, lambda table: table.add_columns({column: value}))

    def compact(self, name: str) -> None:
        """Join the many small files that a long run leaves behind."""
        self._write(name, None, lambda table: table.optimize())

    def count(self, name: str) -> int:
        """Rows in a table, 0 if it is not there."""
        table = self._table(name)
        with translated(self.path, name):
            return 0 if table is None else table.count_rows()

    def names(self) -> list[str]:
        """Names of all tables that are there."""
        return sorted(folder.stem for folder in self.path.glob("*.lance") if (folder / "_versions").is_dir())


def is_map_part(name: str) -> bool:
    """Whether a table is a part of a map, which can be computed again."""
    part, _, key = name.partition("_")
    return bool(key) and part in MAP_PARTS


class _OvertakenError(Exception):
    """Another writer's commit came first; nothing of this one was written."""


FULL = ("no space left on device", "os error 28", "disk quota exceeded")
FORBIDDEN = ("permission denied", "read-only file system", "operation not permitted", "os error 13", "os error 30")
OVERTAKEN = ("commit conflict", "concurrent", "contention", "already exists")


@contextmanager
def translated(path: Path, name: str, *, writing: bool = False) -> Iterator[None]:
    """Turn what Lance, or the system beneath it, says of a table into an error that names the table."""
    try:
        yield
    except NovaExploreError:
        raise
    except (RuntimeError, ValueError, OSError) as error:
        said = str(error)
        low = said.lower()
        if writing and any(words in low for words in OVERTAKEN):
            raise _OvertakenError from error
        if any(words in low for words in FULL):
            raise UnwritableError(
                f"The disk of {str(path)!r} is full (no space left on device); the table {name!r} is as it was before. "
                "Free some room, and make the same call again."
            ) from error
        if writing and any(words in low for words in FORBIDDEN):
            raise UnwritableError(
                f"{str(path)!r} cannot be written to (permission denied, or a read-only disk). "
                "Make it writable, or work on a copy."
            ) from error
        if isinstance(error, OSError) or "lance" in low:
            raise damaged(path, name, _reason(said)) from error
        raise


def damaged(path: Path, name: str, why: str) -> DamagedError:
    """What a person reads when a table of a library is missing, cut short or cannot be read."""
    key = name.partition("_")[2]
    again = f" Or have the map drawn again, after library.maps.remove({key!r})." if is_map_part(name) else ""
    return DamagedError(
        f"The table {name!r} of {str(path)!r} is damaged: {why}. Needed: the folder {name}.lance as it was written. "
        f"An interrupted copy leaves such a library: copy it again from where it is whole.{again} Nothing was changed."
    )


def _reason(said: str) -> str:
    """The words for a person in an error of Lance, without the place in its source code."""
    words = re.sub(r",? ?/\S*\.rs:\d+:\d+", "", said)
    words = re.sub(r"lance error: |LanceError\(\w+\): |Generic [\w/ ]*error: |Wrapped error: ", "", words)
    return words.splitlines()[0].strip().rstrip(".") if words.strip() else "it cannot be read"


def _noted_version(path: Path, name: str) -> int:
    """The newest version that Lance has noted beside a table; 0 where it has noted none."""
    try:
        hint = json.loads((path / f"{name}.lance" / "_versions" / "latest_version_hint.json").read_text("utf-8"))
        return int(hint["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


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
