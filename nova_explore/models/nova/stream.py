"""Many calls at once, each answered once: threads that prepare, ask and store, around one that decides.

One thread decides what is sent when, so that pace, budget and repeats need no locks; others only prepare a medium,
make the call and store the answer. Answers reach the caller in the order in which they arrive. Whatever ends a run,
what is in the air is paid for: it is waited for and kept.
"""

from __future__ import annotations

import math
import queue
import threading
import time
from collections.abc import Generator, Iterable

from nova_explore.collection import Item
from nova_explore.errors import UnreadableError
from nova_explore.models.model import Account
from nova_explore.models.nova.asking import Asking, ClaimedError, Known, Sent
from nova_explore.models.nova.families import Kind
from nova_explore.models.nova.intake import Outcome, Task
from nova_explore.models.nova.pace import Pace, Room, Tokens
from nova_explore.models.nova.schedule import Schedule

QUOTA_PAUSE = 30.0

LANDING = 10.0
"""Seconds that calls in the air are waited for when a run ends early."""

AHEAD = 4
"""Calls prepared while others are in the air and the service sets no limit, so that no place there stays empty."""

HEARTBEAT = 0.5
_WAITING_ANSWERS = 1024


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
        self._model = model
        self._pace = pace
        self._account = account
        self._air = Room(math.floor(pace.window))
        self._began = time.monotonic()
        self._schedule = Schedule(items, model, account=account, budget=budget, patience=patience, began=self._began)
        self._threads = 0
        self._orders: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[Task, Sent | Known | Exception, float]] = queue.SimpleQueue()
        self._answers: queue.Queue[Outcome | BaseException | None] = queue.Queue(_WAITING_ANSWERS)
        self._gone = threading.Event()

    def __iter__(self) -> Generator[Outcome | None, None, None]:
        """Hand out (item, vector or error); None where nothing came for half a second."""
        deciding = threading.Thread(target=self._run, name="nova-dispatch", daemon=True)
        deciding.start()
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
            self._gone.set()
            # Nobody takes the answers any more, but the cache does.
            deciding.join(LANDING + HEARTBEAT)

    @property
    def _ending(self) -> bool:
        return self._account.stopping or self._gone.is_set()

    # ---- the deciding thread -------------------------------------------------------------------------------------

    def _run(self) -> None:
        end: BaseException | None = None
        try:
            self._loop()
        except BaseException as error:
            end = error
        try:
            self._land()
        finally:
            for _ in range(self._threads):
                self._orders.put(None)
            self._hand_out(end)

    def _loop(self) -> None:
        schedule, account, pace = self._schedule, self._account, self._pace
        while not self._ending:
            now = time.monotonic()
            task = schedule.due(now, window=pace.window)
            self._hand_out_settled()
            account.left_of_budget, account.note = schedule.left_of_budget, schedule.waits_for(now) or pace.note(now)
            self._air.resize(math.floor(pace.window))
            # Where a rate leads, a call that waits for its place would leave later than it was counted.
            account.waits = pace.rate is not None
            ahead = 0 if account.waits else AHEAD
            pause = max(pace.wait(schedule.in_flight - ahead), self._tokens.wait() if self._tokens else 0.0)
            if task is not None and pause <= 0:
                self._send(task, now)
                continue
            if task is not None:
                schedule.put_back(task, now)
            elif schedule.done:
                return
            due = schedule.next_due - now if schedule.next_due is not None else HEARTBEAT
            self._receive(max(0.0, min(HEARTBEAT, pause if task is not None else due)))

    def _send(self, task: Task, now: float) -> None:
        self._schedule.sent(task, now)
        self._pace.sent()
        if self._tokens is not None:
            self._tokens.sent(self._model.tokens(task.item))
        if self._schedule.in_flight > self._threads:
            self._threads += 1
            threading.Thread(target=self._work, name=f"nova-call-{self._threads}", daemon=True).start()
        self._orders.put(task)

    def _receive(self, timeout: float) -> bool:
        """Take one outcome, if one comes in time; whether one came."""
        try:
            task, outcome, seconds = self._done.get(timeout=timeout) if timeout > 0 else self._done.get_nowait()
        except queue.Empty:
            self._schedule.give_up(time.monotonic())
            return False
        now = time.monotonic()
        self._account.in_flight = self._air.used
        if isinstance(outcome, Sent):
            self._pace.answered(outcome.seconds, good=True, refused=False)
            self._schedule.answered(task, outcome, now)
            self._account.rate = self._pace.delivered or self._account.answered / max(now - self._began, 1e-3)
            if self._tokens is not None and outcome.tokens is not None:
                self._tokens.counted(self._model.tokens(task.item), outcome.tokens)
        elif isinstance(outcome, Exception) and not isinstance(outcome, UnreadableError | ClaimedError):
            fault = self._model.judge(outcome, task.item)
            self._pace.answered(seconds, good=False, refused=fault.family.pace, theirs=fault.family.theirs)
            if fault.kind is Kind.QUOTA:
                self._pace.hold(QUOTA_PAUSE)
            self._schedule.failed(task, fault, now)
        else:
            self._not_sent(task, outcome, now)
        return True

    def _not_sent(self, task: Task, outcome: Known | Exception, now: float) -> None:
        if self._tokens is not None:
            self._tokens.counted(self._model.tokens(task.item), 0)
        if isinstance(outcome, Known):
            self._schedule.known(task, outcome)
        elif isinstance(outcome, ClaimedError):
            self._schedule.claimed(task, now)
        else:
            self._schedule.unreadable(task, str(outcome))

    def _land(self) -> None:
        """Wait for what is in the air: it is paid for. Failures say nothing any more."""
        until = time.monotonic() + LANDING
        while self._schedule.in_flight and time.monotonic() < until:
            self._account.note = f"waiting for {self._schedule.in_flight:,} answers that are on their way"
            try:
                self._receive(0.05)
            except Exception:
                continue
        self._schedule.abandon()
        self._hand_out_settled()

    def _hand_out_settled(self) -> None:
        while self._schedule.settled:
            self._hand_out(self._schedule.settled.popleft())

    def _hand_out(self, answer: Outcome | BaseException | None) -> None:
        while not self._gone.is_set():
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
                if self._ending:
                    raise ClaimedError  # by nobody: the run ends, and this call has not left
                outcome: Sent | Known | Exception | None = self._model.claim(request)
                if outcome is None:
                    with self._air.taken():
                        outcome = self._model.ask(request)
            except Exception as error:
                outcome = error
            self._done.put((task, outcome, time.monotonic() - began))
