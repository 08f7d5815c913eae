"""The one call that walks the chain: library, neighbours, layout, clusters, names, exploration."""

from __future__ import annotations

from pathlib import Path

from nova_explore.artefacts import Map, load_map, map_key, save_map
from nova_explore.cluster import DIMENSIONS, cluster
from nova_explore.collection import Collection
from nova_explore.embedded import embedded_items
from nova_explore.embedding import embed, phrase_embedder
from nova_explore.errors import LibraryError, SpaceMismatchError, TooFewItemsError
from nova_explore.exploration import Exploration
from nova_explore.label import name_clusters
from nova_explore.layout import lay_out, principal_components, weigh
from nova_explore.modality_gap import compared_vectors
from nova_explore.models.model import EmbeddingModel, Space, open_model
from nova_explore.models.nova_request import DIMENSIONS as LENGTHS
from nova_explore.models.nova_request import MODEL_ID
from nova_explore.run import package_versions
from nova_explore.store import MARKER, Library, now, open_library


def explore(
    source: Library | Collection | str | Path,
    *,
    to: str | Path | None = None,
    model: str | EmbeddingModel | None = None,
    k: int = 15,
    min_cluster_size: int | None = None,
    min_dist: float = 0.1,
    seed: int | None = 0,
    progress: bool = True,
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
        Items below which a group is not called a cluster; grows with the collection where it is not given.
    min_dist : float, default 0.1
        How closely points may be packed on the map.
    seed : int or None, default 0
        The same seed gives the same map on the same machine and versions; None draws one and does not repeat.
    progress : bool, default True
        Show progress bars.

    Returns
    -------
    Exploration
        A map that was computed before with the same parameters, from the same items, is read from the library.

    Raises
    ------
    TooFewItemsError
        If fewer than two items have a vector.
    """
    library = _as_library(source, to=to, model=model, progress=progress)
    name, space, opened = _choose_space(library, model)
    collection, vectors = embedded_items(library, space)
    if len(collection) < 2:
        raise TooFewItemsError(
            f"A map needs at least 2 items with a vector, {str(library.path)!r} has {len(collection)}. "
            "Look at library.collection().unread_frame() for what could not be read."
        )
    k = min(k, len(collection) - 1)
    parameters = {"k": k, "min_cluster_size": min_cluster_size, "min_dist": min_dist, "seed": seed}
    key = map_key(space, collection.ids, parameters)
    drawn = load_map(library, key) if seed is not None else None
    if drawn is None:
        kinds = [str(item.modality) for item in collection]
        prefix = min(LENGTHS) if space.model == MODEL_ID else None
        compared, neighbors, gap = compared_vectors(vectors, kinds, k=k, prefix=prefix, seed=seed or 0)
        graph = weigh(neighbors)
        start = principal_components(compared, DIMENSIONS)
        layout = lay_out(start, graph, neighbors, min_dist=min_dist, seed=seed)
        clustering = cluster(start, graph, min_cluster_size=min_cluster_size, seed=seed)
        phrases = phrase_embedder(name, space, opened)
        names = name_clusters(collection, vectors, clustering, embed_phrases=phrases)
        made = (neighbors, gap, layout, clustering, names)
        drawn = Map(key, now(), *made, package_versions(), collection.ids, space.key)
        save_map(library, drawn)
    return Exploration(library, collection, name, space, vectors, drawn, opened)


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


def _choose_space(library: Library, model: str | EmbeddingModel | None) -> tuple[str, Space, EmbeddingModel | None]:
    spaces = library.spaces()
    if model is None:
        if len(spaces) > 1:
            raise SpaceMismatchError(
                "no choice",
                "one of " + ", ".join(spaces),
                f"Say which: explore(…, model={next(iter(spaces))!r}).",
            )
        for name, space in spaces.items():
            return name, space, None
        raise LibraryError(f"{str(library.path)!r} holds no vectors yet. Embed something into it first.")
    opened = open_model(model)
    if opened.space not in spaces.values():
        raise SpaceMismatchError(
            f"the model {opened.name!r} with the space {opened.space}",
            " or ".join(map(str, spaces.values())) or "a library with vectors",
            "Embed the library with this model first: embed(…, new_space=True).",
        )
    return opened.name, opened.space, opened
