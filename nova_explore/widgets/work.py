"""Long work beside the kernel's thread, so that no hover and no lasso waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any


class Work:
    """Runs one long computation after the other in a thread, and tells results on the thread that asked.

    Where no event loop runs, as in a script or a test, everything happens at once.
    """

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self, compute: Callable[[], Any], then: Callable[[Any], None], fail: Callable[[Exception], None]) -> None:
        """Compute; then call ``then`` with the result, or ``fail`` with the error."""
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None
        if self._loop is None:
            self._settle(compute, then, fail)
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, "nova_explore")
        self._pool.submit(self._settle, compute, then, fail)

    def post(self, call: Callable[..., Any], *args: Any) -> None:
        """Call on the thread that asked, from the thread that computes."""
        if self._loop is None:
            call(*args)
        else:
            self._loop.call_soon_threadsafe(call, *args)

    def close(self) -> None:
        """Take no more work."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _settle(
        self, compute: Callable[[], Any], then: Callable[[Any], None], fail: Callable[[Exception], None]
    ) -> None:
        try:
            result = compute()
        except Exception as error:
            self.post(fail, error)
        else:
            self.post(then, result)
