"""Documents: every page an item, its text layer as its words; scanned pages are read by character recognition."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nova_explore.collection import Item, Scalar, Span
from nova_explore.errors import UnreadableError, import_extra
from nova_explore.media import access, drawing, forms
from nova_explore.media.content import Page, Part, Playable

if TYPE_CHECKING:
    from PIL.Image import Image

READ_DPI = 150
"""Dots an inch at which a page is rendered to be read: 10-point letters are then about 20 pixels high."""

MOST_SIDE = 2400
"""Pixels of the longest side of a rendered page, whatever its paper size."""

SHOWN_HEIGHT = 1400
STAMP = 120
"""Characters of a text layer below which, on a page that is one picture, they are a stamp and not its words."""

COVERED = 0.5
"""Share of a page that a picture covers in a scan; margins are the rest."""

_SECURITY = ("password", "security")
# PDFium is not thread-safe: https://pypdfium2.readthedocs.io/en/stable/python_api.html#thread-incompatibility
_PDFIUM = threading.RLock()
_READER = threading.Lock()


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


def split(path: Path, format: str = "pdf") -> list[Part]:
    """A part for every page, with its text layer where it has one.

    Raises
    ------
    UnreadableError
        If the document is locked, damaged, cut short, or has no page.
    """
    if format != "pdf":
        from nova_explore.media import image

        return image.split(path, format)
    with _opened(path) as document:
        count = len(document)
        if not count:
            raise UnreadableError("The document has no pages. Export it again.")
        return [_part(document, number, count) for number in range(count)]


def _part(document: Any, number: int, count: int) -> Part:
    page = document[number]
    try:
        layer = page.get_textpage()
        try:
            text = layer.get_text_bounded().replace("\r\n", "\n").replace("\ufffe", "").replace("\0", "").strip()
        finally:
            layer.close()
        filled = forms.values_of(document, page) if document.formenv else []
        width, height = (round(side) for side in page.get_size())
        covered = _is_short(text) and _is_picture(page)
    finally:
        page.close()
    facts: dict[str, Scalar] = {"page": number + 1, "pages": count, "page_width": width, "page_height": height}
    if text and (covered or not _is_language(text)):
        # A scanner's stamp, or glyphs without their letters: the page has to be read from its picture.
        facts["text_layer"], text = printable(text)[:200], ""
    text = "\n".join([text, *(value for value in filled if value not in text)]).strip()
    return Part(Span("page", number, number + 1), text or None, facts)


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


def information(path: Path) -> dict[str, str]:
    """What the document says of itself (ISO 32000-1, section 14.3.3): Title, Author, Subject, Keywords and the like."""
    try:
        with _opened(path) as document:
            return document.get_metadata_dict(skip_empty=True)
    except UnreadableError:
        return {}


def render(path: Path, number: int, *, dpi: float = READ_DPI, most: int = MOST_SIDE) -> Image:
    """Draw one page (zero-based) as an RGB picture, at most ``most`` pixels a side.

    Raises
    ------
    UnreadableError
        If the document or the page cannot be drawn.
    """
    with _opened(path) as document:
        if number >= len(document):
            raise UnreadableError(f"The document has {len(document)} pages and no page {number + 1}. Read it again.")
        page = document[number]
        try:
            longest = max(page.get_size())
            scale = min(dpi / 72, most / longest) if longest > 0 else 1.0
            return page.render(scale=scale).to_pil().convert("RGB")
        finally:
            page.close()


def _picture(item: Item, *, dpi: float = READ_DPI, most: int = MOST_SIDE) -> Image:
    path = access.locate(item)
    if item.format != "pdf":
        from nova_explore.media import image

        return image.decode(path, item.format, longest=most, page=image.page_of(item))
    return render(path, int(item.span.start) if item.span else 0, dpi=dpi, most=most)


def load(item: Item, *, longest: int = MOST_SIDE) -> Page:
    """The page's picture, and its words where they are known (``item.text``).

    Parameters
    ----------
    item : Item
        A page.
    longest : int
        Pixels of the longest side.

    Raises
    ------
    UnreadableError
        If its file has gone, changed or cannot be drawn.
    """
    return Page(_picture(item, most=longest), item.text)


def thumbnail(item: Item, size: int = 160) -> bytes:
    """The page, small, with a hairline round it (WebP)."""
    return drawing.to_webp(drawing.framed(drawing.fit(_picture(item, dpi=300, most=size * 3), size)))


def playable(item: Item) -> Playable:
    """The page as WebP, about 1,400 pixels high."""
    return Playable("image/webp", drawing.to_webp(_picture(item, dpi=300, most=SHOWN_HEIGHT), quality=88))


def is_blank(image: Image) -> bool:
    """Whether a page shows nothing: fewer than 1 in 5,000 of its pixels differ clearly from its paper.

    Parameters
    ----------
    image : PIL image
        Any size; it is looked at at 400 pixels, so that dust does not count.
    """
    import numpy as np

    grey = np.asarray(drawing.fit(image.convert("L"), 400), dtype=np.int16)
    return bool(np.mean(np.abs(grey - np.median(grey)) > 40) < 1 / 5000)


@lru_cache(maxsize=1)
def _reader() -> Any:
    rapidocr = import_extra("rapidocr", feature="Reading the words of scanned pages", extra="ocr")
    # The models of the default configuration are files of the wheel: nothing is downloaded.
    return rapidocr.RapidOCR(params={"Global.log_level": "critical"})


def read_page(item: Item) -> str:
    """The words in the picture of a page, line by line, by PP-OCR; an empty string where there are none.

    Raises
    ------
    MissingExtraError
        If the extra ``ocr`` is not installed.
    UnreadableError
        If its file has gone, changed or cannot be drawn.
    """
    return read_picture(_picture(item))


def read_picture(image: Image) -> str:
    """The words in a picture, line by line.

    Raises
    ------
    MissingExtraError
        If the extra ``ocr`` is not installed.
    """
    import numpy as np

    with _READER:
        found = _reader()(np.asarray(image.convert("RGB"))[:, :, ::-1])
    if found.boxes is None or not found.txts:
        return ""
    lines: list[tuple[float, list[str]]] = []
    for box, words in zip(found.boxes, found.txts, strict=True):
        middle, height = float(box[:, 1].mean()), float(np.ptp(box[:, 1]))
        if lines and abs(middle - lines[-1][0]) < height / 2:
            lines[-1][1].append(words)
        else:
            lines.append((middle, [words]))
    return "\n".join(" ".join(words) for _, words in lines)


def placed_words(item: Item) -> list[tuple[str, float, float]]:
    """The words of a page's text layer, each with the place of its middle: shares of the width and of the height.

    Raises
    ------
    UnreadableError
        If its file has gone, changed or cannot be read.
    """
    path = access.locate(item)
    with _opened(path) as document:
        page = document[int(item.span.start) if item.span else 0]
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
            return placed
        finally:
            layer.close()
            page.close()
