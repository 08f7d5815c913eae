"""Numbers that a person answers for a collection with.

An exploration or a model comes in; findings go out, each with what it was measured against.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nova_explore.reviews.advice import choose_space
    from nova_explore.reviews.cluster_groups import cluster_composition
    from nova_explore.reviews.comparison import compare_effectiveness
    from nova_explore.reviews.finding import Chance, Finding, Review
    from nova_explore.reviews.judgements import agreement, read_judgements
    from nova_explore.reviews.judging import Judging, pool
    from nova_explore.reviews.occupations import occupation_queries
    from nova_explore.reviews.pack import review, start_pack
    from nova_explore.reviews.pair_quality import pairs
    from nova_explore.reviews.rankers import list_rankers
    from nova_explore.reviews.recall_gap import group_gap
    from nova_explore.reviews.retrieval import effectiveness
    from nova_explore.reviews.shown_items import exposure
    from nova_explore.reviews.top_groups import retrieval_fairness
    from nova_explore.reviews.word_association import association

_WHERE = {
    "Chance": "finding",
    "Finding": "finding",
    "Judging": "judging",
    "Review": "finding",
    "agreement": "judgements",
    "association": "word_association",
    "choose_space": "advice",
    "cluster_composition": "cluster_groups",
    "compare_effectiveness": "comparison",
    "effectiveness": "retrieval",
    "exposure": "shown_items",
    "group_gap": "recall_gap",
    "list_rankers": "rankers",
    "occupation_queries": "occupations",
    "pairs": "pair_quality",
    "pool": "judging",
    "read_judgements": "judgements",
    "retrieval_fairness": "top_groups",
    "review": "pack",
    "start_pack": "pack",
}

__all__ = [
    "Chance", "Finding", "Judging", "Review", "agreement", "association", "choose_space", "cluster_composition",
    "compare_effectiveness", "effectiveness", "exposure", "group_gap", "list_rankers", "occupation_queries", "pairs",
    "pool", "read_judgements", "retrieval_fairness", "review", "start_pack",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import a review when it is asked for: no module here has the name of a function, which it would hide."""
    if name in _WHERE:
        return getattr(import_module(f"nova_explore.reviews.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'nova_explore.reviews' has no attribute {name!r}")
