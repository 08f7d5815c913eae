"""Items as rows of a table, and back."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Item, Modality, Span
from nova_explore.library.addresses import from_library, resolve
from nova_explore.library.lance import arrow, schema
from nova_explore.media.encoding import repaired

if TYPE_CHECKING:
    import pyarrow as pa

ITEMS_AT_ONCE = 16_384
"""Items that are turned from rows of the disk into Python values, or back, at a time."""

FIRST_MADE = 1024
"""Items that are made when somebody begins to go through all."""

MANY = 200_000
"""Items from which on Python's search for garbage among them, half a second for a million, is not left to chance: it
would come in the middle of what a person does."""


def _schema() -> pa.Schema:
    return schema(
        id="string", position="int64", content_key="string", modality="string", uri="string", name="string",
        format="string", digest="string", span_unit="string", span_start="float64", span_end="float64",
        text="string", as_image="bool_", metadata="string", beside="string",
    )  # fmt: skip


def item_table(items: Mapping[str, Item], positions: Mapping[str, int], library: Path) -> pa.Table:
    """Rows of items by id, some at a time: as Python values a row takes many times the room.

    Parameters
    ----------
    items : mapping of str to Item
        By the id that each has in the library.
    positions : mapping of str to int
    library : Path
        Where the library is, which addresses are also written relative to.
    """
    import pyarrow as pa

    ids = list(items)
    parts = [ids[start : start + ITEMS_AT_ONCE] for start in range(0, len(ids), ITEMS_AT_ONCE)]
    tables = [arrow([_row(items[id], id, positions[id], library) for id in part], _schema()) for part in parts]
    return pa.concat_tables(tables) if tables else _schema().empty_table()


def _row(item: Item, id: str, position: int, library: Path) -> dict[str, Any]:
    return {
        "id": id,
        "position": position,
        "content_key": item.content_key,
        "modality": str(item.modality),
        "uri": item.uri,
        "name": item.name,
        "format": item.format,
        "digest": item.digest,
        "span_unit": item.span.unit if item.span else None,
        "span_start": item.span.start if item.span else None,
        "span_end": item.span.end if item.span else None,
        "text": item.text,
        "as_image": item.as_image,
        "metadata": json.dumps(dict(item.metadata)),
        "beside": from_library(item.uri, library),
    }


def mended(item: Item) -> Item:
    """An item whose words hold no half of a character; the item itself where there is none to mend.

    Exports that were cut within an emoji leave such halves (lone surrogates). No file can hold them.
    """
    plain = (item.uri, item.name, item.text or "", *(v for pair in item.metadata.items() for v in pair))
    if all(repaired(value) is value for value in plain if isinstance(value, str)):
        return item
    metadata = {repaired(key): repaired(v) if isinstance(v, str) else v for key, v in item.metadata.items()}
    text = None if item.text is None else repaired(item.text)
    return replace(item, uri=repaired(item.uri), name=repaired(item.name), text=text, metadata=metadata)


def stored_items(table: pa.Table, words: Mapping[str, str], library: Path) -> ItemRows:
    """Turn rows into items; pages without text of their own get the words that were read from them.

    Parameters
    ----------
    table : pyarrow.Table
        As `item_table` makes it; the items come in the order of its positions.
    words : mapping of str to str
        Words by content key.
    library : Path
        Where the library is: media that were moved together with it are found there.
    """
    positions = table["position"].to_numpy()
    if not (positions[1:] > positions[:-1]).all():  # most often they rise, and sorting a million rows takes a second
        table = table.sort_by("position")
    return ItemRows(_Shelf(table, words, library), range(table.num_rows))


class ItemRows:
    """Items of some rows, in an order, each made when it is first asked for, and the same one ever after.

    Once the items of all rows are made, the rows are let go. Threads may ask at once.
    """

    def __init__(self, shelf: _Shelf, rows: range | NDArray[np.intp]) -> None:
        self._shelf, self._rows = shelf, rows

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Item]:
        start, stop = 0, FIRST_MADE
        while start < len(self):
            yield from self._shelf.take(self._rows[start:stop])
            # As many again: who stops early has few items made, who goes on has all made in few turns.
            start, stop = stop, 2 * stop

    def __getitem__(self, position: int) -> Item:
        return self._shelf.take([self._rows[position]])[0]

    def at(self, positions: Sequence[int] | NDArray[np.integer]) -> ItemRows | tuple[Item, ...]:
        """Return the items at these positions; a few of them are made, so that they do not keep the rows of all."""
        rows = np.asarray(self._rows, np.intp)[np.asarray(positions, np.intp)]
        if 2 * len(rows) < self._shelf.size:
            return tuple(self._shelf.take(rows))
        return ItemRows(self._shelf, rows)

    def read_ids(self) -> list[str]:
        """Id of every item."""
        values = self._column("id")
        return [item.id for item in self] if values is None else values.to_pylist()

    def read_content_keys(self) -> list[str]:
        """Content key of every item."""
        values = self._column("content_key")
        return [item.content_key for item in self] if values is None else values.to_pylist()

    def read_modality_codes(self) -> NDArray[np.integer]:
        """Place in `Modality` of every item's modality: an array of shape (n,)."""
        values = self._column("modality")
        if values is None:
            return np.array([_ORDER[item.modality] for item in self], np.intp)
        found = values.combine_chunks().dictionary_encode()
        return np.array([_ORDER[kind] for kind in found.dictionary.to_pylist()], np.intp)[found.indices.to_numpy()]

    def read_metadata_names(self) -> Iterable[str]:
        """Names of all metadata columns, in order of first appearance, some of them more than once."""
        values = self._column("metadata")
        if values is None:
            return chain.from_iterable(item.metadata for item in self)
        each = chain.from_iterable(json.loads(_joined(part.unique())) for part in values.chunks)
        return map(repaired, chain.from_iterable(each))

    def _column(self, name: str) -> pa.ChunkedArray | None:
        """A column of these rows; None once they are let go."""
        table = self._shelf.table
        if table is None or isinstance(self._rows, range):
            return None if table is None else table[name]
        return table[name].take(self._rows)


