"""Pictures: upright, sRGB, every page of a TIFF, the first frame that shows something; drawings (SVG) drawn once."""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from nova_explore.collection import Item, Scalar, Span
from nova_explore.errors import MissingExtraError, UnreadableError
from nova_explore.media import access, budget, colour, drawing, png
from nova_explore.media.content import Part, Picture, Playable

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST = 2048
"""Pixels of the longest side of a decoded picture: more than any embedding model looks at."""

MOST_PIXELS = 2**28
"""Pixels of the largest picture that is decoded: above the 200 megapixels of telephones, below a bomb."""

DRAWN = 1024
"""Pixels of the longest side of a drawing that is shown."""

MOST_FRAMES = 8
"""Frames that are looked at where the first of a moving picture shows nothing."""

_IN_BROWSERS = {
    "png": "image/png",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
}
_MOVING = frozenset(("gif", "webp", "png", "avif"))
_REDUCED, _MASK = 1, 4
"""Bits of TIFF's NewSubfileType: a smaller copy of another page, and a mask."""
_TURNS = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
"""What Pillow calls the turn that undoes each EXIF orientation."""

# The filter of warnings and Pillow's limit are global: one thread at a time, and only while headers are parsed.
_HEADERS = threading.Lock()


@contextmanager
def translated() -> Iterator[None]:
    """Turn Pillow's errors into reasons."""
    try:
        yield
    except (UnreadableError, MissingExtraError):
        raise
    except MemoryError as error:
        raise UnreadableError("It needs more memory than there is. Save a smaller copy.") from error
    except Exception as error:  # decoders raise almost anything on damaged data: struct.error, IndexError, …
        detail = str(error).strip().rstrip(".") or type(error).__name__
        if "truncated" in detail or "Truncated" in detail or isinstance(error, EOFError):
            raise UnreadableError(f"The picture is cut short ({detail}). Copy or download it again.") from error
        if "cannot identify" in detail:
            detail = "its header is damaged"
        raise UnreadableError(f"The picture is damaged ({detail}). Copy or download it again.") from error


@contextmanager
def headers() -> Iterator[None]:
    """Parse headers without Pillow's warnings and its limit: ours is checked instead."""
    from PIL import Image

    with _HEADERS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = limit


def _open(source: Path, format: str) -> tuple[Image, int]:
    """Parse the header: the picture, undecoded, and the EXIF orientation that is still to be undone."""
    from PIL import Image

    turned = 0
    with headers():
        if format == "raw":
            from nova_explore.media import raw

            image, turned = raw.open_preview(source), raw.orientation(source)
        elif format in ("heic", "avif"):
            from nova_explore.media import heif

            image = heif.open_picture(source, format)
        else:
            try:
                image = Image.open(source)
            except Exception:
                if format != "png":
                    raise
                image = Image.open(io.BytesIO(png.without_words(access.read_bytes(source))))
        if image.width * image.height > MOST_PIXELS:
            size = image.size
            image.close()
            raise UnreadableError(
                f"It has {size[0]:,} x {size[1]:,} pixels; at most {MOST_PIXELS:,} are decoded, for fear of a "
                "decompression bomb. Save a smaller copy."
            )
        try:
            turned = int(image.getexif().get(0x0112, 0)) or turned
        except Exception:  # a damaged EXIF block does not make the picture unreadable
            turned = turned or 1
    # Pillow turns a TIFF itself, as it decodes it.
    return image, 1 if image.format == "TIFF" else turned or 1


def open_header(path: Path, format: str) -> Image:
    """The picture of a file, not decoded: what it says of itself. Close it.

    Raises
    ------
    UnreadableError
        If its header is damaged.
    """
    with translated(), access.translated(path):
        return _open(path, format)[0]


def _load(image: Image, path: Path) -> Image:
    """Decode; a JPEG that lacks its end mark is whole if what would follow makes no difference to its pixels."""
    from PIL import Image as Images

    try:
        image.load()
        return image
    except OSError as error:
        if image.format not in ("JPEG", "MPO") or "truncated" not in str(error):
            raise
        data = access.read_bytes(path)
        whole = Images.open(io.BytesIO(data + b"\xff\xd9"))
        whole.load()
        with Images.open(io.BytesIO(data + b"\x55" * 64 + b"\xff\xd9")) as probe:
            probe.load()
            if probe.tobytes() != whole.tobytes():
                raise
        return whole


def decode(path: Path, format: str, *, longest: int = LONGEST, page: int = 0) -> Image:
    """The picture in a file: sRGB, upright, on a ground that shows it, at most ``longest`` pixels a side.

    Parameters
    ----------
    path : Path
        Of the file.
    format : str
        As `identify` found it.
    longest : int
        Pixels.
    page : int
        Which page of a TIFF, from 0.

    Raises
    ------
    UnreadableError
        If it is damaged, cut short, or too large to be decoded safely.
    MissingExtraError
        If it is HEIC and the extra ``heif`` is not installed.
    """
    if format == "svg":
        from nova_explore.media import svg

        return svg.draw(access.read_bytes(path), longest=min(longest, DRAWN))
    with translated(), access.translated(path):
        image, turned = _open(path, format)
        with image:
            if page:
                with headers():
                    image.seek(page)
            image.draft("RGB", (longest, longest))  # JPEG only: decodes at a fraction of the size
            whole = _load(image, path)
            # Colours are converted at the size that is kept, where the mode can be scaled.
            shown = drawing.fit(whole, longest) if whole.mode in ("RGB", "L", "CMYK") else whole
            shown = drawing.fit(colour.to_srgb(shown), longest)
            if format in _MOVING and _is_clear(image):
                shown = _first_to_show(image, shown, longest)
            return _turn(shown, turned)


