"""The one call that walks the chain: library, neighbours, layout, clusters, names, exploration."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nova_explore.clusters.cluster import Clustering, cluster
from nova_explore.clusters.names import OwnWords, name_clusters
from nova_explore.clusters.stability import doubt
from nova_explore.collection import Collection
from nova_explore.embedding.embed import embed
from nova_explore.errors import LibraryError, SpaceMismatchError, TooFewItemsError
from nova_explore.exploration.bundle import Exploration
from nova_explore.exploration.drawn_map import DrawnMap, Parts, keep_map, load_map, load_parts, map_key
from nova_explore.library.aligned import embedded_items
from nova_explore.library.stamps import now, package_versions
from nova_explore.library.store import MARKER, Library, open_library
from nova_explore.map.basis import MapBasis
from nova_explore.map.layout import Layout, first_picture, lay_out
from nova_explore.map.modality_gap import ModalityGap, compared_vectors
from nova_explore.map.neighbors import Neighbors
from nova_explore.models.model import EmbeddingModel
from nova_explore.models.queries import SpaceModel
from nova_explore.models.registry import open_model
from nova_explore.parameters import share, whole_number


class Watcher(Protocol):
    """Follows a map while it is computed."""

    def opened(self, exploration: Exploration) -> None:
        """Take the items with their principal components for a map: no neighbours and no clusters are known yet."""
        ...

    def working(self, on: str) -> None:
        """Hear what is computed now."""
        ...

    def moved(self, xy: NDArray[np.float32]) -> None:
        """Take coordinates of shape (n, 2) on their way, some twenty times."""
        ...


def explore(
    source: Library | Collection | str | Path,
    *,
    to: str | Path | None = None,
    model: str | EmbeddingModel | None = None,
    k: int = 15,
    min_cluster_size: int | None = None,
    min_dist: float = 0.1,
    vocabulary: Sequence[str] = (),
    stop_words: Sequence[str] = (),
    seed: int | None = 0,
    progress: bool = True,
    watch: Watcher | None = None,
) -> Exploration:
    """Walk the chain from a library to a map: neighbours, layout, clusters, names.

    Parameters
    ----------
    source : Library, path of a library, or anything that `nova_explore.embed` takes
        What is not a library yet is embedded first.
    to : str or Path, optional
        Where to keep the library then; by default ``NAME.nova`` in the working directory.
    model : str or EmbeddingModel, optional
        Whose vectors to use, where the library holds several spaces; what to embed with, where there is none yet
        ("local" by default).
    k : int, default 15
        Neighbours an item; smaller collections use what they have.
    min_cluster_size : int, optional
        Items that a cluster holds at least; grows with the collection where it is not given.
    min_dist : float, default 0.1
        How closely points may be packed on the map.
    vocabulary : sequence of str, optional
        Your own words and phrases. A cluster is named by them where its items say them, and "perhaps: …" by the nearest
        of them where no words reach.
    stop_words : sequence of str, optional
        Words that no name shall have, beside the lists of 22 languages that names know.
    seed : int or None, default 0
        The same seed gives the same map on the same machine and versions; None draws one and does not repeat.
    progress : bool, default True
        Show progress bars.
    watch : Watcher, optional
        Follows the map while it is computed; `nova_explore.show` draws it in a notebook.

    Returns
    -------
    Exploration
        A map that was computed before with the same parameters, from the same items, is read from the library; of one
        with other parameters what does not depend on them is. Where items were added to a map, this is another one, of
        all of them: `nova_explore.open_map` opens the one that they were added to.

    Raises
    ------
    TooFewItemsError
        If no item has a vector.
    ValueError
        If ``k``, ``min_cluster_size``, ``min_dist`` or ``seed`` is out of range; nothing is embedded or computed then.
    """
    k, min_dist = whole_number("k", k, least=1), share("min_dist", min_dist)
    min_cluster_size = None if min_cluster_size is None else whole_number("min_cluster_size", min_cluster_size, least=2)
    seed = None if seed is None else whole_number("seed", seed)
    own_words = OwnWords.of(vocabulary, stop_words)
    library = _as_library(source, to=to, model=model, progress=progress)
    source_model = _choose_space(library, model)
    space = source_model.space
    collection, vectors = embedded_items(library, space)
    if not len(collection):
        raise TooFewItemsError(
            f"A map needs at least 1 item with a vector, {str(library.path)!r} has none. "
            "Look at library.collection().unread_frame() for what could not be read."
        )
    k = min(k, len(collection) - 1)
    parameters = {"k": k, "min_cluster_size": min_cluster_size, "min_dist": min_dist, "seed": seed}
    parameters |= own_words.parameters
    drawn, basis = None, None
    if seed is not None:
        drawn = load_map(library, map_key(space.key, collection.ids, parameters))
    if drawn is None:
        if watch is not None:
            first = _first_map(vectors, collection.ids, space.key)
            watch.opened(Exploration(library, collection, source_model, vectors, first))
        watch = watch or _Unwatched()
        parts = Parts()
        if seed is not None:
            parts = load_parts(library, space.key, collection.ids, k=k, min_dist=min_dist, seed=seed)
        basis, layout, clustering = _draw(
            vectors, collection.modalities.tolist(), parts, watch, source_model,
            k=k, min_dist=min_dist, min_cluster_size=min_cluster_size, seed=seed,
        )  # fmt: skip
        clustering, stability = doubt(clustering, basis, size_chosen=min_cluster_size is not None)
        watch.working("naming the clusters")
        names = name_clusters(
            collection, vectors, clustering, embed_phrases=source_model.embed_phrases, own_words=own_words
        )
        made = (basis.neighbors, basis.gap, layout, clustering, names)
        ids = collection.ids
        key = map_key(space.key, ids, parameters)
        drawn = DrawnMap(
            key, now(), *made, package_versions(), ids, space.key, stability=stability, own_words=own_words
        )
        keep_map(library, drawn)
    return Exploration(library, collection, source_model, vectors, drawn, basis=basis)


class _Unwatched:
    def opened(self, exploration: Exploration) -> None:
        pass

    def working(self, on: str) -> None:
        pass

    def moved(self, xy: NDArray[np.float32]) -> None:
        pass


def _first_map(vectors: NDArray[np.float32], ids: tuple[str, ...], space: str) -> DrawnMap:
    n = len(vectors)
    nothing = Neighbors(np.empty((n, 0), np.int32), np.empty((n, 0), np.float32))
    unclustered = Clustering(np.full(n, -1, np.int32), np.zeros(n, np.float32), {})
    together = ModalityGap(1, 1, False, 1)
    return DrawnMap("", now(), nothing, together, first_picture(vectors), unclustered, {}, {}, ids, space)


def _draw(
    vectors: NDArray[np.float32],
    modalities: Sequence[str],
    parts: Parts,
    watch: Watcher,
    model: SpaceModel,
    *,
    k: int,
    min_dist: float,
    min_cluster_size: int | None,
    seed: int | None,
) -> tuple[MapBasis, Layout, Clustering]:
    """Compute what is not in the parts."""
    tree = parts.hierarchy if (min_cluster_size or 0) <= len(vectors) else None
    layout = parts.layout
    compared = None
    if parts.found is None:
        watch.working("finding neighbours")
        capabilities = model.capabilities
        prefix = None if capabilities is None else capabilities.prefix
        compared, neighbors, gap = compared_vectors(vectors, modalities, k=k, prefix=prefix, seed=seed or 0)
    else:
        neighbors, gap = parts.found
    basis = MapBasis(vectors, modalities, neighbors, gap, compared=compared)
    if layout is None:
        watch.working("drawing the map")
        layout = lay_out(basis.components, basis.graph, neighbors, min_dist=min_dist, seed=seed, show=watch.moved)
    if tree is not None:
        return basis, layout, tree.cut(min_cluster_size or tree.sweep().suggested)
    watch.working("finding the clusters")
    return basis, layout, cluster(basis.components, basis.graph, min_cluster_size=min_cluster_size, seed=seed)


def _as_library(
    source: Library | Collection | str | Path,
    *,
    to: str | Path | None,
    model: str | EmbeddingModel | None,
    progress: bool,
) -> Library:
    if isinstance(source, Library):
        return source
    if isinstance(source, (str, Path)) and (Path(source).expanduser() / MARKER).exists():
        return open_library(source)
    if to is None:
        if not isinstance(source, (str, Path)):
            raise LibraryError(
                "A collection has no name to keep its library under. Say where: explore(…, to='media.nova')."
            )
        to = f"{Path(source).expanduser().absolute().stem}.nova"
    return embed(source, to=to, model=model or "local", progress=progress)


def _choose_space(library: Library, model: str | EmbeddingModel | None) -> SpaceModel:
    spaces = library.spaces()
    if model is None:
        if len(spaces) > 1:
            raise SpaceMismatchError(
                "no choice",
                "one of " + ", ".join(spaces),
                f"Say which: explore(…, model={next(iter(spaces))!r}).",
            )
        for name, space in spaces.items():
            return SpaceModel(name, space)
        raise LibraryError(f"{str(library.path)!r} holds no vectors yet. Embed something into it first.")
    opened = open_model(model)
    if opened.space not in spaces.values():
        raise SpaceMismatchError(
            f"the model {opened.name!r} with the space {opened.space}",
            " or ".join(map(str, spaces.values())) or "a library with vectors",
            "Embed the library with this model first: embed(…, new_space=True).",
        )
    return SpaceModel(opened.name, opened.space, opened)
