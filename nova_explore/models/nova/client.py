"""The AWS client of Amazon Nova: made the ordinary boto3 way, its retries switched off, one call at a time.

Credentials, profile, region, proxy and endpoint come from where boto3 finds them for every other tool (environment,
shared files, roles); nothing of them is kept here or written anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nova_explore.errors import ServiceRefusedError
from nova_explore.models.nova.faults import CLIENT, DamagedAnswerError, classify
from nova_explore.models.nova.request import MODEL_ID, Answer, read_answer

CONNECT_SECONDS, READ_SECONDS = 10, 120
"""A video of 30 s takes many seconds; AWS recommends longer timeouts than botocore's 60 s for Nova."""

WHO_SECONDS = 3

_TOKENS = "x-amzn-bedrock-input-token-count"


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A guardrail of Amazon Bedrock that the requests name; whether it acts on embeddings is not documented."""

    id: str
    version: str = "DRAFT"

    @property
    def headers(self) -> dict[str, str]:
        """The parameters of InvokeModel that name it."""
        return {"guardrailIdentifier": self.id, "guardrailVersion": self.version}


def open_client(
    service: str = "bedrock-runtime",
    *,
    region: str | None = None,
    profile: str | None = None,
    endpoint_url: str | None = None,
    connections: int = 64,
    **timeouts: float,
) -> Any:
    """A client of an AWS service that leaves pace and repeats to its caller.

    Parameters
    ----------
    service : str
        As boto3 names it.
    region, profile, endpoint_url : str, optional
        By default what the environment and the shared configuration say.
    connections : int
        Connections kept open.

    Raises
    ------
    ServiceRefusedError
        If there is no such profile, no region, or the endpoint is no URL.
    """
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    config = Config(
        # One attempt: a repeat inside botocore would hide refusals from the pace, and it repeats neither 408 nor 424.
        retries={"total_max_attempts": 1, "mode": "standard"},
        max_pool_connections=connections,
        connect_timeout=timeouts.get("connect_timeout", CONNECT_SECONDS),
        read_timeout=timeouts.get("read_timeout", READ_SECONDS),
        tcp_keepalive=True,
        user_agent_extra="nova-explore",
    )
    try:
        session = boto3.Session(profile_name=profile, region_name=region)
        return session.client(service, endpoint_url=endpoint_url, config=config)
    except (BotoCoreError, ValueError) as error:
        place = region or "(no region)"
        message = CLIENT.message.format(said=str(error), region=place, model=MODEL_ID)
        raise ServiceRefusedError(message, family=CLIENT.name) from error


def invoke(client: Any, body: bytes, *, dimension: int, headers: Mapping[str, str] | None = None) -> Answer:
    """Ask once.

    Raises
    ------
    botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError, DamagedAnswerError
        As they come: the caller classifies them.
    """
    from botocore.exceptions import BotoCoreError

    response = client.invoke_model(
        modelId=MODEL_ID, body=body, accept="application/json", contentType="application/json", **(headers or {})
    )
    about = response["ResponseMetadata"]
    counted = about.get("HTTPHeaders", {}).get(_TOKENS, "")
    try:
        content = response["body"].read()
    except (BotoCoreError, OSError) as error:
        raise DamagedAnswerError(f"it ended too early: {error}") from error
    return read_answer(
        content,
        dimension=dimension,
        tokens=int(counted) if counted.isdigit() else None,
        request_id=str(about.get("RequestId", "")),
    )


def who(*, region: str | None = None, profile: str | None = None) -> str | None:
    """ARN of the caller, or None where it may not or cannot be asked."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        client = open_client(
            "sts", region=region, profile=profile, connect_timeout=WHO_SECONDS, read_timeout=WHO_SECONDS
        )
        return str(client.get_caller_identity()["Arn"])
    except (BotoCoreError, ClientError, ServiceRefusedError):
        return None


def refusal(error: Exception, *, region: str) -> ServiceRefusedError:
    """The error that ends a run, for a call that any other call would fail like."""
    fault = classify(error, region=region, model=MODEL_ID)
    return ServiceRefusedError(fault.message, family=fault.family.name)
