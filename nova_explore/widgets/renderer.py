"""The map: points on a canvas, behind an interface of ours, so that the renderer stays a choice.

The renderer is jupyter-scatter (WebGL). Its tooltips, legend and toolbar are not used, and its style sheet, which
resets margins of the whole page, is not loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import anywidget
import numpy as np
import traitlets as t
from numpy.typing import NDArray

from nova_explore.palette import UNCLUSTERED

if TYPE_CHECKING:
    import ipywidgets

Positions = NDArray[np.intp]

ON_TOP = 0.2
"""Share of the points that are drawn again over the others when they are highlighted; more are told by a mask."""

DISC = 2.5
"""Pixels from which on points are drawn as discs."""

ALWAYS_ON_TOP = 5_000
"""Points that are few whatever their share."""

MOST_INDICES = 2_000_000
"""Points whose selection is told by their numbers; more by a mask: see `points.js`."""


class Map(Protocol):
    """What the app needs of a renderer. Positions are row numbers of the layout."""

    @property
    def widget(self) -> ipywidgets.DOMWidget:
        """The widget that draws."""
        ...

    def recode(self, codes: NDArray[np.int32], colors: Sequence[str], muted: Collection[int] = ()) -> None:
        """Colour point i with ``colors[codes[i]]``, in place; codes in ``muted`` are drawn grey."""
        ...

    def move(self, xy: NDArray[np.float32]) -> None:
        """Draw each point elsewhere; what is seen of the map stays."""
        ...

    def highlight(self, positions: Positions | None) -> None:
        """Draw these in colour and all others grey; None draws all in colour."""
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
    xy : float32 array of shape (n, 2), optional
        Where to draw each item; without it, `draw` says so before anybody looks.
    height : int
        In pixels; the width follows the cell.
    """

    def __init__(self, xy: NDArray[np.float32] | None = None, *, height: int = 560) -> None:
        self._ours = False
        self.widget = Canvas(height)
        if xy is not None:
            self.draw(xy)

    def draw(self, xy: NDArray[np.float32]) -> None:
        """Draw points, all of one colour, in the place of all that there are."""
        n = len(xy)
        with self.widget.hold_sync():
            self.widget.xy, self.widget.codes = fit(xy).tobytes(), bytes(n)
            self.widget.size, self.widget.opacity = point_size(n), opacity(n)
            # Squares of two pixels look the same as discs and cost less.
            self.widget.regl_scatterplot_options = _OPTIONS | {"renderPointsAsSquares": point_size(n) < DISC}

    def recode(self, codes: NDArray[np.int32], colors: Sequence[str], muted: Collection[int] = ()) -> None:
        """Colour point i with ``colors[codes[i]]``, in place; codes in ``muted`` are drawn grey."""
        with self.widget.hold_sync():
            self.widget.codes = codes.astype(np.uint8 if len(colors) <= 256 else np.uint16).tobytes()
            self.widget.colors, self.widget.muted = list(colors), sorted(muted)

    def move(self, xy: NDArray[np.float32]) -> None:
        """Draw each point elsewhere; what is seen of the map stays.

        Raises
        ------
        ValueError
            If there are not as many coordinates as points.
        """
        if len(xy) != self._count:
            raise ValueError(f"{len(xy):,} coordinates for {self._count:,} points. Pass one row for every point.")
        self.widget.xy = fit(xy).tobytes()

    def highlight(self, positions: Positions | None) -> None:
        """Draw these in colour and all others grey; None draws all in colour."""
        on_top, lit = np.array([], np.uint32), b""
        if positions is not None and 0 < len(positions) <= max(ALWAYS_ON_TOP, ON_TOP * self._count):
            on_top = np.asarray(positions).astype(np.uint32)
        elif positions is not None:
            lit = _mask(positions, self._count)
        self._ours = True
        try:
            with self.widget.hold_sync():
                self.widget.selection, self.widget.lit = on_top, lit
        finally:
            self._ours = False

    def on_select(self, call: Callable[[Positions], None]) -> None:
        """Call with the positions a person clicked, lassoed or boxed; empty when they cleared them.

        They rise: ids are gathered twice as fast in the order in which they lie in memory.
        """

        def heard(change: dict) -> None:
            if not self._ours:
                call(np.sort([] if change["new"] is None else change["new"]).astype(np.intp))

        self.widget.observe(heard, "selection")

    def on_hover(self, call: Callable[[int | None], None]) -> None:
        """Call with the position under the pointer, None when there is none."""
        self.widget.observe(lambda change: call(change["new"]), "hovering")

    @property
    def _count(self) -> int:
        return len(self.widget.xy) // 8


