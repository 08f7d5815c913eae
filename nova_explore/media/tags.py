"""What sounds and films say of themselves: tags of ID3, Vorbis and MP4, names of chapters, subtitles inside.

FFmpeg brings the tags of every container to common names (https://wiki.multimedia.cx/index.php/FFmpeg_Metadata).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nova_explore.collection import Scalar
from nova_explore.errors import UnreadableError
from nova_explore.media import container
from nova_explore.media.encoding import repaired
from nova_explore.media.subtitles import Line, plain

_COLUMNS = {
    "title": ("title", "com.apple.quicktime.title", "tit2"),
    "caption": ("description", "synopsis", "comment", "com.apple.quicktime.description", "subtitle"),
    "tags": ("genre", "keywords", "com.apple.quicktime.keywords"),
    "artist": ("artist", "album_artist", "performer", "author", "com.apple.quicktime.artist"),
    "album": ("album", "show"),
    "composer": ("composer",),
    "date": ("date", "year", "com.apple.quicktime.creationdate", "creation_time", "tyer"),
    "copyright": ("copyright",),
    "software": ("encoder", "encoded_by", "com.apple.quicktime.software"),
    "transcript": ("lyrics", "unsyncedlyrics", "lyrics-eng", "lyrics-xxx"),
}
_EMPTY = re.compile(
    r"(0+|unknown( artist| genre)?|untitled|none|other|track \d+|processed by .*|created with .*)", re.I
)
MOST_LINES = 20_000
_SUBTITLES = frozenset(("subrip", "srt", "mov_text", "webvtt", "ass", "ssa", "text"))


@dataclass(frozen=True, slots=True)
class Tags:
    """What a recording says of itself.

    Attributes
    ----------
    columns : Mapping
        Title, caption, artist and the like.
    chapters, lines : tuple of Line
        Named chapters, and the subtitles inside.
    """

    columns: Mapping[str, Scalar]
    chapters: tuple[Line, ...] = ()
    lines: tuple[Line, ...] = ()


def tags_of(path: Path) -> Tags:
    """Tags, chapters and subtitles of a recording; empty where they cannot be read."""
    try:
        with container.opened(path) as media:
            begin = container.beginning(media)
            said = container.words_of(media.metadata)
            for stream in (*container.sound_streams(media)[:1], *media.streams.video[:1]):
                said = container.words_of(stream.metadata) | said
            chapters = tuple(_chapters(media, begin))
            lines = tuple(_subtitles(media, begin))
    except UnreadableError:
        return Tags({})
    return Tags(_columns(said), chapters, lines)


def _columns(said: Mapping[str, str]) -> dict[str, Scalar]:
    found: dict[str, Scalar] = {}
    for column, names in _COLUMNS.items():
        for name in names:
            value = repaired(said.get(name, "")).replace("\0", " ").strip()
            if value and not _EMPTY.fullmatch(value):
                found[column] = value if column in ("transcript", "caption") else " ".join(value.split())
                break
    if isinstance(found.get("tags"), str):
        found["tags"] = ", ".join(part.strip() for part in re.split(r"[;,/|]", str(found["tags"])) if part.strip())
    make, model = said.get("com.apple.quicktime.make", ""), said.get("com.apple.quicktime.model", "")
    if make or model:
        found["camera"] = f"{make} {model}".strip()
    where = re.match(
        r"([+-]\d+\.\d+)([+-]\d+\.\d+)", said.get("location", said.get("com.apple.quicktime.location.iso6709", ""))
    )
    if where:
        found["latitude"], found["longitude"] = float(where[1]), float(where[2])
    return found


def _chapters(media: Any, begin: float) -> list[Line]:
    found = []
    for chapter in media.chapters():
        title = " ".join(container.words_of(chapter["metadata"]).get("title", "").split())
        if title:
            base = float(chapter["time_base"])
            found.append(Line(chapter["start"] * base - begin, chapter["end"] * base - begin, repaired(title)))
    return found


def _subtitles(media: Any, begin: float) -> list[Line]:
    """Lines of the first subtitle track that is text; pictures of letters are left."""
    for stream in media.streams.subtitles:
        if stream.codec_context is None or stream.codec_context.name not in _SUBTITLES:
            continue
        found: list[Line] = []
        for packet in media.demux(stream):
            if packet.pts is None or len(found) >= MOST_LINES:
                continue
            start = float(packet.pts * packet.time_base) - begin
            end = start + float((packet.duration or 0) * packet.time_base)
            words = _spoken(bytes(packet), stream.codec_context.name)
            if words:
                found.append(Line(start, end, words))
        if found:
            return found
    return []


def _spoken(data: bytes, codec: str) -> str:
    if codec == "mov_text":
        data = data[2 : 2 + int.from_bytes(data[:2], "big")]
    text = data.decode("utf-8", "replace")
    if codec in ("ass", "ssa"):
        text = text.split(",", 8)[-1]
    return plain(text)
