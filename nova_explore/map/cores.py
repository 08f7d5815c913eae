"""All cores at once, by threads: for compiled code and matrix products, which run beside each other.

numba's own threads are not used. They are compiled several times longer, and the ones that are always there must not be
called from two threads at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

PARTS = 8
"""Of the rows, for each core: parts take different times."""


def count() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def over_rows(n: int) -> Iterator[Callable[[Callable[[int, int], object]], None]]:
    """Give a function that calls another with the first row of a part and the one after its last, for all of n rows."""
    cores = count()
    bounds = [n * part // (PARTS * cores) for part in range(PARTS * cores + 1)]
    with ThreadPoolExecutor(cores) as pool:

        def run(call: Callable[[int, int], object]) -> None:
            list(pool.map(call, bounds[:-1], bounds[1:]))

        yield run
