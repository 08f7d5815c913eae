"""What an app follows: selections that others make, and decisions about labels; nothing keeps the app alive for it."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from nova_explore.collection import Slice
    from nova_explore.exploration.bundle import Exploration


class Follower(Protocol):
    """What an app does with what it hears."""

    exploration: Exploration

    def follow(self, selection: Slice) -> None:
        """Show what was selected elsewhere."""
        ...

    def rename(self) -> None:
        """Say again what clusters are called."""
        ...


class Following:
    """Tells an app of selections and decisions that concern its exploration.

    Parameters
    ----------
    app : Follower
        Known by a weak reference: an app that nobody shows is let go of.
    origin : object
        Who selects where the app does; its own selections are not told to it.
    """

    def __init__(self, app: Follower, origin: object) -> None:
        self._app = weakref.ref(app)
        self._origin = origin
        self._ends: tuple[Callable[[], None], ...] = ()

    def begin(self) -> None:
        """Follow the exploration that the app shows now, and no other."""
        self.end()
        if (app := self._app()) is None:
            return
        me = self._app

        def select(selection: Slice) -> None:
            if (there := me()) is not None:
                there.follow(selection)

        def decide() -> None:
            if (there := me()) is not None:
                there.rename()

        self._ends = (
            app.exploration.on_select(select, origin=self._origin),
            app.exploration.labels.follow(decide),
        )

    def end(self) -> None:
        """Follow nothing."""
        for end in self._ends:
            end()
        self._ends = ()
