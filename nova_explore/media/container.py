"""Containers of sound and moving pictures: their streams, their length, their samples (by PyAV, thus FFmpeg).

Seconds of an item count from the beginning of its recording, whatever time its container begins at: a piece cut from a
longer film begins at 0 here.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Span
from nova_explore.errors import UnreadableError
from nova_explore.media import access, budget

SEGMENT = 30.0
"""Seconds of the longest segment: the most that Nova Multimodal Embeddings takes in one synchronous call."""

SHORTEST = 1.0
"""Seconds below which a last segment is shared out with the one before."""

LONGEST = 30 * 86_400.0
"""Seconds of the longest recording: damaged times say years, and each half minute of them would be an item."""

SILENT = 1e-4
"""Root mean square below which a sound track holds nothing: quieter than the rounding of 16-bit samples."""

CANCELLED = 0.1
"""Share of the channels' loudness that their mean must keep; below, they are in opposite phase and one is taken."""

MOST_PIXELS = 2**26
"""Pixels of the largest frame that is decoded: twice those of a film in 8K."""

_STILL_CODECS = frozenset(("mjpeg", "png", "bmp", "webp"))


def open_media(source: str | BinaryIO) -> Any:
    """Open a container by path or content, whatever its words are written in; see `words_of`.

    From version 19 on PyAV does so by itself, and takes no such argument any more.
    """
    import av

    if int(av.__version__.partition(".")[0]) >= 19:
        return av.open(source)
    return av.open(source, metadata_errors="surrogateescape")


def words_of(metadata: Mapping[str, str]) -> dict[str, str]:
    """What a container or stream says of itself, by names in small letters; bytes that are no UTF-8 are marked."""
    return {
        name.lower(): said.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        for name, said in metadata.items()
    }


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """Open a container; errors of FFmpeg become reasons.

    Raises
    ------
    UnreadableError
        If it cannot be opened, or its content cannot be decoded inside the block.
    """
    import av.error

    with access.translated(path):
        path.open("rb").close()
    try:
        with open_media(str(path)) as media:
            yield media
    except UnreadableError:
        raise
    except MemoryError as error:
        raise UnreadableError("It needs more memory than there is. Save a smaller copy.") from error
    except (av.error.FFmpegError, ValueError, IndexError) as error:
        detail = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise UnreadableError(f"The recording is damaged ({detail}). Copy it again, or convert it.") from error


def picture_stream(media: Any) -> Any | None:
    """The stream of moving pictures; a cover is none, and neither are the pictures of an audiobook's chapters."""
    for stream in media.streams.video:
        if stream.codec_context is None or stream.disposition & stream.disposition.attached_pic:
            continue  # without a decoder, or a cover
        rate = float(stream.average_rate or 0)
        if sound_streams(media) and stream.codec_context.name in _STILL_CODECS and 0 < rate <= 1:
            continue
        return stream
    return None


def sound_streams(media: Any) -> list[Any]:
    """The sound tracks for which there is a decoder."""
    return [stream for stream in media.streams.audio if stream.codec_context is not None]


def beginning(media: Any) -> float:
    """The time, in seconds, at which a container begins."""
    import av

    return media.start_time / av.time_base if media.start_time else 0.0


def seek(media: Any, time: float, stream: Any) -> bool:
    """Go to where decoding can begin before a time of the container; False where it has no way of going there.

    Flash video without an index cannot be sought: it is read on from where it stands.
    """
    import av.error

    try:
        media.seek(int(time / stream.time_base), stream=stream)
    except av.error.FFmpegError:
        return False
    return True


