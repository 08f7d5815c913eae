"""Large libraries through CreateModelInvocationJob: shards of records in S3, answers in any order, each accounted for.

A record's id is the content key of what it asks about, so an answer finds its item whatever the order, and twice the
same answer is one vector. Media that are too large for a line of JSON lie beside the shard, in its folder, because
Bedrock takes S3 addresses within records only from the folder that it is given.
https://docs.aws.amazon.com/bedrock/latest/userguide/batch-inference-data.html
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nova_explore.collection import Item
from nova_explore.errors import TooFewItemsError
from nova_explore.models.nova.faults import DamagedAnswerError
from nova_explore.models.nova.job import LEAST_BATCH, Job, failure
from nova_explore.models.nova.request import Answer, Prepared, read_answer, request_body
from nova_explore.models.nova.s3 import Bucket
from nova_explore.models.nova.spec import VectorSpec
from nova_explore.space import ItemError

MOST_RECORDS = 50_000
MOST_SHARD_BYTES = 10**9
"""1 GB a file, which is documented and not adjustable; taken as the smaller of its two meanings."""

MOST_INLINE = 4_000_000
"""Bytes of a medium that is written into its record: 100 of them still fit into one shard after base64."""

MOST_LINE = 6_000_000
"""Bytes of the longest record: a medium of `MOST_INLINE` bytes in base64, and what is around it."""

MOST_BESIDE = 90 * 10**9
"""Bytes of media beside one shard: a job of this model may be 100 GB in all."""

FINAL = frozenset({"Completed", "PartiallyCompleted", "Failed", "Stopped", "Expired"})
MANIFEST = "manifest.json.out"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The service's own count of a job's records, from its manifest or its status."""

    total: int
    processed: int
    succeeded: int
    failed: int


