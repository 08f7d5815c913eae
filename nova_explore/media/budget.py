"""How long one file may be decoded, where our own loop asks its decoder for one frame or page after the other."""

from __future__ import annotations

import time
from collections.abc import Callable

from nova_explore.errors import UnreadableError

SECONDS = 60
"""Seconds of the processor for one file: two thousand pages are opened in three, hours of MP3 measured in two."""

SECONDS_A_MEGABYTE = 1.0
"""Seconds on top where the file is large: films of a day are no attack."""


def too_long(seconds: float) -> UnreadableError:
    """The reason of a file that took too long."""
    return UnreadableError(
        f"It took more than {seconds:.0f} s of the processor to decode, and was given up. "
        "Save it again, simpler or in parts."
    )


def started(size: int) -> Callable[[], None]:
    """Start the clock for a file of so many bytes; the function that is returned raises once its time is over.

    Time is that of this thread, so that a busy machine makes no file unreadable.
    """
    most = SECONDS + SECONDS_A_MEGABYTE * max(size, 0) / 2**20
    until = time.thread_time() + most

    def check() -> None:
        if time.thread_time() > until:
            raise too_long(most)

    return check
