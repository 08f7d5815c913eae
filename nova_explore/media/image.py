"""Pictures: upright, RGB, on white, first frame; drawings (SVG) rasterised without touching other files."""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from nova_explore.collection import Item
from nova_explore.errors import UnreadableError
from nova_explore.media import access, drawing
from nova_explore.media.content import Part, Picture, Playable

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST = 2048
"""Pixels of the longest side of a decoded picture: more than any embedding model looks at."""

MOST_PIXELS = 178_956_970
"""Pixels of the largest picture that is decoded: Pillow's own limit against decompression bombs."""

DRAWN = 1024
"""Pixels of the longest side of a rasterised drawing."""

_IN_BROWSERS = {"png": "image/png", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
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

# The filter of warnings is global: one thread at a time, and only while headers are parsed.
_HEADERS = threading.Lock()


@contextmanager
def translated() -> Iterator[None]:
    """Turn Pillow's errors into reasons."""
    from PIL import Image

    try:
        yield
    except UnreadableError:
        raise
    except Image.DecompressionBombError:
        raise UnreadableError(_too_many_pixels()) from None
    except MemoryError as error:
        raise UnreadableError("It needs more memory than there is. Save a smaller copy.") from error
    except Exception as error:  # decoders raise almost anything on damaged data: struct.error, IndexError, …
        detail = str(error).strip().rstrip(".") or type(error).__name__
        if "truncated" in detail or "Truncated" in detail or isinstance(error, EOFError):
            raise UnreadableError(f"The picture is cut short ({detail}). Copy or download it again.") from error
        if "cannot identify" in detail:
            detail = "its header is damaged"
        raise UnreadableError(f"The picture is damaged ({detail}). Copy or download it again.") from error


def _too_many_pixels(size: tuple[int, int] | None = None) -> str:
    got = f"It has {size[0]:,} x {size[1]:,} pixels" if size else "It unpacks to a huge picture"
    return f"{got}; at most {MOST_PIXELS:,} are decoded, for fear of a decompression bomb. Save a smaller copy."


def _open(source: Path | io.BytesIO) -> tuple[Image, int]:
    """Parse the header: the picture, undecoded, and its EXIF orientation."""
    from PIL import Image

    with _HEADERS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = Image.open(source)
        if image.width * image.height > MOST_PIXELS:
            image.close()
            raise UnreadableError(_too_many_pixels(image.size))
        try:
            turned = int(image.getexif().get(0x0112, 1))
        except Exception:  # a damaged EXIF block does not make the picture unreadable
            turned = 1
    return image, turned


def decode(path: Path, format: str, *, longest: int = LONGEST) -> Image:
    """The picture in a file: RGB, upright, transparency on white, at most ``longest`` pixels a side.

    Raises
    ------
    UnreadableError
        If it is damaged, cut short, or too large to be decoded safely.
    """
    if format == "svg":
        return _upright(*_open(io.BytesIO(_rasterised(path, min(longest, DRAWN)))), longest=longest)
    with translated(), access.translated(path):
        image, turned = _open(path)
        with image:
            return _upright(image, turned, longest=longest)


def _rasterised(path: Path, longest: int) -> bytes:
    from nova_explore.media import svg

    return svg.rasterise(access.read_bytes(path), longest=longest)


def _upright(image: Image, turned: int, *, longest: int) -> Image:
    from PIL import Image as Images

    image.draft("RGB", (longest, longest))  # JPEG only: decodes at a fraction of the size
    image.load()
    image = drawing.fit(_in_rgb(image), longest)
    return image.transpose(Images.Transpose[_TURNS[turned]]) if turned in _TURNS else image


def _in_rgb(image: Image) -> Image:
    """Convert any mode to RGB; transparency is laid on white, deep grey is scaled to 8 bits."""
    from PIL import Image as Images

    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return _deep_grey(image)
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Images.new("RGBA", image.size, "white")
        return Images.alpha_composite(paper, image).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _deep_grey(image: Image) -> Image:
    import numpy as np
    from PIL import Image as Images

    values = np.nan_to_num(np.asarray(image, dtype=np.float32))
    low, high = float(values.min()), float(values.max())
    if image.mode != "F" and low >= 0 and high <= 65535:
        low, high = 0.0, 65535.0 if high > 255 else 255.0
    values = (values - low) * (255.0 / (high - low)) if high > low else np.zeros_like(values)
    return Images.fromarray(values.round().astype(np.uint8)).convert("RGB")


def split(path: Path, format: str) -> list[Part]:
    """One part: a picture is never cut. It is decoded once, so that a damaged one is known now.

    Raises
    ------
    UnreadableError
        If it is damaged, cut short, or too large to be decoded safely.
    """
    if format == "svg":
        from nova_explore.media import svg

        width, height = svg.check(access.read_bytes(path))
        return [Part(facts={"width": width, "height": height})]
    with translated(), access.translated(path):
        image, turned = _open(path)
        with image:
            width, height = image.size if turned < 5 else image.size[::-1]
            frames = getattr(image, "n_frames", 1) if format in ("gif", "webp", "tiff") else 1
            image.draft("RGB", (256, 256))
            image.load()
        if format == "png":
            _check_sums(path)
    facts = {"width": width, "height": height} | ({"frames": frames} if frames > 1 else {})
    return [Part(facts=facts)]


def _check_sums(path: Path) -> None:
    """Compare the checksums of a PNG's pixels, which decoding ignores."""
    from PIL import Image

    with _HEADERS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = Image.open(path)
    with image:
        image.verify()


def load(item: Item) -> Picture:
    """The picture of an item, RGB and upright.

    Raises
    ------
    UnreadableError
        If its file has gone, changed or cannot be decoded.
    """
    return Picture(decode(access.locate(item), item.format))


def thumbnail(item: Item, size: int = 160) -> bytes:
    """The picture, fitted into a square (WebP)."""
    return drawing.to_webp(drawing.fit(decode(access.locate(item), item.format, longest=size * 4), size))


def playable(item: Item) -> Playable:
    """The original bytes where browsers show them, else a PNG.

    A drawing is always rasterised: SVG can carry scripts.
    """
    path = access.locate(item)
    if item.format in _IN_BROWSERS:
        return Playable(_IN_BROWSERS[item.format], access.read_bytes(path))
    return Playable("image/png", drawing.to_png(decode(path, item.format)))
