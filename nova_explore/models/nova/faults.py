"""What one failed call means: its family, a message for a person, and whether it may have been charged."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from nova_explore.collection import Item, Modality
from nova_explore.models.nova.families import (
    ANSWER,
    CERTIFICATE,
    CLIENT,
    NETWORK,
    NO_CREDENTIALS,
    NO_REGION,
    Family,
    Kind,
    family_of,
    named,
)

MOST_QUOTED = 300
"""Characters of the service's own words that a message repeats."""

SEEN = (Modality.IMAGE, Modality.PAGE, Modality.VIDEO)
"""Modalities of which a refusal in unknown words counts as blocked."""

TOKEN_VARIABLE = "AWS_BEARER_TOKEN_BEDROCK"

_NOT_ALLOWED = re.compile(r"not authorized to perform:?\s+([\w-]+:\w+)(?:\s+on\s+resource:?\s+(\S+))?", re.IGNORECASE)


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
    said : str
        The service's own words, shortened.
    """

    family: Family
    message: str
    request_id: str = ""
    billed: bool = False
    said: str = ""

    @property
    def kind(self) -> Kind:
        """What to do."""
        return self.family.kind


def can_be_seen(item: Item) -> bool:
    """Whether an item is a picture, a page or a video."""
    return item.modality in SEEN


def classify(error: Exception, *, region: str, model: str, visual: bool = False) -> Fault:
    """Find what a failed call means.

    Parameters
    ----------
    error : Exception
        From botocore, or `DamagedAnswerError`.
    region, model : str
        What was called, for the message.
    visual : bool
        Whether the item is a picture, a page or a video.
    """
    from botocore import exceptions as boto

    place = {"region": region or "(no region)", "model": model}
    if isinstance(error, DamagedAnswerError):
        return _fault(ANSWER, str(error), place, billed=True)
    if isinstance(error, boto.ClientError):
        return _classify_answer(error, place, visual)
    if isinstance(error, boto.NoCredentialsError | boto.PartialCredentialsError | boto.CredentialRetrievalError
                  | boto.TokenRetrievalError | boto.ProfileNotFound):  # fmt: skip
        return _fault(NO_CREDENTIALS, str(error), place)
    if isinstance(error, boto.NoRegionError):
        return _fault(NO_REGION, str(error), place)
    if isinstance(error, boto.SSLError):
        return _fault(CERTIFICATE, str(error), place)
    if isinstance(error, boto.ProxyConnectionError) and "407" in f"{error} {error.kwargs}":
        return _fault(named("proxy"), f"{error}: 407", place)
    if isinstance(error, boto.ConnectTimeoutError | boto.EndpointConnectionError | boto.ProxyConnectionError):
        return _fault(NETWORK, str(error), place)
    lost = boto.HTTPClientError | boto.ResponseStreamingError | boto.IncompleteReadError
    if isinstance(error, lost) or not isinstance(error, boto.BotoCoreError):
        return _fault(NETWORK, str(error) or type(error).__name__, place, billed=True)
    return _fault(CLIENT, str(error), place)


def _classify_answer(error: object, place: dict[str, str], visual: bool) -> Fault:
    response: dict = error.response  # pyright: ignore[reportAttributeAccessIssue]
    code = str(response.get("Error", {}).get("Code", ""))
    said = str(response.get("Error", {}).get("Message", "")) or code
    about = response.get("ResponseMetadata", {})
    status = int(about.get("HTTPStatusCode", 0))
    request_id = str(about.get("RequestId", ""))
    if code == "ModelErrorException" and 400 <= int(response.get("originalStatusCode") or 500) < 500:
        code = "ValidationException"
    return _fault(family_of(code, status, said, visual=visual), said, place, request_id)


def message_of(family: Family, said: str, *, region: str, model: str) -> str:
    """What a person reads about a failure of this family.

    Parameters
    ----------
    family : Family
    said : str
        The service's own words.
    region, model : str
        What was called.
    """
    quoted = _quoted(said)
    found = _NOT_ALLOWED.search(said)
    action = found[1] if found else "bedrock:InvokeModel"
    resource = f"arn:aws:bedrock:{region}::foundation-model/{model}"
    if found and found[2]:
        resource = found[2].rstrip(".,;")
    elif not action.startswith("bedrock:"):
        resource = "what the service names"
    message = family.message.format(said=quoted, region=region, model=model, action=action, resource=resource)
    if family.name in ("credentials", "no permission", "credentials refused", "forbidden") and _has_key():
        message += f" A Bedrock API key is set in {TOKEN_VARIABLE} and wins over the profile: unset it if it is old."
    return message


def _has_key() -> bool:
    return bool(os.environ.get(TOKEN_VARIABLE))


def _quoted(said: str) -> str:
    said = " ".join(said.split())
    return said if len(said) <= MOST_QUOTED else f"{said[:MOST_QUOTED]}…"


def _fault(family: Family, said: str, place: dict[str, str], request_id: str = "", *, billed: bool = False) -> Fault:
    return Fault(family, message_of(family, said, **place), request_id, billed, _quoted(said))
