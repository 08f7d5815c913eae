"""Small pictures made with Pillow: fitting, WebP, text cards, waveforms."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

PAPER, INK, FAINT = (255, 255, 255), (38, 44, 56), (205, 211, 222)
SOUND_PAPER, SOUND_INK = (238, 242, 250), (58, 96, 176)
# Names that Pillow looks up in the system's font folders, widest coverage first.
_FONTS = (
    "NotoSansCJK-Regular.ttc",
    "Arial Unicode.ttf",
    "arialuni.ttf",
    "NotoSans-Regular.ttf",
    "DejaVuSans.ttf",
    "arial.ttf",
)


def to_webp(image: Image.Image, *, quality: int = 82) -> bytes:
    """Encode a picture as WebP."""
    out = io.BytesIO()
    image.save(out, "WEBP", quality=quality, method=4)
    return out.getvalue()


def to_png(image: Image.Image) -> bytes:
    """Encode a picture as PNG."""
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def fit(image: Image.Image, size: int) -> Image.Image:
    """Scale a picture down so that neither side is longer than ``size``; smaller ones stay as they are."""
    scale = size / max(image.size)
    if scale >= 1:
        return image
    wanted = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(wanted, Image.Resampling.LANCZOS, reducing_gap=3.0)


def clearest(frames: Sequence[Image.Image]) -> Image.Image:
    """The frame in the middle, or another where that is dark or empty and the other shows clearly more."""
    middle = len(frames) // 2
    best, most = frames[middle], -1.0
    for place in dict.fromkeys((middle, len(frames) * 3 // 10, len(frames) * 7 // 10, len(frames) // 10)):
        contrast = float(np.asarray(frames[place].convert("L"), dtype=np.float32).std())
        if contrast > 1.25 * most:
            best, most = frames[place], contrast
        if most > 16:  # of 255: a black, white or faded frame lies below
            break
    return best


def framed(image: Image.Image) -> Image.Image:
    """Draw a hairline round a picture of paper, so that it stands out on white."""
    image = image.copy()
    ImageDraw.Draw(image).rectangle((0, 0, image.width - 1, image.height - 1), outline=FAINT)
    return image


def dejavu(*, bold: bool = False) -> Path:
    """The file of DejaVu Sans that matplotlib brings, found without importing it."""
    matplotlib = find_spec("matplotlib")
    home = Path(matplotlib.origin).parent if matplotlib and matplotlib.origin else Path()
    return home / "mpl-data" / "fonts" / "ttf" / f"DejaVuSans{'-Bold' if bold else ''}.ttf"


@lru_cache(maxsize=16)
def _fonts(size: int) -> tuple[ImageFont.FreeTypeFont, ...]:
    found = []
    default = ImageFont.load_default(size)
    if isinstance(default, ImageFont.FreeTypeFont):
        found.append(default)
    for name in (*_FONTS, dejavu()):
        try:
            found.append(ImageFont.truetype(str(name), size))
        except OSError:
            continue
    return tuple(found)


def _covers(font: ImageFont.FreeTypeFont, characters: set[str]) -> bool:
    def drawn(character: str) -> bytes:
        return bytes(font.getmask(character))  # pyright: ignore[reportArgumentType] (iterable, though not typed so)

    missing = drawn("\uffff")
    return all(drawn(character) != missing for character in characters)


def text_card(text: str, size: int) -> Image.Image:
    """Set the first lines of a text as a card, 4:3.

    Where no font of the system has the script, words are drawn as bars: their rhythm, not empty boxes.
    """
    scale = 3  # drawn larger and reduced: small type stays legible
    width, height = size * scale, round(size * 0.75) * scale
    card = Image.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(card)
    margin, type_size = width // 12, max(10, round(size / 12.5)) * scale
    words = " ".join(text[:600].split())
    letters = {letter for letter in words if not letter.isspace()}
    font = next((font for font in _fonts(type_size) if _covers(font, letters)), None)
    lines = _lines(words, font, width - 2 * margin, type_size)
    pitch = round(type_size * 1.36)
    room = max(1, (height - 2 * margin + pitch - type_size) // pitch)
    if len(lines) > room:
        lines = [*lines[: room - 1], lines[room - 1].rstrip(" ,;:.")[:-1] + "…"] if font else lines[:room]
    top = margin + (height - 2 * margin - (len(lines) - 1) * pitch - type_size) // 2 if len(lines) < room else margin
    for row, line in enumerate(lines):
        y = top + row * pitch
        if font:
            draw.text((margin, y), line, fill=INK, font=font)
        else:
            _bars(draw, line, margin, y, type_size)
    card = card.resize((size, height // scale), Image.Resampling.LANCZOS)
    return framed(card)


def _lines(words: str, font: ImageFont.FreeTypeFont | None, width: int, type_size: int) -> list[str]:
    def measure(piece: str) -> float:
        return font.getlength(piece) if font else len(piece) * type_size * 0.55

    lines, line = [], ""
    for word in words.split(" "):
        candidate = f"{line} {word}".strip()
        if measure(candidate) <= width:
            line = candidate
            continue
        if line:
            lines.append(line)
        while measure(word) > width:  # a long word, or a script without spaces
            cut = max(1, int(len(word) * width / measure(word)))
            while cut > 1 and measure(word[:cut]) > width:
                cut -= 1
            lines.append(word[:cut])
            word = word[cut:]
        line = word
        if len(lines) > 14:
            break
    return [*lines, line] if line else lines


def _bars(draw: ImageDraw.ImageDraw, line: str, x: int, y: int, type_size: int) -> None:
    for word in line.split(" "):
        length = max(1, len(word)) * type_size * 0.55
        box = (x, y + type_size * 0.3, x + length - type_size * 0.1, y + type_size * 0.75)
        draw.rounded_rectangle(box, radius=type_size * 0.2, fill=FAINT)
        x = round(x + length + type_size * 0.35)


def waveform(samples: NDArray[np.float32], size: int) -> Image.Image:
    """Draw samples as bars of their loudness, 16:10, the loudest filling the height."""
    scale = 3
    width, height = size * scale, round(size * 0.625) * scale
    card = Image.new("RGB", (width, height), SOUND_PAPER)
    draw = ImageDraw.Draw(card)
    margin, pitch = width // 16, max(4, size // 32) * scale
    bars = (width - 2 * margin) // pitch
    chunks = np.array_split(samples, bars) if len(samples) else [np.zeros(1, np.float32)] * bars
    loudness = np.array(
        [np.sqrt(np.mean(np.square(chunk, dtype=np.float64))) if len(chunk) else 0.0 for chunk in chunks]
    )
    # The square root keeps quiet passages visible beside loud ones.
    level = np.sqrt(loudness / loudness.max()) if loudness.max() > 0 else loudness
    thick = pitch * 0.58
    left = (width - bars * pitch + pitch - thick) / 2
    for bar, value in enumerate(level):
        half = max(thick / 2, float(value) * (height / 2 - margin))
        x = left + bar * pitch
        draw.rounded_rectangle((x, height / 2 - half, x + thick, height / 2 + half), radius=thick / 2, fill=SOUND_INK)
    return card.resize((size, height // scale), Image.Resampling.LANCZOS)
