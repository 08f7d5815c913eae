"""Two maps of one collection: what is pointed at, selected, opened or searched for in one is in the other."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.page_questions import ask
from fakes.stand_in import StandIn

import nova_explore as nx
from nova_explore.errors import TooFewItemsError
from nova_explore.widgets.two_maps import TwoMaps


@pytest.fixture
def two():
    first = StandIn()
    return nx.show(first, first.recluster(min_cluster_size=20))


def lit(app):
    return np.flatnonzero(np.unpackbits(np.frombuffer(app.lit, np.uint8), bitorder="little")).tolist()


def test_show_makes_two_maps_of_two_explorations(two):
    assert isinstance(two, TwoMaps)
    assert two.children == (two.left, two.right)
    assert (two.left.bare, two.right.bare) == (True, False)


@pytest.mark.parametrize("side", ["left", "right"])
def test_what_is_pointed_at_in_one_is_ringed_in_the_other(two, side):
    one, other = (two.left, two.right) if side == "left" else (two.right, two.left)
    ask(one, "hover", position=7)
    assert other.pointed == 7
    ask(one, "hover", position=None)
    assert other.pointed == -1


@pytest.mark.parametrize("side", ["left", "right"])
def test_what_is_selected_or_opened_in_one_is_in_the_other(two, side):
    one, other = (two.left, two.right) if side == "left" else (two.right, two.left)
    ids = one.exploration.collection.ids
    one.select(ids[3:9])
    assert other.selection == ids[3:9]
    assert lit(other) == list(range(3, 9))
    one.inspect(ids[5])
    assert other.inspected == ids[5]
    one.inspect("")
    assert other.inspected == ""


def test_maps_of_separate_explorations_are_linked_too():
    two = nx.show(StandIn(), StandIn())
    two.right.select(two.right.exploration.collection.ids[:4])
    assert two.left.selection == two.right.selection
    assert two.left.exploration.selection.ids == two.right.selection


def test_a_search_lights_both(two):
    two.right.search("sea birds")
    assert lit(two.left) == lit(two.right)


def test_clusters_that_are_the_same_have_one_colour(two):
    for old, new in two.changes.matched.items():
        assert two.left.cluster_colors[old] == two.right.cluster_colors[new]


def test_the_lens_lists_what_changed_and_a_single_map_has_none(two):
    told = two.right.changes
    assert len(told["matched"]) == len(two.changes.matched)
    assert told["sentence"] == two.changes.sentence
    assert told["counts"][-1] == len(two.changes)
    assert two.left.changes == {}
    ask(two.right, "choose_changed", most=15)
    assert len(two.left.selection) == len(two.changes)


def test_maps_of_other_items_are_refused(exploration):
    with pytest.raises(TooFewItemsError):
        nx.show(StandIn(), exploration)
