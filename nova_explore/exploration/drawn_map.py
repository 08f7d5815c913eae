"""What was computed from the vectors, kept in the library: neighbours, layout, clusters and their names.

A *map* is one such bundle. Its key is made from everything that changes it (the space, the items, the parameters, the
version of this code), so that a library opened again shows the same map without computing it again.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.clusters.cluster import Clustering, Hierarchy
from nova_explore.clusters.names import ClusterName, OwnWords
from nova_explore.clusters.stability import Stability
from nova_explore.errors import UnwritableError
from nova_explore.library.lance import damaged
from nova_explore.library.map_tables import Part
from nova_explore.library.store import Library
from nova_explore.map.layout import Layout
from nova_explore.map.modality_gap import ModalityGap
from nova_explore.map.neighbors import Neighbors
from nova_explore.map.out_of_sample import Placed

if TYPE_CHECKING:
    import pyarrow as pa

VERSION = 10
"""Raised whenever the same parameters give another map."""

LINKAGE = ("left", "right", "distance", "size")


@dataclass(frozen=True, slots=True, eq=False)
class DrawnMap:
    """Everything computed from one set of vectors.

    Attributes
    ----------
    key : str
        Sixteen hex digits; see `map_key`.
    created : str
        Time in UTC, ISO 8601.
    versions : Mapping of str to str
        Packages it was computed with.
    ids : tuple of str, length n
        The items, in the order of all arrays; those that were placed later come last.
    space : str
        Key of the space of their vectors.
    placed : Placed, optional
        Where the last m of the items were put onto the map of the others; None on a map of one piece.
    onto : str, optional
        Key of the map of those others.
    stability : Stability, optional
        Of the clusters, where it was measured with them.
    own_words : OwnWords
        What a person wanted of the names.
    """

    key: str
    created: str
    neighbors: Neighbors
    gap: ModalityGap
    layout: Layout
    clustering: Clustering
    names: Mapping[int, ClusterName]
    versions: Mapping[str, str]
    ids: tuple[str, ...]
    space: str
    placed: Placed | None = None
    onto: str | None = None
    stability: Stability | None = None
    own_words: OwnWords = field(default_factory=OwnWords)

    @property
    def made_of(self) -> int:
        """Items that the map was made of: the first ones; those after them were placed on it later."""
        return len(self.ids) - (0 if self.placed is None else len(self.placed.xy))


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """What a map has in common with maps of the same items that were drawn before; None where it has to be computed.

    Attributes
    ----------
    found : tuple of Neighbors and ModalityGap, or None
    layout : Layout or None
    hierarchy : Hierarchy or None
    """

    found: tuple[Neighbors, ModalityGap] | None = None
    layout: Layout | None = None
    hierarchy: Hierarchy | None = None


def map_key(space: str, ids: Sequence[str], parameters: Mapping[str, Any]) -> str:
    """Name a map by everything that changes it: the key of the space, the items, and the parameters."""
    said = json.dumps([VERSION, space, list(ids), dict(parameters)], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def load_parts(library: Library, space: str, ids: Sequence[str], *, k: int, min_dist: float, seed: int) -> Parts:
    """Read what other maps of these items have that one with these parameters has as well."""
    of = map_key(space, ids, {})
    alike = {
        key: layout
        for key, record in read_records(library).items()
        if record["of"] == of and (layout := record["layout"])["seed"] == seed and layout["k"] == k
    }
    if not alike:
        return Parts()
    near = next((key for key, layout in alike.items() if layout["min_dist"] == min_dist), next(iter(alike)))
    drawn = load_map(library, near)
    if drawn is None:
        return Parts()
    layout = drawn.layout if alike[near]["min_dist"] == min_dist else None
    return Parts((drawn.neighbors, drawn.gap), layout, drawn.clustering.hierarchy)


def save_map(library: Library, drawn: DrawnMap) -> None:
    """Store a map; the entry that makes it visible is written last, so that half a map is never read."""
    import pyarrow as pa

    near = {"neighbors": drawn.neighbors.indices, "similarities": drawn.neighbors.similarities}
    rows = pa.table(
        {
            "position": np.arange(len(drawn.layout.xy)),
            "id": list(drawn.ids),
            "x": drawn.layout.xy[:, 0],
            "y": drawn.layout.xy[:, 1],
            "preservation": drawn.layout.preservation,
            "cluster": drawn.clustering.labels,
            "strength": drawn.clustering.strengths,
            **_lists(near),
        }
    )
    parts: dict[Part, pa.Table] = {"map": rows}
    hierarchy = drawn.clustering.hierarchy
    if hierarchy is not None:
        linkage = dict(zip(LINKAGE, hierarchy.linkage.T, strict=True))
        parts["tree"] = pa.table({"join": np.arange(len(hierarchy.linkage)), **linkage})
    if drawn.placed is not None:
        beside = {"neighbors": drawn.placed.indices, "similarities": drawn.placed.similarities}
        # Of a map that fewer neighbours than are known hold in place, as many place an item.
        parts["placed"] = pa.table({"position": np.arange(len(drawn.placed.xy)), **_lists(beside)})
    record = {
        "of": None if drawn.onto else map_key(drawn.space, drawn.ids, {}),
        "created": drawn.created,
        "space": drawn.space,
        "items": len(drawn.ids),
        "onto": drawn.onto,
        "versions": dict(drawn.versions),
        "gap": asdict(drawn.gap),
        "layout": dict(drawn.layout.parameters),
        "k": drawn.layout.k,
        "neighbors": {"method": drawn.neighbors.method, "recall": drawn.neighbors.recall},
        "clustering": dict(drawn.clustering.parameters),
        "hierarchy": None if hierarchy is None else dict(hierarchy.parameters),
        "names": [asdict(name) for name in drawn.names.values()],
        "stability": None if drawn.stability is None else drawn.stability.as_record(),
        "own_words": drawn.own_words.parameters,
    }
    library.maps.save(drawn.key, parts, record)


def keep_map(library: Library, drawn: DrawnMap) -> None:
    """Store a map, or warn where that is not possible: a map that was computed is shown all the same.

    Warns
    -----
    UserWarning
        If the library cannot be written to, or its disk is full.
    """
    try:
        save_map(library, drawn)
    except UnwritableError as error:
        warnings.warn(f"The map is not kept: {error} It is computed again next time.", stacklevel=3)


def read_records(library: Library) -> dict[str, dict[str, Any]]:
    """Read what is noted of every map, by key, in the order in which they were first stored.

    Maps of earlier versions, which do not know their items, are left out.
    """
    return {key: record for key, record in library.maps.records().items() if "items" in record}


def load_map(library: Library, key: str) -> DrawnMap | None:
    """Read a map, or None if the library has none under this key.

    Raises
    ------
    LibraryError
        If a part of it is missing or damaged.
    """
    record = read_records(library).get(key)
    if record is None:
        return None
    rows = library.maps.read(key, "map").sort_by("position")
    if rows.num_rows != record["items"]:
        raise damaged(library.path, f"map_{key}", f"it has {rows.num_rows:,} of the map's {record['items']:,} items")
    hierarchy = None
    if record["hierarchy"] is not None:
        joins = library.maps.read(key, "tree").sort_by("join")
        linkage = np.column_stack([_column(joins, name) for name in LINKAGE])
        hierarchy = Hierarchy(linkage, record["hierarchy"])
    labels, strengths = _column(rows, "cluster").astype(np.int32), _column(rows, "strength").astype(np.float32)
    xy = np.column_stack([_column(rows, "x"), _column(rows, "y")]).astype(np.float32)
    preservation = _column(rows, "preservation").astype(np.float32)
    names = {name["cluster"]: ClusterName.from_record(name) for name in record["names"]}
    return DrawnMap(
        key=key,
        created=record["created"],
        neighbors=Neighbors(
            _matrix(rows, "neighbors").astype(np.int32),
            _matrix(rows, "similarities").astype(np.float32),
            **record["neighbors"],
        ),
        gap=ModalityGap(**record["gap"]),
        layout=Layout(xy, preservation, record["k"], record["layout"]),
        clustering=Clustering(labels, strengths, record["clustering"], hierarchy),
        names=names,
        own_words=OwnWords(**{name: tuple(words) for name, words in record.get("own_words", {}).items()}),
        versions=record["versions"],
        ids=tuple(rows["id"].to_pylist()),
        space=record["space"],
        placed=None if record["onto"] is None else _placed(library, key, xy, labels, strengths, preservation),
        onto=record["onto"],
        stability=Stability.of_record(record["stability"]) if record.get("stability") else None,
    )


def _placed(library: Library, key: str, *drawn: NDArray[Any]) -> Placed:
    """What was placed, from its neighbours and the last rows of the map's coordinates, labels and so on."""
    rows = library.maps.read(key, "placed").sort_by("position")
    xy, labels, strengths, preservation = (values[len(values) - rows.num_rows :] for values in drawn)
    indices = _matrix(rows, "neighbors").astype(np.int32)
    return Placed(xy, labels, strengths, indices, _matrix(rows, "similarities").astype(np.float32), preservation)


def _column(table: pa.Table, name: str) -> NDArray[Any]:
    return table[name].combine_chunks().to_numpy(zero_copy_only=False)


def _lists(matrices: Mapping[str, NDArray[Any]]) -> dict[str, pa.Array]:
    """Columns of matrices, a list a row. Neighbours of a single item are no columns: Arrow has no lists of nothing."""
    import pyarrow as pa

    return {
        name: pa.FixedSizeListArray.from_arrays(pa.array(matrix.ravel()), matrix.shape[1])
        for name, matrix in matrices.items()
        if matrix.shape[1]
    }


def _matrix(table: pa.Table, name: str) -> NDArray[Any]:
    if name not in table.column_names:
        return np.empty((table.num_rows, 0))
    lists = table[name].combine_chunks()
    return np.ascontiguousarray(lists.flatten().to_numpy(zero_copy_only=False).reshape(table.num_rows, -1))
