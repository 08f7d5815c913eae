"""Pictures, sounds, pages and films that a page carries inside it, small enough that it can be sent to somebody.

All of them are encoded here: no tags, places or comments of the files leave with them.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nova_explore.collection import Modality
from nova_explore.errors import NovaExploreError
from nova_explore.media.container import encode_sound, open_media

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration

MOST_PICTURES = 5_000
PICTURE_BYTES = 3_000
"""Of a small picture; a larger one is encoded again."""
TEXT_HAS_NO_PICTURE = frozenset({Modality.TEXT})

RATE, BIT_RATE = 24_000, 40_000
"""Samples and bits a second of sounds: enough to know a bird or a speaker by."""
LONGEST_SOUND = 30.0
SOUND_SHARE = 0.7
"""Of the room for media: pages have a small picture and their words, sounds have nothing else."""
PAGE_HEIGHT, PAGE_QUALITY = 1100, 45
"""Pixels from top to bottom at which the print of a letter-sized page can be read."""
LARGE_SIDE, LARGE_QUALITY = 512, 60
LARGEST_FILM = 600_000
MISSES = 12
"""Media in a row that find no room, after which no more are tried."""


@dataclass(frozen=True, slots=True)
class Carried:
    """The media inside a page.

    Attributes
    ----------
    pictures : dict of int to bytes
        Small pictures, WebP, by position in the collection.
    media : dict of int to (str, bytes)
        What is shown or played in full, with its type.
    left_out : tuple of str
        What there was no room for, a sentence each.
    """

    pictures: dict[int, bytes]
    media: dict[int, tuple[str, bytes]]
    left_out: tuple[str, ...]


def carry(exploration: Exploration, positions: Sequence[int], first: Sequence[int], *, media_mb: float) -> Carried:
    """Choose and encode the media of a page.

    Parameters
    ----------
    exploration : Exploration
    positions : sequence of int
        Of the items that the page shows.
    first : sequence of int
        Positions of those that matter most: of findings, and the medoids of clusters.
    media_mb : float
        Megabytes for sounds, pages, films and larger pictures, before they are written as text.
    """
    kinds = exploration.collection.modalities
    known = {*positions}
    first = [position for position in dict.fromkeys(first) if position in known]
    pictures = _pictures(exploration, positions, first)
    media = dict(_media(exploration, positions, first, room=int(media_mb * 1_000_000)))
    words = {Modality.AUDIO: ("sounds", "play"), Modality.VIDEO: ("films", "play"), Modality.PAGE: ("pages", "be read")}
    said = []
    for kind, (many, verb) in words.items():
        all_of = [position for position in positions if kinds[position] == kind]
        there = sum(position in media for position in all_of)
        if there < len(all_of):
            said.append(f"{there:,} of {len(all_of):,} {many} can {verb} in this file")
    drawn = [position for position in positions if kinds[position] not in TEXT_HAS_NO_PICTURE]
    if len(pictures) < len(drawn):
        said.append(f"{len(pictures):,} of {len(drawn):,} items have their picture in it")
    there = f"{'; '.join(said)}. It carries {media_mb:g} MB of media at most." if said else ""
    return Carried(pictures, media, (there,) if there else ())


def _pictures(exploration: Exploration, positions: Sequence[int], first: Sequence[int]) -> dict[int, bytes]:
    kinds, ids = exploration.collection.modalities, exploration.collection.ids
    drawn = [position for position in positions if kinds[position] not in TEXT_HAS_NO_PICTURE]
    wanted = dict.fromkeys(position for position in first if kinds[position] not in TEXT_HAS_NO_PICTURE)
    wanted |= dict.fromkeys(_evenly(drawn, MOST_PICTURES - len(wanted)))
    chosen = list(wanted)[:MOST_PICTURES]
    stored = exploration.thumbnails(ids[position] for position in chosen)
    found = {}
    for position in sorted(chosen):
        try:
            found[position] = _small(stored.get(ids[position]) or exploration.thumbnail(ids[position]))
        except (NovaExploreError, OSError):  # its source is gone: the page then shows the sign of its modality
            continue
    return found


def _media(
    exploration: Exploration, positions: Sequence[int], first: Sequence[int], *, room: int
) -> Iterator[tuple[int, tuple[str, bytes]]]:
    """What fits, in this order: what matters most, short sounds, films, pages, longer sounds, larger pictures."""
    kinds = exploration.collection.modalities
    by_kind = {kind: [position for position in positions if kinds[position] == kind] for kind in Modality}
    sounds = sorted(by_kind[Modality.AUDIO], key=lambda position: (_seconds(exploration, position), position))
    pages = _evenly(by_kind[Modality.PAGE], len(by_kind[Modality.PAGE]))
    played = [position for position in first if exploration.collection[position].modality in _ENCODERS]
    pictures = [position for position in first if exploration.collection[position].modality == Modality.IMAGE]
    stages: list[tuple[Iterable[int], float]] = [
        (played, 1.0), (sounds, SOUND_SHARE), (by_kind[Modality.VIDEO], 1.0), (pages, 1.0), (sounds, 1.0),
        (pictures, 1.0), (by_kind[Modality.IMAGE], 1.0),
    ]  # fmt: skip
    tried: set[int] = set()
    used = 0
    for stage, share in stages:
        misses = 0
        for position in stage:
            if position in tried or misses >= MISSES or used >= room * share:
                continue
            encoded = _encoded(exploration, position)
            if encoded is None:
                tried.add(position)
            elif used + len(encoded[1]) <= room * share:
                tried.add(position)
                used += len(encoded[1])
                yield position, encoded
            else:
                misses += 1


def _seconds(exploration: Exploration, position: int) -> float:
    item = exploration.collection[position]
    if item.span is not None and item.span.unit == "seconds":
        return item.span.end - item.span.start
    duration = item.metadata.get("duration")
    return float(duration) if isinstance(duration, int | float) else LONGEST_SOUND


def _encoded(exploration: Exploration, position: int) -> tuple[str, bytes] | None:
    """What a browser shows or plays of an item; None where its source is gone, or it is too long."""
    item = exploration.collection[position]
    if item.modality == Modality.AUDIO and _seconds(exploration, position) > LONGEST_SOUND:
        return None
    try:
        whole = exploration.playable(item.id)
        return _ENCODERS.get(item.modality, _picture)(whole.data, whole.mime)
    except (NovaExploreError, OSError, ValueError):  # PyAV's errors are of these
        return None


def _sound(data: bytes, _mime: str) -> tuple[str, bytes] | None:
    import av

    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    with open_media(io.BytesIO(data)) as media:
        heard = [frame for decoded in media.decode(audio=0) for frame in resampler.resample(decoded)]
    heard += resampler.resample(None)
    parts = [frame.to_ndarray().ravel() for frame in heard]
    samples = np.concatenate(parts).astype(np.float32) if parts else np.zeros(0, np.float32)
    return ("audio/mpeg", encode_sound(samples, RATE, bit_rate=BIT_RATE)) if len(samples) else None


def _film(data: bytes, mime: str) -> tuple[str, bytes] | None:
    """The same pictures and sounds in a container of their own, without what the file says of itself."""
    import av

    if len(data) > LARGEST_FILM:
        return None
    out = io.BytesIO()
    form = "webm" if mime.endswith("webm") else "mp4"
    with (
        open_media(io.BytesIO(data)) as source,
        av.open(out, "w", format=form, options={"fflags": "+bitexact"}) as film,
    ):
        streams = {stream.index: film.add_stream_from_template(stream) for stream in source.streams
                   if stream.type in ("video", "audio")}  # fmt: skip
        for stream in streams.values():
            stream.metadata.clear()
        for packet in source.demux():
            if packet.dts is not None and packet.stream.index in streams:
                packet.stream = streams[packet.stream.index]
                film.mux(packet)
    return f"video/{form}", out.getvalue()


def _page(data: bytes, _mime: str) -> tuple[str, bytes] | None:
    return _picture_of(data, PAGE_HEIGHT, PAGE_QUALITY)


def _picture(data: bytes, _mime: str) -> tuple[str, bytes] | None:
    return _picture_of(data, LARGE_SIDE, LARGE_QUALITY)


_ENCODERS = {Modality.AUDIO: _sound, Modality.VIDEO: _film, Modality.PAGE: _page}


def _picture_of(data: bytes, side: int, quality: int) -> tuple[str, bytes]:
    from PIL import Image

    image = _on_white(Image.open(io.BytesIO(data)))
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return "image/webp", _webp(image, quality)


def _small(picture: bytes) -> bytes:
    """A small picture on white, no larger than `PICTURE_BYTES` where that can be."""
    from PIL import Image

    image = Image.open(io.BytesIO(picture))
    if len(picture) <= PICTURE_BYTES and image.format == "WEBP" and image.mode == "RGB":
        return picture
    plain = _on_white(image)
    encoded = b""
    for quality in (70, 50, 30, 12):
        encoded = _webp(plain, quality)
        if len(encoded) <= PICTURE_BYTES:
            break
    return encoded


def _on_white(image: Any) -> Any:
    from PIL import Image

    ground = Image.new("RGBA", image.size, "white")
    ground.alpha_composite(image.convert("RGBA"))
    return ground.convert("RGB")


def _webp(image: Any, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=quality, method=4)
    return out.getvalue()


def _evenly(positions: Sequence[int], most: int) -> list[int]:
    """All positions in an order such that any number of the first are spread over all of them; at most ``most``."""
    if most <= 0 or not positions:
        return []
    # By the reversed bits of their place: the van der Corput sequence.
    bits = max(1, (len(positions) - 1).bit_length())
    places = sorted(range(len(positions)), key=lambda place: int(f"{place:0{bits}b}"[::-1], 2))
    return [positions[place] for place in places[:most]]


def in_base_64(data: bytes) -> str:
    """Bytes as text."""
    return base64.b64encode(data).decode("ascii")