def segments(duration: float) -> list[Span | None]:
    """Spans of at most 30 s; None for a medium that needs no cutting.

    Raises
    ------
    UnreadableError
        If nothing plays that long: its times are damaged.

    Examples
    --------
    >>> [str(span) for span in segments(70.0)]
    ['0–30 s', '30–60 s', '60–70 s']
    """
    if duration <= SEGMENT + 0.05:  # containers round: 30.02 s is a clip of 30 s
        return [None]
    if duration > LONGEST:
        raise UnreadableError(
            f"The recording is damaged: by its times it plays for {duration / 86_400:,.0f} days. "
            "Copy it again, or convert it."
        )
    edges = [float(edge) for edge in np.arange(0.0, duration, SEGMENT)] + [round(duration, 3)]
    if edges[-1] - edges[-2] < SHORTEST:
        edges[-2] = round((edges[-3] + edges[-1]) / 2, 3)
    return [Span("seconds", start, end) for start, end in pairwise(edges)]


def frames(media: Any, stream: Any, damaged: list[int] | None = None) -> Iterator[Any]:
    """Decode a stream as players do; where packets lie that were passed over is added to ``damaged``.

    A packet that only repeats the frame before (Theora) is no end, and one that cannot be decoded, as lies between two
    recordings that were joined, is passed over. Only where nothing at all can be decoded its error is raised.
    """
    import av.error

    failure: av.error.FFmpegError | None = None
    decoded = False
    for packet in in_time(media, media.demux(stream)):
        if packet.size == 0 and packet.pts is not None:
            continue
        _check_pixels(stream)
        try:
            found = packet.decode()
        except MemoryError:
            raise
        except av.error.FFmpegError as error:  # damaged AAC is "not permitted"
            failure = failure or error
            if damaged is not None:
                damaged.append(packet.pos or 0)
            continue
        decoded = decoded or bool(found)
        yield from found
    if failure is not None and not decoded:
        raise failure


def in_time(media: Any, packets: Iterator[Any], broken: list[str] | None = None) -> Iterator[Any]:
    """Packets, until the file's time is over, or it cannot be read on; then the reason is added to ``broken``."""
    import av.error

    check = budget.started(media.size)
    began = False
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except MemoryError:
            raise
        except av.error.FFmpegError as error:
            if not began:
                raise
            if broken is not None:
                broken.append(error.strerror or type(error).__name__)
            return
        check()
        began = True
        yield packet


def _check_pixels(stream: Any) -> None:
    """A decoder keeps up to sixteen frames: pictures of 8,192 x 8,192 pixels take 1.6 GB."""
    width, height = (stream.width or 0, stream.height or 0) if stream.type == "video" else (0, 0)
    if width * height > MOST_PIXELS:
        raise UnreadableError(
            f"Its pictures have {width:,} x {height:,} pixels; at most {MOST_PIXELS:,} are decoded. "
            "Save a smaller copy."
        )


def best_track(path: Path) -> int:
    """Number (from 0) of the sound track to use: the first that is not silent, else the first.

    Screen recorders keep a microphone that nobody spoke into before the sound of the system.
    """
    with opened(path) as media:
        count = len(sound_streams(media))
    if count < 2:
        return 0
    for track in range(count):
        with opened(path) as media:
            heard, _ = _decoded(media, sound_streams(media)[track], 0.0, 3 * SEGMENT)
        if len(heard) and float(np.sqrt(np.mean(np.square(heard)))) > SILENT:
            return track
    return 0


def samples(
    path: Path, span: Span | None, *, most: float | None = None, track: int = 0
) -> tuple[NDArray[np.float32], int]:
    """Decode a sound track to mono.

    Parameters
    ----------
    path : Path
        Any container FFmpeg reads.
    span : Span or None
        Seconds to decode; None decodes all, up to ``most``.
    most : float, optional
        Seconds after which to stop.
    track : int
        Which sound track, from 0.

    Returns
    -------
    (float32 array of shape (n,), int)
        Samples, and how many there are a second. Empty if there is no sound in the span.
    """
    with opened(path) as media:
        if not sound_streams(media):
            return np.zeros(0, np.float32), 0
        start = span.start if span else 0.0
        end = span.end if span else (start + most if most else np.inf)
        return _decoded(media, sound_streams(media)[min(track, len(sound_streams(media)) - 1)], start, end)


