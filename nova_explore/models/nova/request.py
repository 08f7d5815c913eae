"""Requests and answers of Amazon Nova Multimodal Embeddings: what is sent, what is accepted.

The schema is that of https://docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html. Where sources disagree,
what is documented is sent and both are accepted.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from nova_explore.errors import UnknownNameError
from nova_explore.models.nova.faults import DamagedAnswerError
from nova_explore.space import Vector

MODEL_ID = "amazon.nova-2-multimodal-embeddings-v1:0"
SCHEMA = "nova-multimodal-embed-v1"
DIMENSIONS = (256, 384, 1024, 3072)
PURPOSES = (
    "GENERIC_INDEX", "GENERIC_RETRIEVAL", "TEXT_RETRIEVAL", "IMAGE_RETRIEVAL", "DOCUMENT_RETRIEVAL", "VIDEO_RETRIEVAL",
    "AUDIO_RETRIEVAL", "CLASSIFICATION", "CLUSTERING",
)  # fmt: skip
FORMATS: Mapping[str, tuple[str, ...]] = {
    "image": ("png", "jpeg", "gif", "webp"),
    "audio": ("mp3", "wav", "ogg"),
    "video": ("mp4", "mov", "mkv", "webm", "flv", "mpeg", "mpg", "wmv", "3gp"),
}
MOST_BYTES = 25_000_000
"""Bytes of the largest request, after base64: the maximum of the body's shape in the service model."""

COMBINED, SEPARATE = "AUDIO_VIDEO_COMBINED", "AUDIO_VIDEO_SEPARATE"
MediaKind = Literal["text", "image", "audio", "video"]

UNIT_TOLERANCE = 1e-2
"""The service's vectors are documented as of unit length; they are brought to it exactly after this check."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A medium in the form in which it is sent.

    Attributes
    ----------
    kind : {"text", "image", "audio", "video"}
        Which part of the request it fills.
    format : str
        One of `FORMATS`; empty for text.
    text : str
        The words, for text.
    data : bytes
        The file, for everything else.
    uri : str
        Where the file is in S3, instead of ``data``.
    document : bool
        An image to be read at the higher resolution.
    kept : int or None
        Characters that are sent, where the text was cut; else None.
    """

    kind: MediaKind
    format: str = ""
    text: str = ""
    data: bytes = b""
    uri: str = ""
    document: bool = False
    kept: int | None = None


def request_body(
    medium: Prepared, *, purpose: str, dimension: int, video_mode: str = COMBINED, bucket_owner: str | None = None
) -> bytes:
    """The body of an InvokeModel call for one medium, as compact JSON.

    Raises
    ------
    UnknownNameError
        If the service has no such purpose, dimension, format or mode.
    """
    parameters: dict[str, Any] = {
        "embeddingPurpose": known("purpose", purpose, PURPOSES),
        "embeddingDimension": known("dimension", dimension, DIMENSIONS),
        medium.kind: medium_fields(medium, video_mode=video_mode, bucket_owner=bucket_owner),
    }
    body = {"schemaVersion": SCHEMA, "taskType": "SINGLE_EMBEDDING", "singleEmbeddingParams": parameters}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def medium_fields(medium: Prepared, *, video_mode: str = COMBINED, bucket_owner: str | None = None) -> dict[str, Any]:
    """The fields of a request that describe the medium.

    Raises
    ------
    UnknownNameError
        If the service has no such format or mode.
    """
    if medium.kind == "text":
        source = {"source": source_of(medium, bucket_owner)} if medium.uri else {"value": medium.text}
        return {"truncationMode": "END", **source}
    fields: dict[str, Any] = {"format": known(f"{medium.kind} format", medium.format, FORMATS[medium.kind])}
    if medium.kind == "image":
        fields["detailLevel"] = "DOCUMENT_IMAGE" if medium.document else "STANDARD_IMAGE"
    if medium.kind == "video":
        fields["embeddingMode"] = known("video mode", video_mode, (COMBINED, SEPARATE))
    return {**fields, "source": source_of(medium, bucket_owner)}


