"""Reviews as a report shows them: each finding with its value on what chance shows, what did not run, who says so."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nova_explore.reviews.finding import CAVEAT, Finding, tell_q

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration
    from nova_explore.reviews.finding import Review

PICTURES = 12
WIDTH, SIDE = 400, 26
"""Of the drawing of a finding, and of the room at its sides, so that no number is cut."""
TICKS = 4
SAME = 1e-6
"""Below this, two values are one to the eye, and a value is none."""

PERSONAL = {
    "by": "Who ran this",
    "intended_use": "Intended use",
    "limits": "Limits, as that person sees them",
    "notes": "Notes and decisions",
    "command": "The command that makes it again",
}
"""What a person adds to a report, by its name in a pack."""


def sections_of(exploration: Exploration, reviews: Sequence[Review]) -> list[dict[str, Any]]:
    """One entry a review, of plain values for the template; findings are numbered through all reviews."""
    sections, place = [], 0
    for review in reviews:
        axes = {one.measure: axis_of([other for other in review.findings if other.measure == one.measure])
                for one in review.findings}  # fmt: skip
        findings = []
        for one in review.findings:
            findings.append(_finding(exploration, one, axes[one.measure]) | {"place": place})
            place += 1
        sections.append({
            "name": review.name, "findings": findings, "not_run": list(review.not_run), "calls": review.calls,
            "cost": review.cost,
        })  # fmt: skip
    return sections


def slices_of(reviews: Sequence[Review]) -> list[tuple[str, tuple[str, ...]]]:
    """What each finding is about and the ids of its items, in the order of `sections_of`."""
    return [(f"{review.name}: {one.measure}", one.ids) for review in reviews for one in review.findings]


def personal(about: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """What a person filled in, and what was left empty: it says so."""
    about = about or {}
    rows = [(title, str(about.get(name) or "not filled in")) for name, title in PERSONAL.items() if name != "command"]
    return [*rows, (PERSONAL["command"], str(about["command"]))] if about.get("command") else rows


def caveat() -> str:
    """What stands above all findings."""
    return CAVEAT


def axis_of(findings: Sequence[Finding]) -> tuple[float, ...]:
    """Ticks of the axis that all findings of one measure share: round numbers around all they show."""
    shown = [
        number
        for one in findings
        for number in (one.value, one.low, one.high, *(one.chance or ()))
        if math.isfinite(number)
    ]
    if not shown:
        return ()
    low, high = min(shown), max(shown)
    largest = max(abs(low), abs(high))
    wide = high - low
    if wide < max(SAME, SAME * largest):  # one value: an axis as wide as it is large
        wide = largest if largest > SAME else 1.0
    rough = wide / TICKS
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * times for times in (1, 2, 2.5, 5, 10) if unit * times >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(step * tick, 12) for tick in range(first, max(last, first + 1) + 1))


def drawing_of(one: Finding, ticks: Sequence[float]) -> dict[str, Any] | None:
    """Where value, interval and chance lie on an axis, from the left; None where there is nothing to draw.

    Returns
    -------
    dict or None
        ``value``, and where they are known ``low`` and ``high`` of the interval, ``chance`` with ``chance_low`` and
        ``chance_width`` of its band; ``ticks`` as pairs of place and number.
    """
    if not ticks or not math.isfinite(one.value):
        return None

    def place(value: float) -> float:
        return round(SIDE + (value - ticks[0]) / (ticks[-1] - ticks[0]) * (WIDTH - 2 * SIDE), 1)

    drawn: dict[str, Any] = {"value": place(one.value), "ticks": [(place(tick), f"{tick:g}") for tick in ticks]}
    if _known(one.low, one.high):
        drawn |= {"low": place(one.low), "high": place(one.high)}
    if one.chance is not None and _known(*one.chance):
        left, right = place(one.chance.low), place(one.chance.high)
        drawn |= {"chance": place(one.chance.mean), "chance_low": left, "chance_width": max(round(right - left, 1), 1)}
    return drawn


def _finding(exploration: Exploration, one: Finding, ticks: Sequence[float]) -> dict[str, Any]:
    known = [id for id in one.ids if exploration.collection.has(id)]
    return {
        "statement": one.statement,
        "measure": one.measure,
        "value": _number(one.value),
        "interval": f"{_number(one.low)} to {_number(one.high)}" if _known(one.low, one.high) else "no interval",
        "n": f"{one.n:,}",
        "chance": "" if one.chance is None else f"{_number(one.chance.low)} to {_number(one.chance.high)}",
        "q": tell_q(one.q),
        "source": one.source,
        "drawing": drawing_of(one, ticks),
        "pictures": known[:PICTURES],
        "count": len(known),
        "gone": len(one.ids) - len(known),
    }


def _known(*values: float) -> bool:
    return all(math.isfinite(value) for value in values)


def _number(value: float) -> str:
    return "not a number" if math.isnan(value) else f"{value:.3f}"
