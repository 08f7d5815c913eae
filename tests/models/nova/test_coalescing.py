"""What threads ask for at one time is one piece of work, and everybody gets their own answer."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from nova_explore.models.nova.coalescing import Gathered


def test_what_comes_while_one_is_at_work_is_the_next_piece_of_work():
    began, go_on = threading.Event(), threading.Event()
    done: list[list[int]] = []

    def work(questions: Sequence[int]) -> list[int]:
        done.append(list(questions))
        if len(done) == 1:
            began.set()
            assert go_on.wait(30)
        return [question * 10 for question in questions]

    ask = Gathered(work)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(ask, 0)
        assert began.wait(30)
        rest = [pool.submit(ask, n) for n in range(1, 8)]
        while len(ask._waiting) < 7:
            threading.Event().wait(0.001)
        go_on.set()
        assert [one.result(30) for one in (first, *rest)] == [10 * n for n in range(8)]
    assert [len(some) for some in done] == [1, 7]


def test_what_goes_wrong_goes_wrong_for_all_that_were_taken_along_and_for_nobody_else():
    def work(questions: Sequence[int]) -> list[int]:
        if 13 in questions:
            raise ValueError("thirteen")
        return list(questions)

    ask = Gathered(work)
    with pytest.raises(ValueError, match="thirteen"):
        ask(13)
    assert ask(14) == 14


def test_every_thread_gets_the_answer_to_its_own_question():
    ask = Gathered(lambda questions: [str(question) for question in questions])
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(ask, range(2000))) == [str(n) for n in range(2000)]
