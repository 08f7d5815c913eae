"""What a person decides in the app is in the labels, on the map, and can be undone."""

from __future__ import annotations

import pytest
from fakes.page_questions import ask
from fakes.toy_library import copy_of

from nova_explore.exploration.stored_maps import open_map
from nova_explore.library.store import open_library
from nova_explore.widgets import App


@pytest.fixture
def app(mapped_toy_160, tmp_path):
    return App(open_map(copy_of(mapped_toy_160, tmp_path / "own.nova")))


def test_every_verb_of_the_board_is_a_line_of_history(app):
    labels = app.exploration.labels
    ask(app, "accept", key="0")
    ask(app, "rename_cluster", key="1", name="boats")
    ask(app, "merge", keys=["0", "1"], name="both")
    ask(app, "mark", key="2", mark="mixed")
    ask(app, "split", key="3", into=2)
    ask(app, "tag_cluster", key="0", tag="print")
    ask(app, "untag_cluster", key="0", tag="print")
    ask(app, "note", key="0", text="ask Ada")
    app.select(app.exploration.collection.ids[:3])
    ask(app, "move_slice", name="three")
    ask(app, "tag_slice", tag="few")
    assert app.last_error == ""
    assert labels.history["action"].tolist() == [
        "accept", "rename", "merge", "mark", "split", "tag", "untag", "note", "move", "tag",
    ]  # fmt: skip


def test_a_decision_is_on_the_map_in_the_legend_and_in_the_list_at_once(app):
    assert app.clusters["progress"] == [0, 4]
    ask(app, "rename_cluster", key="2", name="telescopes")
    assert "telescopes" in {name["text"] for name in app.names}
    assert app.columns["entries"][2]["label"] == "telescopes"
    row = app.clusters["rows"][2]
    assert (row["name"], row["status"], row["by"]) == ("telescopes", "renamed", app.exploration.labels.by)
    assert app.clusters["progress"] == [1, 4]


def test_merged_clusters_have_one_colour_and_one_name_and_undo_parts_them(app):
    before = list(app.colors)
    ask(app, "merge", keys=["0", "3"], name="both")
    assert app.colors[0] == app.colors[3] == before[0]
    assert [name["text"] for name in app.names].count("both") == 1
    assert next(name["size"] for name in app.names if name["text"] == "both") == 80
    ask(app, "undo_decision")
    assert list(app.colors) == before
    assert len(app.names) == 4


def test_a_decision_is_an_act_of_the_app_with_its_line_of_python(app):
    ask(app, "rename_cluster", key="0", name="birds")
    assert app.history["undo"] == "Label: rename birds"
    assert app.acts.lines[-1] == "app.exploration.labels.rename(0, 'birds')"
    app.undo()
    assert app.exploration.labels.table["status"].tolist() == ["proposed"] * 4
    app.redo()
    assert app.exploration.name_of(0) == "birds"
    app.exploration.labels.rename(0, "ducks")
    with pytest.raises(ValueError, match="Something else was decided since"):
        app.undo()
    assert app.exploration.name_of(0) == "ducks"


def test_what_an_earlier_session_decided_can_be_undone_on_the_board(app):
    ask(app, "accept", key="0")
    later = App(open_map(open_library(app.exploration.library.path)))
    assert later.clusters["undo"] == "accept"
    ask(later, "undo_decision")
    assert later.clusters["progress"] == [0, 4]
    ask(later, "redo_decision")
    assert later.clusters["progress"] == [1, 4]


def test_the_pieces_of_a_split_are_those_that_were_shown(app):
    shown = ask(app, "pieces", key="1", into=3)["pieces"]
    assert sum(piece["size"] for piece in shown) == 40
    assert len(app.exploration.labels.history) == 0
    ask(app, "split", key="1", into=3)
    assert {piece["name"] for piece in shown} <= {*app.exploration.labels.table["name"]}


def test_who_was_overtaken_by_another_person_is_told_on_the_board(app):
    app.exploration.labels.by = "Ada"
    ask(app, "rename_cluster", key="0", name="birds")
    bo = open_map(open_library(app.exploration.library.path)).labels
    bo.by = "Bo"
    bo.rename(0, "ducks")
    assert app.clusters["overtaken"]["count"] == 0
    ask(app, "news")
    assert app.clusters["overtaken"]["sentence"].startswith("Bo has decided 'rename' ('ducks') about 40 of the items")
    assert app.clusters["rows"][0]["name"] == "ducks"
    assert app.exploration.labels.history["by"].tolist() == ["Ada", "Bo"]


def test_an_app_that_only_shows_refuses_every_decision_and_still_hears_of_others(app):
    reader = App(open_map(open_library(app.exploration.library.path)), read_only=True)
    for what, details in {
        "accept": {"key": "0"}, "rename_cluster": {"key": "0", "name": "x"}, "merge": {"keys": ["0", "1"], "name": "x"},
        "mark": {"key": "0", "mark": "mixed"}, "split": {"key": "0", "into": 2}, "tag_slice": {"tag": "x"},
        "note": {"key": "0", "text": "x"},
        "keep_concept": {"like": [reader.exploration.collection.ids[0]], "unlike": [], "at_least": 0.5, "tag": "x"},
    }.items():  # fmt: skip
        assert "opened to read" in ask(reader, what, **details)["error"]
    assert "opened to read" in ask(reader, "undo_decision")["error"]
    assert len(reader.exploration.labels.history) == 0
    ask(app, "accept", key="0")
    ask(reader, "news")
    assert reader.clusters["progress"] == [1, 4]


def test_a_name_is_signed_by_who_the_app_says_decides(app):
    ask(app, "sign", by="Ada")
    ask(app, "accept", key="0")
    assert app.exploration.labels.history["by"].tolist() == ["Ada"]
    assert app.exploration.recluster(min_cluster_size=8).labels.by == "Ada"


def test_an_unknown_cluster_is_an_error_in_the_message_bar(app):
    assert "No cluster named '9'" in ask(app, "accept", key="9")["error"]
    assert app.last_error
