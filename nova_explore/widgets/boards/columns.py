"""What the map is coloured by: the columns to choose from, the legend, and the items of a value or of a range."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nova_explore.exploration.coloring import BINS, MOST_VALUES, STEPS, choices, names_on_map
from nova_explore.exploration.columns import LARGER
from nova_explore.palette import UNCLUSTERED_GREY
from nova_explore.widgets.board import NOTHING, Answer, Later, Shown

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration

LEAST_PART, MOST_OF_CLUSTER = 3, 0.8
"""Items that a named part of a cluster has at least, and the share of the cluster that it stays below."""


def facts(app: Shown) -> dict[str, Any]:
    """What the map can be coloured by, and the legend of what it is coloured by."""
    coloring = app.coloring
    return {
        "choices": choices(app.exploration), "title": coloring.title, "entries": list(coloring.entries),
        "bar": coloring.bar,
    }  # fmt: skip


def names_at(app: Shown, *, level: str) -> Later:
    """Answer with what larger clusters are called, or the parts of clusters: names for other distances."""
    exploration, colors = app.exploration, tuple(app.cluster_colors)
    return Later("", lambda: names_of_level(exploration, level, colors), lambda names: ({"names": names}, []))


def names_of_level(exploration: Exploration, level: str, colors: Sequence[str]) -> list[dict[str, Any]]:
    """Name larger clusters, or those parts of clusters that have a name of their own.

    Parameters
    ----------
    exploration : Exploration
    level : {"larger", "finer"}
    colors : sequence of str
        Of the clusters: a part has the colour of the cluster that it is a part of.
    """
    other = _at_level(exploration, level)
    if other is None:
        return []
    labels, count = exploration.clustering.labels, exploration.clustering.count
    known = {name.name for name in exploration.names.values()}
    sizes = np.bincount(labels[labels >= 0], minlength=count)
    told = []
    for name in names_on_map(other, [UNCLUSTERED_GREY] * (other.clustering.count + 1)):
        shared = np.bincount(labels[(other.clustering.labels == name["cluster"]) & (labels >= 0)], minlength=count)
        about = np.flatnonzero(shared > 0) if level == "larger" else np.atleast_1d(shared.argmax())
        is_part = level == "finer" and shared.max(initial=0) < MOST_OF_CLUSTER * sizes[about[0]]
        if name["text"] in known or not (is_part or (level == "larger" and len(about) > 1)):
            continue
        told.append(name | {"of": about.tolist(), "color": colors[about[0]] if is_part else UNCLUSTERED_GREY})
    return told


def _at_level(exploration: Exploration, level: str) -> Exploration | None:
    if exploration.clustering.hierarchy is None or not exploration.clustering.count:
        return None
    if level == "larger":
        return exploration.coarser if LARGER in exploration.columns else None
    size = int(exploration.clustering.parameters.get("min_cluster_size", 0)) // 2
    return exploration.recluster(min_cluster_size=size) if size >= LEAST_PART else None


def choose_named(app: Shown, *, level: str, cluster: int) -> Later:
    """Select the items that a name of another distance is about."""
    exploration = app.exploration

    def then(other: Exploration | None) -> Answer:
        if other is not None and app.exploration is exploration:
            app.choose(np.flatnonzero(other.clustering.labels == cluster), named=other.name_of(cluster))
        return NOTHING

    return Later("", lambda: _at_level(exploration, level), then)


def brush(app: Shown, *, first: int, last: int) -> Answer:
    """Select the items whose value lies in these bins of the histogram, both included."""
    wide = STEPS // BINS
    codes = app.coloring.codes
    app.choose(np.flatnonzero((codes >= first * wide) & (codes < (last + 1) * wide)), named=app.coloring.title)
    return {}, []


def find_values(app: Shown, *, words: str) -> Answer:
    """Answer with values of the column that contain these words, the most frequent first, with their counts."""
    counted = Counter(str(value) for value in app.exploration.column(app.column) if value is not None)
    wanted = words.casefold()
    found = [[value, f"{n:,}"] for value, n in counted.most_common() if wanted in value.casefold()]
    return {"values": found[:MOST_VALUES], "more": max(0, len(found) - MOST_VALUES)}, []


def choose_value(app: Shown, *, value: str) -> Answer:
    """Select the items that have this value in the column."""
    values = app.exploration.column(app.column)
    app.choose(np.flatnonzero([v is not None and str(v) == value for v in values]), named=value)
    return {}, []


ANSWERS = (brush, find_values, choose_value, names_at, choose_named)
