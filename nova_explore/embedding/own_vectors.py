"""Vectors that a person brings, into a library."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nova_explore.collection import Collection
from nova_explore.embedding.embed import embed
from nova_explore.library.store import Library
from nova_explore.models.own import OwnModel, read_vectors
from nova_explore.sources.read import read


def import_vectors(
    source: Any,
    vectors: Any,
    *,
    to: str | Path,
    model: str,
    ids: Sequence[str] | None = None,
    id: str = "id",
    vector: str = "vector",
    revision: str = "1",
    new_space: bool = False,
    progress: bool = True,
) -> Library:
    """Put vectors that were made elsewhere into a library.

    Parameters
    ----------
    source : Collection, or anything that `nova_explore.read` takes
        What the vectors are of.
    vectors : array, mapping, data frame, pyarrow Table or path
        See `nova_explore.models.own.read_vectors`.
    to : str or Path
        The library's folder.
    model : str
        What the model that made them is called.
    ids : sequence of str, optional
        The ids of an array's rows: item ids, content keys, addresses or names.
    id, vector : str
        Names of the columns.
    revision : str, default "1"
        Version of the model.
    new_space, progress : bool
        As in `nova_explore.embed`.

    Returns
    -------
    Library
        With a vector for every item that one was given for; the others are listed with that as their reason.

    Warns
    -----
    UserWarning
        If vectors were brought to unit length, ids belong to no item, or items have no vector.

    Raises
    ------
    SourceError
        If the vectors cannot be matched or used; nothing is stored then.
    """
    collection = source if isinstance(source, Collection) else read(source, progress=progress)
    own = read_vectors(vectors, ids=ids, id=id, vector=vector)
    brought = OwnModel(own, collection, name=model, revision=revision)
    said = []
    if own.normalised:
        said.append(f"{own.normalised:,} of {len(own.ids):,} vectors were brought to unit length")
    if brought.unmatched:
        shown = ", ".join(map(repr, brought.unmatched[:5]))
        said.append(
            f"{len(brought.unmatched):,} ids belong to no item ({shown}{', …' if brought.unmatched[5:] else ''})"
        )
    if brought.matched < len(collection):
        said.append(f"{len(collection) - brought.matched:,} of {len(collection):,} items have no vector")
    if said:
        warnings.warn("; ".join(said) + ".", stacklevel=2)
    return embed(collection, to=to, model=brought, new_space=new_space, progress=progress)
