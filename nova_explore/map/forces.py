"""UMAP's layout: neighbours pull each other together, items drawn at random push each other apart.

The objective, its gradients and its schedule are UMAP's (McInnes, Healy & Melville 2018, arXiv:1802.03426, section
3.2), optimised so that a seed and all cores go together: in a round every item moves by itself, by the sum of what acts
on it where all items were before the round. Three things differ from umap-learn (``benchmarks/map.py`` and
``benchmarks/clusters.py`` compare what comes of all three together):

- an edge pulls both its ends in the same rounds, each once, by the same amount; umap-learn pulls both ends twice;
- which edges pull in a round follows from their weight and their ends, so that no state is kept for them;
- the strengths of pull and push are read from a table of squared distances, 64 steps for each power of two.

That a pull never moves the middle of the two it acts on is what keeps clusters whole. Where each end is pulled in its
own turn, from where the turn has brought it, the middles wander, and the density of a cluster breaks into patches: of
the ten digits HDBSCAN then makes 18 to 22 clusters, in the place of 11 (adjusted mutual information .84 and .91).
"""

from __future__ import annotations

from collections.abc import Iterator

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from nova_explore.map import cores
from nova_explore.map.compiled import compiled

PUSHES = 5
"""Random items that push for each edge that pulls: UMAP's ``negative_sample_rate``."""

LOWEST, HIGHEST, BITS = -24, 16, 6
STRONGEST = np.float32(4)
"""No coordinate moves further at once, as in UMAP."""


def settle(
    graph: csr_array, start: NDArray[np.float32], *, a: float, b: float, rounds: int, seed: int
) -> Iterator[NDArray[np.float32]]:
    """Move items from a start, round by round.

    Parameters
    ----------
    graph : csr_array of shape (n, n)
        Symmetric; weights up to 1.
    start : float32 array of shape (n, d)
    a, b : float
        Of UMAP's curve 1 / (1 + a x^(2b)).
    rounds : int
        UMAP's ``n_epochs``.
    seed : int
        The same seed gives the same places, whatever the number of cores.

    Yields
    ------
    float32 array of shape (n, d)
        Where the items are after each round; overwritten two rounds later.
    """
    shares = (graph.data / graph.data.max()).astype(np.float32)
    phases = np.empty(len(shares), np.float32)
    pull, push = _tables(a, b)
    before, after = start.astype(np.float32, order="C"), np.empty(start.shape, np.float32)
    ties = (graph.indptr, graph.indices, shares, phases)
    axes = tuple(range(start.shape[1]))  # their number is part of the type: loops over it are unrolled
    with cores.over_rows(len(start)) as each_part:
        each_part(lambda first, end: _draw_phases(graph.indptr, graph.indices, phases, first, end))
        for number in range(rounds):
            at = (number, np.float32(1 - number / rounds), pull, push, np.uint64(seed), axes)
            places = (before, after)
            each_part(lambda first, end, places=places, at=at: _move(*places, *ties, *at, first, end))
            yield after
            before, after = after, before


def _tables(a: float, b: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Pull and push, divided by distance, for every squared distance that `_row_of` tells apart."""
    row = np.arange((HIGHEST - LOWEST) << BITS)
    squared = 2.0 ** (LOWEST + (row >> BITS)) * (1 + ((row & ((1 << BITS) - 1)) + 0.5) / (1 << BITS))
    pull = 2 * a * b * squared ** (b - 1) / (1 + a * squared**b)
    push = 2 * b / ((0.001 + squared) * (1 + a * squared**b))
    return pull.astype(np.float32), push.astype(np.float32)


@numba.njit(inline="always")
def _row_of(squared):
    """Exponent and leading bits of the mantissa of a float32, as a row of the tables."""
    row = (np.float32(squared).view(np.int32) >> (23 - BITS)) - ((127 + LOWEST) << BITS)
    return min(max(row, 0), ((HIGHEST - LOWEST) << BITS) - 1)


@numba.njit(inline="always")
def _mix(x):
    """Scatter the bits of a number (the finaliser of splitmix64, Steele, Lea & Flood 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@compiled(nogil=True)
def _draw_phases(starts, others, phases, first, end):
    """Where in its period an edge begins to pull, 0 to 1: the same for both its directions."""
    for i in range(first, end):
        for edge in range(starts[i], starts[i + 1]):
            low, high = np.uint64(min(i, others[edge])), np.uint64(max(i, others[edge]))
            phases[edge] = np.float32(_mix(low * np.uint64(0x9E3779B97F4A7C15) + high) >> np.uint64(40)) * 2.0**-24


@numba.njit(inline="always")
def _squared_distance(here, places, other, axes):
    squared = np.float32(0)
    for d in range(len(axes)):
        difference = here[d] - places[other, d]
        squared += difference * difference
    return squared


@numba.njit(inline="always")
def _shift(moved, here, places, other, axes, strength, step):
    for d in range(len(axes)):
        gradient = strength * (here[d] - places[other, d])
        moved[d] += step * min(max(gradient, -STRONGEST), STRONGEST)


@compiled(nogil=True, fastmath=True)
def _move(before, after, starts, others, shares, phases, number, step, pull, push, seed, axes, first, end):
    n = before.shape[0]
    here, moved = np.empty(len(axes), np.float32), np.empty(len(axes), np.float32)
    for i in range(first, end):
        state = _mix(seed + np.uint64(number) * np.uint64(0x9E3779B97F4A7C15) ^ _mix(np.uint64(i) + np.uint64(1)))
        for d in range(len(axes)):
            here[d] = moved[d] = before[i, d]
        for edge in range(starts[i], starts[i + 1]):
            # An edge of share s pulls in s of the rounds, evenly spread.
            passed, passes = number * shares[edge] + phases[edge], (number + 1) * shares[edge] + phases[edge]
            if np.floor(passed) == np.floor(passes):
                continue
            squared = _squared_distance(here, before, others[edge], axes)
            if squared > 0:
                _shift(moved, here, before, others[edge], axes, -pull[_row_of(squared)], step)
            for _ in range(PUSHES):
                state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
                other = np.int64(((state >> np.uint64(32)) * np.uint64(n)) >> np.uint64(32))
                squared = _squared_distance(here, before, other, axes)
                if squared > 0:
                    _shift(moved, here, before, other, axes, push[_row_of(squared)], step)
        for d in range(len(axes)):
            after[i, d] = moved[d]
