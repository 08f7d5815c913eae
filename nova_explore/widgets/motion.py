"""Points on their way to their places, as often as a browser can draw them."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from nova_explore.widgets.drawing import Drawing

LEAST, A_POINT = 0.1, 5e-6
"""Seconds between two pictures at least: for a browser to draw the last one, and for each point in it."""


class Motion:
    """Moves the points of a map when it is called with coordinates; pictures that come too soon are left out."""

    def __init__(self, map: Drawing) -> None:
        self._map = map
        self._last = 0.0

    def __call__(self, xy: NDArray[np.float32]) -> None:
        """Draw the points at these coordinates, an (n, 2) array."""
        if time.monotonic() - self._last >= LEAST + A_POINT * len(xy):
            self._map.move(xy)
            self._last = time.monotonic()
