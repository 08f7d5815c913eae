"""Explorations with planted groups, for tests and benchmarks of reviews: nothing is embedded and no map is drawn."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from nova_explore.collection import Collection, Item, Modality
from nova_explore.map.neighbors import find_neighbors
from nova_explore.space import Space


def gallery(vectors: np.ndarray, metadata: list[dict[str, Any]], labels: np.ndarray | None = None, k: int = 15) -> Any:
    """What reviews read of an exploration: items, vectors, neighbours, clusters; asked with vectors only."""
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    items = [
        Item(f"i{row:05d}", Modality.TEXT, "", f"item {row}", "txt", f"{row:064x}", text=f"word{row}", metadata=facts)
        for row, facts in enumerate(metadata)
    ]
    collection = Collection(items)
    clusters = np.full(len(items), -1, np.int32) if labels is None else labels.astype(np.int32)
    words = SimpleNamespace(
        search=lambda query: SimpleNamespace(positions=np.empty(0, np.intp), scores=np.empty(0, np.float32))
    )
    return Gallery(
        collection=collection,
        vectors=vectors,
        neighbors=find_neighbors(vectors, k=k),
        space=Space("planted", "1", "index", vectors.shape[1], "1"),
        clustering=SimpleNamespace(labels=clusters, count=int(clusters.max(initial=-1)) + 1),
        names={},
        name_of=lambda cluster: "unclustered" if cluster < 0 else f"cluster {cluster}",
        finder=SimpleNamespace(background=SimpleNamespace(words=words)),
        library=SimpleNamespace(path=Path("planted.nova")),
    )


class Gallery(SimpleNamespace):
    """A stand-in for an exploration."""

    def __len__(self) -> int:
        return len(self.collection)


def blocks(n: int, *, d: int = 32, largest: int = 6, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Vectors in sets of near-duplicates, and the set of each: float array of shape (n, d), int array of shape (n,)."""
    random = np.random.default_rng(seed)
    sizes: list[int] = []
    while sum(sizes) < n:
        sizes.append(int(random.integers(1, largest + 1)))
    unit = np.repeat(np.arange(len(sizes)), sizes)[:n]
    centres = random.normal(size=(len(sizes), d))
    return centres[unit] + 0.05 * random.normal(size=(n, d)), unit
