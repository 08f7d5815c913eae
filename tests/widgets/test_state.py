"""The state of an app as a value: what differs between two, in words."""

from __future__ import annotations

import pytest
from fakes.stand_in import StandIn

from nova_explore.widgets import App
from nova_explore.widgets.state import restore, say_change, state_of


@pytest.fixture
def app():
    return App(StandIn())


CHANGES = {
    "slice": (lambda app: app.select(app.exploration.collection.ids[:3]), "Slice: 3 selected"),
    "column": (lambda app: app.color_by("modality"), "Colour by modality"),
    "legend": (lambda app: app.mute(["0"]), "Clusters or values greyed"),
    "modalities": (lambda app: app.show_modalities([]), "Modalities: none"),
    "item": (lambda app: app.inspect(app.exploration.collection.ids[0]), "Item opened"),
    "clusters": (lambda app: app.recluster(20), "clusters"),
    "map": (lambda app: app.redraw(0.5), "Another drawing of the map"),
}


@pytest.mark.parametrize("part", CHANGES)
def test_what_changed_is_named_and_said(app, part):
    change, words = CHANGES[part]
    before = state_of(app)
    change(app)
    after = state_of(app)
    assert part in before.changed_to(after)
    assert before.changed_to(after) <= {part, "clusters"}
    assert words in say_change(before, after)


def test_a_state_is_no_other_than_itself(app):
    app.search("trains")
    assert state_of(app).changed_to(state_of(app)) == set()
    assert say_change(state_of(app), state_of(app)) == ""


def test_two_searches_with_other_results_are_two_slices(app):
    app.search("trains")
    before = state_of(app)
    app.show_modalities(["audio"])
    assert "slice" in before.changed_to(state_of(app))


def test_a_restored_state_is_the_selection_of_the_exploration_again(app):
    ids = app.exploration.collection.ids
    app.select(ids[:3], name="three")
    before = state_of(app)
    app.clear()
    restore(app, before)
    assert app.exploration.selection.ids == ids[:3]
    assert app.exploration.selection.name == "three"
    assert state_of(app).changed_to(before) == set()
