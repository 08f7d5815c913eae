"""What the browser may ask for, and the answers: plain values and binary buffers.

Every answer about an item carries the item's id, so that a late answer is never shown for another item.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from nova_explore.errors import explain
from nova_explore.widgets.boards import gallery

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration

Answer = tuple[dict[str, Any], list[bytes]]


class Asked(Protocol):
    """What an app can be asked to do, and how it answers."""

    exploration: Exploration

    def tiles(self, serial: int, start: int) -> list[dict[str, Any]]:
        """A page of the gallery."""
        ...

    def clear(self) -> None:
        """Drop search and selection."""
        ...

    def back(self) -> None:
        """Inspect the item before this one."""
        ...

    def recluster(self, min_cluster_size: int) -> None:
        """Find the clusters again."""
        ...

    def redraw(self, min_dist: float) -> None:
        """Draw the map again."""
        ...

    def measure_stability(self) -> None:
        """See which clusters come back."""
        ...

    def send(self, content: Any, buffers: Any = None) -> None:
        """Send a message to the browser."""
        ...


def card(app: Asked, position: int) -> Answer:
    """What the hover card says about the point at a position."""
    return gallery.card(app.exploration, position), []


def tiles(app: Asked, serial: int, start: int) -> Answer:
    """A page of the gallery."""
    return {"start": start, "tiles": app.tiles(serial, start)}, []


def thumbnails(app: Asked, ids: list[str]) -> Answer:
    """Small pictures, in the order of the ids answered; items without one are left out."""
    drawn = gallery.thumbnails(app.exploration, ids)
    return {"ids": list(drawn)}, list(drawn.values())


def media(app: Asked, id: str) -> Answer:
    """Bytes to show or play."""
    playable = app.exploration.playable(id)
    return {"id": id, "mime": playable.mime}, [playable.data]


def clear(app: Asked) -> Answer:
    """Drop search and selection."""
    app.clear()
    return {}, []


def back(app: Asked) -> Answer:
    """Inspect the item before this one."""
    app.back()
    return {}, []


def sweep(app: Asked) -> Answer:
    """What every size of the smallest cluster would give."""
    swept = app.exploration.sweep()
    return {
        "sizes": [int(size) for size in swept.min_cluster_sizes],
        "counts": [int(count) for count in swept.counts],
        "noise": [round(float(share), 4) for share in swept.noise_shares],
        "suggested": int(swept.suggested),
    }, []


def recluster(app: Asked, min_cluster_size: int) -> Answer:
    """Find the clusters again."""
    app.recluster(min_cluster_size)
    return {}, []


def redraw(app: Asked, min_dist: float) -> Answer:
    """Draw the map again."""
    app.redraw(min_dist)
    return {}, []


def stability(app: Asked) -> Answer:
    """See which clusters come back."""
    app.measure_stability()
    return {}, []


def answer(app: Asked, asked: Mapping[str, Any]) -> None:
    """Send the answer to what the browser asked; it waits for one, so it gets the reason where there is none."""
    try:
        content, buffers = ANSWERS[asked["ask"]](app, **asked.get("with", {}))
    except Exception as error:
        app.send({"to": asked["from"], "error": explain(error)})
        if asked["ask"] != "media":
            raise
    else:
        app.send({"to": asked["from"], **content}, buffers)


_ASKED_FOR: tuple[Callable[..., Answer], ...] = (
    card, tiles, thumbnails, media, clear, back, sweep, recluster, redraw, stability,
)  # fmt: skip

ANSWERS: Mapping[str, Callable[..., Answer]] = MappingProxyType({answer.__name__: answer for answer in _ASKED_FOR})
