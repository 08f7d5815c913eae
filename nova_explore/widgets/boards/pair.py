"""Two items side by side: how alike they are, against what is usual, and which of their parts carry it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nova_explore.similarity.explanation import Explanation
from nova_explore.similarity.overlay import frames_of
from nova_explore.similarity.pair import Pair
from nova_explore.similarity.weighed import weigh
from nova_explore.widgets.board import NOTHING, Answer, Later, Shown, kept_for
from nova_explore.widgets.boards.items import card

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration

MOST_SHARED = 12
COPIES = {
    "copy": "A copy: the same content, saved again",
    "look-alike": "A look-alike: as near as copies are, and not the same content",
    "no": "Not a copy",
}


@dataclass
class Pinned:
    """The item that others are held against, by id; none where it is empty."""

    id: str = ""


def facts(app: Shown) -> dict[str, Any]:
    """The pinned item, to be shown or played; nothing where none is pinned."""
    pinned = kept_for(app, Pinned).id
    return {"pinned": side(app.exploration, pinned) if pinned else None}


def side(exploration: Exploration, id: str) -> dict[str, Any]:
    """What the browser needs to show or play an item."""
    position = exploration.collection.position(id)
    item = exploration.collection[position]
    seconds = [item.span.start, item.span.end] if item.span and item.span.unit == "seconds" else None
    return card(exploration, position) | {"text": item.text or "", "seconds": seconds}


def pin(app: Shown, *, id: str) -> Answer:
    """Pin an item, so that the next one is held against it; an empty id lets it go."""
    if id:
        app.exploration.collection.position(id)
    kept_for(app, Pinned).id = id
    app.refresh("pair")
    return NOTHING


def compare(app: Shown, *, a: str, b: str) -> Later:
    """Answer with everything known of two items together, or of an item and words."""
    exploration = app.exploration
    return Later("", lambda: exploration.compare(a, b), lambda pair: (tell(exploration, pair), []), urgent=True)


def tell(exploration: Exploration, pair: Pair) -> dict[str, Any]:
    """A pair in words, numbers for the picture of what is usual, and tiles of what both are near to."""
    first, second = pair.modalities
    high = max(int(pair.usual.max(initial=0)), 1)
    low, top = pair.usual_ends
    shared = [card(exploration, exploration.collection.position(id)) for id in pair.shared_neighbors[:MOST_SHARED]]
    return {
        "ids": list(pair.ids),
        "modalities": [first, second],
        "lead": lead(pair),
        "cosine": f"{pair.cosine:.2f}",
        "usual": [round(count / high, 4) for count in pair.usual.tolist()],
        "at": round((pair.cosine - low) / (top - low), 4),
        "ends": [f"{low:.2f}", f"{top:.2f}"],
        "usual_words": f"{first}–{second} pairs: usually {pair.typical[0]:.2f} ± {pair.typical[1]:.2f}",
        "rows": rows(pair),
        "shared": shared,
        "shared_words": f"{len(pair.shared_neighbors)} of the {pair.neighbors} nearest of each are the same",
        "phrases": [[phrase, f"{score:.1f}"] for phrase, score in pair.phrases],
        "copy": pair.copy,
        "copy_words": COPIES[pair.copy] + (f" ({pair.how})" if pair.how else ""),
    }


def lead(pair: Pair) -> str:
    """The first sentence: how near they are among pairs like them."""
    share = f"{pair.percentile:.0%}" if pair.percentile < 0.99 else f"{min(pair.percentile, 0.999):.1%}"
    return f"Nearer than {share} of {pair.modalities[0]}–{pair.modalities[1]} pairs"


def rows(pair: Pair) -> list[list[str]]:
    """What is known of both, a name and a value a row."""
    first, second = (name if name != "words" else "text" for name in pair.modalities)
    found = [
        ["from the first", f"the second is no. {pair.ranks[0]:,} of its nearest {second} items"],
        ["from the second", f"the first is no. {pair.ranks[1]:,} of its nearest {first} items"],
    ]
    if pair.map_ranks is not None and pair.map_distance is not None:
        found.append(
            [
                "on the map",
                f"no. {pair.map_ranks[0]:,} and no. {pair.map_ranks[1]:,}, {pair.map_distance:.0%} of it apart",
            ]
        )
    if pair.shared_words:
        found.append(["words of both", ", ".join(pair.shared_words)])
    return [*found, *([f"{name} of both", str(value)] for name, value in pair.shared_metadata.items())]


# ---- why --------------------------------------------------------------------------------------------------------


def plan_why(app: Shown, *, a: str, b: str) -> Later:
    """Answer with what it takes to explain a pair, both ways; the model is asked for nothing."""
    exploration = app.exploration

    def say(plans: list[Explanation]) -> Answer:
        calls = sum(plan.planned for plan in plans)
        costs = [plan.cost for plan in plans if plan.cost is not None]
        cost = f"about ${sum(costs):.4f} at most" if costs else "at no cost"
        return {
            "calls": calls,
            "cost": round(sum(costs), 6),
            "words": f"at most {calls:,} calls of the model, {cost}",
        }, []

    return Later("", lambda: each_way(exploration, a, b, {"max_calls": 0}), say)


def why(app: Shown, *, a: str, b: str, cost: float) -> Later:
    """Answer with the parts of both that carry their likeness, for at most as many US dollars as were shown."""
    exploration = app.exploration

    def compute() -> tuple[list[Explanation], list[list[bytes]]]:
        found = each_way(exploration, a, b, {"budget": cost} if cost else {})
        return found, [frames_of(exploration.collection[str(one.id)], one.parts) for one in found]

    def say(result: tuple[list[Explanation], list[list[bytes]]]) -> Answer:
        found, frames = result
        sides = [weigh(one) | {"frames": len(pictures)} for one, pictures in zip(found, frames, strict=True)]
        return {"sides": sides, "calls": sum(one.calls for one in found)}, [one for some in frames for one in some]

    return Later("weighing the parts of both", compute, say)


def each_way(exploration: Exploration, a: str, b: str, limits: dict[str, Any]) -> list[Explanation]:
    """Explain the first by the second, where it is an item, and the second by the first."""
    return [
        exploration.explain(other, one, **limits) for one, other in ((a, b), (b, a)) if exploration.collection.has(one)
    ]


ANSWERS = (pin, compare, plan_why, why)
QUIET = frozenset({"compare", "plan_why", "why"})
