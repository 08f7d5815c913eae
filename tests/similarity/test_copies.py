"""Copies are told from look-alikes, and one of each is proposed to be kept."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest
import soundfile
from similarity.test_prints import CHANGES, scene

from nova_explore.collection import Collection, Item, Modality, number_copies
from nova_explore.map.neighbors import find_neighbors
from nova_explore.similarity.copies import find_copies


def file_digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def pictures(tmp_path):
    """Ten scenes, a small copy of the first, a cut one of the second, a burst of the third, a file of the fourth."""
    images = [scene(seed) for seed in range(10)]
    images += [CHANGES["smaller"](images[0]), CHANGES["cut"](images[1]), scene(2, moved=14)]
    items = []
    for number, image in enumerate(images):
        path = tmp_path / f"{number}.png"
        image.save(path)
        digest = file_digest(path)
        size = {"width": image.width, "height": image.height}
        items.append(Item("", Modality.IMAGE, str(path), path.name, "png", digest, metadata=size))
    items.append(replace(items[3], name="again.png"))
    rows = np.random.default_rng(0).normal(size=(10, 32))
    rows = np.concatenate([rows, rows[[0, 1, 2]] + 0.02, rows[[3]]])
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return Collection(number_copies(items)), find_neighbors(vectors, k=5)


def test_copies_are_told_from_a_burst_that_is_as_near(pictures):
    collection, neighbors = pictures
    found = find_copies(collection, neighbors)
    groups = {tuple(found.copies_of(group).tolist()) for group in range(found.copies)}
    assert groups == {(0, 10), (1, 11), (3, 13)}
    assert {tuple(found.members(group).tolist()) for group in range(len(found))} == {*groups, (2, 12)}
    assert {pair.how for pair in found.pairs} == {"the same picture", "cut", "byte for byte"}


def test_the_largest_is_kept_and_the_rest_can_be_tagged(pictures):
    collection, neighbors = pictures
    found = find_copies(collection, neighbors)
    assert {0, 1, 3} == set(found.keep)
    assert set(found.rest().ids) == {collection.ids[row] for row in (10, 11, 13)}
    frame = found.to_frame()
    assert frame.loc[collection.ids[10], "size"] == "160 x 120"
    assert not frame.loc[collection.ids[10], "keep"]
    assert "6 items in 3 groups are copies" in found.sentence


def test_what_cannot_be_read_now_is_a_look_alike_and_counted(pictures, tmp_path):
    collection, neighbors = pictures
    (tmp_path / "10.png").unlink()
    found = find_copies(collection, neighbors)
    assert found.copy_labels[10] == -1
    assert found.labels[10] >= 0
    assert found.unread == 1


def test_copies_of_the_same_bytes_are_found_even_where_they_are_no_neighbours(pictures):
    collection, neighbors = pictures
    found = find_copies(collection, neighbors.first(1), similarity=1.0)
    assert (found.copy_labels[[3, 13]] >= 0).all()


def test_sounds_are_compared_although_a_model_hears_another_in_a_duller_copy(tmp_path):
    draw, rate = np.random.default_rng(0), 16_000
    loud = np.repeat(draw.uniform(0.02, 0.4, 20), rate // 10)
    bright = (loud * draw.normal(size=len(loud))).astype(np.float32)
    dull = np.convolve(bright, np.ones(4) / 4, "same").astype(np.float32)
    other = (np.repeat(draw.uniform(0.02, 0.4, 20), rate // 10) * draw.normal(size=len(loud))).astype(np.float32)
    items = []
    for number, samples in enumerate((bright, dull, other)):
        path = tmp_path / f"{number}.wav"
        soundfile.write(path, samples.clip(-1, 1), rate)
        items.append(Item("", Modality.AUDIO, str(path), path.name, "wav", file_digest(path)))
    vectors = np.array([[1, 0, 0], [0.5, 0.866, 0], [0.5, 0.289, 0.816]], np.float32)
    found = find_copies(Collection(number_copies(items)), find_neighbors(vectors, k=2))
    assert [(pair.a, pair.b) for pair in found.pairs] == [(0, 1)]
