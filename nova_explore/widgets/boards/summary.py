"""What the app says of an exploration as a whole: its items, its map, its clusters, as plain values by trait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nova_explore.clusters.stability import expected_seconds, usual_halves
from nova_explore.widgets.boards import legend

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration

UNREAD_SHOWN = 500


def items(exploration: Exploration) -> dict[str, Any]:
    """What stays as it is when clusters or map are found again."""
    kinds = [[name, count] for name, count in exploration.collection.counts().items()]
    return {
        "unread": [[u.name, u.reason] for u in exploration.collection.unread[:UNREAD_SHOWN]],
        "modalities": kinds,
        "shown_modalities": [name for name, _ in kinds],
    }


def clusters(exploration: Exploration) -> dict[str, Any]:
    """What changes with the clusters or the map."""
    told: dict[str, Any] = {
        "summary": {
            "headline": exploration.headline,
            "trust": exploration.layout.sentence,
            "caveats": " ".join(exploration.caveats),
            "unread": len(exploration.collection.unread),
        },
        "columns": legend.choices(exploration),
        "spacing": float(exploration.layout.parameters.get("min_dist", -1)),
        "stability": stability(exploration),
    }
    if exploration.clustering.hierarchy is not None:
        told["grain"] = {"size": exploration.clustering.parameters.get("min_cluster_size")}
    return told


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
        ``clusters``, by key of the legend: ``share`` found again, its ``reading``, and whether it is ``firm``. Empty
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
