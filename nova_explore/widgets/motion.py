"""Points on their way to their places, as often as a browser can draw them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.widgets.drawing import Drawing

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration
    from nova_explore.widgets.colors import Colors

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


def prepare_drawing(app: Any, min_dist: float) -> Callable[[], tuple[Exploration, Exploration, Colors]]:
    """Prepare another drawing for another thread; its pictures on the way are shown on the kernel's.

    Where it fails, the items go back to where they were.
    """
    motion, named, shown = Motion(app.map), app.named_exploration, app.exploration

    def draw() -> tuple[Exploration, Exploration, Colors]:
        try:
            drawn, cut = draw_again(named, shown, min_dist, lambda xy: app.work.post(motion, xy.copy()))
            return drawn, cut, app.colors_of.kept_for(cut)
        except BaseException:
            app.work.post(app.map.move, shown.layout.xy)
            raise

    return draw


def draw_again(
    named: Exploration, shown: Exploration, min_dist: float, show: Callable[[NDArray[np.float32]], None]
) -> tuple[Exploration, Exploration]:
    """Draw an exploration again, and cut it as the one that is shown is cut.

    Parameters
    ----------
    named : Exploration
        With the clusters that names were found for.
    shown : Exploration
        Of the same items, perhaps with larger or smaller clusters.
    min_dist : float
        How closely items may be packed, 0 to 1.
    show : callable
        Called with (n, 2) arrays on the way.

    Returns
    -------
    (Exploration, Exploration)
        ``named`` and ``shown`` with the new drawing.
    """
    size = shown.clustering.parameters.get("min_cluster_size")
    drawn = named.redraw(min_dist=min_dist, show=show)
    if size in (None, drawn.clustering.parameters.get("min_cluster_size")):
        return drawn, drawn
    return drawn, drawn.recluster(min_cluster_size=size)
