"""What a failed call means: retry it, skip the item, never send it again, or end the run, with one message a cause.

Amazon Bedrock answers most faults of a request with ``ValidationException`` and tells them apart only in prose, so the
families below are told apart by the words that are documented or were seen. The table in docs/nova-errors.md lists
them; a test keeps the two in step. Codes and statuses: the service model of ``bedrock-runtime`` in botocore, and
https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

MOST_QUOTED = 300
"""Characters of the service's own words that a message repeats."""


class Kind(StrEnum):
    """What to do about a failed call."""

    RETRY = "retry"
    """Send it again after a pause, as long as it takes: pace, capacity, network."""
    RETRY_FEW = "retry few"
    """Send it again twice: the model stumbled over it, or its answer was damaged."""
    QUOTA = "quota"
    """Pause everything, then go on: an account quota is used up for now."""
    POISON = "poison"
    """Record it and leave this item out: it is refused for what it is."""
    BLOCKED = "blocked"
    """Record it as a safety event and never send it again."""
    STOP = "stop"
    """End the run: every other call would be refused too."""


@dataclass(frozen=True, slots=True)
class Family:
    """One cause of failure.

    Attributes
    ----------
    name : str
        Short name, as in the table of the documentation.
    kind : Kind
        What to do.
    codes : tuple of str
        Error codes that it answers to; empty for all.
    statuses : tuple of int
        HTTP statuses that it answers to; empty for all.
    words : str
        Regular expression that the service's message must match, without regard to case; empty for any.
    message : str
        For a person; ``{said}`` stands for the service's own words, ``{region}`` and ``{model}`` for what was called.
    pace : bool
        Whether it says that we are too fast.
    """

    name: str
    kind: Kind
    codes: tuple[str, ...]
    statuses: tuple[int, ...]
    words: str
    message: str
    pace: bool = False


_V = ("ValidationException",)
_CREDENTIALS = (
    "UnrecognizedClientException", "InvalidSignatureException", "ExpiredToken", "ExpiredTokenException",
    "InvalidClientTokenId", "IncompleteSignature", "MissingAuthenticationToken", "MissingAuthenticationTokenException",
    "SignatureDoesNotMatch", "InvalidAccessKeyId", "RequestExpired",
)  # fmt: skip