def fit(xy: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale coordinates into the square from -0.92 to 0.92, both axes alike, so that distances keep their ratio."""
    low, high = xy.min(axis=0), xy.max(axis=0)
    half = float((high - low).max()) / 2 or 1.0
    return ((xy - (low + high) / 2) / half * 0.92).astype(np.float32)


def point_size(n: int) -> float:
    """Diameter of a point in pixels: 9 for a hundred items, 3 for a hundred thousand, never below 2."""
    return float(np.clip(13 - 2 * np.log10(max(n, 1)), 2, 9))


def opacity(n: int) -> float:
    """How much of the ground a point hides: 0.85 up to ten thousand items, less where points lie over points."""
    return float(np.clip(0.85 - 0.25 * (np.log10(max(n, 1)) - 4), 0.3, 0.85))


_OPTIONS = {
    # Escape is listened to on the whole page, so it would clear every map of a notebook at once.
    "deselectOnEscape": False,
    "pointSizeSelected": 2, "pointOutlineWidth": 0,
    # The worker is sent a copy of every row, which takes longer than to index them here.
    "spatialIndexUseWorker": False,
}  # fmt: skip

_SQUARE, _CLEAR, _GREY = [-1.0, 1.0], [0.0, 0.0, 0.0, 0.0], [0.6, 0.6, 0.6, 1.0]

_SETTINGS: dict[str, Any] = {
    "x_domain": _SQUARE, "y_domain": _SQUARE, "x_scale_domain": _SQUARE, "y_scale_domain": _SQUARE,
    "x_scale": "linear", "y_scale": "linear",
    "color": [_GREY] * 2, "color_selected": [_GREY] * 2, "color_hover": [_GREY] * 2,
    "color_by": "valueA", "color_scale": "categorical", "color_domain": {},
    "opacity_by": None, "opacity_unselected": 1.0, "size_by": None,
    "lasso_color": "#1f6feb", "lasso_min_delay": 8, "lasso_min_dist": 3.0, "lasso_initiator": False,
    "lasso_on_long_press": False, "lasso_type": "freeform", "mouse_mode": "panZoom",
    "reticle": False, "reticle_color": _CLEAR, "axes": False, "axes_grid": False, "axes_labels": False,
    "legend": False, "tooltip_enable": False, "tooltip_properties": [], "toolbar_buttons": [],
    "connect": False, "connection_color": _CLEAR, "connection_color_selected": _CLEAR,
    "connection_color_hover": _CLEAR, "connection_size": 2, "connection_opacity": 0.1,
    "camera_view": None, "camera_target": [0, 0], "camera_distance": 1.0, "camera_rotation": 0.0,
    "filter": None, "point_order": None, "zoom_to": None, "annotations": None, "labels": None,
    "label_tile_size": 256, "view_sync": None,
    **{f"{channel}_histogram": [] for channel in ("x", "y", "color", "opacity", "size")},
    **{f"{channel}_histogram_range": None for channel in ("x", "y", "color", "opacity", "size")},
    "tooltip_size": "small", "tooltip_color": _CLEAR, "tooltip_preview": None, "tooltip_histograms": False,
    "tooltip_properties_non_visual_info": {}, "legend_color": _CLEAR, "axes_color": _CLEAR, "zoom_on_selection": False,
    "zoom_on_filter": False, "width": "auto",
    "event_types": {"TOOLTIP": "tooltip", "VIEW_RESET": "view_reset", "VIEW_SAVE": "view_save"},
}  # fmt: skip
"""What jupyter-scatter's view reads and never changes here."""


def _to_browser(array: NDArray[Any], canvas: Canvas) -> dict[str, Any]:
    if array.ndim == 1 and len(array) > MOST_INDICES:
        return {"view": _mask(array, len(canvas.xy) // 8), "dtype": "mask", "shape": array.shape}
    return {"view": array.data, "dtype": str(array.dtype), "shape": array.shape}


def _from_browser(told: dict[str, Any] | None, _: object) -> NDArray[Any]:
    if told is None:
        return np.array([], np.uint32)
    if told["dtype"] == "mask":
        bits = np.unpackbits(np.frombuffer(told["view"], np.uint8), bitorder="little")
        return np.flatnonzero(bits).astype(np.uint32)
    return np.frombuffer(told["view"], told["dtype"])


def _mask(positions: NDArray[Any], n: int) -> bytes:
    """One bit for every point, the first eight in the first byte from its lowest bit on."""
    chosen = np.zeros(n, bool)
    chosen[positions] = True
    return np.packbits(chosen, bitorder="little").tobytes()


_BINARY = {"to_json": _to_browser, "from_json": _from_browser}


class Canvas(anywidget.AnyWidget):
    """jupyter-scatter's view without its points: ours travel as columns, and `points.js` hands them over.

    Only the script of the package is used. Importing its Python would take seconds, for encodings and legends that
    nobody sees here.
    """

    _esm = Path(str(find_spec("jscatter").origin)).with_name("bundle.js")  # pyright: ignore[reportOptionalMemberAccess]

    xy = t.Bytes().tag(sync=True)
    codes = t.Bytes().tag(sync=True)
    colors = t.List().tag(sync=True)
    muted = t.List().tag(sync=True)
    lit = t.Bytes().tag(sync=True)
    points = t.Instance(np.ndarray).tag(sync=True, **_BINARY)
    selection = t.Instance(np.ndarray).tag(sync=True, echo_update=False, **_BINARY)
    hovering = t.Int(None, allow_none=True).tag(sync=True)
    background_color = t.Any("#ffffff").tag(sync=True)
    regl_scatterplot_options = t.Dict(_OPTIONS).tag(sync=True)
    size = t.Float().tag(sync=True)
    opacity = t.Float().tag(sync=True)
    height = t.Int().tag(sync=True)

    def __init__(self, height: int) -> None:
        self.add_traits(**{name: t.Any(value).tag(sync=True) for name, value in _SETTINGS.items()})
        super().__init__(
            colors=[UNCLUSTERED], height=height,
            points=np.zeros((0, 2), np.float32), selection=np.array([], np.uint32),
        )  # fmt: skip

    def _compare(self, a: Any, b: Any) -> bool:
        return np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b
