"""The items of the slice, a page at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fakes.stand_in import StandIn

from nova_explore.errors import UnreadableError
from nova_explore.widgets import App
from nova_explore.widgets.boards import items


@pytest.fixture(scope="module")
def exploration() -> Any:
    return StandIn()


def test_pages_follow_each_other_without_gap_or_overlap(exploration):
    app: Any = App(exploration)
    app.select(exploration.collection.ids[:100])
    serial = app.items["serial"]
    pages = [items.tiles(app, serial=serial, start=start)[0]["tiles"] for start in (0, 48, 96)]
    assert [len(page) for page in pages] == [48, 48, 4]
    assert [tile["id"] for page in pages for tile in page] == list(exploration.collection.ids[:100])


def test_a_text_travels_as_words_and_nothing_else_does(exploration):
    for position, item in enumerate(exploration.collection):
        words = items.card(exploration, position)["words"]
        assert words == (item.text[: items.MOST_LETTERS] if item.modality == "text" else "")


def test_a_slice_of_one_and_a_named_slice_say_what_they_are():
    assert items.selected(np.array([3]), named="recipes").title == "recipes · 1 item"
    assert items.selected(np.array([3, 4])).title == "2 selected"
    assert items.selected(np.array([3]), left_out=1).note == "1 greyed item was left out."


def test_an_item_without_a_picture_is_left_out(exploration, monkeypatch):
    first, second = exploration.collection.ids[:2]
    monkeypatch.setattr(exploration, "thumbnails", lambda _: {second: b"drawn"})

    def fail(_):
        raise UnreadableError("It is gone.")

    monkeypatch.setattr(exploration, "thumbnail", fail)
    assert items.thumbnails(exploration, [first, second]) == {second: b"drawn"}