FAMILIES: tuple[Family, ...] = (
    # ---- apparent abuse and content filters come first: nothing else may catch them
    Family(
        "apparent child abuse", Kind.BLOCKED, _V, (), r"csam|child (sexual )?(abuse|exploitation)|abuse material",
        "Blocked as apparent child sexual abuse material. It is not sent again. Do not open, copy or forward it; "
        "follow your organisation's procedure and the law of your country (in the United States: report to NCMEC).",
    ),
    Family(
        "content filter", Kind.BLOCKED, _V, (), r"content filter|blocked by|RAI_VIOLATION|responsible ai|deflection",
        "Blocked by the content filters of Amazon Bedrock. It is not sent again. Have a person look at it before it is "
        "used anywhere; take it out of the collection, or keep it without a vector. The service said: {said}",
    ),
    # ---- what no other item would get past either
    Family(
        "model not in region", Kind.STOP, _V, (),
        r"model identifier is invalid|on-demand throughput isn|inference profile",
        "The model {model} is not offered in the region {region}. It is in us-east-1 and us-gov-west-1: set "
        "AWS_REGION=us-east-1, or NovaModel(region='us-east-1'). The service said: {said}",
    ),
    Family(
        "account not allowed", Kind.STOP, _V, (), r"operation not allowed|not authorized|account is not",
        "The account may not call this model. Open the model's page in the Amazon Bedrock console once, or ask the "
        "account's administrator or AWS Support. The service said: {said}",
    ),
    Family(
        "guardrail", Kind.STOP, _V, (), r"guardrail",
        "The guardrail that was named does not exist, or not in this version, in {region}. Check the guardrail. "
        "The service said: {said}",
    ),
    Family(
        "body not understood", Kind.STOP, _V, (), r"required key \[messages\]",
        "The service did not take the request for an embedding: it read it as a chat. The task type or the schema is "
        "not the one it knows. Update nova-explore. The service said: {said}",
    ),
    Family(
        "value not offered", Kind.STOP, _V, (), r"not a valid enum value",
        "The service does not offer one of the values asked for: dimension 256, 384, 1024 or 3072, and the purposes in "
        "NovaModel's documentation. The service said: {said}",
    ),
    Family(
        "key missing", Kind.STOP, _V, (), r"required key|missing required",
        "The service needs a field that was not sent, so its schema has changed. Update nova-explore. The service "
        "said: {said}",
    ),
    Family(
        "key unknown", Kind.STOP, _V, (), r"extraneous key|not permitted|unexpected (key|field)|unknown (key|field)",
        "The service does not know a field that was sent, so its schema has changed. Update nova-explore. The service "
        "said: {said}",
    ),
    # ---- what is wrong with one item
    Family(
        "text too long", Kind.POISON, _V, (), r"maxLength|too many (input )?tokens|input (is )?too long|token limit",
        "The text is longer than the service takes. Split it into parts of at most 8,000 characters. The service said: "
        "{said}",
    ),
    Family(
        "text not text", Kind.POISON, _V, (), r"singleEmbeddingParams/text|minLength|empty text|blank",
        "The text is empty, or holds something that is no text. Look at it in its source. The service said: {said}",
    ),
    Family(
        "media too long", Kind.POISON, _V, (), r"duration|30 ?s(ec|\b)|longer than",
        "The recording is longer than 30 seconds. Read the collection again, so that it is cut into segments, or use "
        "path='async'. The service said: {said}",
    ),
    Family(
        "request too large", Kind.POISON, _V, (), r"too large|exceeds? (the )?(maximum|limit)|payload|25 ?MB|file size",
        "The medium is larger than the service takes. Save a smaller copy. The service said: {said}",
    ),
    Family(
        "container is not the format", Kind.POISON, _V, (), r"does not match|mismatch|container|declared format",
        "The bytes are not of the format that was declared for them. The file may be damaged: convert it (for example "
        "to PNG, WAV or MP4) and try again. The service said: {said}",
    ),
    Family(
        "media not decodable", Kind.POISON, _V, (),
        r"decode|corrupt|unsupported|invalid (image|audio|video|base64|format)|codec|could not (process|read)",
        "The service cannot decode the medium. Convert it (for example to PNG, WAV or MP4) and try again. The service "
        "said: {said}",
    ),
    Family(
        "S3 not readable", Kind.POISON, _V, (), r"s3|bucket",
        "The service cannot read the object in S3. The bucket must be in {region} and the caller needs s3:GetObject on "
        "it. The service said: {said}",
    ),
    Family(
        "other malformed input", Kind.POISON, _V, (), r"malformed input request",
        "The service finds the request malformed. The service said: {said}",
    ),
    Family("refused", Kind.POISON, _V, (), "", "The service refuses this item. The service said: {said}"),
    # ---- every other code of the service model
    Family(
        "credentials", Kind.STOP, _CREDENTIALS, (), "",
        "The credentials are missing, wrong or expired. Renew them (for example: aws sso login) and make the same call "
        "again; what is embedded is kept. The service said: {said}",
    ),
    Family(
        "no permission", Kind.STOP, ("AccessDeniedException", "AccessDenied"), (), "",
        "The caller may not use {model} in {region}. It needs bedrock:InvokeModel on "
        "arn:aws:bedrock:{region}::foundation-model/{model}, and no policy of the organisation may deny it. The "
        "service said: {said}",
    ),
    Family(
        "no such model", Kind.STOP, ("ResourceNotFoundException",), (), "",
        "There is no model {model} in {region}. Check the model, the region and the endpoint. The service said: {said}",
    ),
    Family(
        "quota", Kind.QUOTA, ("ServiceQuotaExceededException",), (), "",
        "A quota of the account is used up in {region}. Wait, or ask for more under Service Quotas > Amazon Bedrock. "
        "The service said: {said}",
    ),
    Family(
        "too fast", Kind.RETRY, ("ThrottlingException", "TooManyRequestsException", "ModelNotReadyException"), (), "",
        "The account's rate for this model is used up. The service said: {said}", pace=True,
    ),
    Family(
        "model too slow", Kind.RETRY_FEW, ("ModelTimeoutException",), (), "",
        "The model took too long for this item, three times. Make it smaller or shorter, or run again later. The "
        "service said: {said}",
    ),
    Family(
        "model fault", Kind.RETRY_FEW, ("ModelErrorException",), (), "",
        "The model failed on this item, three times. Try it again later, or convert it. The service said: {said}",
    ),
    Family(
        "service fault", Kind.RETRY, ("InternalServerException",), (), "",
        "The service failed on this item again and again, while it answered others. Run again later. The service said: "
        "{said}",
    ),
    Family(
        "no capacity", Kind.RETRY, ("ServiceUnavailableException",), (), "",
        "The service has no capacity at the moment. The service said: {said}", pace=True,
    ),
    # ---- what comes without a known code: proxies and gateways between here and there
    Family("credentials refused", Kind.STOP, (), (401,), "", "The endpoint does not accept the credentials. Renew "
           "them, and check the endpoint. It said: {said}"),
    Family("forbidden", Kind.STOP, (), (403,), "", "The endpoint refuses the caller. Check the credentials, the policy "
           "of the endpoint and AWS_ENDPOINT_URL_BEDROCK_RUNTIME. It said: {said}"),
    Family("not found", Kind.STOP, (), (404,), "", "The endpoint has no such path. Check the region and "
           "AWS_ENDPOINT_URL_BEDROCK_RUNTIME. It said: {said}"),
    Family("request timeout", Kind.RETRY_FEW, (), (408,), "", "The call timed out three times. It said: {said}"),
    Family("request entity too large", Kind.POISON, (), (413,), "", "The request is too large for the endpoint. Save a "
           "smaller copy of the medium. It said: {said}"),
    Family("failed dependency", Kind.RETRY_FEW, (), (424,), "", "The model failed three times. It said: {said}"),
    Family("too many requests", Kind.RETRY, (), (429,), "", "Too many requests. It said: {said}", pace=True),
    Family("endpoint fault", Kind.RETRY, (), (500, 501, 502, 504), "", "The endpoint failed again and again. It "
           "said: {said}"),
    Family("endpoint busy", Kind.RETRY, (), (503,), "", "The endpoint has no capacity. It said: {said}", pace=True),
    Family("other refusal", Kind.POISON, (), (), "", "The service refuses this item. It said: {said}"),
)  # fmt: skip

