"""Items on their way in: what is answered already goes straight out, equal texts wait for one call, order is kept."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from nova_explore.collection import Item
from nova_explore.models.cost import dollars, price_of_one
from nova_explore.models.model import Account
from nova_explore.models.nova.asking import Asking
from nova_explore.space import ItemError, Vector

LOOKED_UP = 256
"""Items looked up in the cache at a time."""

Outcome = tuple[Item, Vector | ItemError]


@dataclass(slots=True, eq=False)
class Task:
    """An item on its way to an answer.

    Attributes
    ----------
    item : Item
    reserve : float
        US dollars of the budget that are held for it.
    attempts, strikes : int
        Calls made, and failures while others succeeded.
    answered_before, answered_at_first : int
        Good answers of the run when its last call, and its first, left.
    first_sent : float
        When that was.
    last : bool
        Whether it was put off to the end of the queue: the next failure gives it up.
    probe, canary : bool
        Whether it is asked for to learn whose fault refusals are, and whether nobody wants its vector.
    """

    item: Item
    reserve: float
    attempts: int = 0
    strikes: int = 0
    answered_before: int = 0
    answered_at_first: int = 0
    first_sent: float = 0.0
    last: bool = False
    probe: bool = False
    canary: bool = False


class Intake:
    """Takes items from their source as they are needed, and settles those that need no call of their own.

    Parameters
    ----------
    items : iterable of Item
        The source.
    model : Asking
        Knows what is there already, and which items one call serves.
    account : Account
        Kept up to date.

    Attributes
    ----------
    settled : deque of (Item, Vector or ItemError)
        Answers to be handed out, oldest first.
    """

    def __init__(self, items: Iterable[Item], model: Asking, account: Account) -> None:
        self.settled: deque[Outcome] = deque()
        self._source = iter(items)
        self._model = model
        self._account = account
        self._fresh: deque[Item] = deque()
        self._twins: dict[str, list[Item]] = {}
        self._exhausted = False

    @property
    def empty(self) -> bool:
        """Whether nothing is left to be asked for the first time."""
        while not self._fresh and not self._exhausted:
            self._take()
        return not self._fresh

    @property
    def at_end(self) -> bool:
        """Whether nothing is left, as far as that is known without taking more."""
        return self._exhausted and not self._fresh

    @property
    def first(self) -> Item:
        """The next item; there must be one."""
        return self._fresh[0]

    def pop(self) -> Item:
        """Take the next item."""
        return self._fresh.popleft()

    def spread(self, count: int) -> list[Item]:
        """Take so many items from all over what is left."""
        while not self._exhausted:
            self._take()
        n = len(self._fresh)
        chosen = {n * k // count for k in range(count)} if n else set()
        found = [item for position, item in enumerate(self._fresh) if position in chosen]
        self._fresh = deque(item for position, item in enumerate(self._fresh) if position not in chosen)
        return found

    def settle(self, item: Item, answer: Vector | ItemError, kept: int | None = None) -> None:
        """Settle an item, and the others that its call was for."""
        for one in (item, *self._twins.pop(self._model.identity(item), ())):
            self._account.cached += one is not item and not isinstance(answer, ItemError)
            self._hand_out(one, answer, kept)

    def _take(self) -> None:
        some = list(itertools.islice(self._source, LOOKED_UP))
        self._exhausted = len(some) < LOOKED_UP
        known = self._model.look_up(some)
        for item in some:
            if (found := known.get(item.content_key)) is not None:
                self._account.cached += not isinstance(found.answer, ItemError)
                self._hand_out(item, found.answer, found.kept)
                continue
            identity = self._model.identity(item)
            if identity in self._twins:
                self._twins[identity].append(item)
            else:
                self._twins[identity] = []
                self._fresh.append(item)

    def _hand_out(self, item: Item, answer: Vector | ItemError, kept: int | None) -> None:
        if kept:
            self._account.truncated[item.content_key] = kept
        self.settled.append((item, answer))


def over_budget(budget: float, price: float | None) -> ItemError:
    """Why an item was not sent.

    Parameters
    ----------
    budget : float
        US dollars.
    price : float or None
        What its call may cost at most; None where no price is known.
    """
    if price is None:
        return ItemError(
            "Not sent: no price is known for it in this region, so a budget cannot be kept. Embed it without budget=.",
            "budget",
        )
    return ItemError(
        f"Not sent: it may cost up to {price_of_one(price)}, more than was left of the budget of {dollars(budget)}. "
        "Embed again with a higher budget= to go on.",
        "budget",
    )
