"""Media are found where they are: seen from the library first, then where they were when they were read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fakes.toy_model import ToyModel

from nova_explore.embedding.embed import embed
from nova_explore.library.addresses import common_folder, file_of, from_library, is_gone, is_there, resolve
from nova_explore.library.store import open_library
from nova_explore.media import access


@pytest.fixture
def project(tmp_path) -> Path:
    """A folder with media and their library."""
    folder = tmp_path / "p"
    (folder / "media" / "deep").mkdir(parents=True)
    for number in range(4):
        (folder / "media" / "deep" / f"{number}.txt").write_text(f"owl n{number}", encoding="utf-8")
    (folder / "t.csv").write_text("text\nloaf crust\n", encoding="utf-8")
    for source in ("media", "t.csv"):
        embed(folder / source, to=folder / "a.nova", model=ToyModel(), progress=False)
    return folder


def places(library: Path) -> list[Path | None]:
    return [file_of(item.uri) for item in open_library(library).collection()]


def test_library_and_media_that_move_together_are_found(project, tmp_path):
    moved = project.rename(tmp_path / "other name")
    found = places(moved / "a.nova")
    assert found == [*(moved / "media" / "deep" / f"{n}.txt" for n in range(4)), moved / "t.csv"]
    assert all(access.locate(item).is_file() for item in list(open_library(moved / "a.nova").collection())[:4])


def test_a_copy_of_both_shows_its_own_media(project, tmp_path):
    shutil.copytree(project, tmp_path / "copy")
    assert all(path is not None and path.is_relative_to(tmp_path / "copy") for path in places(tmp_path / "copy/a.nova"))
    assert all(path is not None and path.is_relative_to(project) for path in places(project / "a.nova"))


def test_a_library_that_moves_alone_finds_the_media_where_they_were(project, tmp_path):
    before = places(project / "a.nova")
    (tmp_path / "elsewhere").mkdir()
    moved = (project / "a.nova").rename(tmp_path / "elsewhere" / "b.nova")
    assert places(moved) == before


def test_another_file_of_the_same_name_beside_a_moved_library_is_not_taken_for_the_medium(project, tmp_path):
    other = tmp_path / "elsewhere"
    shutil.copytree(project, other)
    (other / "media" / "deep" / "2.txt").write_text("quite another content", encoding="utf-8")
    assert places(other / "a.nova")[2] == project / "media" / "deep" / "2.txt"


def test_after_a_move_the_same_media_are_the_same_items(project, tmp_path):
    before = open_library(project / "a.nova").collection().ids
    moved = project.rename(tmp_path / "q")
    embed(moved / "media", to=moved / "a.nova", model=ToyModel(), progress=False)
    assert open_library(moved / "a.nova").collection().ids == before


def test_a_library_of_an_earlier_version_is_read_and_brought_up_to_date(project, tmp_path):
    library = open_library(project / "a.nova")
    rows = library._tables.read("items")
    assert rows is not None
    library._tables.replace("items", rows.drop_columns(["beside"]))
    assert len(open_library(library.path).collection()) == 5
    embed(project / "media", to=library.path, model=ToyModel(), progress=False)
    moved = project.rename(tmp_path / "q")
    assert places(moved / "a.nova")[:4] == [moved / "media" / "deep" / f"{n}.txt" for n in range(4)]


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("/a/b.png", Path("/a/b.png")),
        ("/a/t.csv#row=12", Path("/a/t.csv")),
        ("file:///a/b%20c.png", Path("/a/b c.png")),
        ("s3://bucket/key.png", None),
        ("https://example.org/a.png", None),
        ("table#row=3", None),
    ],
)
def test_an_address_is_a_file_of_this_machine_or_none(uri, path):
    assert file_of(uri) == path
    assert is_gone(uri) == (path is not None)
    assert not is_there(uri)


def test_a_file_whose_name_looks_like_a_row_is_there(tmp_path):
    (tmp_path / "a#row=1").write_text("x")
    assert is_there(str(tmp_path / "a#row=1"))


def test_only_absolute_paths_are_seen_from_a_library(tmp_path):
    assert from_library("/a/media/b#1.png", Path("/a/lib.nova")) == "../media/b#1.png"
    assert from_library("table#row=1", Path("/a/lib.nova")) is None
    assert from_library("s3://bucket/key", Path("/a/lib.nova")) is None
    assert resolve("s3://bucket/key", None, tmp_path, {}) == "s3://bucket/key"


def test_the_common_folder_of_files_is_never_the_whole_disk():
    assert common_folder(["/a/b/c.txt", "/a/b/d/e.txt", "s3://x/y"]) == Path("/a/b")
    assert common_folder(["/a/b.txt", "/c/d.txt"]) is None
    assert common_folder([]) is None
