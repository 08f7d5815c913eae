"""What a person should know before reading a map, and how it came about."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from nova_explore.collection import Collection
from nova_explore.exploration.columns import UNCLUSTERED
from nova_explore.exploration.drawn_map import DrawnMap
from nova_explore.library.store import Library
from nova_explore.map.modality_gap import kinds_left_out
from nova_explore.space import Space

MEANINGLESS = "Sizes of clusters and gaps between them are not meaningful."


def tell_headline(drawn: DrawnMap) -> str:
    """Counts in one line: items, clusters, share left unclustered."""
    n, count = len(drawn.ids), drawn.clustering.count
    items = f"{n:,} {'item' if n == 1 else 'items'}"
    added = f", {n - drawn.made_of:,} of them added" if drawn.placed is not None else ""
    if not drawn.clustering.parameters:
        return f"{items}{added} · not clustered yet"
    clusters = f"{count:,} {'cluster' if count == 1 else 'clusters'}"
    return f"{items}{added} · {clusters} · {UNCLUSTERED} {drawn.clustering.noise_share:.0%}"


def list_caveats(drawn: DrawnMap, collection: Collection) -> tuple[str, ...]:
    """What a person should know before reading a map, one sentence each."""
    said = [MEANINGLESS if len(collection) > 1 else None, drawn.gap.sentence, drawn.neighbors.sentence]
    if dissolved := drawn.clustering.parameters.get("dissolved"):
        said.append(f"No clusters here: none of {dissolved:,} that were found comes back from halves of the items.")
    if drawn.placed is not None:
        said.append(drawn.placed.sentence)
        if drawn.gap.corrected:
            said.append(kinds_left_out(collection.modalities.tolist(), drawn.made_of))
    return tuple(sentence for sentence in said if sentence)


def tell_provenance(library: Library, collection: Collection, space: Space, drawn: DrawnMap) -> dict[str, Any]:
    """How a map came about, as plain values that JSON can hold."""
    onto = {} if drawn.placed is None else {"onto": drawn.onto, "items": len(drawn.placed.xy), "k": drawn.placed.k}
    return {
        "created": drawn.created,
        "library": str(library.path),
        "map": drawn.key,
        "versions": dict(drawn.versions),
        "space": asdict(space) | {"key": space.key},
        "items": len(collection),
        "counts": collection.counts(),
        "unread": len(collection.unread),
        "neighbors": {
            "k": drawn.neighbors.k, "method": drawn.neighbors.method, "recall": drawn.neighbors.recall,
            "similarity": "cosine", **asdict(drawn.gap),
        },
        "layout": dict(drawn.layout.parameters),
        "clustering": dict(drawn.clustering.parameters),
        **({"placed": onto} if onto else {}),
        "runs": library.runs(),
    }  # fmt: skip
