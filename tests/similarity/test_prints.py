"""Prints know the same content again however it was saved, and tell bursts and other things from it."""

from __future__ import annotations

import io
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image, ImageDraw

from nova_explore import media
from nova_explore.media.content import Clip, Page, Picture, Sound, Text
from nova_explore.similarity.picture_prints import PicturePrint
from nova_explore.similarity.prints import print_of, print_of_item, same
from nova_explore.sources.read import read


def scene(seed: int, *, moved: int = 0) -> Image.Image:
    """A smooth ground with shapes; one of them may have moved."""
    draw = np.random.default_rng(seed)
    ground = Image.fromarray(draw.integers(60, 200, (6, 8, 3), np.uint8)).resize((320, 240), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(ground)
    for number in range(6):
        x, y, r = (int(draw.integers(*ends)) for ends in ((30, 290), (30, 210), (12, 30)))
        x += moved if number == 5 else 0
        pen.ellipse((x - r, y - r, x + r, y + r), fill=tuple(int(v) for v in draw.integers(0, 255, 3)))
    return ground


def jpeg(image: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return Image.open(out).convert("RGB")


def cut(image: Image.Image) -> Image.Image:
    return image.crop((20, 8, 305, 232))


CHANGES = {
    "smaller": lambda image: image.resize((160, 120)),
    "encoded": lambda image: jpeg(image, 50),
    "mirrored": lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "cut": cut,
    "all of it": lambda image: jpeg(cut(image).transpose(Image.Transpose.FLIP_LEFT_RIGHT).resize((200, 160)), 70),
}


def how(one, other) -> str | None:
    found = same(one, other)
    return None if found is None else found.how


@pytest.mark.parametrize("change", CHANGES)
def test_a_picture_saved_again_is_the_same(change):
    for seed in range(6):
        image = scene(seed)
        assert same(PicturePrint(image), PicturePrint(CHANGES[change](image))) is not None, seed


def test_how_two_pictures_are_the_same_is_said():
    image = scene(0)
    assert how(PicturePrint(image), PicturePrint(CHANGES["mirrored"](image))) == "mirrored"
    assert how(PicturePrint(image), PicturePrint(cut(image))) == "cut"
    assert how(PicturePrint(image), PicturePrint(image)) == "the same picture"


def test_bursts_and_other_pictures_are_not_the_same():
    for seed in range(6):
        assert same(PicturePrint(scene(seed)), PicturePrint(scene(seed, moved=14))) is None
        assert same(PicturePrint(scene(seed)), PicturePrint(scene(seed + 1))) is None


@pytest.mark.parametrize("share", [0.01, 0.02, 0.06])
def test_two_shots_of_a_camera_that_moved_by_little_are_not_the_same(share):
    for seed in range(6):
        image, draw = scene(seed), np.random.default_rng(seed)
        x = round(320 * share)
        shots = [
            Image.fromarray((np.asarray(shot, float) + draw.normal(0, 3, (200, 260, 3))).clip(0, 255).astype(np.uint8))
            for shot in (image.crop((20, 20, 280, 220)), image.crop((20 + x, 20, 280 + x, 220)))
        ]
        assert same(PicturePrint(shots[0]), PicturePrint(shots[1])) is None, seed


def test_a_picture_cut_by_a_tenth_on_every_side_is_the_same():
    for seed in range(6):
        image = scene(seed)
        assert how(PicturePrint(image), PicturePrint(image.crop((32, 24, 288, 216)))) == "cut", seed


def test_another_exposure_alone_is_no_other_content():
    image = scene(1)
    lighter = Image.fromarray((np.asarray(image, float) * 0.92 + 10).astype(np.uint8))
    assert same(PicturePrint(image), PicturePrint(lighter)) is not None


def test_two_shots_of_a_camera_that_turned_are_not_the_same():
    image = scene(3)
    assert same(PicturePrint(image.crop((0, 0, 290, 240))), PicturePrint(image.crop((30, 0, 320, 240)))) is None


def sound(seed: int, rate: int = 16000, seconds: float = 2.0) -> Sound:
    """Notes of random pitch, each with its own length."""
    draw = np.random.default_rng(seed)
    time = np.arange(int(rate * seconds)) / rate
    samples = np.zeros(len(time))
    for start in np.arange(0, seconds, 0.2):
        pitch = float(draw.uniform(200, 3000))
        samples += np.sin(2 * np.pi * pitch * time) * np.exp(-((time - start - 0.1) ** 2) / 0.002)
    return Sound((0.3 * samples).astype(np.float32), rate)


def test_a_sound_is_the_same_at_another_rate_louder_and_cut():
    for seed in range(5):
        one = print_of(sound(seed))
        assert same(one, print_of(sound(seed, rate=22050))) is not None
        assert same(one, print_of(Sound(sound(seed).samples * 0.4, 16000))) is not None
        assert how(one, print_of(Sound(sound(seed).samples[2400:], 16000))) == "cut"
        assert same(one, print_of(sound(seed + 10))) is None


def test_texts_are_the_same_up_to_case_and_signs():
    assert same(print_of(Text("An owl, at night.")), print_of(Text("an owl at NIGHT"))) is not None
    assert same(print_of(Text("an owl at night")), print_of(Text("an owl at noon"))) is None


def test_pages_are_the_same_by_their_words_before_their_pictures():
    blank = Image.new("RGB", (100, 140), "white")
    one, other = print_of(Page(blank, "of owls and mice")), print_of(Page(blank, "of boats and sails"))
    assert same(one, other) is None
    assert same(one, print_of(Page(scene(0), "Of owls and mice"))) is not None


def test_clips_are_the_same_by_their_frames_and_their_sound():
    frames = tuple(scene(seed) for seed in range(4))
    small = tuple(jpeg(frame.resize((160, 120)), 60) for frame in frames)
    one = print_of(Clip(frames, sound(0)))
    assert same(one, print_of(Clip(small, Sound(sound(0).samples * 0.5, 16000)))) is not None
    assert same(one, print_of(Clip(small, sound(5)))) is None
    assert same(one, print_of(Clip(frames[::-1], sound(0)))) is None


def _film(path, moves):
    """A film of a scene in which one thing moves; read as an item."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=12, options={"crf": "18"})
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for moved in moves:
            out.mux(stream.encode(av.VideoFrame.from_image(scene(3, moved=moved))))
        out.mux(stream.encode(None))
    return read(path, progress=False)[0]


def test_a_film_that_begins_a_frame_later_is_the_same_and_a_second_take_is_not(tmp_path):
    moves = [8 * frame - 96 for frame in range(24)]
    first = _film(tmp_path / "first.mp4", moves)
    later = _film(tmp_path / "later.mp4", [moves[0], *moves])
    take = _film(tmp_path / "take.mp4", [-move for move in moves])
    assert same(print_of(media.load(first)), print_of(media.load(later))) is None, "no frame alone agrees"
    for one, other in ((first, later), (later, first)):
        assert how(print_of_item(one), print_of_item(other)) == "the same video"
    assert same(print_of_item(first), print_of_item(take)) is None
    clip: Any = print_of_item(first)
    (tmp_path / "first.mp4").unlink()
    assert clip.beside == (), "what has gone is no error"


def test_prints_of_two_modalities_are_never_the_same():
    assert same(print_of(Picture(scene(0))), print_of(Text("a scene"))) is None
