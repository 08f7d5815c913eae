"""Documents: every page an item, its text layer as its words; scanned pages are read by character recognition."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nova_explore.collection import Item, Span
from nova_explore.errors import UnreadableError, import_extra
from nova_explore.media import access, decoder_process, drawing
from nova_explore.media.content import Page, Part, Playable

if TYPE_CHECKING:
    from PIL.Image import Image

READ_DPI = 150
"""Dots an inch at which a page is rendered to be read: 10-point letters are then about 20 pixels high."""

MOST_SIDE = 2400
"""Pixels of the longest side of a rendered page, whatever its paper size."""

SHOWN_HEIGHT = 1400
_READER = threading.Lock()


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
    pages, _ = decoder_process.run("pdf:read_parts", str(path))
    return [Part(Span("page", at, at + 1), page["text"], page["facts"]) for at, page in enumerate(pages)]


def information(path: Path) -> dict[str, str]:
    """What the document says of itself (ISO 32000-1, section 14.3.3): Title, Author, Subject, Keywords and the like."""
    try:
        return decoder_process.run("pdf:information", str(path))[0]
    except UnreadableError:  # what cannot be read says nothing
        return {}


def render(path: Path, number: int, *, dpi: float = READ_DPI, most: int = MOST_SIDE) -> Image:
    """Draw one page (zero-based) as an RGB picture, at most ``most`` pixels a side.

    Raises
    ------
    UnreadableError
        If the document or the page cannot be drawn, or takes too much time or memory.
    """
    from PIL import Image as Images

    size, pixels = decoder_process.run("pdf:draw", str(path), number, dpi, most)
    return Images.frombytes("RGB", tuple(size), pixels)


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
    words, _ = decoder_process.run(
        "pdf:place_words", str(access.locate(item)), int(item.span.start) if item.span else 0
    )
    return [(word, x, y) for word, x, y in words]
