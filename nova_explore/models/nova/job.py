"""What a job on Amazon Bedrock is, where it is remembered, and which path a collection should take.

Two interfaces of Bedrock work on files in S3 and answer later: *async* (``StartAsyncInvoke``, one long medium a job,
cut into segments by the service) and *batch* (``CreateModelInvocationJob``, many records a job). A job is written into
the library before it is asked for, under a token of our own, and found again by that token: a process killed between
any two lines finds its job, pays nothing twice and loses nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

from nova_explore.collection import Modality
from nova_explore.models.nova.families import Kind, family_of
from nova_explore.models.nova.faults import message_of
from nova_explore.models.nova.request import FORMATS
from nova_explore.models.nova.spec import VectorSpec
from nova_explore.space import FailureKind, ItemError

State = Literal["prepared", "started", "done", "failed", "stopped", "abandoned"]

LONGEST_ASYNC_SECONDS = 2 * 3600.0
LEAST_BATCH = 100
"""Records below which Bedrock refuses a batch job (the default quota of most models, and of AWS's own sample)."""


ASYNC_FORMATS: Mapping[Modality, frozenset[str]] = {
    Modality.TEXT: frozenset({"txt", "md"}),
    Modality.AUDIO: frozenset(FORMATS["audio"]),
    Modality.VIDEO: frozenset(FORMATS["video"]),
}
"""Formats that can be sent as they are. Others are converted, segment by segment, on the synchronous path."""

_PASSING = ("RATE_LIMIT_EXCEEDED", "INTERNAL_SERVER_EXCEPTION")


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


def failure(said: str, *, code: str | int, spec: VectorSpec, visual: bool = False) -> ItemError:
    """Why a segment or record has no vector, from the code and words that Bedrock put in its place.

    Parameters
    ----------
    said : str
        Bedrock's words.
    code : str or int
        An async ``failureReason``, or a batch record's ``errorCode``.
    spec : VectorSpec
    visual : bool
        Whether it is about a picture, a page or a video.
    """
    word = str(code)
    status = int(word) if word.isdigit() else 400
    name = "InternalServerException" if word in _PASSING or status >= 500 else ""
    family = family_of(
        name or ("ValidationException" if status == 400 else ""), status, f"{word} {said}", visual=visual
    )
    kind: FailureKind = "refused"
    if family.kind is Kind.BLOCKED:
        kind = "blocked"
    elif family.kind in (Kind.RETRY, Kind.RETRY_FEW, Kind.QUOTA, Kind.STOP) or family.gateway:
        kind = "service"
    said = message_of(family, f"{word} {said}", region=spec.region or "the region", model=spec.model_id)
    return ItemError(said, kind)
