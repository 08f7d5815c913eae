"""What several threads ask for at one time, done as one piece of work.

A database takes one writer at a time. Where sixty threads each wait for their turn, and each turn waits for the
interpreter, most of the time goes into waiting. Here whoever comes first takes along all that have come meanwhile:
nobody waits for company, and nobody returns before their own work is done (group commit,
https://doi.org/10.1145/602259.602261).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class _Ticket(Generic[Question, Answer]):
    __slots__ = ("answers", "error", "question")

    def __init__(self, question: Question) -> None:
        self.question = question
        self.answers: list[Answer] = []
        self.error: BaseException | None = None


class Gathered(Generic[Question, Answer]):
    """A function of one question that is worked out for all that are asked at a time. Safe to use from several threads.

    Parameters
    ----------
    work : callable
        Takes questions, returns as many answers in order. What it raises, every one of them gets.
    """

    def __init__(self, work: Callable[[Sequence[Question]], Sequence[Answer]]) -> None:
        self._work = work
        self._waiting: list[_Ticket[Question, Answer]] = []
        self._turn = threading.Lock()

    def __call__(self, question: Question) -> Answer:
        mine: _Ticket[Question, Answer] = _Ticket(question)
        self._waiting.append(mine)
        with self._turn:
            if not mine.answers and mine.error is None:
                # Appending to a list and taking its slice are single steps; what comes later stays for the next turn.
                some = self._waiting[:]
                del self._waiting[: len(some)]
                self._answer(some)
        if mine.error is not None:
            raise mine.error
        return mine.answers[0]

    def _answer(self, tickets: Sequence[_Ticket[Question, Answer]]) -> None:
        try:
            answers = self._work([ticket.question for ticket in tickets])
        except BaseException as error:
            for ticket in tickets:
                ticket.error = error
            return
        for ticket, answer in zip(tickets, answers, strict=True):
            ticket.answers.append(answer)
