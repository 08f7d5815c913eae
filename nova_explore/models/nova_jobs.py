"""What a job on Amazon Bedrock is, where it is remembered, and which path a collection should take.

Two interfaces of Bedrock work on files in S3 and answer later: *async* (``StartAsyncInvoke``, one long medium a job,
cut into segments by the service) and *batch* (``CreateModelInvocationJob``, many records a job). A job is written into
the library before it is asked for, under a token of our own, and found again by that token: a process killed between
any two lines finds its job, pays nothing twice and loses nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple, Protocol

from nova_explore.collection import Item, Modality
from nova_explore.models.model import FailureKind, ItemError, Space
from nova_explore.models.nova_errors import MOST_QUOTED, Kind, family_of
from nova_explore.models.nova_request import COMBINED, FORMATS, MODEL_ID, SEPARATE

Path = Literal["sync", "async", "batch"]
State = Literal["prepared", "started", "done", "failed", "stopped", "abandoned"]

LONGEST_SYNC_SECONDS = 30.0
LONGEST_SYNC_CHARACTERS = 8_000
LONGEST_ASYNC_SECONDS = 2 * 3600.0
LEAST_BATCH = 100
"""Records below which Bedrock refuses a batch job (the default quota of most models, and of AWS's own sample)."""

SYNC_PER_SECOND = 10.0
"""Answers a second that clients of this model report; only used to tell a person how long a path may take."""

BATCH_FROM = 36_000
"""Items from which ``auto`` prefers batch where a role is given: an hour of synchronous calls at that pace."""

ASYNC_FORMATS: Mapping[Modality, frozenset[str]] = {
    Modality.TEXT: frozenset({"txt", "md"}),
    Modality.AUDIO: frozenset(FORMATS["audio"]),
    Modality.VIDEO: frozenset(FORMATS["video"]),
}
"""Formats that can be sent as they are. Others are converted, segment by segment, on the synchronous path."""

_PASSING = ("RATE_LIMIT_EXCEEDED", "INTERNAL_SERVER_EXCEPTION")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the vectors of a job are to be.

    Attributes
    ----------
    space : Space
        Their space.
    purpose : str
        The service's name of the purpose, ``GENERIC_INDEX`` for a library.
    longer : int or None
        Dimension that is asked for where the space keeps a prefix of it; None where the space's own is.
    video : {"combined", "picture", "sound"}
        Which vector of a video is wanted.
    region, model_id : str
        What is called.
    """

    space: Space
    purpose: str = "GENERIC_INDEX"
    longer: int | None = None
    video: Literal["combined", "picture", "sound"] = "combined"
    region: str = ""
    model_id: str = MODEL_ID

    @property
    def dimension(self) -> int:
        """Dimension that the service is asked for."""
        return self.longer or self.space.dimension

    @property
    def video_mode(self) -> str:
        """The service's name of what a video's answer holds."""
        return COMBINED if self.video == "combined" else SEPARATE


@dataclass(frozen=True, slots=True)
class Job:
    """One job, as the library remembers it.

    Attributes
    ----------
    token : str
        32 hex digits of our own: the job's id here and its ``clientRequestToken`` at Bedrock.
    path : {"async", "batch"}
        Which interface.
    state : {"prepared", "started", "done", "failed", "stopped", "abandoned"}
        ``prepared``: may or may not have reached Bedrock. ``abandoned``: it certainly did not.
    space : str
        Key of the space of its vectors.
    request : Mapping
        The call's arguments as they were or will be sent: a repeated call must be equal in every byte.
    sources : tuple of Mapping
        For async: the items, as plain values, that the medium is a source of.
    records : tuple of str
        For batch: the content keys asked for, which are its record ids.
    arn : str or None
        Bedrock's name of it, once it has answered.
    message : str or None
        Why it failed, in Bedrock's or our words.
    counts : Mapping of str to float
        What came back: vectors, failures; and the US dollars that it cost by the price list.
    created, changed : str
        UTC, ISO 8601.
    """

    token: str
    path: Literal["async", "batch"]
    state: State
    space: str
    request: Mapping[str, Any]
    sources: tuple[Mapping[str, Any], ...] = ()
    records: tuple[str, ...] = ()
    arn: str | None = None
    message: str | None = None
    counts: Mapping[str, float] = field(default_factory=dict)
    created: str = ""
    changed: str = ""

    @property
    def open(self) -> bool:
        """Whether something may still come of it."""
        return self.state in ("prepared", "started")

    def now(self, state: State, **changes: Any) -> Job:
        """The same job in another state."""
        return replace(self, state=state, changed=datetime.now(UTC).isoformat(timespec="milliseconds"), **changes)


class Ledger(Protocol):
    """Where jobs are remembered."""

    def save(self, job: Job) -> None:
        """Write a job down, in the place of an earlier state of it, durably, before returning."""
        ...

    def jobs(self, space: str) -> list[Job]:
        """All jobs of a space, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait between two looks at a job: ``first`` seconds, growing by half to at most ``most``."""

    first: float = 2.0
    most: float = 30.0

    def waits(self) -> Iterator[float]:
        """Seconds to wait, without end; spread by a quarter so that many processes do not ask at once."""
        wait = self.first
        while True:
            yield wait * random.uniform(0.75, 1.25)
            wait = min(wait * 1.5, self.most)


class Choice(NamedTuple):
    """A path, and the reason in a sentence."""

    path: Path
    reason: str


def choose_path(items: Sequence[Item], *, s3: object = None, role: str | None = None) -> Choice:
    """Choose the interface of Bedrock for items that are to be sent alike.

    Parameters
    ----------
    items : sequence of Item
        All short enough for one synchronous call, or all longer; `divide` separates them.
    s3 : S3Place, optional
        Without a place in S3 only the synchronous path can be taken.
    role : str, optional
        ARN of the service role that batch jobs run under; without one there is no batch.

    Returns
    -------
    Choice
        ``(path, reason)``
    """
    n = len(items)
    long = sum(map(needs_segments, items))
    if long and s3 is None:
        return Choice("sync", f"{long:,} media are too long for one call and no place in S3 is given (s3=…).")
    if long:
        return Choice("async", f"{long:,} media are too long for one call: Bedrock cuts them into segments.")
    hours = n / SYNC_PER_SECOND / 3600
    if n >= BATCH_FROM and s3 is not None and role:
        return Choice(
            "batch",
            f"{n:,} items would take about {hours:.1f} h of calls at {SYNC_PER_SECOND:g} a second: "
            "batch jobs cost about half for text and need no machine of yours meanwhile.",
        )
    if n >= BATCH_FROM:
        missing = "s3=… and role=…" if s3 is None else "role=…"
        return Choice("sync", f"{n:,} items, about {hours:.1f} h of calls. With {missing} they could go as batch jobs.")
    return Choice("sync", f"{n:,} short items: answers come at once, and a batch would wait in a queue.")


def divide(items: Iterable[Item], *, s3: object = None, role: str | None = None) -> list[tuple[Choice, list[Item]]]:
    """Separate what is too long for one call from what is not, and choose a path for each part.

    Returns
    -------
    list of (Choice, list of Item)
        At most one entry a path; every item is in exactly one.
    """
    parts: dict[bool, list[Item]] = {}
    for item in items:
        parts.setdefault(needs_segments(item), []).append(item)
    chosen: dict[Path, tuple[Choice, list[Item]]] = {}
    for part in parts.values():
        choice = choose_path(part, s3=s3, role=role)
        chosen.setdefault(choice.path, (choice, []))[1].extend(part)
    return list(chosen.values())


def needs_segments(item: Item) -> bool:
    """Whether an item is longer than one synchronous call takes, and could be cut by the service."""
    if item.format not in ASYNC_FORMATS.get(item.modality, ()):
        return False
    if item.modality is Modality.TEXT:
        return len(item.text or "") > LONGEST_SYNC_CHARACTERS
    length = item.span.end - item.span.start if item.span else item.metadata.get("duration") or 0.0
    return float(length) > LONGEST_SYNC_SECONDS + 0.05  # containers round: 30.02 s is a clip of 30 s


def failure(said: str, *, code: str | int, asked: Asked) -> ItemError:
    """Why a segment or record has no vector, from the code and words that Bedrock put in its place.

    Parameters
    ----------
    said : str
        Bedrock's words.
    code : str or int
        An async ``failureReason``, or a batch record's ``errorCode``.
    asked : Asked
        What was asked for.
    """
    word = str(code)
    status = int(word) if word.isdigit() else 400
    name = "InternalServerException" if word in _PASSING or status >= 500 else ""
    family = family_of(name or ("ValidationException" if status == 400 else ""), status, f"{word} {said}")
    quoted = " ".join(f"{word} {said}".split())[:MOST_QUOTED]
    kind: FailureKind = "item"
    if family.kind is Kind.BLOCKED:
        kind = "blocked"
    elif family.kind in (Kind.RETRY, Kind.RETRY_FEW, Kind.QUOTA):
        kind = "service"
    place = {"region": asked.region or "the region", "model": asked.model_id}
    return ItemError(family.message.format(said=quoted, **place), kind)
