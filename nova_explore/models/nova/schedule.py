"""What is sent next, what a failure means, when an item or the service is given up: decisions, no threads.

Time is handed in, so that all of it can be played through in a simulated one.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections import deque
from collections.abc import Iterable

from nova_explore.collection import Item, Modality
from nova_explore.errors import ServiceRefusedError, ServiceUnavailableError
from nova_explore.models.model import Account
from nova_explore.models.nova import pauses
from nova_explore.models.nova.asking import Asking, Known, Sent
from nova_explore.models.nova.families import NETWORK, Kind
from nova_explore.models.nova.faults import Fault
from nova_explore.models.nova.intake import Intake, Outcome, Task, over_budget
from nova_explore.space import FailureKind, ItemError, Vector

FEW_ATTEMPTS, MANY_ATTEMPTS = 3, 8
"""Failed calls for one item, each while others succeeded, after which it waits for the end of the queue: where the
fault may be the item's, and where it looks like the service's."""

LATELY = 1.0
"""Seconds since the last good answer in which the service counts as answering."""

LONGEST_FAILING = 120.0
"""Seconds after which an item that fails again and again is given up, if the service answered others meanwhile."""

UNREACHED = 30.0
"""Seconds of failing connections after which an endpoint that never answered is given up."""

CLAIMED_PAUSE = 0.4
"""Seconds after which it is looked whether another process has brought an answer."""

ALL_REFUSED = 20
"""First items refused, and none embedded, after which it is asked whether the cause is theirs."""

SPREAD = 8
"""Items from all over the collection that are asked for to find that out, beside a plain text."""

CANARY = "A photograph of a quiet lake."


class Schedule:
    """Decides which item is asked for next and what an answer means. Used by one thread.

    Parameters
    ----------
    items : iterable of Item
        Taken as they are needed.
    model : Asking
        Knows what is there already, what a call costs and what a failure means.
    account : Account
        Kept up to date.
    budget : float, optional
        US dollars that are not passed, by the highest figure of any source.
    patience : float
        Seconds without a good answer after which the service is given up.
    began : float
        Now.
    seed : int, optional
        Of the pauses between repeats.

    Attributes
    ----------
    in_flight : int
        Calls that have left and not come back.
    """

    def __init__(
        self,
        items: Iterable[Item],
        model: Asking,
        *,
        account: Account,
        budget: float | None = None,
        patience: float = 600.0,
        began: float = 0.0,
        seed: int | None = None,
    ) -> None:
        self.in_flight = 0
        self._intake = Intake(items, model, account)
        self._model = model
        self._account = account
        self._budget = budget
        self._patience = patience
        self._draw = random.Random(seed)
        self._waiting: list[tuple[float, int, Task]] = []
        self._late: deque[Task] = deque()
        self._number = itertools.count()
        self._held = self._at_most = 0.0
        self._reached = False
        self._last_fault: Fault | None = None
        self._suspects: list[tuple[Task, Fault]] = []
        self._probes: deque[Task] = deque()
        self._probing = 0
        self._began = self.last_good = began

    @property
    def settled(self) -> deque[Outcome]:
        """Answers to be handed out, oldest first."""
        return self._intake.settled

    # ---- what is sent next ---------------------------------------------------------------------------------------

    @property
    def done(self) -> bool:
        """Whether every item has its answer."""
        pending = self.in_flight or self._waiting or self._late or self._probes or self._suspects
        return not pending and self._intake.at_end

    @property
    def next_due(self) -> float | None:
        """When the next repeat is due; None where none waits."""
        return self._waiting[0][0] if self._waiting else None

    def due(self, now: float, *, window: float) -> Task | None:
        """Take what is to be sent now: a repeat whose pause is over, else a new item, else what was put off.

        Parameters
        ----------
        now : float
            Seconds.
        window : float
            Calls that may be in flight: of repeats four times as many wait at most, before new items are held back.
        """
        if self._waiting and self._waiting[0][0] <= now:
            return heapq.heappop(self._waiting)[2]
        if self._probes:
            return self._probes.popleft()
        if self._probing or len(self._waiting) > 4 * window:
            return None
        if (task := self._new()) is not None:
            return task
        if not self._intake.at_end or self._waiting or self.in_flight:
            return None
        if self._suspects:
            self._probe()
            return self._probes.popleft() if self._probes else None
        return self._late.popleft() if self._late else None

    def _new(self) -> Task | None:
        while not self._intake.empty:
            reserve = self._reserve(self._intake.first)
            if reserve is not None:
                return Task(self._intake.pop(), reserve)
            price = self._model.cost(self._intake.first, most=True)
            if price is not None and (self.in_flight or self._waiting):
                return None  # they may cost less than is held for them
            self._intake.settle(self._intake.pop(), over_budget(self._budget or 0.0, price))
        return None

    def _reserve(self, item: Item) -> float | None:
        """Hold what a call may cost at most; None where the budget has no room for it."""
        if self._budget is None:
            return 0.0
        reserve = self._model.cost(item, most=True)
        if reserve is None or self._at_most + self._held + reserve > self._budget:
            return None
        self._held += reserve
        return reserve

    @property
    def left_of_budget(self) -> float | None:
        """US dollars of the budget that are not spent, by the highest prices; None without a budget."""
        return None if self._budget is None else max(0.0, self._budget - self._at_most)

    def put_back(self, task: Task, now: float) -> None:
        """Give back what was taken and cannot be sent yet."""
        if task.probe and not task.attempts:
            self._probes.appendleft(task)
            return
        heapq.heappush(self._waiting, (now, -1, task) if task.attempts else (now, next(self._number), task))

    def sent(self, task: Task, now: float) -> None:
        """Note that a call leaves."""
        if not task.attempts:
            task.first_sent, task.answered_at_first = now, self._account.answered
        task.attempts += 1
        task.answered_before = self._account.answered
        self.in_flight += 1
        self._account.calls += 1

    # ---- what comes back -----------------------------------------------------------------------------------------

    def answered(self, task: Task, sent: Sent, now: float) -> None:
        """Take a good answer."""
        self.in_flight -= 1
        self._reached, self.last_good = True, now
        self._account.answered += 1
        self._account.spent += sent.cost
        self._account.at_most += sent.most
        self._at_most += task.reserve
        self._account.count(str(task.item.modality), sent.tokens, sent.cost)
        if sent.tokens is not None:
            self._model.counted(task.item, sent.tokens)
        self._clear()
        self._end(task, sent.vector, sent.kept)

    def known(self, task: Task, found: Known) -> None:
        """Take an answer that was there when the call was about to leave."""
        self._not_sent()
        self._account.cached += not isinstance(found.answer, ItemError)
        self._clear()
        self._end(task, found.answer, found.kept)

    def unreadable(self, task: Task, reason: str) -> None:
        """Note that the medium of an item could not be prepared."""
        self._not_sent()
        self._end(task, ItemError(reason))
        if task.probe and self._suspects:
            self._probed(self._suspects[-1][1])

    def claimed(self, task: Task, now: float) -> None:
        """Put off an item that another process is asking for: its answer will be there soon."""
        self._not_sent()
        task.attempts -= 1
        self.last_good = now  # somebody else is being answered, or will stop claiming
        pause = CLAIMED_PAUSE * self._draw.uniform(0.5, 1.5)
        heapq.heappush(self._waiting, (now + pause, next(self._number), task))

    def _not_sent(self) -> None:
        self.in_flight -= 1
        self._account.calls -= 1

    def failed(self, task: Task, fault: Fault, now: float) -> None:
        """Decide what a failed call means for its item, and for the run.

        Raises
        ------
        ServiceRefusedError
            If every other call would fail alike.
        ServiceUnavailableError
            If the service has answered nothing for long.
        """
        self.in_flight -= 1
        self._reached = self._reached or bool(fault.request_id) or fault.family is not NETWORK
        if fault.billed:  # the service may have answered and charged; the answer was lost
            self._account.lost += self._model.cost(task.item) or 0.0
            self._account.at_most += self._model.cost(task.item, most=True) or 0.0
            self._at_most += task.reserve
        if fault.kind is Kind.STOP:
            raise ServiceRefusedError(fault.message, family=fault.family.name)
        if fault.kind is Kind.BLOCKED and not task.canary:
            self._model.block(task.item, fault.message)
        if fault.kind is Kind.POISON or fault.family.visual:
            self._suspect(task, fault)
        elif fault.kind is Kind.BLOCKED:
            self._record(task, fault, "blocked")
        else:
            self._repeat(task, fault, now)

    # ---- whose fault a refusal is --------------------------------------------------------------------------------

    def _suspect(self, task: Task, fault: Fault) -> None:
        """Hold a refusal back until the service is known to answer at all."""
        if self._account.answered + self._account.cached + self._account.stored_before > 0:
            self._refuse(task, fault)
            return
        self._suspects.append((task, fault))
        if task.probe:
            self._probed(fault)
        elif not self._probing and len(self._suspects) >= (1 if fault.family.gateway else ALL_REFUSED):
            self._probe()

    def _probe(self) -> None:
        """Ask for a plain text, and for items from all over the collection, before anything else."""
        plain = Item("canary", Modality.TEXT, "", "canary", "txt", "canary", text=CANARY)
        if (reserve := self._reserve(plain)) is not None:
            self._probes.append(Task(plain, reserve, probe=True, canary=True))
        for item in self._intake.spread(SPREAD):
            if (reserve := self._reserve(item)) is not None:
                self._probes.append(Task(item, reserve, probe=True))
            else:
                self._intake.settle(item, over_budget(self._budget or 0.0, self._model.cost(item, most=True)))
        self._probing = len(self._probes)
        if not self._probes:  # the budget has no room for a question
            self._clear()

    def _probed(self, fault: Fault) -> None:
        self._probing -= 1
        if self._probing > 0 or not self._suspects:
            return
        items = [task.item for task, _ in self._suspects if not task.canary]
        self._model.unblock(items)
        self._suspects = []
        raise ServiceRefusedError(
            f"The first {len(items):,} items were all refused, and a plain text too, so the cause is not theirs. "
            f"{fault.message}",
            family=fault.family.name,
        )

    def _clear(self) -> None:
        """The service answers: what it has refused so far it has refused for what it is."""
        suspects, self._suspects = self._suspects, []
        self._probing = 0
        for task, fault in suspects:
            self._refuse(task, fault)

    def _refuse(self, task: Task, fault: Fault) -> None:
        if fault.kind is Kind.BLOCKED:
            self._record(task, fault, "blocked")
        else:
            self._record(task, fault, "service" if fault.family.gateway else "refused")

    # ---- repeats -------------------------------------------------------------------------------------------------

    def _repeat(self, task: Task, fault: Fault, now: float) -> None:
        few = fault.kind is Kind.RETRY_FEW
        others = self._account.answered > task.answered_before
        alone = few and self._intake.at_end
        if fault.family.pace:
            self._account.throttled += 1
        else:
            self._account.retried += 1
            # What fails while nothing else succeeds is no sign against the item.
            task.strikes += others or alone
        most = FEW_ATTEMPTS if few else MANY_ATTEMPTS
        if task.last or task.strikes >= most or (not fault.family.pace and self._fails_alone(task, now)):
            self._put_off(task, fault, now, few=few)
            return
        self._last_fault = fault
        self.give_up(now)
        if few:
            pause = pauses.after_stumble(task.strikes, self._draw)
        elif fault.family.pace:
            last = self._intake.at_end and now - self.last_good < LATELY
            pause = pauses.after_refusal(task.attempts, self._draw, others=others, last=last)
        else:
            pause = pauses.jittered(task.attempts, self._draw)
        heapq.heappush(self._waiting, (now + pause, next(self._number), task))

    def _put_off(self, task: Task, fault: Fault, now: float, *, few: bool) -> None:
        """Once more at the end of the queue, then give the item up."""
        if task.last or task.canary:
            self._record(task, fault, "service")
        elif few:
            task.last = True
            heapq.heappush(self._waiting, (now + pauses.STUMBLES[-1], next(self._number), task))
        else:
            task.last = True
            self._late.append(task)

    def _fails_alone(self, task: Task, now: float) -> bool:
        alive = self._account.answered > task.answered_at_first
        return alive and now - task.first_sent > LONGEST_FAILING and task.attempts >= MANY_ATTEMPTS

    def give_up(self, now: float) -> None:
        """Give the service up where it has answered nothing for too long.

        Raises
        ------
        ServiceUnavailableError
            If so.
        """
        said = self._last_fault.message if self._last_fault else "no answer at all"
        if (self.in_flight or self._waiting) and now - self.last_good > self._patience:
            raise ServiceUnavailableError(
                f"No good answer for {self._patience:,.0f} seconds. Make the same call again later; what is embedded "
                f"is kept. The last fault: {said}"
            )
        if self._waiting and not self._reached and now - self._began > UNREACHED:
            raise ServiceUnavailableError(f"The service has not been reached for {UNREACHED:,.0f} seconds. {said}")

    def waits_for(self, now: float) -> str:
        """What the run waits for and until when, in a few words; empty while answers come."""
        if self._last_fault is None or now - self.last_good < 3.0 or self.next_due is None or self.in_flight:
            return ""
        return f"{self._last_fault.family.name}, next try in {max(1.0, self.next_due - now):.0f} s"

    # ---- the end of an item --------------------------------------------------------------------------------------

    def abandon(self) -> None:
        """Settle what was refused and not yet judged: the run ends before it could be."""
        self._clear()

    def _record(self, task: Task, fault: Fault, kind: FailureKind) -> None:
        if not task.canary:
            failed = {"content_key": task.item.content_key, "family": fault.family.name, "request_id": fault.request_id}
            self._account.failed_requests.append(failed)
        self._end(task, ItemError(fault.message, kind))
        if task.probe and self._probing and self._suspects:
            self._probed(fault)

    def _end(self, task: Task, answer: Vector | ItemError, kept: int | None = None) -> None:
        self._held -= task.reserve
        if not task.canary:
            self._intake.settle(task.item, answer, kept)
