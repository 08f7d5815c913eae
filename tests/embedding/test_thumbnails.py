"""A picture is decoded once: what the model sees is what its thumbnail is drawn from."""

from __future__ import annotations

import io
from collections import Counter, deque

import numpy as np
import pytest
import soundfile
from fakes.making import film, pdf, png, quarters, tone
from PIL import Image

from nova_explore import media
from nova_explore.embedding.embed import embed
from nova_explore.embedding.thumbnails import draw_thumbnails, draw_while_waiting, is_kept
from nova_explore.library.store import open_library
from nova_explore.models.local.model import LocalModel
from nova_explore.sources.read import read
from nova_explore.space import ItemError, Space, Vector

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="600"><rect width="450" height="600"/></svg>'


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "media"
    folder.mkdir()
    quarters((900, 600)).save(folder / "a.jpg")
    (folder / "b.svg").write_text(DRAWING)
    (folder / "c.pdf").write_bytes(pdf(["Harbour rules"]))
    (folder / "d.txt").write_text("A text has no thumbnail in the library.")
    soundfile.write(folder / "e.wav", tone(0.5), 48000)
    film(folder / "f.mp4", seconds=1)
    return folder


@pytest.mark.slow
def test_thumbnails_are_drawn_from_what_was_decoded_and_nothing_is_opened_twice(folder, tmp_path, monkeypatch):
    loaded: Counter[str] = Counter()
    load = media.load

    def counted(item, **options):
        loaded[item.name] += 1
        return load(item, **options)

    def refuse(item, size=160):
        raise AssertionError(f"{item.name} was decoded a second time")

    monkeypatch.setattr("nova_explore.embedding.transcripts.NEEDED", {})  # reading words decodes by itself
    monkeypatch.setattr(media, "load", counted)
    monkeypatch.setattr(media, "thumbnail", refuse)
    library = embed(read(folder, progress=False), to=tmp_path / "t.nova", progress=False)
    assert set(loaded.values()) == {1}
    collection = library.collection()
    assert library.thumbnailed() == {item.content_key for item in collection if item.name != "d.txt"}


@pytest.mark.parametrize("name", ["a.jpg", "b.svg", "c.pdf", "e.wav"])
def test_both_ways_draw_the_same(folder, name):
    item = read(folder / name, progress=False)[0]
    drawn = media.picture_of(media.load(item, longest=520))
    assert drawn
    one, other = (
        np.asarray(Image.open(io.BytesIO(data)).convert("L").resize((40, 30)), dtype=int)
        for data in (drawn, media.thumbnail(item))
    )
    assert np.abs(one - other).mean() < 6


def test_a_picture_without_a_vector_keeps_no_thumbnail(tmp_path):
    class Failing(LocalModel):
        def embed_batch(self, items, *, role="index") -> list[Vector | ItemError]:
            for item in items:
                media.load(item)
            return [ItemError("no")] * len(items)

    (tmp_path / "a.png").write_bytes(png())
    library = embed(read(tmp_path / "a.png", progress=False), to=tmp_path / "t.nova", model=Failing(), progress=False)
    assert library.thumbnailed() == set()


def test_the_size_at_which_a_picture_is_decoded_hardly_moves_its_vector(folder):
    """The network sees 260 pixels; decoding at 520 instead of 2,048 changes only how they are reduced."""
    from nova_explore.models.local.model import LOOKED_AT

    item = read(folder / "a.jpg", progress=False)[0]
    model = LocalModel(threads=1)
    small, large = (model.embed_content(media.load(item, longest=side)) for side in (LOOKED_AT, 2048))
    assert float(small @ large) > 0.995


SPACE = Space("m", "1", "index", 4, "1")


@pytest.fixture
def pictures(tmp_path):
    for shade in range(3):
        Image.new("RGB", (8, 8), (shade * 80, 0, 0)).save(tmp_path / f"{shade}.png")
    (tmp_path / "words.txt").write_text("An owl.")
    made = open_library(tmp_path / "a.nova", create=True)
    made.add(read(tmp_path, progress=False))
    return made


def test_nothing_is_drawn_of_what_was_blocked_and_of_texts(pictures):
    items = pictures.collection()
    kept = [item for item in items if is_kept(item)]
    vector = np.array([1, 0, 0, 0], np.float32)
    pictures.add_vectors(SPACE, {item.content_key: vector for item in items if item is not kept[1]})
    pictures.add_failures(SPACE, {kept[1].content_key: ItemError("No.", "blocked")})
    draw_thumbnails(pictures, items, SPACE)
    assert pictures.thumbnailed() == {kept[0].content_key, kept[2].content_key}


def test_while_a_run_waits_previews_are_drawn_for_as_long_as_it_waits(pictures):
    queue = deque(item for item in pictures.collection() if is_kept(item))
    draw_while_waiting(pictures, queue, seconds=0.0)
    assert len(queue) == 3
    draw_while_waiting(pictures, queue, seconds=60.0)
    assert not queue
    assert len(pictures.thumbnailed()) == 3
