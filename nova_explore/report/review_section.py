"""Reviews as a report shows them: every finding with its value on its null band, what did not run, and who says so."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nova_explore.reviews.finding import CAVEAT

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration
    from nova_explore.reviews.finding import Finding, Review

PICTURES = 12
WIDTH = 240
"""Of the drawing of a band, in pixels."""

PERSONAL = {
    "by": "Who ran this",
    "intended_use": "Intended use",
    "limits": "Limits, as that person sees them",
    "notes": "Notes and decisions",
    "command": "The command that makes it again",
}
"""What a person adds to a report, by its name in a pack."""


def sections_of(exploration: Exploration, reviews: Sequence[Review]) -> list[dict[str, Any]]:
    """One entry a review, of plain values for the template."""
    return [
        {
            "name": review.name,
            "findings": [_finding(exploration, one) for one in review.findings],
            "not_run": list(review.not_run),
            "calls": review.calls,
            "cost": review.cost,
        }
        for review in reviews
    ]


def personal(about: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """What a person filled in, and what was left empty: it says so."""
    about = about or {}
    rows = [(title, str(about.get(name) or "not filled in")) for name, title in PERSONAL.items() if name != "command"]
    return [*rows, (PERSONAL["command"], str(about["command"]))] if about.get("command") else rows


def caveat() -> str:
    """What stands above all findings."""
    return CAVEAT


def _finding(exploration: Exploration, one: Finding) -> dict[str, Any]:
    known = [id for id in one.ids if exploration.collection.has(id)]
    return {
        "statement": one.statement,
        "measure": one.measure,
        "value": _number(one.value),
        "interval": f"{_number(one.low)} to {_number(one.high)}" if _known(one.low, one.high) else "no interval",
        "n": f"{one.n:,}",
        "chance": "" if one.chance is None else f"{_number(one.chance.low)} to {_number(one.chance.high)}",
        "q": "" if one.q is None else "< .001" if one.q < 0.001 else f"{one.q:.3f}",
        "source": one.source,
        "band": band_of(one),
        "pictures": exploration.collection.positions(known[:PICTURES]),
        "more": max(0, len(known) - PICTURES),
    }


def band_of(one: Finding) -> dict[str, float] | None:
    """Where the null band, the interval and the value lie, in pixels from the left; None without a chance level."""
    if one.chance is None or not _known(one.value, one.chance.low, one.chance.high):
        return None
    ends = [one.value, one.chance.low, one.chance.high, *((one.low, one.high) if _known(one.low, one.high) else ())]
    left, right = min(ends), max(ends)
    room = (right - left) * 0.08 or 1.0
    left, right = left - room, right + room

    def place(value: float) -> float:
        return round((value - left) / (right - left) * WIDTH, 1)

    low, high = (one.low, one.high) if _known(one.low, one.high) else (one.value, one.value)
    return {
        "width": WIDTH, "value": place(one.value), "low": place(low), "high": place(high),
        "chance_low": place(one.chance.low), "chance_width": round(place(one.chance.high) - place(one.chance.low), 1),
        "chance": place(one.chance.mean),
    }  # fmt: skip


def _known(*values: float) -> bool:
    return all(math.isfinite(value) for value in values)


def _number(value: float) -> str:
    return "not a number" if math.isnan(value) else f"{value:.3f}"
