"""Which items of a map are drawn in full colour, and which of them a person can take."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.widgets import search_sections


def light(app: Any) -> None:
    """Draw in full colour what the app points at: the open item with its neighbours, else the slice."""
    if app.item:
        app.map.highlight(np.array([app.item["position"], *app.item["true"]], dtype=np.intp), dimmed="faint")
    elif app.ranking is not None:
        app.map.highlight(search_sections.lit(app.ranking))
    elif app.chosen is not None:
        app.map.highlight(app.chosen)
    elif len(app.shown_modalities) < len(app.modalities):
        app.map.highlight(np.flatnonzero(of_modalities(app, np.arange(len(app.exploration)))))
    else:
        app.map.highlight(None)


def is_active(app: Any, positions: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Whether each of these is greyed neither by the modality switches nor by the legend; shape of ``positions``."""
    active = np.ones(len(positions), bool)
    if app.muted:
        active &= ~np.isin(app.coloring.codes[positions], [int(key) for key in app.muted])
    if len(app.shown_modalities) < len(app.modalities):
        active &= of_modalities(app, positions)
    return active


def of_modalities(app: Any, positions: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Whether each of these is of a modality that is switched on."""
    return np.isin(app.exploration.collection.modalities[positions], app.shown_modalities)
