"""How long a call that failed waits before it is sent again.

The jitter is that of https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.
"""

from __future__ import annotations

import random

LONGEST_PAUSE = 20.0

STUMBLES = (1.0, 5.0, 20.0)
"""Seconds before the first, second and last repeat of a call on which the model stumbled: a hiccup lasts for some."""

SHORT_PAUSES = 3
"""Refusals for pace or capacity after which the pause before a repeat grows no more, while others are answered."""


def jittered(attempt: int, draw: random.Random, *, base: float = 0.1) -> float:
    """Seconds to wait before a repeat: anywhere between none and a span that doubles with every attempt."""
    return draw.uniform(0.0, min(LONGEST_PAUSE, base * 2.0 ** min(attempt, 12)))


def after_refusal(attempts: int, draw: random.Random, *, others: bool, last: bool) -> float:
    """Seconds to wait after a refusal for pace or capacity.

    Where others are answered the pace decides how much is asked; to wait long as well leaves places empty.

    Parameters
    ----------
    attempts : int
        Calls that were made for the item.
    draw : random.Random
        Source of the jitter.
    others : bool
        Whether others were answered since the call left.
    last : bool
        Whether nothing new is left while answers come: each leaves a place empty, and the run waits for repeats alone.
    """
    if last:
        return jittered(0, draw)
    return jittered(min(attempts, SHORT_PAUSES) if others else attempts, draw)


def after_stumble(strikes: int, draw: random.Random) -> float:
    """Seconds to wait after the model failed on an item."""
    return STUMBLES[min(max(strikes, 1), len(STUMBLES)) - 1] * draw.uniform(0.75, 1.25)
