"""Beside another map of the same items: which neighbours changed, and which clusters are which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nova_explore.widgets.board import NOTHING, Answer, Shown, kept_for
from nova_explore.widgets.boards.items import card

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration
    from nova_explore.exploration.changes import Changes

LISTED = 24


@dataclass
class Beside:
    """The other map, and what is not the same in it; None where there is no other."""

    other: Exploration | None = None
    changes: Changes | None = None


def facts(app: Shown) -> dict[str, Any]:
    """What changed from the other map to this one; nothing where there is no other."""
    beside = kept_for(app, Beside)
    changes, other = beside.changes, beside.other
    if changes is None or other is None:
        return {}
    exploration = app.exploration
    order = np.argsort(changes.kept, kind="stable")[:LISTED]
    taken = set(changes.matched.values())
    return {
        "sentence": changes.sentence,
        "k": changes.k,
        "counts": np.bincount(changes.kept, minlength=changes.k + 1).cumsum().tolist(),
        "matched": [
            {
                "left": other.name_of(old),
                "right": exploration.name_of(new),
                "key": str(new),
                "share": f"{changes.shares[old]:.0%}",
                "color": app.cluster_colors[new],
            }
            for old, new in changes.matched.items()
        ],
        "gone": [other.name_of(old) for old in range(other.clustering.count) if old not in changes.matched],
        "new": [
            {"name": exploration.name_of(c), "key": str(c), "color": app.cluster_colors[c]}
            for c in range(exploration.clustering.count)
            if c not in taken
        ],
        "changed": [
            card(exploration, int(changes.second[i])) | {"foot": f"{changes.kept[i]} of {changes.k} kept"}
            for i in order.tolist()
        ],
    }


def choose_changed(app: Shown, *, most: int) -> Answer:
    """Select the items of whose nearest at most so many are the same on both maps."""
    changes = kept_for(app, Beside).changes
    if changes is not None:
        positions = np.sort(changes.second[changes.kept <= most])
        app.choose(positions, named=f"at most {most} of {changes.k} nearest kept")
    return NOTHING


ANSWERS = (choose_changed,)
