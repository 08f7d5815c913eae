"""A disk that cannot take the vectors is named before anything is paid for."""

from __future__ import annotations

import errno
from collections import namedtuple

import pytest

from nova_explore.embedding import disk
from nova_explore.errors import LibraryError

Usage = namedtuple("Usage", "total used free")


def with_free(monkeypatch, count: int) -> None:
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda path: Usage(2 * count, count, count))


def test_room_is_four_bytes_a_value_and_something_to_spare():
    assert disk.needed(0, 1024) == disk.SPARE
    assert disk.needed(1_000_000, 1024) - disk.SPARE == pytest.approx(1.3 * 4.096e9)


def test_a_disk_without_room_says_how_much_is_missing(monkeypatch, tmp_path):
    with_free(monkeypatch, 100 * 2**20)
    disk.check_room(tmp_path, vectors=10_000, dimension=1024)
    with pytest.raises(LibraryError, match=r"100 MB free.*Free \d+ MB.*Nothing was sent"):
        disk.check_room(tmp_path, vectors=100_000, dimension=256)


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), True),
        (RuntimeError("lance error: LanceError(IO): No space left on device (os error 28)"), True),
        (OSError(errno.EACCES, "Permission denied"), False),
        (ValueError("space is not the place"), False),
    ],
)
def test_a_full_disk_is_known_by_its_code_or_its_words(error, full):
    assert disk.is_full(error) is full


def test_a_full_disk_is_told_with_what_to_do(tmp_path):
    assert "is not paid again" in str(disk.full_disk(tmp_path))
