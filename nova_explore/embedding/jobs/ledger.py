"""Where a library remembers its jobs, and how the service is asked with patience."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from nova_explore.collection import Item
from nova_explore.errors import ServiceRefusedError, ServiceUnavailableError
from nova_explore.library.store import Library
from nova_explore.models.nova.calls import Calls
from nova_explore.models.nova.faults import DamagedAnswerError, Kind, classify
from nova_explore.models.nova.job import Job, Patience
from nova_explore.models.nova.request import Answer
from nova_explore.models.nova.s3 import Bucket
from nova_explore.models.nova.spec import VectorSpec
from nova_explore.space import ItemError, Vector

Result = TypeVar("Result")


class JobTable:
    """The jobs of a library, each in its latest state.

    Parameters
    ----------
    library : Library
        Held for writing by the caller.
    """

    def __init__(self, library: Library) -> None:
        self._rows = library.jobs

    def save(self, job: Job) -> None:
        """Write a job down, in the place of an earlier state of it; it is on disk when this returns."""
        self._rows.save(asdict(job))

    def remove(self, job: Job) -> None:
        """Forget a job that the service certainly did not take."""
        self._rows.remove(job.token)

    def jobs(self, space: str | None = None) -> list[Job]:
        """All jobs, or those of one space, oldest first."""
        return [_job(plain) for plain in self._rows.read(space)]


def _job(plain: dict[str, Any]) -> Job:
    values: dict[str, Any] = plain | {"sources": tuple(plain["sources"]), "records": tuple(plain["records"])}
    return Job(**values)


@dataclass(frozen=True, slots=True)
class Service:
    """How Bedrock is reached for jobs.

    Attributes
    ----------
    spec : VectorSpec
        What the vectors are to be.
    calls : Calls
        The model's own calls: their prices, and the vectors that the person has paid for before.
    runtime, control : botocore.client.BaseClient
        Of the services ``bedrock-runtime`` and ``bedrock``.
    bucket : Bucket
        Where input and output lie.
    role : str or None
        ARN of the service role of batch jobs.
    patience : Patience
        How long to wait between two looks.
    give_up : float
        Seconds of refusals after which the service counts as not available.
    most_open : int
        Asynchronous jobs that may run at once; the service's own quota is found by running into it.
    """

    spec: VectorSpec
    calls: Calls
    runtime: Any
    control: Any
    bucket: Bucket
    role: str | None = None
    patience: Patience = field(default_factory=Patience)
    give_up: float = 1800.0
    most_open: int = 20


@dataclass(slots=True)
class Outcome:
    """What jobs have brought.

    Attributes
    ----------
    stored, failed : int
        Vectors and failures that are in the library now.
    spent : float
        US dollars that they have cost, by the price list.
    left : list of (Item, str)
        Items that these paths do not take, and why; they go one by one.
    notes : list of str
        What a person should know: counts that do not agree, jobs that were stopped.
    """

    stored: int = 0
    failed: int = 0
    spent: float = 0.0
    left: list[tuple[Item, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class RefusedError(Exception):
    """The service refuses one job for what it is, or for a quota; `error` is the reason for its items."""

    def __init__(self, error: ItemError, *, quota: bool = False) -> None:
        self.error = error
        self.quota = quota
        super().__init__(error.reason)


def ask(service: Service, call: Callable[[], Result], *, wait_for_quota: bool = True, look: bool = False) -> Result:
    """Make a call until it is answered or refused for good.

    Parameters
    ----------
    service : Service
        Whose patience holds.
    call : callable
        The call.
    wait_for_quota : bool
        Whether a used-up quota is waited for.
    look : bool
        Whether the call is about a job, which may be gone; else it is about the model.

    Raises
    ------
    RefusedError
        If this one job is refused, or a quota is used up and ``wait_for_quota`` is not set.
    ServiceRefusedError
        If any other call would be refused too.
    ServiceUnavailableError
        If nothing but refusals for pace or capacity came for ``service.give_up`` seconds.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    began = time.monotonic()
    waits = service.patience.waits()
    while True:
        try:
            return call()
        except (ClientError, BotoCoreError) as error:
            fault = classify(error, region=service.spec.region, model=service.spec.model_id)
        if look and fault.family.name == "no such model":
            raise RefusedError(ItemError("Bedrock does not know the job any more. Embed it again.", "service"))
        if fault.kind is Kind.STOP:
            raise ServiceRefusedError(fault.message, family=fault.family.name)
        if fault.kind is Kind.QUOTA and not wait_for_quota:
            raise RefusedError(ItemError(fault.message, "service"), quota=True)
        if fault.kind in (Kind.POISON, Kind.BLOCKED):
            raise RefusedError(ItemError(fault.message, "blocked" if fault.kind is Kind.BLOCKED else "item"))
        if time.monotonic() - began > service.give_up:
            raise ServiceUnavailableError(f"{fault.message} Make the same call again later: the jobs are kept.")
        time.sleep(next(waits))


def take(service: Service, item: Item, answer: Answer | ItemError) -> Vector | ItemError:
    """The vector that an item gets of an answer; all that were paid for go into the person's cache.

    What was blocked is noted there too, so that it is not sent again from another library.
    """
    if isinstance(answer, ItemError):
        if answer.kind == "blocked":
            service.calls.block(item, answer.reason)
        return answer
    try:
        return service.calls.take(item, answer)
    except DamagedAnswerError as error:
        return ItemError(f"The service's answer is damaged: {error}. Embed it again.", "service")


def keep(library: Library, spec: VectorSpec, answers: Mapping[str, Vector | ItemError], outcome: Outcome) -> None:
    """Store vectors and reasons by content key; what has a vector already keeps it."""
    space = spec.space
    done = library.embedded(space)
    vectors = {key: a for key, a in answers.items() if not isinstance(a, ItemError) and key not in done}
    library.add_vectors(space, vectors)
    library.solve_failures(space, library.failures(space).keys() & vectors.keys())
    faults = {key: a for key, a in answers.items() if isinstance(a, ItemError) and key not in done}
    library.add_failures(space, faults)
    outcome.stored += len(vectors)
    outcome.failed += len(faults)
