"""Documents with the words of a harbour's rules, one of every kind of Office, OpenDocument and e-books."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any


def docx_file(path: Path) -> None:
    import docx

    document: Any = docx.Document()
    document.core_properties.title, document.core_properties.author = "Harbour rules", "A. Example"
    document.add_paragraph("No swimming.")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Ferry", "noon"
    document.add_paragraph("No fishing.")
    document.save(str(path))


def pptx_file(path: Path) -> None:
    import pptx

    show: Any = pptx.Presentation()
    for words in ("No swimming.", "No fishing."):
        slide = show.slides.add_slide(show.slide_layouts[5])
        slide.shapes.title.text = words
    slide.notes_slide.notes_text_frame.text = "Ferry · noon"
    show.core_properties.title = "Harbour rules"
    show.save(str(path))


def xlsx_file(path: Path) -> None:
    import openpyxl

    book: Any = openpyxl.Workbook()
    for row in (["No swimming."], ["Ferry", "noon"], ["No fishing."]):
        book.active.append(row)
    book.properties.title = "Harbour rules"
    book.save(path)


CHAPTER = b"<?xml version='1.0' encoding='utf-8'?>\n<html><body><p>No swimming.</p></body></html>"


def epub_file(path: Path, chapter: bytes = CHAPTER) -> None:
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr(
            "META-INF/container.xml",
            '<?xml version="1.0"?><container><rootfiles><rootfile full-path="OPS/b.opf"/></rootfiles></container>',
        )
        book.writestr(
            "OPS/b.opf",
            "<package><metadata><dc:title>Harbour rules</dc:title></metadata><manifest>"
            '<item id="2" href="two%20b.xhtml"/><item id="1" href="one.xhtml"/></manifest>'
            '<spine><itemref idref="1"/><itemref idref="2"/></spine></package>',
        )
        book.writestr("OPS/one.xhtml", chapter)
        book.writestr("OPS/two b.xhtml", "<html><body><p>Ferry · noon</p><p>No fishing.</p></body></html>")


def odt_file(path: Path) -> None:
    body = (
        "<text:h>Rules</text:h><text:p>No<text:s/>swimming.</text:p><table:table><table:table-row>"
        "<table:table-cell><text:p>Ferry</text:p></table:table-cell>"
        "<table:table-cell><text:p>noon</text:p></table:table-cell></table:table-row></table:table>"
        "<text:p>No <text:span>fish</text:span>ing.</text:p>"
    )
    kind = {"odt": "text", "odp": "presentation", "ods": "spreadsheet", "odg": "graphics"}[path.suffix[1:]]
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        book.writestr("content.xml", f"<?xml version='1.0'?><office:body>{body}</office:body>")
        book.writestr("meta.xml", "<office:meta><dc:title>Harbour rules</dc:title></office:meta>")
