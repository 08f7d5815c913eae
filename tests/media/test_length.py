"""A recording is as long as it plays; one damaged time makes it no longer, and what cannot be played is named."""

from __future__ import annotations

import re
import struct
from typing import Any

import numpy as np
import pytest
import soundfile
from fakes.making import film, sound_only, tone

from nova_explore import media
from nova_explore.errors import UnreadableError
from nova_explore.media import container, length
from nova_explore.sources.read import read


def clock_of(times: list[float]) -> length._Clock:
    clock = length._Clock()
    for time in times:
        clock.take(time, time + 1.0, 1.0)
    clock.close()
    return clock


@pytest.mark.parametrize(
    ("times", "end", "steady"),
    [
        ([0, 1, 2, 3], 4.0, True),
        ([0, 1, 59654, 2, 3], 4.0, True),
        ([0, 1, 2, 59654], 3.0, True),
        ([0, 1, 500, 501], 502.0, True),
        ([0, 30, 200, 400], 401.0, True),
        ([0, 1, 2, 0, 1], 3.0, False),
    ],
    ids=["even", "one damaged", "the last damaged", "a gap", "slides", "joined"],
)
def test_one_time_far_ahead_is_damaged_and_a_gap_is_not(times, end, steady):
    clock = clock_of(times)
    assert (clock.end, clock.steady) == (end, steady)


def hurt(data: bytes, start: float, stop: float, *, seed: int = 0) -> bytes:
    draw = np.random.default_rng(seed)
    found = bytearray(data)
    for at in draw.integers(int(start * len(data)), int(stop * len(data)), 12):
        found[at] ^= int(draw.integers(1, 256))
    return bytes(found)


@pytest.mark.parametrize("suffix", ["flac", "ogg"])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_sound_that_is_damaged_in_its_middle_is_read_to_its_end(tmp_path, suffix, seed):
    path = tmp_path / f"a.{suffix}"
    noise = 0.3 * np.random.default_rng(1).normal(size=8 * 16000).clip(-3, 3)
    soundfile.write(path, noise, 16000)
    path.write_bytes(hurt(path.read_bytes(), 0.3, 0.5, seed=seed))
    (item,) = read(tmp_path, progress=False)
    assert item.metadata["duration"] == pytest.approx(8.0, abs=0.2)
    content: Any = media.load(item)
    assert len(content.samples) / content.rate > 5.0


def test_what_cannot_be_decoded_is_named(tmp_path):
    path = sound_only(tmp_path / "a.m4a", seconds=8)
    data = bytearray(path.read_bytes())
    at = data.index(b"mdat") + len(data) // 4
    data[at : at + len(data) // 3] = bytes(len(data) // 3)
    path.write_bytes(data)
    (item,) = read(tmp_path, progress=False)
    assert "decoded" in str(item.metadata["incomplete"]) or "packets are damaged" in str(item.metadata["incomplete"])
    media.load(item)


def test_what_is_whole_is_not_called_damaged(tmp_path):
    for suffix in ("flac", "ogg", "mp3", "wav"):
        soundfile.write(tmp_path / f"a.{suffix}", tone(3, rate=16000), 16000)
    sound_only(tmp_path / "a.m4a", seconds=3)
    film(tmp_path / "a.flv", seconds=3)
    film(tmp_path / "a.ts", seconds=3)
    items = read(tmp_path, progress=False)
    assert len(items) == 7, items.unread
    assert [item.name for item in items if "incomplete" in item.metadata] == []


def test_a_stream_that_breaks_off_within_its_file_is_named(tmp_path):
    path = film(tmp_path / "a.ts", seconds=3)
    path.write_bytes(path.read_bytes() + bytes(path.stat().st_size))
    (item,) = read(tmp_path, progress=False)
    assert "of " in str(item.metadata["incomplete"])
    assert "bytes" in str(item.metadata["incomplete"])
    with container.opened(path) as opened:
        found = length.measure(opened, container.picture_stream(opened))
    assert found.pictures == pytest.approx(3.0, abs=0.2)


def test_a_film_whose_damaged_times_last_for_years_is_a_reason_and_no_million_of_items(tmp_path):
    path = film(tmp_path / "a.avi", seconds=1.0)
    head = bytearray(path.read_bytes())
    scale = head.index(b"strh") + 28  # units of time, and how many of them a second has
    head[scale : scale + 8] = struct.pack("<II", 0x7FFFFFFF, 1)
    path.write_bytes(head)
    collection = read(tmp_path, progress=False)
    assert not len(collection)
    assert re.search(r"by its times it plays for [\d,]+ days\. Copy it again", collection.unread[0].reason)


def test_the_longest_recordings_are_cut_into_all_their_half_minutes():
    assert len(container.segments(30 * 86_400.0)) == 86_400
    with pytest.raises(UnreadableError, match="plays for 31 days"):
        container.segments(31 * 86_400.0)
