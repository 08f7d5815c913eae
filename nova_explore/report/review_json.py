"""Reviews as JSON for other programs: docs/review.schema.json describes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nova_explore.report.private_paths import hide_in

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration
    from nova_explore.reviews.finding import Review
    from nova_explore.reviews.pack import Limit

FORMAT = 1


def review_facts(
    exploration: Exploration,
    reviews: Sequence[Review],
    limits: Sequence[Limit],
    about: Mapping[str, Any],
    hidden: Callable[[str], str],
) -> dict[str, Any]:
    """Everything as plain values.

    Parameters
    ----------
    exploration : Exploration
    reviews : sequence of Review
    limits : sequence of Limit
        What a person set, and whether it is broken.
    about : mapping
        What a person says: title, author, question, intended use, limits, notes, command.
    hidden : callable
        Takes the folders of this machine out of a text.
    """
    provenance = json.loads(json.dumps(exploration.provenance, default=str))
    facts = {
        "format": FORMAT,
        "about": dict(about),
        "provenance": provenance,
        "reviews": [one.to_dict() for one in reviews],
        "limits": [
            {"measure": one.measure, "value": one.value, "at_least": one.at_least, "at_most": one.at_most,
             "broken": one.broken}
            for one in limits
        ],
    }  # fmt: skip
    return hide_in(facts, hidden)


def write_facts(facts: Mapping[str, Any], to: Path) -> None:
    """Write plain values as JSON in UTF-8."""
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(json.dumps(facts, indent=1, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")
