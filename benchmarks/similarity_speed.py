"""Measure how long searches, pairs and matrices take in a large collection: ``benchmarks/similarity_speed.py``.

Texts of words drawn at random with jittered unit vectors, no index: words to results (the embedding of
the query apart), a pair of items, an item and words, and the matrix of 1,000 items. Median and 95th percentile.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np

from nova_explore.collection import Collection, Item, Modality, number_copies
from nova_explore.map.neighbors import Neighbors
from nova_explore.models.queries import embed_texts
from nova_explore.models.registry import open_model
from nova_explore.similarity.finder import Finder
from nova_explore.similarity.pair import compare
from nova_explore.similarity.slice_matrix import compare_all
from nova_explore.words import read_vocabulary

ROUNDS = 40
MATRIX = 1000


def clocked(name: str, act: Callable[[int], object], rounds: int = ROUNDS) -> None:
    """Print what an act takes, its first time apart."""
    started = time.perf_counter()
    act(0)
    first = time.perf_counter() - started
    times = []
    for number in range(1, rounds + 1):
        started = time.perf_counter()
        act(number)
        times.append((time.perf_counter() - started) * 1e3)
    print(
        f"{name}: median {np.median(times):.0f} ms, 95th percentile {np.percentile(times, 95):.0f} ms, "
        f"the first {first:.1f} s",
        flush=True,
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--items", type=int, default=100_000)
    n = asked.parse_args().items
    draw = np.random.default_rng(0)
    vocabulary = read_vocabulary()
    texts = [" ".join(vocabulary[int(i)] for i in row) for row in draw.integers(0, len(vocabulary), (n, 3))]
    items = number_copies(
        Item("", Modality.TEXT, f"/{i}.txt", f"{i}.txt", "txt", f"{i:064x}", text=text) for i, text in enumerate(texts)
    )
    collection = Collection(items)
    model = open_model("local")
    seeds = embed_texts(model, vocabulary[:512], role="index")
    vectors = seeds[draw.integers(0, len(seeds), n)] + 0.03 * draw.standard_normal((n, seeds.shape[1]), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors = vectors.astype(np.float32)
    neighbors = Neighbors(draw.integers(0, n, (n, 15)).astype(np.int32), np.full((n, 15), 0.8, np.float32))
    xy = draw.standard_normal((n, 2)).astype(np.float32)
    labels = draw.integers(-1, 40, n)
    finder = Finder(collection, vectors, model=lambda: model, indexes={})
    queries = [vocabulary[int(i)] for i in draw.permutation(len(vocabulary))[: ROUNDS + 1]]
    embedding: list[float] = []
    for query in queries:
        started = time.perf_counter()
        embed_texts(model, [query], role="query")
        embedding.append((time.perf_counter() - started) * 1e3)
    print(f"{n:,} items; the embedding of a query takes {np.median(embedding):.0f} ms", flush=True)
    clocked("words to results, their embedding included", lambda i: finder.find(queries[i]))
    pairs = draw.integers(0, n, (ROUNDS + 1, 2))
    ids = collection.ids
    background = finder.background
    some = {"neighbors": neighbors, "xy": xy}
    clocked("a pair", lambda i: compare(background, ids[pairs[i, 0]], ids[pairs[i, 1]], **some))
    clocked("an item and words", lambda i: compare(background, queries[i], ids[pairs[i, 1]], **some))
    rows = [draw.choice(n, MATRIX, replace=False) for _ in range(9)]
    clocked(
        f"matrix of {MATRIX:,}", lambda i: compare_all(collection, vectors, labels, [ids[j] for j in rows[i]]), rounds=8
    )


if __name__ == "__main__":
    main()
