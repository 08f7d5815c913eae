"""Many items into a library: batch jobs of up to 50,000 records each."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from nova_explore.collection import Item
from nova_explore.embedding.job_table import JobTable
from nova_explore.embedding.jobs.ledger import Outcome, RefusedError, Service, ask, keep, take
from nova_explore.errors import ServiceRefusedError, UnreadableError
from nova_explore.library.store import Library
from nova_explore.models.nova import batch_jobs as nova_batch
from nova_explore.models.nova.batch_jobs import FINAL, MOST_RECORDS, MOST_SHARD_BYTES
from nova_explore.models.nova.job import LEAST_BATCH, Job
from nova_explore.models.nova.request import Prepared
from nova_explore.space import ItemError, Vector

AT_ONCE = 1000
"""Answers that are stored in one commit."""


def embed_records(
    library: Library,
    items: Sequence[Item],
    service: Service,
    *,
    prepare: Callable[[Item], Prepared],
    most: int = MOST_RECORDS,
    most_bytes: int = MOST_SHARD_BYTES,
    wait: bool = True,
) -> Iterator[Outcome]:
    """Ask for batch jobs for these items and store what comes back, until nothing is open.

    Parameters
    ----------
    library : Library
        Held for writing; it has the items.
    items : sequence of Item
        What to embed; none, to go on with what was asked for before.
    service : Service
        How Bedrock is reached; its role must be given if there are items.
    prepare : callable
        Item to the medium as it is sent.
    most, most_bytes : int
        Records and bytes of a shard.
    wait : bool
        Whether jobs are waited for once they are asked for.

    Yields
    ------
    Outcome
        The same object, after every change.

    Raises
    ------
    TooFewItemsError
        If there are fewer than 100 items to be sent.
    """
    table, outcome = JobTable(library), Outcome()
    space = service.spec.space.key
    running = [_found(table, job, service) for job in table.jobs(space) if job.path == "batch" and job.open]
    taken = {key for job in running for key in job.records} | library.embedded(service.spec.space)
    todo = list({item.content_key: item for item in items if item.content_key not in taken}.values())
    if todo:
        size = nova_batch.shard_size(len(todo), most=most)
        media = _prepared(library, todo, service, prepare, outcome)
        with tempfile.TemporaryDirectory(prefix="nova-explore-") as folder:
            while (job := _asked(table, media, service, Path(folder), size, most_bytes)) is not None:
                if job.state == "abandoned":
                    few = {item.content_key: item for item in todo}
                    said = f"{len(job.records)} records were left, a batch job needs {LEAST_BATCH}; they go one by one."
                    outcome.left += [(few[key], said) for key in job.records]
                yield outcome
    waits = service.patience.waits()
    while True:
        running = [job for job in table.jobs(space) if job.path == "batch" and job.state == "started"]
        ended = [job for job in running if _ended(library, table, job, service, outcome)]
        waits = service.patience.waits() if ended else waits
        yield outcome
        if len(ended) == len(running) or not wait:
            return
        time.sleep(next(waits))


def stop_records(library: Library, service: Service) -> list[Job]:
    """Ask for all open batch jobs to be stopped and return them; what they have done is collected by the next run."""
    table = JobTable(library)
    open_jobs = [job for job in table.jobs(service.spec.space.key) if job.path == "batch" and job.open]
    stopped = []
    for job in open_jobs:
        job = _found(table, job, service)
        if job.arn is not None:
            try:
                ask(service, lambda job=job: nova_batch.stop(service.control, job))
            except RefusedError:
                continue  # it has ended by itself in the meantime
            stopped.append(job)
    return stopped


def _prepared(
    library: Library, items: Sequence[Item], service: Service, prepare: Callable[[Item], Prepared], outcome: Outcome
) -> Iterator[tuple[Item, Prepared]]:
    faults: dict[str, Vector | ItemError] = {}
    for item in items:
        try:
            yield item, prepare(item)
        except UnreadableError as error:
            faults[item.content_key] = ItemError(str(error))
    if faults:
        keep(library, service.spec, faults, outcome)


def _asked(
    table: JobTable,
    media: Iterator[tuple[Item, Prepared]],
    service: Service,
    folder: Path,
    size: int,
    most_bytes: int,
) -> Job | None:
    """Write, upload and ask for one job; None when nothing is left to ask for."""
    file = folder / "shard.jsonl"
    job = nova_batch.prepare(
        service.spec, service.bucket, service.role or "", media, file=file, most=size, most_bytes=most_bytes
    )
    if not job.records:
        return None
    if len(job.records) < LEAST_BATCH:
        return replace(job, state="abandoned")
    table.save(job)
    # The file of records goes last: where it is, the media that it names are there too.
    service.bucket.upload(nova_batch.input_file(service.bucket, job), file)
    return _started(table, job, service)


def _started(table: JobTable, job: Job, service: Service) -> Job:
    try:
        arn = ask(service, lambda: nova_batch.start(service.control, job))
    except RefusedError as error:
        table.save(job.now("failed", message=error.error.reason))
        said = (
            f"The service refuses the batch job: {error.said} Check that it may read and write "
            f"{service.bucket.place.below('batch/*')} under the role {service.role} (docs/policies/batch-role.json), "
            "that you may pass the role (batch.json), and the KMS key."
        )
        raise ServiceRefusedError(said, family="batch job") from None
    started = job.now("started", arn=arn)
    table.save(started)
    return started


def _found(table: JobTable, job: Job, service: Service) -> Job:
    """A job of an earlier process: found, or asked for again if all of it was uploaded, or given up as never sent."""
    if job.arn is not None:
        return job
    arn = ask(service, lambda: nova_batch.find(service.control, job))
    if arn is not None:
        found = job.now("started", arn=arn)
        table.save(found)
        return found
    if service.bucket.size(nova_batch.input_file(service.bucket, job)) is not None:
        return _started(table, job, service)
    lost = replace(job, records=()).now("abandoned", message="The process ended before its records were uploaded.")
    table.save(lost)
    return lost


def _ended(library: Library, table: JobTable, job: Job, service: Service, outcome: Outcome) -> bool:
    """Look at a job once; store its answers if it has ended. Whether it has."""
    try:
        status, said = ask(service, lambda: nova_batch.look(service.control, job), look=True)
    except RefusedError as error:
        table.save(job.now("failed", message=error.error.reason))
        keep(library, service.spec, dict.fromkeys(job.records, error.error), outcome)
        return True
    if status not in FINAL:
        return False
    before = outcome.stored, outcome.failed
    items = {item.content_key: item for item in library.collection()}
    prices = service.calls.prices
    answered: set[str] = set()
    vectors, spent = 0, 0.0
    chunk: dict[str, Vector | ItemError] = {}
    for key, answer in nova_batch.read_records(service.bucket, job, spec=service.spec):
        item = items[key]
        answered.add(key)
        if not isinstance(answer, ItemError):
            vectors += 1
            spent += (prices.cost(item) or 0.0) * prices.share(item.modality, "batch")
        chunk[key] = take(service, item, answer)
        if len(chunk) >= AT_ONCE:
            keep(library, service.spec, chunk, outcome)
            chunk = {}
    quoted = f" Bedrock says: {' '.join(said.split())[:300]}" if said else ""
    unanswered = ItemError(f"The batch job ({status}) has no answer to this record. Embed it again.{quoted}", "service")
    keep(library, service.spec, chunk | {key: unanswered for key in job.records if key not in answered}, outcome)
    fault = nova_batch.manifest_fault(
        nova_batch.read_manifest(service.bucket, job), job, answered=len(answered), vectors=vectors
    )
    if fault:
        outcome.notes.append(f"Job {job.arn}, {status}: {fault}")
    state = {"Failed": "failed", "Stopped": "stopped"}.get(status, "done")
    outcome.spent += spent
    counts = {"vectors": outcome.stored - before[0], "failures": outcome.failed - before[1], "usd": round(spent, 6)}
    table.save(job.now(state, message=" ".join(filter(None, (said, fault))) or None, counts=counts))  # pyright: ignore
    return True
