"""The local model: its files, its contract, and that its vectors mean something."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image, ImageDraw

from nova_explore import media
from nova_explore.collection import Item, Modality
from nova_explore.errors import UnreadableError
from nova_explore.media.content import Clip, Page, Picture, Sound, Text
from nova_explore.models.local.model import DIMENSION, LOOK, MEANING, TIMBRE, LocalModel
from nova_explore.models.local.sound import RATE
from nova_explore.models.model import EmbeddingModel
from nova_explore.models.registry import open_model
from nova_explore.models.weights import FOLDER, path_of
from nova_explore.space import ItemError


@pytest.fixture(scope="module")
def model() -> LocalModel:
    return LocalModel()


def draw(colour: str, *, shape: str = "ellipse") -> Image.Image:
    picture = Image.new("RGB", (200, 120), "white")
    getattr(ImageDraw.Draw(picture), shape)((30, 20, 150, 100), fill=colour)
    return picture


def hum(frequency: float, *, seconds: float = 1.0, rate: int = RATE) -> Sound:
    time = np.arange(int(seconds * rate)) / rate
    return Sound((0.3 * np.sin(2 * np.pi * frequency * time)).astype(np.float32), rate)


def hiss(*, seconds: float = 1.0) -> Sound:
    return Sound(np.random.default_rng(0).normal(0, 0.2, int(seconds * RATE)).astype(np.float32), RATE)


def item_of(modality: Modality, name: str) -> Item:
    return Item(name, modality, f"/nowhere/{name}", name, "", "0" * 64)


CONTENTS = {
    Modality.TEXT: Text("A brown horse in a meadow."),
    Modality.IMAGE: Picture(draw("red")),
    Modality.PAGE: Page(draw("black", shape="rectangle"), "Invoice for two bicycles."),
    Modality.AUDIO: hum(440),
    Modality.VIDEO: Clip((draw("red"), draw("blue")), hum(220)),
}


@pytest.fixture
def served(monkeypatch):
    """The media room, serving the contents above; anything else cannot be read."""

    def load(item: Item, *, longest: int | None = None):
        if item.name == "truncated.png":
            raise UnreadableError("The picture ends in the middle.")
        if item.name == "foreign.png":
            raise OSError("broken data stream when reading image file")
        if item.name == "empty.txt":
            return Text("  \n")
        return CONTENTS[item.modality]

    monkeypatch.setattr(media, "load", load)


def test_every_file_is_the_one_its_provenance_names():
    record = json.loads(path_of("provenance.json").read_text(encoding="utf-8"))
    stored = {path.name for path in FOLDER.iterdir() if path.suffix in (".onnx", ".npz", ".txt")}
    assert stored == set(record["files"])
    for name, entry in record["files"].items():
        assert hashlib.sha256(path_of(name).read_bytes()).hexdigest() == entry["sha256"], name
    packages = record["packages"]["pypi"] | record["packages"]["debian"]
    for entry in record["files"].values():
        for package in entry["made_from"]:
            assert {"version", "sha256", "licence"} <= set(packages[package])


def test_the_files_stay_under_45_megabytes():
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) <= 45_000_000


@pytest.mark.slow
def test_importing_the_model_opens_nothing():
    code = (
        "import sys, nova_explore.models.local.model as l; m = l.LocalModel(); "
        "assert not {'onnxruntime', 'scipy', 'PIL.Image', 'torch', 'onnx'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_registry_knows_the_model():
    opened = open_model("local")
    assert isinstance(opened, EmbeddingModel)
    assert opened.name == "local"
    assert opened.space.dimension == DIMENSION == 640


@pytest.mark.slow
@pytest.mark.usefixtures("served")
def test_every_modality_gets_a_unit_vector_in_the_items_order(model):
    items = [item_of(modality, f"{modality}") for modality in (*Modality, *reversed(Modality))]
    vectors = model.embed_batch(items)
    for vector in vectors:
        assert vector.shape == (DIMENSION,)
        assert vector.dtype == np.float32
        assert not vector.flags.writeable
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    for vector, again in zip(vectors, reversed(vectors), strict=True):
        assert vector @ again > 0.99999


@pytest.mark.usefixtures("served")
def test_a_bad_item_says_why_and_leaves_the_others_alone(model):
    names = ("truncated.png", "good.png", "foreign.png")
    items = [item_of(Modality.IMAGE, name) for name in names] + [item_of(Modality.TEXT, "empty.txt")]
    truncated, good, foreign, empty = model.embed_batch(items)
    assert truncated == ItemError("The picture ends in the middle.")
    assert foreign == ItemError("OSError: broken data stream when reading image file")
    assert isinstance(empty, ItemError)
    assert "no words" in empty.reason
    assert np.array_equal(good, model.embed_pictures([draw("red")])[0])


def test_a_vector_does_not_depend_on_its_batch(model):
    texts = ["a dog", "The contract ends on the last day of the month after next.", "rain " * 100, "π ≈ 3.14"]
    together = model.embed_texts(texts)
    for text, vector in zip(texts, together, strict=True):
        np.testing.assert_allclose(model.embed_texts([text])[0], vector, atol=1e-5)
    pictures = [draw("red"), draw("blue", shape="rectangle")]
    assert np.array_equal(model.embed_pictures(pictures)[1], model.embed_pictures(pictures[1:])[0])


@pytest.mark.slow
def test_the_same_input_gives_the_same_vector_in_another_model_object(model):
    other = LocalModel()
    for content in CONTENTS.values():
        np.testing.assert_allclose(other.embed_content(content), model.embed_content(content), atol=1e-6)


def test_texts_that_mean_the_same_are_nearer(model):
    cat, kitten, tax, levy = model.embed_texts(
        ["a cat sleeps on the sofa", "a kitten naps on the couch", "taxes rise next year", "a levy will increase"]
    )
    assert cat @ kitten > 0.4 > max(cat @ tax, kitten @ levy)
    assert tax @ levy > 0.3


@pytest.mark.slow
def test_a_long_text_is_read_to_its_end(model):
    beginning = "The orchestra plays a symphony. " * 60
    alone, with_ending, query = model.embed_texts([beginning, beginning + "The volcano erupts. " * 120, "a volcano"])
    assert with_ending @ query > alone @ query + 0.1


def test_words_find_the_picture_of_their_thing(model):
    traffic_light = Image.new("RGB", (120, 300), "black")
    for top, colour in ((20, "red"), (110, "orange"), (200, "lime")):
        ImageDraw.Draw(traffic_light).ellipse((20, top, 100, top + 80), fill=colour)
    vector = model.embed_pictures([traffic_light])[0]
    right, *wrong = model.embed_texts(["a traffic light", "a dog", "a bowl of soup", "a violin"])
    assert right @ vector > max(other @ vector for other in wrong) + 0.1


def test_two_pictures_of_one_class_still_differ(model):
    red, blue = model.embed_pictures([draw("red"), draw("blue")])
    assert red @ blue < 0.99


def test_details_of_one_medium_never_meet_those_of_another(model):
    text, picture, sound = (model.embed_content(CONTENTS[m]) for m in (Modality.TEXT, Modality.IMAGE, Modality.AUDIO))
    assert not text[LOOK].any()
    assert not text[TIMBRE].any()
    assert not picture[TIMBRE].any()
    assert not sound[LOOK].any()
    assert picture @ sound == pytest.approx(picture[MEANING] @ sound[MEANING], abs=1e-6)


def test_sounds_that_are_made_alike_are_nearer(model):
    low, high, noise = (model.embed_content(sound) for sound in (hum(440), hum(494), hiss()))
    assert low @ high > max(low @ noise, high @ noise) + 0.2


def test_a_sound_is_the_same_at_another_sampling_rate(model):
    assert model.embed_content(hum(440)) @ model.embed_content(hum(440, rate=22_050)) > 0.95


@pytest.mark.parametrize("samples", [np.zeros(0), np.array([0.0, np.nan, 0.1] * 1000)])
def test_a_sound_without_samples_is_refused(model, samples):
    with pytest.raises(UnreadableError):
        model.embed_sound(samples, RATE)


@pytest.mark.parametrize("samples", [np.zeros(RATE), np.ones(1), np.full(100, 0.5)])
def test_a_silent_or_tiny_sound_still_has_a_vector(model, samples):
    assert np.linalg.norm(model.embed_sound(samples, RATE)) == pytest.approx(1, abs=1e-5)


def test_a_page_is_found_by_its_words_and_a_wordless_one_is_a_picture(model):
    image = draw("black", shape="rectangle")
    page, query = model.embed_content(Page(image, "Invoice for two bicycles.")), model.embed_texts(["an invoice"])[0]
    wordless = model.embed_content(Page(image, " "))
    assert page @ query > wordless @ query + 0.2
    assert np.array_equal(wordless, model.embed_pictures([image])[0])


def test_a_silent_track_leaves_a_video_what_it_shows(model):
    frames = (draw("red"),)
    silent, mute = Clip(frames, Sound(np.zeros(RATE, np.float32), RATE)), Clip(frames, None)
    assert np.array_equal(model.embed_content(silent), model.embed_content(mute))
    assert model.embed_content(Clip(frames, hum(220)))[TIMBRE].any()


@pytest.mark.slow
def test_media_looked_at_side_by_side_are_watched_and_keep_their_order(tmp_path):
    from fakes.making import quarters

    from nova_explore.sources.read import read

    for number in range(12):
        quarters((40 + 4 * number, 30)).save(tmp_path / f"{number:02}.png")
    (tmp_path / "05.png").write_bytes(b"\x89PNG\r\n\x1a\n cut short")
    (tmp_path / "words.txt").write_text("A dog runs.")
    items = list(read(tmp_path, progress=False))
    seen = []
    with media.watched(lambda item, _content: seen.append(item.id)):
        together = LocalModel(threads=4).embed_batch(items)
    alone = LocalModel(threads=1).embed_batch(items)
    assert sorted(seen) == sorted(item.id for item in items)
    assert len(items) == 12
    for one, other in zip(together, alone, strict=True):
        assert isinstance(one, np.ndarray)
        assert isinstance(other, np.ndarray)
        np.testing.assert_allclose(one, other, atol=1e-5)
