from __future__ import annotations

import io
import socket

import pytest
from fakes.making import pdf, pdf_objects
from PIL import Image, ImageDraw, ImageFont

from nova_explore import media
from nova_explore.collection import Modality, Span
from nova_explore.errors import MissingExtraError
from nova_explore.media import document
from nova_explore.sources.read import read


@pytest.fixture
def booklet(tmp_path):
    path = tmp_path / "booklet.pdf"
    path.write_bytes(pdf(["Harbour rules", None, "Opening hours"]))
    return path


def test_every_page_is_an_item_with_its_words(booklet):
    pages = read(booklet, progress=False)
    assert [(page.modality, page.span, page.text) for page in pages] == [
        (Modality.PAGE, Span("page", 0, 1), "Harbour rules"),
        (Modality.PAGE, Span("page", 1, 2), None),
        (Modality.PAGE, Span("page", 2, 3), "Opening hours"),
    ]
    assert len({page.parent for page in pages}) == 1
    assert pages[2].metadata["pages"] == 3


def test_a_page_is_rendered_and_a_blank_one_is_told_from_a_printed_one(booklet):
    loaded = [document.load(page) for page in read(booklet, progress=False)]
    assert [document.is_blank(page.image) for page in loaded] == [False, True, False]
    assert loaded[0].image.size == (625, 834)  # 300 x 400 points at 150 dots an inch, rounded up
    assert loaded[0].text == "Harbour rules"


def test_pages_forced_to_pictures_leave_their_text_layer(booklet):
    pages = read(booklet, documents="image", progress=False)
    assert [(page.as_image, page.text) for page in pages] == [(True, None)] * 3
    assert pages[0].content_key != read(booklet, progress=False)[0].content_key


def test_a_huge_page_is_drawn_within_bounds(tmp_path):
    (tmp_path / "poster.pdf").write_bytes(pdf(["Poster"], size=(14000, 200)))
    picture = document.load(read(tmp_path, progress=False)[0]).image
    assert max(picture.size) <= document.MOST_SIDE + 1


def test_a_page_has_a_thumbnail_and_a_readable_picture(booklet):
    page = read(booklet, progress=False)[0]
    assert Image.open(io.BytesIO(media.thumbnail(page))).size == (120, 160)
    shown = media.playable(page)
    assert shown.mime == "image/webp"
    assert 1390 <= Image.open(io.BytesIO(shown.data)).height <= 1401


@pytest.mark.slow
def test_the_words_of_a_scan_are_read_without_a_network(tmp_path, monkeypatch):
    pytest.importorskip("rapidocr")

    def refuse(*args, **options):
        raise AssertionError("the network was touched")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    scan = Image.new("RGB", (700, 300), "white")
    font = ImageFont.load_default(40)
    ImageDraw.Draw(scan).text((40, 40), "Ferry to the island", fill="black", font=font)
    ImageDraw.Draw(scan).text((40, 160), "leaves at noon", fill="black", font=font)
    scan.save(tmp_path / "letter.scan.png")
    scan.save(tmp_path / "photo.png")
    page, photo = read(tmp_path, pages=("*.scan.png",), progress=False)
    assert (page.modality, page.as_image, photo.modality) == (Modality.PAGE, True, Modality.IMAGE)
    assert media.read_words(page) == "Ferry to the island\nleaves at noon"
    assert document.read_picture(Image.new("RGB", (200, 200), "white")) == ""


def test_reading_scans_without_the_extra_says_how_to_get_it(booklet, monkeypatch):
    document._reader.cache_clear()
    monkeypatch.setitem(__import__("sys").modules, "rapidocr", None)
    with pytest.raises((MissingExtraError, ImportError), match="rapidocr"):
        media.read_words(read(booklet, progress=False)[0])


def _page(body: str, *, font: str = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", picture: bool = False):
    """Objects of a document of one page, with a grey picture over most of it where asked."""
    drawn = "q 540 0 0 700 36 60 cm /Im Do Q " if picture else ""
    stream = drawn + body
    pixels = "80" * 24
    return [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 4 0 R >> "
        "/XObject << /Im 6 0 R >> >> /Contents 5 0 R >>",
        font,
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /XObject /Subtype /Image /Width 4 /Height 6 /ColorSpace /DeviceGray /BitsPerComponent 8 "
        f"/Filter /ASCIIHexDecode /Length {len(pixels) + 1} >>\nstream\n{pixels}>\nendstream",
    ]


STAMP = "BT /F1 8 Tf 250 20 Td (Scanned with PhoneScanner) Tj ET"


def test_a_stamp_on_a_scan_is_not_the_words_of_its_page(tmp_path):
    (tmp_path / "scan.pdf").write_bytes(pdf_objects(_page(STAMP, picture=True)))
    (tmp_path / "note.pdf").write_bytes(pdf_objects(_page(STAMP)))
    note, scan = read(tmp_path, progress=False)
    assert (scan.as_image, scan.text, scan.metadata["text_layer"]) == (True, None, "Scanned with PhoneScanner")
    assert (note.as_image, note.text) == (False, "Scanned with PhoneScanner")


def test_a_picture_under_many_words_leaves_them_the_words_of_the_page(tmp_path):
    lines = "".join(f"BT /F1 12 Tf 60 {700 - 20 * n} Td (Line {n} of a searchable scan.) Tj ET " for n in range(12))
    (tmp_path / "a.pdf").write_bytes(pdf_objects(_page(lines, picture=True)))
    page = read(tmp_path, progress=False)[0]
    assert not page.as_image
    assert "Line 11" in str(page.text)


def test_a_document_without_its_end_mark_is_read_if_its_pages_are(tmp_path):
    (tmp_path / "e.pdf").write_bytes(pdf_objects(_page("BT /F1 9 Tf 9 9 Td (A whole letter) Tj ET"), end=False))
    assert read(tmp_path, progress=False)[0].text == "A whole letter"


def test_what_a_document_says_of_itself_becomes_columns(tmp_path):
    objects = _page("BT /F1 9 Tf 9 9 Td (Body) Tj ET")
    objects.append(
        "<< /Title (Harbour rules) /Author (A. Example) /Keywords (ferry; quay) /CreationDate (D:20040501) >>"
    )
    (tmp_path / "e.pdf").write_bytes(pdf_objects(objects, extra="/Info 7 0 R "))
    metadata = read(tmp_path, progress=False)[0].metadata
    assert (metadata["title"], metadata["author"]) == ("Harbour rules", "A. Example")
    assert metadata["tags"] == "ferry, quay"
    assert metadata["date"] == "2004-05-01"
