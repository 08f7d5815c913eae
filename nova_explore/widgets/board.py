"""A board: one lens of the app. One module here and one component of the same name in the front end.

A board says what it shows as plain values (`facts`) and which questions of the browser it answers (`ANSWERS`). The list
of boards in `nova_explore.widgets.boards` is all that knows every board.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nova_explore.exploration.bundle import Exploration
    from nova_explore.similarity.ranking import Ranking

Answer = tuple[dict[str, Any], list[bytes]]
"""What the browser gets: plain values and binary buffers."""

NOTHING: Answer = ({}, [])

Kept = TypeVar("Kept")

_KEPT: WeakKeyDictionary[Any, dict[type, Any]] = WeakKeyDictionary()


def kept_for(app: Any, sort: type[Kept]) -> Kept:
    """What a board keeps for an app and no other board sees: one value of a class of its own, made at first use."""
    of_app = _KEPT.setdefault(app, {})
    return of_app.setdefault(sort, sort()) if sort not in of_app else of_app[sort]


@dataclass(frozen=True, slots=True)
class Later:
    """An answer that takes long: computed beside the kernel's thread, then told on it.

    Attributes
    ----------
    working : str
        What the person reads meanwhile: ``drawing the map``.
    compute : callable
        Called without arguments in another thread; touches no trait.
    then : callable
        Called with the result on the kernel's thread; returns the answer.
    urgent : bool, default False
        Whether a person waits for it, so that it does not stand behind a sweep or a drawing.
    """

    working: str
    compute: Callable[[], Any]
    then: Callable[[Any], Answer]
    urgent: bool = False


class Shown(Protocol):
    """What boards see of the app: what all of them share."""

    exploration: Exploration
    named_exploration: Exploration
    opened: Exploration
    coloring: Any
    colors_of: Any
    ranking: Ranking | None
    chosen: NDArray[np.intp] | None
    left_out: int
    named: str
    serial: int
    trail: list[str]
    query: Any
    column: Any
    inspected: Any
    cluster_colors: Any
    read_only: Any
    acts: Any
    map: Any
    work: Any

    def choose(self, positions: NDArray[np.intp], *, named: str = "", left_out: int = 0) -> None:
        """Make these items the slice."""
        ...

    def back(self) -> None:
        """Open the item that was open before."""
        ...

    def take_variant(self, exploration: Exploration, colors: Any = None) -> None:
        """Show another cut of the same items, in colours that are known already."""
        ...

    def take_drawing(self, named: Exploration, shown: Exploration, colors: Any = None) -> None:
        """Show another drawing of the same items."""
        ...

    def refresh(self, *boards: str) -> None:
        """Tell the browser again what these boards show."""
        ...


class Board(Protocol):
    """What a module of `nova_explore.widgets.boards` has.

    It may have ``QUIET`` as well, the names of questions whose failure is told where the answer would be, and nowhere
    else; and ``WRITES``, those that change a library or files, which an app that only shows refuses. What a question
    changes of the app's state can be undone; what it changes elsewhere, in a library say, it notes itself with
    ``app.acts.note(Act(…))``.
    """

    __name__: str
    ANSWERS: tuple[Callable[..., Answer | Later], ...]

    def facts(self, app: Any) -> dict[str, Any]:
        """What the board shows now, as plain values."""
        ...
