"""Items as rows of a table, and back."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nova_explore.collection import Item, Modality, Span
from nova_explore.library.addresses import from_library, resolve
from nova_explore.library.lance import arrow, schema
from nova_explore.media.encoding import repaired

if TYPE_CHECKING:
    import pyarrow as pa

ITEMS_AT_ONCE = 16_384
"""Items that are turned from rows of the disk into Python values, or back, at a time."""


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


def read_items(rows: pa.Table, words: Mapping[str, str], library: Path) -> list[Item]:
    """Turn rows into items, in their order; pages without text of their own get the words that were read from them.

    Parameters
    ----------
    rows : pyarrow.Table
    words : mapping of str to str
        Words by content key.
    library : Path
        Where the library is: media that were moved together with it are found there.
    """
    items: list[Item] = []
    with _unsearched():
        for part in rows.to_batches(max_chunksize=ITEMS_AT_ONCE):
            items += _items(part, words, library)
    return items


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
    written = f"[{','.join(rows['metadata'].to_pylist())}]"
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


_KINDS = {str(kind): kind for kind in Modality}
