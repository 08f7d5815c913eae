"""Long media into a library: one asynchronous job a medium, its segments as items.

A segment that covers the same stretch as an item that the collection has already becomes that item's vector, so that
the paths share what is paid for; other segments become items of their own, and take the place of the items that
the medium was cut into before.
"""

from __future__ import annotations

import time
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nova_explore.collection import Collection, Item, Modality, Span, number_copies
from nova_explore.embedding.job_table import JobTable
from nova_explore.embedding.jobs.ledger import Outcome, RefusedError, Service, ask, keep, take
from nova_explore.errors import ServiceRefusedError, UnreadableError
from nova_explore.library.store import Library
from nova_explore.models.cost import LONGEST_SEGMENT, Prices, count_tokens
from nova_explore.models.nova import async_jobs as nova_async
from nova_explore.models.nova.async_jobs import MOST_BYTES, MOST_CHARACTERS, MOST_SEGMENTS, Segment
from nova_explore.models.nova.faults import can_be_seen
from nova_explore.models.nova.job import ASYNC_FORMATS, LONGEST_ASYNC_SECONDS, Job
from nova_explore.models.nova.request import Answer
from nova_explore.space import ItemError, Vector

FIELDS = ("modality", "uri", "name", "format", "digest", "text", "as_image")


@dataclass(frozen=True, slots=True, eq=False)
class Medium:
    """One medium and the items that are parts of it, or copies of them under other names."""

    items: tuple[Item, ...]

    @property
    def first(self) -> Item:
        """An item that says what the medium is."""
        return self.items[0]

    @property
    def length(self) -> float:
        """Seconds or characters of the whole, 0 where nobody knows."""
        if self.first.modality is Modality.TEXT:
            return float(len(self.first.text or ""))
        ends = [item.span.end for item in self.items if item.span]
        return float(max(ends, default=0.0) or self.first.metadata.get("duration") or 0.0)

    def units(self) -> float:
        """Tokens or seconds that it is charged for as one job."""
        if self.first.modality is Modality.TEXT:
            return float(count_tokens(self.first.text or ""))
        return self.length or LONGEST_SEGMENT

    def most_expensive(self, prices: Prices) -> float | None:
        """US dollars for all of it at the highest price that any source gives; None where none gives one."""
        price = prices.of.get(str(self.first.modality))
        if price is None or price.most is None:
            return None
        if self.first.modality is Modality.TEXT:
            return price.most * len(self.first.text or "")  # no text has more tokens than characters
        whole = self.length if price.unit == "second" else 1.0
        return price.most * whole


@dataclass(frozen=True, slots=True)
class How:
    """How media are asked for.

    Attributes
    ----------
    segment : int or None
        Seconds (1 to 30) or characters (800 to 50,000) of a segment. None: as the items are cut, else 30 s and 8,000
        characters.
    cut : container of str
        Digests of media whose cut is settled, because parts of them have vectors: ``segment`` does not hold for them.
    fall_back : bool
        Whether a medium that is refused as a job goes part by part instead.
    wait : bool
        Whether jobs are waited for once they are asked for.
    """

    segment: int | None = None
    cut: Container[str] = ()
    fall_back: bool = False
    wait: bool = True


