"""A Ctrl-C while paid answers are on their way: the first lands them, the second leaves them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nova_explore.models.model import Account


@contextmanager
def landing(account: Account) -> Iterator[None]:
    """Turn the first Ctrl-C of a block into ``account.stopping``, and raise it when the block has ended.

    Parameters
    ----------
    account : Account
        Of a stream that ends soon after ``stopping`` is set, with everything that was paid for.

    Raises
    ------
    KeyboardInterrupt
        At the end of the block if Ctrl-C was pressed in it; at once if it is pressed again.
    """
    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield  # somebody else decides what Ctrl-C means
        return
    pressed = False

    def stop(*_: Any) -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt
        pressed = account.stopping = True

    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if pressed:
        raise KeyboardInterrupt
