from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from fakes.making import RED, encoded, heic, quarters

from nova_explore import media
from nova_explore.errors import MissingExtraError
from nova_explore.media import heif, image
from nova_explore.sources.read import read


def _near(picture, at: tuple[int, int], expected: tuple[int, int, int]) -> bool:
    return bool(np.abs(np.array(picture.getpixel(at)) - expected).max() <= 20)


@pytest.mark.parametrize("brand", [b"avif", b"miaf", b"mif1", b"heis"])
def test_an_avif_is_a_picture_whatever_its_first_brand(tmp_path, brand):
    data = bytearray(encoded(quarters(), "AVIF", quality=80))
    data[8:12] = brand
    (tmp_path / "a.heic").write_bytes(data)
    item = read(tmp_path / "a.heic", progress=False)[0]
    assert (item.modality, item.metadata["width"], item.metadata["height"]) == ("image", 96, 64)
    assert _near(image.load(item).image, (20, 15), RED)


def test_a_heic_is_read_with_its_extra(tmp_path):
    pytest.importorskip("pi_heif", reason="THE EXTRA heif IS NOT INSTALLED, so no HEIC was read")
    heic(tmp_path / "a.heic", quarters((128, 96)))
    item = read(tmp_path / "a.heic", progress=False)[0]
    assert (item.format, item.metadata["width"], item.metadata["height"]) == ("heic", 128, 96)
    assert _near(image.load(item).image, (20, 15), RED)
    assert media.playable(item).mime == "image/png"


def test_without_the_extra_the_reason_says_how_to_get_it(tmp_path: Path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    heic(tmp_path / "a.heic", quarters((128, 96)))
    with pytest.raises(MissingExtraError, match=r"nova-explore\[heif\]"):
        heif.open_picture(tmp_path / "a.heic", "heic")
    unread = read(tmp_path, progress=False).unread
    assert "nova-explore[heif]" in unread[0].reason
