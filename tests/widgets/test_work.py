"""Long work beside the kernel's thread."""

from __future__ import annotations

import asyncio
import threading

from nova_explore.widgets.work import Work


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