def embed_segments(library: Library, items: Sequence[Item], service: Service, how: How = How()) -> Iterator[Outcome]:
    """Ask for jobs for the media of these items and store what comes back, until nothing is open.

    Parameters
    ----------
    library : Library
        Held for writing.
    items : sequence of Item
        Items of long media; none, to go on with what was asked for before.
    service : Service
        How Bedrock is reached.
    how : How
        Cut of the segments, and what happens to what is refused.

    Yields
    ------
    Outcome
        The same object, after every change.
    """
    table, outcome = JobTable(library), Outcome()
    known = [job for job in table.jobs(service.spec.space.key) if job.path == "async"]
    taken = {source["digest"] for job in known if job.open or job.state == "done" for source in job.sources}
    waiting: list[Medium] = []
    for medium in media_of(items):
        fault = None if medium.first.digest in taken else unfit(medium)
        if medium.first.digest in taken:
            _adopt(library, medium, service, outcome, known)
        elif fault:
            outcome.left += [(item, fault) for item in medium.items]
        else:
            waiting.append(medium)
    running = [job for job in known if job.open]
    waits = service.patience.waits()
    while waiting or running:
        full = len(running) >= service.most_open
        while waiting and not full:
            try:
                wanted = None if waiting[0].first.digest in how.cut else how.segment
                running.append(_asked(table, waiting[0], service, wanted))
            except RefusedError as error:
                full = error.quota
                if not full:
                    _stop_for_all(error, service)
                    _refuse(library, waiting[0].items, error.error, service, outcome, how)
            except UnreadableError as error:
                _record(library, waiting[0].items, ItemError(str(error)), service, outcome)
            if not full:
                waiting.pop(0)
        if not how.wait:
            if waiting:
                outcome.notes.append(f"{len(waiting):,} media are not asked for yet: as many jobs run as may.")
            break
        ended = [job for job in running if _ended(library, table, job, service, outcome)]
        running = [job for job in table.jobs(service.spec.space.key) if job.path == "async" and job.open]
        waits = service.patience.waits() if ended else waits
        yield outcome
        if (running or waiting) and not ended:
            time.sleep(next(waits))
    yield outcome


def _stop_for_all(error: RefusedError, service: Service) -> None:
    """End the run where a job is refused for its place, key or permission, as all others would be.

    Else they would all be paid for one by one, although nobody asked for that.

    Raises
    ------
    ServiceRefusedError
        If so.
    """
    if error.of_medium:
        return
    place = service.bucket.place
    key = f" Allow kms:GenerateDataKey and kms:Decrypt on {place.kms_key}." if place.kms_key else ""
    raise ServiceRefusedError(
        f"The service refuses the job, and would refuse every other: {error.said} The caller needs s3:PutObject on "
        f"{place.below('async/output/*')}, s3:GetObject on {place.below('inputs/*')} and bedrock:InvokeModel "
        f"(docs/policies/async.json).{key} The bucket must be in {service.spec.region}. Nothing was sent one by one.",
        family="asynchronous job",
    )


def _refuse(
    library: Library, items: Sequence[Item], error: ItemError, service: Service, outcome: Outcome, how: How
) -> None:
    """Record why a medium is refused as a job; one that may go part by part, prepared here, does so instead."""
    if how.fall_back and error.kind == "refused":
        outcome.left += [(item, f"As a job it is refused. {error.reason}") for item in items]
    else:
        _record(library, items, error, service, outcome)


def media_of(items: Iterable[Item]) -> list[Medium]:
    """Bring the parts of every medium together, in the order of the items."""
    found: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        found.setdefault((item.digest, item.modality), []).append(item)
    return [Medium(tuple(parts)) for parts in found.values()]


def unfit(medium: Medium) -> str | None:
    """Why a medium cannot go as an asynchronous job, or None if it can."""
    first = medium.first
    if first.format not in ASYNC_FORMATS.get(first.modality, ()):
        return f"Asynchronous jobs take no {first.modality} of format {first.format!r} as it is; it goes one by one."
    if first.modality is Modality.TEXT and first.span:
        return "A text that is cut already goes part by part."
    if first.modality is not Modality.TEXT and medium.length > LONGEST_ASYNC_SECONDS:
        return f"It is {medium.length / 3600:.1f} h long, asynchronous jobs take 2 h; it goes segment by segment."
    return None


def _asked(table: JobTable, medium: Medium, service: Service, segment: int | None) -> Job:
    """Upload a medium where needed, write its job down, ask for it, write its ARN down."""
    uri = _uploaded(medium, service)
    job = nova_async.prepare(
        service.spec,
        service.bucket.place,
        modality=medium.first.modality,
        format=medium.first.format,
        uri=uri,
        segment=segment_length(medium, segment),
        sources=tuple(map(plain, medium.items)),
    )
    table.save(job)
    visual = can_be_seen(medium.first)
    try:
        arn = ask(service, lambda: nova_async.start(service.runtime, job), wait_for_quota=False, visual=visual)
    except RefusedError as error:
        if error.quota:
            table.remove(job)
        else:
            table.save(job.now("failed", message=error.error.reason))
        raise
    started = job.now("started", arn=arn)
    table.save(started)
    return started


