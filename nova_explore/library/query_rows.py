"""Vectors of queries on disk, so that a review that is run again asks the model for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from nova_explore.library.label_rows import LONGEST_TURN
from nova_explore.library.lance import Tables
from nova_explore.library.marker import locked

if TYPE_CHECKING:
    from nova_explore.space import Space, Vector


class QueryRows:
    """The vectors of queries of a library, by a key of the query's content and of what it was embedded for.

    Parameters
    ----------
    tables : Tables
        Of the library.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def read(self, space: Space, keys: Iterable[str]) -> dict[str, Vector]:
        """Vectors of these keys; those that were never embedded are not there."""
        wanted = set(keys)
        rows = self._tables.read(f"queries_{space.key}")
        if rows is None or not wanted:
            return {}
        names = rows["key"].to_pylist()
        vectors = rows["vector"].combine_chunks().flatten().to_numpy().reshape(len(names), space.dimension)
        return {name: np.array(vectors[row], np.float32) for row, name in enumerate(names) if name in wanted}

    def save(self, space: Space, vectors: Mapping[str, Vector]) -> None:
        """Keep vectors by key. Processes take turns, so that a review can run while the library is embedded."""
        import pyarrow as pa

        if not vectors:
            return
        flat = np.concatenate([np.asarray(vector, np.float32) for vector in vectors.values()])
        column = pa.FixedSizeListArray.from_arrays(pa.array(flat), space.dimension)
        table = pa.table({"key": list(vectors), "vector": column})
        with locked(self._tables.path, "queries", seconds=LONGEST_TURN):
            self._tables.upsert(f"queries_{space.key}", table, on=["key"])
