"""What the browser says: questions with answers, and what a person wants done.

Every answer about an item carries the item's id, so that a late answer is never shown for another item.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

from nova_explore.errors import explain
from nova_explore.widgets.board import NOTHING, Answer, Later
from nova_explore.widgets.boards import BOARDS
from nova_explore.widgets.drawing import Positions, picked
from nova_explore.widgets.work import Work

UNTOLD = frozenset({"media", "look", "pictures", "hover", "tiles", "ids_at", "names_at", "compare", "plan_why", "why"})
"""Questions whose failure is told where the answer would be, and nowhere else."""


class Asked(Protocol):
    """What the app does when a person wants it."""

    exploration: Any
    work: Work
    working: Any
    last_error: Any
    hovered: Any

    def send(self, content: Any, buffers: Any = None) -> None:
        """Tell the browser."""
        ...

    def search(self, query: str) -> None:
        """Search."""
        ...

    def inspect(self, id: str) -> None:
        """Open an item."""
        ...

    def color_by(self, column: str) -> None:
        """Colour the map."""
        ...

    def coloring_later(self, column: str) -> Later | None:
        """What must be computed before the map can be coloured by a column."""
        ...

    def mute(self, keys: Sequence[str]) -> None:
        """Grey entries of the legend."""
        ...

    def show_modalities(self, names: Sequence[str]) -> None:
        """Grey all other modalities."""
        ...

    def take(self, positions: Positions) -> None:
        """Take what was clicked or lassoed."""
        ...

    def clear(self) -> None:
        """Drop the slice."""
        ...


def ping(_app: Asked) -> Answer:
    """Answer that Python is there."""
    return NOTHING


def hover(app: Asked, *, position: int | None) -> Answer:
    """Note the item under the pointer."""
    app.hovered = "" if position is None else app.exploration.collection[position].id
    return NOTHING


def search(app: Asked, *, query: str) -> Answer:
    """Search for words."""
    app.search(query)
    return NOTHING


def inspect(app: Asked, *, id: str) -> Answer:
    """Open an item, or close it."""
    app.inspect(id)
    return NOTHING


def color_by(app: Asked, *, column: str) -> Answer | Later:
    """Colour the map by a column."""
    later = app.coloring_later(column)
    if later is not None:
        return later
    app.color_by(column)
    return NOTHING


def mute(app: Asked, *, keys: list[str]) -> Answer:
    """Grey entries of the legend."""
    app.mute(keys)
    return NOTHING


def show_modalities(app: Asked, *, names: list[str]) -> Answer:
    """Grey all other modalities."""
    app.show_modalities(names)
    return NOTHING


def pick(app: Asked, *, packed: bool, data: bytes) -> Answer:
    """Take what was clicked, lassoed or boxed on the map; nothing clears."""
    app.take(picked(data, packed))
    return NOTHING


def clear(app: Asked) -> Answer:
    """Drop search and selection."""
    app.clear()
    return NOTHING


def dismiss(app: Asked) -> Answer:
    """Forget the last error."""
    app.last_error = ""
    return NOTHING


def answer(app: Any, asked: Mapping[str, Any], buffers: Sequence[Any]) -> None:
    """Answer what the browser asked; it waits for an answer, so it gets the reason where there is none."""
    what, details = asked["ask"], dict(asked.get("with", {}))
    if buffers:
        details["data"] = buffers[0]

    def tell(answered: Answer) -> None:
        content, data = answered
        app.send({"to": asked["from"], **content}, data)
        if what not in UNTOLD | {"ping", "dismiss", "sweep", "find_values"}:
            app.last_error = ""

    def fail(error: Exception) -> None:
        app.send({"to": asked["from"], "error": explain(error)})
        if what not in UNTOLD:
            app.last_error = explain(error)

    try:
        answered = ANSWERS[what](app, **details)
    except Exception as error:
        fail(error)
        return
    if isinstance(answered, Later):
        _compute(app, answered, tell, fail)
    else:
        tell(answered)


def _compute(app: Asked, later: Later, tell: Callable[[Answer], None], fail: Callable[[Exception], None]) -> None:
    def ended() -> None:
        if later.working:
            app.working = ""

    def then(result: Any) -> None:
        ended()
        try:
            told = later.then(result)
        except Exception as error:
            fail(error)
        else:
            tell(told)

    def failed(error: Exception) -> None:
        ended()
        fail(error)

    if later.working:
        app.working = later.working
    app.work.start(later.compute, then, failed)


_OF_THE_APP: tuple[Callable[..., Answer | Later], ...] = (
    ping, hover, search, inspect, color_by, mute, show_modalities, pick, clear, dismiss,
)  # fmt: skip

ANSWERS: Mapping[str, Callable[..., Answer | Later]] = MappingProxyType(
    {call.__name__: call for call in (*_OF_THE_APP, *(call for board in BOARDS.values() for call in board.ANSWERS))}
)
