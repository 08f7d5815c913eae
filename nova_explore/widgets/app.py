"""The app: map, legend, search, gallery and inspector over one exploration, in one notebook cell."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
import traitlets as t
from ipywidgets import widget_serialization
from numpy.typing import NDArray

from nova_explore.collection import Slice
from nova_explore.errors import explain
from nova_explore.exploration.columns import LARGER
from nova_explore.widgets import answers
from nova_explore.widgets.boards import gallery as galleries
from nova_explore.widgets.boards import inspector, legend, summary
from nova_explore.widgets.motion import Motion
from nova_explore.widgets.renderer import Map, ScatterMap

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration
    from nova_explore.similarity.ranking import Ranking

_HERE = Path(__file__).parent
_SCRIPTS = ("dom.js", "kernel.js", "points.js", "map.js", "grain.js", "stability.js", "side.js", "gallery.js", "app.js")

MANY = 200_000
"""Items from which on Python's search for garbage among them, half a second for a million, is not left to chance: it
would come in the middle of what a person does."""


class App(anywidget.AnyWidget):
    """A map to look at, search in, select from and listen to; the last expression of a cell shows it.

    Parameters
    ----------
    exploration : Exploration
        What to show. What a person selects becomes ``exploration.selection``.
    height : int, default 560
        Of the map, in pixels.
    map : Map, optional
        Another renderer than jupyter-scatter.

    Attributes
    ----------
    selection : tuple of str
        Ids selected last; observe it to follow the person.
    inspected : str
        Id of the item shown in full, empty when none is.
    hovered : str
        Id of the item under the pointer, empty when there is none.
    query : str
        What is searched for; setting it searches.
    column : str
        What the map is coloured by; setting it recolours.
    working : str
        What is being computed, empty when nothing is.
    spacing : float
        The map's ``min_dist``; below 0 where there is none.
    last_error : str
        What went wrong last, as the message bar shows it; empty when nothing did.
    """

    _esm = "\n".join((_HERE / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    _css = (_HERE / "app.css").read_text(encoding="utf-8")

    selection = t.Tuple()
    hovered = t.Unicode()

    canvas = t.Instance(t.HasTraits).tag(sync=True, **widget_serialization)
    height = t.Int().tag(sync=True)
    summary = t.Dict().tag(sync=True)
    unread = t.List().tag(sync=True)
    modalities = t.List().tag(sync=True)
    shown_modalities = t.List().tag(sync=True)
    columns = t.List().tag(sync=True)
    column = t.Unicode("cluster").tag(sync=True)
    legend = t.Dict().tag(sync=True)
    group_colors = t.List().tag(sync=True)
    muted = t.List().tag(sync=True)
    grain = t.Dict().tag(sync=True)
    labels = t.List().tag(sync=True)
    marks = t.List().tag(sync=True)
    tool = t.Enum(["pan", "lasso", "box"], "pan").tag(sync=True)
    query = t.Unicode().tag(sync=True)
    gallery = t.Dict().tag(sync=True)
    inspected = t.Unicode().tag(sync=True)
    detail = t.Dict().tag(sync=True)
    can_go_back = t.Bool().tag(sync=True)
    working = t.Unicode().tag(sync=True)
    spacing = t.Float(-1).tag(sync=True)
    stability = t.Dict().tag(sync=True)
    last_error = t.Unicode().tag(sync=True)

    def __init__(self, exploration: Exploration, *, height: int = 560, map: Map | None = None) -> None:
        if len(exploration) >= MANY:
            gc.collect()
        self.exploration = self._named = exploration
        self.map: Map = map or ScatterMap(exploration.layout.xy, height=height)
        self._colorings: dict[str, legend.Coloring] = {}
        self._coloring = self._color("cluster")
        self._kinds = exploration.collection.modalities
        self._ids = np.array(exploration.collection.ids, object)  # many are gathered a third as long as from the tuple
        self._chosen: NDArray[np.intp] | None = None
        self._left_out = 0
        self._ranking: Ranking | None = None
        self._gallery = galleries.typical(exploration)
        self._serial = 0
        self._trail: list[str] = []
        self._settling = False
        self._stop_following: Callable[[], None] = lambda: None
        super().__init__(canvas=self.map.widget, height=height)
        with self._settled():
            self._tell(summary.items(exploration) | summary.clusters(exploration))
            self._paint()
            self._show()
        self._listen()

    def __repr__(self) -> str:
        return f"<App: {self.summary['headline']}>"

    # ---- what a person can do, and code as well -------------------------------------------------------------------

    def search(self, query: str) -> None:
        """Rank the items by a text and show where they lie; a blank query goes back.

        Only items of the modalities that are switched on are found.
        """
        self._ranking = (
            galleries.search(self.exploration, query.strip(), self.shown_modalities) if query.strip() else None
        )
        with self._settled():
            self.query = query.strip()
            self._leave()
            self._show()

    def select(self, ids: Iterable[str]) -> None:
        """Make these items the selection, here and in the exploration."""
        self._choose(np.array(self.exploration.collection.positions(ids), dtype=np.intp))

    def clear(self) -> None:
        """Drop the search and the selection."""
        self._select(Slice("nothing selected", ()))
        self._shine((), None)

    def inspect(self, id: str) -> None:
        """Show one item in full, with its nearest items, and where these lie on the map; an empty id closes it."""
        told = inspector.detail(self.exploration, id) if id else {}
        if not id:
            self._trail.clear()
        elif self._trail[-1:] != [id]:
            self._trail.append(id)
        with self._settled():
            self.detail, self.inspected, self.can_go_back = told, id, len(self._trail) > 1
            self._highlight()

    def back(self) -> None:
        """Show the item that was inspected before this one."""
        if len(self._trail) > 1:
            self._trail.pop()
            self.inspect(self._trail[-1])

    def color_by(self, column: str) -> None:
        """Colour the map by ``cluster``, ``modality``, ``preservation``, ``strength`` or a metadata column."""
        with self.busy(legend.MEASURED[column]) if column in legend.MEASURED else nullcontext():
            self._coloring = self._color(column)
        with self._settled():
            self.column, self.muted = column, []
            self._paint()

    def measure_stability(self) -> None:
        """See which clusters come back when halves of the items are clustered again, and say so in the legend."""
        with self.busy("clustering halves of the items again"):
            self.stability = summary.stability(self.exploration, measure=True)

    def recluster(self, min_cluster_size: int) -> None:
        """Find the clusters again, none smaller than this; map, selection and search stay as they are.

        `exploration` is then another one; its selection is that of the one that the app was opened with as well.
        """
        self._turn_to(self._named.recluster(min_cluster_size=min_cluster_size))

    def redraw(self, min_dist: float) -> None:
        """Draw the map again, points packed no closer than this, 0 to 1; the rest stays, as in `recluster`."""
        with self.busy("drawing the map"):
            self._named = self._named.redraw(min_dist=min_dist, show=Motion(self.map))
            size = self.exploration.clustering.parameters.get("min_cluster_size")
            if size in (None, self._named.clustering.parameters.get("min_cluster_size")):
                self._turn_to(self._named)
            else:
                self.recluster(size)

    def take_over(self, exploration: Exploration) -> None:
        """Show another exploration of the same items, in the same order, from now on.

        Raises
        ------
        ValueError
            If it is of other items.
        """
        if exploration.collection.ids != self.exploration.collection.ids:
            raise ValueError(
                f"{exploration!r} is of other items than {self.exploration!r}. Show it in an app of its own: show(…)."
            )
        self._named = exploration
        selection = self.exploration.selection
        self._turn_to(exploration)
        exploration.put_selection(selection, origin=self)

    def _turn_to(self, exploration: Exploration) -> None:
        before, self.exploration = self.exploration, exploration
        self._follow_selections()
        self._colorings.clear()
        with self._settled():
            self.column = self.column if self.column in exploration.columns else "cluster"
            self._coloring = self._color(self.column)
            if exploration.layout.xy is not before.layout.xy:
                self.map.move(exploration.layout.xy)
            if self.column in ("cluster", LARGER):
                self.muted = []
            if self.inspected:
                self.detail = inspector.detail(exploration, self.inspected)
            self._tell(summary.clusters(exploration))
            self._paint()
            self._show()

    # ---- while something is computed ----------------------------------------------------------------------------

    @contextmanager
    def busy(self, on: str) -> Iterator[None]:
        """Say over the map what is being computed, until it is."""
        self.working = on
        try:
            yield
        finally:
            self.working = ""

    def mute(self, keys: Sequence[str]) -> None:
        """Grey these entries of the legend, given by key, and no others."""
        with self._settled():
            self.muted = list(keys)
            self._paint()

    def show_modalities(self, names: Sequence[str]) -> None:
        """Grey all items of other modalities and leave them out of searches and selections."""
        with self._settled():
            self.shown_modalities = list(names)
        if self._ranking is not None:
            self.search(self.query)
        with self._settled():
            self._show()

    def take(self, positions: NDArray[np.intp]) -> None:
        """Take what was clicked, lassoed or boxed on the map: one point is inspected, more are selected."""
        active = positions[self._is_active(positions)]
        if not len(positions):
            self.clear()
        elif len(positions) == 1:
            self.inspect(self.exploration.collection[int(positions[0])].id)
        else:
            self._choose(active, left_out=len(positions) - len(active))

    # ---- what the parts show --------------------------------------------------------------------------------------

    def _choose(self, positions: NDArray[np.intp], *, left_out: int = 0) -> None:
        ids = tuple(self._ids[positions].tolist())
        self._select(Slice("selection", ids))
        self._shine(ids, positions, left_out=left_out)

    def _select(self, selection: Slice) -> None:
        self.exploration.put_selection(selection, origin=self)

    def _follow(self, selection: Slice) -> None:
        """Show what was selected elsewhere: by code, or in another app over the same exploration."""
        positions = np.array(self.exploration.collection.positions(selection.ids), dtype=np.intp)
        self._shine(selection.ids, positions if len(positions) else None)

    def _shine(self, ids: tuple[str, ...], positions: NDArray[np.intp] | None, *, left_out: int = 0) -> None:
        self._ranking, self._chosen, self._left_out = None, positions, left_out
        with self._settled():
            self.query, self.selection = "", ids
            self._leave()
            self._show()

    def _color(self, column: str) -> legend.Coloring:
        if column not in self._colorings:
            self._colorings[column] = legend.color_by(self.exploration, column)
        return self._colorings[column]

    def _leave(self) -> None:
        self._trail.clear()
        self.inspected, self.detail, self.can_go_back = "", {}, False

    def _show(self) -> None:
        self._gallery = galleries.current(self.exploration, self._ranking, self._chosen, left_out=self._left_out)
        self._serial += 1
        self.gallery = self._gallery.head(self._serial)
        self.marks = self._gallery.marks()
        self._highlight()

    def _highlight(self) -> None:
        if self.detail:
            nearest = [tile["position"] for tile in self.detail["nearest"]]
            lit = np.array([self.detail["position"], *nearest], dtype=np.intp)
        elif self._ranking is not None:
            lit = np.asarray(self._ranking.positions, dtype=np.intp)
        elif self._chosen is not None:
            lit = self._chosen
        elif len(self.shown_modalities) < len(self.modalities):
            lit = np.flatnonzero(np.isin(self._kinds, self.shown_modalities))
        else:
            lit = None
        self.map.highlight(lit)

    def _paint(self) -> None:
        coloring = self._coloring
        self.legend = {"title": coloring.title, "entries": list(coloring.entries), "bar": coloring.bar}
        self.labels = list(coloring.names or self._color("cluster").names)
        self.group_colors = list(self._color("cluster").colors)
        self.map.recode(coloring.codes, coloring.colors, [int(key) for key in self.muted])

    def _is_active(self, positions: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Which of these are not greyed by the modality switches or the legend."""
        active = np.ones(len(positions), bool)
        if self.muted:
            active &= ~np.isin(self._coloring.codes[positions], [int(key) for key in self.muted])
        if len(self.shown_modalities) < len(self.modalities):
            active &= np.isin(self._kinds[positions], self.shown_modalities)
        return active

    def _tell(self, told: Mapping[str, Any]) -> None:
        for name, value in told.items():
            setattr(self, name, value)

    # ---- what the browser says ------------------------------------------------------------------------------------

    def _listen(self) -> None:
        self.observe(lambda change: self._when_set(self.search, change["new"]), "query")
        self.observe(lambda change: self._when_set(self.inspect, change["new"]), "inspected")
        self.observe(lambda change: self._when_set(self.color_by, change["new"]), "column")
        self.observe(lambda change: self._when_set(self.mute, change["new"]), "muted")
        self.observe(lambda change: self._when_set(self.show_modalities, change["new"]), "shown_modalities")
        self._follow_selections()
        self.map.on_select(lambda positions: self._try(self.take, positions))
        self.map.on_hover(lambda position: self._try(self._hover, position))
        self.on_msg(lambda _, content, _buffers: self._try(answers.answer, self, content))

    def _follow_selections(self) -> None:
        self._stop_following()
        self._stop_following = self.exploration.on_select(
            lambda selection: self._try(self._follow, selection), origin=self
        )

    def close(self) -> None:
        """Take the app out of the page; it follows nothing from then on."""
        self._stop_following()
        self.map.widget.close()
        super().close()

    def _hover(self, position: int | None) -> None:
        self.hovered = "" if position is None else self.exploration.collection[position].id

    def tiles(self, serial: int, start: int) -> list[dict[str, Any]]:
        """A page of the gallery; none if the gallery with this serial number is no longer shown."""
        return self._gallery.page(self.exploration, start=start) if serial == self._serial else []

    def _when_set(self, work: Callable[[Any], None], value: Any) -> None:
        """Follow a trait that somebody else set; those we set ourselves are already true."""
        if not self._settling:
            self._try(work, value)

    def _try(self, work: Callable[..., None], *args: Any) -> None:
        """Run what a person asked for; an error becomes visible, where Jupyter would swallow it."""
        try:
            work(*args)
        except Exception as error:
            self.last_error = explain(error)
        else:
            if work not in (self._hover, answers.answer):
                self.last_error = ""

    @contextmanager
    def _settled(self) -> Iterator[None]:
        was, self._settling = self._settling, True
        try:
            with self.hold_sync():
                yield
        finally:
            self._settling = was
