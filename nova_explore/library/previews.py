"""The media of a library's items: small pictures, and what a browser shows or plays."""

from __future__ import annotations

from collections.abc import Iterable

from nova_explore import media
from nova_explore.collection import Item
from nova_explore.library.store import Library
from nova_explore.media.content import Playable


def thumbnail(library: Library, item: Item) -> bytes:
    """Small picture of an item, as WebP: from the library, else drawn from its source."""
    stored = library.thumbnails([item.content_key])
    return stored.get(item.content_key) or media.thumbnail(item)


def thumbnails(library: Library, items: Iterable[Item]) -> dict[str, bytes]:
    """Small pictures of several items, as WebP, by id; those that were never drawn are left out."""
    items = list(items)
    stored = library.thumbnails(item.content_key for item in items)
    return {item.id: stored[item.content_key] for item in items if item.content_key in stored}


def playable(item: Item) -> Playable:
    """What a browser shows or plays for an item, read from its source now.

    Raises
    ------
    UnreadableError
        If the source is gone or has changed since it was embedded.
    """
    return media.playable(item)
