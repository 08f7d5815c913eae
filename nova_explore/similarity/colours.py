"""Which of the eleven basic colours (Berlin & Kay 1969) a small picture shows."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray

COLOURS = ("black", "white", "grey", "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown")

SHOWS = 0.2
"""Share of a picture, its background left out, from which on it shows a colour."""

_BACKGROUND = 0.98
"""Lightness from which on a pixel of no colour is paper."""


def colours_in(picture: bytes) -> NDArray[np.bool_]:
    """Return which of `COLOURS` cover at least a fifth of a picture: bool array of shape (11,)."""
    from PIL import Image

    with Image.open(io.BytesIO(picture)) as opened:
        pixels = np.asarray(opened.convert("RGB").resize((48, 48)), np.float32).reshape(-1, 3) / 255
    names = _name(pixels)
    paper = (names == COLOURS.index("white")) & (pixels.min(axis=1) > _BACKGROUND)
    drawn = names[~paper] if (~paper).mean() > 0.02 else names
    return np.bincount(drawn, minlength=len(COLOURS)) >= SHOWS * len(drawn)


def _name(rgb: NDArray[np.floating]) -> NDArray[np.intp]:
    """Name every pixel by its hue, how vivid and how light it is."""
    high, low = rgb.max(axis=1), rgb.min(axis=1)
    chroma = high - low
    light = (high + low) / 2
    r, g, b = rgb.T
    span = np.maximum(chroma, 1e-6)
    hue = 60 * np.select([high == r, high == g], [((g - b) / span) % 6, (b - r) / span + 2], (r - g) / span + 4)
    place = {name: i for i, name in enumerate(COLOURS)}
    names = np.select(
        [hue < 15, hue < 42, hue < 68, hue < 165, hue < 255, hue < 315, hue < 345],
        [place[c] for c in ("red", "orange", "yellow", "green", "blue", "purple", "pink")],
        place["red"],
    )
    names = np.where((names == place["orange"]) & (high < 0.7), place["brown"], names)
    names = np.where((names == place["red"]) & (high < 0.7) & (chroma < 0.5), place["brown"], names)
    names = np.where((names == place["red"]) & (light > 0.7), place["pink"], names)
    dull = chroma < 0.12
    grey = np.select([light < 0.2, light > 0.85], [place["black"], place["white"]], place["grey"])
    return np.where(dull | (high < 0.15), grey, names).astype(np.intp)