def counted(path: Path, span: Span | None) -> tuple[NDArray[np.float32], int]:
    """Decode a stretch of a recording whose own time cannot be trusted: its place is found by counting samples."""
    with opened(path) as media:
        stream = sound_streams(media)[0]
        rate = int(stream.rate)
        resampler = _Planar(rate)
        first, last = (round(span.start * rate), round(span.end * rate)) if span else (0, None)
        pieces: list[NDArray[np.float32]] = []
        at = 0
        for frame in frames(media, stream):
            for piece in resampler(frame):
                if at + piece.shape[1] > first:
                    pieces.append(piece[:, max(0, first - at) :])
                at += piece.shape[1]
            if last is not None and at >= last:
                break
        return _joined(pieces, stop=None if last is None else last - first), rate


class _Planar:
    """Brings frames to planar float samples at one rate, whatever changes within the stream."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._resampler: Any = None
        self._layout = ""

    def __call__(self, frame: Any | None) -> list[NDArray[np.float32]]:
        import av

        if frame is None:
            return [piece.to_ndarray() for piece in self._resampler.resample(None)] if self._resampler else []
        left: list[NDArray[np.float32]] = []
        if self._resampler is None or frame.layout.name != self._layout:
            left = self(None)
            self._layout = frame.layout.name
            self._resampler = av.AudioResampler(format="fltp", layout=frame.layout, rate=self._rate)
        frame.pts = None  # time that jumps would make the resampler refuse or fill in
        return left + [piece.to_ndarray() for piece in self._resampler.resample(frame)]


def mixed(channels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bring channels (c, n) to one; the loudest alone where their mean cancels out (opposite phase)."""
    if len(channels) == 1:
        return channels[0]
    mean = channels.mean(axis=0, dtype=np.float32)
    loudness = np.sqrt(np.mean(np.square(channels, dtype=np.float64), axis=1)) if channels.size else np.zeros(1)
    kept = float(np.sqrt(np.mean(np.square(mean, dtype=np.float64)))) if mean.size else 0.0
    return channels[int(loudness.argmax())] if kept < CANCELLED * float(loudness.max()) else mean


def _joined(pieces: list[NDArray[np.float32]], start: int = 0, stop: int | None = None) -> NDArray[np.float32]:
    """Samples ``start`` to ``stop`` of pieces that follow each other, as one channel."""
    if not pieces:
        return np.zeros(0, np.float32)
    count = max(len(piece) for piece in pieces)
    # Where a chained recording goes from one channel to two, the one is both.
    same = [piece if len(piece) == count else np.repeat(piece[:1], count, axis=0) for piece in pieces]
    return np.ascontiguousarray(mixed(np.concatenate(same, axis=1)[:, start:stop]), dtype=np.float32)


def _decoded(media: Any, stream: Any, start: float, end: float) -> tuple[NDArray[np.float32], int]:
    rate = int(stream.rate)
    resampler = _Planar(rate)
    begin = beginning(media)
    if start > 0:
        seek(media, max(0.0, start - 0.5 + begin), stream)
    pieces: list[NDArray[np.float32]] = []
    first: float | None = None
    for frame in frames(media, stream):
        at = frame.time - begin if frame.time is not None else start
        if at >= end:
            break
        if first is None:
            first = at
        pieces.extend(resampler(frame))
    pieces.extend(resampler(None))
    if not pieces or first is None:
        return np.zeros(0, np.float32), rate
    lead = max(0, round((start - first) * rate))
    length = round((end - max(start, first)) * rate) if end < np.inf else None
    return _joined(pieces, lead, None if length is None else lead + max(0, length)), rate


def encode_sound(sound: NDArray[np.float32], rate: int, *, bit_rate: int = 96_000) -> bytes:
    """Encode mono samples as MP3, which every browser plays."""
    out = io.BytesIO()
    import av

    rate_out = rate if rate in (16000, 22050, 24000, 32000, 44100, 48000) else 44100
    with av.open(out, "w", format="mp3") as media:
        stream = media.add_stream("libmp3lame", rate=rate_out, layout="mono")
        stream.bit_rate = bit_rate  # pyright: ignore[reportAttributeAccessIssue]
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
