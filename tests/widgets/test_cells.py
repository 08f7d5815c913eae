"""A cell that runs again leaves no app of before behind."""

from __future__ import annotations

import pytest

from nova_explore.widgets import cells


class Shown:
    def __init__(self) -> None:
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


class Shell:
    def __init__(self, **names: object) -> None:
        self.user_ns = names


def test_a_line_calls_the_app_as_the_notebook_does(monkeypatch):
    from IPython.core import getipython

    app = object()
    monkeypatch.setattr(getipython, "get_ipython", lambda: Shell(_=app, other=object(), maps=app))
    assert cells.in_notebook("app.search('app.x')", app) == "maps.search('app.x')"
    assert cells.in_notebook("exploration.select([])", app) == "exploration.select([])"
    assert cells.called(object()) == "app"


def test_a_line_calls_the_app_app_where_no_notebook_runs(monkeypatch):
    from IPython.core import getipython

    monkeypatch.setattr(getipython, "get_ipython", lambda: None)
    assert cells.in_notebook("app.clear()", object()) == "app.clear()"


@pytest.fixture
def running(monkeypatch):
    monkeypatch.setattr(cells, "_SHOWN", {})

    def run(cell: str, number: int, *apps: Shown) -> None:
        monkeypatch.setattr(cells, "running_cell", lambda: (cell, str(number)))
        for app in apps:
            cells.note_shown(app)

    return run


def test_a_second_run_closes_what_the_first_showed(running):
    first, second = Shown(), Shown()
    running("a", 1, first)
    running("a", 2, second)
    assert (first.closed, second.closed) == (1, 0)


def test_all_apps_of_one_run_stay(running):
    apps = [Shown(), Shown()]
    running("a", 1, *apps)
    assert [app.closed for app in apps] == [0, 0]
    running("a", 2, Shown())
    assert [app.closed for app in apps] == [1, 1]


def test_an_app_that_is_shown_again_or_elsewhere_stays(running):
    again, elsewhere = Shown(), Shown()
    running("a", 1, again, elsewhere)
    running("b", 2, elsewhere)
    running("a", 3, again)
    assert (again.closed, elsewhere.closed) == (0, 0)


def test_outside_of_a_notebook_nothing_is_noted(running):
    app = Shown()
    running("", 1, app)
    running("", 2, Shown())
    assert app.closed == 0
    assert cells.running_cell.__call__() == ("", "2")
