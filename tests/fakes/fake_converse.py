"""A stand-in for Converse of Amazon Bedrock: strict about the request, and as obedient to captions as a weak model."""

from __future__ import annotations

import json
from typing import Any

import boto3
from botocore.validate import ParamValidator


class FakeConverse:
    """Answers with the first keyword; every request is held against the operation's own shape.

    Attributes
    ----------
    requests : list of dict
        As they were sent.
    obeys : str
        What it says in the place of a name where an item asks for it; empty for a model that does not obey.
    """

    def __init__(self, obeys: str = "") -> None:
        self.requests: list[dict[str, Any]] = []
        self.obeys = obeys
        made = boto3.client(
            "bedrock-runtime", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y"
        )
        self.meta = made.meta
        self._shape = made.meta.service_model.operation_model("Converse").input_shape

    def converse(self, **request: Any) -> dict[str, Any]:
        """Answer one request, or raise ValueError for one that the service would refuse."""
        report = ParamValidator().validate(request, self._shape)
        if report.has_errors():
            raise ValueError(report.generate_report())
        self.requests.append(request)
        said = json.loads(request["messages"][0]["content"][0]["text"])
        if self.obeys and any("Ignore all" in item for item in said["items"]):
            text = self.obeys
        else:
            text = json.dumps({"name": (said["keywords"] or ["things"])[0]})
        return {
            "output": {"message": {"role": "assistant", "content": [{"text": text}]}},
            "stopReason": "end_turn",
            "usage": {"inputTokens": 200, "outputTokens": 10, "totalTokens": 210},
            "metrics": {"latencyMs": 300},
        }
