"""What follows from a log of decisions: which label every item has, its tags, and the notes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count

from nova_explore.labels.decision import Decision, Put


@dataclass(frozen=True, slots=True)
class Made:
    """Who made a label what it is, and when.

    Attributes
    ----------
    status, by, when : str
        As of the latest decision about it.
    score : float or None
        Of the proposal that was accepted: the share of the items that the name is true of.
    """

    status: str
    by: str
    when: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What a person wrote down about items."""

    ids: tuple[str, ...]
    text: str
    by: str
    when: str


class LabelState:
    """Labels, tags and notes after a log of decisions.

    Attributes
    ----------
    part_of : dict of str to int
        The part that an item belongs to, by id; an item has one label at most.
    name_of_part : dict of int to str
        The label of every part that was ever made.
    made : dict of str to Made
        By label.
    tags : dict of str to dict of str to None
        By item, in the order in which they were given.
    notes : list of Note
    """

    def __init__(self) -> None:
        self.part_of: dict[str, int] = {}
        self.name_of_part: dict[int, str] = {}
        self.made: dict[str, Made] = {}
        self.tags: dict[str, dict[str, None]] = {}
        self.notes: list[Note] = []
        self._next = count()

    def apply(self, decision: Decision) -> None:
        """Take one more decision into account."""
        for put in decision.puts:
            self._put(put, decision)
        if decision.action == "tag":
            for id in decision.ids:
                self.tags.setdefault(id, {}).update(dict.fromkeys(decision.tags))
        elif decision.action == "untag":
            for id in decision.ids:
                left = {tag: None for tag in self.tags.pop(id, {}) if tag not in decision.tags}
                if left:
                    self.tags[id] = left
        elif decision.action == "note":
            self.notes.append(Note(decision.ids, decision.text, decision.by, decision.when))

    def _put(self, put: Put, decision: Decision) -> None:
        joined = self._largest_part(put.name) if put.joins else None
        for ids in put.parts:
            part = next(self._next) if joined is None else joined
            self.name_of_part[part] = put.name
            self.part_of.update(dict.fromkeys(ids, part))
        score = decision.proposal.get("score") if put.name == decision.proposal.get("name") else None
        if put.joins and joined is not None:
            before = self.made[put.name]
            self.made[put.name] = Made(before.status, decision.by, decision.when, before.score)
        else:
            self.made[put.name] = Made(put.status, decision.by, decision.when, score)

    def _largest_part(self, name: str) -> int | None:
        sizes = {part: len(ids) for part, ids in self.parts(name).items()}
        return max(sizes, key=lambda part: (sizes[part], -part)) if sizes else None

    def label_of(self, id: str) -> str | None:
        """The label of an item; None where it has none."""
        part = self.part_of.get(id)
        return None if part is None else self.name_of_part[part]

    def parts(self, name: str) -> dict[int, list[str]]:
        """Ids of a label's items, by part; empty where there is no such label (any more)."""
        wanted = {part for part, of in self.name_of_part.items() if of == name}
        found: dict[int, list[str]] = {}
        for id, part in self.part_of.items() if wanted else ():
            if part in wanted:
                found.setdefault(part, []).append(id)
        return found

    def labels(self) -> dict[str, list[str]]:
        """Ids of every label's items, by name, in the order in which the labels came about."""
        found: dict[str, list[str]] = {}
        for id, part in self.part_of.items():
            found.setdefault(self.name_of_part[part], []).append(id)
        return found


def undone_of(decisions: Iterable[Decision]) -> set[str]:
    """Ids of the decisions that are undone."""
    undone: set[str] = set()
    for decision in decisions:
        if decision.action == "undo":
            undone.add(decision.of)
        elif decision.action == "redo":
            undone.discard(decision.of)
    return undone


def replay(decisions: Iterable[Decision]) -> LabelState:
    """Work out the state after these decisions, in their order; those that are undone count as never made."""
    decisions = list(decisions)
    undone = undone_of(decisions)
    state = LabelState()
    for decision in decisions:
        if not decision.turns and decision.id not in undone:
            state.apply(decision)
    return state


def last_to_undo(decisions: Iterable[Decision], by: str) -> Decision | None:
    """The latest decision of a person that stands; None where there is none."""
    decisions = list(decisions)
    undone = undone_of(decisions)
    own = (one for one in reversed(decisions) if one.by == by and not one.turns and one.id not in undone)
    return next(own, None)


def last_to_redo(decisions: Iterable[Decision], by: str) -> Decision | None:
    """The decision that a person undid last, unless the person has decided something new since."""
    decisions = list(decisions)
    undone = undone_of(decisions)
    of = {one.id: one for one in decisions}
    for one in reversed(decisions):
        if one.by != by:
            continue
        if not one.turns:
            return None
        if one.action == "undo" and one.of in undone:
            return of.get(one.of)
    return None
