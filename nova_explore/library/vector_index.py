"""Approximate search for libraries whose vectors are too many to read for every query.

An index is an inverted file with RaBitQ codes (Gao and Long 2024, https://arxiv.org/abs/2405.12497), made by Lance: the
vectors are grouped around centres, a query looks into the groups whose centres are nearest to it and compares one bit a
dimension. What it names is then compared exactly, with the vectors themselves.

There is one index for each kind of media, since a query's scores with texts and with pictures are on different scales:
the best pictures are not among the best of all. How many groups a query looks into is decided by measurement: as few as
find `RECALL` of what an exact search finds.
"""

from __future__ import annotations

import json
import math
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.errors import LibraryError
from nova_explore.library.lance import Rows, Tables, arrow, places

if TYPE_CHECKING:
    import pyarrow as pa

INDEX_FROM = 50_000
"""Items of a kind from which an index is made; to read fewer vectors takes no longer than to ask an index."""

RECALL = 0.97
"""What is aimed at on the queries an index is tuned with, so that others find 0.95."""

RECALL_AT = 10
CANDIDATES = (100, 200, 400, 800)
"""Items an index may name, to be compared exactly: one bit a dimension does not order the best ten."""

LEAST_HELD = 1 / 3
"""Share of an index that a collection must hold: for a smaller part, all its items are compared as fast."""

