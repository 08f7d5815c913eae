"""Perceptual prints of pictures, and whether two are of the same picture.

Two pictures are laid over one another first: one may be a
part of the other, and either may be mirrored. The alignment is Gauss-Newton on the differences of brightness, coarse to
fine (Lucas & Kanade 1981), with two scales and two shifts, from three scales. Then one picture must lie within the
other, so that two shots of a moving camera are not taken for copies; and every part must agree up to what a shift of
half a pixel explains, so that a burst, where only something small has moved, is not.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIDE = 96
BLOCKS = 8

GRID = (np.arange(SIDE) + 0.5) / SIDE - 0.5
"""Where the middles of the pixels are, from the middle of the picture, as shares of its side."""

RESEMBLES, DULL = 0.55, 0.02
"""Correlation of eight by eight colours below which two pictures are not laid over one another, and the standard
deviation of one up to which its colours say too little."""

HOPELESS = 0.8
"""Correlation of two blurred and aligned pictures below which they are not looked at any closer."""

AGREES = 0.95
"""Correlation of two aligned pictures of the same content; benchmarks/copies.py plants copies and measures it."""

DIFFERS = 0.6
"""Root mean square difference of one block, in standard deviations of the whole picture, beyond which it is another."""

MARGIN = 3
"""Pixels of 96 beside an edge that are not compared."""

MOVED = 0.9
"""Pixels of 96 by which one block may seem to have moved against the rest: more, and it is another shot."""

FLAT = 0.04
"""Slope below which a block's movement cannot be told from the noise of encoding."""

BLUR = 1.0
"""Standard deviation, in pixels of 96, of the blur under which the details are compared."""

LEVELS = ((4, 12), (2, 10), (1, 6))
"""Steps between the pixels that are looked at, and rounds, from blurred to sharp."""

STARTS, SURE = (1.0, 0.9, 1 / 0.9), 0.995
"""Scales that an alignment starts from, and the correlation from which on no other is tried."""

WIDEST = 1.3
"""Scale of the alignment: cut by more than a ninth on both sides, a picture is not the same any more."""

OUTSIDE = 0.004
"""Share of a side that may lie outside the other picture in an alignment of one within the other. What was cut from a
file lies inside; a camera that moved by a hundredth shows something else on one side."""


@dataclass(frozen=True, slots=True)
class Same:
    """How two media are of the same content: ``exact``, ``mirrored``, ``cut`` …, in words."""

    how: str


