"""The app over an exploration of a library on disk: the stand-in of the other tests promises nothing false."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fakes.stand_in import StandIn
from fakes.toy_library import text_items, toy_library
from fakes.toy_model import ToyModel, topic_texts

import nova_explore as nx
from nova_explore.collection import Collection
from nova_explore.errors import TooFewItemsError
from nova_explore.exploration.bundle import Exploration
from nova_explore.palette import FIXED, UNCLUSTERED_GREY
from nova_explore.widgets import App
from nova_explore.widgets.boards import items


@pytest.fixture(scope="module")
def exploration(tmp_path_factory):
    model = ToyModel()
    library = toy_library(tmp_path_factory.mktemp("library") / "toy.nova", model=model)
    return nx.explore(library, model=model, progress=False)


def test_everything_a_person_can_do_works_on_a_real_exploration(exploration):
    app = nx.show(exploration)
    app.query = "topic"
    assert app.items["kind"] == "search"
    for column, _ in app.columns["choices"]:
        app.column = column
        assert app.columns["entries"] or app.columns["bar"]
    app.inspected = exploration.collection[3].id
    assert len(app.item["nearest"]) == 12
    app.select(exploration.collection.ids[:5])
    assert len(exploration.selected) == 5
    app.clear()
    app.exploration.select(app.exploration.added)
    assert app.selection == app.exploration.added.ids
    assert app.last_error == ""
    assert repr(app) == f"<App: {exploration.headline}>"


def test_a_thumbnail_of_a_real_exploration_is_a_picture_of_its_id(exploration):
    from nova_explore.widgets.boards.items import thumbnails

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


@pytest.mark.slow
def test_items_added_to_a_map_are_shown_on_it(tmp_path):
    model = ToyModel()
    before = nx.explore(toy_library(tmp_path / "a.nova", model=model), model=model, progress=False)
    later = [replace(item, uri=f"/later.csv#{item.name}") for item in text_items(topic_texts(3, seed=5))]
    app = nx.show(before.add(Collection(later), progress=False))
    last = app.exploration.collection.ids[-1]
    assert "12 added items" in " ".join(app.about["caveats"])
    for column, _ in app.columns["choices"]:
        app.column = column
        assert app.columns["entries"] or app.columns["bar"]
    app.column = "added"
    told = [(entry["label"], entry["count"], entry["color"]) for entry in app.columns["entries"]]
    assert told == [("on the map", len(before), UNCLUSTERED_GREY), ("added", 12, FIXED["added"]["added"])]
    assert ", 12 of them added" in app.about["headline"]
    app.column = "cluster"
    assert sum(entry["count"] for entry in app.columns["entries"]) == len(before) + 12
    app.inspected = last
    assert len(app.item["nearest"]) == 12
    app.query = str(later[-1].text)
    assert last in [tile["id"] for tile in items.tiles(app, serial=app.items["serial"], start=0)[0]["tiles"]]
    app.recluster(5)
    assert sum(entry["count"] for entry in app.columns["entries"]) == len(before) + 12
    pictures = []
    app.observe(lambda change: pictures.append(len(change["new"]) // 8), "xy")
    app.redraw(0.6)
    assert len(pictures) > 1
    assert set(pictures) == {len(before) + 12}
    app.select([last])
    assert app.selection == (last,)
    assert app.last_error == ""


@pytest.mark.filterwarnings("error")
def test_an_app_over_one_item_shows_it_and_each_lens_says_why_it_has_nothing(tmp_path):
    model = ToyModel()
    [item] = text_items([("x", "an owl in a wood")])
    app = nx.show(Collection([item]), to=tmp_path / "one.nova", model=model, progress=False)
    assert (len(app.xy), len(app.marks), len(app.codes)) == (8, 1, 1)
    assert app.items["title"] == "1 item is too few for clusters: they need 10"
    assert app.about["headline"] == "1 item · 0 clusters · unclustered 100%"
    assert [row["name"] for row in app.clusters["rows"]] == ["unclustered"]
    assert app.clusters["larger"] == {"offer": False, "rows": []}
    assert app.clusters["stability"] == {}
    for column, _ in app.columns["choices"]:
        app.color_by(column)
        assert app.columns["entries"] or app.columns["bar"]
    app.take(np.array([0]))
    assert app.item["id"] == item.id
    assert app.item["nearest"] == []
    assert app.item["around"] == "It has no neighbours."
    app.search("owl")
    assert app.items["total"] == 1
    app.search_like(item.id)
    assert app.items["title"] == "Nothing is like row 0"
    app.select([item.id])
    assert app.items["title"] == "1 selected"
    assert {"image/png", "text/html"} <= set(app._repr_mimebundle_()[0])
    app.do("look_for_copies")
    assert app.copies["sentence"].startswith("No two items are nearly the same")
    with pytest.raises(TooFewItemsError, match="A matrix needs 2 items and got 1"):
        app.do("matrix", serial=app.serial)
    with pytest.raises(TooFewItemsError, match="The slice has 1 items and the rest 0"):
        app.do("set_apart", serial=app.serial)