def shard_size(n: int, *, most: int = MOST_RECORDS) -> int:
    """Records of each shard when n are shared out evenly, so that the last is not a stub.

    Raises
    ------
    TooFewItemsError
        If there are fewer records than one job needs.

    Examples
    --------
    >>> shard_size(50_001)
    25001
    """
    if n < LEAST_BATCH:
        raise TooFewItemsError(
            f"A batch job needs at least {LEAST_BATCH} records, there are {n}. Use path='sync': that takes seconds."
        )
    return -(-n // -(-n // most))


def prepare(
    spec: VectorSpec,
    bucket: Bucket,
    role: str,
    media: Iterator[tuple[Item, Prepared]],
    *,
    file: Path,
    most: int = MOST_RECORDS,
    most_bytes: int = MOST_SHARD_BYTES,
    hours: int = 72,
) -> Job:
    """Take records until a shard is full, write it to a file, and write its job down in full without asking for it.

    Media that do not fit into a record are uploaded on the way.

    Parameters
    ----------
    spec : VectorSpec
        What the vectors are to be.
    bucket : Bucket
        Whose place, key and owner the job names.
    role : str
        ARN of the service role that Bedrock reads and writes the bucket under.
    media : iterator of (Item, Prepared)
        One record each; what is not taken stays in it.
    file : Path
        Where to write the records on this machine.
    most, most_bytes : int
        Records and bytes of the shard.
    hours : int
        After how long Bedrock gives the job up, 24 to 168.
    """
    token = uuid.uuid4().hex
    below = bucket.place.below(f"batch/{token}/input")
    records: list[str] = []
    beside = written = 0
    with file.open("wb") as lines:
        while len(records) < most and written < most_bytes - MOST_LINE and beside < MOST_BESIDE:
            item, medium = next(media, (None, None))
            if item is None or medium is None:
                break
            if len(medium.data) > MOST_INLINE:
                uri = f"{below}/{item.content_key}.{medium.format}"
                bucket.put(uri, medium.data)
                beside += len(medium.data)
                medium = replace(medium, data=b"", uri=uri)
            body = request_body(
                medium,
                purpose=spec.purpose,
                dimension=spec.dimension,
                video_mode=spec.video_mode,
                bucket_owner=bucket.place.owner,
            )
            written += lines.write(b'{"recordId":"%b","modelInput":%b}\n' % (item.content_key.encode(), body))
            records.append(item.content_key)
    request = _request(spec, bucket, role, token, below, folder_needed=beside > 0, hours=hours)
    job = Job(token, "batch", "prepared", spec.space.key, request, records=tuple(records)).now("prepared")
    return replace(job, created=job.changed)


def _request(
    spec: VectorSpec, bucket: Bucket, role: str, token: str, below: str, *, folder_needed: bool, hours: int
) -> dict[str, Any]:
    place = bucket.place
    where = {"s3Uri": f"{below}/" if folder_needed else f"{below}/{token}.jsonl", "s3InputFormat": "JSONL"}
    output = {"s3Uri": place.below(f"batch/{token}/output/")}
    if place.owner:
        where["s3BucketOwner"] = output["s3BucketOwner"] = place.owner
    if place.kms_key:
        output["s3EncryptionKeyId"] = place.kms_key
    return {
        "jobName": f"nova-explore-{token}",
        "roleArn": role,
        "modelId": spec.model_id,
        "inputDataConfig": {"s3InputDataConfig": where},
        "outputDataConfig": {"s3OutputDataConfig": output},
        "clientRequestToken": token,
        "timeoutDurationInHours": hours,
    }


def input_file(bucket: Bucket, job: Job) -> str:
    """Address of the records of a job."""
    return bucket.place.below(f"batch/{job.token}/input/{job.token}.jsonl")


def find(control: Any, job: Job) -> str | None:
    """The ARN of a job that a process asked for and then died, or None if Bedrock never got it."""
    name = job.request["jobName"]
    for page in control.get_paginator("list_model_invocation_jobs").paginate(nameContains=name):
        for row in page.get("invocationJobSummaries", ()):
            if row["jobName"] == name:
                return row["jobArn"]
    return None


def start(control: Any, job: Job) -> str:
    """Ask for a job and return its ARN; asking twice under one token is one job."""
    return control.create_model_invocation_job(**job.request)["jobArn"]


def look(control: Any, job: Job) -> tuple[str, str]:
    """State of a job in Bedrock's words, and its message."""
    answer = control.get_model_invocation_job(jobIdentifier=job.arn)
    return answer["status"], answer.get("message", "")


def stop(control: Any, job: Job) -> None:
    """Ask for a job to be stopped; what it has done by then is still written and paid for."""
    control.stop_model_invocation_job(jobIdentifier=job.arn)


def read_records(bucket: Bucket, job: Job, *, spec: VectorSpec) -> Iterator[tuple[str, Answer | ItemError]]:
    """Read the answers of a job that has ended, in the order in which they lie there.

    Yields
    ------
    (content key, Answer or ItemError)
        Once for every record that was asked for and has an answer; a line that cannot be read is none. Answers to
        records that were never asked for are left out.
    """
    wanted = set(job.records)
    for uri in bucket.names(_output(job)):
        for line in bucket.lines(uri) if uri.endswith(".jsonl.out") else ():
            key, answer = _record(line, spec)
            if key in wanted:
                wanted.remove(key)
                yield key, answer


def read_manifest(bucket: Bucket, job: Job) -> Manifest | None:
    """Read the service's own count of a job's records, or None if it left no manifest that can be read."""
    for uri in bucket.names(_output(job)):
        if uri.endswith(f"/{MANIFEST}"):
            try:
                found = json.loads(bucket.read(uri) or b"")
                names = ("totalRecordCount", "processedRecordCount", "successRecordCount", "errorRecordCount")
                return Manifest(*(int(found[name]) for name in names))
            except (ValueError, KeyError, TypeError):
                return None
    return None


def manifest_fault(manifest: Manifest | None, job: Job, *, answered: int, vectors: int) -> str | None:
    """Compare the service's count with ours.

    Parameters
    ----------
    manifest : Manifest or None
        The service's.
    job : Job
        What was asked for.
    answered, vectors : int
        Records with an answer, and those among them with vectors, as read from the output.

    Returns
    -------
    str or None
        What does not agree, in a sentence; None where every record is accounted for by both.
    """
    if manifest is None:
        return "The job left no manifest that can be read, so its own count of records is unknown."
    ours = (len(job.records), answered, vectors)
    theirs = (manifest.total, manifest.processed, manifest.succeeded)
    if ours == theirs:
        return None
    return (
        f"The job's manifest counts {theirs[0]:,} records, {theirs[1]:,} processed, {theirs[2]:,} good; "
        f"asked for were {ours[0]:,}, {ours[1]:,} have an answer, {ours[2]:,} a vector."
    )


def _output(job: Job) -> str:
    return str(job.request["outputDataConfig"]["s3OutputDataConfig"]["s3Uri"])


def _record(line: bytes, spec: VectorSpec) -> tuple[str, Answer | ItemError]:
    """Content key and answer of a line; a line that is damaged belongs to no key."""
    try:
        row = json.loads(line)
        key = str(row["recordId"])
    except (ValueError, KeyError, TypeError):
        return "", ItemError("A line of the output is no JSON.", "service")
    fault = row.get("error")
    if fault is not None:
        named = fault if isinstance(fault, dict) else {"errorMessage": fault}
        said = str(named.get("errorMessage", ""))
        # The service repeats what it was asked; where it does not, the careful reading holds.
        asked = (row.get("modelInput") or {}).get("singleEmbeddingParams") or {}
        return key, failure(
            said, code=named.get("errorCode", 400), spec=spec, visual=not {"text", "audio"} & set(asked)
        )
    try:
        return key, read_answer(json.dumps(row.get("modelOutput")).encode(), dimension=spec.dimension)
    except DamagedAnswerError as error:
        return key, ItemError(f"The service's answer is damaged: {error}. Embed it again.", "service")
