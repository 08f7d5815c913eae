"""What a person did in an app: every act can be undone and done again, and is a line of Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec

from nova_explore.widgets.state import State, restore, say_change, state_of

Told = ParamSpec("Told")

MOST = 100
"""Acts that are remembered: each may hold a drawing of all items."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that was done.

    Attributes
    ----------
    words : str
        What it was: ``Slice: birds · 56 items``.
    line : callable
        Returns Python that does the same: a line of many ids is written when it is wanted.
    undo, redo : callable
        Called without arguments.
    """

    words: str
    line: Callable[[], str]
    undo: Callable[[], None]
    redo: Callable[[], None]


class Acts:
    """The acts of one app, the last one last.

    Parameters
    ----------
    app : App
        Whose state they change.
    """

    def __init__(self, app: Any) -> None:
        self._app = app
        self._done: list[Act] = []
        self._undone: list[Act] = []
        self._inside = False
        self._browsed: State | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        """Python that does again all that was done and not undone."""
        return tuple(act.line() for act in self._done)

    def facts(self) -> dict[str, str]:
        """What would be undone and done again, in words; empty where nothing would."""
        return {
            "undo": self._done[-1].words if self._done else "",
            "redo": self._undone[-1].words if self._undone else "",
        }

    def note(self, act: Act) -> None:
        """Remember an act that was done: from here on it can be undone."""
        self._done = [*self._done, act][-MOST:]
        self._undone.clear()
        self._browsed = None
        self._tell()

    def clear(self) -> None:
        """Remember nothing of what was done so far."""
        self._done.clear()
        self._undone.clear()
        self._tell()

    @contextmanager
    def recorded(self, line: Callable[[], str]) -> Iterator[None]:
        """Note what happens inside as one act, if it changes the state and does not fail; what is nested is part of it.

        Parameters
        ----------
        line : callable
            Returns Python that does the same.
        """
        if self._inside:
            yield
            return
        app, before = self._app, state_of(self._app)
        self._inside = True
        try:
            yield
        finally:
            self._inside = False
        after = state_of(app)
        changed = before.changed_to(after)
        if not changed:
            return
        if "slice" in changed:
            app.line = line
            after = state_of(app)
        # Looking at one item after the other is one act: undoing it closes the last.
        browses = changed == {"item"}
        if browses and self._browsed is not None and self._done:
            before = self._browsed
            self._done.pop()
        if before.changed_to(after):
            self.note(Act(say_change(before, after), line, partial(restore, app, before), partial(restore, app, after)))
        else:
            self._tell()
        self._browsed = before if browses else None

    def undo(self) -> None:
        """Undo what was done last; nothing where nothing was."""
        self._step(self._done, self._undone, lambda act: act.undo)

    def redo(self) -> None:
        """Do again what was undone last; nothing where nothing was."""
        self._step(self._undone, self._done, lambda act: act.redo)

    def _step(self, off: list[Act], on: list[Act], call: Callable[[Act], Callable[[], None]]) -> None:
        if not off:
            return
        act = off.pop()
        try:
            call(act)()
        except BaseException:
            off.append(act)
            raise
        on.append(act)
        self._browsed = None
        self._tell()

    def _tell(self) -> None:
        self._app.history = self.facts()


def line_of(what: str, arguments: Mapping[str, Any], *, methods: type) -> str:
    """Python that does what a click did: the method of this name, or `App.do` where there is none.

    Examples
    --------
    >>> line_of("upper", {}, methods=str)
    'app.upper()'
    >>> line_of("brush", {"first": 3, "last": 9}, methods=str)
    "app.do('brush', first=3, last=9)"
    """
    said = [repr(arguments[name]) if len(arguments) == 1 else f"{name}={arguments[name]!r}" for name in arguments]
    if hasattr(methods, what):
        return f"app.{what}({', '.join(said)})"
    named = [f"{name}={value!r}" for name, value in arguments.items()]
    return f"app.do({', '.join([repr(what), *named])})"


def line_of_ids(ids: Sequence[str], name: str) -> str:
    """Python that selects these items."""
    named = f", name={name!r}" if name else ""
    return f"app.select({list(ids)!r}{named})" if len(ids) else "app.clear()"


def act(method: Callable[Concatenate[Any, Told], None]) -> Callable[Concatenate[Any, Told], None]:
    """Make a method of the app an act."""

    @wraps(method)
    def acted(app: Any, *args: Told.args, **options: Told.kwargs) -> None:
        def line() -> str:
            said = [*map(repr, args), *(f"{name}={value!r}" for name, value in options.items())]
            return f"app.{method.__name__}({', '.join(said)})"

        with app.acts.recorded(line):
            method(app, *args, **options)

    return acted
