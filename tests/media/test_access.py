from __future__ import annotations

from pathlib import Path

import pytest
from fakes.making import png

from nova_explore.collection import Item, Modality
from nova_explore.errors import UnreadableError
from nova_explore.media import access


def _item(path: Path, digest: str) -> Item:
    return Item("a", Modality.IMAGE, str(path), path.name, "png", digest)


def test_a_file_is_the_one_that_was_read_by_its_content_not_by_its_time(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(png())
    item = _item(path, access.digest(path))
    path.touch()
    assert access.locate(item) == path
    path.write_bytes(png(color="red"))
    with pytest.raises(UnreadableError, match="has changed since"):
        access.locate(item)


@pytest.mark.parametrize(
    ("uri", "expected"), [("file:///tmp/a%20b.png", "/tmp/a b.png"), ("/tmp/a%20b.png", "/tmp/a%20b.png")]
)
def test_a_uri_of_a_file_is_unquoted_and_a_path_is_not(uri, expected):
    assert access.from_uri(uri) == Path(expected)


@pytest.mark.parametrize("uri", ["file://other/a.png", "https://h/a.png", "s3://b/a.png", "ftp://h/a"])
def test_what_is_elsewhere_is_not_opened_by_accident(uri):
    with pytest.raises(UnreadableError, match=r"on another machine|nothing is fetched"):
        access.from_uri(uri)


def test_names_that_are_not_utf8_are_shown():
    assert access.shown(b"caf\xe9.png") == "caf\\xe9.png"
