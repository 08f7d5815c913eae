"""Sidecars that photo programs read."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess

import pytest
from fakes.hostile import HOSTILE

from nova_explore.media.xmp import columns_of
from nova_explore.report.xmp_files import write_sidecars, xmp_of
from nova_explore.sources.read import read


@pytest.fixture
def pictures(mixed_folder, tmp_path):
    folder = tmp_path / "pictures"
    shutil.copytree(mixed_folder / "pictures", folder)
    return folder


def test_exiftool_reads_keywords_and_title_back_and_the_originals_stay_as_they_are(pictures):
    exiftool = shutil.which("exiftool")
    if exiftool is None:
        pytest.skip("NO EXIFTOOL HERE, so this test did not run: apt-get install libimage-exiftool-perl")
    items = list(read(pictures, progress=False))
    before = {path: hashlib.sha256(path.read_bytes()).digest() for path in pictures.iterdir()}
    keywords = {item.id: ["water birds", HOSTILE[n], "Möwe & <b>"] for n, item in enumerate(items)}
    written, left_out = write_sidecars(items, keywords)
    assert (len(written), left_out) == (12, [])
    assert {path.name for path in written} == {f"{item.name.rpartition('/')[2]}.xmp" for item in items}
    told = subprocess.run(
        [exiftool, "-json", "-Subject", "-Title", *map(str, written)], capture_output=True, check=True
    )
    by_name = {one["SourceFile"].rpartition("/")[2]: one for one in json.loads(told.stdout)}
    for item in items:
        one = by_name[f"{item.name.rpartition('/')[2]}.xmp"]
        assert one["Subject"][0] == "water birds"
        assert one["Subject"][2] == "Möwe & <b>"
        assert len(one["Subject"]) == 3
        assert one["Title"] == item.metadata["caption"]
    assert {path: hashlib.sha256(path.read_bytes()).digest() for path in before} == before


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_keywords_are_one_keyword_each(name):
    plain = columns_of(xmp_of(name, [name, "after"]).encode("utf-8"))
    assert str(plain["tags"]).endswith("after")


def test_the_sidecar_of_another_program_is_left_alone_and_named(pictures):
    items = list(read(pictures, progress=False))[:1]
    theirs = pictures / f"{items[0].name.rpartition('/')[2]}.xmp"
    theirs.write_text("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")
    written, left_out = write_sidecars(items, {items[0].id: ["a"]})
    assert written == []
    assert "another program" in left_out[0]
    assert theirs.read_text() == "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
