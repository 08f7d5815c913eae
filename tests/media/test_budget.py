from __future__ import annotations

import time

import pytest
from fakes import making

from nova_explore.errors import UnreadableError
from nova_explore.media import audio, budget, container, image, video


@pytest.fixture
def no_time(monkeypatch):
    """Every look at the clock is a minute later."""
    minutes = iter(range(10**6))
    monkeypatch.setattr(time, "thread_time", lambda: 61.0 * next(minutes))


def test_a_file_has_its_seconds_and_more_where_it_is_large(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(time, "thread_time", lambda: now[0])
    small, large = budget.started(1000), budget.started(100 * 2**20)
    now[0] = 61.0
    large()
    with pytest.raises(UnreadableError, match="more than 60 s of the processor"):
        small()
    now[0] = 161.0
    with pytest.raises(UnreadableError, match="more than 160 s of the processor"):
        large()


def test_a_film_that_takes_too_long_is_given_up(no_time, tmp_path):
    with pytest.raises(UnreadableError, match="was given up"):
        video.split(making.film(tmp_path / "a.mp4", seconds=1.0), "mp4")


def test_a_sound_that_takes_too_long_is_given_up(no_time, tmp_path):
    with pytest.raises(UnreadableError, match="was given up"):
        audio.split(making.track(tmp_path / "a.mp3", 1.0, codec="libmp3lame"), "mp3")


def test_pages_of_a_tiff_that_take_too_long_are_given_up(no_time, tmp_path):
    first = making.quarters()
    first.save(tmp_path / "a.tif", save_all=True, append_images=[first] * 3)
    with pytest.raises(UnreadableError, match="was given up"):
        image.split(tmp_path / "a.tif", "tiff")


def test_frames_of_too_many_pixels_are_never_decoded(monkeypatch, tmp_path):
    monkeypatch.setattr(container, "MOST_PIXELS", 1000)
    with pytest.raises(UnreadableError, match="at most 1,000 are decoded"):
        video.split(making.film(tmp_path / "a.mp4", seconds=0.4), "mp4")
