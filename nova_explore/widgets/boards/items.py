"""The items of the slice, as tiles: told to the browser a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.clusters.cluster import FEWEST_TO_CLUSTER
from nova_explore.collection import Modality
from nova_explore.errors import UnreadableError
from nova_explore.widgets import search_sections
from nova_explore.widgets.board import Answer, Shown

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration
    from nova_explore.similarity.ranking import Ranking

PAGE = 48
NUMBERED = 9
MOST_LETTERS = 280
"""Of a text, on its tile."""


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """Some items in an order, with the sentence that says why these.

    Attributes
    ----------
    kind : {"typical", "selection", "search"}
    title : str
        What the slice is: ``37 selected``.
    positions : sequence of int, or array
        Positions of the items in the collection.
    scores : sequence of float or None
        Cosine of each item, where they are ranked.
    percentiles : sequence of float or None
        Share of the items of the same modality that score lower.
    merits : sequence of float or None
        What sorts them: standard deviations above what queries at large score, and more for words.
    note : str
        What a reader should know about how the items were found.
    sections : sequence of (str, int)
        What the items from a row on have in common, and that row; none where they are of one sort.
    """

    kind: str
    title: str
    positions: Sequence[int] | NDArray[np.integer]
    scores: Sequence[float] | None = None
    percentiles: Sequence[float] | None = None
    merits: Sequence[float] | None = None
    note: str = ""
    sections: Sequence[tuple[str, int]] = ()

    def head(self, serial: int) -> dict[str, Any]:
        """What the browser needs before it asks for tiles; ``serial`` tells one gallery from the next."""
        return {
            "serial": serial, "kind": self.kind, "title": self.title, "note": self.note, "total": len(self.positions),
            "ranks": self.marks(), "sections": [{"title": title, "start": row} for title, row in self.sections],
        }  # fmt: skip

    def marks(self) -> list[dict[str, Any]]:
        """Numbers for the first results of a search, to be drawn on the map."""
        first = self.positions[:NUMBERED] if self.kind == "search" else []
        return [{"position": int(position), "text": str(place)} for place, position in enumerate(first, 1)]

    def page(self, exploration: Exploration, *, start: int, count: int = PAGE) -> list[dict[str, Any]]:
        """Tiles from ``start`` on, at most ``count``."""
        tiles = []
        for row in range(start, min(start + count, len(self.positions))):
            tile = card(exploration, int(self.positions[row]))
            if self.scores is not None and self.percentiles is not None and self.merits is not None:
                said = search_sections.say_strength(
                    self.merits[row], self.scores[row], self.percentiles[row], tile["modality"]
                )
                tile |= {"rank": row + 1} | said
            if self.kind == "typical":
                tile["foot"] = tile["cluster"]
            tiles.append(tile)
        return tiles


def facts(app: Shown) -> dict[str, Any]:
    """What the slice is, and how many items it has."""
    return current(app).head(app.serial) | {"placeholder": search_sections.invitation(app.exploration)}


def card(exploration: Exploration, position: int) -> dict[str, Any]:
    """What one tile or hover card says about an item, besides its thumbnail."""
    item = exploration.collection[position]
    label = int(exploration.clustering.labels[position])
    return {
        "id": item.id,
        "position": position,
        "title": item.title,
        "modality": str(item.modality),
        "span": str(item.span) if item.span else "",
        "cluster": exploration.name_of(label),
        "code": label if label >= 0 else exploration.clustering.count,
        "words": (item.text or "")[:MOST_LETTERS] if item.modality == Modality.TEXT else "",
    }


def current(app: Shown) -> Gallery:
    """Take what was searched for, else what was selected, else what is typical."""
    if app.ranking is not None:
        return result_of(app.ranking)
    if app.chosen is None:
        return typical(app.exploration)
    return selected(app.chosen, left_out=app.left_out, named=app.named)


def typical(exploration: Exploration) -> Gallery:
    """Take the most typical item of every cluster, largest cluster first."""
    medoids = [name.medoids[0] for name in exploration.names.values() if name.medoids]
    sizes = [name.size for name in exploration.names.values() if name.medoids]
    order = np.argsort([-size for size in sizes], kind="stable")
    positions = [exploration.collection.position(medoids[i]) for i in order]
    none = "No clusters were found" if exploration.clustering.parameters else "The clusters are being found"
    if (n := len(exploration)) < FEWEST_TO_CLUSTER:
        none = f"{n} {'item is' if n == 1 else 'items are'} too few for clusters: they need {FEWEST_TO_CLUSTER}"
    title = "The most typical item of each cluster" if positions else none
    return Gallery("typical", title, positions)


def selected(positions: Sequence[int] | NDArray[np.integer], *, left_out: int = 0, named: str = "") -> Gallery:
    """Take what a person selected; ``left_out`` counts greyed items that lay inside the lasso."""
    note = f"{left_out:,} greyed {'item was' if left_out == 1 else 'items were'} left out." if left_out else ""
    n = len(positions)
    title = f"{named} · {n:,} {'item' if n == 1 else 'items'}" if named else f"{n:,} selected"
    return Gallery("selection", title, positions, note=note)


def result_of(ranking: Ranking) -> Gallery:
    """Take what a search found, section after section, best first in each."""
    return Gallery(
        "search",
        search_sections.title_of(ranking),
        ranking.positions.tolist(),
        ranking.scores.tolist(),
        ranking.percentiles.tolist(),
        ranking.merits.tolist(),
        " ".join(filter(None, (search_sections.doubt_of(ranking), ranking.note))),
        search_sections.sections_of(ranking),
    )


def thumbnails(exploration: Exploration, ids: Sequence[str]) -> dict[str, bytes]:
    """Small pictures by id, WebP; an item whose picture cannot be drawn is left out and shown without one."""
    drawn = exploration.thumbnails(ids)
    for id in ids:
        if id not in drawn:
            try:
                drawn[id] = exploration.thumbnail(id)
            except UnreadableError:
                continue
    return drawn


def tiles(app: Shown, *, serial: int, start: int) -> Answer:
    """Answer with a page of tiles; with none if the slice of this serial number is no longer shown."""
    page = current(app).page(app.exploration, start=start) if serial == app.serial else []
    return {"start": start, "tiles": page}, []


def look(app: Shown, *, position: int) -> Answer:
    """Answer with what the hover card says about the item at a position."""
    return card(app.exploration, position), []


def pictures(app: Shown, *, ids: list[str]) -> Answer:
    """Answer with small pictures, in the order of the ids; items without one are left out."""
    drawn = thumbnails(app.exploration, ids)
    return {"ids": list(drawn)}, list(drawn.values())


def ids_at(app: Shown, *, positions: list[int]) -> Answer:
    """Answer with the ids of the items at these positions."""
    return {"ids": [app.exploration.collection[position].id for position in positions]}, []


ANSWERS = (tiles, look, pictures, ids_at)
