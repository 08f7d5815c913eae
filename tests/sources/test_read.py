from __future__ import annotations

import json
import shutil
import time
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import soundfile
from fakes.arrow_stream import ArrowStreamOnly
from fakes.bad_media import make_bad_folder
from fakes.making import film, pdf, png, tone
from hypothesis import given, settings
from hypothesis import strategies as st

from nova_explore.collection import Collection, Modality
from nova_explore.errors import SourceError, UnknownNameError
from nova_explore.sources.read import read
from nova_explore.sources.scalars import to_scalar
from nova_explore.sources.side_files import caption_of


def _read(source, **options) -> Collection:
    return read(source, progress=False, **options)


def _names(collection: Collection) -> list[str]:
    return [item.name for item in collection]


def _reasons(collection: Collection) -> dict[str, str]:
    return {unread.name: unread.reason for unread in collection.unread}


@pytest.fixture(scope="module")
def bad(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bad") / "inputs"
    return folder, make_bad_folder(folder)


@pytest.fixture
def album(tmp_path) -> Path:
    """Two pictures, a sound, a text, a document and a film, with sidecars."""
    folder = tmp_path / "album"
    (folder / "cats").mkdir(parents=True)
    (folder / "cats/tom.png").write_bytes(png())
    (folder / "cats/tom.txt").write_text(
        "Tom asleep.\nde.utf8=Tom schläft.\npt_BR.utf8=Tom dorme.\nsr@latin.utf8=Tom.\n"
    )
    (folder / "cats/tom.png.json").write_text(json.dumps({"tags": ["cat", "sleep"], "year": 1999, "where": {"x": 1}}))
    soundfile.write(folder / "cats/tom.ogg", tone(0.3), 48000)
    soundfile.write(folder / "cats/tom_desc_de.ogg", tone(0.2), 48000)
    (folder / "lake.png").write_bytes(png(color="navy"))
    (folder / "notes.txt").write_text("Nothing lies beside me.")
    (folder / "plan.pdf").write_bytes(pdf(["Plan", "Cost"]))
    film(folder / "walk.mp4", seconds=0.5)
    return folder


@pytest.mark.slow
def test_every_bad_input_is_named_with_its_reason_and_none_is_fatal(bad):
    folder, expected = bad
    collection = _read(folder)
    assert len(expected) >= 40
    assert list(collection) == []
    reasons = _reasons(collection)
    assert set(reasons) == set(expected)
    wrong = {name: reasons[name] for name, words in expected.items() if words not in reasons[name]}
    assert not wrong


@pytest.mark.slow
def test_bad_inputs_do_not_touch_the_good_ones_and_nothing_is_written_to_the_terminal(bad, album, capfd):
    folder, expected = bad
    shutil.copytree(album, folder / "good")
    try:
        collection = _read(folder)
    finally:
        shutil.rmtree(folder / "good")
    assert _names(collection) == [f"good/{name}" for name in _names(_read(album))]
    assert len(collection.unread) == len(expected)
    assert f"; {len(expected)} files could not be read" in str(collection)
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_every_reason_ends_with_something_to_do(bad):
    for reason in _reasons(_read(bad[0])).values():
        assert reason.count(".") >= 1, reason
        assert len(reason) < 260, reason


def test_a_folder_becomes_items_of_every_kind_in_the_order_of_their_names(album):
    collection = _read(album)
    assert not collection.unread
    assert _names(collection) == [
        "cats/tom.ogg",
        "cats/tom.png",
        "cats/tom_desc_de.ogg",
        "lake.png",
        "notes.txt",
        "plan.pdf",
        "plan.pdf",
        "walk.mp4",
    ]
    assert collection.counts() == {"text": 1, "image": 2, "page": 2, "audio": 2, "video": 1}
    assert [item.metadata["folder"] for item in collection][:4] == ["cats", "cats", "cats", "."]
    assert collection[3].metadata["bytes"] == (album / "lake.png").stat().st_size


def test_sidecars_become_caption_and_columns_of_the_medium(album):
    by_name = {item.name: item.metadata for item in _read(album)}
    tom = by_name["cats/tom.png"]
    assert (tom["caption"], tom["tags"], tom["year"]) == ("Tom asleep.", "cat, sleep", 1999)
    assert tom["where"] == '{"x": 1}'
    assert by_name["cats/tom.ogg"]["caption"] == "Tom asleep."
    assert "caption" not in by_name["cats/tom_desc_de.ogg"]


def test_sidecars_can_be_asked_for_as_items(album):
    collection = _read(album, sidecars="items")
    assert "cats/tom.txt" in _names(collection)
    assert "JSON" in _reasons(collection)["cats/tom.png.json"]
    assert all("caption" not in item.metadata for item in collection)


def test_a_broken_sidecar_is_named_and_its_medium_kept(album):
    (album / "lake.json").write_text('{"caption": ')
    (album / "walk.json").write_text('["no object"]')
    collection = _read(album)
    assert len(collection) == 8
    assert "JSON is broken" in _reasons(collection)["lake.json"]
    assert "needed is an object" in _reasons(collection)["walk.json"]


def test_a_sidecar_never_overwrites_what_was_measured(album):
    (album / "lake.json").write_text('{"bytes": 1, "width": "wide"}')
    lake = next(item for item in _read(album) if item.name == "lake.png").metadata
    assert (lake["width"], lake["given_width"], lake["given_bytes"]) == (40, "wide", 1)


def test_a_transcript_beside_a_sound_is_whole_and_its_title_one_line(album):
    words = "Today we speak about glaciers. " * 100 + "The last word is marmot."
    assert caption_of(words) == words
    (album / "cats/tom.txt").write_text(words)
    tom = next(item for item in _read(album) if item.name == "cats/tom.ogg")
    assert tom.metadata["caption"] == words
    assert len(tom.title) <= 160


def test_hidden_files_and_the_clutter_of_systems_are_left_out(album):
    before = _names(_read(album))
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", ".hidden.png"):
        (album / name).write_bytes(b"x")
    (album / "__MACOSX").mkdir()
    (album / "__MACOSX/lake.png").write_bytes(b"x")
    collection = _read(album)
    assert _names(collection) == before
    assert not collection.unread


def test_links_to_files_are_followed_and_links_to_folders_named(album):
    (album / "link.png").symlink_to(album / "lake.png")
    (album / "again").symlink_to(album)
    collection = _read(album)
    assert "link.png" in _names(collection)
    assert "not followed" in _reasons(collection)["again"]


def test_ids_are_the_same_in_every_run_and_place(album, tmp_path):
    ids = _read(album).ids
    assert _read(album).ids == ids
    shutil.copytree(album, tmp_path / "elsewhere")
    assert _read(tmp_path / "elsewhere").ids == ids


def test_two_identical_files_are_two_items_with_one_key(album):
    shutil.copy(album / "lake.png", album / "pond.png")
    lake, pond = (item for item in _read(album) if item.name in ("lake.png", "pond.png"))
    assert lake.content_key == pond.content_key
    assert pond.id == f"{lake.id}~2"


@settings(max_examples=25, deadline=None)
@given(contents=st.lists(st.text("abc ", min_size=1, max_size=4).filter(str.strip), min_size=1, max_size=8))
def test_copies_are_numbered_and_ids_unique_whatever_the_contents(tmp_path_factory, contents):
    folder = tmp_path_factory.mktemp("texts")
    for number, words in enumerate(contents):
        (folder / f"{number}.txt").write_text(words)
    collection = _read(folder)
    assert [item.text for item in collection] == contents
    assert len({item.content_key for item in collection}) == len(set(contents))
    for item in collection:
        earlier = contents[: int(item.name[:-4])].count(item.text)
        assert item.id.endswith(f"~{earlier + 1}") if earlier else "~" not in item.id


def test_a_file_a_list_and_a_pattern_are_sources_too(album):
    assert _names(_read(album / "lake.png")) == ["lake.png"]
    assert _names(_read([album / "walk.mp4", str(album / "cats/tom.txt")])) == ["cats/tom.txt", "walk.mp4"]
    assert _names(_read(str(album / "**/*.png"))) == ["cats/tom.png", "lake.png"]
    assert _read(str(album / "cats/*.png"))[0].metadata["caption"] == "Tom asleep."
    assert _names(_read((album / "lake.png").as_uri())) == ["lake.png"]


def test_folders_below_can_be_left_out(album):
    assert "cats/tom.png" not in _names(_read(album, recursive=False))


@pytest.mark.parametrize("source", ["nowhere/at/all", "*.nothing", "ftp://host/media", []])
def test_a_source_that_is_not_there_says_what_was_looked_for(source, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError, match=r"Check the p|at least one"):
        _read(source)


def test_an_empty_folder_is_an_error(tmp_path):
    with pytest.raises(SourceError, match="holds no files"):
        _read(tmp_path)


def test_a_misspelt_option_gets_a_hint():
    with pytest.raises(UnknownNameError, match="Did you mean 'image'"):
        _read(".", documents="images")


def test_a_csv_of_paths_reads_files_beside_it_and_keeps_the_other_columns(album):
    table = album / "list.csv"
    table.write_text(
        "file;label;code;score;seen\nlake.png;blue;007;1.5;true\ncats/tom.png;NA;010;;false\ngone.png;x;1;2;true\n"
        "s3://b/x.png;y;2;3;true\n;z;3;4;true\n",
        encoding="utf-8-sig",
    )
    collection = _read(table)
    lake, tom = collection
    assert (lake.name, tom.name, tom.metadata["folder"]) == ("lake.png", "cats/tom.png", "cats")
    assert [lake.metadata[name] for name in ("label", "code", "score", "seen")] == ["blue", "007", 1.5, True]
    assert (tom.metadata["label"], tom.metadata["score"], tom.metadata["caption"]) == ("NA", None, "Tom asleep.")
    reasons = _reasons(collection)
    assert "not there" in reasons["list.csv#row=2 (gone.png)"]
    assert "nothing is fetched" in reasons["list.csv#row=3 (s3://b/x.png)"]
    assert "row is empty" in reasons["list.csv#row=4"]


def test_a_frame_of_texts_keeps_its_values_as_plain_scalars():
    frame = pd.DataFrame(
        {
            "text": ["One.", "Two.", None],
            "when": pd.to_datetime(["2020-01-02", None, "2021-01-01"]),
            "count": np.array([1, 2, 3], np.int16),
            "share": [0.5, np.nan, 1.0],
            "group": pd.array([1, None, 3], "Int64"),
            "tags": [["a", "b"], [], None],
        }
    )
    collection = _read(frame)
    assert [item.text for item in collection] == ["One.", "Two."]
    first, second = (dict(item.metadata) for item in collection)
    assert first | {"folder": ".", "bytes": 4} == {
        "folder": ".", "bytes": 4, "when": "2020-01-02T00:00:00", "count": 1, "share": 0.5, "group": 1, "tags": "a, b",
    }  # fmt: skip
    assert type(first["count"]) is int
    assert (second["when"], second["share"], second["group"]) == (None, None, None)
    assert list(_reasons(collection)) == ["table#row=2"]


def test_whatever_offers_a_stream_of_arrow_is_a_table():
    """As frames of polars and relations of DuckDB do, none of which is installed here."""
    found = read(ArrowStreamOnly(text=["A quiet lake.", "A loud street."], year=[1999, 2004]), progress=False)
    assert [item.text for item in found] == ["A quiet lake.", "A loud street."]
    assert [item.metadata["year"] for item in found] == [1999, 2004]


def test_parquet_arrow_and_pandas_give_the_same_items(tmp_path):
    table = pa.table({"id": [1, 2], "body": ["A lake.", "A street. " * 300]})
    pq.write_table(table, tmp_path / "t.parquet")
    shutil.copy(tmp_path / "t.parquet", tmp_path / "named_wrongly.txt")
    ids = _read(table).ids
    assert len(ids) > 2
    for source in (tmp_path / "t.parquet", tmp_path / "named_wrongly.txt", table.to_pandas()):
        assert _read(source).ids == ids
    assert _read(tmp_path / "t.parquet")[0].uri.endswith("t.parquet#row=0")


def test_a_long_cell_is_split_with_spans_of_its_characters():
    words = "A sentence of words. " * 200
    parts = _read(pd.DataFrame({"text": [words]}))
    assert all(item.span and item.text == words[int(item.span.start) : int(item.span.end)] for item in parts)
    assert len({item.parent for item in parts}) == 1


def test_the_column_can_be_named_and_is_asked_for_where_in_doubt():
    frame = pd.DataFrame({"Image": ["a.png"], "file": ["b.png"], "note": ["words"]})
    with pytest.raises(SourceError, match=r"Several columns could be the path: file, Image"):
        _read(frame)
    assert _read(frame, text="note")[0].text == "words"
    with pytest.raises(UnknownNameError, match="Did you mean 'note'"):
        _read(frame, text="notes")
    with pytest.raises(SourceError, match=r"The table has: a, b\. Say which"):
        _read(pd.DataFrame({"a": [1], "b": [2]}))


def test_a_row_with_path_and_text_is_the_file_with_a_caption(album):
    frame = pd.DataFrame({"p": [str(album / "lake.png"), None], "t": ["A lake.", "Only words."]})
    picture, words = _read(frame, path="p", text="t")
    assert (picture.modality, picture.metadata["caption"]) == (Modality.IMAGE, "A lake.")
    assert (words.modality, words.text) == (Modality.TEXT, "Only words.")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (float("nan"), None),
        (pd.NaT, None),
        (pd.NA, None),
        (np.float32(0.5), 0.5),
        (np.bool_(True), True),
        (np.array([1, 2]), "1, 2"),
        (date(2020, 5, 1), "2020-05-01"),
        (b"abc", "<3 bytes>"),
        ({"a": None}, '{"a": null}'),
        ("nan", "nan"),
    ],
)
def test_values_become_plain_scalars(value, expected):
    found = to_scalar(value)
    assert found == expected
    assert type(found) is type(expected)


def test_no_item_keeps_a_missing_value_as_a_word(album):
    (album / "lake.json").write_text('{"year": null, "list": [null, 1]}')
    lake = next(item for item in _read(album) if item.name == "lake.png").metadata
    assert (lake["year"], lake["list"]) == (None, "1")


@pytest.mark.slow
def test_eight_times_the_files_take_little_more_than_eight_times_as_long(tmp_path):
    took = []
    for count in (16, 250, 2000):
        folder = tmp_path / str(count)
        folder.mkdir()
        for number in range(count):
            if number % 2:
                (folder / f"{number}.png").write_bytes(png((24, 24), f"hsl({number % 360}, 50%, 50%)"))
            else:
                (folder / f"text {number}.txt").write_text(f"Text {number}.")
        start = time.process_time()
        assert len(_read(folder)) == count
        took.append(time.process_time() - start)
    # The first pays for imports. One look at every other file for each would take sixty times as long.
    assert took[2] < 3 * 8 * took[1]


def test_what_is_no_source_at_all_is_named():
    with pytest.raises(SourceError, match=r"5 is not a source. Give a path"):
        read(5)  # pyright: ignore[reportArgumentType]
