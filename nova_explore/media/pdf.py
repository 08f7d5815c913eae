"""PDF by PDFium: parts, properties, pictures and placed words of pages. It runs in a `decoder_process`."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nova_explore.collection import Scalar
from nova_explore.errors import UnreadableError
from nova_explore.media import access, form_fields

STAMP = 120
"""Characters of a text layer below which, on a page that is one picture, they are a stamp and not its words."""

COVERED = 0.5
"""Share of a page that a picture covers in a scan; margins are the rest."""

_SECURITY = ("password", "security")
# PDFium is not thread-safe: https://pypdfium2.readthedocs.io/en/stable/python_api.html#thread-incompatibility
_PDFIUM = threading.RLock()


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    import pypdfium2

    with _PDFIUM:
        try:
            with access.translated(path):
                document = pypdfium2.PdfDocument(path)
            if document.get_formtype():
                document.init_forms()  # without it what was filled in is not drawn
        except pypdfium2.PdfiumError as error:
            raise UnreadableError(_reason(access.read_bytes(path), error)) from error
        try:
            yield document
        except pypdfium2.PdfiumError as error:
            raise UnreadableError(
                f"A page of the document cannot be drawn ({error}). Print it to a new PDF."
            ) from error
        finally:
            document.close()


def _reason(data: bytes, error: Exception) -> str:
    if b"%%EO" not in data[-65536:] and b"startxref" not in data[-65536:]:
        return "The document is cut short: it has no end mark. Copy or download it again."
    # PDFium sometimes fails without setting its error, and then reports the last one, of another document.
    if b"/Encrypt" in data and any(word in str(error).lower() for word in _SECURITY):
        return "The document is locked by a password. Save a copy without one."
    if re.search(rb"/Type\s*/Pages\b[^>]*/Count\s+0\b", data):
        return "The document has no pages. Export it again."
    return "The document is damaged: its structure cannot be read. Copy or download it again."


def read_parts(path: str) -> tuple[list[dict[str, Any]], bytes]:
    """Text layer and facts of every page.

    Raises
    ------
    UnreadableError
        If the document is locked, damaged, cut short, or has no page.
    """
    with _opened(Path(path)) as document:
        count = len(document)
        if not count:
            raise UnreadableError("The document has no pages. Export it again.")
        return [_part(document, number, count) for number in range(count)], b""


def _part(document: Any, number: int, count: int) -> dict[str, Any]:
    page = document[number]
    try:
        layer = page.get_textpage()
        try:
            text = layer.get_text_bounded().replace("\r\n", "\n").replace("\ufffe", "").replace("\0", "").strip()
        finally:
            layer.close()
        filled = form_fields.values_of(document, page) if document.formenv else []
        width, height = (round(side) for side in page.get_size())
        covered = _is_short(text) and _is_picture(page)
    finally:
        page.close()
    facts: dict[str, Scalar] = {"page": number + 1, "pages": count, "page_width": width, "page_height": height}
    if text and (covered or not _is_language(text)):
        # A scanner's stamp, or glyphs without their letters: the page has to be read from its picture.
        facts["text_layer"], text = printable(text)[:200], ""
    text = "\n".join([text, *(value for value in filled if value not in text)]).strip()
    return {"text": text or None, "facts": facts}


def _is_short(text: str) -> bool:
    return len(text) < STAMP and len(text.split()) < STAMP / 8


def _is_picture(page: Any) -> bool:
    """Whether one picture covers most of a page, as in a scan."""
    import pypdfium2.raw as pdfium

    width, height = page.get_size()
    whole = abs(width * height) or 1.0
    for shape in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = shape.get_bounds()
        inside = (min(right, width) - max(left, 0)) * (min(top, height) - max(bottom, 0))
        if inside > COVERED * whole:
            return True
    return False


def _is_language(text: str) -> bool:
    """Whether a text layer is made of letters: fonts without a table of Unicode come out as codes."""
    marks = [letter for letter in text if not letter.isspace()]
    wrong = sum(unicodedata.category(letter) in ("Cc", "Co", "Cn", "Cs") or letter == "\ufffd" for letter in marks)
    return bool(marks) and wrong <= 0.2 * len(marks)


def printable(text: str) -> str:
    """A text with every character that cannot be printed as a question mark."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "?" for letter in text)


def information(path: str) -> tuple[dict[str, str], bytes]:
    """What the document says of itself; nothing where it cannot be opened."""
    try:
        with _opened(Path(path)) as document:
            return document.get_metadata_dict(skip_empty=True), b""
    except UnreadableError:
        return {}, b""


def draw(path: str, number: int, dpi: float, most: int) -> tuple[list[int], bytes]:
    """Width, height and RGB pixels of one page (zero-based), at most ``most`` pixels a side.

    Raises
    ------
    UnreadableError
        If the document or the page cannot be drawn.
    """
    with _opened(Path(path)) as document:
        if number >= len(document):
            raise UnreadableError(f"The document has {len(document)} pages and no page {number + 1}. Read it again.")
        page = document[number]
        try:
            longest = max(page.get_size())
            scale = min(dpi / 72, most / longest) if longest > 0 else 1.0
            bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False)
            picture = bitmap.to_pil().convert("RGB")
            return list(picture.size), picture.tobytes()
        finally:
            page.close()


def place_words(path: str, number: int) -> tuple[list[tuple[str, float, float]], bytes]:
    """The words of a page's text layer, each with the place of its middle: shares of the width and of the height."""
    with _opened(Path(path)) as document:
        page = document[number]
        layer = page.get_textpage()
        try:
            width, height = page.get_size()
            text = layer.get_text_range()
            placed = []
            for match in re.finditer(r"\S+", text):
                left, _, _, top = layer.get_charbox(match.start())
                _, bottom, right, _ = layer.get_charbox(match.end() - 1)
                x, y = (left + right) / 2 / width, 1 - (top + bottom) / 2 / height
                if 0 <= x < 1 and 0 <= y < 1:  # what runs off the page is no word of it
                    placed.append((match.group(), x, y))
            return placed, b""
        finally:
            layer.close()
            page.close()
