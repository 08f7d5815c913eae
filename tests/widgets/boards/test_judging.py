"""The judging board: blind, by name, with undo; what is on the screen is what the library holds."""

from __future__ import annotations

import pytest
from fakes.toy_library import second_space
from fakes.toy_model import ToyModel

import nova_explore as nx
from nova_explore.models import registry
from nova_explore.reviews.chance import Mean
from nova_explore.reviews.judging import Progress
from nova_explore.widgets import App
from nova_explore.widgets.boards import judging


@pytest.fixture
def app(own_toy_160):
    return App(nx.explore(own_toy_160, model=ToyModel(), progress=False))


def ask(app, what, **details):
    heard = []
    app.send = lambda content, buffers=None: heard.append(content)
    app._handle_custom_msg({"ask": what, "from": "me", "with": details}, [])
    return heard.pop()


def begin(app, queries="owl nest\nsail mast", depth=4, **more):
    ask(app, "open_judging")
    return ask(app, "begin_pool", **{"queries": queries, "depth": depth, "rankers": ["toy 48"]} | more)


def test_nothing_is_read_before_the_board_is_opened(app):
    assert app.judging == {"ready": False}
    ask(app, "open_judging")
    assert app.judging["ready"]
    assert (app.judging["total"], app.judging["pair"]) == (0, None)


def test_the_board_pools_all_that_makes_no_paid_call_and_says_what(app, monkeypatch):
    second_space(app.exploration.library, monkeypatch)
    begin(app, rankers=None)
    assert [one["name"] for one in app.judging["rankers"]] == ["toy 48", "other 8", "search", "words"]
    assert app.judging["pooled"] == "Pooled from: toy 48, other 8, search, words."
    assert 8 < app.judging["total"] <= 4 * 8
    again = App(app.exploration)
    ask(again, "open_judging")
    assert again.judging["pooled"] == app.judging["pooled"]
    ask(again, "judge_as", judge="Ann")
    assert not set(again.judging["pair"]) & {"ranker", "rankers", "pooled", "rank"}


def test_a_person_ticks_what_is_pooled_and_reads_which_query_found_nothing(app):
    begin(app, queries="owl nest\nxylophone", rankers=["words"])
    assert app.judging["pooled"] == "Pooled from: words. Nothing was found for “xylophone”."
    assert "Tick at least one" in begin(app, rankers=[])["error"]
    assert "no query found anything" in begin(app, queries="xylophone", rankers=["words"])["error"]


def test_a_paid_space_is_not_pooled_unasked_and_wants_a_limit(own_toy_160, monkeypatch):
    class Priced(ToyModel):
        def estimate(self, items):
            raise AssertionError("nothing may be asked for before there is a limit")

    monkeypatch.setitem(registry._FACTORIES, "toy", Priced)
    app = App(nx.explore(own_toy_160, model=Priced(), progress=False))
    begin(app, rankers=None)
    assert [(one["name"], one["paid"]) for one in app.judging["rankers"]] == [("toy 48", True), ("words", False)]
    assert app.judging["pooled"] == "Pooled from: words."
    assert "Queries to toy 48 cost money. Say how many US dollars" in begin(app, rankers=["toy 48", "words"])["error"]


def test_a_pair_tells_neither_rank_nor_cluster(app):
    begin(app)
    assert (app.judging["total"], app.judging["pair"]) == (8, None)
    ask(app, "judge_as", judge="Ann")
    pair = app.judging["pair"]
    assert set(pair["item"]) == {"id", "title", "modality", "span", "text", "seconds"}
    assert pair["words"] in ("owl nest", "sail mast")


def test_decisions_are_kept_as_they_are_made_and_undone_one_by_one(app):
    begin(app)
    ask(app, "judge_as", judge="Ann")
    first = app.judging["pair"]
    ask(app, "decide", item=first["item"]["id"], relevance=2)
    assert app.judging["done"] == 1
    assert app.judging["last"].endswith(": relevant")
    kept = app.exploration.library.judgements.frame()
    assert kept[["query", "item", "relevance", "judge"]].to_numpy().tolist() == [
        [first["query"], first["item"]["id"], 2.0, "Ann"]
    ]
    ask(app, "take_back")
    assert app.judging["pair"] == first
    assert app.exploration.library.judgements.frame().empty


def test_a_second_press_does_not_judge_the_next_item(app):
    begin(app)
    ask(app, "judge_as", judge="Ann")
    id = app.judging["pair"]["item"]["id"]
    ask(app, "decide", item=id, relevance=1)
    second = app.judging["pair"]["item"]["id"]
    ask(app, "decide", item=id, relevance=1)
    assert app.judging["done"] == 1
    assert app.judging["pair"]["item"]["id"] == second


def test_another_app_goes_on_where_this_one_stopped(app):
    begin(app)
    ask(app, "judge_as", judge="Ann")
    ask(app, "decide", item=app.judging["pair"]["item"]["id"], relevance=None)
    again = App(app.exploration)
    ask(again, "open_judging")
    assert again.judging["judges"] == [["Ann", "1 of 8"]]
    ask(again, "judge_as", judge="Ann")
    assert again.judging["pair"] == app.judging["pair"]


def test_two_judges_see_how_far_they_agree_and_what_they_differ_on(app):
    begin(app)
    for judge, value in (("Ann", 2), ("Ben", 0)):
        ask(app, "judge_as", judge=judge)
        for number in range(8):
            ask(app, "decide", item=app.judging["pair"]["item"]["id"], relevance=value if number < 2 else number % 3)
    assert "Krippendorff's α is" in app.judging["agreement"]
    assert app.judging["disagreements"]
    assert "Ann: relevant" in app.judging["disagreements"][0]["by"]


def test_wrong_input_is_told_in_the_bar(app):
    assert "There are no queries" in begin(app, queries=" \n")["error"]
    assert "There are no queries" in app.last_error
    assert "takes 200" in begin(app, queries="\n".join(map(str, range(201))))["error"]


@pytest.mark.parametrize(
    ("value", "reading"), [(0.9, "above .80"), (0.7, "tentative"), (0.2, "settle what judges differ on first")]
)
def test_agreement_is_read_as_krippendorff_does(value, reading):
    told = judging.say_agreement(Progress(9, {}, Mean(value, value - 0.1, value + 0.1, 9, 9), None, 3))  # pyright: ignore
    assert reading in told
    assert f"{value - 0.1:.2f} to {value + 0.1:.2f}" in told
