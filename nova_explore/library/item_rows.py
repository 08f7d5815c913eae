"""Items as rows of a table, and back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from nova_explore.collection import Item, Modality, Span
from nova_explore.library.lance import arrow, schema

if TYPE_CHECKING:
    import pyarrow as pa

ITEMS_AT_ONCE = 16_384
"""Items that are turned from rows of the disk into Python values, or back, at a time."""


def _schema() -> pa.Schema:
    return schema(
        id="string", position="int64", content_key="string", modality="string", uri="string", name="string",
        format="string", digest="string", span_unit="string", span_start="float64", span_end="float64",
        text="string", as_image="bool_", metadata="string",
    )  # fmt: skip


def item_table(items: Mapping[str, Item], places: Mapping[str, int]) -> pa.Table:
    """Rows of items by id, some at a time: as Python values a row takes many times the room."""
    import pyarrow as pa

    ids = list(items)
    parts = [ids[start : start + ITEMS_AT_ONCE] for start in range(0, len(ids), ITEMS_AT_ONCE)]
    tables = [arrow([_row(items[id], id, places[id]) for id in part], _schema()) for part in parts]
    return pa.concat_tables(tables) if tables else _schema().empty_table()


def _row(item: Item, id: str, position: int) -> dict[str, Any]:
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
    }


def read_items(rows: pa.Table, words: Mapping[str, str]) -> Iterator[Item]:
    """Turn rows into items, in their order; pages without text of their own get the words that were read from them.

    Parameters
    ----------
    rows : pyarrow.Table
    words : mapping of str to str
        Words by content key.
    """
    for part in rows.to_batches(max_chunksize=ITEMS_AT_ONCE):
        yield from _items(part, words)


def _items(rows: pa.RecordBatch, words: Mapping[str, str]) -> Iterator[Item]:
    # Column by column, and all metadata as one document: in half the time of row by row.
    names = ("id", "modality", "uri", "name", "format", "digest", "as_image")
    plain = zip(*(rows[name].to_pylist() for name in names), strict=True)
    spans = zip(*(rows[f"span_{name}"].to_pylist() for name in ("unit", "start", "end")), strict=True)
    texts = zip(rows["text"].to_pylist(), rows["content_key"].to_pylist(), strict=True)
    told = json.loads(f"[{','.join(rows['metadata'].to_pylist())}]")
    for (id, kind, uri, name, form, digest, as_image), span, (text, key), metadata in zip(
        plain, spans, texts, told, strict=True
    ):
        part = Span(*span) if span[0] else None
        said = words.get(key) if text is None else text
        yield Item(id, _KINDS[kind], uri, name, form, digest, part, said, as_image, metadata)


_KINDS = {str(kind): kind for kind in Modality}
