"""The small picture of an item is its own, from the library or from its source."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from nova_explore.errors import UnreadableError
from nova_explore.library.previews import playable, thumbnail, thumbnails
from nova_explore.library.store import open_library
from nova_explore.sources.read import read


@pytest.fixture
def pictures(tmp_path):
    """A red, a green and a blue picture, the first two of which have a thumbnail in the library."""
    for name in ("red", "green", "blue"):
        Image.new("RGB", (60, 40), name).save(tmp_path / f"{name}.png")
    library = open_library(tmp_path / "a.nova", create=True)
    items = {item.name.removesuffix(".png"): item for item in library.add(read(tmp_path / "*.png", progress=False))}
    library.add_thumbnails({items[name].content_key: webp(name) for name in ("red", "green")})
    return library, items


def webp(color: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (6, 4), color).save(out, "WEBP", lossless=True)
    return out.getvalue()


def color_of(picture: bytes) -> tuple[int, ...]:
    pixel = Image.open(io.BytesIO(picture)).convert("RGB").resize((1, 1)).getpixel((0, 0))
    assert isinstance(pixel, tuple)
    return tuple(round(value / 255) for value in pixel)


def test_a_stored_picture_is_taken_as_it_is_and_one_that_is_not_is_drawn(pictures):
    library, items = pictures
    assert thumbnail(library, items["red"]) == webp("red")
    assert color_of(thumbnail(library, items["blue"])) == (0, 0, 1)


def test_several_come_by_id_each_its_own_and_those_never_drawn_are_left_out(pictures):
    library, items = pictures
    found = thumbnails(library, [items["blue"], items["green"], items["red"]])
    assert found == {items["green"].id: webp("green"), items["red"].id: webp("red")}


def test_a_browser_gets_the_source_and_a_source_that_is_gone_says_so(pictures):
    _, items = pictures
    shown = playable(items["red"])
    assert shown.data == Path(items["red"].uri).read_bytes()
    Path(items["red"].uri).unlink()
    with pytest.raises(UnreadableError):
        playable(items["red"])
