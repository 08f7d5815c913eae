"""Two maps of one collection side by side: what is pointed at, selected or opened in one is in the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets
import numpy as np

from nova_explore.collection import Slice
from nova_explore.exploration.changes import Changes, compare_maps
from nova_explore.widgets import search_sections
from nova_explore.widgets.app import App
from nova_explore.widgets.board import kept_for
from nova_explore.widgets.boards.changes import Beside

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration


class TwoMaps(ipywidgets.HBox):
    """The map of one exploration, and beside it the app over another of the same items.

    Parameters
    ----------
    left, right : Exploration
        Of other models, dimensions or parameters; items are matched by id.
    height : int, default 560
        Of the maps, in pixels.

    Attributes
    ----------
    left, right : App
        The left one is a map alone.
    changes : Changes
        Which neighbours and clusters are not the same.

    Raises
    ------
    TooFewItemsError
        If they share fewer than three items.
    """

    def __init__(self, left: Exploration, right: Exploration, *, height: int = 560) -> None:
        self.changes: Changes = compare_maps(left, right)
        self.left, self.right = App(left, height=height), App(right, height=height)
        self.left.bare = True
        self._match_colors()
        beside = kept_for(self.right, Beside)
        beside.other, beside.changes = left, self.changes
        self.right.refresh("changes")
        self._places = {
            (self.left, self.right): dict(zip(self.changes.first.tolist(), self.changes.second.tolist(), strict=True)),
            (self.right, self.left): dict(zip(self.changes.second.tolist(), self.changes.first.tolist(), strict=True)),
        }
        for one, other in self._places:
            self._link(one, other)
        self.left.layout.flex = self.right.layout.flex = "1 1 340px"
        self.right.layout.flex = "2 1 680px"
        for app in (self.left, self.right):
            app.layout.min_width = "0"
        super().__init__([self.left, self.right], layout=ipywidgets.Layout(flex_flow="row wrap", width="100%"))

    def __repr__(self) -> str:
        return f"<TwoMaps: {self.changes.sentence}>"

    def _match_colors(self) -> None:
        """Give clusters of the right map the colours of those that they are on the left."""
        if self.left.exploration.collection.ids == self.right.exploration.collection.ids:
            self.right.take_variant(self.right.exploration, self.left.colors_of.kept_for(self.right.exploration))

    def _link(self, one: App, other: App) -> None:
        """Have an app follow another: pointer, open item, selection and search."""
        places = self._places[one, other]
        collection = other.exploration.collection

        def point(change: Any) -> None:
            id = change["new"]
            other.pointed = collection.position(id) if id and collection.has(id) else -1

        def open_item(change: Any) -> None:
            id = change["new"]
            if id != other.inspected and (not id or collection.has(id)):
                other.inspect(id)

        def select(chosen: Slice) -> None:
            ids = tuple(id for id in chosen.ids if collection.has(id))
            if ids != other.exploration.selection.ids:
                other.exploration.put_selection(Slice(chosen.name, ids), origin=self)

        def search(_change: Any) -> None:
            if one.ranking is not None:
                lit = [places[row] for row in search_sections.lit(one.ranking).tolist() if row in places]
                other.map.highlight(np.array(lit, np.intp))

        one.observe(point, "hovered")
        one.observe(open_item, "inspected")
        one.observe(search, "items")
        one.exploration.on_select(select, origin=self)

    def close(self) -> None:
        """Take both out of the page."""
        for side in ("left", "right"):  # neither is there where the two could not be compared
            if side in self.__dict__:
                self.__dict__[side].close()
        super().close()
