"""Decoders that behave badly, for `nova_explore.media.decoder_process`: importing puts them in its room."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from nova_explore.errors import MissingExtraError, UnreadableError

sys.modules["nova_explore.media.decoders_of_tests"] = sys.modules[__name__]


def turned(*values: Any, data: bytes = b"") -> tuple[Any, bytes]:
    return values, data[::-1]


def process() -> tuple[int, bytes]:
    return os.getpid(), b""


def endless() -> None:
    while True:
        pass


def waiting() -> None:
    time.sleep(60)


def greedy() -> tuple[int, bytes]:
    return len(bytearray(2**33)), b""


def crashing() -> None:
    os.abort()


def chatty() -> tuple[str, bytes]:
    print("a note of the decoder", flush=True)
    os.write(2, b"and a warning")
    return "quiet", b""


def failing(which: str) -> None:
    if which == "unreadable":
        raise UnreadableError("It is damaged.")
    if which == "missing":
        raise MissingExtraError("Reading it", "thing", "office")
    raise KeyError("a")
