"""What is said of the exploration as a whole."""

from __future__ import annotations

from typing import Any

from fakes.stand_in import EVIL, StandIn

from nova_explore.widgets import App
from nova_explore.widgets.boards import about


def test_the_unread_are_listed_with_their_reasons():
    app: Any = App(StandIn())
    assert app.about["unread_words"] == "3 could not be read"
    assert app.about["unread"][1] == [f"odd/{EVIL}.wav", "The sound ends after 12 of 4,096 bytes."]


def test_only_so_many_are_listed_and_the_rest_is_counted(monkeypatch):
    monkeypatch.setattr(about, "UNREAD_SHOWN", 2)
    app: Any = App(StandIn())
    assert (len(app.about["unread"]), app.about["unread_more"]) == (2, "and 1 more")


def test_settings_of_map_and_clusters_are_told():
    rows = dict(about.made_of(StandIn()))
    assert rows["min dist"] == "0.1"
    assert rows["min cluster size"] == "5"
