"""The colours of one exploration's maps, each found once, and kept by the clusters of the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nova_explore.exploration.columns import LARGER
from nova_explore.palette import keep_colors
from nova_explore.widgets.boards import columns

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
        self._found: dict[str, columns.Coloring] = {}
        self._plain: dict[str, columns.Coloring] = {}

    def by(self, column: str) -> columns.Coloring:
        """Colour the items by a column; raises `UnknownNameError` where there is none of this name."""
        if column not in self._found:
            self._keep(column, columns.color_by(self._exploration, column))
        return self._found[column]

    def rename(self) -> None:
        """Call clusters what they are called now; what each is coloured by itself stays as it is."""
        for column in columns.DECIDED:
            self._found.pop(column, None)
        for column, coloring in self._plain.items():
            self._keep(column, coloring)

    def _keep(self, column: str, coloring: columns.Coloring) -> None:
        self._found[column] = coloring
        if column in ("cluster", LARGER):
            of = self._exploration if column == "cluster" else self._exploration.coarser
            self._plain[column] = coloring
            self._found[column] = columns.rename(coloring, coloring.colors, of.names)

    def needed_for(self, column: str) -> Callable[[], Any] | None:
        """What takes long before the items can be coloured by a column; None where nothing does."""
        if column in self._found or column not in columns.MEASURED:
            return None
        return lambda: self.by(column)

    def kept_for(self, exploration: Exploration) -> Colors:
        """Colours of another exploration of the same items, whose clusters keep the colour of most of their items."""
        other = Colors(exploration)
        self.by("cluster")
        labels, former = exploration.clustering.labels, self._plain["cluster"].colors[:-1]
        kept = keep_colors(self._exploration.clustering.labels, former, labels, exploration.layout.xy)
        other._keep("cluster", columns.color_clusters(exploration, columns.BUILT_IN["cluster"], kept))
        return other
