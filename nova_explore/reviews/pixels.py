"""Pictures as raw pixels: the baseline that tells what is in the data from what the model adds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Modality
from nova_explore.errors import NovaExploreError

if TYPE_CHECKING:
    from nova_explore.collection import Item
    from nova_explore.exploration.bundle import Exploration

SIDE = 48
"""Pixels of a side: small enough that shapes and colours count, and lines do not."""


def pixels_of(exploration: Exploration, positions: Sequence[int]) -> NDArray[np.float64] | None:
    """Raw pixels of pictures, less the mean picture.

    Parameters
    ----------
    exploration : Exploration
    positions : sequence of int

    Returns
    -------
    float array of shape (m, 3 * 48 * 48), or None
        None where one of the items is no picture, or cannot be opened.
    """
    items = [exploration.collection[int(position)] for position in positions]
    if any(item.modality is not Modality.IMAGE for item in items):
        return None
    try:
        rows = np.stack([raw_pixels(item) for item in items])
    except (NovaExploreError, OSError):
        return None
    return rows - rows.mean()


def raw_pixels(item: Item) -> NDArray[np.float64]:
    """Pixels of one picture, scaled to 48 by 48 on white: float array of shape (6912,), 0 to 1."""
    from nova_explore.media import image

    picture = image.load(item, longest=4 * SIDE).image.convert("RGB").resize((SIDE, SIDE))
    return np.asarray(picture, float).ravel() / 255
