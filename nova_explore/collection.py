"""Item, Slice and Collection: the things that get vectors, in a fixed order, with what could not be read.

An *item* is one thing that gets one vector. Its identity is its content: ``content_key`` is computed from the
digest of the bytes it comes from and the span within them, so it is the same on every machine and in every run.
``id`` is that key, shortened, with ``~2``, ``~3`` … appended for further copies of the same content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, overload, runtime_checkable

from nova_explore.errors import UnknownNameError
from nova_explore.tables import arrow_of, free_names, show_table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

Scalar = str | int | float | bool | None

ID_LENGTH = 16
LONGEST_TITLE = 160
"""Characters of a caption that are shown as a title; a transcript is a caption, too."""


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
        """One line for a person: the caption's first where there is one, else the name, with the span."""
        caption = str(self.metadata.get("caption") or "").strip().partition("\n")[0]
        shown = f"{caption[: LONGEST_TITLE - 1].rstrip()}…" if len(caption) > LONGEST_TITLE else caption
        where = f" · {self.span}" if self.span else ""
        return f"{shown or self.name}{where}"

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


def shortened(names: Sequence[str], most: int = 3) -> str:
    """The first of several names, for a sentence."""
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")


def number_copies(items: Iterable[Item]) -> list[Item]:
    """Give every item its id: the shortened content key, with ``~2``, ``~3`` … for further copies."""
    seen: dict[str, int] = {}
    numbered = []
    for item in items:
        key = item.content_key[:ID_LENGTH]
        copy = seen[key] = seen.get(key, 0) + 1
        numbered.append(replace(item, id=key if copy == 1 else f"{key}~{copy}"))
    return numbered


@runtime_checkable
class _StoredItems(Protocol):
    """Items that are each made when first asked for, with the columns that are known of all without making any."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Item]: ...
    def __getitem__(self, position: int) -> Item: ...
    def at(self, positions: Sequence[int] | NDArray[np.integer]) -> _StoredItems | tuple[Item, ...]: ...
    def read_ids(self) -> Sequence[str]: ...
    def read_content_keys(self) -> Sequence[str]: ...
    def read_modality_codes(self) -> NDArray[np.integer]: ...
    def read_metadata_names(self) -> Iterable[str]: ...


class Collection(Sequence[Item]):
    """An ordered set of items, with what could not be read kept by name.

    Parameters
    ----------
    items : iterable of Item
        In the order that vectors, coordinates and labels will follow. Ids must be unique.
    unread : iterable of Unread
        What was found and could not be used.
    """

    __slots__ = ("_codes", "_columns", "_ids", "_items", "_positions", "unread")

    def __init__(self, items: Iterable[Item] | _StoredItems, unread: Iterable[Unread] = ()) -> None:
        self._items = items = items if isinstance(items, _StoredItems) else tuple(items)
        self._ids = tuple([item.id for item in items] if isinstance(items, tuple) else items.read_ids())
        self._positions: dict[str, int] | None = None
        self._columns: tuple[str, ...] | None = None
        self._codes: NDArray[np.uint8] | None = None
        self.unread = tuple(unread)
        if (different := len(set(self._ids))) != len(self):
            raise ValueError(
                f"{len(self)} items have only {different} different ids. Every item needs its own: "
                "build the collection with nova_explore.read, or number copies with collection.number_copies."
            )

    def with_unread(self, unread: Iterable[Unread]) -> Collection:
        """Return the same items, with this as what could not be read."""
        other = copy(self)
        other.unread = tuple(unread)
        return other

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
            return self.at(range(*key.indices(len(self))))
        return self._items[self.position(key) if isinstance(key, str) else key]

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items)

    @property
    def ids(self) -> tuple[str, ...]:
        """Item ids, in order."""
        return self._ids

    @property
    def _by_id(self) -> dict[str, int]:
        if self._positions is None:
            self._positions = dict(zip(self._ids, range(len(self)), strict=True))
        return self._positions

    def has(self, id: str) -> bool:
        """Whether there is an item of this id."""
        return id in self._by_id

    def position(self, id: str) -> int:
        """Place of an id in the order.

        Raises
        ------
        UnknownNameError
            If no item has this id.
        """
        try:
            return self._by_id[id]
        except KeyError:
            raise UnknownNameError("item", id, self._ids) from None

    def positions(self, ids: Iterable[str]) -> list[int]:
        """Places of several ids, in the order given."""
        ids = tuple(ids)
        try:
            return list(map(self._by_id.__getitem__, ids))
        except KeyError:
            return [self.position(id) for id in ids]

    def at(self, positions: Sequence[int] | NDArray[np.integer]) -> Collection:
        """Return the items at these positions, in the order given."""
        if isinstance(self._items, tuple):
            return Collection(self._items[position] for position in positions)
        return Collection(self._items.at(positions))

    def select(self, ids: Iterable[str]) -> Collection:
        """Return the items with these ids, in the order given."""
        return self.at(self.positions(ids))

    def filter(self, keep: Callable[[Item], bool]) -> Collection:
        """Return the items for which ``keep`` is true, in order."""
        return Collection(item for item in self._items if keep(item))

    def counts(self) -> dict[str, int]:
        """Items per modality, only those present, in the order of `Modality`."""
        import numpy as np

        sizes = np.bincount(self.modality_codes, minlength=len(Modality)).tolist()
        return {str(kind): size for kind, size in zip(Modality, sizes, strict=True) if size}

    @property
    def modalities(self) -> NDArray[np.str_]:
        """Modality of every item: an array of shape (n,)."""
        import numpy as np

        return np.array([str(kind) for kind in Modality])[self.modality_codes]

    @property
    def modality_codes(self) -> NDArray[np.uint8]:
        """Place in `Modality` of every item's modality: a read-only array of shape (n,)."""
        import numpy as np

        if self._codes is None:
            items, order = self._items, {kind: place for place, kind in enumerate(Modality)}
            codes = (
                [order[item.modality] for item in items] if isinstance(items, tuple) else items.read_modality_codes()
            )
            self._codes = np.array(codes, np.uint8)
            self._codes.flags.writeable = False
        return self._codes

    @property
    def content_keys(self) -> Sequence[str]:
        """Content key of every item, in order."""
        items = self._items
        return [item.content_key for item in items] if isinstance(items, tuple) else items.read_content_keys()

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all metadata columns, in order of first appearance."""
        if self._columns is None:
            items = self._items
            each = (item.metadata for item in items) if isinstance(items, tuple) else (items.read_metadata_names(),)
            self._columns = tuple(dict.fromkeys(chain.from_iterable(each)))
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
        for column, name in free_names(self.columns, taken=("id", *columns)).items():
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
        return show_table(str(self), ("could not be read", "reason"), ((u.name, u.reason) for u in self.unread))
