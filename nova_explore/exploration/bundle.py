"""The aligned bundle of items, vectors, neighbours, layout, clusters and names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.clusters.cluster import Clustering, Hierarchy, Sweep
from nova_explore.clusters.duplicates import SIMILARITY
from nova_explore.clusters.names import ClusterName, name_clusters
from nova_explore.clusters.stability import Stability, cluster_halves
from nova_explore.collection import Collection, Slice
from nova_explore.embedding.embed import estimate
from nova_explore.errors import UnknownNameError
from nova_explore.exploration import variants
from nova_explore.exploration.adding import add_to_map, embed_new, place_again, take_off
from nova_explore.exploration.columns import LARGER, TRUST, Columns, Values, cluster_table, name_of, show_clusters
from nova_explore.exploration.drawn_map import DrawnMap
from nova_explore.exploration.provenance import list_caveats, tell_headline, tell_provenance
from nova_explore.exploration.selection import Follower, Selection
from nova_explore.labels.labels import Labelled, Labels
from nova_explore.library import previews
from nova_explore.library.store import Library
from nova_explore.library.vector_index import IndexReport
from nova_explore.map.basis import MapBasis
from nova_explore.map.layout import Layout
from nova_explore.map.modality_gap import ModalityGap
from nova_explore.map.neighborhood import Neighborhood, look_around
from nova_explore.map.neighbors import Neighbors
from nova_explore.map.out_of_sample import Placed, lead
from nova_explore.map.trust import FEWEST_TO_TRUST, Trust, measure_trust
from nova_explore.media.content import Playable
from nova_explore.models.cost import Estimate
from nova_explore.models.model import EmbeddingModel
from nova_explore.models.queries import SpaceModel
from nova_explore.similarity.background import TUNING_QUERIES, embed_phrases
from nova_explore.similarity.contrast import Contrast, contrast
from nova_explore.similarity.copies import Copies, find_copies
from nova_explore.similarity.explanation import Explanation, explain
from nova_explore.similarity.finder import Finder
from nova_explore.similarity.pair import Pair, compare
from nova_explore.similarity.ranking import Ranking, nearest
from nova_explore.similarity.sides import Example
from nova_explore.similarity.slice_matrix import SliceMatrix, compare_all
from nova_explore.space import Space
from nova_explore.tables import arrow_of

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


class Exploration:
    """What a widget shows and a report prints: everything about the same n items, in the same order.

    Made by `nova_explore.explore`. Its arrays and records are read-only; only the selection changes.

    Attributes
    ----------
    library : Library
    collection : Collection
        The n items that have a vector; its ``unread`` lists what could not be read or embedded.
    space : Space
        What the vectors mean.
    vectors : float32 array of shape (n, d)
        Unit rows.
    key, created, versions
        Name of this map in the library, when it was computed, and with which packages.
    neighbors, layout, clustering : Neighbors, Layout, Clustering
    gap : ModalityGap
        Whether neighbours are of vectors without the modality gap.
    proposed : dict of int to ClusterName
        Names of the clusters before anybody decided; no entry for the unclustered items.
    placed : Placed or None
        What `add` put on the map: the last m items.
    basis : MapBasis
        What other drawings and clusterings of the same vectors share.
    """

    def __init__(
        self,
        library: Library,
        collection: Collection,
        model: SpaceModel,
        vectors: NDArray[np.float32],
        drawn: DrawnMap,
        *,
        basis: MapBasis | None = None,
        finder: Finder | None = None,
        selection: Selection | None = None,
        trust: Trust | None = None,
        stability: Stability | None = None,
    ) -> None:
        vectors.flags.writeable = False
        self.library = library
        self.collection = collection
        self.space: Space = model.space
        self.vectors = vectors
        self.key = drawn.key
        self.created = drawn.created
        self.versions = dict(drawn.versions)
        self.neighbors: Neighbors = drawn.neighbors
        self.gap: ModalityGap = drawn.gap
        self.layout: Layout = drawn.layout
        self.clustering: Clustering = drawn.clustering
        self.proposed: dict[int, ClusterName] = dict(drawn.names)
        self.placed: Placed | None = drawn.placed
        self.basis = basis or MapBasis(
            vectors, collection.modalities.tolist(), drawn.neighbors, drawn.gap, made_of=drawn.made_of
        )
        self._drawn = drawn
        self._model = model
        self._finder = finder
        self._selection = selection or Selection(collection)
        self._trust = trust
        self._stability = stability or drawn.stability
        self._coarser: Exploration | None = None
        self._frame: tuple[object, pd.DataFrame] | None = None

    def __len__(self) -> int:
        return len(self.collection)

    def __repr__(self) -> str:
        return f"<Exploration of {self.headline}>"

    def _repr_html_(self) -> str:
        return show_clusters(self.headline, self.clusters, notes=(self.layout.sentence, *self.caveats))

    @property
    def headline(self) -> str:
        """Counts in one line: items, clusters, share left unclustered."""
        return tell_headline(self._drawn)

    @property
    def caveats(self) -> tuple[str, ...]:
        """What a person should know before reading the map, one sentence each."""
        return list_caveats(self._drawn, self.collection)

    @cached_property
    def labels(self) -> Labels:
        """What people decided about these clusters and items; see `Labels`."""
        of = self.collection, self.clustering, self.proposed, self.vectors, lambda: self.mapped.hierarchy, self.naming
        return Labels(self.library, Labelled(*of, lambda: self._stability, lambda: self.compared))

    @property
    def names(self) -> dict[int, ClusterName]:
        """Names of the clusters: the label where a cluster carries one, else what is proposed."""
        return self.labels.names(self.proposed)

    def sweep(self) -> Sweep:
        """How many clusters other smallest sizes would give, and how much they would leave unclustered."""
        return self.hierarchy.sweep()

    def recluster(self, *, min_cluster_size: int | None = None, inside: int | None = None) -> Exploration:
        """Find the clusters again, or those inside one of them; the map stays as it is. See `variants.recluster`."""
        of, how = self.mapped, {"min_cluster_size": min_cluster_size, "inside": inside}
        return self._with(variants.recluster(of.drawn_map, of.naming, of.basis, **how))

    @property
    def coarser(self) -> Exploration:
        """The same items in larger clusters, that these are parts of, made at first use; see `variants.coarsen`."""
        if self._coarser is None:
            self._coarser = self._with(variants.coarsen(self.mapped.drawn_map, self.mapped.naming))
        return self._coarser

    def redraw(
        self, *, min_dist: float | None = None, k: int | None = None, show: variants.Show | None = None
    ) -> Exploration:
        """Draw the map again; neighbours, clusters and names stay as they are. See `variants.redraw`."""
        mapped = self.mapped
        if self.placed is not None and show is not None:
            show = lead(self.placed, show)
        return self._with(variants.redraw(mapped.drawn_map, mapped.basis, min_dist=min_dist, k=k, show=show))

    @property
    def drawn_map(self) -> DrawnMap:
        """The map as it is stored, with its proposed names."""
        return replace(self._drawn, names=self.proposed)

    @property
    def naming(self) -> variants.Naming:
        """What names the clusters of another clustering of these items."""
        words = {"embed_phrases": self._model.embed_phrases, "own_words": self._drawn.own_words}
        return lambda clusters, kept: name_clusters(self.collection, self.vectors, clusters, kept=kept, **words)

    def _with(self, changed: DrawnMap) -> Exploration:
        """The same items on another map of those that this one was made of; what did not change is kept."""
        drawn = self._drawn
        if self.placed is not None:
            changed = place_again(drawn, changed)
        shared: dict[str, Any] = {"basis": self.basis, "finder": self._finder, "selection": self._selection}
        shared["trust"] = self._trust if changed.layout is drawn.layout else None
        shared["stability"] = self._stability if changed.clustering is drawn.clustering else None
        return Exploration(self.library, self.collection, self._model, self.vectors, changed, **shared)

    @property
    def hierarchy(self) -> Hierarchy:
        """The tree that the clusters are cut from; raises `TooFewItemsError` if there are too few items for them."""
        return variants.hierarchy_of(self._drawn)

    @property
    def trust(self) -> Trust:
        """What the map gets wrong around every item, measured at first use: 2 s for 10,000 items, 40 s for 100,000."""
        if self._trust is None:
            self._trust = measure_trust(self.compared, self.layout.xy, self.neighbors)
        return self._trust

    @property
    def stability(self) -> Stability:
        """Which clusters come back from halves of the items, measured at first use: 1 s for 1,500, 25 s for 100,000."""
        if self._stability is None:
            of, on = self.mapped, self.mapped.basis
            self._stability = cluster_halves(of.hierarchy, of.clustering, on.components, on.graph, progress=False)
        return self._stability

    def knows(self, name: str) -> bool:
        """Whether `trust`, `stability` or `coarser` has been computed, and costs nothing any more."""
        return {"trust": self._trust, "stability": self._stability, "coarser": self._coarser}[name] is not None

    def duplicates(self, *, similarity: float = SIMILARITY) -> Copies:
        """Group the items that are nearly the same, copies apart from look-alikes; see `copies.find_copies`."""
        return find_copies(self.collection, self.neighbors, similarity=similarity, thumbnails=self.thumbnails)

    def add(self, source: Any = None, *, budget: float | None = None, progress: bool = True) -> Exploration:
        """Put new items on the map without moving it: those of a source, else all of the library that are not on it.

        The same exploration comes back where nothing is new. See `adding.embed_new` and `adding.add_to_map`.
        """
        how = {"model": self._model.open, "budget": budget, "progress": progress}
        new = embed_new(self.library, self.space, drawn := self.drawn_map, source, **how)
        if not new:
            return self
        collection, vectors, grown = add_to_map(self.library, self.space, drawn, new)
        return Exploration(self.library, collection, self._model, vectors, grown)

    def estimate(self, source: Any) -> Estimate | None:
        """What `add` would cost with the same source; nothing is sent. None for a model that costs nothing."""
        return estimate(source, to=self.library.path, model=self._model.open("new items"))

    @property
    def added(self) -> Slice:
        """The items that `add` put on the map: the last ones. None of them where it is of one piece."""
        return Slice("added", self.collection.ids[self._drawn.made_of :])

    @property
    def mapped(self) -> Exploration:
        """The same map with only the items that it was made of; this exploration where none were added."""
        if self.placed is None:
            return self
        drawn = take_off(self.library, self.drawn_map)
        n = len(drawn.ids)
        return Exploration(self.library, self.collection[:n], self._model, self.vectors[:n], drawn)

    @property
    def model(self) -> EmbeddingModel:
        """The model that made the vectors, opened at first use; see `SpaceModel.open`."""
        return self._model.open()

    def search(self, text: str | None = None, **parts: Any) -> Ranking:
        """Find items by words, and ``like`` or ``unlike`` others, in a set of ``modalities``; see `Finder.find`."""
        return self.finder.find(text, **parts)

    def search_like(self, example: str | Path, *, k: int = 24, modalities: Iterable[str] | None = None) -> Ranking:
        """Find the items most like an item of this collection, by id, or like a medium on disk, by path."""
        return self.finder.find(like=example, k=k, modalities=modalities)

    def compare(self, a: Example, b: Example) -> Pair:
        """Compare two items by id, or an item with words or a file; see `pair.compare`."""
        return compare(self.finder.background, a, b, neighbors=self.neighbors, xy=self.layout.xy)

    def similarity(self, ids: Iterable[str]) -> SliceMatrix:
        """Compare all items of a slice with one another; see `slice_matrix.compare_all`."""
        return compare_all(self.collection, self.compared, self.clustering.labels, ids)

    def contrast(self, ids: Iterable[str]) -> Contrast:
        """What sets a slice apart from the rest; see `contrast.contrast`."""
        return contrast(self.finder.background, ids, thumbnails=self.thumbnails)

    def explain(self, query: Example, id: str, **limits: Any) -> Explanation:
        """Which parts of an item make it like words, a file or another item; see `explanation.explain`."""
        return explain(self.finder.background, query, id, **limits)

    def build_index(self, *, progress: bool = True) -> list[IndexReport]:
        """Make the indexes that searches use from now on, tuned with 256 phrases; see `Library.build_index`."""
        queries, self._finder = embed_phrases(self.model, TUNING_QUERIES), None
        return self.library.build_index(self.space, queries=queries, progress=progress)

    @property
    def finder(self) -> Finder:
        """What searches these items, and remembers the searches of this session by name."""
        if self._finder is None:
            indexes = self.library.indexes(self.space, self.collection)
            self._finder = Finder(self.collection, self.vectors, model=self._model.open, indexes=indexes)
        return self._finder

    def thumbnail(self, id: str) -> bytes:
        """Small picture of an item, as WebP: from the library, else drawn from its source."""
        return previews.thumbnail(self.library, self.collection[id])

    def thumbnails(self, ids: Iterable[str]) -> dict[str, bytes]:
        """Small pictures of several items, as WebP, by id; those that were never drawn are left out."""
        return previews.thumbnails(self.library, [self.collection[id] for id in ids])

    def playable(self, id: str) -> Playable:
        """What a browser shows or plays for an item, read from its source now; see `previews.playable`."""
        return previews.playable(self.collection[id])

    @property
    def selection(self) -> Slice:
        """What was selected last, here or in an exploration made from this one; setting it skips `select`'s check."""
        return self._selection.slice

    @selection.setter
    def selection(self, selection: Slice) -> None:
        self._selection.put(selection)

    def select(self, ids: Iterable[str], name: str = "selection") -> Slice:
        """Make these items the selection and return it; an `UnknownNameError` leaves the selection as it was."""
        return self._selection.choose(ids, name)

    def put_selection(self, selection: Slice, *, origin: object) -> None:
        """Select a slice on behalf of an origin, which is not told of it."""
        self._selection.put(selection, origin=origin)

    def on_select(self, call: Follower, *, origin: object = None) -> Callable[[], None]:
        """Call with every selection from now on that another origin makes; returns what ends that."""
        return self._selection.follow(call, origin=origin)

    @property
    def selected(self) -> pd.DataFrame:
        """The selection's rows of `frame`, in the order of the selection."""
        return self.frame.loc[list(self.selection.ids)]

    def name_of(self, cluster: int) -> str:
        """Name of a cluster; ``unclustered`` for -1."""
        if not -1 <= cluster < self.clustering.count:
            raise UnknownNameError("cluster", cluster, map(str, range(-1, self.clustering.count)))
        return name_of(cluster, self.names)

    @property
    def frame(self) -> pd.DataFrame:
        """One row an item, indexed by id, in the order of the items; a copy that may be changed freely."""
        measured = {*(TRUST if self.knows("trust") else ()), *((LARGER,) if self.knows("coarser") else ())}
        state = measured, self.labels.refresh()
        if self._frame is None or self._frame[0] != state:
            self._frame = state, self._columns.frame(measured=measured)
        return self._frame[1].copy()

    def to_arrow(self) -> pa.Table:
        """Return the columns of `frame` as an Arrow table, ids first."""
        return arrow_of(self.frame)

    @property
    def columns(self) -> tuple[str, ...]:
        """What `column` reads; `frame` has them all, but what takes long (`MEASURED`) only once it was asked for."""
        return self._columns.names

    def column(self, name: str) -> Values:
        """One column of `frame`, without the work of the others: n values in the order of the items."""
        return self._columns.read(name)

    @cached_property
    def _columns(self) -> Columns:
        measured: dict[str, Callable[[], Values]] = {}
        if len(self) >= FEWEST_TO_TRUST:
            measured |= {name: partial(lambda name: getattr(self.trust, name), name) for name in TRUST}
        tree = self.clustering.hierarchy
        if tree is not None and self.clustering.count > 2 and tree.splits(variants.larger_size(self._drawn)):
            measured[LARGER] = lambda: self.coarser.column("cluster_name")
        decided = self.labels.column
        return Columns(self.collection, self._drawn, lambda: self.names, decided=decided, measured=measured)

    @property
    def clusters(self) -> pd.DataFrame:
        """One row a cluster, the unclustered items last; how stable it is, once `stability` has been measured."""
        return cluster_table(self.clustering, self.names, self.stability if self.knows("stability") else None)

    def nearest(self, id: str, *, k: int = 12) -> Ranking:
        """Return an item's neighbours: the items most similar to it, by the cosine that the map is made of."""
        return nearest(self.collection, self.compared, id, k=k)

    def neighborhood(self, id: str) -> Neighborhood:
        """What the map gets wrong around an item: true neighbours elsewhere, false ones beside it."""
        return look_around(self.layout.xy, self.neighbors, self.collection.position(id))

    @property
    def compared(self) -> NDArray[np.float32]:
        """The vectors that `neighbors` are of."""
        return self.basis.compared

    @property
    def provenance(self) -> dict[str, Any]:
        """How this came about, as plain values that JSON can hold."""
        return tell_provenance(self.library, self.collection, self.space, self._drawn)
