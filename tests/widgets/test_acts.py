"""Every act of a person can be undone and done again, and is a line of Python that does the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fakes.page_questions import ask
from fakes.stand_in import StandIn

from nova_explore.widgets import App
from nova_explore.widgets.acts import MOST, Act, line_of, line_of_ids


@pytest.fixture
def app():
    return App(StandIn())


def seen(app: App) -> dict[str, Any]:
    """What the browser shows of an app, without what counts up."""
    told = {name: app.get_state(name)[name] for name in app.keys if not name.startswith("_")}
    for name in ("layout", "history", "tabbable", "tooltip", "still", "own"):
        told.pop(name, None)
    told["selection"] = app.exploration.selection.ids
    told["examples"] = told["examples"] | {"searches": []}  # a search that was undone can be shown again
    counted = f"'serial': {app.serial},"
    return {name: v if isinstance(v, bytes) else repr(v).replace(counted, "") for name, v in told.items()}


STEPS = {
    "a search": lambda app: ask(app, "search", query="trains"),
    "what is like an item": lambda app: ask(app, "search_like", id=app.exploration.collection.ids[7]),
    "a selection": lambda app: app.select(app.exploration.collection.ids[3:9]),
    "a lasso": lambda app: ask(app, "pick", np.arange(5, dtype=np.uint32).tobytes(), packed=False),
    "a cluster": lambda app: ask(app, "choose_cluster", key="2"),
    "an item": lambda app: ask(app, "inspect", id=app.exploration.collection.ids[4]),
    "a column": lambda app: ask(app, "color_by", column="shelf"),
    "greyed entries": lambda app: ask(app, "mute", keys=["1", "2"]),
    "modalities": lambda app: ask(app, "show_modalities", names=["text"]),
    "larger clusters": lambda app: ask(app, "recluster", min_cluster_size=20),
    "another drawing": lambda app: ask(app, "redraw", min_dist=0.5),
    "a selection by code elsewhere": lambda app: app.exploration.select(app.exploration.collection.ids[:2]),
}


@pytest.mark.parametrize("step", STEPS)
def test_what_was_done_is_undone_and_done_again(app, step):
    app.select(app.exploration.collection.ids[20:30])
    before = seen(app)
    STEPS[step](app)
    after = seen(app)
    assert after != before
    assert app.history["undo"]
    ask(app, "undo")
    assert seen(app) == before
    assert app.history["redo"]
    ask(app, "redo")
    assert seen(app) == after


@pytest.mark.parametrize("step", STEPS)
def test_the_line_of_an_act_does_the_same_in_an_app_that_is_new(app, step):
    STEPS[step](app)
    [line] = app.acts.lines
    other = App(StandIn())
    exec(line, {"app": other})
    assert seen(other) == seen(app)


def test_acts_are_undone_from_the_last_to_the_first(app):
    states = [seen(app)]
    for step in STEPS.values():
        step(app)
        states.append(seen(app))
    for state in reversed(states[:-1]):
        app.undo()
        assert seen(app) == state
    app.undo()
    assert seen(app) == states[0]
    assert app.history["undo"] == ""


def test_a_new_act_ends_what_could_be_done_again(app):
    ask(app, "search", query="trains")
    app.undo()
    ask(app, "color_by", column="shelf")
    assert app.history["redo"] == ""


def test_looking_at_one_item_after_the_other_is_one_act(app):
    for id in app.exploration.collection.ids[:4]:
        app.inspect(id)
    app.undo()
    assert app.inspected == ""
    assert app.history["undo"] == ""


def test_an_item_that_is_opened_and_closed_leaves_nothing_to_undo(app):
    app.inspect(app.exploration.collection.ids[0])
    app.inspect("")
    assert app.acts.lines == ()


def test_what_changes_nothing_and_what_fails_is_no_act(app):
    ask(app, "color_by", column="cluster")
    ask(app, "color_by", column="nonsense")
    ask(app, "search", query="  ")
    assert app.acts.lines == ()


def test_a_board_notes_an_act_that_changes_something_else(app):
    box = ["before"]
    app.acts.note(Act("Box changed", lambda: "box[0] = 'after'", lambda: box.clear(), lambda: box.append("again")))
    assert app.history["undo"] == "Box changed"
    app.undo()
    assert box == []
    app.redo()
    assert box == ["again"]


def test_acts_that_are_long_ago_are_forgotten(app):
    for k in range(MOST + 5):
        app.mute([str(k % 2)])
    assert len(app.acts.lines) == MOST


def test_an_undo_that_fails_can_be_tried_again(app):
    def breaks() -> None:
        raise ZeroDivisionError

    app.acts.note(Act("Broken", lambda: "", breaks, lambda: None))
    with pytest.raises(ZeroDivisionError):
        app.undo()
    assert app.history["undo"] == "Broken"


def test_the_browser_gets_the_line_of_the_slice_and_the_lines_of_all(app):
    ask(app, "search", query="sea 'birds'")
    ask(app, "color_by", column="shelf")
    assert ask(app, "line_of_slice")["line"] == "app.search(\"sea 'birds'\")"
    assert ask(app, "lines")["lines"] == ["app.search(\"sea 'birds'\")", "app.color_by('shelf')"]


def test_words_of_the_collection_stay_words_in_a_line():
    evil = "'); import os; ('"
    assert eval(line_of_ids([evil], evil).removeprefix("app.select").replace("name=", "")) == ([evil], evil)
    assert line_of("choose_value", {"value": evil}, methods=App) == f"app.do('choose_value', value={evil!r})"
