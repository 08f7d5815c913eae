"""Pictures have the colours that a viewer shows, and are seen on their ground."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from fakes.making import BLUE, GREEN, RED, quarters
from PIL import Image, ImageCms, ImageDraw

from nova_explore.media import colour


def _wide_profile() -> bytes:
    """An sRGB profile with the primaries of ProPhoto and the description of sRGB, as copies of profiles have."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    primaries = {b"rXYZ": (0.7977, 0.2880, 0.0), b"gXYZ": (0.1352, 0.7119, 0.0), b"bXYZ": (0.0313, 0.0001, 0.8249)}
    for number in range(struct.unpack(">I", data[128:132])[0]):
        at = 132 + 12 * number
        place = struct.unpack(">I", data[at + 4 : at + 8])[0]
        for xyz in (primaries[bytes(data[at : at + 4])],) if bytes(data[at : at + 4]) in primaries else ():
            data[place + 8 : place + 20] = struct.pack(">iii", *[round(value * 65536) for value in xyz])
    return bytes(data)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_profile_is_followed(mode):
    wide = ImageCms.ImageCmsProfile(io.BytesIO(_wide_profile()))
    picture = ImageCms.profileToProfile(quarters(), ImageCms.createProfile("sRGB"), wide, outputMode="RGB")
    assert picture is not None
    assert np.abs(np.array(picture.getpixel((10, 10))) - RED).max() > 40
    picture = picture.convert(mode)
    picture.info["icc_profile"] = _wide_profile()
    shown = colour.to_srgb(picture)
    for at, expected in (((10, 10), RED), ((80, 10), GREEN), ((10, 50), BLUE)):
        assert np.abs(np.array(shown.getpixel(at)) - expected).max() <= 3


def test_a_broken_profile_is_passed_over():
    picture = quarters()
    picture.info["icc_profile"] = b"no profile at all"
    assert colour.to_srgb(picture).getpixel((10, 10)) == RED


def _ink(paint: tuple[int, int, int]) -> Image.Image:
    picture = Image.new("RGBA", (96, 96), (*paint, 0))
    ImageDraw.Draw(picture).ellipse((20, 20, 76, 76), fill=(*paint, 255))
    return picture


@pytest.mark.parametrize("paint", [(255, 255, 255), (245, 245, 240), (0, 0, 0), (200, 40, 40)])
def test_ink_of_any_colour_is_seen_on_its_ground(paint):
    shown = np.asarray(colour.to_srgb(_ink(paint)).convert("L")).astype(int)
    assert np.ptp(shown) > 100


def test_only_ink_that_white_would_hide_gets_a_dark_ground():
    assert colour.to_srgb(_ink((0, 0, 0))).getpixel((1, 1)) == (255, 255, 255)
    assert colour.to_srgb(_ink((255, 255, 255))).getpixel((1, 1)) == colour.DARK_GROUND
    assert colour.to_srgb(Image.new("RGBA", (4, 4), (255, 255, 255, 255))).getpixel((1, 1)) == (255, 255, 255)


def _grey(values: np.ndarray) -> np.ndarray:
    return np.asarray(colour.to_srgb(Image.fromarray(values)).convert("L")).astype(int)


def test_depth_in_millimetres_uses_its_own_range():
    assert np.ptp(_grey(np.tile(np.linspace(600, 4200, 100).astype(np.uint16), (60, 1)))) > 200


def test_a_scan_that_uses_all_of_its_bits_keeps_its_brightness():
    grey = _grey(np.tile(np.linspace(0, 65535, 101).astype(np.uint16), (40, 1)))
    assert [grey[0, at] for at in (0, 50, 100)] == [0, 127, 255]


@pytest.mark.parametrize("missing", [-3.4028235e38, np.nan, -9999.0])
def test_what_marks_missing_data_is_apart_and_black(missing):
    values = np.tile(np.linspace(200, 900, 80).astype(np.float32), (60, 1))
    values[:5, :5] = missing
    grey = _grey(values)
    assert (grey[:5, :5] == 0).all()
    assert np.ptp(grey[10:]) > 200


def test_grey_of_one_value_and_of_none_is_a_picture():
    assert _grey(np.full((4, 4), 7, np.float32)).shape == (4, 4)
    assert (_grey(np.full((4, 4), np.nan, np.float32)) == 0).all()
