"""Item, Slice and Collection: the things that get vectors, in a fixed order, with what could not be read.

An *item* is one thing that gets one vector. Its identity is its content: ``content_key`` is computed from the
digest of the bytes it comes from and the span within them, so it is the same on every machine and in every run.
``id`` is that key, shortened, with ``~2``, ``~3`` … appended for further copies of the same content.
"""

from __future__ import annotations

import hashlib
import html
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, overload

from nova_explore.errors import UnknownNameError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

Scalar = str | int | float | bool | None

ID_LENGTH = 16


class Modality(StrEnum):
    """What kind of media an item is."""

    TEXT = "text"
    IMAGE = "image"
    PAGE = "page"
    AUDIO = "audio"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class Span:
    """The part of its source that an item covers.

    Attributes
    ----------
    unit : {"page", "seconds", "characters"}
        What ``start`` and ``end`` count. Pages are zero-based; ``end`` is exclusive for every unit.
    start, end : float
        Half-open interval ``[start, end)``.
    """

    unit: str
    start: float
    end: float

    def __str__(self) -> str:
        if self.unit == "page":
            return f"page {int(self.start) + 1}"
        if self.unit == "seconds":
            return f"{self.start:g}–{self.end:g} s"
        return f"characters {int(self.start)}–{int(self.end)}"


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One thing that gets one vector.

    Attributes
    ----------
    id : str
        Unique in its collection and stable across runs and machines.
    modality : Modality
        Found from the content, never from the file's name.
    uri : str
        Where the medium is: an absolute path, or a URI. Cells of a table are ``…/table.csv#row=12``.
    name : str
        What a person calls it: the path relative to the source, or the row.
    format : str
        The container or encoding found in the content: ``png``, ``pdf``, ``mp3``, ``txt`` …
    digest : str
        SHA-256 (hex) of the bytes of the whole source file, or of the text of a table cell.
    span : Span or None
        The part of the source, None where the item is all of it.
    text : str or None
        The words themselves: the text of a text item, the text layer of a document page.
    as_image : bool
        A page to be read from its picture (a scan) rather than from its text layer.
    metadata : Mapping[str, Scalar]
        Read-only columns: caption, tags, width, height, duration, and whatever the source brought.
    """

    id: str
    modality: Modality
    uri: str
    name: str
    format: str
    digest: str
    span: Span | None = None
    text: str | None = None
    as_image: bool = False
    metadata: Mapping[str, Scalar] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        object.__setattr__(self, "metadata", MappingProxyType(dict(self.metadata)))

    @property
    def content_key(self) -> str:
        """Key of what is embedded: equal for two identical files, whatever they are called (64 hex digits)."""
        span = f"{self.span.unit}:{self.span.start:.3f}:{self.span.end:.3f}" if self.span else ""
        form = "image" if self.as_image else ""
        return hashlib.sha256(f"1|{self.modality}|{self.digest}|{span}|{form}".encode()).hexdigest()

    @property
    def parent(self) -> str | None:
        """Id shared by all parts of one source; None for an item that is the whole of its source."""
        return self.digest[:ID_LENGTH] if self.span else None

    @property
    def title(self) -> str:
        """One line for a person: the caption where there is one, else the name, with the span."""
        caption = self.metadata.get("caption")
        where = f" · {self.span}" if self.span else ""
        return f"{caption}{where}" if caption else f"{self.name}{where}"

    def __repr__(self) -> str:
        return f"Item({self.id!r}, {self.modality}, {self.title!r})"


@dataclass(frozen=True, slots=True)
class Unread:
    """Something in the source that could not be used, and why.

    Attributes
    ----------
    name : str
        The path relative to the source; undecodable bytes are written as hexadecimal escapes.
    reason : str
        A sentence a person can act on.
    """

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Slice:
    """A named set of item ids: a lasso, a cluster, a search result, a filter."""

    name: str
    ids: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __contains__(self, id: object) -> bool:
        return id in self.ids


def number_copies(items: Iterable[Item]) -> list[Item]:
    """Give every item its id: the shortened content key, with ``~2``, ``~3`` … for further copies."""
    seen: dict[str, int] = {}
    numbered = []
    for item in items:
        key = item.content_key[:ID_LENGTH]
        copy = seen[key] = seen.get(key, 0) + 1
        numbered.append(replace(item, id=key if copy == 1 else f"{key}~{copy}"))
    return numbered


class Collection(Sequence[Item]):
    """An ordered set of items, with what could not be read kept by name.

    Parameters
    ----------
    items : iterable of Item
        In the order that vectors, coordinates and labels will follow. Ids must be unique.
    unread : iterable of Unread
        What was found and could not be used.
    """

    __slots__ = ("_columns", "_ids", "_items", "_kind_codes", "_positions", "unread")

    def __init__(self, items: Iterable[Item], unread: Iterable[Unread] = ()) -> None:
        self._items = tuple(items)
        self._positions = {item.id: position for position, item in enumerate(self._items)}
        self._ids = tuple(self._positions)
        self._columns: tuple[str, ...] | None = None
        self._kind_codes: NDArray[np.uint8] | None = None
        self.unread = tuple(unread)
        if len(self._positions) != len(self._items):
            raise ValueError(
                f"{len(self._items)} items have only {len(self._positions)} different ids. Every item needs its own: "
                "build the collection with nova_explore.read, or number copies with collection.number_copies."
            )

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, key: int) -> Item: ...
    @overload
    def __getitem__(self, key: str) -> Item: ...  # pyright: ignore[reportOverlappingOverload]
    @overload
    def __getitem__(self, key: slice) -> Collection: ...
    def __getitem__(self, key: int | str | slice) -> Item | Collection:
        """Look up one item by position or id, or cut a part by slice."""
        if isinstance(key, slice):
            return Collection(self._items[key])
        return self._items[self.position(key) if isinstance(key, str) else key]

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items)

    @property
    def ids(self) -> tuple[str, ...]:
        """Item ids, in order."""
        return self._ids

    def has(self, id: str) -> bool:
        """Whether there is an item of this id."""
        return id in self._positions

    def position(self, id: str) -> int:
        """Place of an id in the order.

        Raises
        ------
        UnknownNameError
            If no item has this id.
        """
        try:
            return self._positions[id]
        except KeyError:
            raise UnknownNameError("item", id, self._positions) from None

    def positions(self, ids: Iterable[str]) -> list[int]:
        """Places of several ids, in the order given."""
        ids = tuple(ids)
        try:
            return list(map(self._positions.__getitem__, ids))
        except KeyError:
            return [self.position(id) for id in ids]

    def select(self, ids: Iterable[str]) -> Collection:
        """Return the items with these ids, in the order given."""
        return Collection(self[id] for id in ids)

    def filter(self, keep: Callable[[Item], bool]) -> Collection:
        """Return the items for which ``keep`` is true, in order."""
        return Collection(item for item in self._items if keep(item))

    def counts(self) -> dict[str, int]:
        """Items per modality, only those present, in the order of `Modality`."""
        import numpy as np

        sizes = np.bincount(self._kinds(), minlength=len(Modality)).tolist()
        return {str(kind): size for kind, size in zip(Modality, sizes, strict=True) if size}

    @property
    def modalities(self) -> NDArray[np.str_]:
        """Modality of every item: an array of shape (n,)."""
        import numpy as np

        return np.array([str(kind) for kind in Modality])[self._kinds()]

    def _kinds(self) -> NDArray[np.uint8]:
        import numpy as np

        if self._kind_codes is None:
            order = {kind: place for place, kind in enumerate(Modality)}
            self._kind_codes = np.fromiter((order[item.modality] for item in self._items), np.uint8, len(self._items))
        return self._kind_codes

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all metadata columns, in order of first appearance."""
        if self._columns is None:
            self._columns = tuple(dict.fromkeys(chain.from_iterable(item.metadata for item in self._items)))
        return self._columns

    def to_frame(self) -> pd.DataFrame:
        """One row an item, indexed by id: modality, name, span, text, uri, and a column for every metadata name."""
        import pandas as pd

        columns: dict[str, list[Scalar]] = {
            "modality": [str(item.modality) for item in self],
            "name": [item.name for item in self],
            "span": [str(item.span) if item.span else None for item in self],
            "text": [item.text for item in self],
            "uri": [item.uri for item in self],
        }
        ours = tuple(columns)
        for column in self.columns:
            name = f"metadata.{column}" if column in ours else column
            columns[name] = [item.metadata.get(column) for item in self]
        return pd.DataFrame(columns, index=pd.Index(self.ids, name="id"))

    def to_arrow(self) -> pa.Table:
        """Return the columns of `to_frame` as an Arrow table, ids first."""
        return arrow_of(self.to_frame())

    def unread_frame(self) -> pd.DataFrame:
        """What could not be read: name and reason."""
        import pandas as pd

        return pd.DataFrame([(u.name, u.reason) for u in self.unread], columns=["name", "reason"])

    def __str__(self) -> str:
        counted = ", ".join(f"{count:,} {kind}" for kind, count in self.counts().items())
        head = f"{len(self):,} {'item' if len(self) == 1 else 'items'}" + (f" ({counted})" if counted else "")
        if not self.unread:
            return head
        return f"{head}; {len(self.unread):,} {'file' if len(self.unread) == 1 else 'files'} could not be read"

    def __repr__(self) -> str:
        return f"<Collection: {self}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td style='text-align:left'>{html.escape(u.name)}</td>"
            f"<td style='text-align:left'>{html.escape(u.reason)}</td></tr>"
            for u in self.unread
        )
        table = f"<table><tr><th>could not be read</th><th>reason</th></tr>{rows}</table>" if rows else ""
        return f"<div><b>{html.escape(str(self))}</b>{table}</div>"


def arrow_of(frame: pd.DataFrame) -> pa.Table:
    """Turn a data frame into an Arrow table, its index the first column.

    A column of Arrow has one type. One that mixes types here, as metadata of many sources may, becomes text there.
    """
    import pyarrow as pa

    frame = frame.reset_index()
    arrays = []
    for name in frame:
        try:
            arrays.append(pa.Array.from_pandas(frame[name]))
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            texts = [None if value is None else str(value) for value in frame[name]]
            arrays.append(pa.array(texts, pa.string()))
    return pa.table(arrays, [str(name) for name in frame])
