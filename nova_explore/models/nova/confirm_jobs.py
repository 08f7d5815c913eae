"""What only an account with a place in S3 can confirm: asked by three small jobs, for less than a cent.

The documentation of Amazon contradicts itself on jobs, or is silent: each question here is one line of the answer. What
is sent is words and a sound of our own making, and what is written into the place is named in the lines.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from nova_explore.collection import Modality
from nova_explore.errors import NovaExploreError
from nova_explore.models.nova import async_jobs
from nova_explore.models.nova.confirm import Confirmed
from nova_explore.models.nova.faults import classify
from nova_explore.models.nova.job import Job, Patience
from nova_explore.models.nova.model import NovaModel
from nova_explore.models.nova.s3 import Bucket, S3Place, open_s3

BOOK = "The lake lay quiet at dawn, and three owls sat on the mast. " * 40
"""2,400 characters: three segments of the shortest length that the service takes."""

NOT_SOUND = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(64)
"""Named a WAV and none: whatever is asked for it fails."""

SHORTEST, LONGEST_WAIT = 800, 240.0
"""Characters of the shortest segment; seconds after which a job is left to itself."""


def confirm_jobs(model: NovaModel, place: S3Place, *, patience: Patience | None = None) -> Iterator[Confirmed]:
    """Ask the service what can be asked by jobs; three of them, and two objects under ``inputs/``.

    Parameters
    ----------
    model : NovaModel
        Whose region, profile and endpoint hold.
    place : S3Place
        Where the jobs read and write.
    patience : Patience, optional
        How long to wait between two looks.
    """
    asked = _Asked(model, place, patience or Patience(most=10.0))
    try:
        book = asked.job(Modality.TEXT, "txt", BOOK.encode())
        noise = asked.job(Modality.AUDIO, "wav", NOT_SOUND)
    except NovaExploreError as error:
        yield Confirmed("jobs", False, str(error))
        return
    yield asked.token(book)
    yield asked.inline(book)
    yield from asked.answers(book)
    yield asked.failed_line(noise)
    yield Confirmed(
        "segments in a batch", False, "no small job tells: a batch takes 100 records, a role and hours; it is not used"
    )  # fmt: skip


class _Asked:
    def __init__(self, model: NovaModel, place: S3Place, patience: Patience) -> None:
        self._model, self._place, self._patience = model, place, patience
        self._bucket = Bucket(open_s3(region=model.region, profile=model.profile), place)

    def job(self, modality: Modality, format: str, data: bytes) -> Job:
        """Put a medium into the place and write down a job for it."""
        uri = self._place.below(f"inputs/nova-explore-confirm.{format}")
        self._bucket.put(uri, data)
        segment = SHORTEST if modality is Modality.TEXT else async_jobs.SEGMENT_SECONDS
        return async_jobs.prepare(
            self._model.spec(), self._place, modality=modality, format=format, uri=uri, segment=segment, sources=()
        )

    def token(self, job: Job) -> Confirmed:
        """Whether asking twice under one token is one job."""
        first, second = self._start(job), self._start(job)
        if first is None or second is None:
            return Confirmed("client token", False, self._said)
        one = "one job" if first == second else f"two jobs: {first} and {second}"
        listed = async_jobs.find(self._model.client, job) is not None
        return Confirmed("client token", True, f"asked for twice under one token: {one}; listed under it: {listed}")

    def inline(self, job: Job) -> Confirmed:
        """Whether a job takes its medium in the request itself."""
        from uuid import uuid4

        request: dict[str, Any] = json.loads(json.dumps(job.request))
        text = request["modelInput"]["segmentedEmbeddingParams"]["text"]
        del text["source"]
        text["value"] = BOOK
        token = uuid4().hex
        arn = self._start(replace(job, token=token, request=request | {"clientRequestToken": token}))
        taken = "taken" if arn else f"refused: {self._said}"
        return Confirmed("medium in the job", True, f"a text in the request of a job is {taken}")

    def answers(self, job: Job) -> Iterator[Confirmed]:
        """What a job that succeeds leaves in the place."""
        state, said, where = self._wait(job)
        if state != "Completed":
            yield Confirmed("manifest", False, f"the job is {state}. {said}".strip())
            return
        manifest = self._bucket.read(f"{where}/manifest.json")
        detail = "there is none" if manifest is None else f"its keys: {_keys(manifest)}"
        yield Confirmed("manifest", True, f"{detail} ({where})")
        spans = [str(one.span) for one in async_jobs.read_segments(self._bucket, where, spec=self._model.spec())]
        yield Confirmed("segments", True, f"of {len(BOOK):,} characters: {', '.join(spans)}")

    def failed_line(self, job: Job) -> Confirmed:
        """What stands where a segment has no vector."""
        if self._start(job) is None:
            return Confirmed("failed segment", True, f"refused before it is a job: {self._said}")
        state, said, where = self._wait(job)
        if state != "Completed":
            return Confirmed("failed segment", state == "Failed", f"the whole job is {state}. {said}".strip())
        content = self._bucket.read(f"{where}/{async_jobs.RESULT}") or b"{}"
        rows = [
            line
            for entry in json.loads(content).get("embeddingResults", ())
            if entry.get("outputFileUri")
            for line in self._bucket.lines(entry["outputFileUri"])
        ]
        shown = rows[0] if rows else content
        return Confirmed("failed segment", True, f"its keys: {_keys(shown)}")

    def _start(self, job: Job) -> str | None:
        """ARN of a job, or None where it is refused; then ``_said`` has the reason."""
        try:
            return async_jobs.start(self._model.client, job)
        except Exception as error:  # whatever it is, the line says it
            fault = classify(error, region=self._model.region, model=self._model.called.model_id)
            self._said = fault.message
            return None

    def _wait(self, job: Job) -> tuple[str, str, str]:
        """State of a job when it has ended or has taken too long, why it failed, and where its answers are."""
        arn, until = self._start(job), time.monotonic() + LONGEST_WAIT
        if arn is None:
            return "refused", self._said, ""
        state, said, where = "InProgress", "", ""
        for pause in self._patience.waits():
            state, said, where = async_jobs.look(self._model.client, replace(job, arn=arn))
            if state != "InProgress" or time.monotonic() > until:
                break
            time.sleep(pause)
        return state, said, where


def _keys(line: bytes) -> str:
    """Names and, where they are short and no vectors, values of a JSON object."""
    try:
        found = json.loads(line)
    except ValueError:
        return f"{len(line):,} bytes that are no JSON"
    if not isinstance(found, Mapping):
        return type(found).__name__
    return ", ".join(
        f"{key}={value}" if isinstance(value, str | int | float) and len(str(value)) < 120 else str(key)
        for key, value in found.items()
    )
