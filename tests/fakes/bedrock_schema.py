"""What Amazon Bedrock accepts, as documented and as botocore's service models say, and where it would cut media."""

from __future__ import annotations

import hashlib
import io
import re
from typing import Any

import numpy as np

PURPOSES = {
    "GENERIC_INDEX", "GENERIC_RETRIEVAL", "TEXT_RETRIEVAL", "IMAGE_RETRIEVAL", "DOCUMENT_RETRIEVAL", "VIDEO_RETRIEVAL",
    "AUDIO_RETRIEVAL", "CLASSIFICATION", "CLUSTERING",
}  # fmt: skip
FORMATS = {
    "image": {"png", "jpeg", "gif", "webp"},
    "audio": {"mp3", "wav", "ogg"},
    "video": {"mp4", "mov", "mkv", "webm", "flv", "mpeg", "mpg", "wmv", "3gp"},
}
ALLOWED = {
    "text": {"truncationMode", "value", "source", "segmentationConfig"},
    "image": {"format", "source", "detailLevel"},
    "audio": {"format", "source", "segmentationConfig"},
    "video": {"format", "source", "embeddingMode", "segmentationConfig"},
}


def vector_of(content: bytes, dimension: int) -> list[float]:
    """The vector that the service gives to a content."""
    seed = int.from_bytes(hashlib.sha256(content).digest()[:8], "big")
    vector = np.random.default_rng(seed).normal(size=dimension)
    return [float(x) for x in (vector / np.linalg.norm(vector)).astype(np.float32)]


def segment_content(digest: str, kind: str, start: float, end: float) -> bytes:
    """What a segment's vector is a function of."""
    return f"{digest}|{kind}|{start:.3f}|{end:.3f}".encode()


class RefusedError(Exception):
    """An error answer: HTTP status, error code, message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status, self.code = status, code
        super().__init__(message)


def invalid(message: str) -> RefusedError:
    return RefusedError(400, "ValidationException", message)


def check_body(body: dict[str, Any], task: str, name: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """The documented schema of a request, strictly."""
    if body.get("taskType") != task:
        raise invalid("Malformed input request: #: required key [messages] not found, please reformat your input.")
    if unknown := set(body) - {"schemaVersion", "taskType", name}:
        raise invalid(f"Malformed input request: extraneous key {sorted(unknown)} is not permitted.")
    parameters = body[name]
    kinds = set(parameters) & set(ALLOWED)
    if len(kinds) != 1 or set(parameters) - kinds - {"embeddingPurpose", "embeddingDimension"}:
        raise invalid("Malformed input request: exactly one of text, image, video, audio must be present.")
    if parameters.get("embeddingPurpose") not in PURPOSES or parameters.get("embeddingDimension", 3072) not in (
        256, 384, 1024, 3072,
    ):  # fmt: skip
        raise invalid("Malformed input request: not a valid enum value.")
    kind = kinds.pop()
    medium = parameters[kind]
    if unknown := set(medium) - ALLOWED[kind]:
        raise invalid(f"Malformed input request: extraneous key {sorted(unknown)} is not permitted.")
    if kind != "text" and medium.get("format") not in FORMATS[kind]:
        raise invalid("Malformed input request: format is not a valid enum value.")
    if kind == "text" and medium.get("truncationMode") not in ("START", "END", "NONE"):
        raise invalid("Malformed input request: text: required key [truncationMode].")
    if kind == "video" and medium.get("embeddingMode") not in ("AUDIO_VIDEO_COMBINED", "AUDIO_VIDEO_SEPARATE"):
        raise invalid("singleEmbeddingParams/video is missing required key embeddingMode.")
    if task == "SEGMENTED_EMBEDDING":
        check_segmentation(kind, medium)
    elif "segmentationConfig" in medium:
        raise invalid("Malformed input request: extraneous key [segmentationConfig] is not permitted.")
    return kind, medium, parameters


def check_segmentation(kind: str, medium: dict[str, Any]) -> None:
    if "s3Location" not in medium.get("source", {}):
        raise invalid("Asynchronous operations can only accept S3 inputs.")
    if kind == "image":
        return
    unit, least, most = ("maxLengthChars", 800, 50_000) if kind == "text" else ("durationSeconds", 1, 30)
    config = medium.get("segmentationConfig")
    if config is None or set(config) - {unit}:
        raise invalid("Malformed input request: required key [segmentationConfig].")
    value = config.get(unit, least)
    if not isinstance(value, int) or not least <= value <= most:
        raise invalid(f"Malformed input request: {unit} must be an integer of {least} to {most}.")


def cut_text(text: str, medium: dict[str, Any]) -> list[tuple[int, int]]:
    most = medium["segmentationConfig"].get("maxLengthChars", 32_000)
    cuts, start = [], 0
    while start < len(text):
        end = min(start + most, len(text))
        if end < len(text):
            end = text.rfind(" ", start, end) + 1 or end
        cuts.append((start, end))
        start = end
    return cuts


def cut_time(content: bytes, kind: str, medium: dict[str, Any]) -> list[tuple[float, float]]:
    if kind == "audio":
        import soundfile

        with soundfile.SoundFile(io.BytesIO(content)) as file:
            length = file.frames / file.samplerate
    else:
        import av

        with av.open(io.BytesIO(content), "r") as file:
            length = float(file.duration or 0) / 1e6
    most = medium["segmentationConfig"].get("durationSeconds", 5)
    return [(float(start), min(start + most, round(length, 3))) for start in range(0, int(np.ceil(length)), most)]


def check_patterns(value: Any, shape: Any) -> None:
    """Patterns and sizes of the service model, which boto3 itself does not check."""
    if shape.type_name == "structure" and not getattr(shape, "is_document_type", False) and isinstance(value, dict):
        for name, member in shape.members.items():
            if name in value:
                check_patterns(value[name], member)
    if shape.type_name == "string" and isinstance(value, str):
        pattern, most = shape.metadata.get("pattern"), shape.metadata.get("max")
        if pattern and not re.fullmatch(pattern, value):
            raise invalid(f"{value!r} does not match {pattern}")
        if most and len(value) > most:
            raise invalid(f"{value!r} is longer than {most}")
    if shape.type_name == "integer" and not (
        shape.metadata.get("min", value) <= value <= shape.metadata.get("max", value)
    ):
        raise invalid(f"{value} is out of range")
