"""What is lit on a map: the open item first, then the slice, then the modalities."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.stand_in import StandIn

from nova_explore.widgets import App
from nova_explore.widgets.lighting import is_active


@pytest.fixture
def app():
    return App(StandIn())


def lit(app: App) -> list[int]:
    bits = np.unpackbits(np.frombuffer(app.lit, np.uint8), bitorder="little")[: len(app.exploration)]
    return np.flatnonzero(bits).tolist()


def test_nothing_pointed_at_leaves_all_in_colour(app):
    assert app.lit == b""


def test_the_open_item_and_its_neighbours_are_lit_before_the_slice(app):
    ids = app.exploration.collection.ids
    app.select(ids[:5])
    assert lit(app) == [0, 1, 2, 3, 4]
    app.inspect(ids[3])
    assert 3 in lit(app)
    assert set(lit(app)) == {3, *app.exploration.neighbors.indices[3].tolist()}
    assert app.dimmed == "faint"
    app.inspect("")
    assert lit(app) == [0, 1, 2, 3, 4]
    assert app.dimmed == "grey"


def test_a_modality_that_is_off_is_not_lit(app):
    app.show_modalities(["audio"])
    kinds = app.exploration.collection.modalities
    assert lit(app) == np.flatnonzero(kinds == "audio").tolist()
    app.show_modalities([])
    assert lit(app) == []
    assert len(app.lit) > 0


def test_what_is_greyed_by_the_legend_or_a_modality_cannot_be_taken(app):
    app.mute(["1"])
    app.show_modalities(["text", "image"])
    every = np.arange(len(app.exploration))
    kinds, labels = app.exploration.collection.modalities, app.exploration.clustering.labels
    assert is_active(app, every).tolist() == [
        kind in ("text", "image") and label != 1 for kind, label in zip(kinds, labels, strict=True)
    ]
