"""A concept is learnt in the app: marks come in, ranked tiles go out, and a tag is kept."""

from __future__ import annotations

import pytest
from fakes.page_questions import ask
from fakes.toy_library import copy_of

from nova_explore.exploration.stored_maps import open_map
from nova_explore.widgets import App


@pytest.fixture
def app(mapped_toy_160, tmp_path):
    return App(open_map(copy_of(mapped_toy_160, tmp_path / "own.nova")))


@pytest.fixture
def marks(app):
    ids = app.exploration.collection.ids
    of = [[ids[p] for p in app.exploration.clustering.members(c).tolist()] for c in (0, 1)]
    return {"like": of[0][:4], "unlike": of[1][:4], "at_least": 0.5}, {*of[0]}


def test_marks_rank_the_rest_light_it_on_the_map_and_select_it(app, marks):
    wanted, cluster = marks
    told = ask(app, "learn", **wanted)
    assert {tile["id"] for tile in told["ranked"][:30]} <= cluster
    assert len(told["unsure"]) == 6
    assert app.lit != b""
    ask(app, "take_concept", **wanted)
    assert len(app.selection) == told["count"]
    assert {*wanted["like"]} <= {*app.selection}


def test_a_concept_is_kept_as_a_tag_that_is_listed_chosen_and_taken_away(app, marks):
    wanted, _ = marks
    kept = ask(app, "keep_concept", **wanted, tag="birds")["count"]
    assert app.concept["tags"] == [["birds", kept]]
    ask(app, "choose_tag", tag="birds")
    assert len(app.selection) == kept
    ask(app, "untag_all", tag="birds")
    assert app.concept["tags"] == []
    ask(app, "undo_decision")
    assert app.concept["tags"] == [["birds", kept]]


def test_marks_that_contradict_each_other_are_told_where_the_ranking_would_be(app, marks):
    wanted, _ = marks
    error = ask(app, "learn", **wanted | {"unlike": wanted["like"]})["error"]
    assert "marked as like the concept and as not" in error
    assert app.last_error == ""
