"""Vectors that a person brings: numpy arrays, Arrow and Parquet tables, each vector with the id of its item.

A vector is matched by id, never by its place in a file: a table that was sorted in between would give every item the
vector of another, and the map would look as good as ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Collection, Item, Modality
from nova_explore.errors import SourceError, UnknownNameError
from nova_explore.models.model import Capabilities
from nova_explore.space import ItemError, Role, Space, Vector

IMPORTED = "imported"
"""The preprocessing of a space whose model is not here: nothing else can be embedded into it."""

UNIT = 1e-3
"""How far from 1 a length may be and still count as 1: float32 and float16 files round."""

MISSING = ItemError("No vector was given for it. Add a row with its id, its address or its name, and import again.")
NO_QUERY = ItemError(
    "Imported vectors answer no query: the model that made them is not here. Pass the model itself, with encode, as "
    "nova_explore.models.clip.EncoderModel."
)


@dataclass(frozen=True, slots=True, eq=False)
class OwnVectors:
    """Vectors with ids.

    Attributes
    ----------
    ids : tuple of str
        One a row, each once.
    vectors : float32 array of shape (n, d)
        Finite, unit rows, read-only.
    normalised : int
        Rows that were brought to unit length; 0 where all had it.
    digest : str
        Of ids and vectors, as they are here.
    """

    ids: tuple[str, ...]
    vectors: NDArray[np.float32]
    normalised: int
    digest: str


def read_vectors(
    source: Any, *, ids: Sequence[str] | None = None, id: str = "id", vector: str = "vector"
) -> OwnVectors:
    """Read, check and normalise vectors.

    Parameters
    ----------
    source : array, mapping of id to vector, table, or path of a file
        The vectors. A table is a pandas data frame or anything that offers itself as a stream of Arrow
        (``__arrow_c_stream__``): a pyarrow Table, a frame of polars, a relation of DuckDB. A file is ``.parquet``,
        ``.arrow``, ``.feather``, or an ``.npz`` with the two arrays.
    ids : sequence of str, optional
        The ids of an array's rows. Needed with an array, refused with everything else.
    id, vector : str
        Names of the columns, or of the arrays in an ``.npz`` file.

    Raises
    ------
    SourceError
        If there are no ids, an id is there twice, the vectors are not all of one length, not finite, or zero.
    UnknownNameError
        If a table has no such column.
    """
    found, rows = _ids_and_rows(source, ids, id, vector)
    try:
        matrix = np.array([np.asarray(row, np.float64) for row in rows], dtype=np.float64)
    except (TypeError, ValueError):
        raise SourceError("The vectors are not all of one length, or hold something that is no number.") from None
    if matrix.ndim != 2 or not matrix.size:
        raise SourceError(f"The vectors have the shape {matrix.shape}, needed is (n, d) with one row an item.")
    if len(found) != len(matrix):
        raise SourceError(f"There are {len(found):,} ids for {len(matrix):,} vectors. Give each vector its id.")
    if len(set(found)) < len(found):
        twice = sorted({name for name in found if found.count(name) > 1}) if len(found) < 20_000 else []
        raise SourceError(
            f"{len(found) - len(set(found)):,} ids are there twice{_shown(twice)}. Give each vector its own."
        )
    bad = [found[place] for place in np.flatnonzero(~np.isfinite(matrix).all(axis=1))]
    if bad:
        raise SourceError(f"{len(bad):,} vectors hold values that are not finite{_shown(bad)}. Leave them out.")
    lengths = np.linalg.norm(matrix, axis=1)
    if not lengths.all():
        zero = [name for name, length in zip(found, lengths, strict=True) if not length]
        raise SourceError(f"{len(zero):,} vectors are all zeros{_shown(zero)}, which point nowhere. Leave them out.")
    unit = (matrix / lengths[:, None]).astype(np.float32)
    unit.setflags(write=False)
    digest = hashlib.sha256("\n".join(found).encode() + unit.tobytes()).hexdigest()
    return OwnVectors(tuple(found), unit, int((abs(lengths - 1) > UNIT).sum()), digest)


def _ids_and_rows(source: Any, ids: Sequence[str] | None, id: str, vector: str) -> tuple[list[str], Iterable[Any]]:
    if isinstance(source, str | Path):
        path = Path(source).expanduser()
        if not path.is_file():
            raise SourceError(f"There is no file {str(path)!r}. Check the path.")
        source = _opened(path)
    if ids is not None:
        if isinstance(source, Mapping) or hasattr(source, "columns") or hasattr(source, "__arrow_c_stream__"):
            raise SourceError("ids=… goes with an array; a table or mapping has its ids in it. Give one or the other.")
        return [str(name) for name in ids], source
    if hasattr(source, "__arrow_c_stream__") and not hasattr(source, "iloc"):  # pyarrow, polars, DuckDB …
        import pyarrow as pa

        source = pa.table(source)
        columns = {name: source[name].to_pylist() for name in source.column_names if name in (id, vector)}
        return _columns(columns, source.column_names, id, vector)
    if hasattr(source, "columns"):  # pandas
        table = source if id in source.columns else source.rename_axis(id).reset_index()
        columns = {name: list(table[name]) for name in table.columns if name in (id, vector)}
        return _columns(columns, table.columns, id, vector)
    if isinstance(source, Mapping):
        if {id, vector} <= source.keys():
            return [str(name) for name in source[id]], source[vector]
        return [str(name) for name in source], source.values()
    raise SourceError(
        "Vectors without ids cannot be matched to items: their order is no proof. Pass ids=…, one for each row: item "
        "ids (collection.ids), addresses, or names."
    )


def _columns(
    columns: Mapping[str, list[Any]], there: Iterable[str], id: str, vector: str
) -> tuple[list[str], list[Any]]:
    for name in (id, vector):
        if name not in columns:
            raise UnknownNameError("column", name, there)
    return [str(name) for name in columns[id]], columns[vector]


def _opened(path: Path) -> Any:
    ending = path.suffix.lower()
    if ending == ".parquet":
        import pyarrow.parquet

        return pyarrow.parquet.read_table(path)
    if ending in (".arrow", ".feather"):
        import pyarrow.feather

        return pyarrow.feather.read_table(path)
    if ending == ".npz":
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays}
    if ending == ".npy":
        return np.load(path, allow_pickle=False)
    raise SourceError(f"{path.name!r} is no kind of file that vectors are read from: .parquet, .arrow, .feather, .npz.")


def _shown(names: Sequence[str]) -> str:
    return f" ({', '.join(map(repr, names[:5]))}{', …' if len(names) > 5 else ''})" if names else ""


class OwnModel:
    """Presents vectors that a person brought as a model, so that they go into a library like any others.

    Parameters
    ----------
    own : OwnVectors
        The vectors.
    collection : Collection
        Whose items they belong to.
    name : str
        What the model that made them is called.
    revision : str
        Its version. Vectors of two versions under one name would be mixed.

    Attributes
    ----------
    matched, unmatched : int, tuple of str
        Items with a vector, and ids that belong to no item.

    Raises
    ------
    SourceError
        If no id belongs to an item, or a name belongs to several items of different content.
    """

    def __init__(self, own: OwnVectors, collection: Collection, *, name: str, revision: str = "1") -> None:
        self.name = name
        self.space = Space(name, revision, "index", own.vectors.shape[1], IMPORTED)
        self.capabilities = Capabilities(frozenset(Modality), 1024, frozenset())
        self._rows: dict[str, Vector] = {}
        contents: dict[str, set[str]] = {}
        for item in collection:
            for known in {item.id, item.content_key, item.uri, item.name}:
                contents.setdefault(known, set()).add(item.content_key)
        unclear = [given for given in own.ids if len(contents.get(given, ())) > 1]
        if unclear:
            raise SourceError(
                f"{len(unclear):,} ids stand for several items{_shown(unclear)}, such as the pages of one document. "
                "Use item ids: collection.ids."
            )
        for given, row in zip(own.ids, own.vectors, strict=True):
            for key in contents.get(given, ()):
                if key in self._rows and not np.allclose(self._rows[key], row, atol=UNIT):
                    raise SourceError(
                        f"Two different vectors are given for the same content; the second under {given!r}."
                    )
                self._rows[key] = row
        self.matched = sum(item.content_key in self._rows for item in collection)
        self.unmatched = tuple(given for given in own.ids if given not in contents)
        if not self.matched:
            raise SourceError(
                f"None of the {len(own.ids):,} ids belongs to an item{_shown(own.ids)}. Items are known by id, content "
                f"key, address or name{_shown([collection[0].id, collection[0].name] if len(collection) else [])}."
            )

    def embed_batch(self, items: Sequence[Item], *, role: Role = "index") -> list[Vector | ItemError]:
        if role == "query":
            return [NO_QUERY for _ in items]
        return [self._rows.get(item.content_key, MISSING) for item in items]
