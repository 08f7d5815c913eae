"""A map that is shown while it is computed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fakes.toy_library import copy_of

import nova_explore as nx
from nova_explore.exploration import chain
from nova_explore.library.store import open_library
from nova_explore.map.layout import principal_components
from nova_explore.widgets import live


class Watching:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.first, self.stages, self.pictures = None, [], []

    def opened(self, exploration) -> None:
        self.first = exploration

    def working(self, on) -> None:
        self.stages.append(on)

    def moved(self, xy) -> None:
        self.pictures.append(xy.copy())


@pytest.fixture
def library(own_toy_160):
    return own_toy_160


def test_the_first_picture_is_of_the_principal_components_and_says_that_it_is(library):
    watching = Watching()
    done = nx.explore(library, watch=watching, progress=False)
    first = watching.first
    assert first is not None
    np.testing.assert_array_equal(first.layout.xy, principal_components(done.vectors, 5)[:, :2])
    assert first.collection.ids == done.collection.ids
    assert first.headline == "160 items · not clustered yet"
    assert first.layout.sentence.startswith("The map is not drawn yet")
    assert watching.stages == ["finding neighbours", "drawing the map", "finding the clusters", "naming the clusters"]
    assert len(watching.pictures) >= 10
    assert all(picture.shape == (160, 2) for picture in watching.pictures)


def test_watched_or_not_the_map_is_the_same(library, toy_160, tmp_path):
    watched = nx.explore(library, watch=Watching(), progress=False)
    alone = nx.explore(copy_of(toy_160, tmp_path / "b.nova"), progress=False)
    np.testing.assert_array_equal(watched.layout.xy, alone.layout.xy)
    np.testing.assert_array_equal(watched.clustering.labels, alone.clustering.labels)
    assert {name.name for name in watched.names.values()} == {name.name for name in alone.names.values()}


def test_a_map_that_the_library_has_is_not_watched(library):
    nx.explore(library, progress=False)
    watching = Watching()
    nx.explore(library, watch=watching, progress=False)
    assert (watching.first, watching.stages) == (None, [])


def test_the_app_ends_with_the_map_its_groups_and_its_words(library, monkeypatch):
    seen = []

    class Seen(live.LiveApp):
        def __init__(self, exploration, **options):
            super().__init__(exploration, **options)
            canvas: Any = self.map.widget
            seen.append((self.summary["headline"], self.gallery["title"], canvas.xy))
            self.observe(lambda change: seen.append(change["new"]), "working")

    monkeypatch.setattr(live, "LiveApp", Seen)
    app = nx.show(library, progress=False)
    headline, title, xy = seen[0]
    assert (headline, title) == ("160 items · not clustered yet", "The clusters are being found")
    stages = ["opening", "finding neighbours", "drawing the map", "finding the clusters", "naming the clusters"]
    assert [stage for stage in seen[1:] if stage in stages] == stages
    assert app.working == ""
    canvas: Any = app.map.widget
    assert canvas.xy != xy
    assert app.summary["headline"].startswith("160 items · 4 clusters")
    assert (app.column, app.grain["size"], app.spacing) == ("cluster", 7, 0.1)
    assert len(app.labels) == 4
    opened = nx.explore(library, progress=False)
    np.testing.assert_array_equal(app.exploration.layout.xy, opened.layout.xy)
    app.select(opened.collection.ids[:3])
    assert app.exploration.selection.ids == opened.collection.ids[:3]
    app.recluster(5)
    assert app.grain["size"] == 5


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


def test_what_maps_of_the_same_items_share_is_computed_once(library, toy_160, tmp_path, monkeypatch):
    nx.explore(library, progress=False)
    fresh = copy_of(toy_160, tmp_path / "fresh.nova")

    def forbid(*names):
        for name in names:
            monkeypatch.setattr(chain, name, lambda *_, name=name, **__: pytest.fail(f"{name} again"))

    with monkeypatch.context() as monkeypatch:  # noqa: PLR1704 (the one of the block alone)
        forbid("compared_vectors", "cluster")
        other = nx.explore(library, min_dist=0.5, progress=False)
        forbid("lay_out")
        finer = nx.explore(library, min_cluster_size=4, min_dist=0.5, progress=False)
    for one in (other, finer):
        size = None if one is other else 4
        alone = nx.explore(fresh, min_dist=0.5, min_cluster_size=size, progress=False)
        np.testing.assert_array_equal(one.layout.xy, alone.layout.xy)
        np.testing.assert_array_equal(one.clustering.labels, alone.clustering.labels)
        np.testing.assert_array_equal(one.neighbors.indices, alone.neighbors.indices)
        assert one.key == alone.key


@pytest.mark.parametrize("changed", [{"k": 8}, {"seed": 1}, {"seed": None}])
def test_other_neighbours_and_other_seeds_share_nothing(library, monkeypatch, changed):
    nx.explore(library, progress=False)
    called = []
    monkeypatch.setattr(chain, "lay_out", lambda *a, real=chain.lay_out, **b: called.append("layout") or real(*a, **b))
    monkeypatch.setattr(
        chain, "cluster", lambda *a, real=chain.cluster, **b: called.append("clusters") or real(*a, **b)
    )
    nx.explore(open_library(library.path), progress=False, **changed)
    assert called == ["layout", "clusters"]


def test_fewer_neighbours_draw_the_map_that_a_search_for_as_many_gives(library):
    exploration = nx.explore(library, progress=False)
    fewer = exploration.redraw(k=6, min_dist=0.3)
    alone = nx.explore(library, k=6, min_dist=0.3, progress=False)
    np.testing.assert_array_equal(fewer.layout.xy, alone.layout.xy)
    np.testing.assert_array_equal(fewer.layout.preservation, alone.layout.preservation)
    assert fewer.neighbors is exploration.neighbors
    np.testing.assert_array_equal(fewer.clustering.labels, exploration.clustering.labels)
    with pytest.raises(ValueError, match=r"k=16 is not possible. Pass 1 to 15"):
        exploration.redraw(k=16)
    with pytest.raises(ValueError, match=r"min_dist=2 is not possible. Pass 0 to 1."):
        exploration.redraw(min_dist=2)


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
    for column, _ in app.columns:
        if column not in ("trustworthiness", "continuity"):
            app.color_by(column)
            assert app.legend["entries"] or app.legend["bar"]
    app.inspect(app.exploration.collection.ids[3])
    assert app.detail["nearest"] == []
    assert len(app.exploration.search("owl", k=3)) == 3