class _Shelf:
    """Rows, and the items that were made of them."""

    def __init__(self, table: pa.Table, words: Mapping[str, str], library: Path) -> None:
        self.table: pa.Table | None = table
        self.size = table.num_rows
        self._batches = table.to_batches(max_chunksize=ITEMS_AT_ONCE)
        self._starts = np.cumsum([0, *(batch.num_rows for batch in self._batches)])
        self._words, self._library = words, library
        self._made: dict[int, Item] | tuple[Item, ...] = {}

    def take(self, rows: Sequence[int] | NDArray[np.intp]) -> list[Item]:
        """Return the items of these rows, in the order given."""
        rows = rows.tolist() if isinstance(rows, np.ndarray) else rows
        # Read before it is asked whether all are made: another thread may let the rows go at any moment.
        sources = self._batches, self._words
        made = self._made
        if isinstance(made, dict):
            self._make(sorted({row for row in rows if row not in made}), made, *sources)
            if len(made) == self.size:
                self._made = tuple(made[row] for row in range(self.size))
                self.table, self._batches, self._words = None, [], {}
                if self.size >= MANY:
                    gc.collect()
        return [made[row] for row in rows]

    def _make(
        self, rows: Sequence[int], made: dict[int, Item], batches: Sequence[pa.RecordBatch], words: Mapping[str, str]
    ) -> None:
        """Make the items of these rows, which rise; of two threads that make one, the first one's is kept."""
        bounds = np.searchsorted(rows, self._starts)
        with _unsearched():
            for number in np.flatnonzero(np.diff(bounds)).tolist():
                some = rows[bounds[number] : bounds[number + 1]]
                part = batches[number].take(np.array(some) - self._starts[number])
                for row, item in zip(some, _items(part, words, self._library), strict=True):
                    made.setdefault(row, item)


@contextmanager
def _unsearched() -> Iterator[None]:
    """Let Python look for no garbage while items are made: each search goes through all that were made before."""
    searches = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searches:
            gc.enable()


def _items(rows: pa.RecordBatch, words: Mapping[str, str], library: Path) -> Iterator[Item]:
    # Column by column, and all metadata as one document: in half the time of row by row.
    names = ("id", "modality", "uri", "name", "format", "digest", "as_image")
    plain = zip(*(rows[name].to_pylist() for name in names), strict=True)
    spans = zip(*(rows[f"span_{name}"].to_pylist() for name in ("unit", "start", "end")), strict=True)
    # Rows of an earlier version do not know where they are from the library.
    beside = rows["beside"].to_pylist() if "beside" in rows.schema.names else [None] * rows.num_rows
    texts = zip(rows["text"].to_pylist(), rows["content_key"].to_pylist(), beside, strict=True)
    written = _joined(rows["metadata"])
    halves = "\\ud" in written  # as JSON writes both whole pairs and lone halves
    columns = json.loads(written)
    for (id, kind, uri, name, form, digest, as_image), span, (text, key, seen), metadata in zip(
        plain, spans, texts, columns, strict=True
    ):
        part = Span(*span) if span[0] else None
        said = words.get(key) if text is None else text
        address = resolve(uri, seen, library, metadata)
        item = Item(id, _KINDS[kind], address, name, form, digest, part, said, as_image, metadata)
        yield mended(item) if halves else item


def _joined(documents: pa.Array) -> str:
    """JSON documents as the elements of one."""
    return f"[{','.join(documents.to_pylist())}]"


_KINDS = {str(kind): kind for kind in Modality}
_ORDER = {kind: code for code, kind in enumerate(_KINDS)}
