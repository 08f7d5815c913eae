"""The aligned bundle of items, vectors, neighbours, layout, clusters and names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.clusters.cluster import DIMENSIONS, FEWEST_TO_CLUSTER, Clustering, Hierarchy, Sweep
from nova_explore.clusters.duplicates import SIMILARITY, Duplicates, find_duplicates
from nova_explore.clusters.layers import COARSER, keep_apart, only_parts
from nova_explore.clusters.matching import match_clusters
from nova_explore.clusters.names import ClusterName, name_clusters
from nova_explore.clusters.stability import Stability, cluster_halves
from nova_explore.collection import Collection
from nova_explore.errors import TooFewItemsError
from nova_explore.exploration.adding import Growable, place_again
from nova_explore.exploration.columns import LARGER, MEASURED, TRUST, UNCLUSTERED, cluster_table, column, column_names
from nova_explore.exploration.drawn_map import Map
from nova_explore.exploration.provenance import list_caveats, tell_provenance
from nova_explore.exploration.selection import Selectable
from nova_explore.library.previews import Previews
from nova_explore.library.store import Library
from nova_explore.map.layout import Layout, lay_out, principal_components, turn_toward, weigh
from nova_explore.map.modality_gap import ModalityGap, close_gap
from nova_explore.map.neighbors import Neighbors
from nova_explore.map.out_of_sample import Placed, lead
from nova_explore.map.trust import FEWEST_TO_TRUST, Trust, measure_trust
from nova_explore.models.model import EmbeddingModel
from nova_explore.models.queries import phrase_embedder
from nova_explore.similarity.ranking import Ranking, by_modality, rank
from nova_explore.similarity.searchable import Searchable
from nova_explore.space import Space

if TYPE_CHECKING:
    import pandas as pd
    from scipy.sparse import csr_array


class Exploration(Selectable, Previews, Searchable, Growable):
    """What a widget shows and a report prints: everything about the same n items, in the same order.

    Made by `nova_explore.explore`. Its arrays and records are read-only; only the selection changes.

    Attributes
    ----------
    library : Library
        Where the media, thumbnails and vectors are.
    collection : Collection
        The n items that have a vector; its ``unread`` lists what could not be read or embedded.
    space : Space
        What the vectors mean.
    vectors : float32 array of shape (n, d)
        Unit rows.
    key, created, versions
        Name of this map in the library, when it was computed, and with which packages.
    neighbors : Neighbors
    gap : ModalityGap
        Whether neighbours are of vectors without the modality gap.
    layout : Layout
    clustering : Clustering
    names : dict of int to ClusterName
        No entry for the unclustered items.
    placed : Placed or None
        What `add` put on the map: the last m items.
    """

    def __init__(
        self,
        library: Library,
        collection: Collection,
        model_name: str,
        space: Space,
        vectors: NDArray[np.float32],
        drawn: Map,
        model: EmbeddingModel | None = None,
    ) -> None:
        super().__init__()
        vectors.flags.writeable = False
        self.library = library
        self.collection = collection
        self.space = space
        self.vectors = vectors
        self._drawn = drawn
        self.key = drawn.key
        self.created = drawn.created
        self.versions = dict(drawn.versions)
        self.neighbors: Neighbors = drawn.neighbors
        self.gap: ModalityGap = drawn.gap
        self.layout: Layout = drawn.layout
        self.clustering: Clustering = drawn.clustering
        self.names: dict[int, ClusterName] = dict(drawn.names)
        self.placed: Placed | None = drawn.placed
        self._model_name = model_name
        self._model = model
        self._frame: pd.DataFrame | None = None

    def __len__(self) -> int:
        return len(self.collection)

    def __repr__(self) -> str:
        return f"<Exploration of {self.headline}>"

    @property
    def headline(self) -> str:
        """Counts in one line: items, groups, share left unclustered."""
        groups = self.clustering.count
        found = f"{groups:,} {'group' if groups == 1 else 'groups'} · {UNCLUSTERED} {self.clustering.noise_share:.0%}"
        added = f", {len(self.added):,} of them added" if self.placed is not None else ""
        return f"{len(self):,} items{added} · {found if self.clustering.parameters else 'not grouped yet'}"

    @property
    def caveats(self) -> tuple[str, ...]:
        """What a person should know before reading the map, one sentence each."""
        return list_caveats(self._drawn, self.collection)

    # ---- groups -------------------------------------------------------------------------------------------------

    def sweep(self) -> Sweep:
        """How many groups other smallest sizes would give, and how much they would leave unclustered.

        Raises
        ------
        TooFewItemsError
            If there are too few items for clusters.
        """
        return self.hierarchy.sweep()

    def recluster(self, *, min_cluster_size: int) -> Exploration:
        """Find the groups again, none smaller than this; nothing is fitted again and the map stays as it is.

        Returns
        -------
        Exploration
            Of the same items. A group that is mostly one of this exploration's keeps its name.

        Raises
        ------
        TooFewItemsError
            If there are too few items for clusters.
        ValueError
            If the size is below 2 or above the number of items.
        """
        if self.placed is not None:
            return self._place_again(self.mapped.recluster(min_cluster_size=min_cluster_size))
        clustering = self.hierarchy.cut(min_cluster_size)
        return self._regroup(clustering, match_clusters(self.clustering.labels, clustering.labels))

    @cached_property
    def coarser(self) -> Exploration:
        """The same items in larger groups, that these groups are parts of, found and named at first use.

        They hold four times as many items as these must at least. A group that is a part of none stays what it is, and
        a larger group with one part has its name. Raises `TooFewItemsError` if there are too few items for groups.
        """
        if self.placed is not None:
            return self._place_again(self.mapped.coarser)
        larger = keep_apart(self.hierarchy.cut(self._larger_size), self.clustering)
        return self._regroup(larger, only_parts(larger.labels, self.clustering.labels))

    @property
    def _larger_size(self) -> int:
        return COARSER * self.clustering.parameters["min_cluster_size"]

    def _regroup(self, clustering: Clustering, stay: Mapping[int, int]) -> Exploration:
        """With another clustering, of whose groups some stay what a group of this one is called."""
        phrases = phrase_embedder(self._model_name, self.space, self._model)
        kept = {new: self.names[old] for new, old in stay.items()}
        naming = self._drawn.naming
        names = name_clusters(
            self.collection, self.vectors, clustering, embed_phrases=phrases, kept=kept, naming=naming
        )
        return self._with(clustering=clustering, names=names)

    def redraw(
        self,
        *,
        min_dist: float | None = None,
        k: int | None = None,
        show: Callable[[NDArray[np.float32]], None] | None = None,
    ) -> Exploration:
        """Draw the map again; neighbours, groups and names stay as they are.

        Parameters
        ----------
        min_dist : float, optional
            How closely points may be packed, 0 to 1; as before where it is not given.
        k : int, optional
            Neighbours that hold an item in its place, at most those known: fewer show detail, less of the whole.
        show : callable, optional
            Called with (n, 2) arrays while the map takes shape, turned as the map is; added items follow theirs.

        Returns
        -------
        Exploration
            With the map that `nova_explore.explore` draws with this ``min_dist`` and, where neighbours were searched
            exactly, this ``k``.
        """
        if self.placed is not None:
            followed = None if show is None else lead(self.placed, show)
            return self._place_again(self.mapped.redraw(min_dist=min_dist, k=k, show=followed))
        drawn = self.layout.parameters
        start, graph = self._start_and_graph
        holding = self.neighbors if k is None else self.neighbors.first(k)
        graph = graph if holding is self.neighbors else weigh(holding)
        packed = drawn["min_dist"] if min_dist is None else min_dist
        turned = None if show is None else lambda xy: show(turn_toward(xy, self.layout.xy))
        layout = lay_out(start, graph, holding, min_dist=packed, seed=drawn["seed"], show=turned)
        return self._with(layout=layout)

    @cached_property
    def _start_and_graph(self) -> tuple[NDArray[np.float32], csr_array]:
        return principal_components(self.compared, DIMENSIONS), weigh(self.neighbors)

    def _with(self, **changed: Any) -> Exploration:
        other = self._of(self.collection, self.vectors, replace(self._drawn, **changed))
        kept = {"compared", "_start_and_graph", "_finder"}
        kept |= {name for name, of in (("trust", "layout"), ("stability", "clustering")) if of not in changed}
        other.__dict__ |= {name: value for name, value in self.__dict__.items() if name in kept}
        return other

    def _of(self, collection: Collection, vectors: NDArray[np.float32], drawn: Map) -> Exploration:
        return Exploration(self.library, collection, self._model_name, self.space, vectors, drawn, self._model)

    def _place_again(self, mapped: Exploration) -> Exploration:
        drawn = place_again(self._drawn, mapped._drawn)
        return self._with(**{name: getattr(drawn, name) for name in ("layout", "clustering", "names", "placed")})

    @property
    def hierarchy(self) -> Hierarchy:
        """The tree that the groups are cut from; raises `TooFewItemsError` if there are too few items for clusters."""
        if self.clustering.hierarchy is None:
            n = self._drawn.made_of
            raise TooFewItemsError(f"{n} items are too few for clusters. Needed: {FEWEST_TO_CLUSTER} or more.")
        return self.clustering.hierarchy

    @cached_property
    def trust(self) -> Trust:
        """What the map gets wrong around every item, measured at first use: 2 s for 10,000 items, 40 s for 100,000."""
        return measure_trust(self.compared, self.layout.xy, self.neighbors)

    @cached_property
    def stability(self) -> Stability:
        """Which groups come back from halves of the items, measured at first use: 1 s for 1,500, 25 s for 100,000."""
        mapped = self.mapped
        return cluster_halves(mapped.hierarchy, mapped.clustering, *mapped._start_and_graph, progress=False)

    def knows(self, name: str) -> bool:
        """Whether `trust`, `stability` or `coarser` has been computed, and costs nothing any more."""
        return name in self.__dict__

    def duplicates(self, *, similarity: float = SIMILARITY) -> Duplicates:
        """Group the items that are nearly the same, connected through neighbours with at least this cosine."""
        return find_duplicates(self.neighbors, similarity=similarity)

    # ---- tables and selection -----------------------------------------------------------------------------------

    def name_of(self, cluster: int) -> str:
        """Name of a cluster; ``unclustered`` for -1."""
        return self.names[cluster].name if cluster in self.names else UNCLUSTERED

    @property
    def frame(self) -> pd.DataFrame:
        """One row an item, indexed by id, in the order of the items; a copy that may be changed freely."""
        import pandas as pd

        asked_for = {*(TRUST if self.knows("trust") else ()), *((LARGER,) if self.knows("coarser") else ())}
        names = [name for name in self.columns if name not in MEASURED or name in asked_for]
        if self._frame is None or [*self._frame] != names:
            columns = {name: self.column(name) for name in names}
            self._frame = pd.DataFrame(columns, pd.Index(self.collection.ids, name="id"))
        return self._frame.copy()

    @property
    def columns(self) -> tuple[str, ...]:
        """What `column` reads; `frame` has them all, but what takes long (`MEASURED`) only once it was asked for."""
        trust = TRUST if len(self) >= FEWEST_TO_TRUST else ()
        tree = self.clustering.hierarchy
        larger = (LARGER,) if tree is not None and self.clustering.count > 2 and tree.splits(self._larger_size) else ()
        return (*column_names(self.collection, added=len(self.added)), *trust, *larger)

    def column(self, name: str) -> Sequence[Any] | NDArray[Any]:
        """One column of `frame`, without the work of the others: n values in the order of the items.

        Raises
        ------
        UnknownNameError
            If there is no such column.
        """
        if name in TRUST:
            return getattr(self.trust, name)
        if name == LARGER and name in self.columns:
            return self.coarser.column("cluster_name")
        known = (self.neighbors, self.layout, self.clustering, self.names)
        return column(name, self.collection, *known, added=len(self.added))

    @property
    def clusters(self) -> pd.DataFrame:
        """One row a cluster: name, size, share, source of the name, keywords, medoids; the unclustered items last.

        And how stable it is, once `stability` has been measured.
        """
        return cluster_table(self.clustering, self.names, self.stability if self.knows("stability") else None)

    @property
    def selected(self) -> pd.DataFrame:
        """The selection's rows of `frame`, in the order of the selection."""
        return self.frame.loc[list(self.selection.ids)]

    def nearest(self, id: str, *, k: int = 12) -> Ranking:
        """Return an item's neighbours: the items most similar to it, by the cosine that the map is made of."""
        position = self.collection.position(id)
        scores = self.compared @ self.compared[position]
        scores[position] = np.nan
        scored = by_modality(self.collection, scores)
        return rank(f"nearest to {self.collection[id].title}", self.collection, scored, k=k)

    @cached_property
    def compared(self) -> NDArray[np.float32]:
        """The vectors that `neighbors` are of."""
        if not self.gap.corrected:
            return self.vectors
        return close_gap(self.vectors, self.collection.modalities.tolist(), made_of=self._drawn.made_of)

    @property
    def provenance(self) -> dict[str, Any]:
        """How this came about, as plain values that JSON can hold."""
        return tell_provenance(self.library, self.collection, self.space, self._drawn)
