"""What is known of every item, column by column: what a table shows and a map is coloured by."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from nova_explore.clusters.cluster import Clustering
from nova_explore.clusters.names import ClusterName
from nova_explore.collection import Collection
from nova_explore.errors import UnknownNameError
from nova_explore.exploration.drawn_map import DrawnMap
from nova_explore.map.outliers import local_outlier_factors
from nova_explore.tables import free_names, show_table

if TYPE_CHECKING:
    import pandas as pd

    from nova_explore.clusters.stability import Stability

Values = Sequence[Any] | NDArray[Any]

UNCLUSTERED = "unclustered"

ALWAYS = (
    "modality", "name", "title", "span", "cluster", "cluster_name", "label", "tags", "strength", "preservation",
    "outlier", "x", "y", "uri",
)  # fmt: skip

INDEX = "id"
"""What the rows of a table are called: a column of this name could not stand beside it."""

TRUST, LARGER = ("trustworthiness", "continuity"), "larger_cluster"
MEASURED = (*TRUST, LARGER)
"""What is computed when it is first asked for, and in tables from then on."""


ADDED = "added"
"""A column only where items were added to the map; no metadata has its name, so that adding renames nothing."""


def column_names(collection: Collection, *, added: int = 0) -> dict[str, str | None]:
    """Name the columns, each with the metadata it shows, if any; metadata gives way to a name that is taken.

    Of a map to which items were ``added``, one column says which.
    """
    own = (*ALWAYS, *((ADDED,) if added else ()))
    names: dict[str, str | None] = dict.fromkeys(own)
    given = free_names(collection.columns, taken=(INDEX, *ALWAYS, ADDED, *MEASURED))
    return names | {name: key for key, name in given.items()}


class Columns:
    """The columns of a map, read one at a time.

    Parameters
    ----------
    collection : Collection of n items
    drawn : DrawnMap
        Of these items.
    names : callable
        Returns the names of the clusters as they are now.
    decided : callable
        Returns the labels or the tags of the items as they are now, by the name of the column.
    measured : Mapping of str to callable
        What is computed when it is first asked for, by the name of its column.
    """

    def __init__(
        self,
        collection: Collection,
        drawn: DrawnMap,
        names: Callable[[], Mapping[int, ClusterName]],
        *,
        decided: Callable[[str], Values],
        measured: Mapping[str, Callable[[], Values]],
    ) -> None:
        self._collection = collection
        self._drawn = drawn
        self._names = names
        self._decided = decided
        self._measured = measured
        self._added = len(drawn.ids) - drawn.made_of
        self._keys = column_names(collection, added=self._added)

    @property
    def names(self) -> tuple[str, ...]:
        """All columns: those of every map, those of the metadata, those that are measured."""
        return (*self._keys, *self._measured)

    def read(self, name: str) -> Values:
        """Read one column: n values in the order of the items, None where one is missing.

        Raises
        ------
        UnknownNameError
            If there is no such column.
        """
        if name in self._measured:
            return self._measured[name]()
        if name not in self._keys:
            raise UnknownNameError("column", name, self.names)
        if (key := self._keys[name]) is not None:
            return [item.metadata.get(key) for item in self._collection]
        return self._own(name)

    def frame(self, *, measured: Container[str]) -> pd.DataFrame:
        """One row an item, indexed by id, with those of the measured columns that are asked for."""
        import pandas as pd

        names = [name for name in self.names if name not in self._measured or name in measured]
        return pd.DataFrame({name: self.read(name) for name in names}, pd.Index(self._collection.ids, name="id"))

    def _own(self, name: str) -> Values:
        drawn = self._drawn
        clustering, layout = drawn.clustering, drawn.layout
        arrays = {
            "cluster": clustering.labels,
            "strength": clustering.strengths,
            "preservation": layout.preservation,
            "x": layout.xy[:, 0],
            "y": layout.xy[:, 1],
        }
        if name in arrays:
            return arrays[name]
        match name:
            case "outlier":
                return local_outlier_factors(drawn.neighbors)
            case "modality":
                return self._collection.modalities.tolist()
            case "cluster_name":
                names = self._names()
                called = [name_of(cluster, names) for cluster in range(-1, clustering.count)]
                return [called[label + 1] for label in clustering.labels.tolist()]
            case "label" | "tags":
                return self._decided(name)
            case "span":
                return [str(item.span) if item.span else None for item in self._collection]
            case "added":
                return ["on the map"] * drawn.made_of + ["added"] * self._added
        return [getattr(item, name) for item in self._collection]


def name_of(cluster: int, names: Mapping[int, ClusterName]) -> str:
    """Name of a cluster; ``unclustered`` for -1."""
    return names[cluster].name if cluster in names else UNCLUSTERED


def cluster_table(
    clustering: Clustering, names: Mapping[int, ClusterName], stability: Stability | None = None
) -> pd.DataFrame:
    """One row a cluster: name, score, size, share, source, keywords, medoids; the unclustered items last.

    ``score`` is the share of its items that the name is true of, NaN where no words say it; ``share`` is that of all
    items. With a stability, a column has the mean Jaccard coefficient of every cluster; NaN for the unclustered items.
    """
    import pandas as pd

    n, noise = len(clustering.labels), len(clustering.members(-1))
    rows: list[dict[str, Any]] = [
        {
            "cluster": name.cluster,
            "name": name.name,
            "score": name.score,
            "size": name.size,
            "share": name.size / n,
            "source": name.source,
            "keywords": ", ".join(word for word, _ in name.keywords),
            "medoids": list(name.medoids),
        }
        for name in names.values()
    ]
    left: dict[str, Any] = {"cluster": -1, "name": UNCLUSTERED, "score": None, "size": noise, "share": noise / n}
    left |= {"source": "", "keywords": "", "medoids": []}
    table = pd.DataFrame([*rows, left]).set_index("cluster").astype({"score": float})
    if stability is not None:
        table["stability"] = pd.Series(stability.jaccard)
    return table


def show_clusters(title: str, table: pd.DataFrame, *, notes: Iterable[str]) -> str:
    """Show a `cluster_table` in a notebook: names, sizes, shares and keywords."""
    rows = table[["name", "size", "share", "keywords"]].itertuples(index=False, name=None)
    return show_table(title, ("cluster", "items", "share", "keywords"), rows, notes=notes)
