"""Every row is worked on once, by as many cores as the process may use."""

from __future__ import annotations

import os
import threading

import pytest

from nova_explore.map import cores


@pytest.mark.parametrize("n", [0, 1, 7, 1000])
def test_every_row_is_in_one_part(n):
    lock, seen = threading.Lock(), []

    def note(first: int, end: int) -> None:
        with lock:
            seen.extend(range(first, end))

    with cores.over_rows(n) as each_part:
        each_part(note)
        once = sorted(seen)
        each_part(note)
    assert once == list(range(n))
    assert sorted(seen) == sorted([*range(n), *range(n)])


def test_an_error_in_a_part_reaches_the_caller():
    def fail(first: int, end: int) -> None:
        raise FloatingPointError(f"in rows {first} to {end}")

    with pytest.raises(FloatingPointError, match="in rows"), cores.over_rows(10) as each_part:
        each_part(fail)


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system does not say which cores are allowed")
def test_only_cores_that_the_process_may_use_count(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 5, 7})
    assert cores.count() == 3
