"""Media in the form in which Amazon Nova takes them: converted, cut and shrunk, never hoped for.

A file goes out as it is only where its content, not its name, is of a documented format and needs no cutting, turning
or shrinking; everything else is decoded and encoded anew. So the declared format is always that of the bytes.
"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from nova_explore import media
from nova_explore.collection import Item, Modality, Span
from nova_explore.errors import UnreadableError
from nova_explore.media import access, container
from nova_explore.media.content import Clip, Page, Picture, Sound
from nova_explore.models.cost import seconds_of
from nova_explore.models.nova.request import MOST_BYTES, Prepared, encoded_size

if TYPE_CHECKING:
    from PIL.Image import Image

VERSION = "nova-1"
"""Raised whenever a change here changes the bytes that are sent: it is part of the space."""

MOST_CHARACTERS = 8000
"""The documentation allows 8,192 characters; what was measured differs, so a little is left."""

LONGEST = 30.0
"""Seconds of the longest recording that the service takes in one call."""

ENCODED = 29.9
"""Seconds to which a recording is cut that is encoded anew: frames and encoder padding make it a little longer."""

MOST_PNG = 6_000_000
"""Bytes up to which a picture is sent without loss; a larger one as JPEG."""

MOST_WAV = 4_000_000
"""Bytes up to which sound is sent as samples, 40 s at 48 kHz; more as MP3."""

_SMALLEST_SIDE = 64


def prepare(item: Item) -> Prepared:
    """The medium of an item, ready to be sent.

    Raises
    ------
    UnreadableError
        If its file has gone, changed, cannot be decoded, is blank, or cannot be made small enough.
    """
    if item.modality is Modality.TEXT:
        return prepare_text(_words(item))
    medium = {
        Modality.IMAGE: _prepare_picture,
        Modality.PAGE: _prepare_page,
        Modality.AUDIO: _prepare_sound,
        Modality.VIDEO: _prepare_video,
    }[item.modality](item)
    if encoded_size(medium.data) >= MOST_BYTES:
        raise UnreadableError(
            f"It makes a request of {encoded_size(medium.data):,} bytes, the service takes fewer than {MOST_BYTES:,}. "
            "Save a smaller copy."
        )
    return medium


def _words(item: Item) -> str:
    found = media.load(item) if item.text is None else None
    return item.text or getattr(found, "text", None) or ""


def prepare_text(words: str) -> Prepared:
    """A text, cut at a word boundary to at most 8,000 characters.

    Raises
    ------
    UnreadableError
        If it is blank.
    """
    if not words.strip():
        raise UnreadableError("The text is blank. Take it out of the collection.")
    if len(words) <= MOST_CHARACTERS:
        return Prepared("text", text=words)
    head = words[:MOST_CHARACTERS]
    last = max((match.start() for match in re.finditer(r"\s", head)), default=0)
    kept = last if last > MOST_CHARACTERS // 2 else MOST_CHARACTERS
    return Prepared("text", text=words[:kept], kept=kept)


def _prepare_picture(item: Item) -> Prepared:
    if item.format in ("png", "jpeg", "webp"):
        path = access.locate(item)
        data = access.read_bytes(path)
        if len(data) <= MOST_PNG and _goes_as_it_is(data):
            return Prepared("image", item.format, data=data)
    content = media.load(item)
    if not isinstance(content, Picture):
        raise UnreadableError("It holds no picture. Read the collection again.")
    return _encode_picture(content.image, document=False)


def _goes_as_it_is(data: bytes) -> bool:
    """Whether a file holds one upright picture in plain colours: then nothing is left to anyone's interpretation."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as image:
            one = getattr(image, "n_frames", 1) == 1
            upright = image.getexif().get(0x0112, 1) == 1
            # Location and camera are in the metadata; they are nobody's business and say nothing about the picture.
            private = len(image.getexif()) > 0
            return one and upright and not private and image.mode in ("RGB", "L") and "transparency" not in image.info
    except Exception:  # a decoder raises almost anything; whatever it is, the careful way decodes or explains it
        return False


