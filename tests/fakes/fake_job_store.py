"""What the stand-ins for jobs share: how they behave, the jobs they know, and a bucket of moto's S3 server."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from fakes.bedrock_schema import RefusedError, invalid

ACCOUNT = "111122223333"
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
    takes_inline: bool = False
    manifest: dict[str, Any] = field(default_factory=dict)
    most_open: int = 1000
    throttles: int = 0
    refusal: tuple[int, str, str] | None = None
    """Status, code and words with which every job is refused."""
    seed: int = 0
    lost_records: int = 0
    doubled_records: int = 0
    damaged_lines: int = 0
    final: str = "Completed"
    wrong_manifest: bool = False
    hold_answers: threading.Event | None = None
    """Accept a job, and answer only when this is set."""


class JobStore:
    """The jobs that were asked for, what was billed, and the bucket."""

    def __init__(self, s3: Any, habits: Habits | None = None) -> None:
        self.s3 = s3
        self.habits = habits or Habits()
        self.jobs: dict[str, dict[str, Any]] = {}
        self.calls: Counter[str] = Counter()
        self.billed: Counter[str] = Counter()

    def _known(self, request: dict[str, Any]) -> dict[str, Any] | None:
        """A job that was asked for under this token before; other parameters under the same token are a conflict."""
        for job in self.jobs.values():
            if job["request"]["clientRequestToken"] == request["clientRequestToken"]:
                if job["request"] != request:
                    raise RefusedError(400, "ConflictException", "The token was used with other parameters.")
                return job
        return None

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
