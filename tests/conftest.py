"""Collections that several tests share, built once a session."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import pytest
from PIL import Image, ImageDraw

# How long an example takes says how busy the machine is, and no more.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")
os.environ.setdefault("MPLBACKEND", "agg")

SHAPES = ("circle", "square", "triangle")
COLOURS = ("red", "green", "blue", "orange")


@pytest.fixture(scope="session")
def mixed_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of all five modalities, 23 items: 12 captioned pictures, 6 texts, 3 sounds, 1 page, 1 film."""
    from fakes.making import film, pdf

    folder = tmp_path_factory.mktemp("mixed") / "media"
    for part in ("pictures", "texts", "sounds", "documents", "videos"):
        (folder / part).mkdir(parents=True)
    for shape in SHAPES:
        for colour in COLOURS:
            picture = folder / "pictures" / f"{colour}-{shape}.png"
            _draw(shape, colour).save(picture)
            picture.with_suffix(".txt").write_text(f"A {colour} {shape}.\n", encoding="utf-8")
    for place, text in enumerate(TEXTS):
        (folder / "texts" / f"note-{place}.txt").write_text(text, encoding="utf-8")
    _write_tones(folder / "sounds")
    (folder / "documents" / "letter.pdf").write_bytes(pdf(["A letter about a red circle and a blue square."]))
    film(folder / "videos" / "grey.mp4", seconds=2)
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start one Chromium for all tests that look at a page."""
    from fakes.chromium import CHROMIUM, started_chromium

    if CHROMIUM is None:
        pytest.skip("NO CHROMIUM HERE, so this test did not run: install it, or set NOVA_EXPLORE_CHROMIUM to one")
    with started_chromium() as chromium:
        yield chromium


@pytest.fixture(scope="session")
def demo_media() -> Path:
    """The demo collection's media, fetched once into the user's cache; skips loudly where it cannot be."""
    from nova_explore.errors import SourceError
    from nova_explore.sources import datasets

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        try:
            return datasets.demo()
        except SourceError as error:
            pytest.skip(f"THE DEMO COLLECTION CANNOT BE FETCHED HERE, so this test did not run: {error}")


TEXTS = (
    "A red circle is drawn on white paper.",
    "The green square lies beside the table.",
    "Three triangles make a larger triangle.",
    "The sound of a high whistle carries far.",
    "A film shows a grey wall that grows brighter.",
    "Blue squares and orange circles in a row.",
)


def _draw(shape: str, colour: str) -> Image.Image:
    image = Image.new("RGB", (96, 96), "white")
    draw = ImageDraw.Draw(image)
    if shape == "circle":
        draw.ellipse((16, 16, 80, 80), fill=colour)
    elif shape == "square":
        draw.rectangle((16, 16, 80, 80), fill=colour)
    else:
        draw.polygon([(48, 12), (84, 80), (12, 80)], fill=colour)
    return image


def _write_tones(folder: Path) -> None:
    import soundfile

    seconds = np.arange(0, 1.5, 1 / 22050)
    for name, frequency in {"low hum": 110, "middle tone": 440, "high whistle": 3000}.items():
        soundfile.write(folder / f"{name}.wav", 0.3 * np.sin(2 * np.pi * frequency * seconds), 22050)