FEWEST_PROBES = 16
BLOCK_ROWS = 16_384


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What an index is and what was measured when it was made.

    Attributes
    ----------
    modality : str
        Whose items it holds.
    items : int
        How many.
    probes : int
        Groups that a query looks into.
    candidates : int
        Items that are compared exactly.
    recall : float
        Share of the exact ten best that were found, over the queries.
    queries : int
        How many queries that was measured with.
    milliseconds : float
        Median time of these queries, the exact comparison of what was found included.
    seconds : float
        Time to make it.
    bytes : int
        Room it takes on the disk.
    """

    modality: str
    items: int
    probes: int
    candidates: int
    recall: float
    queries: int
    milliseconds: float
    seconds: float
    bytes: int

    def __str__(self) -> str:
        return (
            f"{self.items:,} {self.modality}: recall@{RECALL_AT} {self.recall:.3f} over {self.queries} queries, "
            f"{self.milliseconds:.0f} ms a query, made in {self.seconds:.0f} s, {self.bytes / 1e6:,.0f} MB"
        )


class VectorIndex:
    """An index on disk, and which positions of a collection its rows are.

    Another process may make it again meanwhile; it is then opened anew.

    Parameters
    ----------
    tables : Tables
        Of the library.
    space, modality : str
        Whose vectors it holds.
    keys : sequence of str, length n
        Content keys of the collection.
    here : int array
        Positions of the collection's items of this modality.

    Attributes
    ----------
    report : IndexReport
    missing : int array
        Positions of items of this modality that are not in the index: they came later, or are further copies.
    """

    def __init__(self, tables: Tables, space: str, modality: str, keys: Sequence[str], here: NDArray[np.intp]) -> None:
        self._tables = tables
        self._entry = (space, modality)
        self._keys = keys
        self._here = here
        self.report: IndexReport | None = None
        self.missing = here
        self._open()

    def _open(self) -> None:
        import pyarrow as pa

        self._rows: Rows | None = None
        entry = _entry(self._tables, *self._entry)
        rows = None if entry is None else self._tables.rows(entry["name"])
        if entry is None or rows is None:
            return
        ours = pa.array([self._keys[int(place)] for place in self._here], pa.string())
        found = places(rows.column("content_key"), ours)
        self._positions = np.append(self._here, -1)[found]
        # Only the first of equal keys is named, so that further copies are missing and are compared one by one.
        self.missing = np.setdiff1d(self._here, self._positions)
        self._held = len(self._here) - len(self.missing)
        self.report = IndexReport(**json.loads(entry["report"]))
        self._rows = rows

    @property
    def is_worth_asking(self) -> bool:
        """Whether it names items of this collection often enough to be faster than comparing all of them."""
        return self._rows is not None and self._held >= LEAST_HELD * len(self._positions)

    def candidates(self, query: NDArray[np.float32], *, count: int) -> NDArray[np.intp]:
        """Positions of at least this many items that are near a query, and of all that are not in the index.

        They are all items of the modality where the index cannot name so many.
        """
        for _ in range(2):
            if self.report is None or self._rows is None or not self.is_worth_asking:
                break
            # The index names items of the whole library; of them, so many are of this collection.
            wanted = math.ceil(max(count, self.report.candidates) * len(self._positions) / self._held)
            try:
                rows = self._rows.nearest(query, count=wanted, probes=self.report.probes)
            except LibraryError:
                self._open()  # made again, or lost, since it was opened
                continue
            found = self._positions[rows]
            found = found[found >= 0]
            if len(found) >= min(count, self._held):
                return np.concatenate([found, self.missing])
            break
        return self._here


def build_indexes(
    tables: Tables,
    space: str,
    keys: Sequence[str],
    modalities: NDArray[np.str_],
    vectors: NDArray[np.float32],
    present: NDArray[np.bool_],
    *,
    least: int,
    queries: NDArray[np.float32] | None,
    progress: bool,
) -> list[IndexReport]:
    """Make the index of every modality that has at least so many contents.

    Parameters
    ----------
    tables : Tables
        Of the library.
    space : str
        Key of the space.
    keys : sequence of str, length n
        Content keys of the library's items.
    modalities : str array of shape (n,)
    vectors : float32 array of shape (m, d)
        One for every key that has one.
    present : bool array of shape (n,)
        Which keys those are.
    least : int
        Contents from which a modality gets an index.
    queries : float32 array of shape (q, d), optional
        To measure with; 64 of the vectors where none are given.
    progress : bool
        Show a bar.
    """
    from tqdm.auto import tqdm

    if queries is None:
        queries = vectors[:: max(1, len(vectors) // 64)]
    first: dict[str, dict[str, int]] = {}
    for row, place in enumerate(np.flatnonzero(present)):
        first.setdefault(str(modalities[place]), {}).setdefault(keys[int(place)], row)
    many = {modality: rows for modality, rows in first.items() if len(rows) >= least}
    reports = []
    for modality, rows in tqdm(many.items(), "Making indexes, minutes a million items", disable=not progress):
        chosen = np.fromiter(rows.values(), np.intp)
        reports.append(build_index(tables, space, modality, list(rows), vectors, chosen, queries=queries))
    return reports


def build_index(
    tables: Tables,
    space: str,
    modality: str,
    keys: Sequence[str],
    vectors: NDArray[np.float32],
    rows: NDArray[np.intp],
    *,
    queries: NDArray[np.float32],
) -> IndexReport:
    """Make the index of one kind of media, in the place of an older one.

    It is used once it is whole: a process killed while making it leaves the library without one.

    Parameters
    ----------
    tables : Tables
        Of the library.
    space : str
        Key of the space.
    modality : str
    keys : sequence of str, length m
        Content keys, without repetition.
    vectors : float32 array of shape (n, d)
        Unit rows, those of other kinds among them.
    rows : int array of shape (m,)
        Which of the vectors are those of the keys.
    queries : float32 array of shape (q, d)
        Queries of the kind that will be asked, to measure with.

    Returns
    -------
    IndexReport
    """
    started = time.perf_counter()
    name = f"index_{space}_{modality}"
    tables.delete("indexes", f"name = '{name}'")
    tables.stream(name, _batches(keys, vectors, rows))
    partitions = max(1, round(len(keys) ** 0.5))
    tables.index_vectors(name, partitions=partitions)
    seconds = time.perf_counter() - started
    exact = _best_scores(vectors, rows, queries)
    made = tables.rows(name)
    if made is None:
        raise LibraryError(f"The index {name!r} of {str(tables.path)!r} was removed while it was made. Make it again.")
    probes, candidates, recall = _tune(made, vectors, rows, queries, exact, partitions)
    milliseconds = _time(made, vectors, rows, queries, probes, candidates)
    size = tables.size(name)
    report = IndexReport(modality, len(keys), probes, candidates, recall, len(queries), milliseconds, seconds, size)
    record = {"name": name, "space": space, "modality": modality, "report": json.dumps(asdict(report))}
    tables.upsert("indexes", arrow([record]), on=["name"])
    return report


def open_indexes(tables: Tables, space: str, keys: Sequence[str], kinds: NDArray[np.str_]) -> dict[str, VectorIndex]:
    """Open the indexes of a space, by kind of media, for a collection with these content keys and kinds.

    Parameters
    ----------
    tables : Tables
        Of the library.
    space : str
        Key of the space.
    keys : sequence of str, length n
    kinds : str array of shape (n,)
    """
    entries = tables.read("indexes", where=f"space = '{space}'")
    opened: dict[str, VectorIndex] = {}
    for modality in [] if entries is None else entries["modality"].to_pylist():
        try:
            index = VectorIndex(tables, space, modality, keys, np.flatnonzero(kinds == modality))
        except LibraryError as error:
            warnings.warn(f"{error} Searches compare all items until the index is made again.", stacklevel=4)
            continue
        if index.is_worth_asking:
            opened[modality] = index
    return opened


def _entry(tables: Tables, space: str, modality: str) -> dict[str, Any] | None:
    rows = tables.read("indexes", where=f"space = '{space}' AND modality = '{modality}'")
    return rows.to_pylist()[0] if rows is not None and rows.num_rows else None


def _batches(keys: Sequence[str], vectors: NDArray[np.float32], rows: NDArray[np.intp]) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    for start in range(0, len(keys), BLOCK_ROWS):
        block = vectors[rows[start : start + BLOCK_ROWS]]
        yield pa.record_batch(
            {
                "place": pa.array(np.arange(start, start + len(block), dtype=np.int32)),
                "content_key": pa.array(keys[start : start + len(block)]),
                "vector": pa.FixedSizeListArray.from_arrays(pa.array(block.ravel()), block.shape[1]),
            }
        )


def _best_scores(
    vectors: NDArray[np.float32], rows: NDArray[np.intp], queries: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Scores of the exact ten best of every query, in any order, from one reading of the vectors."""
    best = np.full((len(queries), RECALL_AT), -np.inf, np.float32)
    for start in range(0, len(rows), BLOCK_ROWS):
        scores = np.hstack([best, queries @ vectors[rows[start : start + BLOCK_ROWS]].T])
        best = np.partition(scores, -RECALL_AT, axis=1)[:, -RECALL_AT:]
    return best


