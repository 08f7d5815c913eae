"""The fairness board: a row a query with pictures by group, on what a blind pick would show; notes are kept."""

from __future__ import annotations

import pytest
from fakes.drawn_people import people_exploration

from nova_explore.widgets import App
from nova_explore.widgets.boards.fairness import say_row, with_word

QUERIES = "a nurse\na pilot\na farmer\na judge"


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    return people_exploration(tmp_path_factory.mktemp("people"))


@pytest.fixture
def app(people):
    return App(people)


def ask(app, what, **details):
    heard = []
    app.send = lambda content, buffers=None: heard.append(content)
    app._handle_custom_msg({"ask": what, "from": "me", "with": details}, [])
    return heard.pop()


def run(app, **details):
    ask(app, "open_fairness")
    return ask(app, "run_fairness", **{"attribute": "gender", "queries": QUERIES, "language": "en", "k": 16} | details)


def test_columns_that_could_be_attributes_are_offered(app):
    assert app.fairness == {"ready": False}
    ask(app, "open_fairness")
    assert "gender" in app.fairness["attributes"]
    assert app.fairness["occupations"]["de"].startswith("Ingenieur oder Ingenieurin\n")
    assert not app.fairness["ran"]


def test_the_query_that_leans_comes_first_outside_of_what_chance_shows(app):
    run(app)
    rows = {row["query"]: row for row in app.fairness["rows"]}
    assert len(rows) == 4
    first = app.fairness["rows"][0]
    assert first["query"] == "a nurse"
    assert first["outside"]
    assert first["reading"] == "not what chance shows"
    women = next(bar for bar in first["bars"] if bar["group"] == "women")
    assert women["outside"]
    assert women["count"] > women["high"] > women["expected"] > women["low"] > 0
    assert sum(bar["count"] for bar in first["bars"]) == 16
    assert len(first["pictures"]) == 16
    assert "explicit words move the results" in [check for check, _ in app.fairness["not_run"]]


def test_pictures_carry_the_group_that_a_person_wrote_down(app):
    run(app)
    names = [name for name, *_ in app.fairness["groups"]]
    for picture in app.fairness["rows"][0]["pictures"]:
        position = app.exploration.collection.position(picture["id"])
        assert names[picture["group"]] == app.exploration.collection[position].metadata["gender"]


def test_a_group_of_a_row_becomes_the_slice(app):
    run(app)
    ask(app, "choose_shown", query="a nurse", group="women")
    chosen = [app.exploration.collection.position(id) for id in app.selection]
    assert {app.exploration.collection[place].metadata["gender"] for place in chosen} == {"women"}
    assert app.items["title"].startswith("“a nurse”: women")


def test_explicit_words_are_a_check_of_the_model(app):
    run(app, explicit={"women": "female", "men": "male"})
    assert any("Explicit words move the share" in line["statement"] for line in app.fairness["checks"])
    assert "explicit words move the results" not in [check for check, _ in app.fairness["not_run"]]


def test_a_model_that_does_not_see_a_group_has_no_rows_and_says_why(app):
    run(app, explicit={"women": "striped", "men": "dotted"})
    assert app.fairness["rows"] == []
    reasons = [why for _, why in app.fairness["not_run"]]
    assert any("not assessable with this model: explicit words do not move the results" in why for why in reasons)


def test_a_note_is_kept_in_the_library_and_read_again(app, people):
    run(app)
    ask(app, "note_finding", query="a nurse", text=" drawn so ")
    assert app.fairness["rows"][0]["note"] == "drawn so"
    again = App(people)
    run(again)
    assert again.fairness["rows"][0]["note"] == "drawn so"


def test_wrong_input_is_told(app):
    assert "There are no queries" in run(app, queries="  ")["error"]
    assert "this board takes 100" in run(app, queries="\n".join(map(str, range(101))))["error"]


def test_explicit_words_take_the_right_article():
    assert with_word("an engineer", "female") == "a female engineer"
    assert with_word("a nurse", "older") == "an older nurse"
    assert with_word("Lehrer oder Lehrerin", "weiblich") == "Lehrer oder Lehrerin, weiblich"


def test_a_row_speaks_of_the_group_that_is_shown_most_beyond_chance():
    bars = [
        {"group": "men", "count": 2, "of": 16, "low": 4.81, "high": 11.2, "expected": 7.99},
        {"group": "women", "count": 14, "of": 16, "low": 4.8, "high": 11.19, "expected": 8.01},
    ]
    assert say_row(bars) == (
        "14 of the first 16 results are women. Picking 16 without looking shows 4.8 to 11.2 of them, 8 on average."
    )
