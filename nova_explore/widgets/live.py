"""The app before the map is done: a first picture at once, and the map taking shape in it."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any, overload

import numpy as np
from IPython.core.getipython import get_ipython
from IPython.display import display
from numpy.typing import NDArray

from nova_explore.collection import Collection
from nova_explore.errors import explain
from nova_explore.exploration.bundle import Exploration
from nova_explore.exploration.chain import explore
from nova_explore.library.store import Library
from nova_explore.widgets.app import App
from nova_explore.widgets.motion import Motion
from nova_explore.widgets.two_maps import TwoMaps

Source = Exploration | Library | Collection | str | Path


@overload
def show(source: Source, other: None = None, *, height: int = 560, read_only: bool = False, **options: Any) -> App: ...
@overload
def show(
    source: Source, other: Exploration | Library | str | Path, *, height: int = 560, **options: Any
) -> TwoMaps: ...


def show(
    source: Source,
    other: Exploration | Library | str | Path | None = None,
    *,
    height: int = 560,
    read_only: bool = False,
    **options: Any,
) -> App | TwoMaps:
    """Make the app over an exploration, or over what can become one; or over two maps of one collection.

    As the last expression of a cell the app is shown below the cell. Where the map has to be computed first, the app
    is there from the start: with a picture of the principal components, then with the points as they find their places,
    then with clusters and names.

    Parameters
    ----------
    source : Exploration, or anything that `nova_explore.explore` takes
    other : Exploration, optional
        Another map of the same items, of another model, dimension or other parameters: both are shown side by side,
        hover and selection linked, with the neighbours that changed and the clusters matched.
    height : int, default 560
        Of the map, in pixels.
    read_only : bool, default False
        Show labels, and take no decisions.
    **options
        Of `nova_explore.explore`, where the source is not an exploration yet.
    """
    if other is not None:
        pair = [one if isinstance(one, Exploration) else explore(one, **options) for one in (source, other)]
        return TwoMaps(*pair, height=height)
    if isinstance(source, Exploration):
        if options:
            raise TypeError(f"Got {', '.join(options)} for an exploration. Pass them to explore(…) when you make it.")
        return App(source, height=height, read_only=read_only)
    with ExitStack() as until_done:
        live = Live(height, until_done, read_only=read_only)
        try:
            exploration = explore(source, watch=live, **options)
        except BaseException as error:
            live.fail(error)
            raise
        if live.app is None:
            return App(exploration, height=height, read_only=read_only)
        live.app.take_over(exploration)
        live.app.color_by("cluster")
        live.app.acts.clear()  # what opening did is no one's act
        return live.app


class LiveApp(App):
    """An app that shows itself in the cell that is running, and not once more as that cell's last expression."""

    def __init__(self, exploration: Exploration, *, height: int, read_only: bool = False) -> None:
        super().__init__(exploration, height=height, read_only=read_only)
        self._cell: int | None = None
        shell = get_ipython()
        if shell is not None:
            display(self)
            self._cell = shell.execution_count

    def _ipython_display_(self) -> None:
        shell = get_ipython()
        if shell is None or shell.execution_count != self._cell:
            raise NotImplementedError  # and IPython shows the widget


class Live:
    """Shows a map in the cell that computes it; see `nova_explore.exploration.chain.Watcher`."""

    def __init__(self, height: int, until_done: ExitStack, *, read_only: bool = False) -> None:
        self.app: LiveApp | None = None
        self._height, self._read_only = height, read_only
        self._until_done = until_done

    def opened(self, exploration: Exploration) -> None:
        """Show the items by their principal components, coloured by modality: clusters are not known yet."""
        self.app = LiveApp(exploration, height=self._height, read_only=self._read_only)
        self.app.color_by("modality")
        self.app.acts.clear()
        self._motion = Motion(self.app.map)
        self._until_done.enter_context(self.app.busy("opening"))

    def working(self, on: str) -> None:
        """Say what is computed now."""
        if self.app is not None:
            self.app.working = on

    def moved(self, xy: NDArray[np.float32]) -> None:
        """Draw the points on their way."""
        if self.app is not None:
            self._motion(xy)

    def fail(self, error: BaseException) -> None:
        """Say why the map stays as it is."""
        if self.app is not None:
            said = explain(error) if isinstance(error, Exception) else "It was interrupted."
            self.app.last_error = f"The map is not finished. {said}"
