"""Many calls at once, each answered once: the loop that sends, repeats, gives up, keeps the pace and keeps the budget.

One thread decides what is sent when, so that pace, budget and repeats need no locks; others only prepare a medium,
make the call and store the answer. Answers reach the caller in the order in which they arrive.
"""

from __future__ import annotations

import heapq
import itertools
import math
import queue
import random
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nova_explore.collection import Item
from nova_explore.errors import ServiceRefusedError, ServiceUnavailableError, UnreadableError
from nova_explore.models.cost import dollars
from nova_explore.models.model import Account
from nova_explore.models.nova.asking import Asking, Sent
from nova_explore.models.nova.faults import NETWORK, Fault, Kind
from nova_explore.models.nova.pace import Pace, Room, Tokens, jittered
from nova_explore.space import ItemError, Vector

LOOKED_UP = 256
"""Items looked up in the cache at a time."""

FEW_ATTEMPTS, MANY_ATTEMPTS = 3, 8
"""Calls for one item after which it is given up, where the fault may be the item's, and where it looks like the
service's although it answers others."""

LONGEST_FAILING = 120.0
"""Seconds after which an item that fails again and again is given up, if the service answered others meanwhile."""

UNREACHED = 30.0
"""Seconds of failing connections after which an endpoint that never answered is given up."""

QUOTA_PAUSE = 30.0
ALL_REFUSED = 20
"""First items refused for one and the same cause, and none embedded, after which the cause is not the items."""

AHEAD = 4
"""Calls prepared while others are in the air and the service sets no limit, so that no place there stays empty."""

HEARTBEAT = 0.5
_WAITING_ANSWERS = 1024


@dataclass(slots=True)
class _Task:
    item: Item
    reserve: float
    attempts: int = 0
    strikes: int = 0
    answered_before: int = 0
    answered_at_first: int = 0
    first_sent: float = 0.0


Outcome = tuple[Item, Vector | ItemError]


