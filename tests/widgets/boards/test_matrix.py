"""The slice from within: its matrix is in the order of its items, and what sets it apart is told with shares."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from fakes.page_questions import answer as ask

from nova_explore.widgets import App
from nova_explore.widgets.boards import matrix


@pytest.fixture
def app(exploration):
    return App(exploration)


def test_levels_are_the_cosines_of_the_items_in_their_order(app, exploration):
    app.select(exploration.collection.ids[:20])
    told, [data] = ask(app, "matrix", serial=app.serial)
    assert sorted(told["positions"]) == list(range(20))
    rows = exploration.compared[told["positions"]]
    levels = np.frombuffer(data, np.uint8).reshape(20, 20)
    wanted = rows @ rows.T
    low, high = float(told["low"]), float(told["high"])
    inside = (wanted > low + 0.01) & (wanted < high - 0.01)
    assert np.abs(levels[inside] / 255 * (high - low) + low - wanted[inside]).max() < 0.02
    assert not told["whole"]
    bounds = [(one["start"], one["end"]) for one in told["clusters"]]
    assert bounds[0][0] == 0
    assert bounds[-1][1] == 20
    assert all(end == start for (_, end), (start, _) in pairwise(bounds))


def test_the_whole_collection_is_the_slice_where_nothing_is_selected(app, exploration):
    told, _ = ask(app, "matrix", serial=app.serial)
    assert told["whole"]
    assert len(told["ids"]) == len(exploration)
    assert {one["medoid"]["id"] for one in told["clusters"]} <= set(told["ids"])


def test_of_many_items_as_many_are_drawn_as_can_be(app, exploration, monkeypatch):
    monkeypatch.setattr(matrix, "MOST", 50)
    told, [data] = ask(app, "matrix", serial=app.serial)
    assert len(data) == 50 * 50
    assert told["note"] == f"50 of {len(exploration)} items, evenly spread. "


def test_two_items_are_enough_and_one_is_not(app, exploration):
    app.select(exploration.collection.ids[:2])
    assert len(ask(app, "matrix", serial=app.serial)[1][0]) == 4
    app.select(exploration.collection.ids[:1])
    assert "needs 2 items" in ask(app, "matrix", serial=app.serial)[0]["error"]
    assert app.last_error == ""


def test_a_search_has_the_matrix_of_what_matches(app):
    app.search("owl")
    told, _ = ask(app, "matrix", serial=app.serial)
    assert len(told["ids"]) == int(app.ranking.matches.sum())


def test_what_sets_a_slice_apart_is_told_with_shares_and_interval(app, exploration):
    birds = [item.id for item in exploration.collection if item.metadata["topic"] == "birds"]
    app.select(birds)
    told, _ = ask(app, "set_apart", serial=app.serial)
    [topic] = [row for row in told["rows"] if row["what"] == "topic: birds"]
    assert (topic["inside"], topic["outside"]) == (1, 0)
    assert topic["shares"] == "100% inside, 0% outside"
    assert topic["interval"].startswith("+100% (")


def test_the_cosine_under_the_pointer_is_that_of_the_map(app, exploration):
    told, _ = ask(app, "cosine", a=3, b=8)
    assert told["cosine"] == f"{float(exploration.compared[3] @ exploration.compared[8]):.2f}"
    assert told["a"]["position"] == 3
