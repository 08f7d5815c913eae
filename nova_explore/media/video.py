"""Moving pictures: frames sampled over a stretch, the sound track, a clip that browsers play."""

from __future__ import annotations

import io
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nova_explore.collection import Item, Scalar, Span
from nova_explore.errors import UnreadableError
from nova_explore.media import access, completeness, container, drawing
from nova_explore.media.audio import track_facts, track_of
from nova_explore.media.content import Clip, Part, Playable, Sound
from nova_explore.media.hdr import hdr_of, to_standard
from nova_explore.media.length import measure, unreached

if TYPE_CHECKING:
    from PIL.Image import Image

EVERY, FEWEST, MOST = 2.0, 4, 16
"""One frame for about every 2 s of a clip, at least 4 and at most 16."""

LONGEST = 720
"""Pixels of the longest side of a sampled frame."""

SHOWN_HEIGHT, SHOWN_RATE = 480, 30
MOST_SENT = 24 * 2**20
"""Bytes up to which the original file is handed to the browser; a larger one is encoded anew."""

_IN_BROWSERS = {
    "mp4": ("video/mp4", {"h264", "av1", "libdav1d", "vp9"}, {"aac", "mp3", "mp3float", "opus", "flac"}),
    "webm": ("video/webm", {"vp8", "vp9", "av1", "libdav1d"}, {"vorbis", "opus", "libopus"}),
}


def split(path: Path, format: str) -> list[Part]:
    """One part, or segments of at most 30 s.

    Raises
    ------
    UnreadableError
        If it is damaged, cut short, or holds no frames.
    """
    completeness.check_whole(path, format)
    with container.opened(path) as media:
        stream = container.picture_stream(media)
        if stream is None:
            raise UnreadableError("It holds no moving pictures. Export it again.")
        frame = next(container.frames(media, stream), None)
        if frame is None:
            raise UnreadableError("The video holds no frames. Record or export it again.")
        rate = float(stream.average_rate or stream.base_rate or 0)
        width, height = _shape(frame, stream)
        tracks = len(container.sound_streams(media))
        hdr = hdr_of(frame)
    with container.opened(path) as media:
        length = measure(media, container.picture_stream(media))
    duration = max(length.pictures, length.sound) or (1 / rate if rate else 0.04)
    facts: dict[str, Scalar] = {
        "duration": round(duration, 3),
        "width": width,
        "height": height,
        "fps": round(rate, 3),
        "has_sound": tracks > 0,
    } | track_facts(path, tracks)
    if hdr:
        facts["hdr"] = hdr
    if missing := unreached(path, format, length):
        facts["incomplete"] = missing
    if tracks and abs(length.pictures - length.sound) > 1.0:
        # The last picture stands while sound goes on, as in a player.
        facts["pictures_until"], facts["sound_until"] = round(length.pictures, 3), round(length.sound, 3)
    return [Part(span, facts=facts) for span in container.segments(duration)]


def _shape(frame: Any, stream: Any) -> tuple[int, int]:
    """Width and height as shown: square pixels, upright."""
    aspect = stream.sample_aspect_ratio or Fraction(1)
    width = round(frame.width * float(aspect)) if 0 < aspect < 10 else frame.width
    return (frame.height, width) if _turn(frame) in (90, 270) else (width, frame.height)


def _turn(frame: Any) -> int:
    """Degrees, counterclockwise, that set a frame upright; turns that are no quarters are ignored."""
    turn = int(getattr(frame, "rotation", 0)) % 360
    return turn if turn in (90, 180, 270) else 0


def _picture(frame: Any, stream: Any, longest: int) -> Image:
    width, height = _shape(frame, stream)
    scale = min(1.0, longest / max(width, height))
    width, height = max(2, round(width * scale)), max(2, round(height * scale))
    turn = _turn(frame)
    size = (height, width) if turn in (90, 270) else (width, height)
    if hdr_of(frame):
        image = to_standard(frame, size)
    else:
        image = frame.reformat(width=size[0], height=size[1], format="rgb24").to_image()
    return image.rotate(turn, expand=True) if turn else image


def _stretch(item: Item) -> tuple[float, float]:
    if item.span:
        return item.span.start, item.span.end
    duration = item.metadata.get("duration")
    return 0.0, float(duration) if isinstance(duration, int | float) else container.SEGMENT


