"""What an explanation lays over an item: its text in weighed pieces, the frames that its seconds are about."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from nova_explore.collection import Modality
from nova_explore.errors import UnreadableError
from nova_explore.media.content import Clip

if TYPE_CHECKING:
    from nova_explore.similarity.background import Background
    from nova_explore.similarity.explanation import Explanation

FRAME_SIDE = 160


def marked_text(one: Explanation) -> list[tuple[str, float]]:
    """Cut a text where its weighed parts begin and end.

    Returns
    -------
    list of (str, float)
        Pieces in their order, each with its weight, 0 between parts; joined they are the text. Empty for other media.
    """
    parts = sorted((part.place.at, part.weight) for part in one.parts if part.place.unit == "characters")
    pieces, at = [], 0
    for (start, end), weight in parts:
        first, last = int(start), int(end)
        pieces += [(one.text[at:first], 0.0), (one.text[first:last], weight)]
        at = last
    pieces.append((one.text[at:], 0.0))
    return [piece for piece in pieces if piece[0]] if parts else []


def frames_of(background: Background, one: Explanation) -> list[bytes]:
    """Small pictures of a video, one for each of its explained seconds in their order, as WebP; none of other media."""
    from nova_explore import media

    seconds = sorted(part.place.at for part in one.parts if part.place.unit == "seconds")
    if one.id is None or not seconds:
        return []
    item = background.collection[background.collection.position(one.id)]
    if item.modality is not Modality.VIDEO:
        return []
    try:
        content = media.load(item)
    except UnreadableError:
        return []
    if not isinstance(content, Clip) or not content.frames:
        return []
    whole = max(end for _, end in seconds)
    count = len(content.frames)
    pictures = []
    for start, end in seconds:
        picture = content.frames[int(np.clip((start + end) / 2 / max(whole, 1e-6) * count, 0, count - 1))].copy()
        picture.thumbnail((FRAME_SIDE, FRAME_SIDE))
        out = io.BytesIO()
        picture.save(out, "WEBP", quality=80)
        pictures.append(out.getvalue())
    return pictures
