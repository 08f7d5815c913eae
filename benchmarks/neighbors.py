"""The 15 nearest neighbours of every item, side by side: ``python benchmarks/neighbors.py [n ...]``.

By default 10,000 and 117,659 of WordNet's vectors. Every contender runs in a process of its own (see `alone`).
``recall`` is the share of the true neighbours of 500 items that it found; ``again`` the share of all neighbours that a
second run finds as well. The approximate ones are set to about the same recall; faiss and usearch build a graph and ask
it for every item, as a library without a search for all pairs at once is used.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from alone import contend, run_alone

K, CHECKED, MOST_EXACT = 15, 500, 30_000


def ours(rows: np.ndarray) -> np.ndarray:
    from nova_explore.map.neighbors import find_neighbors

    return find_neighbors(rows, k=K).indices


def exact(rows: np.ndarray) -> np.ndarray:
    from nova_explore.map.neighbors import find_neighbors

    return find_neighbors(rows, k=K, exact=True).indices


def pynndescent(rows: np.ndarray) -> np.ndarray:
    from pynndescent import NNDescent

    found: Any = NNDescent(rows, metric="cosine", n_neighbors=K + 1, random_state=0).neighbor_graph
    return others(found[0])


def faiss(rows: np.ndarray) -> np.ndarray:
    import faiss as library  # pyright: ignore[reportMissingImports]

    index = library.IndexHNSWFlat(rows.shape[1], 16, library.METRIC_INNER_PRODUCT)
    index.add(np.ascontiguousarray(rows))
    index.hnsw.efSearch = 64
    return others(index.search(np.ascontiguousarray(rows), K + 1)[1])


def usearch(rows: np.ndarray) -> np.ndarray:
    from usearch.index import Index  # pyright: ignore[reportMissingImports]

    index = Index(ndim=rows.shape[1], metric="cos", dtype="i8")
    index.add(np.arange(len(rows)), np.ascontiguousarray(rows))
    return others(np.asarray(index.search(np.ascontiguousarray(rows), K + 1).keys).astype(np.int64))


def others(found: np.ndarray) -> np.ndarray:
    """Leave every item out of its own row, or the last of a row where it did not find itself."""
    itself = found == np.arange(len(found))[:, None]
    itself[:, -1] |= ~itself.any(axis=1)
    return found[~itself].reshape(len(found), -1)


CONTENDERS = {"nova_explore": ours, "exact": exact, "pynndescent": pynndescent, "faiss HNSW": faiss, "usearch": usearch}


def shared(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.mean([len(np.intersect1d(*rows)) for rows in zip(one, other, strict=True)])) / K


def measure(n: int) -> None:
    import wordnet

    from nova_explore.map.neighbors import most_similar

    vectors, _ = wordnet.sample(n)
    n = len(vectors)
    sample = np.sort(np.random.default_rng(7).choice(n, min(CHECKED, n), replace=False))
    true = most_similar(vectors, sample, K)[0]
    print(f"\n{n:,} items\n{'contender':13} {'seconds':>8} {'ratio':>6} {'MiB':>6} {'recall':>7} {'again':>6}")
    base = None
    for name in CONTENDERS:
        if name == "exact" and n > MOST_EXACT:
            continue
        found, seconds, mebibytes = run_alone(__file__, name, vectors, 13_000)
        again = shared(found, run_alone(__file__, name, vectors, 13_000)[0])
        base = base or seconds
        told = f"{seconds / base:6.2f} {mebibytes:6.0f} {shared(true, found[sample]):7.4f} {again:6.4f}"
        print(f"{name:13} {seconds:8.2f} {told}", flush=True)


if __name__ == "__main__" and not contend(CONTENDERS):
    for n in [int(n) for n in sys.argv[1:]] or [10_000, 117_659]:
        measure(n)
