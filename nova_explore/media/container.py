"""Containers of sound and moving pictures: whole or cut short, their streams, their samples (by PyAV, thus FFmpeg)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Span
from nova_explore.errors import UnreadableError
from nova_explore.media import access

SEGMENT = 30.0
"""Seconds of the longest segment: the most that Nova Multimodal Embeddings takes in one synchronous call."""

SHORTEST = 1.0
"""Seconds below which a last segment is shared out with the one before."""


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """Open a container; errors of FFmpeg become reasons.

    Raises
    ------
    UnreadableError
        If it cannot be opened, or its content cannot be decoded inside the block.
    """
    import av
    import av.error

    with access.translated(path):
        path.open("rb").close()
    try:
        with av.open(str(path), metadata_errors="replace") as media:
            yield media
    except UnreadableError:
        raise
    except MemoryError as error:
        raise UnreadableError("It needs more memory than there is. Save a smaller copy.") from error
    except (av.error.FFmpegError, ValueError, IndexError) as error:
        detail = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise UnreadableError(f"The recording is damaged ({detail}). Copy it again, or convert it.") from error


def picture_stream(media: Any) -> Any | None:
    """The stream of moving pictures; a cover picture is none."""
    for stream in media.streams.video:
        if not stream.disposition & stream.disposition.attached_pic:
            return stream
    return None


def seconds(media: Any, stream: Any) -> float:
    """Duration of a stream; where the header does not say (a live recording) its packets are counted, undecoded."""
    import av

    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    if media.duration:
        return media.duration / av.time_base
    end = 0.0
    for packet in media.demux(stream):
        if packet.pts is not None:
            end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    media.seek(0)
    return end


def segments(duration: float) -> list[Span | None]:
    """Spans of at most 30 s; None for a medium that needs no cutting.

    Examples
    --------
    >>> [str(span) for span in segments(70.0)]
    ['0–30 s', '30–60 s', '60–70 s']
    """
    if duration <= SEGMENT + 0.05:  # containers round: 30.02 s is a clip of 30 s
        return [None]
    edges = [float(edge) for edge in np.arange(0.0, duration, SEGMENT)] + [round(duration, 3)]
    if edges[-1] - edges[-2] < SHORTEST:
        edges[-2] = round((edges[-3] + edges[-1]) / 2, 3)
    return [Span("seconds", start, end) for start, end in pairwise(edges)]


def samples(path: Path, span: Span | None, *, most: float | None = None) -> tuple[NDArray[np.float32], int]:
    """Decode a sound track to mono.

    Parameters
    ----------
    path : Path
        Any container FFmpeg reads.
    span : Span or None
        Seconds to decode; None decodes all, up to ``most``.
    most : float, optional
        Seconds after which to stop.

    Returns
    -------
    (float32 array of shape (n,), int)
        Samples, and how many there are a second. Empty if there is no sound in the span.
    """
    with opened(path) as media:
        if not media.streams.audio:
            return np.zeros(0, np.float32), 0
        start = span.start if span else 0.0
        end = span.end if span else (start + most if most else np.inf)
        return _decoded(media, media.streams.audio[0], start, end)


def _decoded(media: Any, stream: Any, start: float, end: float) -> tuple[NDArray[np.float32], int]:
    import av

    rate = int(stream.rate)
    resampler = av.AudioResampler(format="fltp", layout="mono", rate=rate)
    if start > 0:
        media.seek(int(max(0.0, start - 0.5) / stream.time_base), stream=stream)
    pieces: list[NDArray[np.float32]] = []
    first: float | None = None
    for frame in media.decode(stream):
        at = frame.time if frame.time is not None else start
        if at >= end:
            break
        if first is None:
            first = at
        pieces.extend(piece.to_ndarray()[0] for piece in resampler.resample(frame))
    pieces.extend(piece.to_ndarray()[0] for piece in resampler.resample(None))
    if not pieces or first is None:
        return np.zeros(0, np.float32), rate
    whole = np.concatenate(pieces)
    lead = max(0, round((start - first) * rate))
    length = round((end - max(start, first)) * rate) if end < np.inf else len(whole)
    return np.ascontiguousarray(whole[lead : lead + max(0, length)], dtype=np.float32), rate


def encode_sound(sound: NDArray[np.float32], rate: int) -> bytes:
    """Encode mono samples as MP3, 96 kbit/s, which every browser plays."""
    out = io.BytesIO()
    import av

    rate_out = rate if rate in (32000, 44100, 48000) else 44100
    with av.open(out, "w", format="mp3") as media:
        stream = media.add_stream("libmp3lame", rate=rate_out, layout="mono")
        stream.bit_rate = 96_000  # pyright: ignore[reportAttributeAccessIssue]
        put_sound(media, stream, sound, rate)
    return out.getvalue()


def put_sound(media: Any, stream: Any, sound: NDArray[np.float32], rate: int) -> None:
    """Write mono samples to an open stream, resampled to what its encoder takes."""
    import av

    resampler = av.AudioResampler(
        format=stream.format, layout=stream.layout, rate=stream.rate, frame_size=stream.frame_size or 1024
    )
    frame = av.AudioFrame.from_ndarray(np.clip(sound, -1, 1)[None, :].astype(np.float32), format="fltp", layout="mono")
    frame.sample_rate = rate
    frame.pts = 0
    for piece in [*resampler.resample(frame), *resampler.resample(None)]:
        for packet in stream.encode(piece):
            media.mux(packet)
    for packet in stream.encode(None):
        media.mux(packet)


def check_whole(path: Path, format: str) -> None:
    """Compare the length that a container announces with the length of the file.

    Raises
    ------
    UnreadableError
        If the file ends before its content does. Decoders often play what is there and say nothing.
    """
    with access.translated(path), path.open("rb") as file:
        size = path.stat().st_size
        announced = {
            "wav": _riff_end,
            "avi": _riff_end,
            "ogg": _ogg_end,
            "ogv": _ogg_end,
            "mp3": _mp3_end,
        }.get(format)
        if format in ("mp4", "mov", "m4a"):
            announced = _boxes_end
        elif format in ("mkv", "mka", "webm"):
            announced = _matroska_end
        end = announced(file, size) if announced else size
    if end > size:
        raise UnreadableError(
            f"It is cut short: it should be {end:,} bytes long and is {size:,}. Copy or download it again."
        )


def _riff_end(file: Any, size: int) -> int:
    head = file.read(12)
    length = int.from_bytes(head[4:8], "little")
    # Recorders that write to a pipe announce 0 or about 4 GB; RF64 keeps the length elsewhere.
    return 8 + length if head[:4] == b"RIFF" and 0 < length < 0x7FFFF000 else size


def _ogg_end(file: Any, size: int) -> int:
    start = max(0, size - 2 * 65536)  # a page is at most 65,307 bytes (RFC 3533)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"OggS")
    if at < 0:
        return size
    count = tail[at + 26] if at + 26 < len(tail) else 255
    table = tail[at + 27 : at + 27 + count]
    return start + at + 27 + count + sum(table) + (1 if len(table) < count else 0)


def _mp3_end(file: Any, size: int) -> int:
    head = file.read(10)
    start = 0
    if head[:3] == b"ID3":
        start = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
    file.seek(start)
    frame = file.read(256)
    at = max(frame.find(b"Xing"), frame.find(b"Info"))
    if at < 0 or not frame[at + 7] & 2:
        return size
    skip = 8 + (4 if frame[at + 7] & 1 else 0)
    length = int.from_bytes(frame[at + skip : at + skip + 4], "big")
    return start + length if start + length > 1.01 * size + 1024 else size


def _boxes_end(file: Any, size: int) -> int:
    at = 0
    while at + 8 <= size:
        file.seek(at)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        if length == 0:  # the last box, up to the end of the file
            return size
        if length < 8 or not head[4:8].isascii():  # no box at all: the decoder will say what is wrong
            return size
        at += length
    return at


def _matroska_end(file: Any, size: int) -> int:
    head = file.read(4096)
    at = head.find(b"\x18\x53\x80\x67")
    if at < 0 or at + 4 >= len(head) or head[at + 4] == 0:
        return size
    width = 9 - head[at + 4].bit_length()
    field = head[at + 4 : at + 4 + width]
    length = int.from_bytes(field, "big") & ((1 << 7 * width) - 1)
    if length == (1 << 7 * width) - 1:  # a live recording does not know its length
        return size
    return at + 4 + width + length