NETWORK = Family(
    "network", Kind.RETRY, (), (), "",
    "The connection to {region} failed again and again. Check the network and the endpoint. The last fault: {said}",
)  # fmt: skip
ANSWER = Family(
    "damaged answer", Kind.RETRY_FEW, (), (), "",
    "The service answered three times with something that is no embedding. The last fault: {said}",
)  # fmt: skip
NO_CREDENTIALS = Family(
    "no credentials", Kind.STOP, (), (), "",
    "No AWS credentials were found. Log in (aws sso login, aws configure), or set AWS_PROFILE. boto3 said: {said}",
)  # fmt: skip
CLIENT = Family(
    "client", Kind.STOP, (), (), "",
    "The AWS client cannot make the call. Check the region, the profile and the endpoint. boto3 said: {said}",
)  # fmt: skip


class DamagedAnswerError(Exception):
    """An answer with status 200 that holds no valid embedding."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one call failed.

    Attributes
    ----------
    family : Family
        The cause.
    message : str
        For a person.
    request_id : str
        By which the service knows the call; empty where there was no answer.
    billed : bool
        Whether the call may have been charged all the same: the service may have answered and the answer was lost.
    """

    family: Family
    message: str
    request_id: str = ""
    billed: bool = False

    @property
    def kind(self) -> Kind:
        """What to do."""
        return self.family.kind


def classify(error: Exception, *, region: str, model: str) -> Fault:
    """Find what a failed call means.

    Parameters
    ----------
    error : Exception
        From botocore, or `DamagedAnswerError`.
    region, model : str
        What was called, for the message.
    """
    from botocore import exceptions as boto

    place = {"region": region or "(no region)", "model": model}
    if isinstance(error, DamagedAnswerError):
        return _fault(ANSWER, str(error), place, billed=True)
    if isinstance(error, boto.ClientError):
        return _classify_answer(error, place)
    if isinstance(error, boto.NoCredentialsError | boto.PartialCredentialsError | boto.CredentialRetrievalError
                  | boto.TokenRetrievalError | boto.ProfileNotFound):  # fmt: skip
        return _fault(NO_CREDENTIALS, str(error), place)
    if isinstance(error, boto.ConnectTimeoutError | boto.EndpointConnectionError | boto.ProxyConnectionError):
        return _fault(NETWORK, str(error), place)
    lost = boto.HTTPClientError | boto.ResponseStreamingError | boto.IncompleteReadError
    if isinstance(error, lost) or not isinstance(error, boto.BotoCoreError):
        return _fault(NETWORK, str(error) or type(error).__name__, place, billed=True)
    return _fault(CLIENT, str(error), place)


def _classify_answer(error: object, place: dict[str, str]) -> Fault:
    response: dict = error.response  # pyright: ignore[reportAttributeAccessIssue]
    code = str(response.get("Error", {}).get("Code", ""))
    said = str(response.get("Error", {}).get("Message", "")) or code
    about = response.get("ResponseMetadata", {})
    status = int(about.get("HTTPStatusCode", 0))
    request_id = str(about.get("RequestId", ""))
    if code == "ModelErrorException" and 400 <= int(response.get("originalStatusCode") or 500) < 500:
        return _fault(family_of("ValidationException", status, said), said, place, request_id)
    return _fault(family_of(code, status, said), said, place, request_id)


def family_of(code: str, status: int, said: str) -> Family:
    """The family of an answer, from its error code, HTTP status and message."""
    for family in FAMILIES:
        if family.codes and code not in family.codes:
            continue
        if family.statuses and status not in family.statuses:
            continue
        if family.words and not re.search(family.words, said, re.IGNORECASE):
            continue
        return family
    return FAMILIES[-1]


def _fault(family: Family, said: str, place: dict[str, str], request_id: str = "", *, billed: bool = False) -> Fault:
    said = " ".join(said.split())
    quoted = said if len(said) <= MOST_QUOTED else f"{said[:MOST_QUOTED]}…"
    return Fault(family, family.message.format(said=quoted, **place), request_id, billed)
