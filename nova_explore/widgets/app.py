"""The app: map, slice, and boards over one exploration, in one notebook cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
import traitlets as t
from numpy.typing import NDArray

from nova_explore.collection import Slice
from nova_explore.exploration.coloring import MEASURED
from nova_explore.exploration.columns import LARGER
from nova_explore.front_end import read_built, require_built
from nova_explore.widgets import cells, messages, search_sections
from nova_explore.widgets.acts import Acts, act, line_of_ids
from nova_explore.widgets.boards import BOARDS, clusters, examples
from nova_explore.widgets.boards.examples import Examples, Some
from nova_explore.widgets.colors import Colors
from nova_explore.widgets.drawing import Drawing
from nova_explore.widgets.following import Following
from nova_explore.widgets.lighting import is_active, light
from nova_explore.widgets.motion import Motion, draw_again
from nova_explore.widgets.still import Still, draw_still
from nova_explore.widgets.wishes import Wishes
from nova_explore.widgets.work import Work

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration
    from nova_explore.similarity.ranking import Ranking

NO_EXAMPLES = Examples()


class App(anywidget.AnyWidget):
    """A map to look at, search in, select from and listen to; the last expression of a cell shows it.

    Parameters
    ----------
    exploration : Exploration
        What to show. What a person selects becomes ``exploration.selection``.
    height : int, default 560
        Of the map, in pixels.
    read_only : bool, default False
        Show labels, and take no decisions.

    Attributes
    ----------
    selection : tuple of str
        Ids selected last; observe it to follow the person.
    inspected : str
        Id of the item shown in full, empty when none is; setting it opens the item.
    hovered : str
        Id of the item under the pointer, empty when there is none.
    query : str
        What is searched for; setting it searches.
    column : str
        What the map is coloured by; setting it recolours.
    acts : Acts
        What was done, to undo it; ``app.acts.lines`` is Python that does it all again.
    working : str
        What is being computed, empty when nothing is.
    last_error : str
        What went wrong last, as the message bar shows it; empty when nothing did.
    """

    _esm = read_built("app.js")
    _css = read_built("app.css")

    selection = t.Tuple()
    hovered = t.Unicode()

    boards = t.Tuple(tuple(BOARDS)).tag(sync=True)
    height = t.Int().tag(sync=True)
    own = t.Unicode().tag(sync=True)
    still = t.Unicode().tag(sync=True)
    xy = t.Bytes().tag(sync=True)
    marks = t.Bytes().tag(sync=True)
    codes = t.Bytes().tag(sync=True)
    colors = t.List().tag(sync=True)
    lit = t.Bytes().tag(sync=True)
    dimmed = t.Unicode("grey").tag(sync=True)
    names = t.List().tag(sync=True)
    cluster_colors = t.Tuple().tag(sync=True)
    modalities = t.List().tag(sync=True)
    shown_modalities = t.List().tag(sync=True)
    column = t.Unicode("cluster").tag(sync=True)
    muted = t.List().tag(sync=True)
    query = t.Unicode().tag(sync=True)
    inspected = t.Unicode().tag(sync=True)
    working = t.Unicode().tag(sync=True)
    last_error = t.Unicode().tag(sync=True)
    history = t.Dict({"undo": "", "redo": ""}).tag(sync=True)
    bare = t.Bool(False).tag(sync=True)
    pointed = t.Int(-1).tag(sync=True)

    if TYPE_CHECKING:  # the traits that boards add

        def __getattr__(self, name: str) -> Any: ...

    def __init__(self, exploration: Exploration, *, height: int = 560, read_only: bool = False) -> None:
        require_built()
        self.exploration = self.named_exploration = self.opened = exploration
        self.map = Drawing(self)
        self.work = Work()
        self.ranking: Ranking | None = None
        self.chosen: NDArray[np.intp] | None = None
        self.left_out, self.named, self.serial, self.read_only = 0, "", 0, read_only
        self.like = NO_EXAMPLES
        self.line: Callable[[], str] | None = None
        self.trail: list[str] = []
        self.colors_of = Colors(exploration)
        self._ids = np.array(exploration.collection.ids, object)  # many are gathered a third as long as from the tuple
        self._me = object()  # who selects, where this app does; the app itself would never be let go
        self._following = Following(self, self._me)
        self.add_traits(**{name: t.Dict().tag(sync=True) for name in BOARDS})
        counted = [[name, count] for name, count in exploration.collection.counts().items()]
        names = [name for name, _ in counted]
        super().__init__(height=height, modalities=counted, shown_modalities=names)
        done = {"query": "", "inspected": "", "column": "cluster", "muted": [], "shown_modalities": names}
        self._wishes = Wishes(self, done)
        self.tell = self._wishes.tell
        self.acts = Acts(self)
        self.own = self.model_id or ""
        self.coloring = self.colors_of.by("cluster")
        with self.hold_sync():
            self.map.draw(exploration.layout.xy, exploration.collection.modality_codes)
            self._paint()
            self.refresh()
        self._listen()

    def __repr__(self) -> str:
        return f"<App: {self.exploration.headline}>"

    # ---- what a person can do, and code as well -------------------------------------------------------------------

    @act
    def search(self, query: str, *, like: Some = (), unlike: Some = ()) -> None:
        """Rank the items by words and by what they should be like or unlike (ids, bytes of files); nothing goes back.

        Only items of the modalities that are switched on are found.
        """
        query, parts = query.strip(), Examples(examples.plain(like), examples.plain(unlike))
        some = {"like": parts.like, "unlike": parts.unlike}
        wanted = bool(query or parts)
        ranking = search_sections.search(self.exploration, query, self.shown_modalities, **some) if wanted else None
        self.rank(query, ranking, like=parts)

    @act
    def search_like(self, id: str) -> None:
        """Rank the items by how like an item they are; only those of the modalities that are switched on."""
        self.search("", like=id)

    def rank(self, query: str, ranking: Ranking | None, *, like: Examples = NO_EXAMPLES) -> None:
        """Make what was found for a query, or for items, the slice; None drops the search."""
        self.ranking, self.like = ranking, like
        with self.hold_sync():
            self.tell(query=query)
            self._show_slice()

    def select(self, ids: Iterable[str], *, name: str = "") -> None:
        """Make these items the selection, here and in the exploration, under a name if it has one."""
        self.choose(np.array(self.exploration.collection.positions(ids), dtype=np.intp), named=name)

    def choose(self, positions: NDArray[np.intp], *, named: str = "", left_out: int = 0) -> None:
        """Make the items at these positions the selection, as `select` does with ids."""
        ids = tuple(self._ids[positions].tolist())
        with self.acts.recorded(partial(line_of_ids, ids, named)):
            self.named = named
            self.put_selection(Slice(named or "selection", ids))
            self._shine(ids, positions, left_out=left_out)

    @act
    def clear(self) -> None:
        """Drop the search and the selection."""
        self.named = ""
        self.put_selection(Slice("nothing selected", ()))
        self._shine((), None)

    @act
    def inspect(self, id: str) -> None:
        """Show one item in full, with its nearest items, and where these lie on the map; an empty id closes it."""
        if not id:
            self.trail.clear()
        elif self.exploration.collection.position(id) >= 0 and self.trail[-1:] != [id]:
            self.trail.append(id)
        with self.hold_sync():
            self.tell(inspected=id)
            self.refresh("item")
            light(self)

    @act
    def back(self) -> None:
        """Show the item that was inspected before this one."""
        if len(self.trail) > 1:
            self.trail.pop()
            self.inspect(self.trail[-1])

    @act
    def color_by(self, column: str) -> None:
        """Colour the map by ``cluster``, ``modality``, ``preservation``, ``strength`` or a metadata column."""
        with self.busy(MEASURED[column]) if column in MEASURED else nullcontext():
            coloring = self.colors_of.by(column)
        with self.hold_sync():
            self.coloring = coloring
            self.tell(column=column, muted=[])
            self._paint()
            self.refresh("columns")

    def measure_stability(self) -> None:
        """See which clusters come back when halves of the items are clustered again, and say so beside each."""
        with self.busy("clustering halves of the items again"):
            clusters.stability(self.exploration, measure=True)
        self.refresh("clusters")

    @act
    def recluster(self, min_cluster_size: int) -> None:
        """Find the clusters again, none smaller than this; map, selection and search stay as they are.

        `exploration` is then another one; its selection is that of the one that the app was opened with as well.
        """
        self.take_variant(self.named_exploration.recluster(min_cluster_size=min_cluster_size))

    @act
    def redraw(self, min_dist: float) -> None:
        """Draw the map again, points packed no closer than this, 0 to 1; the rest stays, as in `recluster`."""
        with self.busy("drawing the map"):
            self.take_drawing(*draw_again(self.named_exploration, self.exploration, min_dist, Motion(self.map)))

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
        with self.acts.recorded(lambda: "app.take_over(exploration)"):
            self.named_exploration = self.opened = exploration
            exploration.put_selection(self.exploration.selection, origin=self._me)
            self.take_variant(exploration)

    @act
    def mute(self, keys: Sequence[str]) -> None:
        """Grey these entries of the legend, given by key, and no others."""
        self.tell(muted=list(keys))

    @act
    def show_modalities(self, names: Sequence[str]) -> None:
        """Grey all items of other modalities and leave them out of searches and selections."""
        self.tell(shown_modalities=[name for name, _ in self.modalities if name in names])
        if self.ranking is not None:
            self.search(self.query, like=self.like.like, unlike=self.like.unlike)
        light(self)

    def take(self, positions: NDArray[np.intp]) -> None:
        """Take what was clicked, lassoed or boxed on the map: one item is inspected, more are selected."""
        active = positions[is_active(self, positions)]
        if not len(positions):
            self.clear()
        elif len(positions) == 1:
            self.inspect(self.exploration.collection[int(positions[0])].id)
        else:
            self.choose(active, left_out=len(positions) - len(active))

    def do(self, what: str, **details: Any) -> None:
        """Do what a click on a board does: ``app.do("brush", first=0, last=4)``. The app copies such lines."""
        messages.do(self, what, details)

    def undo(self) -> None:
        """Undo what was done last."""
        self.acts.undo()

    def redo(self) -> None:
        """Do again what was undone last."""
        self.acts.redo()

    @contextmanager
    def busy(self, on: str) -> Iterator[None]:
        """Say over the map what is being computed, until it is."""
        self.working = on
        try:
            yield
        finally:
            self.working = ""

    # ---- other maps of the same items -----------------------------------------------------------------------------

    def take_drawing(self, named: Exploration, shown: Exploration, colors: Colors | None = None) -> None:
        """Show another drawing of the same items."""
        self.named_exploration = named
        self.take_variant(shown, colors)

    def take_variant(self, exploration: Exploration, colors: Colors | None = None) -> None:
        """Show another cut of the same items, with slice, search and colours as they are."""
        before, self.exploration = self.exploration, exploration
        self._following.begin()
        self.colors_of = self.colors_of.kept_for(exploration) if colors is None else colors
        self.colors_of.rename()  # of what was shown before, when somebody may have decided since
        with self.hold_sync():
            column = self.column if self.column in exploration.columns else "cluster"
            self.coloring = self.colors_of.by(column)
            if exploration.layout.xy is not before.layout.xy:
                self.map.move(exploration.layout.xy)
            self.tell(column=column, muted=[] if column in ("cluster", LARGER) else self.muted)
            self._paint()
            self.serial += 1
            self.refresh()
            light(self)

    # ---- what the boards show -------------------------------------------------------------------------------------

    def refresh(self, *boards: str) -> None:
        """Tell the browser again what these boards show; all of them where none is named."""
        for name in boards or BOARDS:
            setattr(self, name, BOARDS[name].facts(self))

    def follow(self, selection: Slice) -> None:
        """Show what was selected elsewhere: by code, or in another app over the same exploration."""
        named = "" if selection.name in ("selection", "nothing selected") else selection.name
        positions = np.array(self.exploration.collection.positions(selection.ids), dtype=np.intp)
        with self.acts.recorded(partial(line_of_ids, selection.ids, named)):
            self.named = named
            self._shine(selection.ids, positions if len(positions) else None)

    def rename(self) -> None:
        """Say again what clusters are called: somebody has decided."""
        self.colors_of.rename()
        with self.hold_sync():
            self.coloring = self.colors_of.by(self.column)
            self._paint()
            self.serial += 1
            self.refresh("items", "item", "clusters", "concept", "columns", "handover")

    def _shine(self, ids: tuple[str, ...], positions: NDArray[np.intp] | None, *, left_out: int = 0) -> None:
        self.ranking, self.chosen, self.left_out = None, positions, left_out
        with self.hold_sync():
            self.tell(query="")
            self.selection = ids
            self._show_slice()

    def _show_slice(self) -> None:
        self.trail.clear()
        self.tell(inspected="")
        self.serial += 1
        self.refresh("items", "item", "examples")
        light(self)

    def _paint(self) -> None:
        by_cluster = self.colors_of.by("cluster")
        self.names = list(self.coloring.names or by_cluster.names)
        self.cluster_colors = tuple(by_cluster.colors)
        self.map.recode(self.coloring.codes, self.coloring.colors)

    def put_selection(self, selection: Slice) -> None:
        """Make a slice the selection of the exploration, in the name of this app."""
        self.exploration.put_selection(selection, origin=self._me)

    # ---- who sets what --------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        self._wishes.listen({
            "query": self.search, "inspected": self.inspect, "column": self.color_by, "muted": self.mute,
            "shown_modalities": self.show_modalities,
        })  # fmt: skip
        self._following.begin()
        self.on_msg(lambda _, content, buffers: messages.answer(self, content, buffers))

    # ---- coming and going -----------------------------------------------------------------------------------------

    def close(self) -> None:
        """Take the app out of the page; it follows nothing from then on."""
        self._following.end()
        self.work.close()
        super().close()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Show the app, and for where no Python runs a still picture with names and counts."""
        cells.note_shown(self)
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        still: Still = draw_still(self.exploration, self.colors_of.by("cluster").colors)
        self.still = still.address
        return data | {"image/png": still.png, "text/html": still.html}, metadata
