"""The clusters, to decide about: what each is, how far it is decided, and the handles that find or draw them again."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from nova_explore.clusters.matching import count_shared
from nova_explore.clusters.stability import expected_seconds, usual_halves
from nova_explore.exploration.columns import LARGER
from nova_explore.widgets import decisions, naming
from nova_explore.widgets.board import NOTHING, Answer, Later, Shown
from nova_explore.widgets.cluster_card import cluster_card
from nova_explore.widgets.motion import prepare_drawing

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration
    from nova_explore.widgets.colors import Colors

MEDOIDS = 5


def facts(app: Shown) -> dict[str, Any]:
    """What is known of every cluster, what was decided about it, and what is known of all together."""
    exploration, labels = app.exploration, app.exploration.labels
    undo, redo = labels.turns
    done, of = labels.progress
    told: dict[str, Any] = {
        "rows": rows(exploration, app.cluster_colors),
        "spacing": float(exploration.layout.parameters.get("min_dist", -1)),
        "stability": stability(exploration),
        "size": None,
        "progress": [done, of],
        "undo": undo.action if undo else "",
        "redo": redo.action if redo else "",
        "by": labels.by,
        "read_only": bool(app.read_only),
        "unattached": unattached(exploration),
        "overtaken": {"count": len(labels.overtaken), "sentence": (labels.overtaken or ("",))[-1]},
        "larger": larger(exploration),
        "language_models": list(naming.MODELS),
        "again": int(exploration.clustering.parameters.get("clustered_again", 0)),
    }
    if exploration.clustering.hierarchy is not None:
        told["size"] = exploration.clustering.parameters.get("min_cluster_size")
    return told


def rows(exploration: Exploration, colors: tuple[str, ...]) -> list[dict[str, Any]]:
    """One row a cluster, the unclustered items last."""
    labels, count = exploration.clustering.labels, exploration.clustering.count
    sizes = np.bincount(np.where(labels < 0, count, labels), minlength=count + 1)
    names, mix = exploration.names, mixes(exploration)
    told = []
    for c in range(count + 1):
        name = names.get(c)
        row: dict[str, Any] = {
            "key": str(c),
            "name": "unclustered" if c == count else name.name if name else f"cluster {c + 1}",
            "count": int(sizes[c]),
            "share": f"{sizes[c] / max(len(labels), 1):.0%}",
            "color": colors[c],
            "medoids": list(name.medoids[:MEDOIDS]) if name else [],
            "mix": mix[c].tolist(),
        }
        if c < count:
            status, made = exploration.labels.status_of(c)
            row |= {"status": status, "by": made.by if made else ""}
        if name is not None and name.score is not None:
            outside = "" if name.outside is None else f", and of {name.outside:.0%} of all other items"
            others = " or ".join(f"“{other.name}”" for other in name.alternates)
            row |= {
                "score": f"{name.score:.0%}",
                "doubtful": name.score < DOUBTFUL,
                "evidence": f"The name is true of {name.score:.0%} of its items{outside}"
                + (f". It could be {others}" if others else ""),
            }
        told.append(row)
    return told


_MIXES: weakref.WeakKeyDictionary[Exploration, np.ndarray] = weakref.WeakKeyDictionary()
"""What does not change while clusters are named: each decision tells all rows again."""


def mixes(exploration: Exploration) -> np.ndarray:
    """Items of each modality in every cluster, the unclustered items last; modalities as `Collection.counts` has them.

    Returns
    -------
    int64 array of shape (c + 1, modalities)
    """
    if (known := _MIXES.get(exploration)) is not None:
        return known
    kinds = np.unique(exploration.collection.modality_codes, return_inverse=True)[1].astype(np.int32)
    shared = count_shared(exploration.clustering.labels, kinds)[:, :-1]
    missing = exploration.clustering.count + 1 - len(shared)
    found = np.concatenate([shared[:-1], np.zeros((missing, shared.shape[1]), shared.dtype), shared[-1:]])
    _MIXES[exploration] = found
    return found


def unattached(exploration: Exploration) -> list[dict[str, Any]]:
    """Labels that no cluster carries: they hold their items all the same."""
    table = exploration.labels.unattached
    each = zip(*(table[name].tolist() for name in ("name", "size", "on_map", "status", "by")), strict=True)
    return [
        {"name": name, "size": int(size), "on_map": int(on_map), "status": status, "by": by}
        for name, size, on_map, status, by in each
    ]


def larger(exploration: Exploration) -> dict[str, Any]:
    """Larger clusters and the clusters that are parts of each; only an offer until they have been found."""
    if exploration.clustering.hierarchy is None or LARGER not in exploration.columns:
        return {"offer": False, "rows": []}
    if not exploration.knows("coarser"):
        return {"offer": True, "rows": []}
    coarser = exploration.coarser
    count = exploration.clustering.count
    shared = count_shared(exploration.clustering.labels, coarser.clustering.labels)[:count]
    of = np.where(shared[:, :-1].sum(axis=1) > 0, shared[:, :-1].argmax(axis=1), -1)
    told = []
    for number in range(coarser.clustering.count):
        parts = np.flatnonzero(of == number).tolist()
        if parts:
            members = int((coarser.clustering.labels == number).sum())
            told.append({"name": coarser.name_of(number), "count": members, "of": [str(part) for part in parts]})
    return {"offer": False, "rows": told}


DOUBTFUL = 0.7
"""Share of the members that a name is true of, below which pictures say more than the name."""


def stability(exploration: Exploration, *, measure: bool = False) -> dict[str, Any]:
    """Which clusters come back from halves of the items; until it has been measured, an offer to do so.

    Parameters
    ----------
    exploration : Exploration
    measure : bool, default False
        Measure it now, if it has not been.

    Returns
    -------
    dict
        ``offer``: what would be done, in words, and about how many ``seconds`` it takes; or ``sentence`` and
        ``clusters``, by key of the row: ``share`` found again, its ``reading``, and whether it is ``firm``. Empty
        where there are no clusters to measure.
    """
    if exploration.clustering.hierarchy is None or not exploration.clustering.count:
        return {}
    if not (measure or exploration.knows("stability")):
        n = len(exploration)
        return {"offer": f"Clusters {usual_halves(n)} random halves of the items again", "seconds": expected_seconds(n)}
    found = exploration.stability
    each = zip(found.jaccard.tolist(), found.readings, found.firm.tolist(), strict=True)
    told = {
        str(c): {"share": "–" if share != share else f"{share:.0%}", "reading": reading, "firm": firm}
        for c, (share, reading, firm) in enumerate(each)
    }
    return {"sentence": found.sentence, "clusters": told}


def sweep(app: Shown) -> Later:
    """Answer with what every size of the smallest cluster would give."""

    def say(swept: Any) -> Answer:
        each = zip(swept.min_cluster_sizes, swept.counts, swept.noise_shares, strict=True)
        words = [
            f"at least {int(size):,} items: {int(count):,} clusters, {float(share):.0%} unclustered"
            f"{' (suggested)' if size == swept.suggested else ''}"
            for size, count, share in each
        ]
        return {
            "sizes": [int(size) for size in swept.min_cluster_sizes],
            "counts": [int(count) for count in swept.counts],
            "noise": [round(float(share), 4) for share in swept.noise_shares],
            "suggested": int(swept.suggested),
            "words": words,
        }, []

    return Later("", app.exploration.sweep, say)


def recluster(app: Shown, *, min_cluster_size: int) -> Later:
    """Find the clusters again."""
    exploration = app.named_exploration
    return _take_later(app, "finding the clusters", lambda: exploration.recluster(min_cluster_size=min_cluster_size))


def recluster_inside(app: Shown, *, key: str) -> Later:
    """Cluster again inside one cluster."""
    exploration = app.exploration
    return _take_later(app, "clustering inside one cluster", lambda: exploration.recluster(inside=int(key)))


def _take_later(app: Shown, working: str, find: Callable[[], Exploration]) -> Later:
    """Find a cut and its colours beside the kernel's thread, then show it."""

    def compute() -> tuple[Exploration, Colors]:
        other = find()
        return other, app.colors_of.kept_for(other)

    def then(found: tuple[Exploration, Colors]) -> Answer:
        app.take_variant(*found)
        return NOTHING

    return Later(working, compute, then)


