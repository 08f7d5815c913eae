"""What leaves the app as a file."""

from __future__ import annotations

import io
import json
import zipfile

import pandas as pd
import pytest
from fakes.page_questions import answer as ask
from fakes.toy_library import copy_of

from nova_explore.exploration.stored_maps import open_map
from nova_explore.widgets import App


@pytest.fixture
def app(mapped_toy_160, tmp_path):
    return App(open_map(copy_of(mapped_toy_160, tmp_path / "my library.nova")))


def test_a_selection_leaves_as_every_kind_of_table(app):
    ids = list(app.exploration.collection.ids[5:9])
    app.select(ids)
    told, [data] = ask(app, "take_away", part="selection", form="csv")
    assert (told["name"], told["mime"]) == ("my_library-selection.csv", "text/csv")
    assert pd.read_csv(io.BytesIO(data))["id"].tolist() == ids
    assert [row["id"] for row in json.loads(ask(app, "take_away", part="selection", form="json")[1][0])] == ids
    frame = pd.read_parquet(io.BytesIO(ask(app, "take_away", part="selection", form="parquet")[1][0]))
    assert frame["id"].tolist() == ids


@pytest.mark.slow
def test_the_map_leaves_as_a_page_a_picture_and_a_drawing(app):
    assert ask(app, "take_away", part="all", form="png")[1][0].startswith(b"\x89PNG")
    assert b"<svg" in ask(app, "take_away", part="all", form="svg")[1][0][:200]
    assert ask(app, "take_away", part="all", form="html")[1][0].lstrip().lower().startswith(b"<!doctype html>")


def test_a_folder_of_media_leaves_as_an_archive_with_its_manifest(app):
    _, [data] = ask(app, "take_away", part="all", form="media")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert "my_library-all/manifest.csv" in archive.namelist()
        assert len(pd.read_csv(archive.open("my_library-all/manifest.csv"))) == 160


def test_labels_are_counted_and_leave_once_there_are_some(app):
    assert (app.handover["all"], ask(app, "labelled")[0]["count"]) == (160, 0)
    assert "nothing to write" in ask(app, "take_away", part="labels", form="csv")[0]["error"]
    app.exploration.labels.rename(0, "birds")
    assert ask(app, "labelled")[0]["count"] == 40
    assert len(pd.read_csv(io.BytesIO(ask(app, "take_away", part="labels", form="csv")[1][0]))) == 40


def test_a_view_is_saved_and_opened(app):
    app.select(app.exploration.collection.ids[:3])
    told, [data] = ask(app, "save_view")
    assert told["name"] == "my_library-view.json"
    app.clear()
    assert ask(app, "open_view", text=data.decode())[0] == {"to": "me", "missing": []}
    assert app.selection == app.exploration.collection.ids[:3]
    assert "no view" in ask(app, "open_view", text="[")[0]["error"]


def test_an_app_that_only_shows_writes_nothing_beside_the_media(app):
    reader = App(app.exploration, read_only=True)
    assert "opened to read" in ask(reader, "write_beside", part="all")[0]["error"]
    assert "error" not in ask(reader, "take_away", part="all", form="csv")[0]


def test_an_unknown_form_is_refused(app):
    assert "No form named 'exe'" in ask(app, "take_away", part="all", form="exe")[0]["error"]
