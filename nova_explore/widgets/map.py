"""The map: points on a canvas, behind an interface of ours, so that the renderer stays a choice.

The renderer is jupyter-scatter (WebGL). Its tooltips, legend and toolbar are not used, and its style sheet, which
resets margins of the whole page, is not loaded.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from nova_explore.palette import rgb

if TYPE_CHECKING:
    import ipywidgets

Positions = NDArray[np.intp]

CONTEXT_GREY = "#a3a7ad"
TOOLS = {"pan": ("panZoom", "freeform"), "lasso": ("lasso", "freeform"), "box": ("lasso", "rectangle")}


class Map(Protocol):
    """What the app needs of a renderer. Positions are row numbers of the layout."""

    @property
    def widget(self) -> ipywidgets.DOMWidget:
        """The widget that draws."""
        ...

    def color_by(self, codes: NDArray[np.int32], colors: Sequence[str], muted: frozenset[int] = frozenset()) -> None:
        """Colour point i with ``colors[codes[i]]``; codes in ``muted`` are drawn grey."""
        ...

    def highlight(self, positions: Positions | None) -> None:
        """Draw these in colour and all others grey; None draws all in colour."""
        ...

    def use(self, tool: str) -> None:
        """Let the pointer ``pan``, draw a ``lasso``, or draw a ``box``."""
        ...

    def on_select(self, call: Callable[[Positions], None]) -> None:
        """Call with the positions a person clicked, lassoed or boxed; empty when they cleared them."""
        ...

    def on_hover(self, call: Callable[[int | None], None]) -> None:
        """Call with the position under the pointer, None when there is none."""
        ...


class ScatterMap:
    """The map drawn by jupyter-scatter.

    Parameters
    ----------
    xy : float32 array of shape (n, 2)
        Where to draw each item.
    height : int
        In pixels; the width follows the cell.
    """

    def __init__(self, xy: NDArray[np.float32], *, height: int = 560) -> None:
        self._xy = fit(xy)
        self._colors: tuple[str, ...] = (CONTEXT_GREY,)
        self._muted: frozenset[int] = frozenset()
        self._highlighted: Positions | None = None
        self._ours = False
        self.widget = _canvas(np.column_stack([self._xy, np.zeros((len(xy), 2), np.float32)]), height)

    def color_by(self, codes: NDArray[np.int32], colors: Sequence[str], muted: frozenset[int] = frozenset()) -> None:
        """Colour point i with ``colors[codes[i]]``; codes in ``muted`` are drawn grey."""
        points = np.column_stack([self._xy, codes.astype(np.float32), np.zeros(len(codes), np.float32)])
        self._colors, self._muted = tuple(colors), muted
        with self._drawing():
            # The points travel only when a value changed: greying an entry of the legend sends colours alone.
            if not np.array_equal(points, self.widget.points):
                self.widget.points = points
            self._paint()

    def highlight(self, positions: Positions | None) -> None:
        """Draw these in colour and all others grey; None draws all in colour."""
        self._highlighted = None if positions is None else np.asarray(positions)
        chosen = np.array([], np.uint32) if positions is None else np.asarray(positions).astype(np.uint32)
        with self._drawing():
            self._paint()
            self.widget.selection = chosen

    def use(self, tool: str) -> None:
        """Let the pointer ``pan``, draw a ``lasso``, or draw a ``box``."""
        self.widget.mouse_mode, self.widget.lasso_type = TOOLS[tool]

    def on_select(self, call: Callable[[Positions], None]) -> None:
        """Call with the positions a person clicked, lassoed or boxed; empty when they cleared them."""

        def heard(change: dict) -> None:
            if not self._ours:
                call(np.asarray([] if change["new"] is None else change["new"], dtype=np.intp))

        self.widget.observe(heard, "selection")

    def on_hover(self, call: Callable[[int | None], None]) -> None:
        """Call with the position under the pointer, None when there is none."""
        self.widget.observe(lambda change: call(change["new"]), "hovering")

    def _paint(self) -> None:
        lit = [CONTEXT_GREY if code in self._muted else color for code, color in enumerate(self._colors)]
        base = lit if self._highlighted is None else [CONTEXT_GREY] * len(lit)
        # Two entries at least: a list of one would be taken for one fixed colour.
        spare = [CONTEXT_GREY] if len(lit) == 1 else []
        self.widget.color, self.widget.color_selected, self.widget.color_hover = (
            [_rgba(color) for color in (*colors, *spare)] for colors in (base, lit, lit)
        )
        self.widget.opacity = 0.85 if self._highlighted is None else 0.5

    @contextmanager
    def _drawing(self) -> Iterator[None]:
        self._ours = True
        try:
            with self.widget.hold_sync():
                yield
        finally:
            self._ours = False


def fit(xy: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale coordinates into the square from -0.92 to 0.92, both axes alike, so that distances keep their ratio."""
    low, high = xy.min(axis=0), xy.max(axis=0)
    half = float((high - low).max()) / 2 or 1.0
    return ((xy - (low + high) / 2) / half * 0.92).astype(np.float32)


def point_size(n: int) -> float:
    """Diameter of a point in pixels: 9 for a hundred items, 3 for a hundred thousand, never below 2."""
    return float(np.clip(13 - 2 * np.log10(max(n, 1)), 2, 9))


def _rgba(color: str) -> list[float]:
    return [channel / 255 for channel in rgb(color)] + [1.0]


def _canvas(points: NDArray[np.float32], height: int) -> Any:
    with warnings.catch_warnings():
        # Importing jupyter-scatter 1.0 uses what pandas 3.1 calls deprecated; our users cannot act on it.
        warnings.simplefilter("ignore", DeprecationWarning)
        from jscatter.widget import JupyterScatter

    class Canvas(JupyterScatter):
        _css = ""

    square = [-1.0, 1.0]
    clear = [0.0, 0.0, 0.0, 0.0]
    none_of = {f"{channel}_histogram_range": None for channel in ("x", "y", "color", "opacity", "size")}
    return Canvas(
        None,
        points=points,
        selection=np.array([], np.uint32),
        x_domain=square, y_domain=square, x_scale_domain=square, y_scale_domain=square,
        x_scale="linear", y_scale="linear",
        color=[_rgba(CONTEXT_GREY)] * 2, color_by="valueA", color_scale="categorical", color_domain={},
        color_selected=[_rgba(CONTEXT_GREY)] * 2, color_hover=[_rgba(CONTEXT_GREY)] * 2,
        size=point_size(len(points)), opacity=0.85, opacity_unselected=1.0,
        background_color="#ffffff", lasso_color="#1f6feb", lasso_min_delay=8, lasso_min_dist=3.0,
        lasso_initiator=False, lasso_on_long_press=False, reticle=False, reticle_color=clear,
        axes=False, axes_grid=False, axes_labels=False, legend=False, tooltip_enable=False, tooltip_properties=[],
        connect=False, connection_color=clear, connection_color_selected=clear, connection_color_hover=clear,
        connection_size=2, connection_opacity=0.1, camera_view=None, camera_rotation=0.0,
        width="auto", height=height, toolbar_buttons=[],
        # Escape is listened to on the whole page, so it would clear every map of a notebook at once.
        regl_scatterplot_options={"deselectOnEscape": False, "pointSizeSelected": 2, "pointOutlineWidth": 0},
        **none_of,
    )  # fmt: skip
