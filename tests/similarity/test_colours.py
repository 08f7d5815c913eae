"""A small picture shows the colours that a person would name."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from nova_explore.similarity.colours import COLOURS, colours_in


def square(colour: str) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", (40, 40), "white")
    image.paste(Image.new("RGB", (20, 20), colour), (10, 10))
    image.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("colour", ["red", "orange", "yellow", "green", "blue", "purple", "black", "brown"])
def test_a_drawing_shows_its_colour_and_not_its_paper(colour):
    shown = {name for name, has in zip(COLOURS, colours_in(square(colour)), strict=True) if has}
    assert shown == {colour}


def test_a_picture_of_nothing_but_paper_is_white():
    assert {name for name, has in zip(COLOURS, colours_in(square("white")), strict=True) if has} == {"white"}