def _turn(image: Image, turned: int) -> Image:
    from PIL import Image as Images

    return image.transpose(Images.Transpose[_TURNS[turned]]) if turned in _TURNS else image


def _is_clear(image: Image) -> bool:
    """Whether a frame shows nothing at all: stickers often begin so."""
    if image.mode != "P" and "A" not in image.mode and "transparency" not in image.info:
        return False
    return image.convert("RGBA").getchannel("A").getextrema()[1] < 32  # pyright: ignore[reportOperatorIssue]


def _first_to_show(image: Image, blank: Image, longest: int) -> Image:
    """The first frame on which something is drawn; the first of all where there is none."""
    for frame in range(1, min(getattr(image, "n_frames", 1), MOST_FRAMES)):
        image.seek(frame)
        image.load()
        if not _is_clear(image):
            return drawing.fit(colour.to_srgb(image), longest)
    return blank


def split(path: Path, format: str) -> list[Part]:
    """One part, or one for every page of a TIFF. All are decoded once, so that what is damaged is known now.

    Raises
    ------
    UnreadableError
        If it is damaged, cut short, or too large to be decoded safely.
    MissingExtraError
        If it is HEIC and the extra ``heif`` is not installed.
    """
    if format == "svg":
        from nova_explore.media import svg

        width, height = svg.check(access.read_bytes(path))
        return [Part(facts={"width": width, "height": height})]
    if format == "tiff":
        return _pages(path)
    with translated(), access.translated(path):
        image, turned = _open(path, format)
        with image:
            width, height = image.size if turned < 5 else image.size[::-1]
            frames = getattr(image, "n_frames", 1) if format in _MOVING else 1
            image.draft("RGB", (256, 256))
            _load(image, path)
        if format == "png":
            png.check(access.read_bytes(path))
    facts: dict[str, Scalar] = {"width": width, "height": height} | ({"frames": frames} if frames > 1 else {})
    if format == "raw":
        facts["developed_from"] = "the largest picture that the camera put inside; its raw values are not read"
    return [Part(facts=facts)]


def _pages(path: Path) -> list[Part]:
    """A part for every page; smaller copies and masks are none."""
    pages: list[tuple[int, tuple[int, int]]] = []
    broken: list[int] = []
    first: Exception | None = None
    check = budget.started(path.stat().st_size)
    with translated(), access.translated(path):
        image, _ = _open(path, "tiff")
        with image:
            with headers():
                count = getattr(image, "n_frames", 1)
            for number in range(count):
                check()
                try:
                    with headers():  # every page has a header of its own
                        image.seek(number)
                        kind = int(image.tag_v2.get(254, 0)) if hasattr(image, "tag_v2") else 0  # pyright: ignore[reportAttributeAccessIssue]
                    if number and kind & (_REDUCED | _MASK):
                        continue
                    image.load()
                except Exception as error:
                    first = first or error
                    broken.append(number + 1)
                else:
                    pages.append((number, image.size))
        if first is not None and not pages:
            raise first
    more: dict[str, Scalar] = {"incomplete": f"page {broken[0]} cannot be decoded"} if broken else {}
    if [number for number, _ in pages] == [0] and not broken:
        return [Part(facts={"width": pages[0][1][0], "height": pages[0][1][1]})]
    return [
        Part(
            Span("page", number, number + 1),
            facts={"width": width, "height": height, "page": number + 1, "pages": len(pages) + len(broken)} | more,
        )
        for number, (width, height) in pages
    ]


def page_of(item: Item) -> int:
    """Which page of its file an item is, from 0."""
    return int(item.span.start) if item.span and item.span.unit == "page" else 0


def load(item: Item, *, longest: int = LONGEST) -> Picture:
    """The picture of an item, sRGB and upright, at most ``longest`` pixels a side.

    Raises
    ------
    UnreadableError
        If its file has gone, changed or cannot be decoded.
    """
    return Picture(decode(access.locate(item), item.format, longest=longest, page=page_of(item)))


def thumbnail(item: Item, size: int = 160) -> bytes:
    """The picture, fitted into a square (WebP)."""
    longest = size * (1 if item.format == "svg" else 4)
    image = decode(access.locate(item), item.format, longest=longest, page=page_of(item))
    return drawing.to_webp(drawing.fit(image, size))


def playable(item: Item) -> Playable:
    """The original bytes where browsers show them, else a PNG.

    A drawing is always rasterised: SVG can carry scripts.
    """
    path = access.locate(item)
    if item.format in _IN_BROWSERS:
        return Playable(_IN_BROWSERS[item.format], access.read_bytes(path))
    return Playable("image/png", drawing.to_png(decode(path, item.format, page=page_of(item))))
