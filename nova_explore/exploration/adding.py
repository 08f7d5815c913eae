"""New items on a map that exists: found in the library, placed, and kept as a map of their own onto the old one.

Nothing that is on the map moves: its coordinates, clusters, strengths and names stay bit for bit as they were. Every
new item is placed by the items that the map was made of, never by others that were placed, so that the order in which
items are added changes nothing. Neighbours alone are of all items, old and new.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.clusters.cluster import Clustering
from nova_explore.clusters.names import ClusterName
from nova_explore.collection import Collection, Item
from nova_explore.embedding.embed import embed
from nova_explore.errors import LibraryError, TooFewItemsError
from nova_explore.exploration.drawn_map import DrawnMap, keep_map, load_map, map_key
from nova_explore.library.aligned import chosen_items
from nova_explore.library.stamps import now, package_versions
from nova_explore.library.store import Library
from nova_explore.map.layout import Layout
from nova_explore.map.modality_gap import close_gap
from nova_explore.map.neighbors import extend_neighbors
from nova_explore.map.out_of_sample import Placed, draw_again, nearness, place, together, vote_again
from nova_explore.models.model import EmbeddingModel
from nova_explore.sources.read import read
from nova_explore.space import Space


def embed_new(
    library: Library,
    space: Space,
    drawn: DrawnMap,
    source: Any,
    *,
    model: Callable[[str], EmbeddingModel],
    budget: float | None = None,
    progress: bool,
) -> list[str]:
    """Embed what is new in a source, and return the ids of the items that a map lacks.

    Parameters
    ----------
    library : Library
        Of the map; what is embedded goes there.
    space : Space
        Of the map.
    drawn : DrawnMap
    source : Collection, anything that `nova_explore.read` takes, or None
        None stands for everything in the library, and embeds nothing.
    model : callable
        Opens the model of the space, told what for; called only if there is a source.
    budget : float, optional
        US dollars that must not be passed.
    progress : bool
        Show progress bars.

    Returns
    -------
    list of str
        Ids of items with a vector, in the order of the library.
    """
    if source is None:
        candidates = list(library.collection())
    else:
        opened = model("new items")
        collection = source if isinstance(source, Collection) else read(source, progress=progress)
        library = embed(collection, to=library.path, model=opened, budget=budget, progress=progress)
        candidates = items_of(library, collection)
    mapped, embedded = set(drawn.ids), library.embedded(space)
    return [item.id for item in candidates if item.id not in mapped and item.content_key in embedded]


def items_of(library: Library, source: Collection) -> list[Item]:
    """Find the items of a library that come from the media of a collection, in the order of the library."""
    # Reading and embedding may cut a medium into other parts; where it is and what it holds stay.
    media = {(item.uri, item.digest) for item in source}
    return [item for item in library.collection() if (item.uri, item.digest) in media]


def add_to_map(
    library: Library, space: Space, drawn: DrawnMap, new: list[str]
) -> tuple[Collection, NDArray[np.float32], DrawnMap]:
    """Place items of the library on a map, or read from it where they were placed before.

    Parameters
    ----------
    library : Library
    space : Space
    drawn : DrawnMap of n items
    new : list of str, length m
        Ids of items with a vector that are not on the map.

    Returns
    -------
    collection : Collection of n + m items
        Those of the map first, in its order.
    vectors : float32 array of shape (n + m, d)
    placed : DrawnMap of n + m items

    Raises
    ------
    LibraryError
        If an item of the map is not in the library any more.
    TooFewItemsError
        If the map is of one item: it has no places between which another could lie.
    """
    ids, n, made_of = (*drawn.ids, *new), len(drawn.ids), drawn.made_of
    if n == 1:
        raise TooFewItemsError(
            f"A map of 1 item has no places for others, and {len(new):,} {'is' if len(new) == 1 else 'are'} new. They "
            f"are embedded. Draw a new map of all: nova_explore.explore({str(library.path)!r})."
        )
    collection, vectors = chosen_items(library, space, ids)
    onto = drawn.onto or drawn.key
    key = map_key(space.key, ids[made_of:], {"onto": onto, "drawn": _digest(drawn)})
    known = load_map(library, key)
    if known is not None and known.placed is not None:
        found = put_on(replace(drawn, neighbors=known.neighbors), known.placed, ids)
        found = replace(found, key=key, onto=onto, created=known.created, versions=known.versions)
        if dict(found.names) != dict(known.names):
            keep_map(library, found)
        return collection, vectors, found
    kinds = collection.modalities.tolist()
    compared = close_gap(vectors, kinds, made_of=made_of) if drawn.gap.corrected else vectors
    mapped = (compared[:made_of], drawn.layout.xy[:made_of], drawn.clustering.labels[:made_of])
    base = (load_map(library, drawn.onto) if drawn.onto else None) or drawn
    placed = place(compared[n:], *mapped, k=drawn.layout.k, near_from=nearness(base.neighbors))
    if drawn.placed is not None:
        placed = together(drawn.placed, placed)
    neighbors = extend_neighbors(compared, drawn.neighbors, seed=drawn.layout.parameters.get("seed") or 0)
    found = put_on(replace(drawn, neighbors=neighbors), placed, ids)
    found = replace(found, key=key, onto=onto, created=now(), versions=package_versions())
    keep_map(library, found)
    return collection, vectors, found


def put_on(drawn: DrawnMap, placed: Placed, ids: tuple[str, ...]) -> DrawnMap:
    """Put placed items behind those that a map was made of, in the place of any that were placed before."""
    n, layout, clustering = drawn.made_of, drawn.layout, drawn.clustering

    def joined(mapped: NDArray[Any], new: NDArray[Any]) -> NDArray[Any]:
        return np.concatenate([mapped[:n], new])

    labels = joined(clustering.labels, placed.labels)
    preservation = joined(layout.preservation, placed.preservation)
    return replace(
        drawn,
        ids=ids,
        placed=placed,
        layout=Layout(joined(layout.xy, placed.xy), preservation, layout.k, layout.parameters),
        clustering=_with_members(clustering, labels, joined(clustering.strengths, placed.strengths)),
        names=_counted(drawn.names, labels),
    )


def take_off(library: Library, drawn: DrawnMap) -> DrawnMap:
    """Return the map that items were placed on, drawn, clustered and named as it is shown now.

    Raises
    ------
    LibraryError
        If it is not in the library any more.
    """
    base = None if drawn.onto is None else load_map(library, drawn.onto)
    if base is None:
        raise LibraryError(
            f"The map {drawn.onto!r}, onto which items were placed, is not in {str(library.path)!r} any more. "
            "Needed: the map itself. Draw it again with nova_explore.explore, then add the new items to it."
        )
    n, layout, clustering = drawn.made_of, drawn.layout, drawn.clustering
    return replace(
        base,
        layout=Layout(layout.xy[:n], layout.preservation[:n], layout.k, layout.parameters),
        clustering=_with_members(clustering, clustering.labels[:n], clustering.strengths[:n]),
        names=_counted(drawn.names, clustering.labels[:n]),
        stability=drawn.stability,
    )


def place_again(drawn: DrawnMap, base: DrawnMap) -> DrawnMap:
    """Place the same items on another drawing, or other clusters, of the map that they were placed on.

    Parameters
    ----------
    drawn : DrawnMap of n + m items
    base : DrawnMap of its first n

    Returns
    -------
    DrawnMap of n + m items
        With the same neighbours; nothing is compared again.
    """
    placed, n = drawn.placed, drawn.made_of
    if placed is None:
        return base
    if not np.array_equal(base.layout.xy, drawn.layout.xy[:n]):
        placed = draw_again(placed, base.layout.xy)
    if not np.array_equal(base.clustering.labels, drawn.clustering.labels[:n]):
        placed = vote_again(placed, base.clustering.labels, near_from=nearness(base.neighbors))
    changed = {name: getattr(base, name) for name in ("layout", "clustering", "names", "stability")}
    return put_on(replace(drawn, **changed), placed, drawn.ids)


def _digest(drawn: DrawnMap) -> str:
    """What new items are placed by, apart from the vectors: two drawings of one map are two maps to add to."""
    n = drawn.made_of
    digest = hashlib.sha256(np.ascontiguousarray(drawn.layout.xy[:n]).tobytes())
    digest.update(np.ascontiguousarray(drawn.clustering.labels[:n]).tobytes())
    return digest.hexdigest()


def _with_members(clustering: Clustering, labels: NDArray[np.int32], strengths: NDArray[np.float32]) -> Clustering:
    return Clustering(labels, strengths, clustering.parameters, clustering.hierarchy)


def _counted(names: Mapping[int, ClusterName], labels: NDArray[np.int32]) -> dict[int, ClusterName]:
    sizes = np.bincount(labels[labels >= 0], minlength=max(names, default=-1) + 1)
    return {cluster: replace(name, size=int(sizes[cluster])) for cluster, name in names.items()}
