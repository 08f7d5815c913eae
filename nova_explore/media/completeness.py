"""Whether a recording is all there: the length that its container announces against the length of the file.

Decoders often play what is there and say nothing. Headers are wrong far more often than copies are cut: recorders that
lost power, tools that write 44 for 36, tags that others put behind the last box. So only the field that counts is
asked (the data of a WAV, not the RIFF round it), and what is no box at all ends the search.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nova_explore.errors import UnreadableError
from nova_explore.media import access, formats

SLACK = 16
"""Bytes by which announced lengths are wrong in whole files: 8 by those who count the RIFF header in."""

_UNKNOWN = 0x7FFFF000
"""From here on a RIFF length means that the writer did not know it: pipes write 0x7FFFFFFF or 0xFFFFFFFF."""

_BOXES = frozenset(
    (
        *(b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"meta", b"moof", b"mfra", b"sidx", b"ssix", b"styp"),
        *(b"uuid", b"pdin", b"emsg", b"prft", b"udta", b"pnot", b"jP  ", b"jp2h", b"jp2c", b"PICT", b"idat", b"iods"),
    )
)
"""Boxes that stand at the top of a file (ISO/IEC 14496-12 and the registry at mp4ra.org)."""


def check_whole(path: Path, format: str) -> None:
    """Compare the length that a container announces with the length of the file.

    Raises
    ------
    UnreadableError
        If the file ends before its content does.
    """
    announced = _ENDS.get(format)
    if announced is None:
        return
    with access.translated(path), path.open("rb") as file:
        size = path.stat().st_size
        end = announced(file, size)
    if end > size + SLACK:
        raise UnreadableError(
            f"It is cut short: it should be {end:,} bytes long and is {size:,}. Copy or download it again."
        )


def missing_of_mp3(path: Path) -> float:
    """Share of an MP3 that its Xing header announces and the file does not hold; 0 where it is whole.

    An MP3 has no container: it may be cut anywhere and plays. Whether somebody cut it or a copy broke off cannot be
    told, so it is read, and what is missing is said.
    """
    with access.translated(path), path.open("rb") as file:
        size = path.stat().st_size
        end = _mp3_end(file, size)
    return 1 - size / end if end > size else 0.0


def is_chained(path: Path) -> bool:
    """Whether an Ogg file holds several recordings one after the other, as saved radio does (RFC 3533, section 4).

    Their time begins anew with every link, so a place in them is found by counting, never by seeking.
    """
    with access.translated(path), path.open("rb") as file:
        began = False
        while len(head := file.read(27)) == 27 and head[:4] == b"OggS":
            first = bool(head[5] & 2)
            if first and began:
                return True
            began = began or not first
            table = file.read(head[26])
            file.seek(sum(table), 1)
    return False


def is_mpeg_in_wav(path: Path) -> bool:
    """Whether a WAV holds MPEG sound: its format tag is 0x50 or 0x55 (RFC 2361)."""
    head = access.read_bytes(path, 4096)
    at = head.find(b"fmt ")
    return head[:4] == b"RIFF" and at > 0 and head[at + 8 : at + 10] in (b"\x50\0", b"\x55\0")


def last_granule(path: Path) -> int:
    """Samples up to the end of an Ogg file, by the last page that says so; 0 where none does (RFC 3533, section 6)."""
    with access.translated(path), path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2 * 65536))
        tail = file.read()
    at = tail.rfind(b"OggS")
    while at >= 0:
        granule = int.from_bytes(tail[at + 6 : at + 14], "little", signed=True)
        if granule > 0 and len(tail) >= at + 14:
            return granule
        at = tail.rfind(b"OggS", 0, at)
    return 0


def _au_end(file: Any, size: int) -> int:
    head = file.read(12)
    start, length = int.from_bytes(head[4:8], "big"), int.from_bytes(head[8:12], "big")
    return start + length if head[:4] == b".snd" and length < _UNKNOWN else size


def _aiff_end(file: Any, size: int) -> int:
    """End of the ``SSND`` chunk."""
    file.seek(12)
    while len(head := file.read(8)) == 8:
        length = int.from_bytes(head[4:], "big")
        if head[:4] == b"SSND":
            return file.tell() + length if 0 < length < _UNKNOWN else size
        file.seek(length + length % 2, 1)
    return size


def _caf_end(file: Any, size: int) -> int:
    """End of the ``data`` chunk; -1 where the writer did not know it (Core Audio Format Specification 1.0)."""
    file.seek(8)
    while len(head := file.read(12)) == 12:
        length = int.from_bytes(head[4:], "big", signed=True)
        if head[:4] == b"data":
            return file.tell() + length if length > 0 else size
        if length < 0:
            return size
        file.seek(length, 1)
    return size


def _wav_end(file: Any, size: int) -> int:
    """End of the ``data`` chunk; how long the RIFF round it claims to be does not matter."""
    if file.read(12)[:4] != b"RIFF":  # RF64 keeps the length elsewhere
        return size
    while len(head := file.read(8)) == 8:
        length = int.from_bytes(head[4:], "little")
        if head[:4] == b"data":
            return file.tell() + length if 0 < length < _UNKNOWN else size
        if length >= _UNKNOWN:
            return size
        file.seek(length + length % 2, 1)
    return size


def _riff_end(file: Any, size: int) -> int:
    head = file.read(12)
    length = int.from_bytes(head[4:8], "little")
    return 8 + length if head[:4] == b"RIFF" and 0 < length < _UNKNOWN else size


def _ogg_end(file: Any, size: int) -> int:
    start = max(0, size - 2 * 65536)  # a page is at most 65,307 bytes (RFC 3533)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"OggS")
    if at < 0:
        return size
    count = tail[at + 26] if at + 26 < len(tail) else 255
    table = tail[at + 27 : at + 27 + count]
    return start + at + 27 + count + sum(table) + (SLACK + 1 if len(table) < count else 0)


def _mp3_end(file: Any, size: int) -> int:
    start = formats.after_id3(file.read(10))
    file.seek(start)
    frame = file.read(256)
    at = max(frame.find(b"Xing"), frame.find(b"Info"))
    if at < 0 or len(frame) < at + 16 or not frame[at + 7] & 2:
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
        if length < 8 or head[4:8] not in _BOXES:  # a tag behind the last box, or nothing the decoder knows
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


_ENDS = {
    "wav": _wav_end, "aiff": _aiff_end, "au": _au_end, "caf": _caf_end, "avi": _riff_end,
    "ogg": _ogg_end, "ogv": _ogg_end,
    "mp4": _boxes_end, "mov": _boxes_end, "m4a": _boxes_end,
    "mkv": _matroska_end, "mka": _matroska_end, "webm": _matroska_end,
}  # fmt: skip
