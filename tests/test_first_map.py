"""From a folder to a map with the real model: everything that is bad is named, and nothing changes places."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import numpy as np
import pytest
from fakes.bad_media import make_bad_folder
from PIL import Image

import nova_explore as nx
from nova_explore import media
from nova_explore.errors import SpaceMismatchError, UnreadableError
from nova_explore.models.local.model import LocalModel
from nova_explore.space import Space

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(mixed_folder, tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """The five modalities and, beside them, every bad input that we know of."""
    folder = tmp_path_factory.mktemp("first") / "media"
    shutil.copytree(mixed_folder, folder)
    bad = make_bad_folder(folder / "bad")
    return folder, {f"bad/{name}": reason for name, reason in bad.items()}


@pytest.fixture(scope="module")
def exploration(folder, tmp_path_factory) -> nx.Exploration:
    to = tmp_path_factory.mktemp("library") / "first.nova"
    return nx.explore(nx.embed(nx.read(folder[0], progress=False), to=to, progress=False))


def test_every_bad_input_is_named_with_its_reason_and_the_rest_is_mapped(folder, exploration):
    _, bad = folder
    assert len(bad) >= 20
    reasons = {unread.name: unread.reason for unread in exploration.collection.unread}
    assert set(bad) == set(reasons)
    for name, reason in bad.items():
        assert reason in reasons[name], name
    assert exploration.collection.counts() == {"text": 6, "image": 12, "page": 1, "audio": 3, "video": 1}
    assert np.isfinite(exploration.layout.xy).all()


def difference(one: bytes, other: bytes) -> float:
    """Mean difference of two small pictures in the lightness of their pixels, 0 to 255."""
    a, b = (np.asarray(Image.open(io.BytesIO(data)).convert("RGB").resize((48, 48)), float) for data in (one, other))
    return float(np.abs(a - b).mean())


def test_an_item_and_its_media_never_come_apart(exploration):
    model = LocalModel()
    drawn = [media.thumbnail(item) for item in exploration.collection]
    for position in np.random.default_rng(0).permutation(len(exploration)):
        item = exploration.collection[int(position)]
        (vector,) = model.embed_batch([item])
        assert isinstance(vector, np.ndarray)
        assert float(vector @ exploration.vectors[position]) > 0.999, item.title
        apart = [difference(exploration.thumbnail(item.id), fresh) for fresh in drawn]
        assert apart[position] == min(apart) < 6, item.title
        if item.modality == "text":
            assert exploration.playable(item.id).data.decode() == item.text


def test_the_picture_of_a_red_circle_is_red_after_selecting_and_opening_again(exploration):
    again = nx.explore(nx.open_library(exploration.library.path))
    for shown in (exploration, again):
        red = [item.id for item in shown.collection if item.metadata.get("caption") == "A red circle."]
        shown.select(reversed(red))
        (id,) = shown.selected.index
        pixels = np.asarray(Image.open(io.BytesIO(shown.thumbnail(id))).convert("RGB"))
        middle = pixels[pixels.shape[0] // 2, pixels.shape[1] // 2].astype(int)
        assert middle[0] > 200
        assert max(middle[1:]) < 60


def test_a_file_that_changed_after_it_was_embedded_is_not_shown_as_the_item(mixed_folder, tmp_path):
    folder = tmp_path / "media"
    shutil.copytree(mixed_folder / "pictures", folder)
    exploration = nx.explore(nx.embed(folder, to=tmp_path / "a.nova", progress=False))
    (red,) = [item for item in exploration.collection if item.name == "red-circle.png"]
    before = exploration.thumbnail(red.id)
    shutil.copy(folder / "blue-square.png", folder / "red-circle.png")
    with pytest.raises(UnreadableError, match="changed"):
        exploration.playable(red.id)
    assert exploration.thumbnail(red.id) == before


def test_words_find_the_pictures_that_show_them(demo_media, tmp_path):
    animals = nx.read(demo_media / "animals" / "pictures" / "birds", progress=False)
    food = nx.read(demo_media / "food" / "pictures", progress=False)
    items = [*animals, *food]
    exploration = nx.explore(
        nx.embed(nx.Collection({item.id: item for item in items}.values()), to=tmp_path / "a.nova", progress=False)
    )
    names = [exploration.collection[id].uri for id in exploration.search("a bird", k=10, modalities=["image"]).ids]
    assert sum("birds" in name for name in names) >= 9


def test_the_model_of_another_version_is_refused_by_the_library(exploration):
    class Newer(LocalModel):
        space = Space("local-v1", "2", "index", 640, "1")

    with pytest.raises(SpaceMismatchError, match=r"revision 2.*revision 1"):
        nx.embed(nx.Collection([]), to=exploration.library.path, model=Newer(), progress=False)
