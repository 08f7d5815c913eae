"""How long labels take at 100,000 items in 1,000 clusters: one decision, re-attachment, the table, a first reading.

python benchmarks/labels.py [ITEMS] [CLUSTERS]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from nova_explore.clusters.cluster import Clustering
from nova_explore.clusters.names import ClusterName
from nova_explore.collection import Collection, Item, Modality
from nova_explore.labels.labelled_map import Labelled
from nova_explore.labels.labels import Labels
from nova_explore.library.store import open_library


def main(items: int, clusters: int) -> None:
    """Print one line a figure: the median, smallest and largest of several runs, in milliseconds."""
    draw = np.random.default_rng(0)
    ids = [f"{number:016x}" for number in range(items)]
    collection = Collection(Item(id, Modality.TEXT, id, id, "txt", id) for id in ids)
    numbers = np.sort(draw.integers(clusters, size=items)).astype(np.int32)

    def map_of(numbers):
        names = {c: ClusterName(c, f"name {c}", "keywords", (), (), 0) for c in range(int(numbers.max()) + 1)}
        clustering = Clustering(numbers, np.ones(items, np.float32), {})
        return Labelled(collection, clustering, names, np.zeros((items, 1), np.float32), no, no, no, no)

    def no(*_):
        return None

    with tempfile.TemporaryDirectory() as folder:
        library = open_library(Path(folder) / "a.nova", create=True)
        labels = Labels(library, map_of(numbers))
        times = {"accept, until the names are there": [], "rename, until the names are there": []}
        for cluster in range(clusters):
            begin = time.perf_counter()
            labels.accept(cluster)
            labels.carried()
            times["accept, until the names are there"].append(time.perf_counter() - begin)
            if cluster % 20 == 0:
                begin = time.perf_counter()
                labels.rename(cluster, f"label {cluster}")
                labels.carried()
                times["rename, until the names are there"].append(time.perf_counter() - begin)
        moved = np.where(draw.random(items) < 0.2, draw.integers(clusters, size=items), numbers).astype(np.int32)
        times["the log read for the first time"], times["re-attachment to other clusters"] = [], []
        times["the table of labels"], times["undo, until the names are there"] = [], []
        for _ in range(5):
            other = Labels(library, map_of(moved))
            begin = time.perf_counter()
            other.refresh()
            times["the log read for the first time"].append(time.perf_counter() - begin)
            begin = time.perf_counter()
            carried = other.carried()
            times["re-attachment to other clusters"].append(time.perf_counter() - begin)
            begin = time.perf_counter()
            rows = len(labels.table)
            times["the table of labels"].append(time.perf_counter() - begin)
            begin = time.perf_counter()
            labels.undo()
            labels.carried()
            times["undo, until the names are there"].append(time.perf_counter() - begin)
    print(f"{items:,} items, {clusters:,} clusters, {rows:,} rows, {len(carried):,} labels found again")
    for called, seconds in times.items():
        shown = [1000 * value for value in (statistics.median(seconds), min(seconds), max(seconds))]
        print(f"{called:36} {shown[0]:8.1f} ms  ({shown[1]:.1f} to {shown[2]:.1f}, {len(seconds)} runs)")


if __name__ == "__main__":
    main(*(int(value) for value in sys.argv[1:3] or (100_000, 1_000)))
