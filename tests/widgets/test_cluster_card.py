"""What the card of a cluster says."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.stand_in import StandIn

from nova_explore.widgets import App
from nova_explore.widgets.cluster_card import cluster_card


@pytest.fixture
def app(exploration):
    return App(exploration)


def test_proposals_come_with_their_evidence_the_best_first(app, exploration):
    card, _ = cluster_card(app, key="0")
    name = exploration.proposed[0]
    assert [one["name"] for one in card["proposals"]] == [name.name, *(other.name for other in name.alternates)]
    assert f"true of {name.score:.0%} of its items" in card["proposals"][0]["why"]
    assert [one["id"] for one in card["medoids"]] == list(name.medoids[:6])


def test_borderline_items_are_members_with_the_fewest_neighbours_inside():
    exploration = StandIn()
    neighbors, labels = exploration.neighbors.indices, exploration.clustering.labels
    card, _ = cluster_card(App(exploration), key="1")
    share = {
        exploration.collection.ids[position]: float(np.mean(labels[neighbors[position]] == 1))
        for position in exploration.clustering.members(1).tolist()
    }
    for item in card["borderline"]:
        assert share[item["id"]] < 1
        assert "of its neighbours are in" in item["why"]


def test_the_mix_of_modalities_adds_up_to_the_cluster():
    exploration = StandIn()
    card, _ = cluster_card(App(exploration), key="0")
    assert sum(n for _, n in card["mix"]) == len(exploration.clustering.members(0))
    rows = App(exploration).clusters["rows"]
    assert [sum(row["mix"]) for row in rows] == [row["count"] for row in rows]


def test_the_unclustered_items_have_nothing_to_decide(app, exploration):
    card, _ = cluster_card(app, key=str(exploration.clustering.count))
    assert card["proposals"] == []
