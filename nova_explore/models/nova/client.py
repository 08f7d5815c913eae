"""The AWS client of Amazon Nova: made the ordinary boto3 way, its retries switched off, one call at a time.

Credentials, profile, region, proxy and endpoint come from where boto3 finds them for every other tool (environment,
shared files, roles); nothing of them is kept here or written anywhere.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nova_explore.errors import ServiceRefusedError
from nova_explore.models.nova.faults import DamagedAnswerError, classify
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


@dataclass(frozen=True, slots=True)
class Called:
    """What is called, and what every call says besides its medium.

    Attributes
    ----------
    model_id : str
        The model, or an inference profile of it (``us.amazon.nova-…``, or an ARN of one's own): whose quota and cost
        tags hold. The vectors are the model's.
    project : str or None
        Project to which the cost is counted.
    tier : {"default", "priority", "flex", "reserved"} or None
        Service tier; whether this model is offered in others than the default is not documented.
    metadata : Mapping of str to str
        Written into the invocation logs of the account.
    guardrail : Guardrail or None
    """

    model_id: str = MODEL_ID
    project: str | None = None
    tier: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    guardrail: Guardrail | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The parameters of InvokeModel that say it."""
        named = {"projectIdentifier": self.project, "serviceTier": self.tier}
        named["requestMetadata"] = json.dumps(dict(self.metadata)) if self.metadata else None
        guarded = self.guardrail.headers if self.guardrail else {}
        return {name: value for name, value in named.items() if value} | guarded


def find_region(region: str | None = None) -> str | None:
    """The region that is called: the one that is named, else that of the environment; None leaves it to the profile.

    boto3 reads ``AWS_DEFAULT_REGION`` only; the AWS command line and the other SDKs read ``AWS_REGION`` first.
    """
    return region or os.environ.get("AWS_REGION") or None


def open_client(
    service: str = "bedrock-runtime",
    *,
    region: str | None = None,
    profile: str | None = None,
    endpoint_url: str | None = None,
    connections: int = 64,
    attempts: int = 1,
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
    attempts : int
        Attempts of one call; more than one leaves repeats to botocore, for a caller without a pace of its own.

    Raises
    ------
    ServiceRefusedError
        If there is no such profile, no region, or the endpoint is no URL.
    """
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    config = Config(
        # One attempt by default: a repeat inside botocore would hide refusals from the pace, and it repeats neither 408
        # nor 424.
        retries={"total_max_attempts": attempts, "mode": "standard"},
        max_pool_connections=connections,
        connect_timeout=timeouts.get("connect_timeout", CONNECT_SECONDS),
        read_timeout=timeouts.get("read_timeout", READ_SECONDS),
        tcp_keepalive=True,
        user_agent_extra="nova-explore",
    )
    try:
        session = boto3.Session(profile_name=profile, region_name=find_region(region))
        return session.client(service, endpoint_url=endpoint_url, config=config)
    except (BotoCoreError, ValueError) as error:
        raise refusal(as_boto(error), region=region or "") from error


def as_boto(error: Exception) -> Exception:
    """An error as botocore would have raised it: of an endpoint that is no address it raises `ValueError`."""
    from botocore.exceptions import BotoCoreError, InvalidEndpointConfigurationError

    return error if isinstance(error, BotoCoreError) else InvalidEndpointConfigurationError(msg=str(error))


def invoke(client: Any, body: bytes, *, dimension: int, called: Called | None = None) -> Answer:
    """Ask once.

    Raises
    ------
    botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError, DamagedAnswerError
        As they come: the caller classifies them.
    """
    from botocore.exceptions import BotoCoreError

    called = called or Called()
    response = client.invoke_model(
        modelId=called.model_id, body=body, accept="application/json", contentType="application/json", **called.headers
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
