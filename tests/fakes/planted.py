"""Vectors with planted clusters, and what the map is made of for them."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from nova_explore.map.layout import Layout, lay_out, principal_components, weigh
from nova_explore.map.neighbors import find_neighbors


def planted(groups: int = 6, size: int = 40, d: int = 32, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    truth = np.repeat(np.arange(groups), size)
    vectors = random.normal(size=(groups, d))[truth] + 0.5 * random.normal(size=(groups * size, d))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), truth


def units(n: int, seed: int) -> np.ndarray:
    """Unit rows around twenty centres."""
    draw = np.random.default_rng(seed)
    rows = np.random.default_rng(99).normal(size=(20, 32))[draw.integers(0, 20, n)] + 0.7 * draw.normal(size=(n, 32))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def graph_of(vectors: np.ndarray, k: int = 15) -> csr_array:
    return weigh(find_neighbors(vectors, k=k))


def drawn(vectors: np.ndarray, k: int = 15, seed: int | None = 0) -> Layout:
    neighbors = find_neighbors(vectors, k=k)
    return lay_out(principal_components(vectors, 2), weigh(neighbors), neighbors, seed=seed)