class PicturePrint:
    """A picture of 96 by 96 pixels, whatever its shape was.

    Parameters
    ----------
    picture : bytes or PIL image
    detail : int, optional
        Pixels of the shorter side of the original, where ``picture`` is smaller than that.

    Attributes
    ----------
    pixels : float32 array of shape (96, 96, 3)
        0 to 1.
    detail : int
        Pixels of the shorter side.
    """

    def __init__(self, picture: bytes | object, *, detail: int | None = None) -> None:
        from PIL import Image

        image = Image.open(io.BytesIO(picture)) if isinstance(picture, bytes) else picture
        small = image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC)  # pyright: ignore[reportAttributeAccessIssue]
        self.pixels = np.asarray(small, np.float32) / 255
        self.detail = detail or min(image.size)  # pyright: ignore[reportAttributeAccessIssue]

    @cached_property
    def pyramid(self) -> tuple[NDArray[Any], ...]:
        """Brightness, from blurred to sharp."""
        from scipy.ndimage import gaussian_filter

        grey = self.pixels @ np.array([0.299, 0.587, 0.114], np.float32)
        return tuple(gaussian_filter(grey, sigma, mode="nearest") for sigma in (7.5, 3.75, 1.5))

    @cached_property
    def slopes(self) -> tuple[NDArray[Any], ...]:
        """Every level of the pyramid, and how it grows downwards and to the right by sides: arrays (3, 96, 96)."""
        return tuple(np.stack([level, *(SIDE * slope for slope in np.gradient(level))]) for level in self.pyramid)

    @cached_property
    def coarse(self) -> NDArray[np.float32]:
        """Eight by eight colours, centred and of unit length."""
        means = self.pixels.reshape(BLOCKS, SIDE // BLOCKS, BLOCKS, SIDE // BLOCKS, 3).mean(axis=(1, 3))
        flat = means - means.mean(axis=(0, 1))
        return flat / max(float(np.linalg.norm(flat)), 1e-6)

    def resembles(self, other: PicturePrint) -> bool:
        """Whether their colours lie alike, so that it is worth to lay one over the other."""
        return (
            float((self.coarse * other.coarse).sum()) >= RESEMBLES or min(self.pixels.std(), other.pixels.std()) <= DULL
        )

    @cached_property
    def mirrored(self) -> PicturePrint:
        """The print of the same picture, mirrored."""
        from PIL import Image

        turned = Image.fromarray((self.pixels[:, ::-1] * 255).round().astype(np.uint8))
        return PicturePrint(turned, detail=self.detail)


def same_picture(a: PicturePrint, b: PicturePrint) -> Same | None:
    """Tell whether two pictures are one, saved again: smaller, re-encoded, mirrored, or cut by a tenth a side."""
    for other, mirrored in ((b, False), (b.mirrored, True)):
        if not a.resembles(other):
            continue
        placed = _align(a, other)
        if placed is not None and _agree(a, other, placed):
            cut = np.abs(placed[:2] - 1).max() > 0.02
            words = [*(["mirrored"] if mirrored else []), *(["cut"] if cut else [])]
            return Same(" and ".join(words) or "the same picture")
    return None


def _sampled(planes: NDArray, placed: NDArray, grid: NDArray[np.float64] = GRID) -> tuple[NDArray, NDArray[np.bool_]]:
    """Read planes (..., 96, 96) at the places that the pixels of another picture have; also which lie inside.

    Pictures are scaled and shifted but never turned, so that rows and columns are interpolated one after the other.
    """
    x, y = placed[0] * grid + placed[2], placed[1] * grid + placed[3]
    inside = (np.abs(y) <= 0.5)[:, None] & (np.abs(x) <= 0.5)[None]
    rows, columns = (np.clip((axis + 0.5) * SIDE - 0.5, 0, SIDE - 1).astype(planes.dtype) for axis in (y, x))
    top, left = (np.minimum(axis.astype(np.intp), SIDE - 2) for axis in (rows, columns))
    down, right = (rows - top)[:, None], columns - left
    picked = planes[..., top, :]
    picked = picked + (planes[..., top + 1, :] - picked) * down
    at_left = picked[..., left]
    return at_left + (picked[..., left + 1] - at_left) * right, inside


def _align(a: PicturePrint, b: PicturePrint) -> NDArray[np.float64] | None:
    """Scales and shifts (sx, sy, tx, ty) that lay a's pixels over b's; None where they lead out of bounds."""
    best, placed = HOPELESS, None
    for scale in STARTS:
        tried = _refine(a, b, 0, np.array([scale, scale, 0.0, 0.0]))
        if tried is not None and tried[1] > best:
            placed, best = tried
        if best > SURE:
            break
    for level in (1, 2):
        if placed is None:
            return None
        refined = _refine(a, b, level, placed)
        placed = refined[0] if refined is not None and refined[1] >= HOPELESS else None
    return placed if placed is not None and _one_within_the_other(placed) else None


def _refine(
    a: PicturePrint, b: PicturePrint, level: int, placed: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float] | None:
    """Move an alignment to where two pictures, blurred to a level, agree best, and say how well they do."""
    step, rounds = LEVELS[level]
    # What is blurred so much needs to be looked at in every fourth place only.
    grid = GRID[::step]
    mine = a.pyramid[level][::step, ::step]
    (seen, dy, dx), inside = _sampled(b.slopes[level], placed, grid)
    for _ in range(rounds):
        # How light and how strong the contrast is may differ a little, and says nothing about the place.
        columns = np.stack([dx * grid, dy * grid[:, None], dx, dy, np.ones_like(seen), seen]) * inside
        matrix = columns.reshape(6, -1)
        change = np.linalg.solve(matrix @ matrix.T + 1e-6 * np.eye(6), matrix @ (mine - seen).ravel())
        placed = placed + change[:4]
        if np.abs(np.log(np.maximum(placed[:2], 1e-3))).max() > np.log(WIDEST) or np.abs(placed[2:]).max() > 0.2:
            return None
        (seen, dy, dx), inside = _sampled(b.slopes[level], placed, grid)
        if np.abs(change[:4]).max() < 1e-3 / (5 - step):
            break
    one, other = mine[inside], seen[inside]
    if min(one.std(), other.std()) < 1e-6:
        return placed, 1.0
    return placed, float(np.corrcoef(one, other)[0, 1])


def _one_within_the_other(placed: NDArray[np.float64]) -> bool:
    low, high = placed[2:] - placed[:2] / 2, placed[2:] + placed[:2] / 2
    within = (low >= -0.5 - OUTSIDE).all() and (high <= 0.5 + OUTSIDE).all()
    around = (low <= -0.5 + OUTSIDE).all() and (high >= 0.5 - OUTSIDE).all()
    return bool(within or around)


def _agree(a: PicturePrint, b: PicturePrint, placed: NDArray[np.float64]) -> bool:
    from scipy.ndimage import binary_erosion, gaussian_filter

    # What the coarser of the two cannot show is no difference.
    sigma = max(BLUR, 0.7 * SIDE / min(a.detail, b.detail))
    mine = np.stack([gaussian_filter(a.pixels[..., c], sigma, mode="nearest") for c in range(3)], -1)
    theirs, inside = _sampled(
        np.stack([gaussian_filter(b.pixels[..., c], sigma, mode="nearest") for c in range(3)]), placed
    )
    theirs = np.moveaxis(theirs, 0, -1)
    spread = float(mine[inside].std())
    if spread < 0.01:  # of one colour
        return float(np.abs(mine - theirs)[inside].max()) < 0.02
    # Beside a cut, the blur of one picture has what the other's does not: no difference of the pictures.
    inside = binary_erosion(inside, iterations=MARGIN)
    alike, worst, moved = _differences(mine, theirs, inside)
    return alike >= AGREES and worst < DIFFERS and moved < MOVED


def _differences(mine: NDArray, theirs: NDArray, inside: NDArray[np.bool_]) -> tuple[float, float, float]:
    """How well two aligned pictures correlate, and of their parts the largest difference and the largest movement.

    The difference is in standard deviations of the whole picture. The movement is in pixels: a picture that moves by a
    little differs from itself by its slope times the way, so difference by slope is the least way that explains it.
    """
    one, other = mine[inside].ravel(), theirs[inside].ravel()
    spread, varies = float(one.std()), float(other.std())
    if varies < 1e-3:
        return 0.0, np.inf, np.inf
    alike = float(np.corrcoef(one, other)[0, 1])
    # Another exposure is a gain and an offset.
    fitted = (theirs - other.mean()) * (alike * spread / varies) + one.mean()
    off = _in_parts(((mine - fitted) ** 2).mean(axis=-1) * inside)
    slopes = [slope for picture in (mine, fitted) for slope in np.gradient(picture, axis=(0, 1))]
    steep = _in_parts(np.sum(np.square(slopes), axis=(0, -1)) / 6 * inside)
    counts = _in_parts(inside.astype(np.float32))
    filled = counts >= (SIDE // BLOCKS) ** 2 / 2
    off, steep = off[filled] / counts[filled], steep[filled] / counts[filled]
    return alike, float(np.sqrt(off.max())) / spread, float(np.sqrt((off / (steep + FLAT**2)).max()))


def _in_parts(plane: NDArray) -> NDArray:
    return plane.reshape(BLOCKS, SIDE // BLOCKS, BLOCKS, SIDE // BLOCKS).sum(axis=(1, 3))
