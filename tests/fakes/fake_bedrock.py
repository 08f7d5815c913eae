"""A strict Amazon Bedrock on 127.0.0.1: the InvokeModel wire protocol, its refusals, its bill, and faults on request.

    with FakeBedrock(rate=50, faults=0.05) as bedrock:
        client = bedrock.client()

or as a process: ``python tests/fake_bedrock.py --rate 50 --latency 0.1``, which prints its address; ``GET /_seen``
there tells what it has seen. Texts that begin with ``!name`` call for a fault of that name.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from fakes.bedrock_rules import BLOCKED, MODEL, Refused, answer, charge, check

ERRORS: dict[str, tuple[int, str, dict]] = {
    "throttle": (429, "ThrottlingException", {"message": "Too many requests, please wait before trying again."}),
    "notready": (429, "ModelNotReadyException", {"message": "The model is not ready for inference requests."}),
    "server": (500, "InternalServerException", {"message": "The system encountered an unexpected error."}),
    "unavailable": (503, "ServiceUnavailableException", {"message": "Bedrock is unable to process your request."}),
    "timeout": (408, "ModelTimeoutException", {"message": "Model has timed out in processing the request."}),
    "model": (424, "ModelErrorException", {"message": "The model failed.", "originalStatusCode": 500}),
    "modelinput": (424, "ModelErrorException", {"message": "Could not decode the media.", "originalStatusCode": 400}),
    "quota": (400, "ServiceQuotaExceededException", {"message": "Your request exceeds the service quota."}),
    "denied": (403, "AccessDeniedException", {"message": "User is not authorized to perform: bedrock:InvokeModel"}),
    "missing": (404, "ResourceNotFoundException", {"message": "The specified resource ARN was not found."}),
    "expired": (403, "ExpiredTokenException", {"message": "The security token included in the request is expired"}),
    "filter": (400, "ValidationException", {"message": BLOCKED.format(kind="text")}),
    "csam": (400, "ValidationException", {"message": "The input image was found to contain apparent CSAM."}),
    "odd": (400, "ValidationException", {"message": "Nobody has ever seen this message."}),
    "policy": (
        400,
        "ValidationException",
        {"message": "The request was blocked because the input image violates our usage policy."},
    ),
    "vague": (400, "ValidationException", {"message": "Request rejected. Reference 8812."}),
    "daily": (429, "ThrottlingException", {"message": "Too many tokens per day, please wait before trying again."}),
    "proxy": (407, "", {"message": "Proxy Authentication Required"}),
    "teapot": (418, "", {"message": "blocked by the gateway"}),
}
RANDOM = ("throttle", "server", "unavailable", "reset")


class FakeBedrock:
    """The server, its switches, and what it has seen.

    Parameters
    ----------
    latency : float
        Seconds that a good answer takes.
    rate : float, optional
        Requests a second; more are throttled. ``burst`` of them may come at once.
    faults : float
        Share of requests that meet one of `RANDOM`, before they are looked at.
    region : str
        Where the model is not offered if it is none of AWS's two.
    """

    def __init__(
        self, *, latency: float = 0.0, rate: float | None = None, burst: float | None = None, faults: float = 0.0,
        region: str = "us-east-1", seed: int = 0,
    ) -> None:  # fmt: skip
        self.latency, self.rate, self.faults, self.region = latency, rate, faults, region
        self.burst = burst if burst is not None else (rate or 0.0)
        self.outage: tuple[float, float, str] | None = None
        self.outage_after: tuple[int, float, str] | None = None  # good answers, seconds, fault
        self.always: str | None = None
        self.mix: dict[str, float] = {}  # share of requests by the fault that they meet
        self.refusing: Callable[[dict], str | None] = lambda about: None  # by what is embedded
        self.quotas: dict[str, float] = {}
        self.silent_header = False
        self.lock = threading.Lock()
        self.draw = random.Random(seed)
        self.tokens, self.filled = self.burst, time.monotonic()
        self.requests: list[dict] = []
        self.good: Counter[str] = Counter()
        self.seen: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.billed = 0.0
        self.most_at_once = self.at_once = 0
        self.first = self.last = 0.0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler, bind_and_activate=False)
        self.server.request_queue_size = 256
        self.server.daemon_threads = True
        self.server.server_bind()
        self.server.server_activate()
        self.server.fake = self  # pyright: ignore[reportAttributeAccessIssue]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> FakeBedrock:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def fault(self, digest: str, body: bytes) -> str | None:
        """Decide, before the request is looked at, whether it meets a fault."""
        now = time.monotonic()
        if self.always:
            return self.always
        if self.outage_after and self.good.total() >= self.outage_after[0]:
            self.outage = (now, now + self.outage_after[1], self.outage_after[2])
            self.outage_after = None
        if self.outage and self.outage[0] <= now < self.outage[1]:
            return self.outage[2]
        if self.faults and self.draw.random() < self.faults:
            return self.draw.choice(RANDOM)
        chance = self.draw.random() if self.mix else 1.0
        for name, share in self.mix.items():
            chance -= share
            if chance < 0:
                return name
        named = re.search(rb'"value":"!([a-z]+?)(\d*) ', body[:4000])
        if named and (not named[2] or self.seen[digest] <= int(named[2])):
            return named[1].decode()
        if self.rate:
            self.tokens = min(self.burst, self.tokens + (now - self.filled) * self.rate)
            self.filled = now
            if self.tokens < 1:
                return "throttle"
            self.tokens -= 1
        return None

    def summary(self) -> dict[str, Any]:
        """What it has seen, as plain values."""
        with self.lock:
            return {
                "requests": sum(self.seen.values()), "bodies": len(self.seen), "good": sum(self.good.values()),
                "good_bodies": len(self.good), "twice": sum(count > 1 for count in self.good.values()),
                "errors": dict(self.errors), "billed": self.billed, "most_at_once": self.most_at_once,
                "seconds": self.last - self.first, "sent_again": sum(self.good.values()) - len(self.good),
            }  # fmt: skip


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    @property
    def fake(self) -> FakeBedrock:
        return self.server.fake  # pyright: ignore[reportAttributeAccessIssue]

    def log_message(self, *_: object) -> None:
        pass

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def do_GET(self) -> None:
        if self.path.startswith("/foundation-model-availability/"):
            here = self.fake.region in ("us-east-1", "us-gov-west-1")
            return self.reply(200, {
                "modelId": MODEL, "agreementAvailability": {"status": "AVAILABLE"}, "authorizationStatus": "AUTHORIZED",
                "entitlementAvailability": "AVAILABLE", "regionAvailability": "AVAILABLE" if here else "NOT_AVAILABLE",
            })  # fmt: skip
        if self.path.startswith("/foundation-models/"):
            arn = f"arn:aws:bedrock:{self.fake.region}::foundation-model/{MODEL}"
            about = {"modelArn": arn, "modelId": MODEL, "modelLifecycle": {"status": "ACTIVE"}}
            return self.reply(200, {"modelDetails": about})
        return self.reply(200, self.fake.summary() if self.path == "/_seen" else {})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if self.path == "/" and b"GetCallerIdentity" in body:
            return self.identify()
        if self.headers.get("X-Amz-Target", "").endswith("ListServiceQuotas"):
            rows = [{"QuotaName": name, "Value": value} for name, value in self.fake.quotas.items()]
            return self.reply(200, {"Quotas": rows}, {"Content-Type": "application/x-amz-json-1.1"})
        with self.fake.lock:
            self.fake.at_once += 1
            self.fake.most_at_once = max(self.fake.most_at_once, self.fake.at_once)
        try:
            self.invoke(body)
        finally:
            with self.fake.lock:
                self.fake.at_once -= 1
                self.fake.last = time.monotonic()
        return None

    def invoke(self, body: bytes) -> None:
        arrived = time.monotonic()
        fake, digest = self.fake, hashlib.sha256(body).hexdigest()
        with fake.lock:
            fake.first = fake.first or time.monotonic()
            fake.seen[digest] += 1
            fault = fake.fault(digest, body)
        if fault == "reset":
            fake.errors["reset"] += 1
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
            return None
        if fault in ERRORS:
            return self.refuse(*ERRORS[fault])
        refusal = self.refusal(body)
        if refusal:
            return self.refuse(*refusal)
        try:
            about = check(body)
        except Refused as error:
            return self.refuse(400, "ValidationException", {"message": str(error)})
        if (named := fake.refusing(about)) is not None:
            return self.refuse(*ERRORS[named])
        if "!blockword" in str(about.get("words", "")):
            return self.refuse(400, "ValidationException", {"message": BLOCKED.format(kind="text")})
        text = self.damaged(json.dumps(answer(about)), fault)
        # The latency is that of the whole answer: what the work took is part of it.
        time.sleep(max(0.0, arrived + (fake.latency if fault != "slow" else 3.0) - time.monotonic()))
        with fake.lock:
            if fault in (None, "slow"):
                fake.good[digest] += 1
            fake.billed += charge(about)
            fake.requests.append({k: v for k, v in about.items() if k != "words"} | {"bytes": len(body)})
        headers = {} if fake.silent_header or "tokens" not in about else {
            "x-amzn-bedrock-input-token-count": str(about["tokens"])}  # fmt: skip
        self.reply(200, text, headers, cut=fault == "cut")
        return None

    def refusal(self, body: bytes) -> tuple[int, str, dict] | None:
        if not self.headers.get("Authorization", "").startswith(("AWS4-HMAC-SHA256 ", "Bearer ")):
            return 403, "MissingAuthenticationTokenException", {"message": "Missing Authentication Token"}
        if self.headers.get("Content-Type") != "application/json":
            return 415, "UnsupportedMediaTypeException", {"message": "Content-Type must be application/json"}
        path = re.fullmatch(r"/model/([^/]+)/invoke", self.path)
        if not path or "%3A" not in self.path:
            return 404, "UnknownOperationException", {"message": "Unknown operation"}
        if unquote(path[1]) != MODEL or self.fake.region not in ("us-east-1", "us-gov-west-1"):
            return 400, "ValidationException", {"message": "The provided model identifier is invalid."}
        if self.headers.get("X-Amzn-Bedrock-GuardrailIdentifier") == "missing":
            return 400, "ValidationException", {"message": "The guardrail identifier or version does not exist."}
        if len(body) >= 25_000_000:
            return 413, "ValidationException", {"message": "The request body exceeds the maximum size."}
        return None

    @staticmethod
    def damaged(text: str, fault: str | None) -> str:
        if fault == "nan":
            return re.sub(r"\[-?[0-9.e-]+", "[NaN", text, count=1)
        if fault == "zero":
            return json.dumps({"embeddings": [{"embeddingType": "TEXT", "embedding": [0.0] * 1024}]})
        if fault == "dimension":
            return json.dumps({"embeddings": [{"embeddingType": "TEXT", "embedding": [1.0] + [0.0] * 6}]})
        if fault == "half":
            return text[: len(text) // 2]
        if fault == "empty":
            return json.dumps({"embeddings": []})
        return text

    def identify(self) -> None:
        text = (
            '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
            "<Arn>arn:aws:iam::111122223333:user/tester</Arn><UserId>AIDA</UserId><Account>111122223333</Account>"
            "</GetCallerIdentityResult></GetCallerIdentityResponse>"
        )
        self.reply(200, text, {"Content-Type": "text/xml"})

    def refuse(self, status: int, code: str, body: dict) -> None:
        with self.fake.lock:
            self.fake.errors[code] += 1
        # The service's own form: a namespace that clients strip.
        named = {"x-amzn-ErrorType": f"{code}:http://internal.amazon.com/coral/com.amazon.bedrock/"} if code else {}
        self.reply(status, body, named)

    def reply(self, status: int, body: object, headers: dict[str, str] | None = None, *, cut: bool = False) -> None:
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        told = {"Content-Type": "application/json", "x-amzn-RequestId": os.urandom(8).hex()} | (headers or {})
        for name, value in told.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 3] if cut else data)
        self.wfile.flush()
        if cut:
            self.close_connection = True


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--faults", type=float, default=0.0)
    parser.add_argument("--outage", nargs=3, metavar=("AFTER", "SECONDS", "FAULT"), help="after so many good answers")
    parser.add_argument("--unavailable", type=float, default=0.0, help="share of requests that meet a 503")
    asked = parser.parse_args()
    with FakeBedrock(latency=asked.latency, rate=asked.rate, faults=asked.faults) as fake:
        fake.mix = {"unavailable": asked.unavailable} if asked.unavailable else {}
        if asked.outage:
            fake.outage_after = (int(asked.outage[0]), float(asked.outage[1]), asked.outage[2])
        print(fake.url, flush=True)
        fake.thread.join()


if __name__ == "__main__":
    main()
