"""Two items side by side: what is told of them is what Python knows of the pair."""

from __future__ import annotations

import pytest
from fakes.page_questions import ask

from nova_explore.errors import UnknownNameError
from nova_explore.widgets import App
from nova_explore.widgets.boards import pair


@pytest.fixture
def app(exploration):
    return App(exploration)


def test_an_item_is_pinned_until_it_is_let_go(app):
    id = app.exploration.collection.ids[3]
    assert app.pair == {"pinned": None}
    ask(app, "pin", id=id)
    assert app.pair["pinned"]["id"] == id
    assert app.pair["pinned"]["text"] == app.exploration.collection[3].text
    ask(app, "pin", id="")
    assert app.pair == {"pinned": None}


def test_each_app_has_its_own_pin(app, exploration):
    ask(app, "pin", id=exploration.collection.ids[3])
    assert App(exploration).pair == {"pinned": None}


def test_an_item_that_is_not_there_is_not_pinned(app):
    assert "No item named" in ask(app, "pin", id="nowhere")["error"]
    assert app.pair == {"pinned": None}


def test_the_numbers_are_those_of_the_pair(app, exploration):
    a, b = exploration.collection.ids[3], exploration.collection.ids[90]
    told, known = ask(app, "compare", a=a, b=b), exploration.compare(a, b)
    assert told["cosine"] == f"{known.cosine:.2f}"
    assert told["copy"] == known.copy
    assert [tile["id"] for tile in told["shared"]] == list(known.shared_neighbors)
    assert f"no. {known.ranks[0]:,} of its nearest text items" in dict(map(tuple, told["rows"]))["from the first"]
    assert max(told["usual"]) == 1
    assert 0 <= told["at"] <= 1


def test_words_are_compared_with_the_pinned_item(app, exploration):
    told = ask(app, "compare", a=exploration.collection.ids[3], b="owl")
    assert told["modalities"] == ["text", "words"]


def test_what_it_takes_is_told_before_and_the_parts_after(app, exploration):
    a, b = exploration.collection.ids[3], exploration.collection.ids[4]
    plan = ask(app, "plan_why", a=a, b=b)
    assert plan["words"] == f"at most {plan['calls']:,} calls of the model, at no cost"
    why = ask(app, "why", a=a, b=b, cost=plan["cost"])
    assert 0 < why["calls"] <= plan["calls"]
    assert [side["id"] for side in why["sides"]] == [a, b]
    for side, id in zip(why["sides"], (a, b), strict=True):
        assert (
            "".join(piece for piece, _ in side["words"])
            == exploration.collection[exploration.collection.position(id)].text
        )
        assert max(abs(weight) for _, weight in side["words"]) == 1


def test_words_are_not_explained_only_the_item_is(app, exploration):
    why = ask(app, "why", a=exploration.collection.ids[3], b="owl", cost=0)
    assert [side["id"] for side in why["sides"]] == [exploration.collection.ids[3]]


def test_the_side_of_an_item_that_is_gone_is_an_error(exploration):
    with pytest.raises(UnknownNameError):
        pair.side(exploration, "nowhere")
