"""The maps that a library holds: listed, and opened again although the library has grown since."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nova_explore.errors import LibraryError, UnknownNameError
from nova_explore.exploration.bundle import Exploration
from nova_explore.exploration.drawn_map import load_map, read_records
from nova_explore.library.aligned import chosen_items
from nova_explore.library.store import Library, open_library
from nova_explore.models.queries import SpaceModel

if TYPE_CHECKING:
    import pandas as pd


def open_map(library: Library | str | Path, key: str | None = None) -> Exploration:
    """Open a map as it was stored, of the items that it had then; nothing is computed.

    Parameters
    ----------
    library : Library or path of a library
    key : str, optional
        One of those that `list_maps` lists, or `Exploration.key`; the newest map where it is not given.

    Returns
    -------
    Exploration
        What has come into the library since is not on it: `Exploration.add` puts it there.

    Raises
    ------
    UnknownNameError
        If the library has no map under this key; says which there are.
    LibraryError
        If it has no map at all, or an item of the map is gone or has become another.
    """
    library = library if isinstance(library, Library) else open_library(library)
    key = find_map(library, key)
    drawn = load_map(library, key)
    if drawn is None:
        raise UnknownNameError("map", key, read_records(library))
    name, space = next((named for named in library.spaces().items() if named[1].key == drawn.space), (None, None))
    if name is None or space is None:
        raise LibraryError(
            f"The map {key!r} is of vectors that {str(library.path)!r} does not hold any more. Needed: those of the "
            f"space {drawn.space}. Embed the media again with the model that made them."
        )
    collection, vectors = chosen_items(library, space, drawn.ids)
    return Exploration(library, collection, SpaceModel(name, space), vectors, drawn)


def find_map(library: Library, key: str | None = None) -> str:
    """Return the key if the library holds such a map, that of the newest map where none is given.

    Raises
    ------
    UnknownNameError, LibraryError
        As `open_map` does.
    """
    records = read_records(library)
    if not records:
        raise LibraryError(
            f"{str(library.path)!r} holds no map that can be opened. Needed: one that this version has drawn. "
            f"Draw one: nova_explore.explore({str(library.path)!r}), or in a terminal nova-explore report "
            f"{library.path}."
        )
    if key is None:
        return max(reversed(records), key=lambda one: records[one]["created"])
    if key not in records:
        raise UnknownNameError("map", key, records)
    return key


def has_added_all(library: Library) -> bool:
    """Whether the newest map is one that items were added to, until it had all that have a vector."""
    records = read_records(library)
    if not records or records[key := find_map(library)]["onto"] is None:
        return False
    drawn = load_map(library, key)
    space = None if drawn is None else next((of for of in library.spaces().values() if of.key == drawn.space), None)
    if drawn is None or space is None:
        return False
    embedded = library.embedded(space)
    return {item.id for item in library.collection() if item.content_key in embedded} == {*drawn.ids}


def list_maps(library: Library | str | Path) -> pd.DataFrame:
    """List the maps that `open_map` opens, newest first.

    Maps of earlier versions, which do not know their items, cannot be opened and are not listed.

    Returns
    -------
    DataFrame
        One row a map, indexed by key: when it was created, of how many items, onto which other map the last of them
        were placed (empty on a map of one piece), the model of its vectors, k, min_cluster_size, min_dist and seed.
    """
    import pandas as pd

    library = library if isinstance(library, Library) else open_library(library)
    models = {space.key: name for name, space in library.spaces().items()}
    columns = ("created", "items", "onto", "model", "k", "min_cluster_size", "min_dist", "seed")
    rows = [
        (
            key, told["created"], told["items"], told["onto"] or "", models.get(told["space"]), told["k"],
            told["clustering"].get("min_cluster_size"), told["layout"].get("min_dist"), told["layout"].get("seed"),
        )
        for key, told in reversed(read_records(library).items())
    ]  # fmt: skip
    rows.sort(key=lambda row: row[1], reverse=True)
    return pd.DataFrame(rows, columns=["key", *columns]).set_index("key")
