"""Thumbnails of what has a vector: no call to a service waits for a picture.

They are drawn when all vectors are there, and before that only in time that a run spends waiting for a service's rate.
A text is drawn when somebody looks at it: the library holds its words, and a hundred thousand of them take minutes.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable

from nova_explore import media
from nova_explore.collection import Item, Modality
from nova_explore.errors import UnreadableError
from nova_explore.library.store import Library
from nova_explore.space import Space

AT_ONCE = 128
"""Thumbnails stored in one commit: what is drawn again, at most, after a kill."""


def draw_thumbnails(library: Library, items: Iterable[Item], space: Space, *, progress: bool = False) -> None:
    """Draw and store the thumbnails that are missing of media with a vector; what cannot be drawn is left out.

    Parameters
    ----------
    library : Library
        Held for writing.
    items : iterable of Item
        Copies of one content are drawn once.
    space : Space
        Whose vectors count.
    progress : bool
        Show a bar, if it takes longer than a second.
    """
    from tqdm.auto import tqdm

    wanted = library.embedded(space) - library.thumbnailed()
    missing = list({item.content_key: item for item in items if is_kept(item) and item.content_key in wanted}.values())
    drawn: dict[str, bytes] = {}
    for item in tqdm(missing, desc="thumbnails", unit="item", delay=1, leave=False, disable=not progress):
        _draw(item, drawn)
        if len(drawn) == AT_ONCE:
            library.add_thumbnails(drawn)
            drawn = {}
    library.add_thumbnails(drawn)
    if len(missing) > AT_ONCE:
        library.compact_thumbnails()


def draw_while_waiting(library: Library, items: deque[Item], *, seconds: float) -> None:
    """Draw and store thumbnails of the first of these items for about so long, and take them from the queue."""
    until = time.monotonic() + seconds
    drawn: dict[str, bytes] = {}
    while items and time.monotonic() < until:
        _draw(items.popleft(), drawn)
    library.add_thumbnails(drawn)


def is_kept(item: Item) -> bool:
    """Whether the thumbnail of an item is stored in the library."""
    return item.modality != Modality.TEXT


def _draw(item: Item, drawn: dict[str, bytes]) -> None:
    try:
        drawn[item.content_key] = media.thumbnail(item)
    except UnreadableError:
        return