def frames_at(path: Path, times: list[float], *, longest: int = LONGEST) -> list[Image]:
    """The frames shown at some moments, in order; after the last frame that one stands.

    Parameters
    ----------
    path : Path
        A video.
    times : list of float
        Seconds from its beginning, ascending.
    longest : int
        Pixels of the longest side.

    Notes
    -----
    Packets are read first, undecoded, to learn where decoding can begin; then only what lies between such a
    place and the moment is decoded, and frames that no other frame needs are skipped on the way.
    """
    pictures: list[Image] = []
    with container.opened(path) as media:
        stream = container.picture_stream(media)
        if stream is None:
            raise UnreadableError("It holds no moving pictures. Export it again.")
        stream.thread_type = "AUTO"
        begin = container.beginning(media)
        keys = _keys(path, times[0] + begin, times[-1] + begin)
        reel = _Reel(media, stream)
        shown, picture = None, None
        for time in times:
            frame = reel.at(time + begin, keys)
            if frame is None:
                continue
            if frame is not shown:
                shown, picture = frame, _picture(frame, stream, longest)
            if picture is not None:
                pictures.append(picture)
    return pictures


class _Reel:
    """Goes through the frames of a stream, forwards, to the one that is shown at a moment."""

    def __init__(self, media: Any, stream: Any) -> None:
        self._media, self._stream = media, stream
        self._begun = False
        self._decoding: Iterator[Any] = iter(())
        self._shown: Any = None
        self._next: Any = None

    def at(self, wanted: float, keys: list[float]) -> Any:
        """The last frame whose time is not after the moment; the first one where none is."""
        key = max((key for key in keys if key <= wanted), default=None)
        if self._shown is None or (key is not None and self._shown.time is not None and key > self._shown.time):
            self._go(wanted if key is None else key)
            if self._next is None or (self._next.time or 0.0) > wanted + 0.5:
                self._go(None)  # what is not indexed is sought only roughly
        while self._next is not None and (self._next.time is None or self._next.time <= wanted + 0.001):
            self._shown, self._next = self._next, next(self._decoding, None)
        return self._shown if self._shown is not None else self._next

    def rest(self) -> Iterator[Any]:
        """The frames after the one that was shown last."""
        if self._next is not None:
            yield self._next
            yield from self._decoding

    def _go(self, time: float | None) -> None:
        target = 0.0 if time is None else time
        # Just opened it stands at its beginning: some containers lose their place when they are sent there.
        moved = not self._begun and target <= container.beginning(self._media) + 0.05
        moved = moved or container.seek(self._media, target, self._stream)
        if self._begun and not moved:
            return  # a container that cannot go back stays where it is
        self._begun = True
        self._decoding = container.frames(self._media, self._stream)
        self._shown, self._next = None, next(self._decoding, None)


def _keys(path: Path, start: float, end: float) -> list[float]:
    """Times of the frames from which decoding can begin; the file is opened anew, for not every container goes back."""
    found: list[float] = []
    with container.opened(path) as media:
        stream = container.picture_stream(media)
        if stream is None or not container.seek(media, max(0.0, start), stream):
            return found
        for packet in media.demux(stream):
            if packet.pts is None:
                continue
            at = float(packet.pts * packet.time_base)
            if at > end:
                break
            if packet.is_keyframe and packet.size:
                found.append(at)
    return found


def load(item: Item) -> Clip:
    """Frames spread evenly over the item's stretch, and its sound.

    Raises
    ------
    UnreadableError
        If its file has gone, changed or cannot be decoded.
    """
    path = access.locate(item)
    frames = frames_at(path, _moments(item)) or frames_at(path, [_stretch(item)[0]])
    if not frames:
        raise UnreadableError("No frame of the video can be decoded here. Convert it to MP4.")
    return Clip(tuple(frames), _sound(path, item))


def frames_beside(item: Item) -> list[tuple[Image, ...]]:
    """The frames one before and one after each of those of `load`.

    Another program may show every picture a frame later, or count other frames.

    Raises
    ------
    UnreadableError
        If its file has gone, changed or cannot be decoded.
    """
    rate = item.metadata.get("fps")
    apart = 1 / rate if isinstance(rate, int | float) and rate > 0 else 0.04
    times = [max(0.0, moment + way) for moment in _moments(item) for way in (-apart, apart)]
    frames = frames_at(access.locate(item), times)
    return [tuple(frames[at : at + 2]) for at in range(0, len(frames), 2)]


def _moments(item: Item) -> list[float]:
    start, end = _stretch(item)
    count = int(np.clip(round((end - start) / EVERY), FEWEST, MOST))
    return [start + (n + 0.5) * (end - start) / count for n in range(count)]


def _sound(path: Path, item: Item) -> Sound | None:
    start, end = _stretch(item)
    try:
        samples, rate = container.samples(path, Span("seconds", start, end), track=track_of(item))
    except UnreadableError:
        return None  # pictures with a broken sound track are still pictures
    return Sound(samples, rate) if len(samples) else None


