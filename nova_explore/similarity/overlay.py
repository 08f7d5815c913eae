"""Parts of an item with what they carry, and how they are laid over it: marked words, heat, shaded seconds, frames."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nova_explore.collection import Item, Modality
from nova_explore.errors import UnreadableError
from nova_explore.media.content import Clip
from nova_explore.media.place import Place

if TYPE_CHECKING:
    from PIL.Image import Image

FRAME_SIDE = 160
PICTURE_SIDE = 240
HEAT, COLD = "213,94,0", "86,112,140"
"""Colours of what speaks for a likeness, and of what speaks against it: red, green and blue."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an item and what it carries.

    Attributes
    ----------
    name : str
        The words, or where it is.
    place : Place
    weight : float
        What the cosine loses without it.
    low, high : float
        95 % interval of the weight.
    """

    name: str
    place: Place
    weight: float
    low: float
    high: float


def marked_text(text: str, parts: Sequence[Part]) -> list[tuple[str, float]]:
    """Cut a text where its weighed parts begin and end.

    Returns
    -------
    list of (str, float)
        Pieces in their order, each with its weight, 0 between parts; joined they are the text. Empty for other media.
    """
    spans = sorted((part.place.at, part.weight) for part in parts if part.place.unit == "characters")
    pieces, at = [], 0
    for (start, end), weight in spans:
        first, last = int(start), int(end)
        pieces += [(text[at:first], 0.0), (text[first:last], weight)]
        at = last
    pieces.append((text[at:], 0.0))
    return [piece for piece in pieces if piece[0]] if spans else []


def small(image: Image, side: int = PICTURE_SIDE) -> bytes:
    """Make a small picture, as WebP."""
    picture = image.convert("RGB")
    picture.thumbnail((side, side))
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=80)
    return out.getvalue()


def frames_of(item: Item, parts: Sequence[Part]) -> list[bytes]:
    """Small pictures of a video, one for each of its explained seconds in their order, as WebP; none of other media."""
    from nova_explore import media

    seconds = sorted(part.place.at for part in parts if part.place.unit == "seconds")
    if item.modality is not Modality.VIDEO or not seconds:
        return []
    try:
        content = media.load(item)
    except UnreadableError:
        return []
    if not isinstance(content, Clip) or not content.frames:
        return []
    whole, count = max(end for _, end in seconds), len(content.frames)
    middles = [(start + end) / 2 / max(whole, 1e-6) * count for start, end in seconds]
    return [small(content.frames[int(np.clip(middle, 0, count - 1))], FRAME_SIDE) for middle in middles]


def overlay(parts: Sequence[Part], *, text: str = "", picture: bytes = b"") -> str:
    """Lay weighed parts over a text, a picture, or a strip of seconds, as HTML that needs no script.

    Parameters
    ----------
    parts : sequence of Part
    text : str, optional
        Of which parts in characters are.
    picture : bytes, optional
        WebP, of which boxes are shares.
    """
    most = max((abs(part.weight) for part in parts), default=0) or 1
    if pieces := marked_text(text, parts):
        words = (
            f"<mark style='background:{_shade(weight / most)};color:inherit'>{html.escape(piece)}</mark>"
            if weight
            else html.escape(piece)
            for piece, weight in pieces
        )
        return f"<blockquote style='white-space:pre-wrap'>{''.join(words)}</blockquote>"
    boxes = [part for part in parts if part.place.unit == "box"]
    seconds = [part for part in parts if part.place.unit == "seconds"]
    return (_heat(boxes, most, picture) if picture and boxes else "") + (_strip(seconds, most) if seconds else "")


def _shade(weight: float) -> str:
    return f"rgba({HEAT if weight >= 0 else COLD},{0.62 * min(abs(weight), 1) ** 1.3:.2f})"


def _heat(boxes: Sequence[Part], most: float, picture: bytes) -> str:
    drawn = "".join(
        f"<rect x='{left:.4f}' y='{top:.4f}' width='{right - left:.4f}' height='{bottom - top:.4f}' "
        f"fill='{_shade(part.weight / most)}'><title>{part.weight:+.3f}</title></rect>"
        for part in boxes
        for left, top, right, bottom in [part.place.at]
    )
    data = base64.b64encode(picture).decode()
    return (
        "<div style='position:relative;display:inline-block'>"
        f"<img src='data:image/webp;base64,{data}' alt='' style='display:block;margin:0;filter:saturate(.35)'>"
        "<svg viewBox='0 0 1 1' preserveAspectRatio='none' style='position:absolute;inset:0;width:100%;height:100%'>"
        f"{drawn}</svg></div>"
    )


def _strip(seconds: Sequence[Part], most: float) -> str:
    whole = max(part.place.at[1] for part in seconds) or 1
    drawn = "".join(
        f"<rect x='{part.place.at[0] / whole:.4f}' width='{(part.place.at[1] - part.place.at[0]) / whole:.4f}' "
        f"height='1' fill='{_shade(part.weight / most)}'><title>{html.escape(part.name)}: {part.weight:+.3f}</title>"
        "</rect>"
        for part in seconds
    )
    return (
        "<svg viewBox='0 0 1 1' preserveAspectRatio='none' width='360' height='36' "
        f"style='display:block;border:1px solid #8884'>{drawn}</svg><small>0 to {whole:.1f} s</small>"
    )
