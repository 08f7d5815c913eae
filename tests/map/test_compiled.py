"""Compiled code runs with and without a folder to keep it in, and in the child of a process that ran it."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys

import numpy as np
import pytest
from fakes.planted import drawn, planted

from nova_explore.map.compiled import compiled

NOWHERE_TO_WRITE = """
import numba.core.caching
for locator in numba.core.caching.CacheImpl._locator_classes:
    locator.from_function = classmethod(lambda *_: None)
"""

EVERYTHING = """
import numpy as np
from nova_explore.clusters.cluster import cluster
from nova_explore.map.layout import lay_out, principal_components, weigh
from nova_explore.map.neighbors import find_neighbors
rows = np.random.default_rng(0).normal(size=(40, 8)).astype("f4")
rows /= np.linalg.norm(rows, axis=1, keepdims=True)
neighbors = find_neighbors(rows, k=5)
graph, start = weigh(neighbors), principal_components(rows, 5)
lay_out(start, graph, neighbors)
print(len(cluster(start, graph).labels), len(find_neighbors(rows, k=5, exact=False).indices))
"""


def test_a_compiled_function_is_kept_where_it_can_be():
    @compiled(nogil=True)
    def add(a, b):
        return a + b

    assert add(1, 2) == 3
    assert add.py_func(1, 2) == 3


def test_without_a_folder_to_write_to_all_is_compiled_in_memory(monkeypatch):
    from numba.core.dispatcher import Dispatcher

    def refuse(_: object) -> None:
        raise RuntimeError("cannot cache function 'add': no locator available for file")

    monkeypatch.setattr(Dispatcher, "enable_caching", refuse)

    @compiled()
    def add(a, b):
        return a + b

    assert add(1, 2) == 3


@pytest.mark.slow
def test_a_user_without_a_home_gets_a_map():
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", NOWHERE_TO_WRITE + EVERYTHING]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["40", "40"]


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="NOT TESTED: no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_map_is_drawn_in_the_fork_of_a_process_that_drew_one():
    here = drawn(planted(groups=3, size=20)[0]).xy
    with multiprocessing.get_context("fork").Pool(1) as pool:
        there = pool.apply_async(_drawn_again).get(timeout=300)
    np.testing.assert_array_equal(here, there)


def _drawn_again() -> np.ndarray:
    return drawn(planted(groups=3, size=20)[0]).xy
