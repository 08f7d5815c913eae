"""A map that is shown while it is computed."""

from __future__ import annotations

import numpy as np
import pytest

import nova_explore as nx
from nova_explore.exploration import chain
from nova_explore.widgets import live


@pytest.fixture
def library(own_toy_160):
    return own_toy_160


@pytest.mark.slow
def test_the_app_ends_with_the_map_its_groups_and_its_words(library, monkeypatch):
    seen = []

    class Seen(live.LiveApp):
        def __init__(self, exploration, **options):
            super().__init__(exploration, **options)
            seen.append((self.about["headline"], self.items["title"], self.xy))
            self.observe(lambda change: seen.append(change["new"]), "working")

    monkeypatch.setattr(live, "LiveApp", Seen)
    app = nx.show(library, progress=False)
    headline, title, xy = seen[0]
    assert (headline, title) == ("160 items · not clustered yet", "The clusters are being found")
    stages = ["opening", "finding neighbours", "drawing the map", "finding the clusters", "naming the clusters"]
    assert [stage for stage in seen[1:] if stage in stages] == stages
    assert app.working == ""
    assert app.xy != xy
    assert app.about["headline"].startswith("160 items · 4 clusters")
    assert (app.column, app.clusters["size"], app.clusters["spacing"]) == ("cluster", 7, 0.1)
    assert len(app.names) == 4
    opened = nx.explore(library, progress=False)
    np.testing.assert_array_equal(app.exploration.layout.xy, opened.layout.xy)
    app.select(opened.collection.ids[:3])
    assert app.exploration.selection.ids == opened.collection.ids[:3]
    app.recluster(5)
    assert app.clusters["size"] == 5


@pytest.mark.slow
def test_a_stored_map_is_shown_as_it_is(library):
    nx.explore(library, progress=False)
    app = nx.show(library.path, progress=False)
    assert not isinstance(app, live.LiveApp)
    assert app.exploration.clustering.count == 4


def test_where_the_map_fails_the_app_says_so(library, monkeypatch):
    apps = []
    monkeypatch.setattr(live.Live, "working", lambda self, on: apps.append(self.app))
    monkeypatch.setattr(chain, "lay_out", lambda *_, **__: (_ for _ in ()).throw(MemoryError("no room")))
    with pytest.raises(MemoryError):
        nx.show(library, progress=False)
    assert apps[0].last_error == "The map is not finished. MemoryError: no room"
    assert apps[0].working == ""


def test_options_of_an_exploration_that_is_made_already_are_refused(library):
    exploration = nx.explore(library, progress=False)
    with pytest.raises(TypeError, match=r"Got k for an exploration."):
        nx.show(exploration, k=5)


class Shell:
    """Stands in for IPython: counts cells."""

    execution_count = 3


@pytest.mark.slow
def test_the_cell_that_shows_an_app_does_not_show_it_twice(library, monkeypatch):
    shown = []
    monkeypatch.setattr(live, "get_ipython", lambda: Shell)
    monkeypatch.setattr(live, "display", shown.append)
    app = nx.show(library, progress=False)
    assert shown == [app]
    assert isinstance(app, live.LiveApp)
    app._ipython_display_()
    monkeypatch.setattr(Shell, "execution_count", 4)
    with pytest.raises(NotImplementedError):
        app._ipython_display_()


@pytest.mark.slow
def test_trust_is_measured_again_for_another_drawing_only(library):
    exploration = nx.explore(library, progress=False)
    trust = exploration.trust
    assert exploration.recluster(min_cluster_size=4).trust is trust
    assert exploration.redraw(min_dist=0.6).trust is not trust


def test_a_map_that_stays_at_its_first_picture_can_be_looked_at(library, monkeypatch):
    monkeypatch.setattr(chain, "compared_vectors", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
    apps = []
    monkeypatch.setattr(live.Live, "working", lambda self, on: apps.append(self.app))
    with pytest.raises(KeyboardInterrupt):
        nx.show(library, progress=False)
    app = apps[0]
    assert app.last_error == "The map is not finished. It was interrupted."
    for column, _ in app.columns["choices"]:
        if column not in ("trustworthiness", "continuity"):
            app.color_by(column)
            assert app.columns["entries"] or app.columns["bar"]
    app.inspect(app.exploration.collection.ids[3])
    assert app.item["nearest"] == []
    assert len(app.exploration.search("owl", k=3)) == 3
