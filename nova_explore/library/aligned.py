"""The items of a library that have a vector in a space, and their vectors row by row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import ID_LENGTH, Collection, Unread, shortened
from nova_explore.errors import LibraryError
from nova_explore.library.store import Library
from nova_explore.space import Space


def embedded_items(library: Library, space: Space) -> tuple[Collection, NDArray[np.float32]]:
    """All items with a vector, in the library's order; the others join the unread with their reasons.

    Returns
    -------
    collection : Collection of n items
    vectors : float32 array of shape (n, d)
    """
    everything = library.collection()
    vectors, present = library.vectors(space, everything.content_keys)
    kept = everything if present.all() else everything.at(np.flatnonzero(present))
    return kept.with_unread(_unread(library, space, everything, np.flatnonzero(~present))), vectors


def chosen_items(library: Library, space: Space, ids: Sequence[str]) -> tuple[Collection, NDArray[np.float32]]:
    """The items with these ids, in this order, and their vectors; what else has a vector is left out.

    Returns
    -------
    collection : Collection of n items
        Its unread are those of the whole library.
    vectors : float32 array of shape (n, d)

    Raises
    ------
    LibraryError
        If an item is not there any more, has become another, or has no vector any more.
    """
    everything = library.collection()
    _refuse(library, ids, [id for id in ids if not everything.has(id)], "Not in the library any more")
    chosen = everything.select(ids)
    keys = chosen.content_keys
    changed = [id for id, key in zip(ids, keys, strict=True) if id.partition("~")[0] != key[:ID_LENGTH]]
    _refuse(library, ids, changed, "Not of the content that they had")
    vectors, present = library.vectors(space, keys)
    _refuse(library, ids, [ids[place] for place in np.flatnonzero(~present).tolist()], f"Without a vector in {space}")
    embedded = library.embedded(space)
    missing = [position for position, key in enumerate(everything.content_keys) if key not in embedded]
    return chosen.with_unread(_unread(library, space, everything, missing)), vectors


def _unread(
    library: Library, space: Space, everything: Collection, missing: Sequence[int] | NDArray[np.intp]
) -> tuple[Unread, ...]:
    failures = library.failures(space)
    reasons = [
        Unread(item.name, failures.get(item.content_key, "Not embedded yet. Run embed again to go on."))
        for item in everything.at(missing)
    ]
    return (*everything.unread, *reasons)


def _refuse(library: Library, ids: Sequence[str], missing: Sequence[str], what: str) -> None:
    if missing:
        raise LibraryError(
            f"{what}: {len(missing):,} of the map's {len(ids):,} items ({shortened(missing)}). Needed: all of "
            f"them, as they were in {str(library.path)!r}. Embed their media again, or draw a new map with "
            "nova_explore.explore."
        )
