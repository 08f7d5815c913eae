"""A strict stand-in for the job interfaces of Amazon Bedrock, reading and writing the bucket of moto's S3 server.

It speaks the wire protocol (rest-json) of ``StartAsyncInvoke``, ``GetAsyncInvoke``, ``ListAsyncInvokes`` and of the
four operations on model invocation jobs. Every request is checked against botocore's service model and every body
against the documented schema: unknown keys, wrong types, sources that are not in S3, and jobs with fewer than 100
records are refused. Vectors are a function of the content, so a test can tell whose vector came back.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import re
import threading
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from bedrock_schema import (
    RefusedError,
    check_body,
    check_patterns,
    cut_text,
    cut_time,
    invalid,
    segment_content,
    vector_of,
)

ACCOUNT = "111122223333"
OPERATIONS = (
    "StartAsyncInvoke", "GetAsyncInvoke", "ListAsyncInvokes", "CreateModelInvocationJob", "GetModelInvocationJob",
    "ListModelInvocationJobs", "StopModelInvocationJob",
)  # fmt: skip
REGION = "us-east-1"


@dataclass
class Habits:
    """How the service behaves where the documents leave it open, and what goes wrong."""

    looks: int = 1
    """Times a job is looked at before it has ended."""
    failure_word: str = "FAILURE"
    times: str = "metadata"
    inclusive: bool = False
    output_with_id: bool = True
    failing_segments: dict[int, tuple[str, str]] = field(default_factory=dict)
    lost_segments: set[int] = field(default_factory=set)
    failing_media: bool = False
    most_open: int = 1000
    throttles: int = 0
    seed: int = 0
    lost_records: int = 0
    doubled_records: int = 0
    damaged_lines: int = 0
    final: str = "Completed"
    wrong_manifest: bool = False
    hold_answers: threading.Event | None = None
    """Accept a job, and answer only when this is set."""


class FakeJobs:
    """The server. ``with FakeJobs(s3) as fake: …``; its address is ``fake.url`` for both endpoints."""

    def __init__(self, s3: Any, habits: Habits | None = None) -> None:
        self.s3 = s3
        self.single_calls = ""
        """Address of a server for single calls, which an endpoint of the runtime takes too."""
        self.habits = habits or Habits()
        self.jobs: dict[str, dict[str, Any]] = {}
        self.calls: Counter[str] = Counter()
        self.billed: Counter[str] = Counter()
        self.accepted = threading.Event()
        self._lock = threading.RLock()
        self._models: dict[str, Any] = {}
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._serve(b"")

            def do_POST(self) -> None:
                self._serve(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

            def _serve(self, body: bytes) -> None:
                if self.path.startswith("/model/") and fake.single_calls:
                    self._forward(body)
                    return
                try:
                    status, answer, code = 200, fake.answer(self.command, self.path, body), ""
                except RefusedError as error:
                    status, answer, code = error.status, {"message": str(error)}, error.code
                data = json.dumps(answer).encode()
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(data)))
                    self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
                    if code:
                        self.send_header("x-amzn-ErrorType", code)
                    self.end_headers()
                    self.wfile.write(data)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True  # the client was killed: that is what some tests are about

            def _forward(self, body: bytes) -> None:
                host = fake.single_calls.removeprefix("http://")
                there = HTTPConnection(host)
                there.request(self.command, self.path, body, dict(self.headers))
                answer = there.getresponse()
                data = answer.read()
                there.close()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("date", "server"):
                        self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> FakeJobs:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.habits.hold_answers:
            self.habits.hold_answers.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # ---- the wire ------------------------------------------------------------------------------------------------

    def answer(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        split = urlsplit(path)
        parts = [unquote(part) for part in split.path.strip("/").split("/")]
        query = {key: values[0] for key, values in parse_qs(split.query).items()}
        with self._lock:
            if self.habits.throttles > 0:
                self.habits.throttles -= 1
                raise RefusedError(429, "ThrottlingException", "Too many requests, please wait before trying again.")
            match (method, parts):
                case ("POST", ["async-invoke"]):
                    answer = self._start_async(self._checked("bedrock-runtime", "StartAsyncInvoke", body))
                case ("GET", ["async-invoke"]):
                    answer = self._list_async(query)
                case ("GET", ["async-invoke", arn]):
                    answer = self._get_async(arn)
                case ("POST", ["model-invocation-job"]):
                    answer = self._create(self._checked("bedrock", "CreateModelInvocationJob", body))
                case ("GET", ["model-invocation-jobs"]):
                    answer = self._list_batch(query)
                case ("GET", ["model-invocation-job", name]):
                    answer = self._get_batch(name)
                case ("POST", ["model-invocation-job", name, "stop"]):
                    answer = self._stop(name)
                case _:
                    raise RefusedError(404, "ResourceNotFoundException", f"no such operation: {method} {path}")
        self._check_answer(method, parts, answer)
        if self.habits.hold_answers and method == "POST":
            self.accepted.set()
            self.habits.hold_answers.wait(30)
        return answer

    def _checked(self, service: str, operation: str, body: bytes) -> dict[str, Any]:
        """A request that agrees with botocore's service model: names, types, patterns and sizes."""
        from botocore.session import get_session
        from botocore.validate import ParamValidator

        self.calls[operation] += 1
        model = self._models.setdefault(service, get_session().get_service_model(service))
        shape = model.operation_model(operation).input_shape
        request = json.loads(body)
        if unknown := set(request) - set(shape.members):
            raise invalid(f"unknown field: {sorted(unknown)}")
        report = ParamValidator().validate(request, shape)
        if report.has_errors():
            raise invalid(report.generate_report())
        check_patterns(request, shape)
        return request

    def _check_answer(self, method: str, parts: list[str], answer: dict[str, Any]) -> None:
        """Our own answers agree with the service model too: nothing unknown, nothing required left out."""
        from botocore.session import get_session

        service = "bedrock-runtime" if parts[0] == "async-invoke" else "bedrock"
        model = self._models.setdefault(service, get_session().get_service_model(service))
        for name in OPERATIONS:
            http = model.operation_model(name).http if name in model.operation_names else {}
            pattern = re.sub(r"\{\w+\}", "[^/]+", http.get("requestUri", "-"))
            place = "/".join(["", parts[0], *("x" for _ in parts[1:2]), *parts[2:]])
            if http.get("method") == method and re.fullmatch(pattern, place):
                shape = model.operation_model(name).output_shape
                unknown = set(answer) - set(shape.members)
                missing = set(shape.required_members) - set(answer)
                if unknown or missing:
                    raise RefusedError(500, "FakeIsWrong", f"{name}: unknown {unknown}, missing {missing}")
                check_patterns(answer, shape)
                return
        raise RefusedError(500, "FakeIsWrong", f"no operation for {method} {parts}")

    def _known(self, request: dict[str, Any]) -> dict[str, Any] | None:
        """A job that was asked for under this token before; other parameters under the same token are a conflict."""
        for job in self.jobs.values():
            if job["request"]["clientRequestToken"] == request["clientRequestToken"]:
                if job["request"] != request:
                    raise RefusedError(400, "ConflictException", "The token was used with other parameters.")
                return job
        return None

    # ---- asynchronous invocation -----------------------------------------------------------------------------------

    def _start_async(self, request: dict[str, Any]) -> dict[str, Any]:
        if known := self._known(request):
            return {"invocationArn": known["arn"]}
        running = [job for job in self.jobs.values() if job["status"] == "InProgress"]
        if len(running) >= self.habits.most_open:
            raise RefusedError(400, "ServiceQuotaExceededException", "Too many concurrent async invocations.")
        body = request["modelInput"]
        kind, medium, parameters = check_body(body, "SEGMENTED_EMBEDDING", "segmentedEmbeddingParams")
        content = self._object(medium["source"]["s3Location"])
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
            if job["status"] == "Completed":
                self._write_segments(job)
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
        self._put(f"{job['where']}/segmented-embedding-result.json", json.dumps(result | {"embeddingResults": results}))

    # ---- batch jobs ------------------------------------------------------------------------------------------------

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

    # ---- the bucket ------------------------------------------------------------------------------------------------

    def _inputs(self, uri: str) -> list[str]:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        found = self.s3.list_objects_v2(Bucket=bucket, Prefix=key).get("Contents", [])
        names = [f"s3://{bucket}/{row['Key']}" for row in found if row["Key"].endswith(".jsonl")]
        if not names:
            raise invalid("The input holds no file that ends in .jsonl.")
        return names

    def _object(self, where: dict[str, str]) -> bytes:
        if where.get("bucketOwner", ACCOUNT) != ACCOUNT:
            raise invalid("The bucket belongs to another account.")
        return self._get(where["uri"])

    def _get(self, uri: str) -> bytes:
        from botocore.exceptions import ClientError

        bucket, _, key = uri.removeprefix("s3://").partition("/")
        try:
            return self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        except ClientError as error:
            raise invalid(f"The S3 object cannot be read: {error.response['Error']['Code']}") from None

    def _put(self, uri: str, text: str) -> None:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        self.s3.put_object(Bucket=bucket, Key=key, Body=text.encode())


BAD_WORDS = {
    b"POISON": (400, "Malformed input request, please reformat your input and try again."),
    b"FILTERED": (400, "This request has been blocked by our content filters."),
    b"BUSY": (429, "Too many requests, please wait before trying again."),
}
