"""What Amazon Nova refuses in an InvokeModel body, in the service's words, and what it answers and charges.

Written from the documentation, apart from the library: it shares no code with what it tests but the price file.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import json
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from fakes import ROOT

MODEL = "amazon.nova-2-multimodal-embeddings-v1:0"
PURPOSES = {
    "GENERIC_INDEX", "GENERIC_RETRIEVAL", "TEXT_RETRIEVAL", "IMAGE_RETRIEVAL", "DOCUMENT_RETRIEVAL",
    "VIDEO_RETRIEVAL", "AUDIO_RETRIEVAL", "CLASSIFICATION", "CLUSTERING",
}  # fmt: skip
DIMENSIONS = {256, 384, 1024, 3072}
IMAGES = {"png": "PNG", "jpeg": "JPEG", "gif": "GIF", "webp": "WEBP"}
SOUNDS = {"mp3": "mp3", "wav": "wav", "ogg": "ogg"}
FILMS = {
    "mp4": "mov,mp4", "mov": "mov,mp4", "mkv": "matroska", "webm": "matroska,webm", "flv": "flv", "mpeg": "mpeg",
    "mpg": "mpeg", "wmv": "asf", "3gp": "mov,mp4",
}  # fmt: skip
BLOCKED = (
    "This request has been blocked by our content filters. Please adjust your {kind} prompt to submit a new request."
)
PRICES = json.loads((ROOT / "nova_explore/models/prices.json").read_text())["regions"]["us-east-1"]


class Refused(Exception):
    """A ValidationException."""


def malformed(problem: str) -> Refused:
    return Refused(f"Malformed input request: {problem}, please reformat your input and try again.")


def only(where: str, found: dict, allowed: set[str], required: Iterable[str] = ()) -> None:
    if not isinstance(found, dict):
        raise malformed(f"#/{where}: expected type: JSONObject, found: {type(found).__name__}")
    for key in found.keys() - allowed:
        raise malformed(f"#/{where}: extraneous key [{key}] is not permitted")
    for key in set(required) - found.keys():
        raise malformed(f"#/{where}: required key [{key}] not found")


def one_of(where: str, value: object, allowed: set) -> None:
    if value not in allowed or isinstance(value, bool):
        raise malformed(f"#/{where}: {value} is not a valid enum value")


def check(raw: bytes) -> dict:
    """Refuse what the service refuses; return kind, seconds and tokens of what is embedded."""
    try:
        body = json.loads(raw)
    except ValueError:
        raise malformed("#: not JSON") from None
    if not isinstance(body, dict) or body.get("taskType") != "SINGLE_EMBEDDING":
        raise malformed("#: required key [messages] not found")
    only("", body, {"schemaVersion", "taskType", "singleEmbeddingParams"}, {"singleEmbeddingParams"})
    one_of("schemaVersion", body.get("schemaVersion", "nova-multimodal-embed-v1"), {"nova-multimodal-embed-v1"})
    asked = body["singleEmbeddingParams"]
    kinds = {"text", "image", "audio", "video"}
    only("singleEmbeddingParams", asked, {"embeddingPurpose", "embeddingDimension", *kinds}, {"embeddingPurpose"})
    one_of("singleEmbeddingParams/embeddingPurpose", asked["embeddingPurpose"], PURPOSES)
    one_of("singleEmbeddingParams/embeddingDimension", asked.get("embeddingDimension", 3072), DIMENSIONS)
    given = kinds & asked.keys()
    if len(given) != 1:
        raise malformed("#/singleEmbeddingParams: exactly one of text, image, video, audio must be present")
    (kind,) = given
    about = {"text": check_text, "image": check_image, "audio": check_audio, "video": check_video}[kind](asked[kind])
    return about | {
        "kind": kind,
        "purpose": asked["embeddingPurpose"],
        "dimension": asked.get("embeddingDimension", 3072),
    }


def check_text(text: dict) -> dict:
    where = "singleEmbeddingParams/text"
    only(where, text, {"truncationMode", "value", "source"}, {"truncationMode"})
    one_of(f"{where}/truncationMode", text["truncationMode"], {"START", "END", "NONE"})
    if ("value" in text) == ("source" in text):
        raise malformed(f"#/{where}: exactly one of value, source must be present")
    words = text.get("value")
    if not isinstance(words, str):
        raise malformed(f"#/{where}/value: expected type: String")
    if len(words) > 50_000:
        raise malformed(f"expected maxLength: 50000, actual: {len(words)}")
    if not words.strip():
        raise malformed(f"#/{where}/value: expected minLength: 1, actual: 0")
    # A tokenizer of its own: words in pieces of up to five letters, and every other sign.
    tokens = len(re.findall(r"[A-Za-z]{1,5}|[0-9]{1,3}|[^\sA-Za-z0-9]", words)) or 1
    return {"words": words, "tokens": min(tokens, 8172), "cut": 8192 * 4 if tokens > 8172 else None}


def check_source(where: str, source: dict) -> bytes:
    only(f"{where}/source", source, {"bytes", "s3Location"})
    if "s3Location" in source:
        raise Refused("Unable to access the S3 object: check the bucket's region and permissions.")
    coded = source.get("bytes")
    if not isinstance(coded, str) or coded.startswith("data:"):
        raise malformed(f"#/{where}/source/bytes: invalid base64")
    try:
        return base64.b64decode(coded, validate=True)
    except binascii.Error:
        raise malformed(f"#/{where}/source/bytes: invalid base64") from None


def check_image(image: dict) -> dict:
    from PIL import Image, UnidentifiedImageError

    where = "singleEmbeddingParams/image"
    only(where, image, {"format", "source", "detailLevel"}, {"format", "source"})
    one_of(f"{where}/format", image["format"], set(IMAGES))
    one_of(f"{where}/detailLevel", image.get("detailLevel", "STANDARD_IMAGE"), {"STANDARD_IMAGE", "DOCUMENT_IMAGE"})
    data = check_source(where, image["source"])
    try:
        with Image.open(io.BytesIO(data)) as picture:
            picture.load()
            found = picture.format
    except (UnidentifiedImageError, OSError, SyntaxError):
        raise Refused("Could not decode the image: it is corrupt or of an unsupported format.") from None
    if found != IMAGES[image["format"]]:
        raise Refused(f"The image container {found} does not match the declared format {image['format']}.")
    return {"page": image.get("detailLevel") == "DOCUMENT_IMAGE", "digest": hashlib.sha256(data).hexdigest()}


def probe(data: bytes, format: str, containers: dict[str, str], most: float, pictures: bool) -> dict:
    import av
    from av.error import FFmpegError

    try:
        media: Any
        with av.open(io.BytesIO(data)) as media:
            found = media.format.name
            if not set(containers[format].split(",")) & set(found.split(",")):
                raise Refused(f"The container {found} does not match the declared format {format}.")
            streams = media.streams.video if pictures else media.streams.audio
            if not streams:
                raise Refused("Could not decode the media: no stream of the declared kind.")
            end = 0.0
            for packet in media.demux(streams[0]):
                if packet.pts is not None:
                    end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
            if pictures and (streams[0].width % 2 or streams[0].height % 2):
                raise Refused("Could not decode the video: unsupported frame size.")
            sound = bool(media.streams.audio)
    except FFmpegError:
        raise Refused("Could not decode the media: it is corrupt or of an unsupported codec.") from None
    if end > most:
        raise Refused(f"The duration of {end:.2f} s exceeds the maximum of {most:g} s.")
    return {"seconds": end, "sound": sound, "digest": hashlib.sha256(data).hexdigest()}


def check_audio(audio: dict) -> dict:
    where = "singleEmbeddingParams/audio"
    only(where, audio, {"format", "source"}, {"format", "source"})
    one_of(f"{where}/format", audio["format"], set(SOUNDS))
    return probe(check_source(where, audio["source"]), audio["format"], SOUNDS, 30.0, pictures=False)


def check_video(video: dict) -> dict:
    where = "singleEmbeddingParams/video"
    only(where, video, {"format", "source", "embeddingMode"}, {"format", "source", "embeddingMode"})
    one_of(f"{where}/format", video["format"], set(FILMS))
    one_of(f"{where}/embeddingMode", video["embeddingMode"], {"AUDIO_VIDEO_COMBINED", "AUDIO_VIDEO_SEPARATE"})
    about = probe(check_source(where, video["source"]), video["format"], FILMS, 30.0, pictures=True)
    return about | {"separate": video["embeddingMode"] == "AUDIO_VIDEO_SEPARATE"}


def charge(about: dict) -> float:
    """US dollars by the price file."""
    kind = "page" if about.get("page") else about["kind"]
    price = PRICES[kind]
    units = about["tokens"] if kind == "text" else 1 if kind in ("image", "page") else about["seconds"]
    return price["usd"] / price["per"] * units


def answer(about: dict) -> dict:
    """Deterministic vectors with structure: texts that share words are near, prefixes of one space agree."""
    types = {"text": ["TEXT"], "image": ["IMAGE"], "audio": ["AUDIO"]}.get(about["kind"])
    if types is None:
        # Sound first: whoever selects by position gets the wrong one.
        types = (["AUDIO"] if about["sound"] else []) + ["VIDEO"] if about["separate"] else ["AUDIO_VIDEO_COMBINED"]
    found = []
    for type in types:
        words = about["words"].lower().split() if about["kind"] == "text" else [about["digest"], type]
        size = about["dimension"]
        short = sum(direction(word)[:size] for word in words) + 0.2 * direction(about["purpose"])[:size]
        entry: dict = {"embeddingType": type, "embedding": (short / np.linalg.norm(short)).round(8).tolist()}
        if about.get("cut"):
            entry["truncatedCharLength"] = about["cut"]
        found.append(entry)
    return {"embeddings": found}


def direction(word: str) -> np.ndarray:
    if word not in _DIRECTIONS:
        if len(_DIRECTIONS) > 4096:
            _DIRECTIONS.clear()
        seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
        _DIRECTIONS[word] = np.random.default_rng(seed).normal(size=3072)
    return _DIRECTIONS[word]


_DIRECTIONS: dict[str, np.ndarray] = {}
