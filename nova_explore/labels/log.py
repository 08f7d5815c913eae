"""The log of decisions as one session reads it: what is new, what follows from it, and who was overtaken by whom."""

from __future__ import annotations

import getpass
import os
import uuid
import warnings
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from nova_explore.errors import OvertakenWarning
from nova_explore.labels.decision import Decision
from nova_explore.labels.state import LabelState, replay
from nova_explore.library.label_rows import LabelRows
from nova_explore.library.stamps import now

SESSION = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
"""This process, so that what it wrote itself is known from what others wrote."""


class Log:
    """Decisions of all people over one library, read again whenever somebody has decided something.

    Parameters
    ----------
    rows : LabelRows
        Of the library.
    by : str, optional
        Who decides here; the name of the account where it is not given.

    Attributes
    ----------
    decisions : list of Decision
        All that are read, oldest first.
    state : LabelState
        What follows from them.
    version : int
        Raised by every change of the state.
    overtaken : list of str
        What others decided about the items of decisions of this session, one sentence each, oldest first.
    """

    def __init__(self, rows: LabelRows, by: str | None = None) -> None:
        self._rows = rows
        self._written = -1
        self._own: dict[str, Decision] = {}
        self._writing = False
        self._followers: list[Callable[[], None]] = []
        self._account = account()
        if by:
            self.by = by
        self.decisions: list[Decision] = []
        self.state = LabelState()
        self.version = 0
        self.overtaken: list[str] = []
        rows.readers.add(self)

    @property
    def by(self) -> str:
        """Who decides here: the same for all maps of the library in this process."""
        return self._rows.by or self._account

    @by.setter
    def by(self, person: str) -> None:
        self._rows.by = person

    def catch_up(self) -> None:
        """Read what this process has written elsewhere, without a look at the disk where there is nothing."""
        if self._written != self._rows.written and not self._writing:
            self.refresh()

    def refresh(self) -> None:
        """Read what is new on the disk, and say whose decisions about the same items came later.

        Warns
        -----
        OvertakenWarning
            If another person has decided about items of a decision of this session.
        """
        first, self._written = self._written < 0, self._rows.written
        if self._rows.count() == len(self.decisions):
            return
        new = [Decision.of_record(record) for record in self._rows.read(after=len(self.decisions))]
        self._take(new)
        try:
            if not first:
                self._tell_overtaken([one for one in new if not self._is_own(one)])
        finally:  # whoever makes errors of warnings still sees what was decided
            self._call_followers()

    def write(self, action: str, **parts: Any) -> Decision:
        """Write a decision down, and take it and all that others decided meanwhile into account.

        Warns
        -----
        OvertakenWarning
            If another person decided about the same items a moment before; this decision is the later one and stands.
        """
        self.refresh()
        seen = len(self.decisions)
        draft = Decision(uuid.uuid4().hex, now(), self.by, SESSION, action, **parts)
        self._writing = True
        try:
            decision = replace(draft, number=self._rows.append(draft.as_record()))
        finally:
            self._writing = False
        self._written = self._rows.written
        between = []
        if decision.number > seen + 1:
            between = [Decision.of_record(row) for row in self._rows.read(after=seen)]
            between = [one for one in between if one.number < decision.number]
        self._take([*between, decision])
        try:
            for other in between:
                if not self._is_own(other) and self._items(other) & self._items(decision):
                    self._tell(
                        f"{other.by} decided {_say(other)} about the same items a moment before, at {other.when}. "
                        "Your decision is later and stands; both are in labels.history."
                    )
        finally:
            self._call_followers()
        return decision

    def follow(self, call: Callable[[], None]) -> Callable[[], None]:
        """Call after every change of the state; returns what ends that."""
        self._followers.append(call)
        return lambda: self._followers.remove(call) if call in self._followers else None

    def _take(self, new: Iterable[Decision]) -> None:
        new = list(new)
        self.decisions += new
        self._own |= {one.id: one for one in new if self._is_own(one)}
        if any(one.turns for one in new):
            self.state = replay(self.decisions)
        else:
            for one in new:
                self.state.apply(one)
        self.version += 1

    def _call_followers(self) -> None:
        for call in tuple(self._followers):
            call()

    def _is_own(self, decision: Decision) -> bool:
        return decision.session == SESSION and decision.by == self.by

    def _items(self, decision: Decision) -> set[str]:
        """Items that a decision is about; those of the decision that it undoes or does again."""
        of = {one.id: one for one in self.decisions} if decision.turns else {}
        return of[decision.of].items if decision.of in of else decision.items

    def _tell_overtaken(self, others: Iterable[Decision]) -> None:
        for other in others:
            touched = self._items(other)
            lost = [one for one in self._own.values() if one.number < other.number and self._items(one) & touched]
            if lost and other.action not in ("tag", "untag", "note"):
                shared = len(self._items(lost[-1]) & touched)
                self._tell(
                    f"{other.by} has decided {_say(other)} about {shared:,} of the items of your {lost[-1].action!r}, "
                    f"at {other.when}. That decision is later and stands; yours is in labels.history."
                )

    def _tell(self, sentence: str) -> None:
        self.overtaken.append(sentence)
        warnings.warn(sentence, OvertakenWarning, stacklevel=6)


def _say(decision: Decision) -> str:
    names = ", ".join(repr(put.name) for put in decision.puts[:3])
    return f"{decision.action!r}" + (f" ({names})" if names else "")


def account() -> str:
    """Name of the account that this process runs under; "somebody" where the system has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "somebody"
