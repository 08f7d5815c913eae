"""The desk of copies proposes what to keep, tags the rest and takes a tag back; no item ever goes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.page_questions import ask
from fakes.toy_library import text_items
from fakes.toy_model import ToyModel, topic_texts

import nova_explore as nx
from nova_explore.collection import Collection, number_copies
from nova_explore.widgets import App
from nova_explore.widgets.boards import copies


@pytest.fixture
def app(tmp_path):
    items = text_items(topic_texts(12))
    again = [replace(items[i], uri=f"/again.csv#row={i}", text=f"{items[i].text}".upper() + "!") for i in (0, 5)]
    again.append(replace(items[0], uri="/third.csv#row=0"))
    library = nx.embed(
        Collection(number_copies([*items, *again])), to=tmp_path / "a.nova", model=ToyModel(), progress=False
    )
    return App(nx.explore(library, model=ToyModel(), progress=False))


def test_nothing_is_looked_for_before_it_is_asked_for(app):
    assert app.copies["sentence"] == ""
    ask(app, "look_for_copies")
    assert app.copies["sentence"] == app.exploration.duplicates().sentence
    assert [group["count"] for group in app.copies["groups"]] == [3, 2]


def test_the_rest_is_tagged_and_the_tag_taken_back(app):
    ask(app, "look_for_copies")
    before = len(app.exploration)
    kept = {item["id"] for group in app.copies["groups"] for item in group["items"] if item["keep"]}
    assert len(kept) == 2
    ask(app, "tag_copies")
    labels = app.exploration.labels
    every = {item["id"] for group in app.copies["groups"] for item in group["items"]}
    assert {id for id in every if "copy" in labels.tags_of(id)} == every - kept
    assert all(item["tagged"] != item["keep"] for group in app.copies["groups"] for item in group["items"])
    assert app.history["undo"] == "3 items tagged copy"
    app.undo()
    assert not any("copy" in labels.tags_of(id) for id in every)
    assert not any(item["tagged"] for group in app.copies["groups"] for item in group["items"])
    app.redo()
    assert sum("copy" in labels.tags_of(id) for id in every) == 3
    assert len(app.exploration) == before


def test_another_item_can_be_kept(app):
    ask(app, "look_for_copies")
    other = app.copies["groups"][0]["items"][1]["id"]
    ask(app, "keep_copy", group=0, id=other)
    assert app.copies["groups"][0]["items"][0]["id"] == other
    ask(app, "tag_copies", group=0)
    assert "copy" not in app.exploration.labels.tags_of(other)
    assert not app.copies["groups"][1]["items"][1]["tagged"]


def test_the_copies_become_the_slice(app):
    ask(app, "look_for_copies")
    ask(app, "choose_copies")
    assert len(app.selection) == 3


def test_what_is_the_same_in_a_group_is_not_listed(app):
    items = text_items(topic_texts(3))[:2]
    one, other = (
        replace(item, format="txt", metadata={"year": year, "by": "A"})
        for item, year in zip(items, (1, 2), strict=True)
    )
    said = copies.differing([one, other])
    assert ["year", "1"] in said[0]
    assert ["year", "2"] in said[1]
    assert "format" not in {name for name, _ in said[0]}
    assert "by" not in {name for name, _ in said[0]}
