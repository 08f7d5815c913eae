from __future__ import annotations

import shutil

import pytest
from fakes.making import film, png

from nova_explore.sources.clutter import is_library, made_of_others
from nova_explore.sources.read import read


@pytest.mark.parametrize(
    "name", ["Thumbs.db", "thumbs.db", "Desktop.ini", ".DS_Store", "._a.png", "@eaDir", "__MACOSX"]
)
def test_what_systems_strew_about_is_left_out_in_any_case(tmp_path, name):
    (tmp_path / "a.png").write_bytes(png())
    if "." in name:
        (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60))
    else:
        (tmp_path / name / "a.png").mkdir(parents=True)
        (tmp_path / name / "a.png" / "SYNOPHOTO_THUMB_M.jpg").write_bytes(png(color="red"))
    collection = read(tmp_path, progress=False)
    assert [item.name for item in collection] == ["a.png"]
    assert not collection.unread


def test_proxies_of_a_film_are_left_out_and_a_lone_one_is_read(tmp_path):
    film(tmp_path / "GX010001.MP4".lower(), seconds=0.5)
    shutil.copy(tmp_path / "gx010001.mp4", tmp_path / "GL010001.LRV")
    (tmp_path / "GX010001.THM").write_bytes(png())
    assert [item.name for item in read(tmp_path, progress=False)] == ["gx010001.mp4"]
    (tmp_path / "gx010001.mp4").unlink()
    assert [item.name for item in read(tmp_path, progress=False)] == ["GL010001.LRV", "GX010001.THM"]


def test_names_alone_decide():
    assert made_of_others(["a.png", "b.jpg", "notes.txt"]) == set()
    assert made_of_others(["MVI_1.MOV", "MVI_1.THM", "MVI_2.THM"]) == {"MVI_1.THM"}


def test_a_library_is_known_by_what_is_in_it():
    assert is_library(["nova.json", "items.lance", "vectors.lance"])
    assert not is_library(["nova.json", "a.png"])


def test_a_library_among_the_media_is_not_read(tmp_path):
    (tmp_path / "a.png").write_bytes(png())
    (tmp_path / "media.nova" / "items.lance").mkdir(parents=True)
    (tmp_path / "media.nova" / "nova.json").write_text("{}")
    (tmp_path / "media.nova" / "items.lance" / "0.manifest").write_bytes(b"\x12\x24" + bytes(40))
    collection = read(tmp_path, progress=False)
    assert ([item.name for item in collection], collection.unread) == (["a.png"], ())


def test_brackets_in_the_name_of_a_folder_are_its_name(tmp_path):
    (tmp_path / "Rome [2020]").mkdir()
    (tmp_path / "Rome [2020]" / "a.png").write_bytes(png())
    assert [item.name for item in read(str(tmp_path / "Rome [2020]" / "*.png"), progress=False)] == [
        "Rome [2020]/a.png"
    ]
    assert len(read(str(tmp_path / "Rome [[]2020]" / "[a-c].png"), progress=False)) == 1
