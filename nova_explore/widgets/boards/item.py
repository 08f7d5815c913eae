"""One item in full: what it is, its metadata, and its nearest items, as plain values for the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nova_explore.clusters.cluster import soft_memberships
from nova_explore.exploration.columns import UNCLUSTERED
from nova_explore.widgets.board import NOTHING, Answer, Shown
from nova_explore.widgets.boards.items import card, current

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration

NEAREST = 12
MOST_CLUSTERS, LEAST_SHARE = 3, 0.05


def facts(app: Shown) -> dict[str, Any]:
    """What is known of the open item; nothing where none is open."""
    if not app.inspected:
        return {}
    told = detail(app.exploration, app.inspected)
    rows_of_slice = np.flatnonzero(np.asarray(current(app).positions) == told["position"])
    row = int(rows_of_slice[0]) if len(rows_of_slice) else -1
    return told | {"can_go_back": len(app.trail) > 1, "row": row}


def detail(exploration: Exploration, id: str) -> dict[str, Any]:
    """Tell everything about one item except its media, which the browser asks for when it shows them.

    Raises
    ------
    UnknownNameError
        If no item has this id.
    """
    position = exploration.collection.position(id)
    item = exploration.collection[position]
    seconds = [item.span.start, item.span.end] if item.span and item.span.unit == "seconds" else None
    near = exploration.neighbors.indices[position], exploration.neighbors.similarities[position]
    nearest = [
        card(exploration, int(place)) | {"score": f"{float(score):.2f}"} for place, score in zip(*near, strict=True)
    ][:NEAREST]
    around = exploration.neighborhood(id)
    return card(exploration, position) | {
        "around": around.sentence,
        "elsewhere": around.true[~around.beside].tolist(),
        "strangers": around.false.tolist(),
        "true": around.true.tolist(),
        "text": item.text or "",
        "seconds": seconds,
        "rows": rows(exploration, position),
        "nearest": nearest,
    }


def rows(exploration: Exploration, position: int) -> list[list[str]]:
    """Name and value of everything known about an item, as text; missing values are left out."""
    item = exploration.collection[position]
    label = int(exploration.clustering.labels[position])
    strength = float(exploration.clustering.strengths[position])
    where = exploration.names[label].name if label in exploration.names else "unclustered"
    known: list[tuple[str, object]] = [
        ("name", item.name),
        ("cluster", f"{where} (strength {strength:.2f})" if label >= 0 else where),
        ("neighbours' clusters", shares(exploration, position)),
        ("map trust", exploration.neighborhood(item.id).sentence),
        *((str(name), value) for name, value in item.metadata.items()),
        ("format", item.format),
        ("source", item.uri),
        ("id", item.id),
    ]
    return [[name, say(value)] for name, value in known if value is not None and say(value)]


def shares(exploration: Exploration, position: int) -> str:
    """Say which clusters an item's neighbours belong to, largest share first."""
    found = soft_memberships(exploration.neighbors, exploration.clustering, positions=np.array([position]))
    parts = found.toarray()[0]
    order = np.argsort(-parts, kind="stable")[:MOST_CLUSTERS]
    said = [f"{exploration.name_of(int(c))} {parts[c]:.0%}" for c in order if parts[c] >= LEAST_SHARE]
    none = 1 - float(parts.sum())
    return " · ".join([*said, *([f"{UNCLUSTERED} {none:.0%}"] if none >= LEAST_SHARE else [])])


def say(value: object) -> str:
    """Write a metadata value for a person."""
    if isinstance(value, float):
        return "" if value != value else f"{value:.6g}"
    return str(value)


def media(app: Shown, *, id: str) -> Answer:
    """Answer with the bytes to show or play."""
    playable = app.exploration.playable(id)
    return {"id": id, "mime": playable.mime}, [playable.data]


def back(app: Shown) -> Answer:
    """Open the item that was open before this one."""
    app.back()
    return NOTHING


def neighbor_in_slice(app: Shown, *, step: int) -> Answer:
    """Answer with the id of the item before or after the open one in the slice; empty at its ends."""
    positions = current(app).positions
    rows_of_slice = np.flatnonzero(np.asarray(positions) == app.exploration.collection.position(app.inspected))
    row = int(rows_of_slice[0]) + step if len(rows_of_slice) else 0
    inside = 0 <= row < len(positions)
    return {"id": app.exploration.collection[int(positions[row])].id if inside else ""}, []


ANSWERS = (media, back, neighbor_in_slice)
