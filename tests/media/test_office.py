from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest

from nova_explore import media
from nova_explore.errors import UnreadableError
from nova_explore.media import office
from nova_explore.sources.read import read

docx = pytest.importorskip("docx", reason="THE EXTRA office IS NOT INSTALLED, so no Office document was read")
pptx = pytest.importorskip("pptx")
openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("bs4")

PAGE = """<!doctype html><html><head><title>Harbour  rules</title><meta name="keywords" content="ferry, quay">
<style>p { color: red }</style></head>
<body><h1>Rules</h1><script>alert(1)</script><p>No <b>swimming</b>.</p></body></html>"""


def _docx(path: Path) -> None:
    document = docx.Document()
    document.core_properties.title, document.core_properties.author = "Harbour rules", "A. Example"
    document.add_paragraph("No swimming.")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Ferry", "noon"
    document.add_paragraph("No fishing.")
    document.save(str(path))


def _pptx(path: Path) -> None:
    show = pptx.Presentation()
    for words in ("No swimming.", "No fishing."):
        slide = show.slides.add_slide(show.slide_layouts[5])
        slide.shapes.title.text = words
    slide.notes_slide.notes_text_frame.text = "Ferry · noon"
    show.core_properties.title = "Harbour rules"
    show.save(str(path))


def _xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["No swimming."], ["Ferry", "noon"], ["No fishing."]):
        book.active.append(row)
    book.properties.title = "Harbour rules"
    book.save(path)


def _epub(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr(
            "META-INF/container.xml", '<container><rootfiles><rootfile full-path="OPS/b.opf"/></rootfiles></container>'
        )
        book.writestr(
            "OPS/b.opf",
            "<package><metadata><dc:title>Harbour rules</dc:title></metadata><manifest>"
            '<item id="2" href="two%20b.xhtml"/><item id="1" href="one.xhtml"/></manifest>'
            '<spine><itemref idref="1"/><itemref idref="2"/></spine></package>',
        )
        book.writestr("OPS/one.xhtml", "<html><body><p>No swimming.</p></body></html>")
        book.writestr("OPS/two b.xhtml", "<html><body><p>Ferry · noon</p><p>No fishing.</p></body></html>")


@pytest.mark.parametrize(("make", "suffix"), [(_docx, "docx"), (_pptx, "pptx"), (_xlsx, "xlsx"), (_epub, "epub")])
def test_the_words_of_a_document_are_read_in_their_order_with_its_title(tmp_path, make, suffix):
    make(tmp_path / f"a.{suffix}")
    item = read(tmp_path, progress=False)[0]
    assert (item.modality, item.format, item.metadata["title"]) == ("text", suffix, "Harbour rules")
    assert item.text
    assert item.text.index("No swimming.") < item.text.index("No fishing.")
    assert "Ferry · noon" in item.text
    assert media.thumbnail(item)


def test_a_web_page_is_its_words_without_its_program(tmp_path):
    (tmp_path / "a.html").write_text(PAGE)
    item = read(tmp_path, progress=False)[0]
    assert (item.text, item.metadata["title"], item.metadata["tags"]) == (
        "Rules\nNo\nswimming\n.", "Harbour rules", "ferry, quay",
    )  # fmt: skip


def test_what_unpacks_to_very_much_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w") as out:
            for _ in range(260):
                out.write(bytes(2**20))
    with pytest.raises(UnreadableError, match="unpacks to"):
        office.words_of(tmp_path / "a.docx", "docx")


def test_without_the_extra_the_reason_says_how_to_get_it(tmp_path, monkeypatch):
    _docx(tmp_path / "a.docx")
    monkeypatch.setitem(sys.modules, "docx", None)
    assert "nova-explore[office]" in read(tmp_path, progress=False).unread[0].reason
