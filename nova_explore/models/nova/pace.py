"""How fast to ask a service whose limit nobody knows: rise while answers are good, fall when it refuses, try again.

Two quantities are steered. The *window* (requests in flight) doubles with every round of good answers until it reaches
its ceiling or the service refuses. From the first refusals on, a *rate* (requests a second) leads: it falls to what was
really answered, at most by half at a time, climbs quickly to near where it fell, and slowly beyond. A few refusals
(6 to 12 of 100) are sought, not shunned: they show that the limit is used, and a refused request is not an answer lost.
A service short of its own capacity (503) refuses whatever the pace, and so may the noise of others (429): every fall is
a *trial*, and where the share of refusals does not fall with the rate, the rate goes back up and that share counts as
the service's own from then on.
Halving after a refusal and creeping up follows congestion control (https://www.rfc-editor.org/rfc/rfc5681); taking the
rate of answers as the measure of the limit follows https://doi.org/10.1145/3009824.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

FIRST_WINDOW, LEAST_WINDOW = 8.0, 4.0
"""Requests in flight at the start, from where full use is three round trips away; and at least, where a rate leads."""

SLOWEST = 1.0
"""Requests a second when the service refuses everything: enough to notice within seconds that it is back."""

TOO_MANY, FEW = 0.12, 0.06
"""Shares of refusals above which the rate falls, and below which it rises."""

ROUND, ENOUGH, PATIENCE = 0.5, 8, 2.0
"""Seconds and answers that a round needs before the rate is judged, and seconds after which it is judged anyway."""

REMEMBERED = 0.6
"""Weight of the rounds before in judging a round."""

TRIAL = 50
"""Answers at the lower rate that a trial needs: a share of 17 of 100 is then known to about 6."""

SAME, MOST_OWN = (0.6, 1.5), 0.8
"""Parts of the share of refusals between which it must be after a fall to count as the same, and the largest share that
can be the service's own: more is an outage, in which asking less is right."""

GENTLE = 0.75
"""Part of the rate that is tried where a service says that it is short of capacity."""

GROWS_UNTIL = 0.5
"""Share of refusals for the service's own capacity that does not yet stop the first rise of the window."""

TRIED_AGAIN = 60.0
"""Seconds after which it is tried again whether refusals depend on the pace."""

CAUGHT_UP = 1.0
"""Seconds of unused tokens that may be caught up: a request may be large, and the quota is one of a minute."""


@dataclass(slots=True)
class _Trial:
    kind: str
    rate: float | None
    window: float
    share: float
    weight: float
    offered: float
    delivered: float
    since: float
    refused: int = 0
    good: int = 0
    all: int = 0
    seconds: float = 0.0

    @property
    def left(self) -> float:
        return self.refused / self.all

    @property
    def pooled(self) -> float:
        """The share that was the same before and after."""
        return (self.share * self.weight + self.refused) / (self.weight + self.all)

    @property
    def in_vain(self) -> bool:
        """Whether fewer requests were refused alike, and fewer answered: a limit would have answered as many."""
        least, most = SAME
        same = least * self.share < self.left < min(MOST_OWN, most * self.share)
        if self.kind == "theirs":
            # To fall is what must be justified here: half of the refusals must be gone.
            return self.left > 0.5 * self.share
        fewer = self.all / self.seconds / self.offered
        return same and self.good / self.seconds < 0.5 * (1 + fewer) * self.delivered


