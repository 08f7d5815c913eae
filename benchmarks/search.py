"""Measure search and reading of vectors in a large library: ``python benchmarks/search.py``.

Makes a library of a million items with 1,024 dimensions (vectors of WordNet's glosses and, beyond the 117,659 real
ones, jittered copies of them, all turned into 1,024 dimensions by one isometry), then prints

- how long the items and the vectors take to read, and how much memory of its own the process needs for that;
- exact search over the first 100,000 vectors as a multiple of the time of merely reading them;
- text queries over all of them, exact and with the index: first, median, 95th percentile, recall@10 of the index.

Queries are phrases of the vocabulary, none of which the index was tuned with. Times are of this machine as it was; the
ratios are of runs that took turns.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import wordnet
from numpy.typing import NDArray

from nova_explore.collection import Collection, Item, Modality, number_copies
from nova_explore.library.store import Library, open_library
from nova_explore.models.local.text import TextEncoder
from nova_explore.models.model import Capabilities
from nova_explore.similarity.background import TUNING_QUERIES, embed_phrases
from nova_explore.similarity.finder import Finder
from nova_explore.similarity.ranking import spread
from nova_explore.space import ItemError, Role, Space, Vector
from nova_explore.words import read_vocabulary

WRITE_ROWS = 16_384
EXACT = 100_000
CUT = 10


class Lifted:
    """The local text encoder, its vectors turned into more dimensions without changing any cosine."""

    name = "lifted"

    def __init__(self, dimension: int) -> None:
        frame, _ = np.linalg.qr(np.random.default_rng(1).standard_normal((dimension, 384)))
        self.isometry = np.ascontiguousarray(frame.T.astype(np.float32))
        self.space = Space("benchmark", "1", "index", dimension, "1")
        self.capabilities = Capabilities(frozenset({Modality.TEXT}), 64, frozenset({Modality.TEXT}))
        self._encoder = TextEncoder(threads=0)

    def embed_batch(self, items: Sequence[Item], *, role: Role = "index") -> list[Vector | ItemError]:
        return list(self._encoder.encode([item.text or "" for item in items]) @ self.isometry)


class Memory:
    """The most memory of its own (without files mapped into it) that this process needed inside the block, in MB."""

    def __enter__(self) -> Memory:
        self._done = threading.Event()
        self._start = self._own()
        self.megabytes = 0
        self._watch = threading.Thread(target=self._look)
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._done.wait(0.02):
            self.megabytes = max(self.megabytes, (self._own() - self._start) // 2**20)

    def _own(self) -> int:
        info = psutil.Process().memory_info()
        return info.rss - info.shared


def make_library(folder: Path, n: int, model: Lifted) -> Library:
    """Fill a library without ever holding its vectors in more than 384 dimensions."""
    library = open_library(folder / "benchmark.nova", create=True)
    digests = (hashlib.sha256(str(i).encode()).hexdigest() for i in range(n))
    items = number_copies(
        Item("", Modality.TEXT, f"/glosses/{i}.txt", f"{i}.txt", "txt", digest, metadata={"number": i})
        for i, digest in enumerate(digests)
    )
    with Memory() as memory:
        started = time.perf_counter()
        collection = library.add(Collection(items))
        print(f"adding {n:,} items: {time.perf_counter() - started:.1f} s, {memory.megabytes:,} MB")
    del items
    library.add_space(model.name, model.space)
    rows, _ = wordnet.sample(n)

    def batches() -> Iterator[pa.RecordBatch]:
        for start in range(0, n, WRITE_ROWS):
            block = rows[start : start + WRITE_ROWS] @ model.isometry
            block /= np.linalg.norm(block, axis=1, keepdims=True)
            keys = [item.content_key for item in collection[start : start + WRITE_ROWS]]
            vectors = pa.FixedSizeListArray.from_arrays(pa.array(block.ravel()), block.shape[1])
            yield pa.record_batch({"content_key": pa.array(keys), "vector": vectors})

    library._tables.stream(f"vectors_{model.space.key}", batches())
    return library


def measure_reading(library: Library, space: Space) -> tuple[Collection, NDArray[np.float32]]:
    """Items, then vectors twice: the first time makes the mapped file."""
    with Memory() as memory:
        started = time.perf_counter()
        collection = library.collection()
        seconds = time.perf_counter() - started
    print(f"reading {len(collection):,} items: {seconds:.1f} s, {memory.megabytes:,} MB")
    keys = [item.content_key for item in collection]
    vectors = np.empty((0, 0), np.float32)
    for which in ("first", "second"):
        with Memory() as memory:
            started = time.perf_counter()
            vectors, _ = library.vectors(space, keys)
            seconds = time.perf_counter() - started
        print(
            f"reading {vectors.nbytes / 2**20:,.0f} MB of vectors, {which} time: {seconds:.1f} s, "
            f"{memory.megabytes:,} MB of its own memory ({memory.megabytes * 2**20 / vectors.nbytes:.2f} copies)"
        )
    return collection, vectors


def clock(act: Callable[[], object]) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1e3


def measure_exact(collection: Collection, vectors: NDArray[np.float32], model: Lifted) -> None:
    """A search as a multiple of reading the same array, in turns; the query itself is embedded before."""
    few, rows = collection[:EXACT], vectors[:EXACT]
    finder = Finder(few, rows, model=lambda: model, indexes={})
    query = np.array(rows[0])

    def search() -> object:
        return finder.like("a query", "text", query, k=24)

    acts = {"sum": rows.sum, "X @ q": lambda: rows @ query, "search": search}
    times: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(25):
        for name, act in acts.items():
            times[name].append(clock(act))
    middle = {name: float(np.median(some[3:])) for name, some in times.items()}
    rate = rows.nbytes / middle["X @ q"] / 1e6
    print(
        f"exact, {len(few):,}: search {middle['search']:.1f} ms, X @ q {middle['X @ q']:.1f} ms ({rate:.1f} GB/s), "
        f"sum {middle['sum']:.1f} ms; search is {middle['search'] / middle['X @ q']:.2f} x X @ q, "
        f"{middle['search'] / middle['sum']:.2f} x sum"
    )


def measure_queries(library: Library, collection: Collection, vectors: NDArray[np.float32], model: Lifted) -> None:
    """Text queries, exact and by index."""
    vocabulary = read_vocabulary()
    tuned = {vocabulary[place] for place in spread(vocabulary, TUNING_QUERIES)}
    queries = [vocabulary[place] for place in spread(vocabulary, 700) if vocabulary[place] not in tuned][:200]
    exact = Finder(collection, vectors, model=lambda: model, indexes={})
    with Memory() as memory:
        for report in library.build_index(model.space, queries=embed_phrases(model, TUNING_QUERIES), progress=False):
            print(report, f"({report.probes} probes, {report.candidates} candidates)")
    print(f"making the index needed {memory.megabytes:,} MB of its own memory")
    started = time.perf_counter()
    indexed = Finder(collection, vectors, model=lambda: model, indexes=library.indexes(model.space, collection))
    indexed.by_text(queries[0], k=CUT)
    print(f"opening the index and the first query: {time.perf_counter() - started:.1f} s")
    exact.by_text(queries[0], k=CUT)
    times: dict[str, list[float]] = {"exact": [], "index": [], "embedding of the query": []}
    found = 0
    for number, query in enumerate(queries):
        times["embedding of the query"].append(clock(lambda query=query: model.embed_batch([as_item(query)])))
        started = time.perf_counter()
        ours = indexed.by_text(query, k=CUT)
        times["index"].append((time.perf_counter() - started) * 1e3)
        started = time.perf_counter()
        theirs = exact.by_text(query, k=CUT)
        times["exact"].append((time.perf_counter() - started) * 1e3)
        found += int((ours.scores >= theirs.scores.min() - 1e-5).sum())
        if number == 0:
            print(f"first query in words: index {times['index'][0]:.0f} ms, exact {times['exact'][0]:.0f} ms")
    for name, some in times.items():
        print(f"{name}: median {np.median(some):.1f} ms, 95th percentile {np.percentile(some, 95):.1f} ms")
    print(
        f"{len(queries)} queries over {len(collection):,} x {vectors.shape[1]}: recall@{CUT} "
        f"{found / CUT / len(queries):.3f}; exact takes {np.median(times['exact']) / np.median(times['index']):.0f} "
        "times as long"
    )


def as_item(words: str) -> Item:
    """A query as the model takes it."""
    return Item("q", Modality.TEXT, "q:", "q", "txt", "q", text=words)


def main() -> None:
    """Measure everything in a temporary folder."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--items", type=int, default=1_000_000)
    asked.add_argument("--dimension", type=int, default=1024)
    chosen = asked.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="search-"))
    try:
        model = Lifted(chosen.dimension)
        library = make_library(folder, chosen.items, model)
        collection, vectors = measure_reading(library, model.space)
        measure_exact(collection, vectors, model)
        measure_queries(library, collection, vectors, model)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