def _tune(
    index: Rows,
    vectors: NDArray[np.float32],
    rows: NDArray[np.intp],
    queries: NDArray[np.float32],
    exact: NDArray[np.float32],
    partitions: int,
) -> tuple[int, int, float]:
    """Find the fewest probes, then the fewest candidates, that reach `RECALL`; the most of both where none do."""
    # An item that scores as high as the tenth is as good as it; products of other shapes differ in the last digits.
    enough = np.maximum(exact.min(axis=1), -1) - 1e-5
    possible = len(queries) * min(RECALL_AT, len(rows))
    probes = FEWEST_PROBES
    while True:
        probes = min(probes, partitions)
        hits = np.zeros(len(CANDIDATES), int)
        for query, least in zip(queries, enough, strict=True):
            named = index.nearest(query, count=CANDIDATES[-1], probes=probes)
            good = vectors[rows[named]] @ query >= least
            hits += [min(int(good[:count].sum()), RECALL_AT) for count in CANDIDATES]
        recalls = hits / possible
        reached = np.flatnonzero(recalls >= RECALL)
        if reached.size or probes == partitions:
            chosen = int(reached[0]) if reached.size else -1
            return probes, CANDIDATES[chosen], float(recalls[chosen])
        probes *= 2


def _time(
    index: Rows,
    vectors: NDArray[np.float32],
    rows: NDArray[np.intp],
    queries: NDArray[np.float32],
    probes: int,
    candidates: int,
) -> float:
    """Median milliseconds of a query, the exact comparison included."""
    times = []
    for query in queries:
        started = time.perf_counter()
        best = vectors[rows[index.nearest(query, count=candidates, probes=probes)]] @ query
        best.sort()
        times.append(time.perf_counter() - started)
    return float(np.median(times)) * 1e3
