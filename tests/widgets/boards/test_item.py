"""The open item: what is known of it."""

from __future__ import annotations

from typing import Any

import pytest
from fakes.stand_in import EVIL, StandIn

from nova_explore.widgets import App
from nova_explore.widgets.boards import item


@pytest.fixture
def app() -> Any:
    return App(StandIn())


def test_nothing_is_told_where_no_item_is_open(app):
    assert app.item == {}


def test_its_place_in_the_slice_is_told_and_minus_one_outside(app):
    ids = app.exploration.collection.ids
    app.select([ids[5], ids[8]])
    app.inspect(ids[8])
    assert app.item["row"] == 1
    app.inspect(ids[9])
    assert app.item["row"] == -1


def test_every_value_is_words_and_missing_ones_are_left_out(app):
    for position in (0, 7, 9, 20):
        told = item.rows(app.exploration, position)
        assert all(isinstance(name, str) and isinstance(value, str) and value for name, value in told)
    assert ["caption", EVIL] in item.rows(app.exploration, 7)
    assert "year" not in dict(item.rows(app.exploration, 9))


def test_a_segment_tells_its_seconds(app):
    sound = next(i for i, it in enumerate(app.exploration.collection) if it.modality == "audio")
    assert item.detail(app.exploration, app.exploration.collection.ids[sound])["seconds"] == [0, 2]


def test_media_come_with_the_id_they_were_asked_for(app):
    id = app.exploration.collection.ids[20]
    content, [data] = item.media(app, id=id)
    assert content["id"] == id
    assert data == app.exploration.playable(id).data
