"""What the app tells of its clusters: which come back, and the larger ones they are parts of."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.stand_in import StandIn
from fakes.toy_library import toy_library
from fakes.toy_model import ToyModel

import nova_explore as nx
from nova_explore.palette import UNCLUSTERED
from nova_explore.widgets import App


@pytest.fixture
def exploration(mapped_toy_160):
    """Three topics are a cluster each, the fourth falls into several."""
    return nx.explore(mapped_toy_160, min_cluster_size=5, progress=False)


@pytest.fixture
def app(exploration):
    return App(exploration)


def ask(app, what, **details):
    heard = []
    app.send = lambda content, buffers=None: heard.append(content)
    app._handle_custom_msg({"ask": what, "from": "me", "with": details}, [])
    return heard.pop()


def test_stability_is_offered_until_it_is_measured_and_then_told_of_every_group(app, exploration):
    assert app.stability["offer"] == "Clusters 20 random halves of the items again"
    assert app.stability["seconds"] < 1
    seen = []
    app.observe(lambda change: seen.append(change["new"]), "working")
    assert ask(app, "stability") == {"to": "me"}
    assert seen == ["clustering halves of the items again", ""]
    measured = exploration.stability
    assert app.stability["sentence"] == measured.sentence
    assert list(app.stability["clusters"]) == [str(cluster) for cluster in range(exploration.clustering.count)]
    for cluster, told in app.stability["clusters"].items():
        assert told["share"] == f"{measured.jaccard[int(cluster)]:.0%}"
        assert told["reading"] == measured.readings[int(cluster)]
        assert told["firm"] == (measured.jaccard[int(cluster)] >= 0.75)
    assert {told["firm"] for told in app.stability["clusters"].values()} == {True, False}


def test_other_groups_are_offered_to_be_measured_again_and_another_drawing_is_not(app):
    app.measure_stability()
    app.redraw(0.5)
    assert "sentence" in app.stability
    app.recluster(12)
    assert list(app.stability) == ["offer", "seconds"]
    app.measure_stability()
    assert len(app.stability["clusters"]) == app.exploration.clustering.count


def test_what_was_measured_before_is_shown_at_once_and_with_what_is_taken_over(exploration, app):
    other = exploration.recluster(min_cluster_size=12)
    _ = other.stability
    app.take_over(other)
    assert app.stability["sentence"] == other.stability.sentence
    assert App(other).stability == app.stability
    app.take_over(exploration)
    assert list(app.stability) == ["offer", "seconds"]


def test_without_groups_nothing_is_offered(tmp_path):
    few = nx.explore(toy_library(tmp_path / "few.nova", per_topic=2), model=ToyModel(), progress=False)
    app = App(few)
    assert app.stability == {}
    assert "larger_cluster" not in dict(app.columns)
    app.measure_stability()
    assert app.stability == {}


def test_larger_clusters_are_a_colour_with_their_own_names_on_the_map(app, exploration):
    assert app.columns[:2] == [["cluster", "cluster"], ["larger_cluster", "larger cluster"]]
    assert not exploration.knows("coarser")
    finer, seen = app.labels, []
    app.observe(lambda change: seen.append(change["new"]), "working")
    app.column = "larger_cluster"
    assert seen == ["finding the larger clusters", ""]
    larger = exploration.coarser
    assert [entry["label"] for entry in app.legend["entries"][:-1]] == [name.name for name in larger.names.values()]
    assert app.legend["entries"][-1]["color"] == UNCLUSTERED
    assert {label["text"] for label in app.labels} == {name.name for name in larger.names.values()}
    for label in app.labels:
        cluster = larger.clustering.labels[label["position"]]
        assert label["text"] == larger.name_of(int(cluster))
        assert label["color"] == app.legend["entries"][cluster]["color"]
    codes = np.frombuffer(app.canvas.codes, np.uint8)
    np.testing.assert_array_equal(codes, np.where(larger.clustering.labels < 0, 4, larger.clustering.labels))
    app.column = "modality"
    assert app.labels == finer


def test_larger_clusters_follow_the_groups_and_give_way_where_there_are_none(app):
    app.column = "larger_cluster"
    app.muted = ["0"]
    app.recluster(4)
    assert (app.column, app.muted) == ("larger_cluster", [])
    assert {label["text"] for label in app.labels} == {name.name for name in app.exploration.coarser.names.values()}
    app.recluster(20)
    assert app.column == "cluster"
    assert "larger_cluster" not in dict(app.columns)
    assert len(app.legend["entries"]) == app.exploration.clustering.count + 1
    assert app.last_error == ""


def test_a_tree_without_larger_parts_offers_no_larger_clusters():
    assert "larger_cluster" not in dict(App(StandIn()).columns)
