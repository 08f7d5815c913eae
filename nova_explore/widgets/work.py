"""Long work beside the kernel's thread, so that no hover and no lasso waits for it."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

SHORT_TURN_S = 0.0005
"""Seconds for which a thread that works may keep the interpreter from the kernel's: a tenth of what Python lets it.

A hover waits for a turn at every message that it reads or writes.
"""


class _Turns:
    """How long a thread keeps the interpreter: short while any work goes on, and afterwards what it was before."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._working = 0
        self._usual = 0.0

    @contextmanager
    def short(self) -> Iterator[None]:
        with self._lock:
            if not self._working:
                self._usual = sys.getswitchinterval()
                sys.setswitchinterval(SHORT_TURN_S)
            self._working += 1
        try:
            yield
        finally:
            with self._lock:
                self._working -= 1
                if not self._working:
                    sys.setswitchinterval(self._usual)


_TURNS = _Turns()


class Work:
    """Runs one long computation after the other in a thread, and tells results on the thread that asked.

    What is urgent has a thread of its own, where one follows the other as well.
    Where no event loop runs, as in a script or a test, everything happens at once.
    """

    def __init__(self) -> None:
        self._pools: dict[bool, ThreadPoolExecutor] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def runs_beside(self) -> bool:
        """Whether there is an event loop, so that work has a thread of its own."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return False
        return True

    def start(
        self,
        compute: Callable[[], Any],
        then: Callable[[Any], None],
        fail: Callable[[Exception], None],
        *,
        urgent: bool = False,
    ) -> None:
        """Compute; then call ``then`` with the result, or ``fail`` with the error."""
        self._loop = asyncio.get_running_loop() if self.runs_beside else None
        if self._loop is None:
            self._settle(compute, then, fail)
            return
        if urgent not in self._pools:
            self._pools[urgent] = ThreadPoolExecutor(1, "nova_explore")
        self._pools[urgent].submit(self._settle_in_turns, compute, then, fail)

    def post(self, call: Callable[..., Any], *args: Any) -> None:
        """Call on the thread that asked, from the thread that computes."""
        if self._loop is None:
            call(*args)
        else:
            self._loop.call_soon_threadsafe(call, *args)

    def close(self) -> None:
        """Take no more work."""
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)

    def _settle_in_turns(
        self, compute: Callable[[], Any], then: Callable[[Any], None], fail: Callable[[Exception], None]
    ) -> None:
        with _TURNS.short():
            self._settle(compute, then, fail)

    def _settle(
        self, compute: Callable[[], Any], then: Callable[[Any], None], fail: Callable[[Exception], None]
    ) -> None:
        try:
            result = compute()
        except Exception as error:
            self.post(fail, error)
        else:
            self.post(then, result)