def thumbnail(item: Item, size: int = 160) -> bytes:
    """The frame in the middle; an earlier or later one where that is dark or empty (WebP)."""
    path = access.locate(item)
    start, end = _stretch(item)
    best, most = None, -1.0
    for place in (0.5, 0.3, 0.7, 0.1):
        for image in frames_at(path, [start + place * (end - start)], longest=size * 2):
            contrast = float(np.asarray(image.convert("L"), dtype=np.float32).std())
            if contrast > 1.25 * most:  # the middle, unless another place shows clearly more
                best, most = image, contrast
        if most > 16:  # of 255: a black, white or faded frame lies below
            break
    if best is None:
        raise UnreadableError("No frame of the video can be decoded. Convert it to MP4.")
    return drawing.to_webp(drawing.fit(best, size))


def playable(item: Item) -> Playable:
    """The original bytes of a whole, modest file that browsers play; else the stretch as MP4, at most 480 lines."""
    path = access.locate(item)
    kind = _IN_BROWSERS.get(item.format)
    if kind and item.span is None and path.stat().st_size <= MOST_SENT and _plays(path, *kind[1:]):
        return Playable(kind[0], access.read_bytes(path))
    return Playable("video/mp4", _encode(path, item))


def _plays(path: Path, pictures: set[str], sounds: set[str]) -> bool:
    with container.opened(path) as media:
        stream = container.picture_stream(media)
        if stream is None or stream.codec_context.name not in pictures:
            return False
        if stream.codec_context.pix_fmt not in ("yuv420p", "yuvj420p") or len(container.sound_streams(media)) > 1:
            return False
        return all(sound.codec_context.name in sounds for sound in container.sound_streams(media))


def _encode(path: Path, item: Item) -> bytes:
    import av

    start, end = _stretch(item)
    out = io.BytesIO()
    sound = _sound(path, item)
    with (
        container.opened(path) as source,
        av.open(out, "w", format="mp4") as media,
    ):
        stream = container.picture_stream(source)
        if stream is None:
            raise UnreadableError("It holds no moving pictures. Export it again.")
        stream.thread_type = "AUTO"
        _encode_pictures(path, source, stream, media, start, end, sound)
    return out.getvalue()


def _encode_pictures(
    path: Path, source: Any, stream: Any, media: Any, start: float, end: float, sound: Sound | None
) -> None:
    target = track = None
    size, last = (0, 0), -1
    for tick, frame in _ticks(path, source, stream, start, end):
        if tick <= last:
            continue
        last = tick
        if target is None:
            width, height = _shape(frame, stream)
            scale = min(1.0, SHOWN_HEIGHT / height)
            size = (max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2))
            target = media.add_stream(
                "libx264", rate=SHOWN_RATE, options={"preset": "veryfast", "crf": "26", "tune": "fastdecode"}
            )
            target.width, target.height, target.pix_fmt = *size, "yuv420p"
            target.codec_context.time_base = Fraction(1, SHOWN_RATE)
            if sound:
                track = media.add_stream("aac", rate=44100, layout="mono")
        shown = _fitted(frame, stream, size)
        shown.pts, shown.time_base = tick, Fraction(1, SHOWN_RATE)
        for packet in target.encode(shown):
            media.mux(packet)
    if target is None:
        raise UnreadableError("No frame of the video can be decoded here. Convert it to MP4.")
    for packet in target.encode(None):
        media.mux(packet)
    if sound and track:
        container.put_sound(media, track, sound.samples, sound.rate)


def _ticks(path: Path, source: Any, stream: Any, start: float, end: float) -> Iterator[tuple[int, Any]]:
    """Frames of a stretch with their ticks of the clip; the one that stands when it begins is the first."""
    begin = container.beginning(source)
    reel = _Reel(source, stream)
    standing = reel.at(start + begin, _keys(path, start + begin, start + begin))
    if standing is None:
        return
    yield 0, standing
    for frame in reel.rest():
        at = (frame.time or 0.0) - begin - start
        if at >= end - start:
            break
        yield round(at * SHOWN_RATE), frame


def _fitted(frame: Any, stream: Any, size: tuple[int, int]) -> Any:
    """The frame, upright and in the colours of a plain screen, at a size that the encoder takes."""
    import av

    if not _turn(frame) and not hdr_of(frame):
        return frame.reformat(width=size[0], height=size[1], format="yuv420p")
    image = _picture(frame, stream, max(size)).resize(size)
    return av.VideoFrame.from_image(image).reformat(format="yuv420p")
