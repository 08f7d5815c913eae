"""A medium with hidden parts is an item of its own, and only the hidden parts differ."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes.items import text_item
from PIL import Image

from nova_explore.collection import Item, Modality
from nova_explore.media import load
from nova_explore.media.content import Content, Picture, Sound
from nova_explore.media.perturb import FILLS, Maskable
from nova_explore.media.place import Place
from nova_explore.sources.read import read


def masking(item: Item, folder: Path) -> Maskable:
    return Maskable(item, load(item), folder)


def test_words_are_dropped_or_marked(tmp_path):
    medium = masking(replace(text_item("0"), text="one two  three"), tmp_path)
    parts = medium.parts()
    assert [medium.named(part) for part in parts] == ["one", "two", "three"]
    assert medium.hide([parts[1]], "drop").text == "one three"
    assert medium.hide([parts[1]], "dots").text == "one … three"
    assert medium.hide(parts, "drop").text == "…"


def test_a_long_text_has_runs_of_words_whose_parts_are_its_words(tmp_path):
    text = " ".join(f"w{i}" for i in range(100))
    medium = masking(replace(text_item("0"), text=text), tmp_path)
    parts = medium.parts()
    assert len(parts) == 24
    assert " ".join(medium.named(part) for part in parts) == text
    assert [medium.named(part) for part in medium.finer(parts[0])] == medium.named(parts[0]).split()


@pytest.fixture
def picture(tmp_path) -> Item:
    pixels = np.random.default_rng(0).integers(0, 255, (80, 100, 3), np.uint8)
    path = tmp_path / "a.png"
    Image.fromarray(pixels).save(path)
    return Item("a", Modality.IMAGE, str(path), "a.png", "png", hashlib.sha256(path.read_bytes()).hexdigest())


def as_picture(content: Content) -> Picture:
    assert isinstance(content, Picture)
    return content


@pytest.mark.parametrize("fill", FILLS[Modality.IMAGE])
def test_only_the_hidden_box_of_a_picture_differs(picture, tmp_path, fill):
    medium = masking(picture, tmp_path)
    hidden = medium.hide([Place("box", (0.5, 0.0, 1.0, 0.5))], fill)
    before, after = (np.asarray(as_picture(load(item)).image, float) for item in (picture, hidden))
    assert (before[40:] == after[40:]).all()
    assert (before[:, :50] == after[:, :50]).all()
    assert after[:40, 50:].std() < before[:40, 50:].std() / 3


def test_equal_hidings_are_equal_items(picture, tmp_path):
    medium = masking(picture, tmp_path)
    place = medium.parts()[:3]
    assert medium.hide(place, "mean").content_key == medium.hide(place, "mean").content_key
    assert medium.hide(place, "mean").content_key != medium.hide(place, "blur").content_key


def test_the_parts_of_a_box_make_it_up():
    halves = Place("box", (0.0, 0.0, 0.5, 0.5)).halves()
    assert len(halves) == 4
    assert sum((h.at[2] - h.at[0]) * (h.at[3] - h.at[1]) for h in halves) == pytest.approx(0.25)
    assert [h.at for h in Place("seconds", (1.0, 2.0)).halves()] == [(1.0, 1.5), (1.5, 2.0)]


@pytest.mark.slow
def test_every_modality_can_be_hidden_in_both_ways_and_read_again(mixed_folder, tmp_path):
    whole = read(mixed_folder, progress=False)
    for modality in Modality:
        item = next(item for item in whole if item.modality is modality)
        medium = masking(item, tmp_path)
        parts = medium.parts()
        for fill in FILLS[modality]:
            assert load(medium.hide(parts[:1], fill)) is not None
            assert type(load(medium.hide(parts, fill))) is type(load(item))


def test_only_the_hidden_seconds_of_a_sound_are_silent(mixed_folder, tmp_path):
    item = next(item for item in read(mixed_folder, progress=False) if item.modality is Modality.AUDIO)
    hidden = load(masking(item, tmp_path).hide([Place("seconds", (0.5, 1.0))], "silence"))
    assert isinstance(hidden, Sound)
    first, last = round(0.5 * hidden.rate), round(1.0 * hidden.rate)
    assert not hidden.samples[first:last].any()
    assert np.abs(hidden.samples[:first]).max() > 0.1


def test_the_words_of_a_hidden_tile_leave_the_page(mixed_folder, tmp_path):
    item = next(item for item in read(mixed_folder, progress=False) if item.modality is Modality.PAGE)
    medium = masking(item, tmp_path)
    assert (medium.hide([], "mean").text or "").split() == (item.text or "").split() != []
    assert medium.hide([Place("box", (0.0, 0.0, 1.0, 1.0))], "mean").text is None
