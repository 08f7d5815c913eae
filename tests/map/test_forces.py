"""The forces are UMAP's, and a seed gives the same places on any number of cores."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from nova_explore.map import cores, forces
from nova_explore.map.forces import settle

A, B = 1.577, 0.895  # UMAP's curve for min_dist=0.1


def ring(n: int) -> csr_array:
    """A graph in which every item is tied to the next, all round."""
    here, there = np.arange(n), (np.arange(n) + 1) % n
    weights = np.ones(2 * n, np.float32)
    return csr_array((weights, (np.concatenate([here, there]), np.concatenate([there, here]))), shape=(n, n))


def settled(graph: csr_array, start: np.ndarray, rounds: int = 100, seed: int = 0) -> np.ndarray:
    return list(settle(graph, start, a=A, b=B, rounds=rounds, seed=seed))[-1].copy()


def scattered(n: int) -> np.ndarray:
    return np.random.default_rng(0).uniform(0, 10, size=(n, 2)).astype(np.float32)


def test_the_table_holds_the_gradients_of_umaps_objective():
    pull, push = forces._tables(A, B)
    for squared in (1e-6, 0.01, 0.5, 1.0, 3.0, 40.0, 1e4):
        row = forces._row_of.py_func(np.float32(squared))
        # d/dx of log(1 + a x^2b) and of -log(1 - 1/(1 + a x^2b)), by a difference quotient, over x
        x, h = squared**0.5, squared**0.5 * 1e-4
        attract = np.diff([np.log(1 + A * y ** (2 * B)) for y in (x - h, x + h)])[0] / (2 * h)
        repel = np.diff([np.log(1 - 1 / (1 + A * y ** (2 * B))) for y in (x - h, x + h)])[0] / (2 * h)
        np.testing.assert_allclose(pull[row], attract / x, rtol=0.02)
        if squared >= 0.5:  # nearer, UMAP adds 0.001 so that the push stays finite
            np.testing.assert_allclose(push[row], repel / x, rtol=0.02)


def test_tied_items_come_together_and_the_others_keep_their_distance():
    placed = settled(ring(60), scattered(60), rounds=300)
    steps = np.linalg.norm(placed - np.roll(placed, -1, axis=0), axis=1)
    apart = np.linalg.norm(placed - np.roll(placed, 30, axis=0), axis=1)
    assert np.median(steps) < 0.25 * np.median(apart)


def test_the_number_of_cores_changes_nothing(monkeypatch):
    several = settled(ring(200), scattered(200))
    monkeypatch.setattr(cores, "count", lambda: 1)
    one = settled(ring(200), scattered(200))
    np.testing.assert_array_equal(several, one)


@pytest.mark.slow
def test_what_pulls_two_items_together_leaves_the_middle_of_all_where_it_is(monkeypatch):
    pull, push = forces._tables(A, B)
    monkeypatch.setattr(forces, "_tables", lambda a, b: (pull, np.zeros_like(push)))
    draw = np.random.default_rng(3)
    halves = np.triu(draw.uniform(size=(80, 80)) * (draw.uniform(size=(80, 80)) < 0.1), 1)
    start = scattered(80)
    placed = settled(csr_array((halves + halves.T).astype(np.float32)), start, rounds=7)
    assert np.abs(placed - start).max() > 1
    np.testing.assert_allclose(placed.mean(axis=0), start.mean(axis=0), atol=1e-4)


def test_another_seed_gives_other_places():
    assert not np.array_equal(settled(ring(50), scattered(50), seed=0), settled(ring(50), scattered(50), seed=1))


def test_a_heavier_tie_pulls_in_more_rounds():
    ties = csr_array(np.array([[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0.02], [0, 0, 0.02, 0]], np.float32))
    start = np.array([[0, 0], [8, 0], [0, 50], [8, 50]], np.float32)
    placed = settled(ties, start, rounds=40)
    assert np.linalg.norm(placed[0] - placed[1]) < np.linalg.norm(placed[2] - placed[3])


def test_the_start_is_left_as_it_was():
    start = scattered(50)
    before = start.copy()
    settled(ring(50), start)
    np.testing.assert_array_equal(start, before)
