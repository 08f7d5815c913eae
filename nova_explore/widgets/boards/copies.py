"""Copies: groups side by side, what differs in each, which item is proposed to be kept; the others can be tagged.

Nothing is ever deleted: a tag is a label in the library, and can be taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from nova_explore.similarity.copies import Copies, size_of
from nova_explore.sources.files import DESCRIBED
from nova_explore.widgets.board import NOTHING, Answer, Later, Shown, kept_for
from nova_explore.widgets.boards.items import card

if TYPE_CHECKING:
    from nova_explore.collection import Item
    from nova_explore.exploration.bundle import Exploration

TAG = "copy"
MOST_GROUPS = 60
MOST_BESIDE = 24
"""Items of one group that are shown side by side."""


@dataclass
class Desk:
    """What was found, and which item of every group a person wants to keep.

    Attributes
    ----------
    found : Copies or None
        None until they were looked for.
    keep : dict of int to int
        By group, the position of the item to keep, where it is not the proposed one.
    """

    found: Copies | None = None
    keep: dict[int, int] = field(default_factory=dict)

    def kept(self, group: int) -> int:
        """Position of the item of a group that stays."""
        return self.keep.get(group, self.found.keep[group] if self.found is not None else -1)


def facts(app: Shown) -> dict[str, Any]:
    """The groups of copies and of look-alikes; nothing until they were looked for."""
    desk, exploration = kept_for(app, Desk), app.exploration
    copies = desk.found
    if copies is None or copies.collection is not exploration.collection:
        return {"sentence": "", "groups": [], "alike": [], "tag": TAG}
    in_copies = copies.copy_labels >= 0
    alike = [copies.members(group) for group in range(len(copies))]
    alike = [rows for rows in alike if not in_copies[rows].all()]
    return {
        "sentence": copies.sentence,
        "tag": TAG,
        "groups": [group_of(exploration, desk, group) for group in range(min(copies.copies, MOST_GROUPS))],
        "more": max(0, copies.copies - MOST_GROUPS),
        "alike": [[card(exploration, int(row)) for row in rows[:MOST_BESIDE]] for rows in alike[:MOST_GROUPS]],
        "unread": copies.unread,
    }


def group_of(exploration: Exploration, desk: Desk, group: int) -> dict[str, Any]:
    """The items of a group of copies, the one to keep first, and what differs between them."""
    copies = desk.found
    rows = [int(row) for row in copies.copies_of(group)] if copies is not None else []
    kept = desk.kept(group)
    rows.sort(key=lambda row: row != kept)
    collection = exploration.collection
    said = differing([collection[row] for row in rows])
    pairs = copies.pairs if copies is not None else ()
    how = dict.fromkeys(pair.how for pair in pairs if pair.a in rows or pair.b in rows)
    tagged = {row for row in rows if TAG in exploration.labels.tags_of(collection.ids[row])}
    return {
        "group": group,
        "how": ", ".join(how),
        "count": len(rows),
        "items": [
            card(exploration, row)
            | {"name": collection[row].name, "differs": said[i], "keep": row == kept, "tagged": row in tagged}
            for i, row in enumerate(rows[:MOST_BESIDE])
        ],
    }


def differing(items: Sequence[Item]) -> list[list[list[str]]]:
    """By item, what it does not share with all others of its group: size, format, date and so on, name and value."""
    columns: dict[str, list[str]] = {
        "size": [size_of(item) for item in items],
        "format": [item.format for item in items],
    }
    names = dict.fromkeys(name for item in items for name in item.metadata)
    columns |= {name: [str(item.metadata.get(name, "–")) for item in items] for name in names}
    for name in ("width", "height", "duration", DESCRIBED):  # the size says it, or it says where a caption is from
        columns.pop(name, None)
    differ = {name: values for name, values in columns.items() if len(set(values)) > 1}
    return [[[name, values[i]] for name, values in differ.items()] for i in range(len(items))]


def look_for_copies(app: Shown) -> Later:
    """Look for copies among the items of the map."""
    exploration = app.exploration

    def then(copies: Copies) -> Answer:
        desk = kept_for(app, Desk)
        desk.found, desk.keep = copies, {}
        app.refresh("copies")
        return NOTHING

    return Later("looking for copies", exploration.duplicates, then)


def keep_copy(app: Shown, *, group: int, id: str) -> Answer:
    """Keep another item of a group than the proposed one."""
    kept_for(app, Desk).keep[group] = app.exploration.collection.position(id)
    app.refresh("copies")
    return NOTHING


def tag_copies(app: Shown, *, group: int | None = None) -> Answer:
    """Tag all items of a group of copies but the kept one; of every group where none is named."""
    from nova_explore.widgets.acts import Act  # it knows what boards show, and so comes after them

    desk, labels = kept_for(app, Desk), app.exploration.labels
    if desk.found is None:
        return NOTHING
    groups = range(desk.found.copies) if group is None else [group]
    rows = [int(row) for one in groups for row in desk.found.copies_of(one) if int(row) != desk.kept(one)]
    every = [app.exploration.collection.ids[row] for row in rows]
    ids = [id for id in every if TAG not in labels.tags_of(id)]
    if not ids:
        return NOTHING

    def change(put: Any) -> None:
        put(ids, TAG)
        app.refresh("copies")

    change(labels.tag)
    words = f"{len(ids):,} {'item' if len(ids) == 1 else 'items'} tagged {TAG}"
    line = partial("app.exploration.labels.tag({!r}, {!r})".format, ids, TAG)
    app.acts.note(Act(words, line, partial(change, labels.untag), partial(change, labels.tag)))
    return {"words": words}, []


def choose_copies(app: Shown) -> Answer:
    """Make all copies but the kept ones the slice."""
    desk = kept_for(app, Desk)
    if desk.found is not None:
        kept = {desk.kept(group) for group in range(desk.found.copies)}
        rows = [row for row in np.flatnonzero(desk.found.copy_labels >= 0) if int(row) not in kept]
        app.choose(np.array(rows, np.intp), named="copies")
    return NOTHING


WRITES = ("tag_copies",)
ANSWERS = (look_for_copies, keep_copy, tag_copies, choose_copies)
