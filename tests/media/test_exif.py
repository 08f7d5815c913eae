from __future__ import annotations

import io
import struct

import pytest
from fakes.making import encoded, quarters
from PIL import Image

from nova_explore.media.exif import exif_columns, iptc_columns


def _opened(exif: Image.Exif) -> Image.Image:
    return Image.open(io.BytesIO(encoded(quarters(), "JPEG", exif=exif)))


def iptc(*records: tuple[int, bytes]) -> bytes:
    """An APP13 segment as Photoshop writes it, with records of IPTC."""
    body = b"".join(b"\x1c\2" + bytes([number]) + struct.pack(">H", len(text)) + text for number, text in records)
    block = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(body)) + body + bytes(len(body) % 2)
    data = encoded(quarters(), "JPEG")
    return data[:2] + b"\xff\xed" + struct.pack(">H", len(block) + 2) + block + data[2:]


def test_a_camera_says_when_where_and_with_what():
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0131] = "NIKON CORPORATION", "NIKON Z 7", "Darkroom 3"
    exif[0x8769] = {0x9003: "2020:05:01 10:11:12"}
    exif[0x8825] = {1: "S", 2: (46.0, 30.0, 36.0), 3: "E", 4: (7.0, 0.0, 0.0)}
    exif[0x0112] = 6
    assert exif_columns(_opened(exif)) == {
        "camera": "NIKON Z 7", "software": "Darkroom 3", "date": "2020-05-01T10:11:12", "orientation": 6,
        "latitude": -46.51, "longitude": 7.0,
    }  # fmt: skip


def test_the_fields_of_windows_are_words():
    exif = Image.Exif()
    exif[0x9C9B], exif[0x9C9E] = "A lake\0".encode("utf-16-le"), "water;dusk\0".encode("utf-16-le")
    exif[0x010E] = "Seen from the pier"
    assert exif_columns(_opened(exif)) == {"title": "A lake", "tags": "water, dusk", "caption": "Seen from the pier"}


@pytest.mark.parametrize("words", ["OLYMPUS DIGITAL CAMERA", "SONY DSC", "DCIM\\100MEDIA\\DJI_0001.JPG", "  "])
def test_what_cameras_write_for_a_caption_is_none(words):
    exif = Image.Exif()
    exif[0x010E] = words
    assert exif_columns(_opened(exif)) == {}


def test_a_clock_that_was_never_set_and_a_receiver_without_signal_say_nothing():
    exif = Image.Exif()
    exif[0x8769] = {0x9003: "0000:00:00 00:00:00"}
    exif[0x8825] = {1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)}
    assert exif_columns(_opened(exif)) == {}


def test_iptc_says_title_keywords_caption_and_place():
    data = iptc((5, b"A lake"), (25, b"water"), (25, "dämmerung".encode()), (120, b"Seen at dusk"), (90, b"Bern"),
                (101, b"Switzerland"), (80, b"A. Example"), (55, b"20200501"))  # fmt: skip
    assert iptc_columns(Image.open(io.BytesIO(data))) == {
        "title": "A lake", "tags": "water, dämmerung", "caption": "Seen at dusk", "place": "Bern, Switzerland",
        "author": "A. Example", "date": "2020-05-01",
    }  # fmt: skip


def test_a_picture_without_any_of_it_says_nothing():
    image = Image.open(io.BytesIO(encoded(quarters(), "JPEG")))
    assert (exif_columns(image), iptc_columns(image)) == ({}, {})