class Pace:
    """Says when the next request may be sent. Used by one thread.

    Parameters
    ----------
    ceiling : int
        Requests in flight at most.
    limit : float, optional
        Requests a second that are never passed, where the quota is known.
    found : float, optional
        Requests a second that an earlier run found to be the limit: this one starts there.
    clock : callable
        Seconds, never going back.

    Attributes
    ----------
    rate : float or None
        Requests a second now; None as long as nothing was refused.
    window : float
        Requests in flight now.
    delivered : float
        Good answers a second in the last round.
    """

    def __init__(
        self,
        *,
        ceiling: int,
        limit: float | None = None,
        found: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.ceiling = float(ceiling)
        self.limit = limit
        start = min(limit or found, found) if found else limit
        self.rate: float | None = start
        # Where an earlier run's rate leads from the first call on, the window need not feel its way.
        self.window = self.ceiling if found else min(FIRST_WINDOW, self.ceiling)
        self.delivered = 0.0
        self._clock = clock
        self._known = found or 0.0
        self._latency = 0.0
        self._next = clock()
        self._held_until = 0.0
        self._calm = 0
        self._own = {"ours": 0.0, "theirs": 0.0}
        self._trial: _Trial | None = None
        self._tried = self._asked_again = clock()
        self._open_round()
        self._forget()

    @property
    def own_share(self) -> float:
        """Share of refusals that does not depend on the pace, as far as trials have shown."""
        return max(self._own.values())

    def note(self, now: float) -> str:
        """What is waited for, in a few words; empty where nothing is held back."""
        left = self._held_until - now
        return f"a quota is used up, next try in {left:.0f} s" if left > 1 else ""

    @property
    def found(self) -> float | None:
        """Requests a second that the service is known to answer; None as long as it has refused nothing."""
        return max(self._known, self.delivered) if self._known else None

    def _open_round(self) -> None:
        self._began = self._clock()
        self._round = {"all": 0, "good": 0, "ours": 0, "theirs": 0}

    def wait(self, in_flight: int) -> float:
        """Seconds until the next request may be sent; infinite until an answer comes."""
        if in_flight >= math.floor(self.window):
            return math.inf
        now = self._clock()
        return max(0.0, self._next - now, self._held_until - now)

    def sent(self) -> None:
        """Note that a request has gone out."""
        if self.rate is not None:
            now = self._clock()
            # What was not sent in the last tenth of a second may be caught up; what was missed earlier is gone.
            self._next = max(self._next, now - max(0.1, 1 / self.rate)) + 1 / self.rate

    def hold(self, seconds: float) -> None:
        """Send nothing for so long."""
        self._held_until = max(self._held_until, self._clock() + seconds)

    def answered(self, latency: float, *, good: bool, refused: bool, theirs: bool = False) -> None:
        """Note an answer: good, refused for pace, or neither.

        Parameters
        ----------
        latency : float
            Seconds that it took.
        good, refused : bool
            At most one of them.
        theirs : bool
            Whether it was refused for the service's capacity, and not for a quota of ours.
        """
        self._round["all"] += 1
        self._round["good"] += good
        self._round["theirs" if theirs else "ours"] += refused
        if good:
            self._latency = latency if not self._latency else 0.9 * self._latency + 0.1 * latency
            if self.rate is None:
                self.window = min(self.ceiling, self.window + 1)
        elapsed = self._clock() - self._began
        soon, late = max(ROUND, 2 * self._latency), max(PATIENCE, 4 * self._latency)
        if (elapsed >= soon and self._round["all"] >= ENOUGH) or elapsed >= late:
            self._judge(elapsed)

    def _judge(self, elapsed: float) -> None:
        # Earlier rounds count a little, and one refusal is chance: a round may hold only a few answers.
        self._past = {name: REMEMBERED * self._past[name] + self._round[name] for name in self._past}
        self._past_seconds = REMEMBERED * self._past_seconds + elapsed
        self.delivered = self._round["good"] / elapsed
        if self._trial is not None:
            self._judge_trial(self._trial, elapsed)
        elif self._share("theirs") >= MOST_OWN and self._past["theirs"] > 1.5:
            self._fall("theirs", elapsed)
        elif self._excess("ours") > TOO_MANY and self._past["ours"] > 1.5:
            self._fall("ours", elapsed)
        elif self._excess("theirs") > TOO_MANY and self._past["theirs"] > 1.5 and not self._grows:
            self._fall("theirs", elapsed)
        elif self._own["ours"] > TOO_MANY and self._clock() - self._tried > TRIED_AGAIN:
            self._fall("ours", elapsed)
        elif self.rate is not None and self._excess("ours") < FEW and self._round["good"]:
            # Where nothing is answered at all, that nothing is refused says nothing.
            self._rise()
        else:
            self._calm = 0
        self._fit()
        self._open_round()

    @property
    def _grows(self) -> bool:
        """Whether the pace still rises by itself, or was just found not to be the cause of what is refused.

        What is refused on the way up at a small pace says little, and a fall from there would cost the whole way.
        """
        rises = self.rate is None and self.window < self.ceiling and self._share("theirs") < GROWS_UNTIL
        return rises or self._clock() < self._asked_again

    def _share(self, kind: str) -> float:
        """Share of refusals of a kind among the requests that were not refused for the other."""
        other = self._past["theirs" if kind == "ours" else "ours"]
        return self._past[kind] / max(self._past["all"] - other, 1e-9)

    def _excess(self, kind: str) -> float:
        """Share that is refused of what would be answered but for the refusals that do not depend on the pace."""
        share, own = self._share(kind), self._own[kind]
        if own and share < own - 2 * math.sqrt(own * (1 - own) / max(self._past["all"], 1.0)):
            self._own[kind] = own = share
        return max(0.0, share - own) / (1 - own)

    def _fit(self) -> None:
        if self.rate is not None:
            if self.limit is not None:
                self.rate = min(self.rate, self.limit)
            self.window = min(self.ceiling, 2 * self.rate * self._latency + LEAST_WINDOW)

    def _fall(self, kind: str, elapsed: float) -> None:
        """Ask for less, and begin to look whether less is refused then."""
        before, share = (self.rate, self.window), self._share(kind)
        offered, answered = (self._past[name] / self._past_seconds for name in ("all", "good"))
        outage = share >= MOST_OWN
        # A limit bounds requests: those that the service refused for its own capacity were within it, too.
        theirs = min(MOST_OWN, self._share("theirs")) if kind == "ours" else 0.0
        within = self.delivered / (1 - theirs)
        if kind == "theirs" and not outage:
            # A service short of its own capacity has no limit that was passed: a little less will show.
            self.rate = max(SLOWEST, GENTLE * (self.rate or self._round["all"] / elapsed))
        elif self.rate is None:
            self.rate = max(SLOWEST, within)
            self._next = self._clock()
        else:
            self.rate = max(SLOWEST, 0.5 * self.rate, min(0.95 * self.rate, 1.02 * within))
        if self.delivered > SLOWEST and kind == "ours":
            self._known = within
        if not outage and self.delivered > SLOWEST:
            # What was sent at the old rate is still to be answered: it is no part of the trial.
            since = self._clock() + 1.5 * self._latency
            self._trial = _Trial(kind, *before, share, self._past["all"], offered, answered, since)
        self._forget()

    def _forget(self) -> None:
        self._calm = 0
        self._past = dict.fromkeys(self._round, 0.0)
        self._past_seconds = 0.0

    def _judge_trial(self, trial: _Trial, elapsed: float) -> None:
        """Find out whether fewer requests are refused at a lower rate: if not, the pace is not the cause."""
        if self._began >= trial.since:
            other = "theirs" if trial.kind == "ours" else "ours"
            trial.refused += self._round[trial.kind]
            trial.good += self._round["good"]
            trial.all += self._round["all"] - self._round[other]
            trial.seconds += elapsed
        if max(map(self._share, self._own)) >= MOST_OWN and self._past["all"] >= ENOUGH:
            self._trial = None
            self._fall(max(self._own, key=self._share), elapsed)
            return
        if trial.all < TRIAL:
            return
        self._trial, self._tried = None, self._clock()
        if trial.in_vain:
            self._asked_again = self._clock() + TRIED_AGAIN * (trial.kind == "theirs")
            self._own[trial.kind] = trial.pooled
            self.rate, self.window = trial.rate, trial.window
            self._forget()
        elif trial.left > TOO_MANY:
            self._fall(trial.kind, elapsed)
        else:
            # The rate is now what was answered: what is refused all the same, beyond the few that are sought, is
            # refused for no limit of ours.
            self._own[trial.kind] = max(0.0, trial.left - FEW)

    def _rise(self) -> None:
        if self.rate is None:
            return
        self._calm += 1
        if not self._known or self.rate < 0.5 * self._known:
            self.rate *= 2
        elif self.rate < 0.9 * self._known:
            self.rate = min(1.4 * self.rate, self._known)
        else:
            # Many calm rounds above the old limit: it is gone, so look for the new one in earnest.
            self.rate *= 1.04 if self._calm < 6 else 1.25


class Tokens:
    """Keeps to a known quota of tokens a minute. Used by one thread.

    Parameters
    ----------
    per_minute : float
        The quota.
    clock : callable
        Seconds, never going back.
    """

    def __init__(self, per_minute: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_minute / 60
        self._clock = clock
        self._free = clock()

    def wait(self) -> float:
        """Seconds until the next request may be sent, whatever its size."""
        return max(0.0, self._free - self._clock())

    def sent(self, tokens: float) -> None:
        """Note a request of about so many tokens; the next waits until they are over."""
        self._free = max(self._free, self._clock() - CAUGHT_UP) + tokens / self._per_second

    def counted(self, expected: float, tokens: float) -> None:
        """Put the service's own count in the place of what was expected."""
        self._free += (tokens - expected) / self._per_second


class Room:
    """A bound on what is on its way at a time: bytes, or calls. Safe to use from several threads.

    Parameters
    ----------
    size : int
        Most of it; a single larger load passes alone.

    Attributes
    ----------
    used : int
        What is on its way now.
    """

    def __init__(self, size: int) -> None:
        self.used = 0
        self._size = size
        self._changed: threading.Condition = threading.Condition()

    def resize(self, size: int) -> None:
        """Move the bound; what is on its way stays there."""
        if size != self._size:
            with self._changed:
                self._size = size
                self._changed.notify_all()

    @contextmanager
    def taken(self, load: int = 1) -> Iterator[None]:
        """Wait until there is room for a load, and take it for the length of a ``with`` block."""
        with self._changed:
            self._changed.wait_for(lambda: not self.used or self.used + load <= self._size)
            self.used += load
        try:
            yield
        finally:
            with self._changed:
                self.used -= load
                self._changed.notify_all()
