"""Compiled functions whose machine code is kept on disk, wherever there is a folder that it can be kept in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Make a decorator like ``numba.njit(cache=True, …)`` that works for a user without a folder to write to, too.

    numba keeps machine code beside the source or in the user's home folder, and refuses to compile where it may write
    to neither; there the code is compiled again in every process, a few seconds.
    """

    def keep(function: Callable[..., Any]) -> Any:
        dispatcher = numba.njit(**options)(function)
        try:
            dispatcher.enable_caching()
        except RuntimeError:  # "cannot cache function …: no locator available"
            return dispatcher
        return dispatcher

    return keep
