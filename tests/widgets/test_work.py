"""Long work beside the kernel's thread."""

from __future__ import annotations

import asyncio
import sys
import threading
import time

import pytest

from nova_explore.widgets.work import SHORT_TURN_S, Work


def test_without_an_event_loop_everything_happens_at_once():
    work, heard = Work(), []
    work.start(lambda: work.post(heard.append, "on the way") or 7, heard.append, heard.append)
    assert heard == ["on the way", 7]


def test_work_is_done_in_another_thread_and_told_in_the_one_that_asked():
    work, told = Work(), []
    go = threading.Event()

    async def ask() -> None:
        done = asyncio.Event()
        here = threading.get_ident()

        def compute() -> int:
            assert go.wait(30)
            work.post(lambda: told.append(("on the way", threading.get_ident() == here)))
            return threading.get_ident()

        def then(there: int) -> None:
            told.append(("elsewhere", there != here, threading.get_ident() == here))
            done.set()

        work.start(compute, then, told.append)
        told.append("the thread that asked goes on")
        go.set()
        await asyncio.wait_for(done.wait(), 30)

    asyncio.run(ask())
    assert told == ["the thread that asked goes on", ("on the way", True), ("elsewhere", True, True)]
    work.close()


def test_an_error_reaches_the_one_who_asked():
    work, failed = Work(), []

    async def ask() -> None:
        done = asyncio.Event()

        def fail(error: Exception) -> None:
            failed.append(str(error))
            done.set()

        work.start(lambda: 1 / 0, failed.append, fail)
        await asyncio.wait_for(done.wait(), 30)

    asyncio.run(ask())
    assert failed == ["division by zero"]
    work.close()


def rested() -> float:
    """The usual turn, once no work of this test or of another one ends any more."""
    until = time.monotonic() + 30
    while sys.getswitchinterval() == pytest.approx(SHORT_TURN_S):
        assert time.monotonic() < until, "turns stayed short"
        time.sleep(0.001)
    return sys.getswitchinterval()


def test_threads_take_short_turns_while_any_work_goes_on_and_usual_ones_afterwards():
    usual, seen = rested(), []
    works = [Work(), Work()]
    begun, go = threading.Barrier(3), [threading.Event(), threading.Event()]

    async def ask() -> None:
        ended = [asyncio.Event(), asyncio.Event()]

        def waiting(number: int) -> None:
            begun.wait(30)
            assert go[number].wait(30)

        for number, work in enumerate(works):
            work.start(lambda n=number: waiting(n), lambda _, n=number: ended[n].set(), seen.append)
        await asyncio.to_thread(begun.wait, 30)
        seen.append(sys.getswitchinterval())
        go[0].set()
        await asyncio.wait_for(ended[0].wait(), 30)
        seen.append(sys.getswitchinterval())
        go[1].set()
        await asyncio.wait_for(ended[1].wait(), 30)

    asyncio.run(ask())
    for work in works:
        work.close()
    assert seen == [pytest.approx(SHORT_TURN_S)] * 2
    assert rested() == pytest.approx(usual)
