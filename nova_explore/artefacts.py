"""What was computed from the vectors, kept in the library: neighbours, layout, clusters and their names.

A *map* is one such bundle. Its key is made from everything that changes it (the space, the items, the parameters, the
version of this code), so that a library opened again shows the same map without computing it again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.cluster import Clustering
from nova_explore.label import ClusterName
from nova_explore.layout import Layout
from nova_explore.modality_gap import ModalityGap
from nova_explore.models.model import Space
from nova_explore.neighbors import Neighbors
from nova_explore.store import Library

VERSION = 3
"""Raised whenever the same parameters give another map."""


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """Everything computed from one set of vectors.

    Attributes
    ----------
    key : str
        Sixteen hex digits; see `map_key`.
    created : str
        Time in UTC, ISO 8601.
    versions : Mapping of str to str
        Packages it was computed with.
    """

    key: str
    created: str
    neighbors: Neighbors
    gap: ModalityGap
    layout: Layout
    clustering: Clustering
    names: Mapping[int, ClusterName]
    versions: Mapping[str, str]


def map_key(space: Space, ids: Sequence[str], parameters: Mapping[str, Any]) -> str:
    """Name a map by everything that changes it."""
    said = json.dumps([VERSION, space.key, list(ids), dict(parameters)], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def save_map(library: Library, drawn: Map) -> None:
    """Store a map; the entry that makes it visible is written last, so that half a map is never read."""
    import pyarrow as pa

    flat = pa.array(drawn.neighbors.indices.ravel())
    close = pa.array(drawn.neighbors.similarities.ravel())
    k = drawn.neighbors.k
    rows = pa.table(
        {
            "position": np.arange(len(drawn.layout.xy)),
            "x": drawn.layout.xy[:, 0],
            "y": drawn.layout.xy[:, 1],
            "preservation": drawn.layout.preservation,
            "cluster": drawn.clustering.labels,
            "strength": drawn.clustering.strengths,
            "neighbors": pa.FixedSizeListArray.from_arrays(flat, k),
            "similarities": pa.FixedSizeListArray.from_arrays(close, k),
        }
    )
    library.tables.replace(f"map_{drawn.key}", rows)
    record = {
        "created": drawn.created,
        "versions": dict(drawn.versions),
        "gap": asdict(drawn.gap),
        "layout": dict(drawn.layout.parameters),
        "k": drawn.layout.k,
        "clustering": dict(drawn.clustering.parameters),
        "names": [asdict(name) for name in drawn.names.values()],
    }
    library.tables.upsert("maps", pa.table({"key": [drawn.key], "record": [json.dumps(record)]}), on=["key"])


def load_map(library: Library, key: str) -> Map | None:
    """Read a map, or None if the library has none under this key."""
    entries = library.tables.read("maps", where=f"key = '{key}'")
    if entries is None or entries.num_rows == 0:
        return None
    rows = library.tables.read(f"map_{key}")
    if rows is None:
        return None
    rows = rows.sort_by("position")
    record = json.loads(entries["record"][0].as_py())

    def column(name: str) -> NDArray[Any]:
        return rows[name].combine_chunks().to_numpy(zero_copy_only=False)

    def matrix(name: str) -> NDArray[Any]:
        lists = rows[name].combine_chunks()
        return np.ascontiguousarray(lists.flatten().to_numpy(zero_copy_only=False).reshape(rows.num_rows, -1))

    xy = np.column_stack([column("x"), column("y")]).astype(np.float32)
    names = {
        name["cluster"]: ClusterName(
            **name | {"keywords": tuple(map(tuple, name["keywords"])), "medoids": tuple(name["medoids"])}
        )
        for name in record["names"]
    }
    return Map(
        key=key,
        created=record["created"],
        neighbors=Neighbors(matrix("neighbors").astype(np.int32), matrix("similarities").astype(np.float32)),
        gap=ModalityGap(**record["gap"]),
        layout=Layout(xy, column("preservation").astype(np.float32), record["k"], record["layout"]),
        clustering=Clustering(
            column("cluster").astype(np.int32), column("strength").astype(np.float32), record["clustering"]
        ),
        names=names,
        versions=record["versions"],
    )
