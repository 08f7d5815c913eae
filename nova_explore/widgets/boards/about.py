"""What the app says of the exploration as a whole: how it came about, what to know, what could not be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nova_explore.widgets.board import Shown
from nova_explore.widgets.cells import called

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration

UNREAD_SHOWN = 500


def facts(app: Shown) -> dict[str, Any]:
    """Headline, trust and caveats in sentences, the unread files with their reasons, and how the map was made."""
    exploration = app.exploration
    unread = exploration.collection.unread
    return {
        "headline": exploration.headline,
        "trust": exploration.layout.sentence,
        "variant": "" if exploration is app.opened else f"{called(app)}.exploration",
        "caveats": list(exploration.caveats),
        "unread": [[u.name, u.reason] for u in unread[:UNREAD_SHOWN]],
        "unread_count": len(unread),
        "unread_words": f"{len(unread):,} could not be read" if unread else "",
        "unread_more": f"and {len(unread) - UNREAD_SHOWN:,} more" if len(unread) > UNREAD_SHOWN else "",
        "rows": made_of(exploration),
    }


def made_of(exploration: Exploration) -> list[list[str]]:
    """How the map came about, a name and a value a row."""
    settings = {**exploration.layout.parameters, **exploration.clustering.parameters}
    return [[str(name).replace("_", " "), str(value)] for name, value in settings.items() if value is not None]


ANSWERS = ()
