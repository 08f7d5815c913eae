"""Canaries are the same bytes on every machine, and media that every decoder reads."""

from __future__ import annotations

import hashlib
import io
import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nova_explore import media
from nova_explore.collection import Modality
from nova_explore.media import identify
from nova_explore.reviews.canaries import RATE, SHAPES, SOUNDS, draw, play, png, wav, write_canaries


def test_the_canaries_are_the_same_bytes_everywhere(tmp_path):
    items = write_canaries(tmp_path / "a")
    assert len(items) == 50
    assert {kind: sum(item.modality is kind for item in items) for kind in Modality} == {
        Modality.TEXT: 14, Modality.IMAGE: 14, Modality.PAGE: 7, Modality.AUDIO: 8, Modality.VIDEO: 7,
    }  # fmt: skip
    assert len({item.content_key for item in items}) == 50
    together = hashlib.sha256("".join(item.digest for item in items).encode()).hexdigest()
    assert together[:16] == "42a0f85c8dfba137", "the bytes changed: raise canaries.VERSION"


@pytest.mark.slow
def test_every_canary_is_what_it_says_and_can_be_decoded(tmp_path):
    for item in write_canaries(tmp_path):
        if item.modality is not Modality.TEXT:
            assert identify(Path(item.uri)) == (item.modality, item.format)
        media.load(item)
        assert media.thumbnail(item)


def test_writing_them_again_leaves_good_files_alone_and_mends_others(tmp_path):
    items = write_canaries(tmp_path)
    good, broken = Path(items[0].uri), Path(items[1].uri)
    before = good.stat().st_mtime_ns
    broken.write_bytes(b"half")
    again = write_canaries(tmp_path)
    assert [item.id for item in again] == [item.id for item in items]
    assert good.stat().st_mtime_ns == before
    assert hashlib.sha256(broken.read_bytes()).hexdigest() == items[1].digest


@pytest.mark.parametrize("shape", SHAPES)
def test_a_picture_written_by_hand_is_read_back_pixel_by_pixel(shape):
    picture = draw(shape, 96, seed=3)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(png(picture)))), picture)


@pytest.mark.parametrize("kind", SOUNDS)
def test_a_sound_written_by_hand_is_read_back_sample_by_sample(kind):
    samples = play(kind, seed=1)
    with wave.open(io.BytesIO(wav(samples))) as file:
        assert (file.getframerate(), file.getnframes(), file.getnchannels()) == (RATE, 2 * RATE, 1)
        np.testing.assert_array_equal(np.frombuffer(file.readframes(2 * RATE), "<i2"), samples)


def test_no_two_shapes_and_no_two_sounds_are_the_same():
    assert len({draw(shape, 96, 0).tobytes() for shape in SHAPES}) == len(SHAPES)
    assert len({play(kind, 0).tobytes() for kind in SOUNDS}) == len(SOUNDS)
