from __future__ import annotations

import struct
import zlib

import pytest
from fakes.making import RED, encoded, quarters

from nova_explore.errors import UnreadableError
from nova_explore.media import image, png
from nova_explore.sources.read import read


def _with_chunk(kind: bytes, body: bytes, crc: int | None = None) -> bytes:
    data = encoded(quarters(), "PNG")
    chunk = struct.pack(">I", len(body)) + kind + body
    chunk += struct.pack(">I", zlib.crc32(kind + body) if crc is None else crc)
    return data[:33] + chunk + data[33:]


@pytest.mark.parametrize(
    "data",
    [
        _with_chunk(b"tEXt", b"Comment\0edited", 12345),
        _with_chunk(b"zTXt", b"workflow\0\0" + zlib.compress(b"{node} " * 400_000, 9)),
        encoded(quarters(), "PNG") + b"old image data " * 200,
    ],
    ids=["checksum of a comment", "a comment of 2.8 MB", "bytes behind the end"],
)
def test_a_picture_is_not_refused_for_what_is_written_beside_it(tmp_path, data):
    (tmp_path / "a.png").write_bytes(data)
    collection = read(tmp_path, progress=False)
    assert not collection.unread
    assert image.load(collection[0]).image.getpixel((10, 10)) == RED


def test_a_picture_with_a_wrong_checksum_of_its_pixels_is_damaged():
    data = bytearray(encoded(quarters(), "PNG"))
    data[data.index(b"IDAT") + 10] ^= 0xFF
    with pytest.raises(UnreadableError, match="checksum of its pixels"):
        png.check(bytes(data))


def test_texts_are_read_packed_or_not():
    assert png.texts(_with_chunk(b"tEXt", b"Title\0A lake")) == {"Title": "A lake"}
    assert png.texts(_with_chunk(b"zTXt", b"Title\0\0" + zlib.compress(b"A lake"))) == {"Title": "A lake"}
    wide = b"Title\0\1\0de\0Titel\0" + zlib.compress("Ein See, früh".encode())
    assert png.texts(_with_chunk(b"iTXt", wide)) == {"Title": "Ein See, früh"}
    assert png.texts(_with_chunk(b"tEXt", b"Title\0A lake", 1)) == {}
