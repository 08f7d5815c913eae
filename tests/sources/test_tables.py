"""No cell ends a table: every row is items, or a reason."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fakes.making import encoded, png, quarters

from nova_explore import media
from nova_explore.collection import Modality
from nova_explore.media.content import Picture
from nova_explore.sources.read import read


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("NOVA_EXPLORE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def picture(tmp_path) -> Path:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "cat.png").write_bytes(png())
    return tmp_path / "images" / "cat.png"


def test_paths_are_paths_whatever_their_type(picture):
    assert read(pd.DataFrame({"path": [picture]}), progress=False)[0].name == "cat.png"


@pytest.mark.parametrize("cell", [7, 2.5, ["a"], {"a": 1}, True])
def test_a_cell_that_is_no_path_is_one_reason_and_the_rest_is_read(picture, cell):
    frame = pd.DataFrame({"path": pd.Series([str(picture), cell], dtype=object)})
    collection = read(frame, progress=False)
    assert len(collection) == 1
    assert [one.name for one in collection.unread] == ["table#row=1"]
    assert "not a string" in collection.unread[0].reason


def test_pictures_in_a_parquet_file_of_hugging_face_are_items(tmp_path):
    cells = [{"bytes": encoded(quarters(), "PNG"), "path": None}, {"bytes": png(), "path": "b.png"}]
    pq.write_table(pa.table({"image": cells, "label": [0, 1]}), tmp_path / "t.parquet")
    first, second = read(tmp_path / "t.parquet", progress=False)
    assert (first.modality, first.name, second.name) == (Modality.IMAGE, "t.parquet#row=0", "b.png")
    assert (first.metadata["label"], second.metadata["label"]) == (0, 1)
    shown = media.load(first)
    assert isinstance(shown, Picture)
    assert shown.image.size == (96, 64)


def test_bytes_in_a_cell_are_a_medium_and_broken_ones_a_reason():
    frame = pd.DataFrame({"image": [png(), b"\x00\x01 nothing"], "text": ["a lake", "nothing"]})
    collection = read(frame, path="image", text="text", progress=False)
    assert [item.metadata["caption"] for item in collection] == ["a lake"]
    assert "no known kind" in collection.unread[0].reason


def test_paths_as_windows_writes_them_are_found(picture):
    table = picture.parent.parent / "t.csv"
    table.write_text("path,label\nimages\\cat.png,cat\n")
    assert read(table, progress=False)[0].metadata["label"] == "cat"


def test_addresses_of_pages_beside_their_words_ask_for_the_words():
    frame = pd.DataFrame({"url": ["https://example.org/1"], "title": ["One"], "text": ["A quiet lake"]})
    item = read(frame, progress=False)[0]
    assert (item.text, item.metadata["url"]) == ("A quiet lake", "https://example.org/1")


def test_addresses_of_pictures_are_the_media_and_fetched_only_where_it_is_said():
    frame = pd.DataFrame({"url": ["https://host.invalid/a.jpg"], "text": ["A quiet lake"]})
    unread = read(frame, progress=False).unread
    assert "nothing is fetched that was not asked for" in unread[0].reason
    assert "uri='" in unread[0].reason


def test_half_an_emoji_is_replaced_and_said():
    frame = pd.DataFrame(
        {
            "text": pd.Series(["half \ud83d an emoji"], dtype=object),
            "note": pd.Series(["\ude00 other half"], dtype=object),
        }
    )
    item = read(frame, progress=False)[0]
    assert item.text == "half \ufffd an emoji"
    assert item.metadata["note"] == "\ufffd other half"
    assert "half a character" in str(item.metadata["repaired"])


def test_rows_that_do_not_fit_their_header_are_named(tmp_path):
    (tmp_path / "t.csv").write_text("text,year\nHello,1999\nRain, again,2004\n")
    collection = read(tmp_path / "t.csv", progress=False)
    assert [item.text for item in collection] == ["Hello"]
    assert "Put quotes round" in collection.unread[0].reason


def test_json_lines_are_a_source_and_in_a_folder_are_named(tmp_path):
    (tmp_path / "t.jsonl").write_text('{"text": "A quiet lake"}\n{"text": "A loud street"}\n')
    assert [item.text for item in read(tmp_path / "t.jsonl", progress=False)] == ["A quiet lake", "A loud street"]
    assert "Read it by itself" in read(tmp_path, progress=False).unread[0].reason
