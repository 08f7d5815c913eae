"""What carries a likeness as plain values and in words, for a screen or a page that lays it over the item."""

from __future__ import annotations

from typing import Any

from nova_explore.similarity.explanation import Explanation
from nova_explore.similarity.overlay import Part, marked_text


def weigh(one: Explanation) -> dict[str, Any]:
    """What carries the likeness in one item: its parts with weights from -1 to 1, and how far to trust them."""
    most = max((abs(part.weight) for part in one.parts), default=0) or 1

    def share(weight: float) -> float:
        return round(weight / most, 3)

    (deleted, by_chance), (inserted, at_random) = one.deletion, one.insertion
    numbers = (
        f"R² {one.r2:.2f} · deletion {deleted:.2f} against {by_chance:.2f} at random · insertion {inserted:.2f} "
        f"against {at_random:.2f} · {one.fills[0]} and {one.fills[1]} agree by {one.agreement:.2f}"
    )
    return {
        "id": one.id,
        "carried": one.carried,
        "reliable": one.reliable,
        "doubts": "; ".join(one.doubts) if one.carried else "",
        "sentence": says(one),
        "numbers": numbers,
        "boxes": [[*part.place.at, share(part.weight)] for part in one.parts if part.place.unit == "box"],
        "seconds": sorted([*part.place.at, share(part.weight)] for part in one.parts if part.place.unit == "seconds"),
        "words": [[text, share(weight)] for text, weight in marked_text(one.text, one.parts)],
    }


def says(one: Explanation) -> str:
    """What carries the likeness, in a sentence."""
    if not one.carried:
        return "Nothing in it carries the likeness: whatever is hidden, they stay as alike."
    best = [part for part in one.parts if part.weight > 0][:3]
    if not best:
        return "No part of it speaks for the likeness."
    named = dict.fromkeys(_called(part) for part in best)
    return f"Carried most by {', '.join(named)} (hidden, the cosine of {one.cosine:.2f} loses {best[0].weight:.2f})."


def _called(part: Part) -> str:
    """Name a part as a person would who sees it marked."""
    if part.place.unit != "box":
        return part.name if part.place.unit == "seconds" else f"“{part.name}”"
    left, top, right, bottom = part.place.at
    down = ("upper", "middle", "lower")[min(int((top + bottom) * 1.5), 2)]
    across = ("left", "middle", "right")[min(int((left + right) * 1.5), 2)]
    return f"its {down} {across}" if (down, across) != ("middle", "middle") else "its middle"
