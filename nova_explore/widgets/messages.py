"""What the browser says: questions with answers, and what a person wants done.

Every answer about an item carries the item's id, so that a late answer is never shown for another item.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from types import MappingProxyType
from typing import Any

from nova_explore.errors import OvertakenWarning, UnknownNameError, UnwritableError, explain
from nova_explore.exploration.coloring import MEASURED
from nova_explore.widgets import cells, search_sections
from nova_explore.widgets.acts import line_of
from nova_explore.widgets.board import NOTHING, Answer, Later
from nova_explore.widgets.boards import BOARDS
from nova_explore.widgets.boards.examples import OWN_ACTS, Examples
from nova_explore.widgets.drawing import picked

UNTOLD = frozenset(
    {"media", "look", "pictures", "hover", "tiles", "ids_at", "names_at"}
    | {name for board in BOARDS.values() for name in getattr(board, "QUIET", ())}
)
"""Questions whose failure is told where the answer would be, and nowhere else."""

WRITES = frozenset(name for board in BOARDS.values() for name in getattr(board, "WRITES", ()))
"""Questions that change a library or files: refused by an app that only shows."""

NO_ACTS = frozenset({"pick", "undo", "redo", "back"} | OWN_ACTS)
"""What says itself which act it is, or is none."""


def ping(_app: Any) -> Answer:
    """Answer that Python is there."""
    return NOTHING


def hover(app: Any, *, position: int | None) -> Answer:
    """Note the item under the pointer."""
    app.hovered = "" if position is None else app.exploration.collection[position].id
    return NOTHING


def search(app: Any, *, query: str) -> Answer | Later:
    """Search for words, beside the kernel's thread: the first search opens a model."""
    words, exploration, modalities = query.strip(), app.exploration, tuple(app.shown_modalities)
    if not words:
        app.search("")
        return NOTHING
    return Later("", lambda: search_sections.search(exploration, words, modalities), _take(app, words), urgent=True)


def search_like(app: Any, *, id: str) -> Later:
    """Search for what is like an item."""
    exploration, modalities = app.exploration, tuple(app.shown_modalities)
    like = Examples((id,))
    return Later(
        "", lambda: search_sections.search_like(exploration, id, modalities), _take(app, "", like=like), urgent=True
    )


def _take(app: Any, query: str, *, like: Examples | None = None) -> Callable[[Any], Answer]:
    def then(ranking: Any) -> Answer:
        app.rank(query, ranking, like=like or Examples())
        return NOTHING

    return then


def inspect(app: Any, *, id: str) -> Answer:
    """Open an item, or close it."""
    app.inspect(id)
    return NOTHING


def color_by(app: Any, *, column: str) -> Answer | Later:
    """Colour the map by a column."""

    def then(_: Any) -> Answer:
        app.color_by(column)
        return NOTHING

    needed = app.colors_of.needed_for(column)
    return then(None) if needed is None else Later(MEASURED[column], needed, then)


def mute(app: Any, *, keys: list[str]) -> Answer:
    """Grey entries of the legend."""
    app.mute(keys)
    return NOTHING


def show_modalities(app: Any, *, names: list[str]) -> Answer:
    """Grey all other modalities."""
    app.show_modalities(names)
    return NOTHING


def pick(app: Any, *, packed: bool, data: bytes) -> Answer:
    """Take what was clicked, lassoed or boxed on the map; nothing clears."""
    app.take(picked(data, packed))
    return NOTHING


def clear(app: Any) -> Answer:
    """Drop search and selection."""
    app.clear()
    return NOTHING


def undo(app: Any) -> Answer:
    """Undo what was done last."""
    app.undo()
    return NOTHING


def redo(app: Any) -> Answer:
    """Do again what was undone last."""
    app.redo()
    return NOTHING


def line_of_slice(app: Any) -> Answer:
    """Answer with Python that makes the slice."""
    return {"line": cells.in_notebook(app.line() if app.line else "app.clear()", app)}, []


def lines(app: Any) -> Answer:
    """Answer with Python that does again all that was done."""
    return {"lines": [cells.in_notebook(line, app) for line in app.acts.lines]}, []


def dismiss(app: Any) -> Answer:
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
        if what not in UNTOLD | {"ping", "dismiss", "sweep", "find_values", "line_of_slice", "lines"}:
            app.last_error = ""

    def fail(error: Exception) -> None:
        app.send({"to": asked["from"], "error": explain(error)})
        if what not in UNTOLD:
            app.last_error = explain(error)

    try:
        with _act(app, what, details):
            answered = ANSWERS[what](app, **details)
    except Exception as error:
        fail(error)
        return
    if isinstance(answered, Later):
        # The browser waits for it then, and does not take Python for busy.
        if app.work.runs_beside:
            app.send({"to": asked["from"], "later": answered.working})
        _compute(app, answered, tell, fail, partial(_act, app, what, details))
    else:
        tell(answered)


def do(app: Any, what: str, details: Mapping[str, Any]) -> None:
    """Do what the browser would ask for, now.

    Raises
    ------
    UnknownNameError
        If nothing is called so.
    """
    if what not in ANSWERS:
        raise UnknownNameError("act", what, ANSWERS)
    with _act(app, what, details):
        answered = ANSWERS[what](app, **details)
        if isinstance(answered, Later):
            with app.busy(answered.working):
                result = answered.compute()
            answered.then(result)


@contextmanager
def _act(app: Any, what: str, details: Mapping[str, Any]) -> Iterator[None]:
    """Note what a question changes as an act, with Python that does the same.

    Who was overtaken by another person's decision reads it on the board, not in the log of the server.

    Raises
    ------
    UnwritableError
        If it writes, and the app only shows.
    """
    if app.read_only and what in WRITES:
        raise UnwritableError(
            "This app was opened to read: it takes no decisions and writes nothing. Open it without read_only=True."
        )
    line = partial(line_of, what, details, methods=type(app))
    with warnings.catch_warnings(), nullcontext() if what in NO_ACTS else app.acts.recorded(line):
        warnings.simplefilter("ignore", OvertakenWarning)
        yield


def _compute(
    app: Any,
    later: Later,
    tell: Callable[[Answer], None],
    fail: Callable[[Exception], None],
    act: Callable[[], AbstractContextManager[None]],
) -> None:
    def ended() -> None:
        if later.working:
            app.working = ""

    def then(result: Any) -> None:
        ended()
        try:
            with act():
                answered = later.then(result)
        except Exception as error:
            fail(error)
        else:
            tell(answered)

    def failed(error: Exception) -> None:
        ended()
        fail(error)

    if later.working:
        app.working = later.working
    app.work.start(later.compute, then, failed, urgent=later.urgent)


_OF_THE_APP: tuple[Callable[..., Answer | Later], ...] = (
    ping, hover, search, search_like, inspect, color_by, mute, show_modalities, pick, clear, undo, redo, line_of_slice,
    lines, dismiss,
)  # fmt: skip

ANSWERS: Mapping[str, Callable[..., Answer | Later]] = MappingProxyType(
    {call.__name__: call for call in (*_OF_THE_APP, *(call for board in BOARDS.values() for call in board.ANSWERS))}
)
