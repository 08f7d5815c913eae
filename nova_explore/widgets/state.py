"""What an app shows, as one value: it can be kept and shown again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Slice
from nova_explore.widgets import search_sections
from nova_explore.widgets.boards import items

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration
    from nova_explore.similarity.ranking import Ranking
    from nova_explore.widgets.boards.examples import Examples
    from nova_explore.widgets.colors import Colors


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Everything that a person can change in an app, and nothing that follows from it.

    Attributes
    ----------
    exploration, named_exploration : Exploration
        What is shown, and what its clusters are found again from.
    colors : Colors
        Which cluster has which colour.
    slice : Slice
        What is selected.
    ranking : Ranking or None
        What was searched for.
    chosen : integer array or None
        Positions of what was selected.
    left_out : int
        Greyed items that lay in the lasso.
    named : str
        What the selection is called; empty where it has no name.
    trail : tuple of str
        Ids of the items that were opened one after the other.
    query, inspected, column : str
    like : Examples
        What results should be like or unlike, besides words.
    muted, shown_modalities : tuple of str
    line : callable or None
        Returns Python that makes the slice.
    """

    exploration: Exploration
    named_exploration: Exploration
    colors: Colors
    slice: Slice
    ranking: Ranking | None
    chosen: NDArray[np.intp] | None
    left_out: int
    named: str
    trail: tuple[str, ...]
    query: str
    like: Examples
    inspected: str
    column: str
    muted: tuple[str, ...]
    shown_modalities: tuple[str, ...]
    line: Callable[[], str] | None

    def changed_to(self, other: State) -> set[str]:
        """What differs in another state: map, clusters, slice, column, legend, modalities, item."""
        pairs = {
            "map": self.exploration.layout.xy is other.exploration.layout.xy,
            "clusters": self.exploration.clustering is other.exploration.clustering,
            "slice": self._points_at(other),
            "column": self.column == other.column,
            "legend": self.muted == other.muted,
            "modalities": self.shown_modalities == other.shown_modalities,
            "item": self.inspected == other.inspected,
        }
        return {name for name, same in pairs.items() if not same}

    def _points_at(self, other: State) -> bool:
        if (self.ranking is None) != (other.ranking is None) or (self.chosen is None) != (other.chosen is None):
            return False
        if self.ranking is not None and other.ranking is not None:
            return (self.query, self.like) == (other.query, other.like) and self.ranking.ids == other.ranking.ids
        return self.slice.ids == other.slice.ids and self.named == other.named

    @property
    def title(self) -> str:
        """What the slice is."""
        if self.ranking is not None:
            return search_sections.title_of(self.ranking)
        return "everything" if self.chosen is None else items.selected(self.chosen, named=self.named).title


def state_of(app: Any) -> State:
    """What an app shows now, to be shown again with `restore`."""
    return State(
        app.exploration, app.named_exploration, app.colors_of, slice_of(app), app.ranking, app.chosen,
        app.left_out, app.named, tuple(app.trail), app.query, app.like, app.inspected, app.column, tuple(app.muted),
        tuple(app.shown_modalities), app.line,
    )  # fmt: skip


def restore(app: Any, state: State) -> None:
    """Show what an app showed before, and make its slice the selection."""
    app.ranking, app.chosen, app.left_out, app.named = state.ranking, state.chosen, state.left_out, state.named
    app.trail, app.like, app.line = list(state.trail), state.like, state.line
    app.named_exploration = state.named_exploration
    with app.hold_sync():
        app.tell(
            query=state.query, inspected=state.inspected, column=state.column,
            shown_modalities=list(state.shown_modalities),
        )  # fmt: skip
        app.take_variant(state.exploration, state.colors)
        app.tell(muted=list(state.muted))
        app.selection = state.slice.ids
        if state.slice.ids != app.exploration.selection.ids:
            app.put_selection(state.slice)


def slice_of(app: Any) -> Slice:
    """What is selected in an app; the exploration's selection may have moved on, and the app not heard of it yet."""
    return Slice((app.named or "selection") if app.selection else "nothing selected", app.selection)


def say_change(before: State, after: State) -> str:
    """What a person did between two states: ``Slice: birds · 56 items``."""
    changed = before.changed_to(after)
    modalities = ", ".join(after.shown_modalities) or "none"
    words = {
        "map": "Another drawing of the map",
        "clusters": f"{after.exploration.clustering.count:,} clusters",
        "slice": f"Slice: {after.title}",
        "column": f"Colour by {after.column}",
        "modalities": f"Modalities: {modalities}",
        "legend": "Clusters or values greyed" if after.muted else "Nothing greyed",
        "item": "Item opened" if after.inspected else "Item closed",
    }
    return next((said for name, said in words.items() if name in changed), "")
