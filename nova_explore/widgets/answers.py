"""What the browser may ask for, and the answers: plain values and binary buffers.

Every answer about an item carries the item's id, so that a late answer is never shown for another item.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from nova_explore.widgets import gallery

if TYPE_CHECKING:
    from nova_explore.widgets.app import App

Answer = tuple[dict[str, Any], list[bytes]]


def card(app: App, position: int) -> Answer:
    """What the hover card says about the point at a position."""
    return gallery.card(app.exploration, position), []


def tiles(app: App, serial: int, start: int) -> Answer:
    """A page of the gallery."""
    return {"start": start, "tiles": app.tiles(serial, start)}, []


def thumbnails(app: App, ids: list[str]) -> Answer:
    """Small pictures, in the order of the ids answered; items without one are left out."""
    drawn = gallery.thumbnails(app.exploration, ids)
    return {"ids": list(drawn)}, list(drawn.values())


def media(app: App, id: str) -> Answer:
    """Bytes to show or play."""
    playable = app.exploration.playable(id)
    return {"id": id, "mime": playable.mime}, [playable.data]


def clear(app: App) -> Answer:
    """Drop search and selection."""
    app.clear()
    return {}, []


def back(app: App) -> Answer:
    """Inspect the item before this one."""
    app.back()
    return {}, []


def sweep(app: App) -> Answer:
    """What every size of the smallest group would give."""
    swept = app.exploration.sweep()
    return {
        "sizes": [int(size) for size in swept.min_cluster_sizes],
        "counts": [int(count) for count in swept.counts],
        "noise": [round(float(share), 4) for share in swept.noise_shares],
        "suggested": int(swept.suggested),
    }, []


def recluster(app: App, min_cluster_size: int) -> Answer:
    """Find the groups again."""
    app.recluster(min_cluster_size)
    return {}, []


_ASKED_FOR: tuple[Callable[..., Answer], ...] = (card, tiles, thumbnails, media, clear, back, sweep, recluster)

ANSWERS: Mapping[str, Callable[..., Answer]] = MappingProxyType({answer.__name__: answer for answer in _ASKED_FOR})
