"""What a search found, as a person reads it: those with the words, those like it, and the rest, that is chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.errors import SpaceMismatchError
from nova_explore.models.own import IMPORTED
from nova_explore.similarity.ranking import COVERS, Ranking
from nova_explore.similarity.words_alone import find_words

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration
    from nova_explore.similarity.sides import Example

MOST = 500
"""Results that are looked for; more that match are counted as more."""

LEAST = 24
"""Results that are shown, though fewer match: what is nearest tells why nothing is near."""

WITH_WORDS, LIKE, CHANCE = range(3)
STEPS = (2.0, 3.0, 4.5, 7.0)
"""Merits from which on a result has one more step of five. On the demo, a query without meaning reaches 2.3, what is
like a query 2 to 6, what carries its words 7 to 12."""


def search(
    exploration: Exploration,
    query: str,
    modalities: Sequence[str],
    *,
    like: Sequence[Example] = (),
    unlike: Sequence[Example] = (),
) -> Ranking:
    """Search among the items of these modalities: all that match, and the nearest others where those are few.

    Where no model can embed the query, by words alone; the ranking then says so. ``via`` is ``content`` for what was
    compared by the meaning of its words and does not carry those of the query: it is like the query, and no more.
    """
    try:
        ranking = exploration.search(query or None, like=like, unlike=unlike, k=MOST, modalities=modalities)
    except SpaceMismatchError:
        if like or unlike:
            raise
        why = (
            "The vectors were imported without their model" if is_imported(exploration) else "No model fits the vectors"
        )
        words = exploration.finder.background.words
        ranking = find_words(
            exploration.collection, words, query, k=MOST, modalities=modalities, note=f"{why}: found by words alone."
        )
    carried = np.isin(ranking.positions, carrying(exploration, query) if query else [])
    via = (name if carries else "content" for name, carries in zip(ranking.via, carried.tolist(), strict=True))
    return _in_sections(replace(ranking, via=tuple(via)))


def search_like(exploration: Exploration, id: str, modalities: Sequence[str]) -> Ranking:
    """Search among the items of these modalities for those that are like an item of the collection."""
    return search(exploration, "", modalities, like=(id,))


def _in_sections(ranking: Ranking) -> Ranking:
    """Sort the results by what they have in common, and leave out most of those that are no closer than chance."""
    sorts = sorts_of(ranking)
    order = np.argsort(sorts, kind="stable")
    kept = order[: max(int((sorts < CHANCE).sum()), LEAST)]
    return replace(
        ranking,
        ids=tuple(ranking.ids[i] for i in kept),
        via=tuple(ranking.via[i] for i in kept),
        **{name: getattr(ranking, name)[kept] for name in ("positions", "scores", "percentiles", "merits", "matches")},
    )


def carrying(exploration: Exploration, query: str) -> NDArray[np.intp]:
    """Positions of the items that carry half of the query's words, each by how rare it is."""
    scored = exploration.finder.background.words.search(query)
    return scored.positions[scored.coverage >= COVERS]


def is_imported(exploration: Exploration) -> bool:
    """Whether the vectors came without a model that could embed a query."""
    return exploration.space.preprocessing == IMPORTED


def invitation(exploration: Exploration) -> str:
    """What the empty search box says."""
    return f"Search in {'captions and texts' if is_imported(exploration) else 'words'}, then Enter"


def sorts_of(ranking: Ranking) -> NDArray[np.intp]:
    """Sort of every result: 0 with the words, 1 like the query, 2 no closer than chance; shape (k,)."""
    carries = np.array([via != "content" for via in ranking.via], bool)
    return np.where(~ranking.matches, CHANCE, np.where(carries, WITH_WORDS, LIKE))


def lit(ranking: Ranking) -> NDArray[np.intp]:
    """Positions to show on the map: what matches, or all that is shown where nothing does."""
    positions = ranking.positions[ranking.matches] if ranking.matching else ranking.positions
    return positions.astype(np.intp)


def sections_of(ranking: Ranking) -> list[tuple[str, int]]:
    """What the results from a row on have in common, and that row."""
    sorts = sorts_of(ranking)
    words = "the word" if len(ranking.query.split()) == 1 else "the words"
    titles = (f"with {words}", "like it", "no closer than chance")
    told = []
    for sort, title in enumerate(titles):
        count = int((sorts == sort).sum())
        if count:
            told.append((f"{count:,} {title}", int(np.argmax(sorts == sort))))
    return told


def title_of(ranking: Ranking) -> str:
    """What the slice is: ``“dog” · 11 with the word, 13 like it``."""
    told = [title for title, _ in sections_of(ranking) if not title.endswith("chance")]
    if not told:
        is_like = "is" if ranking.query.startswith("like ") else "is like" if len(ranking) else "for"
        return f"Nothing {is_like} {_quoted(ranking.query)}"
    more = ", and there may be more" if ranking.matching >= MOST else ""
    return f"{_quoted(ranking.query)} · {', '.join(told)}{more}"


def _quoted(query: str) -> str:
    """What was asked for: words in quotes, items by their titles."""
    return query if query.startswith("like ") else f"“{query}”"


def doubt_of(ranking: Ranking) -> str:
    """Say that nothing matches, where that is so."""
    return "" if ranking.matching or not len(ranking) else "What is shown is no closer than chance."


def say_strength(merit: float, score: float, percentile: float, modality: str) -> dict[str, Any]:
    """Strength of a result in steps from 1 to 5, and the numbers behind it in words."""
    step = 1 + int(np.searchsorted(STEPS, merit, side="right"))
    why = (
        f"Strength {step} of 5: {merit:.1f} standard deviations above what queries usually score, words included; "
        f"cosine similarity {score:.2f}, above {percentile:.0%} of all {modality} items"
    )
    return {"strength": step, "why": why}
