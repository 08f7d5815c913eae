from __future__ import annotations

import io
import struct

import pytest
from fakes.making import encoded, quarters
from PIL import Image

from nova_explore.errors import UnreadableError
from nova_explore.media import image, raw
from nova_explore.sources.read import read


def tiff(tags: dict[int, tuple[int, int]], *, tail: bytes = b"", mark: bytes = b"") -> bytes:
    """A little-endian TIFF of one directory: tag -> (short or long as 3 or 4, value); what follows is ``tail``."""
    head = b"II*\0" + struct.pack("<I", 8 + len(mark)) + mark
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, (kind, value) in sorted(tags.items()))
    return head + struct.pack("<H", len(tags)) + entries + struct.pack("<I", 0) + tail


PREVIEW = encoded(quarters((1200, 800)), "JPEG", quality=90)
SMALL = encoded(Image.new("RGB", (160, 120), "white"), "JPEG")


@pytest.mark.parametrize(
    "data",
    [
        tiff({50706: (4, 0x00000401)}, tail=SMALL + PREVIEW),
        tiff({262: (3, 32803)}, tail=PREVIEW),
        tiff({259: (3, 34713)}, tail=PREVIEW),
        tiff({256: (3, 160)}, mark=b"CR\2\0\0\0\0\0", tail=SMALL + PREVIEW),
        b"FUJIFILMCCD-RAW 0201" + bytes(100) + PREVIEW,
        b"IIRO\x08\0\0\0" + bytes(100) + PREVIEW,
        b"\0\0\0\x18ftypcrx \0\0\0\1crx isom" + bytes(40) + SMALL + PREVIEW,
    ],
    ids=["DNG", "filter array", "NEF", "CR2", "RAF", "ORF", "CR3"],
)
def test_a_raw_file_is_shown_by_its_largest_picture_and_says_so(tmp_path, data):
    (tmp_path / "a.raw").write_bytes(data)
    item = read(tmp_path / "a.raw", progress=False)[0]
    assert (item.format, item.metadata["width"], item.metadata["height"]) == ("raw", 1200, 800)
    assert "camera put inside" in str(item.metadata["developed_from"])
    assert image.load(item).image.size == (1200, 800)


def test_a_raw_file_with_a_thumbnail_alone_is_named_as_what_it_is(tmp_path):
    (tmp_path / "a.dng").write_bytes(tiff({50706: (4, 0x00000401)}, tail=SMALL))
    with pytest.raises(UnreadableError, match="camera raw file, whose sensor values are not developed here"):
        raw.open_preview(tmp_path / "a.dng")


def test_the_turn_of_the_camera_is_that_of_the_raw_file_where_the_preview_has_none(tmp_path):
    (tmp_path / "a.dng").write_bytes(tiff({50706: (4, 0x00000401), 274: (3, 6)}, tail=PREVIEW))
    item = read(tmp_path / "a.dng", progress=False)[0]
    assert (item.metadata["width"], item.metadata["height"]) == (800, 1200)


def test_a_plain_tiff_is_not_raw(tmp_path):
    out = io.BytesIO()
    quarters().save(out, "TIFF")
    (tmp_path / "a.tif").write_bytes(out.getvalue())
    assert not raw.is_raw(tmp_path / "a.tif")
