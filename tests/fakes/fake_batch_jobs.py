"""Model invocation jobs, as Amazon Bedrock documents them: many records a job, answers in S3 in any order."""

from __future__ import annotations

import base64
import json
import random
import uuid
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from fakes.bedrock_schema import RefusedError, check_body, invalid, vector_of
from fakes.fake_job_store import ACCOUNT, REGION, JobStore

BAD_WORDS = {
    b"POISON": (400, "Malformed input request, please reformat your input and try again."),
    b"FILTERED": (400, "This request has been blocked by our content filters."),
    b"BUSY": (429, "Too many requests, please wait before trying again."),
}


class BatchJobs(JobStore):
    """``CreateModelInvocationJob`` and its three companions."""

    def _create(self, request: dict[str, Any]) -> dict[str, Any]:
        if known := self._known(request):
            return {"jobArn": known["arn"]}
        if any(job["request"].get("jobName") == request["jobName"] for job in self.jobs.values()):
            raise RefusedError(400, "ConflictException", "A job of this name exists.")
        id = uuid.uuid4().hex[:12]
        arn = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:model-invocation-job/{id}"
        self.jobs[arn] = {
            "arn": arn, "id": id, "request": request, "status": "Submitted", "looks": 0, "message": "",
            "submitted": datetime.now(UTC),
        }  # fmt: skip
        return {"jobArn": arn}

    def _get_batch(self, name: str) -> dict[str, Any]:
        self.calls["GetModelInvocationJob"] += 1
        job = self._batch(name)
        job["looks"] += 1
        if job["status"] == "Stopping":
            self._write_records(job, share=0.5)
            job["status"] = "Stopped"
        elif job["status"] in ("Submitted", "Validating", "Scheduled", "InProgress"):
            steps = ["Validating", "Scheduled", "InProgress"]
            if job["looks"] <= self.habits.looks:
                job["status"] = steps[min(job["looks"] - 1, 2)]
            else:
                job["status"] = self.habits.final
                try:
                    self._write_records(job, share=0.0 if job["status"] == "Failed" else 1.0)
                except RefusedError as error:
                    job |= {"status": "Failed", "message": str(error)}
        return self._batch_summary(job)

    def _batch_summary(self, job: dict[str, Any]) -> dict[str, Any]:
        request = job["request"]
        return {
            "jobArn": job["arn"], "jobName": request["jobName"], "modelId": request["modelId"], "status": job["status"],
            "message": job["message"], "roleArn": request["roleArn"], "inputDataConfig": request["inputDataConfig"],
            "clientRequestToken": request["clientRequestToken"], "outputDataConfig": request["outputDataConfig"],
            "submitTime": job["submitted"].isoformat().replace("+00:00", "Z"),
        }  # fmt: skip

    def _list_batch(self, query: dict[str, str]) -> dict[str, Any]:
        self.calls["ListModelInvocationJobs"] += 1
        part = query.get("nameContains", "")
        jobs = [job for job in self.jobs.values() if part in job["request"].get("jobName", "")]
        return {"invocationJobSummaries": [self._batch_summary(job) for job in jobs]}

    def _stop(self, name: str) -> dict[str, Any]:
        self.calls["StopModelInvocationJob"] += 1
        job = self._batch(name)
        if job["status"] not in ("Submitted", "Validating", "Scheduled", "InProgress"):
            raise RefusedError(400, "ConflictException", "The job has ended.")
        job["status"] = "Stopping"
        return {}

    def _batch(self, name: str) -> dict[str, Any]:
        for job in self.jobs.values():
            if name in (job["arn"], job["id"]):
                return job
        raise RefusedError(404, "ResourceNotFoundException", "no such job")

    def _write_records(self, job: dict[str, Any], *, share: float) -> None:
        habits = self.habits
        output = job["request"]["outputDataConfig"]["s3OutputDataConfig"]["s3Uri"].rstrip("/")
        where = job["request"]["inputDataConfig"]["s3InputDataConfig"]["s3Uri"]
        counts = Counter()
        for uri in self._inputs(where):
            rows = [json.loads(line) for line in self._get(uri).splitlines()]
            if len(rows) < 100:
                raise invalid(f"The job has {len(rows)} records, the minimum is 100.")
            folder = where if where.endswith("/") else None
            answers = [self._record(row, folder) for row in rows[: int(len(rows) * share)]]
            counts.update(total=len(rows), processed=len(answers))
            counts.update("modelOutput" in answer for answer in answers)
            order = random.Random(habits.seed)
            order.shuffle(answers)
            lines = [json.dumps(answer) for answer in answers[habits.lost_records :]]
            lines += lines[: habits.doubled_records]
            lines[: habits.damaged_lines] = [line[: len(line) // 2] for line in lines[: habits.damaged_lines]]
            self._put(f"{output}/{job['id']}/{uri.rsplit('/', 1)[1]}.out", "\n".join(lines))
        self._put(
            f"{output}/{job['id']}/manifest.json.out",
            json.dumps(
                {
                    "totalRecordCount": counts["total"], "processedRecordCount": counts["processed"],
                    "successRecordCount": counts[True] + habits.wrong_manifest,
                    "errorRecordCount": counts[False], "inputTokenCount": 0, "outputTokenCount": 0,
                }
            ),
        )  # fmt: skip

    def _record(self, row: dict[str, Any], folder: str | None) -> dict[str, Any]:
        if set(row) != {"recordId", "modelInput"}:
            raise invalid(f"a record has the fields {sorted(row)}")
        try:
            kind, medium, parameters = check_body(row["modelInput"], "SINGLE_EMBEDDING", "singleEmbeddingParams")
            content = self._content(kind, medium, folder)
        except RefusedError as error:
            return row | {"error": {"errorCode": error.status, "errorMessage": str(error)}}
        for word, (code, said) in BAD_WORDS.items():
            if word in content:
                return row | {"error": {"errorCode": code, "errorMessage": said}}
        self.billed[row["recordId"]] += 1
        vector = vector_of(content, parameters.get("embeddingDimension", 3072))
        type = {"text": "TEXT", "image": "IMAGE", "audio": "AUDIO"}.get(kind, medium.get("embeddingMode", ""))
        return row | {"modelOutput": {"embeddings": [{"embeddingType": type, "embedding": vector}]}}

    def _content(self, kind: str, medium: dict[str, Any], folder: str | None) -> bytes:
        if kind == "text" and "value" in medium:
            return medium["value"].encode()
        source = medium["source"]
        if "bytes" in source:
            return base64.b64decode(source["bytes"], validate=True)
        uri = source["s3Location"]["uri"]
        if folder is None or not uri.startswith(folder):
            raise invalid("S3 addresses in records must be in the folder that the job was given.")
        return self._object(source["s3Location"])
