"""A cell that runs again leaves no app of before behind."""

from __future__ import annotations

import pytest

from nova_explore.widgets import cells


class Shown:
    def __init__(self) -> None:
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


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
