"""A strict stand-in for the job interfaces of Amazon Bedrock, reading and writing the bucket of moto's S3 server.

It speaks the wire protocol (rest-json) of ``StartAsyncInvoke``, ``GetAsyncInvoke``, ``ListAsyncInvokes`` and of the
four operations on model invocation jobs. Every request is checked against botocore's service model and every body
against the documented schema: unknown keys, wrong types, sources that are not in S3, and jobs with fewer than 100
records are refused. Vectors are a function of the content, so a test can tell whose vector came back.
"""

from __future__ import annotations

import json
import re
import threading
import uuid
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from fakes.bedrock_schema import RefusedError, check_patterns, invalid
from fakes.fake_async_jobs import AsyncJobs
from fakes.fake_batch_jobs import BatchJobs
from fakes.fake_job_store import Habits

OPERATIONS = (
    "StartAsyncInvoke", "GetAsyncInvoke", "ListAsyncInvokes", "CreateModelInvocationJob", "GetModelInvocationJob",
    "ListModelInvocationJobs", "StopModelInvocationJob",
)  # fmt: skip


class FakeJobs(AsyncJobs, BatchJobs):
    """The server. ``with FakeJobs(s3) as fake: …``; its address is ``fake.url`` for both endpoints."""

    def __init__(self, s3: Any, habits: Habits | None = None) -> None:
        super().__init__(s3, habits)
        self.single_calls = ""
        """Address of a server for single calls, which an endpoint of the runtime takes too."""
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