def source_of(medium: Prepared, bucket_owner: str | None = None) -> dict[str, Any]:
    """Where the service finds the bytes: in the request, or in S3."""
    if medium.uri:
        owner = {"bucketOwner": bucket_owner} if bucket_owner else {}
        return {"s3Location": {"uri": medium.uri, **owner}}
    return {"bytes": base64.b64encode(medium.data).decode("ascii")}


def encoded_size(data: bytes) -> int:
    """Bytes of a request that carries this file: base64, and room for the fields around it."""
    return 4 * -(-len(data) // 3) + 1024


def known(kind: str, value: Any, options: tuple[Any, ...]) -> Any:
    """The value, if it is among the options.

    Raises
    ------
    UnknownNameError
        If it is not.
    """
    if value not in options:
        raise UnknownNameError(kind, value, map(str, options))
    return value


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What the service answered to one request.

    Attributes
    ----------
    vectors : dict of str to float32 array of shape (d,)
        Unit vectors by embedding type: TEXT, IMAGE, VIDEO, AUDIO, AUDIO_VIDEO_COMBINED.
    kept : int or None
        Characters after which the service cut the text; None where it used all of it.
    tokens : int or None
        Input tokens that the service counted, where it says so.
    request_id : str
        By which the service knows the call.
    """

    vectors: dict[str, Vector]
    kept: int | None = None
    tokens: int | None = None
    request_id: str = ""


def read_answer(body: bytes, *, dimension: int, tokens: int | None = None, request_id: str = "") -> Answer:
    """Check and read the body of an answer.

    Raises
    ------
    DamagedAnswerError
        If it is no JSON, or holds no vector of this dimension, all of it finite, of unit length.
    """
    try:
        # NaN and Infinity are not JSON, but Python's parser takes them: they are found by the check of the values.
        document = json.loads(body)
    except ValueError as error:
        raise DamagedAnswerError(f"it is no JSON ({len(body):,} bytes): {error}") from None
    found = document.get("embeddings") if isinstance(document, dict) else None
    if not isinstance(found, list) or not found:
        raise DamagedAnswerError("it has no list of embeddings")
    vectors: dict[str, Vector] = {}
    kept = None
    for entry in found:
        if not isinstance(entry, dict) or "embedding" not in entry:
            raise DamagedAnswerError("an entry has no embedding")
        # One of the provider's own samples lacks the type; a lone vector needs none.
        vectors[str(entry.get("embeddingType", ""))] = check_vector(entry["embedding"], dimension)
        kept = entry.get("truncatedCharLength") or kept
    if len(vectors) != len(found):
        raise DamagedAnswerError("two embeddings are of the same type")
    return Answer(vectors, kept, tokens, request_id)


def check_vector(values: Any, dimension: int) -> Vector:
    """Read one vector and bring it to exactly unit length.

    Raises
    ------
    DamagedAnswerError
        If it is not of this dimension, not finite, or not of unit length.
    """
    try:
        vector = np.asarray(values, dtype=np.float32)
    except (TypeError, ValueError):
        raise DamagedAnswerError("a vector holds something that is no number") from None
    if vector.shape != (dimension,):
        raise DamagedAnswerError(f"a vector has shape {vector.shape}, asked for were {dimension} dimensions")
    if not np.isfinite(vector).all():
        raise DamagedAnswerError("a vector has values that are not finite")
    length = float(np.linalg.norm(vector.astype(np.float64)))
    if abs(length - 1) > UNIT_TOLERANCE:
        raise DamagedAnswerError(f"a vector has length {length:.4f}, it must be 1")
    return (vector / length).astype(np.float32)


def shorten(vector: Vector, dimension: int) -> Vector:
    """The first components of a vector, brought back to unit length (https://arxiv.org/abs/2205.13147)."""
    prefix = vector[:dimension].astype(np.float64)
    return (prefix / np.linalg.norm(prefix)).astype(np.float32)
