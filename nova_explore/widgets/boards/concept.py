"""Learn a concept: a person marks items that are like it and items that are not, and the rest is ranked.

The browser holds the marks and sends them with every question, so that nothing here can fall behind; what is kept is a
tag, which is a decision like any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from nova_explore.widgets.board import Answer, Later
from nova_explore.widgets.boards.items import card
from nova_explore.widgets.decisions import decide

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration
    from nova_explore.labels.concept import Concept

SHOWN, UNSURE, MOST_TAGS = 60, 6, 30


class Learning(Protocol):
    """What this board needs of the app."""

    exploration: Exploration
    acts: Any
    map: Any
    read_only: Any

    def choose(self, positions: Any, *, named: str = "", left_out: int = 0) -> None:
        """Make these items the slice."""
        ...

    def refresh(self, *boards: str) -> None:
        """Tell the browser again what these boards show."""
        ...


def facts(app: Learning) -> dict[str, Any]:
    """The tags that there are, the most frequent first, with their counts."""
    tags = app.exploration.labels.tag_counts()[:MOST_TAGS]
    return {"tags": [list(one) for one in tags], "read_only": bool(app.read_only)}


def learn(app: Learning, *, like: list[str], unlike: list[str], at_least: float) -> Later:
    """Answer with the items most like the concept and those that a mark would say most about; the map lights them."""
    exploration = app.exploration

    def then(concept: Concept) -> Answer:
        lit = exploration.collection.positions(concept.members(at_least))
        app.map.highlight(np.array(lit, np.intp))
        return {
            "ranked": [_tile(exploration, concept, int(position)) for position in concept.order[:SHOWN]],
            "unsure": [
                _tile(exploration, concept, exploration.collection.position(id)) for id in concept.unsure(UNSURE)
            ],
            "count": len(lit),
        }, []

    return Later("", lambda: exploration.labels.learn(like, unlike), then, urgent=True)


def take_concept(app: Learning, *, like: list[str], unlike: list[str], at_least: float) -> Answer:
    """Make the items of the concept the slice."""
    ids = app.exploration.labels.learn(like, unlike).members(at_least)
    app.choose(np.array(app.exploration.collection.positions(ids), np.intp), named="like the marks")
    return {"count": len(ids)}, []


def keep_concept(app: Learning, *, like: list[str], unlike: list[str], at_least: float, tag: str) -> Answer:
    """Tag the items of the concept."""
    line = f"keep(app.exploration.labels.learn({like!r}, {unlike!r}), {tag!r}, at_least={at_least})"
    ids = decide(app, line, lambda labels: labels.keep(labels.learn(like, unlike), tag, at_least=at_least))
    app.refresh("concept")
    return {"count": len(ids)}, []


def choose_tag(app: Learning, *, tag: str) -> Answer:
    """Make the items with a tag the slice."""
    tags = app.exploration.labels.column("tags")
    app.choose(np.flatnonzero([tag in own for own in tags]), named=tag)
    return {}, []


def untag_all(app: Learning, *, tag: str) -> Answer:
    """Take a tag from all items that have it."""
    tags = app.exploration.labels.column("tags")
    ids = [id for id, own in zip(app.exploration.collection.ids, tags, strict=True) if tag in own]
    decide(app, f"untag({ids!r}, {tag!r})", lambda labels: labels.untag(ids, tag))
    app.refresh("concept")
    return {}, []


def examples(app: Learning, *, ids: list[str]) -> Answer:
    """Answer with what tiles say of these items, or of the slice where none are given."""
    exploration = app.exploration
    wanted = ids or list(exploration.selection.ids)[:SHOWN]
    return {"tiles": [card(exploration, exploration.collection.position(id)) for id in wanted]}, []


def _tile(exploration: Exploration, concept: Concept, position: int) -> dict[str, Any]:
    return card(exploration, position) | {"score": f"{float(concept.scores[position]):.0%}"}


WRITES = ("keep_concept", "untag_all")
QUIET = ("learn", "examples")
ANSWERS = (learn, take_concept, keep_concept, choose_tag, untag_all, examples)
