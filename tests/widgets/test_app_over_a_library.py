"""The app over an exploration of a library on disk: the stand-in of the other tests promises nothing false."""

from __future__ import annotations

import pytest
from stand_in import StandIn
from toy_library import toy_library
from toy_model import ToyModel

import nova_explore as nx
from nova_explore.exploration import Exploration
from nova_explore.widgets import App


@pytest.fixture(scope="module")
def exploration(tmp_path_factory):
    model = ToyModel()
    library = toy_library(tmp_path_factory.mktemp("library") / "toy.nova", model=model)
    return nx.explore(library, model=model, progress=False)


def test_everything_a_person_can_do_works_on_a_real_exploration(exploration):
    app = nx.show(exploration)
    app.query = "topic"
    assert app.gallery["kind"] == "search"
    for column, _ in app.columns:
        app.column = column
        assert app.legend["entries"] or app.legend["bar"]
    app.inspected = exploration.collection[3].id
    assert len(app.detail["nearest"]) == 12
    app.select(exploration.collection.ids[:5])
    assert len(exploration.selected) == 5
    app.clear()
    assert app.last_error == ""
    assert repr(app) == f"<App: {exploration.headline}>"


def test_a_thumbnail_of_a_real_exploration_is_a_picture_of_its_id(exploration):
    from nova_explore.widgets.gallery import thumbnails

    ids = exploration.collection.ids[:6]
    drawn = thumbnails(exploration, ids)
    assert list(drawn) == list(ids)
    for id in ids:
        assert drawn[id] == exploration.thumbnail(id)
        assert drawn[id][8:12] == b"WEBP"


def test_the_stand_in_has_what_the_app_uses_of_an_exploration():
    used = {"collection", "layout", "clustering", "names", "frame", "neighbors"}
    used |= {"search", "nearest", "select", "selection", "selected", "thumbnail", "thumbnails", "playable"}
    stand_in, real = StandIn(90), set(dir(Exploration)) | set(Exploration.__init__.__code__.co_names)
    assert all(hasattr(stand_in, name) for name in used)
    assert used <= real


def test_an_app_is_made_in_a_moment(exploration):
    assert isinstance(App(exploration), App)
