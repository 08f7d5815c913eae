"""Collections that several tests share, built once a session."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import numpy as np
import pytest
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration
    from nova_explore.library.store import Library

# How long an example takes says how busy the machine is, and no more.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")
os.environ.setdefault("MPLBACKEND", "agg")


def pytest_configure() -> None:
    """Refuse to test the checkout where the installed wheel is meant."""
    from fakes import ROOT

    import nova_explore

    where = Path(nova_explore.__file__).resolve()
    if os.environ.get("NOVA_EXPLORE_FROM") == "wheel" and where.is_relative_to(ROOT / "nova_explore"):
        raise pytest.UsageError(f"The tests import {where}, needed is the installed wheel. Run .ci/wheel.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the notebooks: what takes longest shall not run alone in the end."""
    items.sort(key=lambda item: "test_notebooks" not in item.nodeid)


@pytest.fixture(scope="session", autouse=True)
def toy_by_name() -> Iterator[None]:
    """Let ``model="toy"`` open the toy model, also while fixtures of a session are made."""
    from fakes.toy_model import ToyModel

    from nova_explore.models import registry

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "_FACTORIES", {**registry._FACTORIES, "toy": ToyModel})
        yield


@pytest.fixture(autouse=True)
def own_registry(toy_by_name: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget after every test which models it registered."""
    from nova_explore.models import registry

    monkeypatch.setattr(registry, "_FACTORIES", dict(registry._FACTORIES))


@pytest.fixture(scope="session")
def toy_160(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library of 160 texts of four topics, without a map. Nobody writes to it: tests get copies."""
    from fakes.toy_library import toy_library

    return toy_library(tmp_path_factory.mktemp("shared") / "toy.nova", per_topic=40)


@pytest.fixture
def own_toy_160(toy_160: Library, tmp_path: Path) -> Library:
    """A copy of the library of 160 texts for one test alone, without a map."""
    from fakes.toy_library import copy_of

    return copy_of(toy_160, tmp_path / "toy.nova")


@pytest.fixture(scope="session")
def mapped_toy_160(toy_160: Library, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A copy with the map that every `exploration` opens. Other maps may be drawn in it, items stay as they are."""
    from fakes.toy_library import copy_of

    from nova_explore.exploration.chain import explore

    return explore(copy_of(toy_160, tmp_path_factory.mktemp("mapped") / "toy.nova"), progress=False).library


@pytest.fixture
def exploration(mapped_toy_160: Library) -> Exploration:
    """The map of the 160 texts, opened anew: what one test selects or measures is not there in the next."""
    from nova_explore.exploration.chain import explore

    return explore(mapped_toy_160, progress=False)


@pytest.fixture(scope="session")
def nested(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library of 159 texts: three topics are a cluster each, the fourth is a larger cluster of three."""
    from fakes.toy_library import nested_texts, text_items
    from fakes.toy_model import ToyModel

    from nova_explore.collection import Collection
    from nova_explore.embedding.embed import embed

    home = tmp_path_factory.mktemp("nested") / "a.nova"
    return embed(Collection(text_items(nested_texts())), to=home, model=ToyModel(), progress=False)


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
    import filelock

    from nova_explore.cache_folder import cache_folder
    from nova_explore.errors import SourceError
    from nova_explore.sources import datasets

    cache_folder().mkdir(parents=True, exist_ok=True)
    # Of several processes that test, one fetches and the others wait for it.
    lock = filelock.FileLock(cache_folder() / "tests-demo.lock")
    with lock, warnings.catch_warnings():
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
