"""PNG, chunk by chunk: the pixels must be right, what is written beside them need not be.

Pillow refuses a whole picture for the checksum of a comment, or for a long one; viewers show it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from nova_explore.errors import UnreadableError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CRITICAL = frozenset((b"IHDR", b"PLTE", b"IDAT", b"IEND"))
_KEPT = _CRITICAL | {b"tRNS", b"acTL", b"fcTL", b"fdAT", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"eXIf", b"pHYs", b"bKGD"}
MOST_WORDS = 2**16
"""Bytes of the longest text chunk that is unpacked: workflows of picture generators are megabytes and say nothing."""


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bool]]:
    """Kind, body and whether the checksum is right of every chunk, up to the end mark."""
    at = len(SIGNATURE)
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        sum_ = int.from_bytes(data[at + 8 + length : at + 12 + length], "big")
        yield kind, body, len(body) == length and zlib.crc32(kind + body) == sum_
        if kind == b"IEND":
            return
        at += 12 + length


def check(data: bytes) -> None:
    """Compare the checksums of the pixels, which decoding ignores.

    Raises
    ------
    UnreadableError
        If one is wrong.
    """
    if any(kind in _CRITICAL and not right for kind, _, right in chunks(data)):
        raise UnreadableError("The picture is damaged (a checksum of its pixels is wrong). Copy or download it again.")


def without_words(data: bytes) -> bytes:
    """The same picture without its comments, and without whatever else has a wrong checksum."""
    kept = [SIGNATURE]
    for kind, body, right in chunks(data):
        if kind in _CRITICAL or (kind in _KEPT and right):
            kept += [len(body).to_bytes(4, "big"), kind, body, zlib.crc32(kind + body).to_bytes(4, "big")]
    return b"".join(kept)


def texts(data: bytes) -> dict[str, str]:
    """Keywords and texts of the text chunks (PNG 1.2, section 4.2.3), those that are short and whole."""
    found: dict[str, str] = {}
    for kind, body, right in chunks(data):
        if kind in (b"tEXt", b"zTXt", b"iTXt") and right:
            key, _, rest = body.partition(b"\0")
            text = _text_of(kind, rest)
            if text and text.strip():
                found.setdefault(key.decode("latin-1"), text.strip())
    return found


def _text_of(kind: bytes, rest: bytes) -> str | None:
    if kind == b"tEXt":
        return rest[:MOST_WORDS].decode("latin-1")
    if kind == b"zTXt":
        words = _unpacked(rest[1:])
        return words.decode("latin-1") if words is not None else None
    packed, rest = rest[:1] == b"\1", rest[2:]
    words = rest.split(b"\0", 2)[-1]
    if packed:
        unpacked = _unpacked(words)
        return unpacked.decode("utf-8", "replace") if unpacked is not None else None
    return words[:MOST_WORDS].decode("utf-8", "replace")


def _unpacked(data: bytes) -> bytes | None:
    try:
        return zlib.decompressobj().decompress(data, MOST_WORDS)
    except zlib.error:
        return None
