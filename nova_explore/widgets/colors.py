"""The colours of one exploration's maps, each found once, and kept by the clusters of the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nova_explore.exploration import coloring
from nova_explore.exploration.columns import LARGER
from nova_explore.palette import keep_colors

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration


class Colors:
    """What every column colours the items of an exploration by.

    Parameters
    ----------
    exploration : Exploration
    """

    def __init__(self, exploration: Exploration) -> None:
        self._exploration = exploration
        self._found: dict[str, coloring.Coloring] = {}
        self._plain: dict[str, coloring.Coloring] = {}

    def by(self, column: str) -> coloring.Coloring:
        """Colour the items by a column; raises `UnknownNameError` where there is none of this name."""
        if column not in self._found:
            self._keep(column, coloring.color_by(self._exploration, column))
        return self._found[column]

    def rename(self) -> None:
        """Call clusters what they are called now; what each is coloured by itself stays as it is."""
        for column in coloring.DECIDED:
            self._found.pop(column, None)
        for column, plain in self._plain.items():
            self._keep(column, plain)

    def _keep(self, column: str, plain: coloring.Coloring) -> None:
        self._found[column] = plain
        if column in ("cluster", LARGER):
            of = self._exploration if column == "cluster" else self._exploration.coarser
            self._plain[column] = plain
            self._found[column] = coloring.rename(plain, plain.colors, of.names)

    def needed_for(self, column: str) -> Callable[[], Any] | None:
        """What takes long before the items can be coloured by a column; None where nothing does."""
        if column in self._found or column not in coloring.MEASURED:
            return None
        return lambda: self.by(column)

    def kept_for(self, exploration: Exploration) -> Colors:
        """Colours of another exploration of the same items, whose clusters keep the colour of most of their items."""
        other = Colors(exploration)
        self.by("cluster")
        labels, former = exploration.clustering.labels, self._plain["cluster"].colors[:-1]
        kept = keep_colors(self._exploration.clustering.labels, former, labels, exploration.layout.xy)
        other._keep("cluster", coloring.color_clusters(exploration, coloring.BUILT_IN["cluster"], kept))
        return other
