"""A search takes items and files beside words; its parts can be turned, dropped, and asked for again."""

from __future__ import annotations

import pytest

from nova_explore.similarity.sides import Pasted
from nova_explore.widgets import App
from nova_explore.widgets.boards.examples import Examples


@pytest.fixture
def app(exploration):
    return App(exploration)


def ask(app, what, data=None, **details):
    heard = []
    app.send = lambda content, buffers=None: heard.append(content)
    app._handle_custom_msg({"ask": what, "from": "me", "with": details}, [] if data is None else [data])
    return heard[-1]


def parts(app):
    return [(part["sign"], part["id"]) for part in app.examples["parts"]]


def test_items_and_words_are_searched_for_together(app, exploration):
    a, b = exploration.collection.ids[3], exploration.collection.ids[90]
    app.search("owl")
    ask(app, "ask_part", id=a, sign=1)
    ask(app, "ask_part", id=b, sign=-1)
    assert app.query == "owl"
    assert parts(app) == [(1, a), (-1, b)]
    known = exploration.search("owl", like=[a], unlike=[b], k=500)
    matching = [id for id, match in zip(known.ids, known.matches, strict=True) if match]
    assert set(matching) <= set(app.ranking.ids)
    assert a not in app.ranking.ids


def test_other_words_keep_the_parts_and_clearing_drops_all(app, exploration):
    ask(app, "ask_part", id=exploration.collection.ids[3], sign=1)
    ask(app, "ask_words", query="owl")
    assert app.query == "owl"
    assert len(parts(app)) == 1
    app.clear()
    assert parts(app) == []
    ask(app, "search", query="boat")
    assert parts(app) == []


def test_a_part_is_turned_and_dropped(app, exploration):
    id = exploration.collection.ids[3]
    app.search("owl", like=id)
    ask(app, "turn_part", place=0)
    assert parts(app) == [(-1, id)]
    ask(app, "drop_part", place=0)
    assert parts(app) == []
    assert app.query == "owl"


def test_a_search_for_nothing_but_unlike_is_refused_in_words(app, exploration):
    id = exploration.collection.ids[3]
    assert "Search first" in ask(app, "ask_part", id=id, sign=-1)["error"]
    app.search("", like=id)
    assert "needs something" in ask(app, "turn_part", place=0)["error"]
    ask(app, "drop_part", place=0)
    assert app.ranking is None


def test_a_file_that_is_dropped_in_is_a_part_by_its_name(app, exploration):
    text = exploration.collection[12].text
    ask(app, "ask_file", data=memoryview(text.encode()), name="found.txt", sign=1)
    assert [part["title"] for part in app.examples["parts"]] == ["found.txt"]
    assert app.ranking.ids[0] == exploration.collection.ids[12]
    assert app.acts.lines[-1] == "app.search('', like=(Path('found.txt').read_bytes(),), unlike=())"


def test_searches_are_shown_again_by_name(app, exploration):
    id = exploration.collection.ids[3]
    app.search("owl", like=id)
    first, name = app.ranking.ids, app.examples["now"]
    app.search("boat")
    assert app.examples["searches"][:2] == ["boat", name]
    ask(app, "search_again", name=name)
    assert app.ranking.ids == first
    assert parts(app) == [(1, id)]
    assert app.query == "owl"


def test_a_search_with_parts_can_be_undone_and_done_again(app, exploration):
    id = exploration.collection.ids[3]
    app.search("owl")
    ask(app, "ask_part", id=id, sign=1)
    app.undo()
    assert parts(app) == []
    assert app.query == "owl"
    app.redo()
    assert parts(app) == [(1, id)]


def test_switching_a_modality_off_keeps_the_parts(app, exploration):
    app.search("", like=exploration.collection.ids[3])
    app.show_modalities(["text"])
    assert len(parts(app)) == 1


def test_a_part_is_on_one_side_only():
    file = Pasted(b"x", "x.txt")
    examples = Examples(("a",), ("b",)).plus("a", -1).plus(file, 1)
    assert examples == Examples((file,), ("b", "a"))
    assert not Examples()
