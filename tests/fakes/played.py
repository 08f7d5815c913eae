"""A service that is played in simulated time: what it does with every call, and a schedule that is run against it."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nova_explore.collection import Item
from nova_explore.models.model import Account
from nova_explore.models.nova.asking import Known, Request, Sent
from nova_explore.models.nova.families import ANSWER, NETWORK, Family, family_of
from nova_explore.models.nova.faults import Fault
from nova_explore.models.nova.schedule import Schedule

V = "ValidationException"
FAMILIES: dict[str, Family] = {
    "model": family_of("ModelErrorException", 424, ""), "timeout": family_of("ModelTimeoutException", 408, ""),
    "server": family_of("InternalServerException", 500, ""), "busy": family_of("ServiceUnavailableException", 503, ""),
    "damaged": ANSWER, "network": NETWORK, "odd": family_of(V, 400, "Nobody has seen this"),
    "decode": family_of(V, 400, "could not decode"), "gateway": family_of("Teapot", 418, ""),
    "unseen": family_of(V, 400, "Reference 8812", visual=True), "filter": family_of(V, 400, "content filter"),
    "denied": family_of("AccessDeniedException", 403, ""),
}  # fmt: skip
VECTOR = np.ones(1, np.float32)


@dataclass
class Played:
    """The model side of a schedule: remembers what it was asked and told.

    Attributes
    ----------
    answer : callable
        Item and seconds to the name of a fault, or None for a good answer.
    """

    answer: Callable[[Item, float], str | None]
    there: dict[str, Known] = field(default_factory=dict)
    price: float | None = 1.0
    asked: Counter[str] = field(default_factory=Counter)
    good: Counter[str] = field(default_factory=Counter)
    blocked: set[str] = field(default_factory=set)

    def identity(self, item: Item) -> str:
        return item.text or item.content_key

    def look_up(self, items: Sequence[Item]) -> dict[str, Known]:
        return {item.content_key: self.there[item.content_key] for item in items if item.content_key in self.there}

    def block(self, item: Item, reason: str) -> None:
        self.blocked.add(item.name)

    def unblock(self, items: Sequence[Item]) -> None:
        self.blocked -= {item.name for item in items}

    def cost(self, item: Item, *, most: bool = False) -> float | None:
        return self.price

    def tokens(self, item: Item) -> float:
        return 1.0

    def counted(self, item: Item, tokens: int) -> None:
        pass

    def prepare(self, item: Item) -> Request:
        return Request(item, b"")

    def claim(self, request: Request) -> Known | None:
        return None

    def ask(self, request: Request) -> Sent:
        raise NotImplementedError

    def judge(self, error: Exception, item: Item) -> Fault:
        raise NotImplementedError


def play(
    items: Sequence[Item], model: Any, *, window: int = 16, latency: float = 0.1, until: float = 900.0, **options: Any
) -> tuple[dict[str, Any], Account, float]:
    """Run a schedule to its end; returns answers by the item's name, the account, and the seconds that passed."""
    account = options.pop("account", None) or Account()
    schedule = Schedule(items, model, account=account, seed=0, **options)
    now, number = 0.0, 0
    flying: list[tuple[float, int, Any]] = []
    answers: dict[str, Any] = {}
    while now < until:
        task = schedule.due(now, window=window) if len(flying) < window else None
        while schedule.settled:
            item, answer = schedule.settled.popleft()
            assert item.name not in answers, "answered twice"
            answers[item.name] = answer
        if task is not None:
            schedule.sent(task, now)
            model.asked[task.item.name] += 1
            number += 1
            heapq.heappush(flying, (now + latency, number, task))
            continue
        if schedule.done and not flying:
            return answers, account, now
        next_due = schedule.next_due if len(flying) < window else None
        moments = [flying[0][0]] if flying else []
        moments += [max(next_due, now + 1e-6)] if next_due is not None else []
        now = min(moments, default=until)
        while flying and flying[0][0] <= now:
            _, _, task = heapq.heappop(flying)
            fault = model.answer(task.item, now)
            if fault is None:
                model.good[task.item.name] += 1
                schedule.answered(task, Sent(VECTOR, model.price or 0.0, latency), now)
            else:
                family = FAMILIES[fault]
                schedule.failed(task, Fault(family, f"{family.name}!", "id"), now)
    raise AssertionError(f"not done after {until} s")