class Stream:
    """Asks for every item and hands out the answers as they come.

    Parameters
    ----------
    items : iterable of Item
        Taken as they are needed, by another thread.
    model : Asking
        Makes the calls.
    pace : Pace
        Used by this stream alone.
    account : Account
        Kept up to date.
    tokens : Tokens, optional
        Where a quota of tokens is known; used by this stream alone.
    budget : float, optional
        US dollars that are not passed, by the highest figure of any source.
    patience : float
        Seconds without a good answer after which the service is given up.
    """

    def __init__(
        self,
        items: Iterable[Item],
        model: Asking,
        *,
        pace: Pace,
        account: Account,
        tokens: Tokens | None = None,
        budget: float | None = None,
        patience: float = 600.0,
    ) -> None:
        self._tokens = tokens
        self._source = iter(items)
        self._model = model
        self._pace = pace
        self._account = account
        self._budget = budget
        self._patience = patience
        self._air = Room(math.floor(pace.window))
        self._draw = random.Random()
        self._fresh: deque[Item] = deque()
        self._exhausted = False
        self._waiting: list[tuple[float, int, _Task]] = []
        self._number = itertools.count()
        self._in_flight = 0
        self._held = 0.0
        self._at_most = 0.0
        self._reached = False
        self._last_fault = "no answer at all"
        self._refusals: tuple[str, int] = ("", 0)
        self._threads = 0
        self._orders: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[_Task, Sent | Exception, float]] = queue.SimpleQueue()
        self._answers: queue.Queue[Outcome | BaseException | None] = queue.Queue(_WAITING_ANSWERS)
        self._stopped = threading.Event()
        self._began = self._last_good = time.monotonic()

    def __iter__(self) -> Iterator[Outcome | None]:
        """Hand out (item, vector or error); None where nothing came for half a second."""
        threading.Thread(target=self._run, name="nova-dispatch", daemon=True).start()
        try:
            while True:
                try:
                    answer = self._answers.get(timeout=HEARTBEAT)
                except queue.Empty:
                    yield None
                    continue
                if answer is None:
                    return
                if isinstance(answer, BaseException):
                    raise answer
                yield answer
        finally:
            self._stopped.set()

    # ---- the deciding thread -------------------------------------------------------------------------------------

    def _run(self) -> None:
        end: BaseException | None = None
        try:
            self._loop()
        except BaseException as error:
            end = error
        for _ in range(self._threads):
            self._orders.put(None)
        self._hand_out(end)

    def _loop(self) -> None:
        while not self._stopped.is_set():
            now = time.monotonic()
            task = self._due(now)
            self._air.resize(math.floor(self._pace.window))
            # Where a rate leads, a call that waits for its place would leave later than it was counted.
            self._account.waits = self._pace.rate is not None
            ahead = 0 if self._account.waits else AHEAD
            pause = max(self._pace.wait(self._in_flight - ahead), self._tokens.wait() if self._tokens else 0.0)
            if task is not None and pause <= 0:
                self._send(task, now)
                continue
            if task is not None:
                self._put_back(task, now)
            elif not self._in_flight and not self._waiting and not self._fresh and self._exhausted:
                return
            due = self._waiting[0][0] - now if self._waiting else HEARTBEAT
            self._receive(max(0.0, min(HEARTBEAT, pause if task is not None else due)))

    def _due(self, now: float) -> _Task | None:
        """A repeat whose pause is over, else the next item, if there are not too many repeats waiting."""
        if self._waiting and self._waiting[0][0] <= now:
            return heapq.heappop(self._waiting)[2]
        if len(self._waiting) > 4 * self._pace.window:
            return None
        while True:
            if not self._fresh and not self._refill():
                return None
            if self._budget is None:
                return _Task(self._fresh.popleft(), 0.0)
            reserve = self._model.cost(self._fresh[0], most=True)
            if reserve is not None and self._at_most + self._held + reserve <= self._budget:
                self._held += reserve
                return _Task(self._fresh.popleft(), reserve)
            if reserve is not None and (self._in_flight or self._waiting):
                return None  # they may cost less than is held for them
            self._hand_out((self._fresh.popleft(), _over_budget(self._budget, self._account.spent, reserve)))

    def _refill(self) -> bool:
        """Take items from the source; those that are answered already go straight out."""
        while not self._fresh and not self._exhausted:
            some = list(itertools.islice(self._source, LOOKED_UP))
            self._exhausted = len(some) < LOOKED_UP
            known = self._model.look_up(some)
            for item in some:
                answer = known.get(item.content_key)
                if answer is None:
                    self._fresh.append(item)
                elif isinstance(answer, ItemError):
                    self._hand_out((item, answer))
                else:
                    vector, kept = answer
                    self._account.cached += 1
                    self._note_cut(item, kept)
                    self._hand_out((item, vector))
        return bool(self._fresh)

    def _put_back(self, task: _Task, now: float) -> None:
        heapq.heappush(self._waiting, (now, -1, task) if task.attempts else (now, next(self._number), task))

    def _send(self, task: _Task, now: float) -> None:
        if not task.attempts:
            task.first_sent, task.answered_at_first = now, self._account.answered
        task.attempts += 1
        task.answered_before = self._account.answered
        self._in_flight += 1
        self._account.calls += 1
        self._pace.sent()
        if self._tokens is not None:
            self._tokens.sent(self._model.tokens(task.item))
        if self._in_flight > self._threads:
            self._threads += 1
            threading.Thread(target=self._work, name=f"nova-call-{self._threads}", daemon=True).start()
        self._orders.put(task)

    def _receive(self, timeout: float) -> None:
        """Take the outcomes that are there; wait for the first."""
        try:
            task, outcome, seconds = self._done.get(timeout=timeout) if timeout > 0 else self._done.get_nowait()
        except queue.Empty:
            self._give_up_service()
            return
        self._in_flight -= 1
        self._account.in_flight = self._air.used
        if isinstance(outcome, Sent):
            self._accept(task, outcome)
        elif isinstance(outcome, UnreadableError):
            self._account.calls -= 1  # nothing was sent: the medium could not be prepared
            self._settle(task, ItemError(str(outcome)))
        else:
            self._handle(task, self._model.judge(outcome), seconds)

    def _accept(self, task: _Task, sent: Sent) -> None:
        self._reached, self._last_good = True, time.monotonic()
        self._pace.answered(sent.seconds, good=True, refused=False)
        self._account.answered += 1
        self._account.spent += sent.cost
        self._account.rate = self._pace.delivered or self._account.answered / (self._last_good - self._began)
        self._at_most += task.reserve
        if self._tokens is not None and sent.tokens is not None:
            self._tokens.counted(self._model.tokens(task.item), sent.tokens)
        self._note_cut(task.item, sent.kept)
        self._settle(task, sent.vector)

    def _handle(self, task: _Task, fault: Fault, seconds: float) -> None:
        self._reached = self._reached or bool(fault.request_id) or fault.family is not NETWORK
        self._pace.answered(seconds, good=False, refused=fault.family.pace)
        if fault.billed:  # the service may have answered and charged; the answer was lost
            self._account.lost += self._model.cost(task.item) or 0.0
            self._at_most += task.reserve
        if fault.kind is Kind.STOP:
            raise ServiceRefusedError(fault.message, family=fault.family.name)
        if fault.kind is Kind.BLOCKED:
            self._model.block(task.item, fault.message)
            self._record(task, fault, ItemError(fault.message, "blocked"))
        elif fault.kind is Kind.POISON:
            self._refuse(task, fault)
        else:
            self._repeat(task, fault)

    def _refuse(self, task: _Task, fault: Fault) -> None:
        name, count = self._refusals
        self._refusals = fault.family.name, count + 1 if name == fault.family.name else 1
        if self._account.answered == 0 and self._refusals[1] >= ALL_REFUSED:
            raise ServiceRefusedError(
                f"The first {ALL_REFUSED} items were all refused for one cause, so it is not theirs. {fault.message}",
                family=fault.family.name,
            )
        self._record(task, fault, ItemError(fault.message))

    def _repeat(self, task: _Task, fault: Fault) -> None:
        others = self._account.answered > task.answered_before
        if fault.family.pace:
            self._account.throttled += 1
        else:
            self._account.retried += 1
            # What fails while nothing else succeeds is no sign against the item.
            task.strikes += 1 if others or fault.kind is Kind.RETRY_FEW else 0
        most = FEW_ATTEMPTS if fault.kind is Kind.RETRY_FEW else MANY_ATTEMPTS
        if task.strikes >= most or (not fault.family.pace and self._fails_alone(task)):
            self._record(task, fault, ItemError(fault.message, "service"))
            return
        self._last_fault = fault.message
        self._give_up_service()
        if fault.kind is Kind.QUOTA:
            self._pace.hold(QUOTA_PAUSE)
        pause = jittered(task.attempts, self._draw)
        heapq.heappush(self._waiting, (time.monotonic() + pause, next(self._number), task))

    def _fails_alone(self, task: _Task) -> bool:
        alive = self._account.answered > task.answered_at_first
        return alive and time.monotonic() - task.first_sent > LONGEST_FAILING and task.attempts >= MANY_ATTEMPTS

    def _give_up_service(self) -> None:
        now = time.monotonic()
        if (self._in_flight or self._waiting) and now - self._last_good > self._patience:
            raise ServiceUnavailableError(
                f"No good answer for {self._patience:,.0f} seconds. Make the same call again later; what is embedded "
                f"is kept. The last fault: {self._last_fault}"
            )
        if self._waiting and not self._reached and now - self._began > UNREACHED:
            raise ServiceUnavailableError(
                f"The service has not been reached for {UNREACHED:,.0f} seconds. {self._last_fault}"
            )

    def _record(self, task: _Task, fault: Fault, error: ItemError) -> None:
        failed = {"content_key": task.item.content_key, "family": fault.family.name, "request_id": fault.request_id}
        self._account.failed_requests.append(failed)
        self._settle(task, error)

    def _settle(self, task: _Task, answer: Vector | ItemError) -> None:
        self._held -= task.reserve
        self._hand_out((task.item, answer))

    def _note_cut(self, item: Item, kept: int | None) -> None:
        if kept:
            self._account.truncated[item.content_key] = kept

    def _hand_out(self, answer: Outcome | BaseException | None) -> None:
        while not self._stopped.is_set():
            try:
                self._answers.put(answer, timeout=HEARTBEAT)
                return
            except queue.Full:
                continue

    # ---- the calling threads -------------------------------------------------------------------------------------

    def _work(self) -> None:
        while (task := self._orders.get()) is not None:
            began = time.monotonic()
            try:
                request = self._model.prepare(task.item)
                with self._air.taken():
                    outcome: Sent | Exception = self._model.ask(request)
            except Exception as error:
                outcome = error
            self._done.put((task, outcome, time.monotonic() - began))


def _over_budget(budget: float, spent: float, reserve: float | None) -> ItemError:
    if reserve is None:
        return ItemError(
            "Not sent: no price is known for it in this region, so a budget cannot be kept. Embed it without budget=.",
            "budget",
        )
    return ItemError(
        f"Not sent: the budget of {dollars(budget)} is used up ({dollars(spent)} spent). Embed again with a higher "
        "budget= to go on.",
        "budget",
    )
