from __future__ import annotations

import io
import struct
from typing import Any

import av
import numpy as np
import pytest
from fakes.making import film
from PIL import Image

from nova_explore import media
from nova_explore.media import video
from nova_explore.media.video import frames_at
from nova_explore.sources.read import read


def _second(image: Image.Image) -> float:
    """The second that a made frame tells by its brightness."""
    return (float(np.median(np.asarray(image.convert("L")))) - 40) / 3


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv", "webm", "avi"])
def test_a_film_of_every_container_has_frames_sound_and_facts(tmp_path, suffix):
    item = read(film(tmp_path / f"f.{suffix}"), progress=False)[0]
    assert item.metadata["duration"] == pytest.approx(3.0, abs=0.15)
    assert (item.metadata["width"], item.metadata["height"], item.metadata["fps"]) == (96, 64, 10)
    clip = video.load(item)
    assert len(clip.frames) == 4
    assert clip.frames[0].size == (96, 64)
    assert clip.sound
    assert len(clip.sound.samples) / clip.sound.rate == pytest.approx(3.0, abs=0.15)


def test_a_silent_film_has_no_sound(tmp_path):
    item = read(film(tmp_path / "f.mp4", sound=False), progress=False)[0]
    assert item.metadata["has_sound"] is False
    assert video.load(item).sound is None


@pytest.mark.parametrize("gop", [5, 40, 1000])
def test_frames_are_those_of_their_moments_however_far_apart_key_frames_are(tmp_path, gop):
    path = film(tmp_path / "f.mp4", seconds=20, fps=5, gop=gop, sound=False)
    times = [0.5, 3.5, 9.5, 10.5, 18.5]
    assert [round(_second(image)) for image in frames_at(path, times)] == [0, 3, 9, 10, 18]
    assert [round(_second(image)) for image in frames_at(path, [14.5])] == [14]


@pytest.mark.slow
def test_a_long_film_is_cut_and_each_part_shows_its_own_stretch(tmp_path):
    parts = read(film(tmp_path / "f.mp4", seconds=40, fps=5), progress=False)
    assert [str(part.span) for part in parts] == ["0–30 s", "30–40 s"]
    first, last = (video.load(part) for part in parts)
    assert (len(first.frames), len(last.frames)) == (15, 5)
    assert [round(_second(image)) for image in last.frames] == [31, 33, 35, 37, 39]
    assert last.sound
    assert len(last.sound.samples) / last.sound.rate == pytest.approx(10.0, abs=0.1)
    thumbnail = Image.open(io.BytesIO(media.thumbnail(parts[1])))
    assert _second(thumbnail) == pytest.approx(35, abs=1.5)


@pytest.mark.slow
def test_a_browser_gets_a_whole_film_as_it_is_and_a_part_cut_to_its_span(tmp_path):
    whole = film(tmp_path / "a.mp4", seconds=2)
    film(tmp_path / "b.mkv", seconds=34, fps=5)
    items = read(tmp_path, progress=False)
    assert media.playable(items[0]) == media.Playable("video/mp4", whole.read_bytes())
    shown = media.playable(items[2])
    assert shown.mime == "video/mp4"
    with av.open(io.BytesIO(shown.data), "r") as clip:
        pictures = [frame.to_image() for frame in clip.decode(video=0)]
    assert round(_second(pictures[0])) == 30
    assert round(_second(pictures[-1])) == 33
    with av.open(io.BytesIO(shown.data), "r") as clip:
        assert sum(frame.samples for frame in clip.decode(audio=0)) / 44100 == pytest.approx(4.0, abs=0.1)


def test_a_dark_middle_is_passed_over_for_the_thumbnail(tmp_path):
    path = tmp_path / "f.mp4"
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream("libx264", rate=5)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for number in range(20):
            image = Image.linear_gradient("L").resize((96, 64)) if number < 8 else Image.new("L", (96, 64))
            out.mux(stream.encode(av.VideoFrame.from_image(image.convert("RGB"))))
        out.mux(stream.encode(None))
    thumbnail = Image.open(io.BytesIO(media.thumbnail(read(path, progress=False)[0])))
    assert np.asarray(thumbnail.convert("L")).std() > 40


def test_a_film_of_one_frame_is_a_film(tmp_path):
    item = read(film(tmp_path / "f.mp4", seconds=0.1, sound=False), progress=False)[0]
    assert len(video.load(item).frames) >= 1


def test_a_film_held_upright_is_turned_upright(tmp_path):
    """Telephones write the turn into the track header: here a quarter clockwise, as for a portrait."""
    path = film(tmp_path / "f.mp4", seconds=1, sound=False)
    data = bytearray(path.read_bytes())
    matrix = data.index(b"tkhd") + 44
    turned = (0, 1 << 16, 0, -(1 << 16), 0, 0, 64 << 16, 0, 1 << 30)
    data[matrix : matrix + 36] = struct.pack(">9i", *turned)
    path.write_bytes(data)
    item = read(path, progress=False)[0]
    assert (item.metadata["width"], item.metadata["height"]) == (64, 96)
    frame = video.load(item).frames[0]
    assert frame.size == (64, 96)
    red, green, _ = np.asarray(frame)[12, 52]  # the mark at the top left has gone to the top right
    assert red > 150 > green
