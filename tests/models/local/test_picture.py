"""Pictures are fitted whole, and a mixture of classes lies where its classes are."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from nova_explore.models.local.picture import CLASSES, TEMPERATURE, PictureEncoder, fit_square, mix_classes


@pytest.mark.parametrize("size", [(1, 1), (1, 4000), (3000, 2), (260, 260)])
def test_any_picture_fits_the_square_whole(size):
    pixels = fit_square(Image.new("RGB", size, "black"))
    assert pixels.shape == (3, 260, 260)
    assert pixels.min() == pytest.approx(-127 / 128)


def test_what_is_not_square_lies_in_the_middle_on_white():
    pixels = fit_square(Image.new("RGB", (200, 100), "black"), side=100)
    rows = pixels[0].mean(axis=1)
    white, black = (255 - 127) / 128, -127 / 128
    np.testing.assert_allclose(rows[:24], white)
    np.testing.assert_allclose(rows[26:74], black)
    np.testing.assert_allclose(rows[76:], white)


def test_a_mixture_is_weighted_by_the_softmax_of_the_largest_logits():
    names = np.eye(3, dtype=np.float32)
    mixed = mix_classes(np.array([3.0, 1.5, 0.0], np.float32), names)
    weights = np.exp(np.array([0.0, -1.5, -3.0]) / TEMPERATURE)
    np.testing.assert_allclose(mixed, weights / np.linalg.norm(weights), rtol=1e-5)


def test_classes_beyond_the_most_probable_add_nothing():
    names = np.eye(CLASSES + 5, dtype=np.float32)
    mixed = mix_classes(np.arange(CLASSES + 5, 0, -1, dtype=np.float32), names)
    assert (mixed[:CLASSES] > 0).all()
    assert not mixed[CLASSES:].any()


def test_an_encoder_gives_two_unit_vectors_and_ignores_what_was_encoded_before():
    encoder = PictureEncoder(threads=1)
    picture = Image.new("RGB", (120, 80), "white")
    ImageDraw.Draw(picture).ellipse((20, 10, 100, 70), fill="red")
    shows, looks = encoder.encode(picture)
    assert (shows.shape, looks.shape) == ((384,), (128,))
    assert [np.linalg.norm(v) for v in (shows, looks)] == [pytest.approx(1, abs=1e-5)] * 2
    encoder.encode(Image.new("RGB", (10, 10), "blue"))
    np.testing.assert_array_equal(encoder.encode(picture)[0], shows)