def segment_length(medium: Medium, wanted: int | None) -> int:
    """Seconds or characters of a segment: what was asked for, else as its items are cut, within what is taken."""
    span = medium.first.span
    if wanted is None and span and span.unit == "seconds" and (span.end - span.start).is_integer():
        wanted = int(span.end - span.start)
    if medium.first.modality is Modality.TEXT:
        least = -(-int(medium.length) // MOST_SEGMENTS[Modality.TEXT])
        return min(MOST_CHARACTERS, max(wanted or nova_async.SEGMENT_CHARACTERS, least, 800))
    least = -(-int(medium.length) // MOST_SEGMENTS[medium.first.modality])
    return min(30, max(wanted or nova_async.SEGMENT_SECONDS, least, 1))


def _uploaded(medium: Medium, service: Service) -> str:
    first = medium.first
    if first.uri.startswith("s3://"):
        return first.uri
    uri = service.bucket.place.below(f"inputs/{first.digest}.{first.format}")
    if first.modality is Modality.TEXT:
        data = (first.text or "").encode("utf-8", "replace")
        if service.bucket.size(uri) != len(data):
            service.bucket.put(uri, data)
        return uri
    from nova_explore.media import access

    path = access.locate(first)
    size = path.stat().st_size
    if size > MOST_BYTES[first.modality]:
        most = MOST_BYTES[first.modality] / 2**30
        raise UnreadableError(f"It has {size / 2**30:.1f} GB, asynchronous jobs take {most:g} GB. Use path='sync'.")
    if service.bucket.size(uri) != size:
        service.bucket.upload(uri, path)
    return uri


def _ended(library: Library, table: JobTable, job: Job, service: Service, outcome: Outcome) -> bool:
    """Look at a job once; store its answers if there are any. Whether it has ended."""
    items = [item_of(source) for source in job.sources]
    try:
        if job.arn is None:
            arn = ask(service, lambda: nova_async.find(service.runtime, job))
            arn = arn or ask(service, lambda: nova_async.start(service.runtime, job))
            job = job.now("started", arn=arn)
            table.save(job)
        status, said, where = ask(service, lambda: nova_async.look(service.runtime, job), look=True)
    except RefusedError as error:
        table.save(job.now("failed", message=error.error.reason))
        _stop_for_all(error, service)
        _record(library, items, error.error, service, outcome)
        return True
    if status.upper() in ("FAILED", "FAILURE"):
        table.save(job.now("failed", message=said))
        visual = can_be_seen(items[0])
        reason = nova_async.failure(said, code="the job failed", spec=service.spec, visual=visual)
        _record(library, items, reason, service, outcome)
        return True
    if status != "Completed":
        return False
    length = Medium(tuple(items)).length
    segments = list(nova_async.read_segments(service.bucket, where, spec=service.spec, length=length or None))
    before = outcome.stored, outcome.failed
    _store(library, items, segments, service, outcome)
    medium = Medium(tuple(items))
    price = service.calls.prices.of.get(str(medium.first.modality))
    spent = (price.usd or 0.0) * medium.units() if price else 0.0
    outcome.spent += spent
    counts = {"vectors": outcome.stored - before[0], "failures": outcome.failed - before[1], "usd": round(spent, 6)}
    table.save(job.now("done", counts=counts))
    return True


def _store(
    library: Library, items: Sequence[Item], segments: Sequence[Segment], service: Service, outcome: Outcome
) -> None:
    found: list[Item] = []
    answers: dict[str, Vector | ItemError] = {}
    typed: dict[str, dict[str, Vector | ItemError]] = {}
    lost = next((s.answer for s in segments if s.span is None and isinstance(s.answer, ItemError)), None)
    for parts in _by_uri(items):
        placed = [(segment, _place(segment, parts)) for segment in segments if segment.span]
        placed = [(s, item) for s, item in placed if item.modality is not Modality.TEXT or (item.text or "").strip()]
        for segment, item in placed:
            # A stretch that is answered twice, once in vain, keeps its vector.
            by_kind = typed.setdefault(item.content_key, {})
            if isinstance(by_kind.get(segment.kind, lost), ItemError | None):
                by_kind[segment.kind] = segment.answer
        found += [item for _, item in placed] or list(parts)
        if not placed:
            reason = lost or ItemError("The job returned no segment of it.", "service")
            answers |= {item.content_key: reason for item in parts}
    library.add(Collection(number_copies({(item.content_key, item.uri): item for item in found}.values())))
    items_by_key = {item.content_key: item for item in found}
    answers |= {key: _wanted(service, items_by_key[key], by_kind) for key, by_kind in typed.items()}
    keep(library, service.spec, answers, outcome)


def _wanted(service: Service, item: Item, by_kind: Mapping[str, Vector | ItemError]) -> Vector | ItemError:
    """The vector that an item gets of its segment's, of which a video may have two; a fault tells why it has none."""
    vectors = {kind: answer for kind, answer in by_kind.items() if not isinstance(answer, ItemError)}
    fault = next((answer for answer in by_kind.values() if isinstance(answer, ItemError)), None)
    found = take(service, item, Answer(vectors)) if vectors else None
    if fault is None or (found is not None and not isinstance(found, ItemError)):
        return found if found is not None else ItemError("The job returned nothing for it.", "service")
    return take(service, item, fault)


def _place(segment: Segment, parts: Sequence[Item]) -> Item:
    """The item that a segment is: one of the same stretch, else a new one."""
    span = segment.span
    whole = parts[0]
    if span is None:
        return whole
    for item in parts:
        start, end = (item.span.start, item.span.end) if item.span else (0.0, Medium((item,)).length)
        slack = 0.0 if span.unit == "characters" else 0.05
        if abs(span.start - start) <= slack and abs(span.end - end) <= 10 * slack:
            return item
    words = whole.text[int(span.start) : int(span.end)] if whole.modality is Modality.TEXT and whole.text else None
    return replace(whole, span=span, text=words)


def _adopt(library: Library, medium: Medium, service: Service, outcome: Outcome, known: Sequence[Job]) -> None:
    """A medium whose job is done: its segments are items under every name it has; what failed then goes one by one."""
    done = [job for job in known if job.state == "done"]
    if not any(source["digest"] == medium.first.digest for job in done for source in job.sources):
        return
    there = [item for item in library.collection() if item.digest == medium.first.digest]
    spans: list[tuple[Span | None, str | None]] = list(dict.fromkeys((item.span, item.text) for item in there))
    for parts in _by_uri(medium.items):
        library.add(Collection(number_copies(replace(parts[0], span=span, text=text) for span, text in spans)))
    failures = library.failures(service.spec.space)
    again = [item for item in there if item.content_key in failures]
    outcome.left += [(item, "Its segment failed in a job; it goes by itself now.") for item in again]


def _record(library: Library, items: Sequence[Item], error: ItemError, service: Service, outcome: Outcome) -> None:
    library.add(Collection(number_copies({(item.content_key, item.uri): item for item in items}.values())))
    keep(library, service.spec, {item.content_key: error for item in items}, outcome)


def _by_uri(items: Iterable[Item]) -> list[tuple[Item, ...]]:
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(item.uri, []).append(item)
    return [tuple(parts) for parts in found.values()]


def plain(item: Item) -> dict[str, Any]:
    """An item as plain values, for the record of a job."""
    span = [item.span.unit, item.span.start, item.span.end] if item.span else None
    return {field: getattr(item, field) for field in FIELDS} | {"span": span, "metadata": dict(item.metadata)}


def item_of(values: Mapping[str, Any]) -> Item:
    """The item of plain values; its id is its content key, shortened."""
    span = Span(*values["span"]) if values["span"] else None
    facts: dict[str, Any] = {field: values[field] for field in FIELDS} | {"modality": Modality(values["modality"])}
    return number_copies([Item(id="", span=span, metadata=values["metadata"], **facts)])[0]
