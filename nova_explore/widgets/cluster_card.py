"""One cluster in full: what it could be called and why, its central and its borderline items, its tags and notes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.clusters.cluster import soft_memberships
from nova_explore.exploration.columns import UNCLUSTERED
from nova_explore.labels.language_model import MOST_ITEMS
from nova_explore.library.stamps import to_the_minute
from nova_explore.widgets.board import Answer, Shown

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from nova_explore.exploration.bundle import Exploration
    from nova_explore.labels.labels import Labels

CENTRAL, BORDERLINE, NEAR = 6, 6, 8
MOST_LOOKED_AT = 5_000
"""Members of which the borderline ones are sought: the least firm ones of a larger cluster."""
MOST_TAGS = 12

SOURCES = {
    "keywords": "its items say so", "phrase": "nearest phrase of the vocabulary", "medoid": "its most central item",
    "person": "a person",
}  # fmt: skip


def cluster_card(app: Shown, *, key: str) -> Answer:
    """Answer with what a person needs to decide about a cluster."""
    exploration, cluster = app.exploration, int(key)
    if not 0 <= cluster < exploration.clustering.count:
        return {
            "key": key,
            "proposals": [],
            "medoids": [],
            "borderline": [],
            "mix": [],
            "tags": [],
            "notes": [],
            "near": [],
        }, []
    labels, members = exploration.labels, exploration.clustering.members(cluster)
    looked_at = members
    if len(members) > MOST_LOOKED_AT:
        looked_at = members[np.argsort(exploration.clustering.strengths[members], kind="stable")[:MOST_LOOKED_AT]]
    shares = soft_memberships(exploration.neighbors, exploration.clustering, positions=looked_at)
    counted = Counter(str(exploration.collection[position].modality) for position in members.tolist())
    status, made = labels.status_of(cluster)
    said = f"{status} by {made.by}, {to_the_minute(made.when)}" if made else ""
    return {
        "key": key,
        "said": said,
        "mix": [[name, counted[name]] for name in exploration.collection.counts() if counted[name]],
        "proposals": proposals(exploration, cluster),
        "medoids": [_small(exploration, id) for id in exploration.proposed[cluster].medoids[:CENTRAL]],
        "borderline": borderline(exploration, cluster, looked_at, shares),
        "near": nearest_clusters(shares, cluster),
        "tags": _tags(labels, members),
        "notes": [{"text": one.text, "by": one.by, "when": one.when[:10]} for one in labels.notes_of(cluster)]
        if status != "elsewhere"
        else [],
    }, []


def proposals(exploration: Exploration, cluster: int) -> list[dict[str, Any]]:
    """What a cluster could be called, each with its evidence, the best first."""
    proposed = exploration.proposed[cluster]
    told = [
        {
            "name": one.name,
            "score": "" if one.score is None else f"{one.score:.0%}",
            "why": " · ".join(filter(None, (
                SOURCES.get(one.source, one.source),
                "" if one.score is None else f"true of {one.score:.0%} of its items",
                "" if one.outside is None else f"and of {one.outside:.0%} of all others",
            ))),
        }
        for one in (proposed, *proposed.alternates)
    ]  # fmt: skip
    read = f"read {len(proposed.medoids[:MOST_ITEMS])} central items and {len(proposed.keywords)} keywords"
    for model, name in exploration.labels.names_by_models(cluster).items():
        same = next((one for one in told if one["name"] == name), None)
        if same is not None:
            same["why"] += f" · also proposed by {model}"
        else:
            told.append({"name": name, "score": "", "why": f"proposed by {model}, which {read}"})
    return told


def nearest_clusters(shares: csr_array, cluster: int) -> list[str]:
    """Keys of the clusters that the neighbours of a cluster's items are in, those of most neighbours first."""
    total = np.asarray(shares.sum(axis=0)).ravel()
    total[cluster] = 0
    order = np.argsort(-total, kind="stable")[:NEAR]
    return [str(other) for other in order.tolist() if total[other] > 0]


def borderline(
    exploration: Exploration, cluster: int, members: NDArray[np.intp], shares: csr_array
) -> list[dict[str, Any]]:
    """The items of a cluster with the fewest neighbours in it, and where these neighbours are.

    Parameters
    ----------
    exploration : Exploration
    cluster : int
    members : int array of shape (m,)
        Positions.
    shares : csr_array of shape (m, c)
        Of `soft_memberships`.
    """
    inside = np.asarray(shares.tocsc()[:, [cluster]].todense()).ravel()
    order = np.lexsort((exploration.clustering.strengths[members], np.round(inside, 6)))[:BORDERLINE]
    told = []
    for row in order.tolist():
        if inside[row] > 1 - 1e-6:
            break
        others = np.asarray(shares[[row]].todense()).ravel()
        others[cluster] = 0
        unclustered = 1 - float(inside[row]) - float(others.sum())
        best = int(others.argmax())
        is_none = unclustered > others[best]
        where, share = (UNCLUSTERED, unclustered) if is_none else (exploration.name_of(best), float(others[best]))
        item = _small(exploration, exploration.collection.ids[int(members[row])])
        told.append(item | {"why": f"{share:.0%} of its neighbours are in “{where}”"})
    return told


def _tags(labels: Labels, members: NDArray[np.intp]) -> list[list[Any]]:
    tags = labels.column("tags")
    counted = Counter(tag for position in members.tolist() for tag in tags[position])
    return [[tag, n] for tag, n in counted.most_common(MOST_TAGS)]


def _small(exploration: Exploration, id: str) -> dict[str, Any]:
    item = exploration.collection[id]
    return {"id": id, "title": item.title, "modality": str(item.modality)}
