"""What the browser asks is answered, also where it takes long or fails."""

from __future__ import annotations

from typing import Any

import pytest
from fakes.stand_in import StandIn

from nova_explore.widgets import App
from nova_explore.widgets.messages import ANSWERS


@pytest.fixture
def app():
    return App(StandIn())


def ask(app: Any, what: str, *buffers: bytes, **details: Any) -> dict[str, Any]:
    heard = []
    app.send = lambda content, _buffers=None: heard.append(content)
    app._handle_custom_msg({"ask": what, "from": "me", "with": details}, list(buffers))
    [answer] = heard
    assert answer["to"] == "me"
    return answer


def test_every_question_of_every_board_has_its_own_name():
    assert {"ping", "search", "pick", "tiles", "media", "sweep", "brush", "choose_cluster"} <= set(ANSWERS)


def test_python_says_that_it_is_there(app):
    assert ask(app, "ping") == {"to": "me"}


def test_what_is_not_known_is_an_error_that_is_seen(app):
    assert "error" in ask(app, "nonsense")
    assert "nonsense" in app.last_error
    ask(app, "dismiss")
    assert app.last_error == ""


def test_long_work_is_said_while_it_lasts_and_its_failure_is_told(app, monkeypatch):
    said = []
    app.observe(lambda change: said.append(change["new"]), "working")
    ask(app, "recluster", min_cluster_size=20)
    assert said == ["finding the clusters", ""]
    assert app.clusters["size"] == 20
    monkeypatch.setattr(app.named_exploration, "recluster", lambda **_: 1 / 0)
    assert "division" in ask(app, "recluster", min_cluster_size=5)["error"]
    assert app.working == ""
    assert "division" in app.last_error


def test_a_cluster_a_range_and_a_value_become_the_slice(app):
    ask(app, "choose_cluster", key="2")
    members = app.exploration.clustering.labels == 2
    assert app.items["title"] == f"{app.exploration.name_of(2)} · {members.sum()} items"
    assert len(app.selection) == members.sum()
    ask(app, "color_by", column="year")
    ask(app, "brush", first=0, last=31)
    known = sum(year is not None for year in app.exploration.column("year"))
    assert len(app.selection) == known
    ask(app, "color_by", column="shelf")
    found = ask(app, "find_values", words="shelf 3")
    assert found["values"][0][0].startswith("shelf 3")
    ask(app, "choose_value", value="shelf 3")
    shelves = app.exploration.collection.positions(app.selection)
    assert {app.exploration.collection[position].metadata["shelf"] for position in shelves} == {"shelf 3"}


def test_the_next_item_of_the_slice_follows_the_open_one(app):
    ids = app.exploration.collection.ids
    app.select([ids[4], ids[9], ids[30]])
    app.inspect(ids[9])
    assert app.item["row"] == 1
    assert ask(app, "neighbor_in_slice", step=1)["id"] == ids[30]
    assert ask(app, "neighbor_in_slice", step=-1)["id"] == ids[4]
    app.inspect(ids[30])
    assert ask(app, "neighbor_in_slice", step=1)["id"] == ""
