"""What the app tells of its groups: which come back, and the larger ones they are parts of."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.stand_in import StandIn
from fakes.toy_library import toy_library
from fakes.toy_model import ToyModel

import nova_explore as nx
from nova_explore.palette import UNCLUSTERED_GREY
from nova_explore.widgets import App


@pytest.fixture
def exploration(nested):
    """Three topics are a cluster each, the fourth is three; which of them come back is not measured yet."""
    return nx.explore(nested, progress=False).recluster(min_cluster_size=5)


@pytest.fixture
def app(exploration):
    return App(exploration)


def ask(app, what, **details):
    heard = []
    app.send = lambda content, buffers=None: heard.append(content)
    app._handle_custom_msg({"ask": what, "from": "me", "with": details}, [])
    return heard.pop()


def test_stability_is_offered_until_it_is_measured_and_then_told_of_every_group(app, exploration):
    assert app.clusters["stability"]["offer"] == "Clusters 20 random halves of the items again"
    assert app.clusters["stability"]["seconds"] < 1
    seen = []
    app.observe(lambda change: seen.append(change["new"]), "working")
    assert ask(app, "measure_stability") == {"to": "me"}
    assert seen == ["clustering halves of the items again", ""]
    measured = exploration.stability
    assert app.clusters["stability"]["sentence"] == measured.sentence
    assert list(app.clusters["stability"]["clusters"]) == [
        str(cluster) for cluster in range(exploration.clustering.count)
    ]
    for cluster, told in app.clusters["stability"]["clusters"].items():
        assert told["share"] == f"{measured.jaccard[int(cluster)]:.0%}"
        assert told["reading"] == measured.readings[int(cluster)]
        assert told["firm"] == (measured.jaccard[int(cluster)] >= 0.75)
    assert {told["firm"] for told in app.clusters["stability"]["clusters"].values()} == {True}


@pytest.mark.slow
def test_other_groups_are_offered_to_be_measured_again_and_another_drawing_is_not(app):
    app.measure_stability()
    app.redraw(0.5)
    assert "sentence" in app.clusters["stability"]
    app.recluster(12)
    assert list(app.clusters["stability"]) == ["offer", "seconds"]
    app.measure_stability()
    assert len(app.clusters["stability"]["clusters"]) == app.exploration.clustering.count


def test_what_was_measured_before_is_shown_at_once_and_with_what_is_taken_over(exploration, app):
    other = exploration.recluster(min_cluster_size=12)
    _ = other.stability
    app.take_over(other)
    assert app.clusters["stability"]["sentence"] == other.stability.sentence
    assert App(other).clusters["stability"] == app.clusters["stability"]
    app.take_over(exploration)
    assert list(app.clusters["stability"]) == ["offer", "seconds"]


def test_without_groups_nothing_is_offered(tmp_path):
    few = nx.explore(toy_library(tmp_path / "few.nova", per_topic=2), model=ToyModel(), progress=False)
    app = App(few)
    assert app.clusters["stability"] == {}
    assert "larger_cluster" not in dict(app.columns["choices"])
    app.measure_stability()
    assert app.clusters["stability"] == {}


def test_larger_clusters_are_a_colour_with_their_own_names_on_the_map(app, exploration):
    assert app.columns["choices"][:2] == [["cluster", "cluster"], ["larger_cluster", "larger cluster"]]
    assert not exploration.knows("coarser")
    finer, seen = app.names, []
    app.observe(lambda change: seen.append(change["new"]), "working")
    app.column = "larger_cluster"
    assert seen == ["finding the larger clusters", ""]
    larger = exploration.coarser
    assert [entry["label"] for entry in app.columns["entries"][:-1]] == [
        name.with_share for name in larger.names.values()
    ]
    assert app.columns["entries"][-1]["color"] == UNCLUSTERED_GREY
    assert {label["text"] for label in app.names} == {name.name for name in larger.names.values()}
    for label in app.names:
        cluster = larger.clustering.labels[label["members"][0]]
        assert label["text"] == larger.name_of(int(cluster))
        assert label["color"] == app.columns["entries"][cluster]["color"]
    codes = np.frombuffer(app.codes, np.uint8)
    np.testing.assert_array_equal(codes, np.where(larger.clustering.labels < 0, 4, larger.clustering.labels))
    app.column = "modality"
    assert app.names == finer


def test_larger_clusters_follow_the_groups_and_give_way_where_there_are_none(app):
    app.column = "larger_cluster"
    app.muted = ["0"]
    app.recluster(4)
    assert (app.column, app.muted) == ("larger_cluster", [])
    assert {label["text"] for label in app.names} == {name.name for name in app.exploration.coarser.names.values()}
    app.recluster(20)
    assert app.column == "cluster"
    assert "larger_cluster" not in dict(app.columns["choices"])
    assert len(app.columns["entries"]) == app.exploration.clustering.count + 1
    assert app.last_error == ""


def test_a_tree_without_larger_parts_offers_no_larger_clusters():
    assert "larger_cluster" not in dict(App(StandIn()).columns["choices"])


def test_a_larger_cluster_has_a_name_of_its_own_and_a_click_on_it_takes_its_items(app, exploration):
    names = ask(app, "names_at", level="larger")["names"]
    [larger] = names
    labels = exploration.coarser.clustering.labels
    members = np.flatnonzero(labels == larger["cluster"])
    assert len(larger["of"]) == 3
    assert larger["size"] == len(members)
    assert set(exploration.clustering.labels[members]) - {-1} == set(larger["of"])
    assert ask(app, "choose_named", level="larger", cluster=larger["cluster"]) == {"to": "me"}
    assert set(app.selection) == {exploration.collection[int(position)].id for position in members}
    assert app.items["title"].startswith(larger["text"])


def test_parts_of_a_cluster_have_names_in_its_colour_and_whole_clusters_none(exploration):
    whole = exploration.coarser
    app = App(whole.recluster(min_cluster_size=10))
    finer = app.exploration.recluster(min_cluster_size=5)
    names = ask(app, "names_at", level="finer")["names"]
    for name in names:
        [parent] = name["of"]
        members = app.exploration.clustering.labels[finer.clustering.labels == name["cluster"]]
        assert np.bincount(members[members >= 0]).argmax() == parent
        assert name["color"] == app.cluster_colors[parent]
        assert name["size"] < 0.8 * (app.exploration.clustering.labels == parent).sum()


def test_a_name_comes_with_the_share_that_it_is_true_of(app, exploration):
    for row in app.clusters["rows"][:-1]:
        name = exploration.names[int(row["key"])]
        assert row["score"] == f"{name.score:.0%}"
        assert row["evidence"].startswith(f"The name is true of {name.score:.0%} of its items, and of ")
        assert row["doubtful"] == (name.score < 0.7)
