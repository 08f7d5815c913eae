"""One decision of a person, as it is written to the log: it names its items, so that no later clustering changes it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

LONGEST_NAME = 200
"""Characters of a name or a tag."""


@dataclass(frozen=True, slots=True)
class Put:
    """Items that a decision puts into a label.

    Attributes
    ----------
    name : str
        Of the label.
    status : str
        "accepted", "renamed", "merged", "split", "moved", or a mark such as "mixed".
    parts : tuple of tuple of str
        Ids, one tuple for every cluster that the label is made of. Each is found again by itself.
    joins : bool
        The items join the largest part that the label has already.
    """

    name: str
    status: str
    parts: tuple[tuple[str, ...], ...]
    joins: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What one person decided at one moment.

    Attributes
    ----------
    id : str
        Unique.
    when : str
        Time in UTC, ISO 8601.
    by, session : str
        Who, and in which process.
    action : str
        The method of `Labels` that was called.
    puts : tuple of Put
    ids, tags : tuple of str
        Items, and the tags that they get or lose.
    text : str
        Of a note.
    of : str
        Id of the decision that is undone or done again.
    proposal : Mapping
        Name, source and score that was proposed, where the decision accepts one.
    number : int
        In the log; 0 before it is written.
    """

    id: str
    when: str
    by: str
    session: str
    action: str
    puts: tuple[Put, ...] = ()
    ids: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    text: str = ""
    of: str = ""
    proposal: Mapping[str, Any] = field(default_factory=dict)
    number: int = 0

    @property
    def items(self) -> set[str]:
        """Ids of all items that it is about."""
        return {*self.ids, *(id for put in self.puts for part in put.parts for id in part)}

    @property
    def turns(self) -> bool:
        """Whether it undoes another decision, or does it again."""
        return self.action in ("undo", "redo")

    def as_record(self) -> dict[str, Any]:
        """As plain values that JSON can hold."""
        record = asdict(self)
        del record["number"]
        record["proposal"] = dict(self.proposal)
        return record

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> Decision:
        """Read what `as_record` wrote; fields of later versions are left out."""
        known = {name: record[name] for name in cls.__dataclass_fields__ if name in record}
        puts = [
            Put(put["name"], put["status"], tuple(map(tuple, put["parts"])), bool(put.get("joins")))
            for put in record.get("puts", ())
        ]
        known |= {"puts": tuple(puts), "ids": tuple(record.get("ids", ())), "tags": tuple(record.get("tags", ()))}
        return cls(**known)


def plain_name(name: object, *, called: str = "name") -> str:
    r"""Return a name or tag on one line, its control characters left out.

    Raises
    ------
    ValueError
        If it is no text, nothing is left of it, or it is too long.

    Examples
    --------
    >>> plain_name("  water\n birds ")
    'water birds'
    """
    if not isinstance(name, str):
        raise ValueError(f"{called}={name!r} is no text. Pass a few words.")
    said = " ".join(name.split())
    said = "".join(character for character in said if character.isprintable() or character in "\u200c\u200d")
    said = said.encode("utf-8", "replace").decode("utf-8")
    if not said:
        raise ValueError(f"{called}={name!r} says nothing. Pass a few words.")
    if len(said) > LONGEST_NAME:
        raise ValueError(f"The {called} has {len(said):,} characters. Needed: {LONGEST_NAME} or fewer. Use a note.")
    return said


def plain_score(score: float | None) -> float | None:
    """A score as JSON can hold it."""
    return None if score is None or math.isnan(score) else float(score)


def plain_ids(ids: str | Iterable[str]) -> tuple[str, ...]:
    """One id or several, each once, in the order in which they came."""
    return tuple(dict.fromkeys([ids] if isinstance(ids, str) else map(str, ids)))


def plain_tags(tags: Iterable[object]) -> tuple[str, ...]:
    """Tags as `plain_name` writes them, each once.

    Raises
    ------
    ValueError
        If there is none, or one of them is no tag.
    """
    chosen = tuple(dict.fromkeys(plain_name(tag, called="tag") for tag in tags))
    if not chosen:
        raise ValueError("No tag is given. Pass one or several: tag(ids, 'to check', 'for print').")
    return chosen