def clusters_before(app: Shown) -> Answer:
    """Go back to the clusters that the app was opened with."""
    app.take_variant(app.named_exploration)
    return NOTHING


def find_larger(app: Shown) -> Later:
    """Find the larger clusters that the clusters are parts of."""
    exploration = app.exploration

    def then(_: Any) -> Answer:
        app.refresh("clusters")
        return NOTHING

    return Later("finding the larger clusters", lambda: exploration.coarser, then)


def redraw(app: Shown, *, min_dist: float) -> Later:
    """Draw the map again."""
    draw = prepare_drawing(app, min_dist)

    def then(drawn: tuple[Exploration, Exploration, Colors]) -> Answer:
        app.take_drawing(*drawn)
        return NOTHING

    return Later("drawing the map", draw, then)


def measure_stability(app: Shown) -> Later:
    """See which clusters come back."""

    def then(_: Any) -> Answer:
        app.refresh("clusters")
        return NOTHING

    exploration = app.exploration
    return Later("clustering halves of the items again", lambda: stability(exploration, measure=True), then)


def choose_cluster(app: Shown, *, key: str) -> Answer:
    """Select the items of a cluster."""
    labels, count = app.exploration.clustering.labels, app.exploration.clustering.count
    label = int(key) if int(key) < count else -1
    app.choose(np.flatnonzero(labels == label), named=app.exploration.name_of(label))
    return NOTHING


def choose_label(app: Shown, *, name: str) -> Answer:
    """Select the items of a label that are on this map."""
    has = app.exploration.collection.has
    ids = [id for id in app.exploration.labels.ids_of(name) if has(id)]
    app.choose(np.array(app.exploration.collection.positions(ids), np.intp), named=name)
    return NOTHING


WRITES = (*decisions.WRITES, *naming.WRITES)
QUIET = ("cluster_card", "news", "pieces", *naming.QUIET)
ANSWERS = (
    sweep, recluster, recluster_inside, clusters_before, find_larger, redraw, measure_stability, choose_cluster,
    choose_label, cluster_card, *decisions.ANSWERS, *naming.ANSWERS,
)  # fmt: skip
