"""Buckets and addresses are sources: fetched with the ordinary credentials, side files and all, and seen by content."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import boto3
import pandas as pd
import pytest
from fakes.making import film, png

from nova_explore import media
from nova_explore.errors import SourceError, UnreadableError
from nova_explore.media import remote
from nova_explore.sources.read import read

moto_server = pytest.importorskip("moto.server")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("NOVA_EXPLORE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("time.sleep", lambda seconds: None)


@pytest.fixture
def bucket(monkeypatch) -> Iterator[Any]:
    """An S3 bucket with media below ``photos/``, on a server of moto."""
    server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    _, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    remote._s3.cache_clear()
    client = boto3.client("s3")
    client.create_bucket(Bucket="album")
    for key, data in {
        "photos/lake.png": png(),
        "photos/lake.json": b'{"caption": "A lake"}',
        "photos/deep/street.png": png(color="red"),
        "photos/deep/broken.png": b"\x89PNG\r\n\x1a\nnothing",
        "photos/Thumbs.db": b"x",
        "photos/media.nova/nova.json": b"{}",
        "photos/media.nova/items.lance/0": b"\x12\x24",
        "other/note.txt": b"Not below the prefix.",
    }.items():
        client.put_object(Bucket="album", Key=key, Body=data)
    yield client
    remote._s3.cache_clear()
    server.stop()


def test_what_lies_below_a_prefix_is_read_like_a_folder(bucket):
    collection = read("s3://album/photos/", progress=False)
    assert [(item.name, item.uri) for item in collection] == [
        ("deep/street.png", "s3://album/photos/deep/street.png"),
        ("lake.png", "s3://album/photos/lake.png"),
    ]
    assert collection[1].metadata["caption"] == "A lake"
    assert [item.metadata["folder"] for item in collection] == ["deep", "."]
    assert [one.name for one in collection.unread] == ["deep/broken.png"]
    assert [item.name for item in read("s3://album/photos/", recursive=False, progress=False)] == ["lake.png"]


def test_an_item_is_shown_after_its_copy_has_gone_and_refused_after_its_object_has_changed(bucket):
    lake = read("s3://album/photos/lake.png", progress=False)[0]
    remote.place_of(lake.uri).unlink()
    assert media.thumbnail(lake)
    bucket.put_object(Bucket="album", Key="photos/lake.png", Body=png(color="blue"))
    assert media.thumbnail(lake), "the copy is still the one that was read"
    remote.place_of(lake.uri).unlink()
    with pytest.raises(UnreadableError, match="has changed since it was embedded"):
        media.thumbnail(lake)
    assert read("s3://album/photos/lake.png", progress=False)[0].digest != lake.digest


def test_what_is_here_is_not_fetched_again(bucket, monkeypatch):
    read("s3://album/photos/", progress=False)

    def refuse(*given, **options):
        raise AssertionError("fetched again")

    monkeypatch.setattr(remote._s3(), "download_file", refuse)
    assert len(read("s3://album/photos/", progress=False)) == 2


def test_a_large_object_is_fetched_in_ranges(bucket, tmp_path):
    data = film(tmp_path / "f.mp4", seconds=1).read_bytes()
    padded = data + (9 * 2**20 - len(data) - 8).to_bytes(4, "big") + b"free" + bytes(9 * 2**20 - len(data) - 16)
    bucket.put_object(Bucket="album", Key="films/f.mp4", Body=padded)
    remote._s3.cache_clear()
    ranges = []
    remote._s3().meta.events.register("before-send.s3.GetObject", lambda request, **_: ranges.append(request.headers.get("Range")))  # fmt: skip  # noqa: E501
    assert read("s3://album/films", progress=False)[0].modality == "video"
    assert len([one for one in ranges if one]) >= 2


def test_a_bucket_that_is_not_there_and_an_empty_prefix_are_errors(bucket):
    with pytest.raises(SourceError, match="cannot be listed"):
        read("s3://nowhere/x", progress=False)
    with pytest.raises(SourceError, match="nothing at"):
        read("s3://album/nothing/", progress=False)


class _Site(http.server.BaseHTTPRequestHandler):
    files: dict[str, bytes] = {}  # noqa: RUF012
    faults: list[str] = []  # noqa: RUF012
    asked: list[str | None] = []  # noqa: RUF012

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.asked.append(self.headers.get("Range"))
        fault = self.faults.pop(0) if self.faults else ""
        if path not in self.files or fault == "503":
            self.send_error(503 if fault else 404)
            return
        data = self.files[path]
        begun = int((self.headers.get("Range") or "bytes=0-")[6:-1])
        self.send_response(206 if begun else 200)
        self.send_header("Content-Length", str(len(data) - begun))
        self.send_header("Last-Modified", "Fri, 01 May 2020 10:00:00 GMT")
        self.end_headers()
        self.wfile.write(data[begun : begun + 40] if fault == "cut" else data[begun:])

    def log_message(self, format: str, *given: Any) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    _Site.files, _Site.faults, _Site.asked = {"/a/lake.png": png(noise=True)}, [], []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_address_is_a_source_and_keeps_its_name(site):
    item = read(f"{site}/a/lake.png?size=big", progress=False)[0]
    assert (item.name, item.uri, item.modality) == ("lake.png", f"{site}/a/lake.png?size=big", "image")
    assert media.thumbnail(item)


def test_a_fetch_goes_on_where_it_broke_off(site):
    _Site.faults = ["503", "cut"]
    assert len(read(f"{site}/a/lake.png", progress=False)) == 1
    assert _Site.asked == [None, None, "bytes=40-"]


def test_what_is_not_there_is_a_reason_and_ends_nothing(site):
    frame = pd.DataFrame({"link": [f"{site}/a/lake.png", f"{site}/gone.png"], "label": ["x", "y"]})
    collection = read(frame, uri="link", progress=False)
    assert [item.metadata["label"] for item in collection] == ["x"]
    assert "404" in collection.unread[0].reason
    assert json.dumps(collection.unread[0].name)


def test_a_name_from_elsewhere_stays_in_the_folder_for_copies():
    for uri in (
        "s3://b/../../etc/passwd",
        "https://h/%2e%2e/%2e%2e/x",
        "https://h/a%2f..%2f..%2fb",
        "s3://b//" + "x" * 400,
    ):
        place = remote.place_of(uri)
        assert remote.folder().resolve() in place.resolve().parents
        assert ".." not in place.parts
