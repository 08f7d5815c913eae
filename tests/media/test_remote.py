from __future__ import annotations

import os

import pytest

from nova_explore.errors import UnreadableError
from nova_explore.media import remote


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("NOVA_EXPLORE_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize(
    ("uri", "expected"),
    [("s3://b/k", True), ("HTTPS://h/a", True), ("file:///a", False), ("/a", False), ("ftp://h/a", False)],
)
def test_what_is_fetched_is_known_by_its_address(uri, expected):
    assert remote.is_remote(uri) == expected


def test_two_addresses_have_two_places_with_the_names_that_they_have_there():
    places = [
        remote.place_of(uri) for uri in ("s3://b/a/x.png", "s3://b/x.png", "https://h/x.png", "https://h/x.png?a=1")
    ]
    assert len(set(places)) == 4
    assert {place.name.rpartition("-")[2] for place in places} == {"x.png"}


def test_the_copies_that_were_used_longest_ago_go_first(monkeypatch):
    monkeypatch.setattr(remote, "MOST_KEPT", 1000)
    for number in range(4):
        place = remote.place_of(f"s3://b/{number}")
        with remote._written(place, 1_600_000_000 * 10**9) as part:
            part.write_bytes(bytes(400))
        os.utime(place, (1_700_000_000 + number, 1_600_000_000))
    with remote._written(remote.place_of("s3://b/last"), 1_600_000_000 * 10**9) as part:
        part.write_bytes(bytes(400))
    assert sorted(path.name for path in remote.folder().rglob("*") if path.is_file()) == ["3", "last"]


def test_what_is_nowhere_known_is_refused():
    with pytest.raises(UnreadableError, match="ftp://, which is not fetched"):
        remote.local_copy("ftp://h/a")
    with pytest.raises(UnreadableError, match="at most 8 are fetched"):
        remote._check_size(9 * 2**30)


def test_two_versions_of_one_second_bear_different_stamps():
    assert remote.stamp_of(1_600_000_000.9, "a") != remote.stamp_of(1_600_000_000.1, "b")
    assert remote.stamp_of(1_600_000_000.9, "a") == remote.stamp_of(1_600_000_000.1, "a")
    assert remote.stamp_of(1_600_000_000.9, "a") // 10**9 == 1_600_000_000
