"""Labels and decisions as data frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from nova_explore.clusters.matching import SAME_FROM
from nova_explore.labels.decision import Decision
from nova_explore.labels.labelled_map import Labelled
from nova_explore.labels.state import LabelState, undone_of

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("name", "size", "status", "by", "when", "stability", "score", "clusters", "notes")
PROPOSED = "proposed"


def label_table(labelled: Labelled, state: LabelState, carried: Mapping[int, str]) -> pd.DataFrame:
    """One row a label, in the order in which they came about; then one a cluster that carries none and has items left.

    Parameters
    ----------
    labelled : Labelled
    state : LabelState
    carried : Mapping of int to str
        The label that each cluster carries.

    Returns
    -------
    DataFrame
        With `COLUMNS`. ``size`` counts the items on this map; the stability of a label of several clusters is the
        smallest of theirs, missing where it was not measured.
    """
    import pandas as pd

    stability = labelled.stability()
    stable = {} if stability is None else dict(enumerate(stability.jaccard.tolist()))
    clusters_of: dict[str, list[int]] = {}
    for cluster, name in carried.items():
        clusters_of.setdefault(name, []).append(cluster)
    rows: list[dict[str, Any]] = []
    for name, ids in state.labels().items():
        made, of = state.made[name], clusters_of.get(name, [])
        rows.append({
            "name": name, "size": sum(map(labelled.collection.has, ids)), "status": made.status, "by": made.by,
            "when": made.when, "stability": min((stable[c] for c in of if c in stable), default=None),
            "score": made.score, "clusters": tuple(of), "notes": _notes(state, {*ids}),
        })  # fmt: skip
    ids = labelled.collection.ids
    for cluster, proposed in labelled.proposed.items():
        members = [ids[position] for position in labelled.clustering.members(cluster).tolist()]
        left = [id for id in members if id not in state.part_of]
        if cluster in carried or not left:
            continue
        rows.append({
            "name": proposed.name, "size": len(left), "status": PROPOSED, "by": "", "when": "",
            "stability": stable.get(cluster), "score": proposed.score, "clusters": (cluster,),
            "notes": _notes(state, {*members}),
        })  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"stability": float, "score": float})


def _notes(state: LabelState, ids: set[str]) -> tuple[str, ...]:
    """Notes about items of which a set shares most."""
    told = (note for note in state.notes if len(ids.intersection(note.ids)) >= SAME_FROM * len(ids.union(note.ids)))
    return tuple(note.text for note in told)


def unattached_table(labelled: Labelled, state: LabelState, carried: Mapping[int, str]) -> pd.DataFrame:
    """One row a label that no cluster carries: name, size, items on this map, status, by, when."""
    import pandas as pd

    there = {*carried.values()}
    rows = [
        (name, len(ids), sum(map(labelled.collection.has, ids)), made.status, made.by, made.when)
        for name, ids in state.labels().items()
        if name not in there and (made := state.made[name])
    ]
    return pd.DataFrame(rows, columns=["name", "size", "on_map", "status", "by", "when"])


def history_table(decisions: Iterable[Decision]) -> pd.DataFrame:
    """One row a decision, oldest first, those that were undone included."""
    import pandas as pd

    decisions = list(decisions)
    undone, numbers = undone_of(decisions), {one.id: one.number for one in decisions}
    rows = [
        {
            "when": one.when, "by": one.by, "action": one.action, "names": tuple(put.name for put in one.puts),
            "items": len(one.items), "tags": one.tags, "text": one.text,
            "proposal": str(one.proposal.get("name", "")), "source": str(one.proposal.get("source", "")),
            "of": numbers.get(one.of, 0), "undone": one.id in undone,
        }
        for one in decisions
    ]  # fmt: skip
    columns = ["when", "by", "action", "names", "items", "tags", "text", "proposal", "source", "of", "undone"]
    index = pd.Index([one.number for one in decisions], name="number")
    return pd.DataFrame(rows, columns=columns, index=index)
