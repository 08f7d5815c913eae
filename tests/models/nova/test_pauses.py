"""How long repeats wait."""

from __future__ import annotations

import random

from nova_explore.models.nova.pauses import LONGEST_PAUSE, after_refusal, jittered


def test_a_repeat_waits_anywhere_between_nothing_and_a_growing_span():
    draw = random.Random(0)
    pauses = [[jittered(attempt, draw) for _ in range(500)] for attempt in range(12)]
    assert all(min(some) < 0.1 * max(some) for some in pauses)
    assert max(pauses[0]) <= 0.1 < max(pauses[3])
    assert max(map(max, pauses)) <= LONGEST_PAUSE


def test_a_refused_call_waits_less_where_others_are_answered_and_least_at_the_end():
    def longest(**how) -> float:
        draw = random.Random(0)
        return max(after_refusal(9, draw, **how) for _ in range(500))

    assert longest(others=False, last=False) > 19
    assert 0.7 < longest(others=True, last=False) <= 0.8
    assert 0.09 < longest(others=True, last=True) <= 0.1
