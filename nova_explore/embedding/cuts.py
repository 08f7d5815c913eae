"""One medium, one cut: the parts of a recording or text stay as they were when they got their first vectors.

The same stretch under two cuts would be paid for twice and lie on the map twice.
"""

from __future__ import annotations

import warnings
from dataclasses import replace

from nova_explore.collection import Collection, Item, Span, number_copies, shortened
from nova_explore.library.identity import lost
from nova_explore.library.store import Library
from nova_explore.media.text import split_text

Medium = tuple[str, str]
Parts = dict[Medium, dict[str, Item]]


def settled(library: Library) -> set[str]:
    """Digests of media of which a part has a vector in any space of a library."""
    return {digest for digest, _ in _held(library)[0]}


def as_cut_before(library: Library, collection: Collection) -> Collection:
    """A collection in which media that a library holds cut in another way are cut as they are there.

    Parameters
    ----------
    library : Library
        Of its parts those with a vector count; nothing was paid for others, which follow where they do not overlap.
    collection : Collection
        About to be added.
    """
    held, bare = _held(library)
    given: dict[tuple[Medium, str], list[Item]] = {}
    for item in collection:
        given.setdefault((_medium(item), item.uri), []).append(item)
    kept: list[Item] = []
    for (medium, _), parts in given.items():
        there = held.get(medium, {})
        clash = (i for i in parts for one in there.values() if i.content_key not in there and _overlap(i, one))
        if next(clash, None) is None:
            kept += parts
            continue
        free = [
            item for item in bare.get(medium, {}).values() if not any(_overlap(item, one) for one in there.values())
        ]
        kept += [
            replace(parts[0], span=item.span, text=item.text) for item in sorted([*there.values(), *free], key=_start)
        ]
    unchanged = len(kept) == len(collection) and all(one is other for one, other in zip(kept, collection, strict=True))
    return collection if unchanged else Collection(number_copies(kept), collection.unread)


def cut_long_texts(collection: Collection, characters: int | None) -> Collection:
    """A collection in which no text is longer than a model takes: longer ones become parts, at ends of sentences.

    Parameters
    ----------
    collection : Collection
        Texts from files and tables are shorter as they are read; items made elsewhere may not be.
    characters : int or None
        Most of them; None leaves every text as it is.
    """
    if characters is None or all(len(item.text or "") <= characters for item in collection if item.modality == "text"):
        return collection
    cut: list[Item] = []
    for item in collection:
        if item.modality != "text" or not item.text or len(item.text) <= characters:
            cut.append(item)
            continue
        first = item.span.start if item.span else 0.0
        for part in split_text(item.text, limit=characters):
            start, end = (part.span.start, part.span.end) if part.span else (0.0, float(len(item.text)))
            cut.append(replace(item, span=Span("characters", first + start, first + end), text=part.text))
    return Collection(number_copies(cut), collection.unread)


def say_lost(library: Library, collection: Collection) -> None:
    """Warn of items whose file is gone from the folder of a collection, and is not in it under another name."""
    contents = {item.content_key for item in collection}
    gone = [item for item in lost(library.collection(), collection) if item.content_key not in contents]
    if gone:
        said = "1 item has no file" if len(gone) == 1 else f"{len(gone):,} items have no file"
        warnings.warn(
            f"{said} any more ({shortened([item.name for item in gone])}). Put the files back, or forget the items: "
            f"library.forget(library.gone().ids), or in a terminal nova-explore forget {library.path} --gone.",
            stacklevel=3,
        )


def _held(library: Library) -> tuple[Parts, Parts]:
    """Parts of media with a vector in any space, and parts without one, by content key."""
    embedded = set().union(*(library.embedded(space) for space in library.spaces().values()))
    held: Parts = {}
    bare: Parts = {}
    for item in library.collection() if embedded else ():
        if item.span and item.span.unit in ("seconds", "characters"):
            parts = held if item.content_key in embedded else bare
            parts.setdefault(_medium(item), {})[item.content_key] = item
    return held, bare


def _medium(item: Item) -> Medium:
    return item.digest, item.modality


def _overlap(one: Item, other: Item) -> bool:
    a, b = one.span, other.span
    return a is None or b is None or (a.start < b.end and b.start < a.end)


def _start(item: Item) -> float:
    return item.span.start if item.span else 0.0
