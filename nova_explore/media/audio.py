"""Sound: read by libsndfile where it can, else by FFmpeg; cut to segments, drawn as a waveform."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Item, Scalar, Span
from nova_explore.errors import UnreadableError
from nova_explore.media import access, completeness, container, drawing
from nova_explore.media.content import Part, Playable, Sound
from nova_explore.media.length import measure, unheard, unreached

_BY_SNDFILE = {"wav", "ogg", "flac", "aiff", "au"}
_UNKNOWN = 2**60
"""Samples from which on libsndfile says that a header does not know them."""

_OPUS_RATE = 48_000
"""Samples a second by which Opus counts in Ogg, whatever was recorded (RFC 7845)."""

_NEARLY = 0.97
_PLAYED_ON = frozenset(("flac", "ogg"))
"""Formats in which FFmpeg, as players do, goes on behind what is damaged."""

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
    completeness.check_whole(path, format)
    duration, facts = _measure(path, format)
    if duration <= 0:
        raise UnreadableError("The recording holds no sound: 0 samples. Record or export it again.")
    missing = completeness.missing_of_mp3(path) if format == "mp3" else 0.0
    facts = {"duration": round(duration, 3)} | facts
    if "incomplete" not in facts and (
        damaged := unheard(path, format, duration, track=int(facts.get("sound_track", 1) or 1) - 1)
    ):
        facts["incomplete"] = damaged
    if missing:
        facts["incomplete"] = f"its header announces a recording {1 / (1 - missing):.2g} times as long"
    return [Part(span, facts=facts) for span in container.segments(duration)]


def _measure(path: Path, format: str) -> tuple[float, dict[str, Scalar]]:
    if _by_sndfile(path, format):
        import soundfile

        try:
            with soundfile.SoundFile(path) as file:
                if _knows(file, path):
                    _read(file, max(0, file.frames - 64), file.frames)
                    facts: dict[str, Scalar] = {"channels": file.channels, "sample_rate": file.samplerate}
                    return file.frames / file.samplerate, facts
        except soundfile.SoundFileError:
            pass  # a codec that libsndfile lacks (Speex in Ogg, ADPCM in WAV): FFmpeg knows more
    with container.opened(path) as media:
        if not container.sound_streams(media):
            raise UnreadableError("It holds no sound track. Record or export it again.")
        tracks = len(container.sound_streams(media))
        stream = container.sound_streams(media)[0]
        if next(container.frames(media, stream), None) is None:
            return 0.0, {}
        facts = {"channels": stream.channels, "sample_rate": stream.rate}
    with container.opened(path) as media:
        length = measure(media, None)
    if missing := unreached(path, format, length):
        facts["incomplete"] = missing
    return length.sound, facts | track_facts(path, tracks)


def track_facts(path: Path, tracks: int) -> dict[str, Scalar]:
    """Which of several sound tracks is used, counted from 1; nothing where there is no choice."""
    return {"sound_track": container.best_track(path) + 1, "sound_tracks": tracks} if tracks > 1 else {}


def track_of(item: Item) -> int:
    """Number, from 0, of the sound track that was chosen when an item was read."""
    track = item.metadata.get("sound_track")
    return track - 1 if isinstance(track, int) and track > 0 else 0


def _by_sndfile(path: Path, format: str) -> bool:
    """Whether libsndfile reads a file whole: of chained Ogg it knows the first link, of MP3 what one header says."""
    if format == "ogg":
        return not completeness.is_chained(path)
    # On MP3 in a WAV its decoder writes to the terminal.
    return format in _BY_SNDFILE and not (format == "wav" and completeness.is_mpeg_in_wav(path))


def _knows(file: Any, path: Path) -> bool:
    """Whether libsndfile knows how many samples there are; of a damaged Ogg it knows those before the damage."""
    if file.format == "OGG":
        rate = _OPUS_RATE if file.subtype == "OPUS" else file.samplerate
        if file.frames / file.samplerate < _NEARLY * completeness.last_granule(path) / rate:
            return False
    return 0 < file.frames < _UNKNOWN


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


def decode(path: Path, format: str, span: Span | None, *, track: int = 0) -> Sound:
    """Decode a stretch of sound to mono, at the rate it was recorded.

    Raises
    ------
    UnreadableError
        If it cannot be decoded, or nothing is there.
    """
    samples, rate = _samples(path, format, span, track)
    if not len(samples):
        raise UnreadableError("The recording holds no sound here. Read the collection again.")
    return Sound(samples, rate)


def _samples(path: Path, format: str, span: Span | None, track: int) -> tuple[NDArray[np.float32], int]:
    if _by_sndfile(path, format):
        import soundfile

        try:
            with soundfile.SoundFile(path) as file:
                if _knows(file, path):
                    rate = file.samplerate
                    start = round(span.start * rate) if span else 0
                    stop = min(file.frames, round(span.end * rate) if span else file.frames)
                    channels = _read(file, start, stop).T if stop > start else np.zeros((1, 0), np.float32)
                    return container.mixed(channels), rate
        except (soundfile.SoundFileError, UnreadableError) as error:
            if isinstance(error, UnreadableError) and format not in _PLAYED_ON:
                raise
    if format == "ogg" and completeness.is_chained(path):
        return container.counted(path, span)
    return container.samples(path, span, track=track)


def load(item: Item) -> Sound:
    """The sound of an item, mono.

    Raises
    ------
    UnreadableError
        If its file has gone, changed or cannot be decoded.
    """
    return decode(access.locate(item), item.format, item.span, track=track_of(item))


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
    sound = decode(path, item.format, item.span, track=track_of(item))
    encoded = container.encode_sound(sound.samples, sound.rate)
    return Playable("audio/mpeg", encoded)


def _plays(path: Path, format: str) -> bool:
    """Whether the codec inside is one that browsers have: WAV, Ogg and MP4 hold many."""
    if format in ("mp3", "flac"):
        return True
    if format == "ogg" and completeness.is_chained(path):
        return False
    with container.opened(path) as media:
        names = [stream.codec_context.name for stream in container.sound_streams(media)]
    return len(names) == 1 and names[0] in _CODECS
