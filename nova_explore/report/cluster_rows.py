"""The clusters of a page, a row each: name and evidence, size, modalities, typical items, stability."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Modality
from nova_explore.exploration.coloring import cluster_colors
from nova_explore.exploration.columns import name_of
from nova_explore.palette import MODALITY, UNCLUSTERED_GREY

if TYPE_CHECKING:
    from nova_explore.clusters.names import ClusterName
    from nova_explore.exploration.bundle import Exploration

MEDOIDS = 5
DOUBTFUL = 0.7
"""Share of the members that a name is true of, below which pictures say more than the name."""
SOURCES = {
    "keywords": "named by words of its items",
    "phrase": "named by the nearest phrase of a vocabulary",
    "medoid": "named by its most central item",
    "person": "named by a person",
}
WIDE = 300
"""Of the bar of modalities, in units of its drawing."""


@dataclass(frozen=True, slots=True)
class ClusterRow:
    """What a page says of a cluster, or of the unclustered items.

    Attributes
    ----------
    facts : dict
        As the app's list of clusters wants them: key, name, count, share, color, medoids, score, doubtful, evidence.
    source : str
        How it came to its name.
    keywords : str
        Words of its items, each with its share.
    mix : tuple of (modality, count, colour, left, width)
        Of its items, with its piece of the bar.
    medoids : tuple of str
        Ids of its most typical items.
    stability : dict or None
        ``share`` found again, its ``reading``, whether it is ``firm``; None where that was not measured.
    stability_sentence : str
    """

    facts: dict[str, Any]
    source: str
    keywords: str
    mix: tuple[tuple[str, int, str, float, float], ...]
    medoids: tuple[str, ...]
    stability: dict[str, Any] | None
    stability_sentence: str = ""


def cluster_rows(exploration: Exploration, positions: NDArray[np.intp]) -> list[ClusterRow]:
    """Rows of the clusters that items of a page belong to, largest first, the unclustered items last.

    Parameters
    ----------
    exploration : Exploration
    positions : integer array of shape (m,)
        Of the items that the page shows.
    """
    labels, count = exploration.clustering.labels, exploration.clustering.count
    colors = [*cluster_colors(exploration), UNCLUSTERED_GREY]
    shown = set(positions.tolist())
    kinds = exploration.collection.modalities
    measured = exploration.stability if exploration.knows("stability") else None
    names = exploration.names
    rows = []
    for row, color in enumerate(colors):
        cluster = row if row < count else -1
        members = positions[labels[positions] == cluster]
        name = names.get(cluster)
        medoids = tuple(
            id for id in (name.medoids if name else ()) if exploration.collection.position(id) in shown
        )[:MEDOIDS]  # fmt: skip
        facts: dict[str, Any] = {
            "key": str(row), "name": name_of(cluster, names), "count": len(members),
            "share": f"{len(members) / max(len(positions), 1):.0%}", "color": color, "medoids": list(medoids),
        }  # fmt: skip
        if name is not None and name.score is not None:
            facts |= _score(name)
        found = None
        if measured is not None and cluster >= 0:
            share = float(measured.jaccard[cluster])
            said = "–" if share != share else f"{share:.0%}"
            found = {"share": said, "reading": measured.readings[cluster], "firm": bool(measured.firm[cluster])}
        rows.append(ClusterRow(
            facts=facts,
            source=SOURCES.get(name.source, name.source) if name else "",
            keywords=", ".join(f"{word} {share:.0%}" for word, share in name.keywords) if name else "",
            mix=_mix([str(kinds[position]) for position in members.tolist()]),
            medoids=medoids, stability=found, stability_sentence=measured.sentence if measured is not None else "",
        ))  # fmt: skip
    return rows


def _score(name: ClusterName) -> dict[str, Any]:
    outside = "" if name.outside is None else f", and of {name.outside:.0%} of all other items"
    others = " or ".join(f"“{other.name}”" for other in name.alternates)
    return {
        "score": f"{name.score:.0%}",
        "doubtful": (name.score or 0) < DOUBTFUL,
        "evidence": f"The name is true of {name.score:.0%} of its items{outside}"
        + (f". It could be {others}" if others else ""),
    }


def _mix(kinds: list[str]) -> tuple[tuple[str, int, str, float, float], ...]:
    told, left = [], 0.0
    for kind in Modality:
        count = kinds.count(str(kind))
        if count:
            wide = WIDE * count / len(kinds)
            told.append((str(kind), count, MODALITY[kind], round(left, 1), round(wide, 1)))
            left += wide
    return tuple(told)
