from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from nova_explore.media import drawing


@pytest.mark.parametrize(
    ("size", "expected"), [((400, 100), (160, 40)), ((100, 400), (40, 160)), ((9, 5), (9, 5)), ((20000, 3), (160, 1))]
)
def test_a_picture_is_fitted_and_never_enlarged(size, expected):
    assert drawing.fit(Image.new("RGB", size), 160).size == expected


def test_a_frame_is_drawn_round_a_copy():
    page = Image.new("RGB", (20, 20), "white")
    assert drawing.framed(page).getpixel((0, 0)) == drawing.FAINT
    assert page.getpixel((0, 0)) == (255, 255, 255)


def test_the_middle_of_a_film_is_shown_unless_it_is_empty_and_another_frame_is_not():
    black, other = Image.new("RGB", (32, 32)), Image.linear_gradient("L").convert("RGB")
    assert drawing.clearest([other, other.copy(), black]) is not black
    assert drawing.clearest([black, black, other, black, black, black, black, black, black, black]) is not None
    frames = [black, other, black, black]
    assert drawing.clearest(frames) is other
    assert drawing.clearest([black]) is black


def test_the_loudest_moment_fills_a_waveform():
    samples = np.concatenate([np.zeros(1000, np.float32), np.ones(1000, np.float32)])
    ink = np.asarray(drawing.waveform(samples, 160).convert("L")) < 150
    assert ink[:, 90:].sum() > 5 * ink[:, :70].sum()


@pytest.mark.parametrize(("encode", "format"), [(drawing.to_webp, "WEBP"), (drawing.to_png, "PNG")])
def test_a_picture_is_encoded(encode, format):
    assert Image.open(io.BytesIO(encode(Image.new("RGB", (8, 6))))).format == format
