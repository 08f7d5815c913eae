"""Office documents, e-books and web pages as their words, slide by slide and chapter by chapter (extra ``office``).

How a page looks depends on the program and the fonts of its author; the words do not. A person who wants the pages
saves a PDF.
"""

from __future__ import annotations

import io
import posixpath
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from nova_explore.collection import Scalar
from nova_explore.errors import UnreadableError, import_extra
from nova_explore.media import access, decoder_process
from nova_explore.media.encoding import loss, page_text, xml_text

FORMATS = frozenset(("docx", "pptx", "xlsx", "odt", "odp", "ods", "epub", "html"))

MOST_UNPACKED = 256 * 2**20
"""Bytes that a document may unpack to: archives that unpack to very much are a known attack."""

QUICK = 4 * 2**20
"""Bytes, unpacked, of a document that is read within seconds, whatever it holds."""

MOST_ROWS = 20_000
_XML = re.compile(rb"(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*<\0?\?\0?x")
_DECLARATION = re.compile(r"<\?xml\b[^>]*>", re.I)
_SPACE = re.compile(r"\s+")
_BLOCKS = [
    *("address", "article", "aside", "blockquote", "br", "caption", "dd", "details", "div", "dl", "dt", "fieldset"),
    *("figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend", "li"),
    *("main", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tr", "ul"),
]
"""Elements of HTML that begin a line."""

_FEATURE = "Reading Office documents, e-books and web pages"


def words_of(path: Path, format: str) -> tuple[str, dict[str, Scalar]]:
    """The words of a document, its parts divided by empty lines, and what it says of itself.

    Raises
    ------
    MissingExtraError
        If the extra ``office`` is not installed.
    UnreadableError
        If it is damaged, locked, unpacks to too much, or holds no words.
    """
    data = access.read_bytes(path)
    with _translated():
        size = len(data) if format == "html" else _unpacked(data)
    if size > QUICK:
        (text, said), _ = decoder_process.run("office:read_data", format, data=data)
    else:
        (text, said), _ = read_data(format, data=data)
    if not text.strip():
        raise UnreadableError("The document holds no words. If it shows pictures, save it as PDF.")
    return text.strip(), {column: value for column, value in said.items() if value}


def read_data(format: str, *, data: bytes) -> tuple[tuple[str, dict[str, Scalar]], bytes]:
    """Words and properties of a document; a large one has its budget in `decoder_process`.

    Raises
    ------
    MissingExtraError
        If the extra ``office`` is not installed.
    UnreadableError
        If it is damaged or locked.
    """
    with _translated():
        text, said = _READERS[format](data)
    return (text, said | {"incomplete": said.get("incomplete") or loss(text)}), b""


@contextmanager
def _translated() -> Iterator[None]:
    from nova_explore.errors import NovaExploreError

    try:
        yield
    except NovaExploreError:
        raise
    except Exception as error:  # these libraries raise whatever XML, zip files and their own checks do
        raise UnreadableError(
            f"The document is damaged or locked ({type(error).__name__}: {str(error)[:80]}). Save it again, or as PDF."
        ) from error


def _unpacked(data: bytes) -> int:
    """Bytes that a document says that it unpacks to."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    if size > MOST_UNPACKED:
        raise UnreadableError(f"It unpacks to {size / 2**20:,.0f} MB; at most {MOST_UNPACKED // 2**20} are. Split it.")
    return size


def _properties(core: Any) -> dict[str, Scalar]:
    written = getattr(core, "created", None)
    return {
        "title": core.title or None,
        "author": getattr(core, "author", None) or getattr(core, "creator", None),
        "caption": getattr(core, "comments", None) or getattr(core, "description", None) or core.subject or None,
        "tags": core.keywords or None,
        "date": written.date().isoformat() if written else None,
    }


def _docx(data: bytes) -> tuple[str, dict[str, Scalar]]:
    docx = import_extra("docx", feature=_FEATURE, extra="office")
    document = docx.Document(io.BytesIO(data))
    pieces = []
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            pieces += [" · ".join(dict.fromkeys(cell.text.strip() for cell in row.cells)) for row in block.rows]
        else:
            pieces.append(block.text)
    return "\n\n".join(piece for piece in pieces if piece.strip()), _properties(document.core_properties)


def _pptx(data: bytes) -> tuple[str, dict[str, Scalar]]:
    pptx = import_extra("pptx", feature=_FEATURE, extra="office")
    show = pptx.Presentation(io.BytesIO(data))
    slides = []
    for slide in show.slides:
        shapes = list(_shapes(slide.shapes))
        lines = [shape.text_frame.text for shape in shapes if shape.has_text_frame]
        lines += [
            " · ".join(cell.text for cell in row.cells)
            for shape in shapes
            if getattr(shape, "has_table", False)
            for row in shape.table.rows
        ]
        if slide.has_notes_slide:
            lines.append(slide.notes_slide.notes_text_frame.text)
        slides.append("\n".join(line for line in lines if line.strip()))
    said = _properties(show.core_properties)
    return "\n\n".join(filter(None, slides)), said | (
        {"title": None} if said["title"] == "PowerPoint Presentation" else {}
    )


def _shapes(shapes: Any) -> Iterator[Any]:
    """Shapes, and those in groups of them."""
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes)
        else:
            yield shape


def _xlsx(data: bytes) -> tuple[str, dict[str, Scalar]]:
    openpyxl = import_extra("openpyxl", feature=_FEATURE, extra="office")
    lines, cut = [], []
    with warnings.catch_warnings():
        # It warns of looks and links that it leaves out, as most spreadsheets have them: no word is lost.
        warnings.filterwarnings("ignore", module="openpyxl")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for sheet in book.worksheets:
            lines.append(sheet.title)
            for number, row in enumerate(sheet.iter_rows(values_only=True)):
                if number >= MOST_ROWS:
                    cut.append(sheet.title)
                    break
                lines.append(" · ".join(str(cell) for cell in row if cell is not None))
            lines.append("")
    missing = f"only the first {MOST_ROWS:,} rows of {', '.join(cut)}" if cut else None
    return "\n".join(lines), _properties(book.properties) | {"incomplete": missing}


def _opendocument(data: bytes) -> tuple[str, dict[str, Scalar]]:
    """Text, slides or sheets of LibreOffice and others (OASIS OpenDocument 1.3, part 3)."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = _soup(archive.read("content.xml"))
        meta = _soup(archive.read("meta.xml")) if "meta.xml" in archive.namelist() else None
    for tag in content.find_all(["text:s", "text:tab", "text:line-break"]):
        tag.replace_with(" ")
    lines, number = [], 0
    for tag in content.find_all(["table:table-row", "text:h", "text:p"]):
        if tag.find_parent(["table:table-row", "text:h", "text:p"]):
            continue
        number += tag.name == "table:table-row"
        if number <= MOST_ROWS:
            cells = tag.find_all(["text:h", "text:p"]) if tag.name == "table:table-row" else [tag]
            lines.append(" · ".join(filter(None, (" ".join(cell.get_text().split()) for cell in cells))))
    named = {
        column: ", ".join(tag.get_text().strip() for tag in meta.find_all(name)) if meta else ""
        for column, name in (
            ("title", "dc:title"), ("author", "dc:creator"), ("caption", "dc:description"), ("tags", "meta:keyword"),
            ("date", "meta:creation-date"),
        )
    }  # fmt: skip
    missing = f"only the first {MOST_ROWS:,} rows of its tables" if number > MOST_ROWS else None
    return "\n\n".join(filter(None, lines)), named | {"date": named["date"][:10], "incomplete": missing}


def _html(data: bytes) -> tuple[str, dict[str, Scalar]]:
    soup = _soup(data)
    named = {
        str(tag.get("name", "")).lower(): str(tag.get("content", "")).strip()
        for tag in soup.find_all("meta")
        if tag.get("content")
    }
    said: dict[str, Scalar] = {
        "title": " ".join(soup.title.get_text().split()) if soup.title else None,
        "caption": named.get("description"),
        "tags": named.get("keywords"),
        "author": named.get("author"),
    }
    for tag in soup(["script", "style", "template", "noscript", "head"]):
        tag.decompose()
    # A browser runs inline elements on and breaks lines at blocks; line ends of the source are spaces.
    for words in soup.find_all(string=True):
        if type(words).__name__ == "NavigableString" and words.find_parent("pre") is None:  # no comment, no doctype
            words.replace_with(_SPACE.sub(" ", words))
    for tag in soup.find_all(_BLOCKS):
        tag.insert_before("\n")
        tag.insert_after("\n")
    for tag in soup.find_all(["td", "th"]):
        tag.insert_after(" ")
    lines = [" ".join(line.split()) for line in soup.get_text().split("\n")]
    return "\n".join(line for line in lines if line), said


def _soup(data: bytes) -> Any:
    bs4 = import_extra("bs4", feature=_FEATURE, extra="office")
    # The parser of HTML reads XML, and warns of its declaration; of a stream it does not ask whether it is a name.
    text = _DECLARATION.sub("", xml_text(data) if _XML.match(data) else page_text(data))
    return bs4.BeautifulSoup(io.StringIO(text), "html.parser")


def _epub(data: bytes) -> tuple[str, dict[str, Scalar]]:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        where = _soup(book.read("META-INF/container.xml")).find("rootfile")["full-path"]
        package = _soup(book.read(where))
        files = {item.get("id"): item.get("href") for item in package.find_all("item")}
        chapters = []
        for reference in package.find_all("itemref"):
            href = files.get(reference.get("idref"))
            if href:
                name = posixpath.normpath(posixpath.join(posixpath.dirname(where), unquote(href)))
                chapters.append(_html(book.read(name))[0])
    said: dict[str, Scalar] = {
        column: ", ".join(tag.get_text().strip() for tag in package.find_all(name))
        for name, column in (
            ("dc:title", "title"),
            ("dc:creator", "author"),
            ("dc:subject", "tags"),
            ("dc:date", "date"),
        )
    }
    return "\n\n".join(filter(None, chapters)), said


_READERS: dict[str, Callable[[bytes], tuple[str, dict[str, Scalar]]]] = {
    "docx": _docx, "pptx": _pptx, "xlsx": _xlsx, "html": _html, "epub": _epub,
    "odt": _opendocument, "odp": _opendocument, "ods": _opendocument,
}  # fmt: skip
