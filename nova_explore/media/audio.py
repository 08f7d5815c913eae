"""Sound: read by libsndfile where it can, else by FFmpeg; cut to segments, drawn as a waveform."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Item, Span
from nova_explore.errors import UnreadableError
from nova_explore.media import access, container, drawing
from nova_explore.media.content import Part, Playable, Sound

_BY_SNDFILE = {"wav", "mp3", "ogg", "flac"}
_IN_BROWSERS = {
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
}
_CODECS = frozenset(
    ("vorbis", "opus", "libopus", "flac", "aac", "pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le")
)
MOST_SENT = 8 * 2**20
"""Bytes up to which the original file is handed to the browser; a larger one is encoded anew."""


def split(path: Path, format: str) -> list[Part]:
    """One part, or segments of at most 30 s.

    Raises
    ------
    UnreadableError
        If it is damaged, cut short, or holds no sound.
    """
    container.check_whole(path, format)
    duration, channels, rate = _measure(path, format)
    if duration <= 0:
        raise UnreadableError("The recording holds no sound: 0 samples. Record or export it again.")
    facts = {"duration": round(duration, 3), "channels": channels, "sample_rate": rate}
    return [Part(span, facts=facts) for span in container.segments(duration)]


def _measure(path: Path, format: str) -> tuple[float, int, int]:
    if format == "mp3":
        with container.opened(path) as media:  # libsndfile's MP3 decoder writes about broken files to the terminal
            next(media.decode(audio=0), None)
    if format in _BY_SNDFILE:
        import soundfile

        try:
            with soundfile.SoundFile(path) as file:
                if file.frames > 0:
                    _read(file, max(0, file.frames - 64), file.frames)
                return file.frames / file.samplerate, file.channels, file.samplerate
        except soundfile.SoundFileError:
            pass  # a codec that libsndfile lacks (Speex in Ogg, ADPCM in WAV): FFmpeg knows more
    with container.opened(path) as media:
        if not media.streams.audio:
            raise UnreadableError("It holds no sound track. Record or export it again.")
        stream = media.streams.audio[0]
        if next(media.decode(stream), None) is None:
            return 0.0, 0, 0
        media.seek(0)
        return container.seconds(media, stream), stream.channels, stream.rate


def _read(file: Any, start: int, stop: int) -> NDArray[np.float32]:
    import soundfile

    try:
        file.seek(start)
        found = file.read(stop - start, dtype="float32", always_2d=True)
    except soundfile.SoundFileError as error:
        raise UnreadableError(f"The recording is damaged or cut short ({error}). Copy or download it again.") from error
    if len(found) < stop - start:
        raise UnreadableError(
            f"It is cut short: {file.frames:,} samples are announced and {start + len(found):,} are there. "
            "Copy or download it again."
        )
    return found


def decode(path: Path, format: str, span: Span | None) -> Sound:
    """Decode a stretch of sound to mono, at the rate it was recorded.

    Raises
    ------
    UnreadableError
        If it cannot be decoded, or nothing is there.
    """
    found = None
    if format in _BY_SNDFILE:
        import soundfile

        try:
            with soundfile.SoundFile(path) as file:
                rate = file.samplerate
                start = round(span.start * rate) if span else 0
                stop = min(file.frames, round(span.end * rate) if span else file.frames)
                found = (
                    _read(file, start, stop).mean(axis=1, dtype=np.float32) if stop > start else np.zeros(0, np.float32)
                )
        except soundfile.SoundFileError:
            found = None
    if found is None:
        found, rate = container.samples(path, span)
    if not len(found):
        raise UnreadableError("The recording holds no sound here. Read the collection again.")
    return Sound(found, rate)


def load(item: Item) -> Sound:
    """The sound of an item, mono.

    Raises
    ------
    UnreadableError
        If its file has gone, changed or cannot be decoded.
    """
    return decode(access.locate(item), item.format, item.span)


def thumbnail(item: Item, size: int = 160) -> bytes:
    """The loudness over time, drawn as bars (WebP)."""
    return drawing.to_webp(drawing.waveform(load(item).samples, size))


def playable(item: Item) -> Playable:
    """The original bytes of a whole, modest file that browsers play; else the stretch as MP3."""
    path = access.locate(item)
    if (
        item.span is None
        and item.format in _IN_BROWSERS
        and path.stat().st_size <= MOST_SENT
        and _plays(path, item.format)
    ):
        return Playable(_IN_BROWSERS[item.format], access.read_bytes(path))
    sound = decode(path, item.format, item.span)
    encoded = container.encode_sound(sound.samples, sound.rate)
    return Playable("audio/mpeg", encoded)


def _plays(path: Path, format: str) -> bool:
    """Whether the codec inside is one that browsers have: WAV, Ogg and MP4 hold many."""
    if format in ("mp3", "flac"):
        return True
    with container.opened(path) as media:
        name = media.streams.audio[0].codec_context.name if media.streams.audio else ""
    return name in _CODECS
