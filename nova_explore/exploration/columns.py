"""What is known of every item, column by column: what a table shows and a map is coloured by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from nova_explore.clusters.cluster import Clustering
from nova_explore.clusters.names import ClusterName
from nova_explore.collection import Collection
from nova_explore.errors import UnknownNameError
from nova_explore.map.layout import Layout
from nova_explore.map.neighbors import Neighbors
from nova_explore.map.outliers import local_outlier_factors

if TYPE_CHECKING:
    import pandas as pd

    from nova_explore.clusters.stability import Stability

UNCLUSTERED = "unclustered"

ALWAYS = (
    "modality", "name", "title", "span", "cluster", "cluster_name", "strength", "preservation", "outlier",
    "x", "y", "uri",
)  # fmt: skip

TRUST, LARGER = ("trustworthiness", "continuity"), "larger_group"
MEASURED = (*TRUST, LARGER)
"""What is computed when it is first asked for, and in tables from then on."""


ADDED = "added"
"""A column only where items were added to the map; no metadata has its name, so that adding renames nothing."""


def column_names(collection: Collection, *, added: int = 0) -> tuple[str, ...]:
    """Name the columns, of which the last items ``added`` to a map have one; metadata gives way to a name taken."""
    taken = {*ALWAYS, ADDED, *MEASURED}
    metadata = (f"metadata.{name}" if name in taken else name for name in collection.columns)
    return (*ALWAYS, *((ADDED,) if added else ()), *metadata)


def column(
    name: str,
    collection: Collection,
    neighbors: Neighbors,
    layout: Layout,
    clustering: Clustering,
    names: Mapping[int, ClusterName],
    *,
    added: int = 0,
) -> Sequence[Any] | NDArray[Any]:
    """Read one column: n values in the order of the items, None where one is missing.

    Raises
    ------
    UnknownNameError
        If there is no such column.
    """
    arrays = {
        "cluster": clustering.labels,
        "strength": clustering.strengths,
        "preservation": layout.preservation,
        "x": layout.xy[:, 0],
        "y": layout.xy[:, 1],
    }
    if name in arrays:
        return arrays[name]
    if name == "outlier":
        return local_outlier_factors(neighbors)
    if name == "modality":
        return collection.modalities.tolist()
    if name == "cluster_name":
        called = [names[cluster].name if cluster in names else UNCLUSTERED for cluster in range(-1, clustering.count)]
        return [called[label + 1] for label in clustering.labels.tolist()]
    if name == "span":
        return [str(item.span) if item.span else None for item in collection]
    if name in ALWAYS:
        return [getattr(item, name) for item in collection]
    known = column_names(collection, added=added)
    if name not in known:
        raise UnknownNameError("column", name, known)
    if name == ADDED:
        return ["on the map"] * (len(collection) - added) + ["added"] * added
    told = name if name in collection.columns else name.removeprefix("metadata.")
    return [item.metadata.get(told) for item in collection]


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
