"""Long media through StartAsyncInvoke: one job a medium, cut into segments by the service, answers in S3.

The layout of the answers is documented with contradictions, all of which are taken here: failure is ``FAILURE`` or
``FAILED``; times are in ``segmentMetadata`` or beside it as ``startTime``; the last character of a segment is part of
it or not. File names are never built, they are read from ``outputFileUri``. A segment without times is refused: taken
as zero, all segments of a film would be its first second.
https://docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nova_explore.collection import Modality, Span
from nova_explore.errors import ServiceUnavailableError
from nova_explore.models.nova.faults import DamagedAnswerError
from nova_explore.models.nova.job import Job, failure
from nova_explore.models.nova.request import SCHEMA, Prepared, check_vector, medium_fields
from nova_explore.models.nova.s3 import Bucket, S3Place
from nova_explore.models.nova.spec import VectorSpec
from nova_explore.space import ItemError, Vector

RESULT = "segmented-embedding-result.json"
SEGMENT_SECONDS = 30
SEGMENT_CHARACTERS = 8_000
"""The service counts up to 8,172 tokens a segment; its own default of 32,000 characters would be cut."""
MOST_CHARACTERS = 50_000
MOST_SEGMENTS = {Modality.TEXT: 1900, Modality.AUDIO: 1434, Modality.VIDEO: 1434}
MOST_BYTES = {Modality.TEXT: 634 * 2**20, Modality.AUDIO: 2**30, Modality.VIDEO: 2 * 2**30}


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """One segment of a medium, with its vector or the reason why it has none.

    Attributes
    ----------
    kind : str
        The service's embedding type: TEXT, AUDIO, VIDEO, AUDIO_VIDEO_COMBINED.
    span : Span or None
        The part of the medium; None where the service did not say which, so that nobody can use the vector.
    answer : Vector or ItemError
        A unit vector of the dimension that was asked for, or why there is none.
    """

    kind: str
    span: Span | None
    answer: Vector | ItemError


def prepare(
    spec: VectorSpec,
    place: S3Place,
    *,
    modality: Modality,
    format: str,
    uri: str,
    segment: int,
    sources: tuple[Mapping[str, Any], ...],
) -> Job:
    """Write a job down in full, without asking for it.

    Parameters
    ----------
    spec : VectorSpec
        What the vectors are to be.
    place : S3Place
        Where the answers go.
    modality, format, uri : Modality, str, str
        The medium and where it is in S3.
    segment : int
        Seconds (1 to 30) or characters (800 to 50,000) of a segment.
    sources : tuple of Mapping
        The items whose medium this is.
    """
    medium = Prepared(modality.value, format=format, uri=uri)  # pyright: ignore[reportArgumentType]
    fields = medium_fields(medium, video_mode=spec.video_mode, bucket_owner=place.owner)
    unit = "maxLengthChars" if modality is Modality.TEXT else "durationSeconds"
    output: dict[str, str] = {"s3Uri": place.below("async/output")}
    if place.kms_key:
        output["kmsKeyId"] = place.kms_key
    if place.owner:
        output["bucketOwner"] = place.owner
    token = uuid.uuid4().hex
    request = {
        "modelId": spec.model_id,
        "modelInput": {
            "schemaVersion": SCHEMA,
            "taskType": "SEGMENTED_EMBEDDING",
            "segmentedEmbeddingParams": {
                "embeddingPurpose": spec.purpose,
                "embeddingDimension": spec.dimension,
                modality.value: fields | {"segmentationConfig": {unit: segment}},
            },
        },
        "outputDataConfig": {"s3OutputDataConfig": output},
        "clientRequestToken": token,
    }
    job = Job(token, "async", "prepared", spec.space.key, request, sources=sources)
    started = job.now("prepared")
    return started.now("prepared", created=started.changed)


def find(runtime: Any, job: Job) -> str | None:
    """The ARN of a job that a process asked for and then died, or None if Bedrock never got it."""
    pages = runtime.get_paginator("list_async_invokes").paginate(submitTimeAfter=_a_little_before(job.created))
    for page in pages:
        for row in page.get("asyncInvokeSummaries", ()):
            if row.get("clientRequestToken") == job.token:
                return row["invocationArn"]
    return None


def start(runtime: Any, job: Job) -> str:
    """Ask for a job and return its ARN; asking twice under one token is one job."""
    return runtime.start_async_invoke(**job.request)["invocationArn"]


def look(runtime: Any, job: Job) -> tuple[str, str, str]:
    """State of a job (``InProgress``, ``Completed`` or ``Failed``), why it failed, and the address of its answers."""
    answer = runtime.get_async_invoke(invocationArn=job.arn)
    where = answer["outputDataConfig"]["s3OutputDataConfig"]["s3Uri"].rstrip("/")
    own = str(job.arn).rsplit("/", 1)[-1]
    return answer["status"], answer.get("failureMessage", ""), where if where.endswith(own) else f"{where}/{own}"


def read_segments(bucket: Bucket, where: str, *, spec: VectorSpec, length: float | None = None) -> Iterator[Segment]:
    """Read the answers of a completed job.

    Parameters
    ----------
    bucket : Bucket
        Reads them.
    where : str
        The address that `look` returned.
    spec : VectorSpec
    length : float, optional
        Seconds or characters of the whole medium, to tell whether the end is missing.

    Yields
    ------
    Segment
        In the order of the files, for a video with two vectors each segment once for either; also one for every segment
        that is announced or left out and not there.

    Raises
    ------
    ServiceUnavailableError
        If the result file is not there (yet) or is no JSON: the job stays open.
    """
    content = bucket.read(f"{where}/{RESULT}")
    try:
        results = json.loads(content or b"")["embeddingResults"]
    except (ValueError, KeyError, TypeError):
        raise ServiceUnavailableError(
            f"{where}/{RESULT} {'is not there' if content is None else 'is damaged'}, though the job is completed. "
            "Make the same call again in a minute; the job is kept and not paid again."
        ) from None
    for entry in results:
        kind = str(entry.get("embeddingType", ""))
        uri = entry.get("outputFileUri")
        rows = list(_rows(bucket.lines(uri))) if uri else []
        if rows:
            yield from _segments(rows, kind, spec, length)
        if not rows or (str(entry.get("status")).startswith("FAIL") and not any("embedding" in row for row in rows)):
            said = str(entry.get("message") or "")
            yield Segment(
                kind,
                None,
                failure(said, code=str(entry.get("failureReason") or "no segments"), spec=spec, visual=_is_seen(kind)),
            )


def _rows(lines: Iterator[bytes]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError:
                row = None
            yield row if isinstance(row, dict) else {"message": f"a line of {len(line):,} bytes is no JSON"}


def _segments(rows: list[dict[str, Any]], kind: str, spec: VectorSpec, length: float | None) -> Iterator[Segment]:
    spans = [_span(row) for row in rows]
    inclusive = _ends_are_inclusive([span for span in spans if span and span.unit == "characters"], length)
    end = 0.0
    for row, found in sorted(zip(rows, spans, strict=True), key=lambda pair: pair[1].start if pair[1] else -1.0):
        span = Span(found.unit, found.start, found.end + inclusive) if found else None
        if span and length and span.start > length + _slack(span):
            beyond = f"The service's answer has a part at {span}, beyond the end of the medium; it is left out."
            yield Segment(kind, None, ItemError(beyond, "service"))
            continue
        if span and span.start > end + _slack(span):
            lost = Span(span.unit, end, span.start)
            yield Segment(kind, lost, ItemError("The service's answer leaves this part out.", "service"))
        if span:
            end = max(end, span.end)
        yield Segment(kind, span, _answer(row, span, spec, kind))
    unit = next((span.unit for span in spans if span), None)
    if unit and length and length > end + _slack(Span(unit, 0, 0)):
        lost = Span(unit, end, length)
        yield Segment(kind, lost, ItemError("The service's answer ends before this part of the medium.", "service"))


def _answer(row: Mapping[str, Any], span: Span | None, spec: VectorSpec, kind: str) -> Vector | ItemError:
    if "embedding" not in row or str(row.get("status", "SUCCESS")).startswith("FAIL"):
        reason = str(row.get("failureReason") or "no reason given")
        return failure(str(row.get("message") or ""), code=reason, spec=spec, visual=_is_seen(kind))
    if span is None:
        return ItemError("The service does not say which part of the medium this vector is of.", "service")
    try:
        return check_vector(row["embedding"], spec.dimension)
    except DamagedAnswerError as error:
        return ItemError(f"The service's answer is damaged: {error}.", "service")


def _is_seen(kind: str) -> bool:
    """Whether a segment's vector is of something that can be seen, by the service's embedding type."""
    return "VIDEO" in kind or kind == "IMAGE"


def _span(row: Mapping[str, Any]) -> Span | None:
    about = {**row, **(row.get("segmentMetadata") or {})}
    for unit, start, end in (
        ("seconds", "segmentStartSeconds", "segmentEndSeconds"),
        ("seconds", "startTime", "endTime"),
        ("characters", "segmentStartCharPosition", "segmentEndCharPosition"),
    ):
        if isinstance(about.get(start), int | float) and isinstance(about.get(end), int | float):
            if about[end] <= about[start] and about[start]:
                return None
            return Span(unit, round(float(about[start]), 3), round(float(about[end]), 3))
    return None


def _ends_are_inclusive(spans: list[Span], length: float | None) -> int:
    """1 where a segment's last character is the one at its end, 0 where it is the one before: seen, not believed."""
    starts = sorted(span.start for span in spans)
    ends = sorted(span.end for span in spans)
    gaps = [start - end for start, end in zip(starts[1:], ends[:-1], strict=True)]
    if gaps:
        return int(sum(gap == 1 for gap in gaps) > sum(gap == 0 for gap in gaps))
    return int(length is not None and bool(ends) and ends[-1] == length - 1)


def _slack(span: Span) -> float:
    # White space between two segments of a text belongs to neither; containers round their times.
    return 2.0 if span.unit == "characters" else 0.5


def _a_little_before(moment: str) -> Any:
    """Clocks differ: a job may bear an earlier time than ours."""
    from datetime import datetime, timedelta

    return datetime.fromisoformat(moment) - timedelta(minutes=15)
