"""Asynchronous invocation, as Amazon Bedrock documents it: one medium a job, cut into segments, answers in S3."""

from __future__ import annotations

import hashlib
import json
import random
import uuid
from datetime import UTC, datetime
from typing import Any

from fakes.bedrock_schema import RefusedError, check_body, cut_text, cut_time, segment_content, vector_of
from fakes.fake_job_store import ACCOUNT, REGION, JobStore


class AsyncJobs(JobStore):
    """``StartAsyncInvoke``, ``GetAsyncInvoke``, ``ListAsyncInvokes``."""

    def _start_async(self, request: dict[str, Any]) -> dict[str, Any]:
        if known := self._known(request):
            return {"invocationArn": known["arn"]}
        if self.habits.refusal:
            raise RefusedError(*self.habits.refusal)
        running = [job for job in self.jobs.values() if job["status"] == "InProgress"]
        if len(running) >= self.habits.most_open:
            raise RefusedError(400, "ServiceQuotaExceededException", "Too many concurrent async invocations.")
        body = request["modelInput"]
        inline = body["segmentedEmbeddingParams"].get("text", {}).get("value")
        if inline is not None and self.habits.takes_inline:
            body["segmentedEmbeddingParams"]["text"]["source"] = {"s3Location": {"uri": ""}}
        kind, medium, parameters = check_body(body, "SEGMENTED_EMBEDDING", "segmentedEmbeddingParams")
        content = self._object(medium["source"]["s3Location"]) if inline is None else inline.encode()
        id = uuid.uuid4().hex[:12]
        arn = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:async-invoke/{id}"
        where = request["outputDataConfig"]["s3OutputDataConfig"]["s3Uri"].rstrip("/") + f"/{id}"
        self.jobs[arn] = {
            "arn": arn, "id": id, "request": request, "status": "InProgress", "looks": 0, "where": where,
            "submitted": datetime.now(UTC), "kind": kind, "medium": medium, "content": content,
            "dimension": parameters.get("embeddingDimension", 3072),
        }  # fmt: skip
        self.billed[hashlib.sha256(content).hexdigest()] += 1
        return {"invocationArn": arn}

    def _get_async(self, arn: str) -> dict[str, Any]:
        self.calls["GetAsyncInvoke"] += 1
        if arn not in self.jobs:
            raise RefusedError(404, "ResourceNotFoundException", "no such invocation")
        job = self.jobs[arn]
        job["looks"] += 1
        if job["status"] == "InProgress" and job["looks"] > self.habits.looks:
            job["status"] = "Failed" if self.habits.failing_media else "Completed"
            try:
                if job["status"] == "Completed":
                    self._write_segments(job)
            except (OSError, RuntimeError):  # the medium is none
                job["status"] = "Failed"
        return self._summary(job)

    def _summary(self, job: dict[str, Any]) -> dict[str, Any]:
        where = job["where"] if self.habits.output_with_id else job["where"].rsplit("/", 1)[0]
        output = job["request"]["outputDataConfig"]["s3OutputDataConfig"] | {"s3Uri": where}
        failed = {"failureMessage": "Invalid input file."} if job["status"] == "Failed" else {}
        return {
            "invocationArn": job["arn"],
            "modelArn": f"arn:aws:bedrock:{REGION}::foundation-model/{job['request']['modelId']}",
            "clientRequestToken": job["request"]["clientRequestToken"],
            "status": job["status"],
            "submitTime": job["submitted"].isoformat().replace("+00:00", "Z"),
            "outputDataConfig": {"s3OutputDataConfig": output},
        } | failed

    def _list_async(self, query: dict[str, str]) -> dict[str, Any]:
        self.calls["ListAsyncInvokes"] += 1
        after = datetime.fromisoformat(query["submitTimeAfter"])
        found = [self._summary(j) for j in self.jobs.values() if "medium" in j and j["submitted"] > after]
        start = int(query.get("nextToken", "0"))
        page = {"asyncInvokeSummaries": found[start : start + 2]}
        return page | ({"nextToken": str(start + 2)} if start + 2 < len(found) else {})

    def _write_segments(self, job: dict[str, Any]) -> None:
        medium, kind, habits = job["medium"], job["kind"], self.habits
        types = {"text": ["TEXT"], "image": ["IMAGE"], "audio": ["AUDIO"]}.get(kind)
        separate = kind == "video" and medium["embeddingMode"] == "AUDIO_VIDEO_SEPARATE"
        types = types or (["VIDEO", "AUDIO"] if separate else [medium["embeddingMode"]])
        digest = hashlib.sha256(job["content"]).hexdigest()
        cuts = cut_text(job["content"].decode(), medium) if kind == "text" else cut_time(job["content"], kind, medium)
        results = []
        for place, type in enumerate(types):
            lines = []
            for index, (start, end) in enumerate(cuts):
                if index in habits.lost_segments:
                    continue
                if kind == "text":
                    about = {"segmentStartCharPosition": start, "segmentEndCharPosition": end - habits.inclusive}
                elif habits.times == "metadata":
                    about = {"segmentStartSeconds": start, "segmentEndSeconds": end}
                else:
                    about = {}
                row: dict[str, Any] = {"segmentMetadata": {"segmentIndex": index, **about}, "status": "SUCCESS"}
                if habits.times == "beside":
                    row |= {"startTime": start, "endTime": end}
                if index in habits.failing_segments:
                    reason, message = habits.failing_segments[index]
                    row |= {"status": habits.failure_word, "failureReason": reason, "message": message}
                else:
                    row["embedding"] = vector_of(segment_content(digest, type, start, end), job["dimension"])
                lines.append(json.dumps(row))
            random.Random(habits.seed).shuffle(lines)
            # Not a documented name: whoever builds names instead of reading them fails here.
            uri = f"{job['where']}/part-{place}.lines"
            self._put(uri, "\n".join(lines) + "\n")
            bad = sum(index in habits.failing_segments for index, _ in enumerate(cuts))
            status = "SUCCESS" if not bad else habits.failure_word if bad == len(cuts) else "PARTIAL_SUCCESS"
            results.append({"embeddingType": type, "status": status, "outputFileUri": uri})
        result = {"sourceFileUri": medium["source"]["s3Location"]["uri"], "embeddingDimension": job["dimension"]}
        if habits.manifest:
            self._put(f"{job['where']}/manifest.json", json.dumps(habits.manifest))
        self._put(f"{job['where']}/segmented-embedding-result.json", json.dumps(result | {"embeddingResults": results}))