def _prepare_page(item: Item) -> Prepared:
    content = media.load(item)
    if not isinstance(content, Page | Picture):
        raise UnreadableError("It holds no page. Read the collection again.")
    return _encode_picture(content.image, document=True)


def _encode_picture(image: Image, *, document: bool) -> Prepared:
    data = _saved(image, "PNG")
    if len(data) <= MOST_PNG:
        return Prepared("image", "png", data=data, document=document)
    while encoded_size(data := _saved(image, "JPEG", quality=92)) >= MOST_BYTES:
        width, height = (side * 3 // 4 for side in image.size)
        if min(width, height) < _SMALLEST_SIDE:
            raise UnreadableError("The picture cannot be made small enough to be sent. Cut it into parts.")
        image = image.resize((width, height))
    return Prepared("image", "jpeg", data=data, document=document)


def _saved(image: Image, format: str, **options: int) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def _prepare_sound(item: Item) -> Prepared:
    if item.span is None and item.format in ("mp3", "wav", "ogg") and seconds_of(item) < LONGEST:
        path = access.locate(item)
        if path.stat().st_size <= MOST_BYTES // 2 and _is_plain_sound(item):
            return Prepared("audio", item.format, data=access.read_bytes(path))
    content = media.load(item)
    if not isinstance(content, Sound):
        raise UnreadableError("It holds no sound. Read the collection again.")
    return _encode_sound(content)


def _is_plain_sound(item: Item) -> bool:
    """Whether the codec inside is the usual one of its container: WAV and Ogg hold many."""
    import soundfile

    if item.metadata.get("duration") is None:
        return False
    try:
        about = soundfile.info(str(access.locate(item)))
    except soundfile.SoundFileError:
        return False
    return about.subtype in ("PCM_16", "VORBIS", "OPUS") or about.subtype.startswith("MPEG")


def _encode_sound(sound: Sound) -> Prepared:
    import soundfile

    samples = sound.samples[: int(LONGEST * sound.rate)]
    if 2 * len(samples) <= MOST_WAV:
        out = io.BytesIO()
        soundfile.write(out, samples.clip(-1, 1), sound.rate, format="WAV", subtype="PCM_16")
        return Prepared("audio", "wav", data=out.getvalue())
    return Prepared("audio", "mp3", data=container.encode_sound(samples[: int(ENCODED * sound.rate)], sound.rate))


def _prepare_video(item: Item) -> Prepared:
    if item.span is None and item.format in ("mp4", "mov", "mkv", "webm") and seconds_of(item) < LONGEST:
        path = access.locate(item)
        if encoded_size(b"\0" * 3) + path.stat().st_size * 4 // 3 < MOST_BYTES and _is_plain_video(item):
            return Prepared("video", item.format, data=access.read_bytes(path))
    start = item.span.start if item.span else 0.0
    end = min(start + seconds_of(item), start + ENCODED)
    # A part, even one that is the whole, is always encoded anew: as MP4, H.264 of even size, with AAC sound.
    shown = media.playable(replace(item, span=Span("seconds", start, end)))
    return Prepared("video", "mp4", data=shown.data)


def _is_plain_video(item: Item) -> bool:
    """Whether a video is of a usual codec, of even size, upright, with square pixels and a known length."""
    if item.metadata.get("duration") is None:
        return False
    with container.opened(access.locate(item)) as opened:
        stream = container.picture_stream(opened)
        frame = next(opened.decode(stream), None) if stream is not None else None
        if stream is None or frame is None:
            return False
        return (
            stream.codec_context.name in ("h264", "hevc", "vp8", "vp9", "mpeg4")
            and frame.width % 2 == 0
            and frame.height % 2 == 0
            and getattr(frame, "rotation", 0) % 360 == 0
            and (stream.sample_aspect_ratio or 1) == 1
        )


def has_sound(item: Item) -> bool:
    """Whether a video has a sound track that can be heard in the item's stretch.

    Raises
    ------
    UnreadableError
        If its file has gone, changed or cannot be decoded.
    """
    content = media.load(item)
    return isinstance(content, Clip) and content.sound is not None
