"""The weightier source wins, and where a value came from is told; who made a picture is never one of its words."""

from __future__ import annotations

from typing import Any

import pytest
from fakes.making import encoded, quarters
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from nova_explore.collection import Modality
from nova_explore.media.embedded_metadata import describe
from nova_explore.sources.read import read
from nova_explore.words import words_of


def _packet(title: str) -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Description><dc:creator>A. Example</dc:creator>'
        f"<dc:title>{title}</dc:title></rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_exif_and_xmp_are_read_in_every_kind_of_picture(tmp_path, format):
    exif = Image.Exif()
    exif[0x0110] = "Box 2"
    options: dict[str, Any] = {"exif": exif}
    if format == "PNG":
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", _packet("A lake").decode())
        options["pnginfo"] = info
    elif format == "TIFF":
        options["tiffinfo"] = {700: _packet("A lake")}
        options.pop("exif")
    else:
        options["xmp"] = _packet("A lake")
    (tmp_path / "a").write_bytes(encoded(quarters(), format, **options))
    item = read(tmp_path, progress=False)[0]
    assert (item.metadata["title"], item.metadata["author"]) == ("A lake", "A. Example")
    if format != "TIFF":
        assert item.metadata["camera"] == "Box 2"
    assert "title: XMP" in str(item.metadata["described_by"])
    assert "lake" in words_of(item)
    assert "Example" not in words_of(item)


def test_xmp_outweighs_exif_and_a_file_beside_outweighs_both(tmp_path):
    exif = Image.Exif()
    exif[0x9C9B] = "From EXIF\0".encode("utf-16-le")
    (tmp_path / "a.jpg").write_bytes(encoded(quarters(), "JPEG", exif=exif, xmp=_packet("From XMP")))
    assert read(tmp_path, progress=False)[0].metadata["title"] == "From XMP"
    (tmp_path / "a.json").write_text('{"title": "From beside"}')
    metadata = read(tmp_path, progress=False)[0].metadata
    assert metadata["title"] == "From beside"
    assert "title: a.json" in str(metadata["described_by"])


def test_text_chunks_and_comments_are_words(tmp_path):
    info = PngInfo()
    info.add_text("Description", "A lake at dusk")
    info.add_text("Software", "Paint 3")
    (tmp_path / "a.png").write_bytes(encoded(quarters(), "PNG", pnginfo=info))
    (tmp_path / "b.jpg").write_bytes(encoded(quarters(), "JPEG", comment=b"A street"))
    lake, street = (item.metadata for item in read(tmp_path, progress=False))
    assert (lake["caption"], lake["software"], street["caption"]) == ("A lake at dusk", "Paint 3", "A street")


def test_what_is_damaged_says_nothing_and_harms_nobody(tmp_path):
    (tmp_path / "a").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    assert not describe(tmp_path / "a", Modality.IMAGE, "png").by_source
