"""The causes for which the service says no: how each is told apart, what is done about it, one message a cause.

Amazon Bedrock answers most faults of a request with ``ValidationException`` and tells them apart only in prose, so the
families below are told apart by the words that are documented or were seen. No wording is published for apparent abuse
material: of what can be seen, whatever is not known to be about form counts as blocked. The table in
docs/nova-errors.md lists the families; a test keeps the two in step. Codes and statuses: the service model of
``bedrock-runtime`` in botocore, https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html
and https://docs.aws.amazon.com/bedrock/latest/userguide/abuse-detection.html.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What to do about a failed call."""

    RETRY = "retry"
    """Send it again after a pause, as long as it takes: pace, capacity, network."""
    RETRY_FEW = "retry few"
    """Send it again a few times, seconds apart: the model stumbled over it, or its answer was damaged."""
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
        For a person; ``{said}`` stands for the service's own words, ``{region}`` and ``{model}`` for what was called,
        ``{action}`` and ``{resource}`` for what a policy does not allow.
    pace : bool
        Whether a slower pace may help.
    theirs : bool
        Whether the service says that it is short of capacity, whoever asks.
    visual : bool
        Whether it answers only to what can be seen: pictures, pages and videos.
    gateway : bool
        Whether something between here and Amazon may have said it, to every call alike.
    job : bool
        Whether a job is refused so for its medium, and not for its place, key or permission.
    """

    name: str
    kind: Kind
    codes: tuple[str, ...]
    statuses: tuple[int, ...]
    words: str
    message: str
    pace: bool = False
    theirs: bool = False
    visual: bool = False
    gateway: bool = False
    job: bool = False


_V = ("ValidationException",)
_DENIED = ("AccessDeniedException", "AccessDenied")
_SIGNED = ("InvalidSignatureException", "SignatureDoesNotMatch", "RequestTimeTooSkewed", "RequestExpired")
_CREDENTIALS = (
    "UnrecognizedClientException", "InvalidSignatureException", "ExpiredToken", "ExpiredTokenException",
    "InvalidClientTokenId", "IncompleteSignature", "MissingAuthenticationToken", "MissingAuthenticationTokenException",
    "SignatureDoesNotMatch", "InvalidAccessKeyId", "RequestExpired",
)  # fmt: skip
_LAW = (
    "Do not open, copy or forward it; follow your organisation's procedure and the law of your country, which may ask "
    "you to report it (in the United States: to NCMEC)."
)

FAMILIES: tuple[Family, ...] = (
    # ---- apparent abuse and content filters come first: nothing else may catch them
    Family(
        "apparent child abuse", Kind.BLOCKED, _V, (),
        r"csam|ncmec|child (sexual )?(abuse|exploitation)|abuse material|sexual\W+(\w+\W+){0,4}(child|minor)",
        f"Blocked as apparent child sexual abuse material. It is not sent again. {_LAW}", job=True,
    ),
    Family(
        "content filter", Kind.BLOCKED, _V, (),
        r"content filter|blocked|RAI_VIOLATION|responsible ai|deflection|violat|(usage|content|use|safety|abuse) polic|"
        r"prohibit|illegal (content|material|image|media)|flagged|harmful|\babus|unsafe|safety|moderat|inappropriate|"
        r"explicit (content|material|image)|nudity",
        "Blocked by the content filters of Amazon Bedrock. It is not sent again. Have a person look at it before it is "
        "used anywhere; take it out of the collection, or keep it without a vector. The service said: {said}", job=True,
    ),
    # ---- what no other item would get past either
    Family(
        "model has ended", Kind.STOP, ("ValidationException", "ResourceNotFoundException", *_DENIED), (),
        r"end.of.(its.)?life|marked (by provider )?as legacy|deprecated|retired|no longer (available|supported)",
        "This version of the model has ended: {model} in {region}. See the page on model lifecycles of Amazon Bedrock, "
        "and update nova-explore for its successor. The service said: {said}",
    ),
    Family(
        "model not in region", Kind.STOP, _V, (),
        r"model identifier is invalid|on-demand throughput isn|inference profile",
        "The model {model} is not offered in the region {region}. It is in us-east-1 and us-gov-west-1: set AWS_REGION "
        "or AWS_DEFAULT_REGION to us-east-1, or NovaModel(region='us-east-1'). The service said: {said}",
    ),
    Family(
        "account not allowed", Kind.STOP, _V, (), r"operation not allowed|account is not|support case",
        "The account may not call this model. Open the model's page in the Amazon Bedrock console once, or ask the "
        "account's administrator or AWS Support. The service said: {said}",
    ),
    Family(
        "role cannot be passed", Kind.STOP, (*_V, *_DENIED), (), r"iam:PassRole|(assume|pass) (the )?role|trust polic",
        "The caller may not hand the service role over to Bedrock, or the role does not trust it. Allow iam:PassRole "
        "on the role (docs/policies/batch.json) and let it trust bedrock.amazonaws.com (batch-role-trust.json). The "
        "service said: {said}",
    ),
    Family(
        "KMS key", Kind.STOP, (*_V, *_DENIED), (), r"\bkms\b|kms:|encryption key",
        "The KMS key cannot be used. Give the ARN of a key of {region}, and allow kms:GenerateDataKey and kms:Decrypt "
        "on it (docs/policies/async.json). The service said: {said}",
    ),
    Family(
        "S3 place missing", Kind.STOP, _V, (), r"required key \[s3Location\]",
        "The service wants the medium in S3 and got it in the request. Use path='sync', or give s3='s3://bucket/prefix'"
        " and update nova-explore. The service said: {said}",
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
        "{said}", job=True,
    ),
    Family(
        "text not text", Kind.POISON, _V, (), r"singleEmbeddingParams/text|minLength|empty text|blank",
        "The text is empty, or holds something that is no text. Look at it in its source. The service said: {said}",
        job=True,
    ),
    Family(
        "media too long", Kind.POISON, _V, (), r"duration|30 ?s(ec|\b)|longer than",
        "The recording is longer than 30 seconds. Read the collection again, so that it is cut into segments, or use "
        "path='async'. The service said: {said}", job=True,
    ),
    Family(
        "request too large", Kind.POISON, _V, (), r"too large|exceeds? (the )?(maximum|limit)|payload|25 ?MB|file size",
        "The medium is larger than the service takes. Save a smaller copy. The service said: {said}", job=True,
    ),
    Family(
        "container is not the format", Kind.POISON, _V, (), r"does not match|mismatch|container|declared format",
        "The bytes are not of the format that was declared for them. The file may be damaged: convert it (for example "
        "to PNG, WAV or MP4) and try again. The service said: {said}", job=True,
    ),
    Family(
        "media not decodable", Kind.POISON, _V, (),
        r"decode|corrupt|unsupported|INVALID_CONTENT|invalid (input|image|audio|video|base64|format|file)|codec|"
        r"could not (process|read)|(pixel|frame|image) (size|dimension)|resolution",
        "The service cannot decode the medium. Convert it (for example to PNG, WAV or MP4) and try again. The service "
        "said: {said}", job=True,
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
    Family(
        "blocked in unknown words", Kind.BLOCKED, _V, (), "",
        "Refused in words that are not known to be about its form, so it counts as blocked for its content. It is not "
        f"sent again. If it may be child sexual abuse material: {_LAW} The service said: {{said}}",
        visual=True, job=True,
    ),
    Family("refused", Kind.POISON, _V, (), "", "The service refuses this item. The service said: {said}"),
    # ---- every other code of the service model
    Family(
        "API key", Kind.STOP, (*_DENIED, *_CREDENTIALS), (), r"api key|bearer token",
        "The Bedrock API key in AWS_BEARER_TOKEN_BEDROCK is refused. As long as it is set it wins over profile and "
        "credentials: unset it, or renew it. The service said: {said}",
    ),
    Family(
        "clock", Kind.STOP, _SIGNED, (),
        r"signature (expired|not yet current)|skewed|is now (earlier|later) than|clock",
        "This machine's clock and Amazon's differ, so signatures are refused. Set this machine's clock (for example: "
        "timedatectl set-ntp true), and make the same call again. The service said: {said}",
    ),
    Family(
        "credentials", Kind.STOP, _CREDENTIALS, (), "",
        "The credentials are missing, wrong or expired. Renew them (for example: aws sso login) and make the same call "
        "again; what is embedded is kept. The service said: {said}",
    ),
    Family(
        "no model access", Kind.STOP, _DENIED, (), r"access to the model|model access|aws-marketplace",
        "The account has no access to {model} in {region}. Open Amazon Bedrock > Model access in the console of that "
        "region, or ask the account's administrator. The service said: {said}",
    ),
    Family(
        "no permission", Kind.STOP, _DENIED, (), "",
        "The caller may not use {model} in {region}. It needs {action} on {resource}, and no policy of the "
        "organisation may deny it. The service said: {said}",
    ),
    Family(
        "no such model", Kind.STOP, ("ResourceNotFoundException",), (), "",
        "There is no model {model} in {region}. Check the model, the region and the endpoint. The service said: {said}",
    ),
    Family(
        "quota of the day", Kind.STOP, ("ThrottlingException", "ServiceQuotaExceededException"), (),
        r"per day|daily|tokens? a day",
        "The account's tokens of this day are used up in {region}. Make the same call again tomorrow, or ask for more "
        "under Service Quotas > Amazon Bedrock; what is embedded is kept. The service said: {said}",
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
        "The model took too long for this item, again and again. Make it smaller or shorter, or run again later. The "
        "service said: {said}",
    ),
    Family(
        "model fault", Kind.RETRY_FEW, ("ModelErrorException",), (), "",
        "The model failed on this item again and again. Try it again later, or convert it. The service said: {said}",
    ),
    Family(
        "service fault", Kind.RETRY, ("InternalServerException",), (), "",
        "The service failed on this item again and again, while it answered others. Run again later. The service said: "
        "{said}",
    ),
    Family(
        "no capacity", Kind.RETRY, ("ServiceUnavailableException",), (), "",
        "The service has no capacity at the moment. The service said: {said}", pace=True, theirs=True,
    ),
    # ---- what comes without a known code: proxies and gateways between here and there
    Family("credentials refused", Kind.STOP, (), (401,), "", "The endpoint does not accept the credentials. Renew "
           "them, and check the endpoint. It said: {said}"),
    Family("forbidden", Kind.STOP, (), (403,), "", "The endpoint refuses the caller. Check the credentials, the policy "
           "of the endpoint and AWS_ENDPOINT_URL_BEDROCK_RUNTIME. It said: {said}"),
    Family("not found", Kind.STOP, (), (404,), "", "The endpoint has no such path. Check the region and "
           "AWS_ENDPOINT_URL_BEDROCK_RUNTIME. It said: {said}"),
    Family("proxy", Kind.STOP, (), (407,), "", "The proxy between here and Amazon wants a name and password. Set them "
           "in HTTPS_PROXY (http://user:password@host:port), or name the endpoint in NO_PROXY. It said: {said}"),
    Family("request timeout", Kind.RETRY_FEW, (), (408,), "", "The call timed out again and again. It said: {said}"),
    Family("request entity too large", Kind.POISON, (), (413,), "", "The request is too large for the endpoint. Save a "
           "smaller copy of the medium. It said: {said}"),
    Family("failed dependency", Kind.RETRY_FEW, (), (424,), "", "The model failed again and again. It said: {said}"),
    Family("too many requests", Kind.RETRY, (), (429,), "", "Too many requests. It said: {said}", pace=True),
    Family("endpoint fault", Kind.RETRY, (), (500, 501, 502, 504), "", "The endpoint failed again and again. It "
           "said: {said}"),
    Family("endpoint busy", Kind.RETRY, (), (503,), "", "The endpoint has no capacity. It said: {said}",
           pace=True, theirs=True),
    Family("other refusal", Kind.POISON, (), (), "", "The endpoint, or a gateway before it, refuses the call. Check "
           "the proxy and AWS_ENDPOINT_URL_BEDROCK_RUNTIME. It said: {said}", gateway=True),
)  # fmt: skip

NETWORK = Family(
    "network", Kind.RETRY, (), (), "",
    "The connection to {region} failed again and again. Check the network and the endpoint. The last fault: {said}",
)  # fmt: skip
ANSWER = Family(
    "damaged answer", Kind.RETRY_FEW, (), (), "",
    "The service answered again and again with something that is no embedding. The last fault: {said}",
)  # fmt: skip
NO_CREDENTIALS = Family(
    "no credentials", Kind.STOP, (), (), "",
    "No AWS credentials were found. Log in (aws sso login, aws configure), or set AWS_PROFILE. boto3 said: {said}",
)  # fmt: skip
NO_REGION = Family(
    "no region", Kind.STOP, (), (), "",
    "No region is set. Set AWS_REGION or AWS_DEFAULT_REGION (us-east-1 has the model), or a region in the profile. "
    "boto3 said: {said}",
)  # fmt: skip
CERTIFICATE = Family(
    "certificate", Kind.STOP, (), (), "",
    "The certificate of the endpoint is not trusted here. Behind a company's proxy set AWS_CA_BUNDLE to the file with "
    "the company's root certificate. The last fault: {said}",
)  # fmt: skip
CLIENT = Family(
    "client", Kind.STOP, (), (), "",
    "The AWS client cannot make the call. Check the region, the profile and the endpoint. boto3 said: {said}",
)  # fmt: skip
APART = (NETWORK, ANSWER, NO_CREDENTIALS, NO_REGION, CERTIFICATE, CLIENT)
"""Families of what never reached the service, or came back as something else than a refusal."""


def family_of(code: str, status: int, said: str, *, visual: bool = False) -> Family:
    """The family of an answer, from its error code, HTTP status and message.

    Parameters
    ----------
    code, status, said : str, int, str
        What the service answered.
    visual : bool
        Whether the item is a picture, a page or a video.
    """
    for family in FAMILIES:
        if family.codes and code not in family.codes:
            continue
        if family.statuses and status not in family.statuses:
            continue
        if family.visual and not visual:
            continue
        if family.words and not re.search(family.words, said, re.IGNORECASE):
            continue
        return family
    return FAMILIES[-1]


def named(name: str) -> Family:
    """The family of a name, for what only ever knew the name; the last one where there is none."""
    return next((family for family in (*FAMILIES, *APART) if family.name == name), FAMILIES[-1])
