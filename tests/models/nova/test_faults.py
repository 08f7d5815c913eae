"""Every way in which the service says no has a class, a message a person can act on, and a row in the documentation."""

from __future__ import annotations

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)

from nova_explore.models.nova.families import (
    ANSWER,
    CERTIFICATE,
    NETWORK,
    NO_CREDENTIALS,
    NO_REGION,
    Kind,
    named,
)
from nova_explore.models.nova.faults import MOST_QUOTED, DamagedAnswerError, classify

V = "ValidationException"


def client_error(code, status, said, **more):
    about = {"HTTPStatusCode": status, "RequestId": "abc-123"}
    return ClientError({"Error": {"Code": code, "Message": said}, "ResponseMetadata": about, **more}, "InvokeModel")  # pyright: ignore


def test_the_service_is_quoted_but_not_at_length():
    fault = classify(client_error(V, 400, "odd " * 500), region="us-east-1", model="m")
    assert "odd odd" in fault.message
    assert len(fault.message) < MOST_QUOTED + 200
    assert fault.request_id == "abc-123"


def test_a_fault_of_the_model_that_is_the_inputs_is_the_items():
    theirs = classify(client_error("ModelErrorException", 424, "failed", originalStatusCode=503), region="r", model="m")
    ours = classify(client_error("ModelErrorException", 424, "decode", originalStatusCode=400), region="r", model="m")
    assert (theirs.kind, ours.kind) == (Kind.RETRY_FEW, Kind.POISON)


@pytest.mark.parametrize(
    ("error", "family", "billed"),
    [
        (ConnectionClosedError(endpoint_url="x"), NETWORK, True),
        (ReadTimeoutError(endpoint_url="x"), NETWORK, True),
        (EndpointConnectionError(endpoint_url="x"), NETWORK, False),
        (NoCredentialsError(), NO_CREDENTIALS, False),
        (DamagedAnswerError("NaN"), ANSWER, True),
        (NoRegionError(), NO_REGION, False),
        (SSLError(endpoint_url="x", error="CERTIFICATE_VERIFY_FAILED"), CERTIFICATE, False),
        (ProxyConnectionError(proxy_url="x", error="Tunnel connection failed: 407"), named("proxy"), False),
    ],
)
def test_what_comes_from_the_client_is_told_apart_too(error, family, billed):
    fault = classify(error, region="us-east-1", model="m")
    assert (fault.family, fault.billed) == (family, billed)


def said_to(code, status, said, *, visual=False):
    return classify(client_error(code, status, said), region="us-east-1", model="the-model", visual=visual).message


@pytest.mark.parametrize(
    ("code", "said", "remedy"),
    [
        (
            "AccessDeniedException",
            "User: u is not authorized to perform: bedrock:InvokeModel",
            "bedrock:InvokeModel on",
        ),
        ("AccessDeniedException", "u is not authorized to perform: iam:PassRole on resource: arn:r", "iam:PassRole"),
        (
            "AccessDeniedException",
            "u is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::b/x because no policy allows it",
            "needs s3:PutObject on arn:aws:s3:::b/x",
        ),
        ("AccessDeniedException", "u is not authorized to perform: kms:Decrypt on resource: arn:k", "kms:Decrypt"),
        ("AccessDeniedException", "You don't have access to the model with the specified model ID.", "Model access"),
        ("AccessDeniedException", "Authentication failed: Please make sure your API Key is valid.", "unset it"),
        ("InvalidSignatureException", "Signature expired: 1 is now earlier than 2", "clock"),
        ("ThrottlingException", "Too many tokens per day, please wait before trying again.", "tomorrow"),
        (V, "Malformed input request: #: required key [s3Location] not found", "path='sync'"),
        ("ResourceNotFoundException", "This model version has reached the end of its life.", "successor"),
    ],
)
def test_a_remedy_is_that_of_the_cause(code, said, remedy):
    assert remedy in said_to(code, 403, said)


def test_an_old_api_key_that_shadows_a_profile_is_named(monkeypatch):
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "old")
    assert "unset it" in said_to("ExpiredTokenException", 403, "The security token is expired")
    assert "old" not in said_to("ExpiredTokenException", 403, "expired").partition("unset")[0].split("AWS_BEARER")[1]
    monkeypatch.delenv("AWS_BEARER_TOKEN_BEDROCK")
    assert "unset it" not in said_to("ExpiredTokenException", 403, "The security token is expired")


def test_a_region_that_is_missing_is_asked_for_by_the_names_of_both_variables():
    message = classify(NoRegionError(), region="", model="m").message
    assert "AWS_REGION" in message
    assert "AWS_DEFAULT_REGION" in message


UNKNOWN = [
    "The request was blocked because the input image violates our usage policy.",
    "This media was flagged by automated detection.",
    "The submitted content is prohibited and has been recorded.",
    "Request rejected. Reference 8812.",
    "Input could not be accepted.",
]


@pytest.mark.parametrize("said", UNKNOWN)
def test_whatever_is_not_known_to_be_about_form_blocks_what_can_be_seen(said):
    fault = classify(client_error(V, 400, said), region="r", model="m", visual=True)
    assert fault.kind is Kind.BLOCKED
    assert "not sent again" in fault.message


@pytest.mark.parametrize("said", ["Could not decode the image", "The file size exceeds the limit", "image dimensions"])
def test_what_is_known_to_be_about_form_is_no_safety_event(said):
    assert classify(client_error(V, 400, said), region="r", model="m", visual=True).kind is Kind.POISON


def test_a_text_in_unknown_words_is_refused_and_not_blocked():
    assert classify(client_error(V, 400, "Reference 8812"), region="r", model="m").kind is Kind.POISON
