"""Traits that code sets to have something done: ``app.query = "dog"`` searches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nova_explore.errors import explain


class Wishes:
    """Does what a trait is set to, and knows what it has set itself.

    Parameters
    ----------
    app : App
    done : mapping of str to values
        What the traits are at first.
    """

    def __init__(self, app: Any, done: Mapping[str, Any]) -> None:
        self._app = app
        self._done = dict(done)

    def listen(self, todo: Mapping[str, Callable[[Any], None]]) -> None:
        """Call with what a trait is set to from now on."""
        for name, work in todo.items():
            self._app.observe(lambda change, name=name, work=work: self._fulfil(name, work, change["new"]), name)

    def tell(self, **done: Any) -> None:
        """Say what has been done; who sets the same from outside asks for nothing new."""
        self._done |= done
        for name, value in done.items():
            setattr(self._app, name, value)

    def _fulfil(self, name: str, work: Callable[[Any], None], value: Any) -> None:
        """Follow a trait that code has set; an error becomes visible, where Jupyter would swallow it."""
        if value == self._done[name]:
            return
        try:
            work(value)
        except Exception as error:
            self.tell(**{name: self._done[name]})
            self._app.last_error = explain(error)
        else:
            self._app.last_error = ""
