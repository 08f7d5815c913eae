"""A model that changed without a word is noticed; one that only jitters is not accused."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from fakes.toy_model import ToyModel

from nova_explore.collection import Modality
from nova_explore.errors import SourceError, SpaceMismatchError
from nova_explore.models.model import Capabilities
from nova_explore.reviews.fingerprint import (
    CHANGED,
    NOISE,
    SAME,
    compare,
    load_fingerprint,
    save_fingerprint,
    take_fingerprint,
)
from nova_explore.space import ItemError, Space


class Hosted:
    """A model of all modalities whose weights, jitter and refusals can be changed behind its name."""

    name = "hosted"

    def __init__(self, *, weights: str = "1", jitter: float = 0.0, refuses: str = "") -> None:
        self.space = Space("hosted", "1", "index", 64, "1")
        self.capabilities = Capabilities(frozenset(Modality), 16, frozenset(Modality))
        self.weights, self.jitter, self.refuses = weights, jitter, refuses
        self._random = np.random.default_rng(0)

    def embed_batch(self, items, *, role="index"):
        return [self._one(item) for item in items]

    def _one(self, item):
        if self.refuses and self.refuses in item.name:
            return ItemError("Blocked.")
        seed = int.from_bytes(hashlib.sha256(f"{self.weights}{item.content_key}".encode()).digest()[:8], "big")
        vector = np.random.default_rng(seed).normal(size=64) + self.jitter * self._random.normal(size=64)
        return (vector / np.linalg.norm(vector)).astype(np.float32)


@pytest.mark.slow
def test_an_unchanged_model_is_the_same(tmp_path):
    then, later = (take_fingerprint(Hosted(), folder=tmp_path) for _ in range(2))
    found = compare(then, later)
    assert (found.verdict, found.moved, then.floor) == (SAME, (), 0.0)
    assert len(then.names) == 50


def test_jitter_below_the_noise_floor_is_no_change(tmp_path):
    model = Hosted(jitter=0.01)
    then, later = (take_fingerprint(model, folder=tmp_path) for _ in range(2))
    found = compare(then, later)
    assert then.floor > 0
    assert found.verdict == NOISE, found.sentence
    assert found.moved == ()


@pytest.mark.parametrize("jitter", [0.0, 0.01])
def test_other_weights_are_noticed(tmp_path, jitter):
    then = take_fingerprint(Hosted(jitter=jitter), folder=tmp_path)
    later = take_fingerprint(Hosted(weights="2", jitter=jitter), folder=tmp_path)
    found = compare(then, later)
    assert (found.verdict, len(found.moved)) == (CHANGED, 50)
    assert "embed into a new one" in found.sentence


def test_a_canary_that_is_refused_now_is_a_change_of_its_own(tmp_path):
    then = take_fingerprint(Hosted(), folder=tmp_path)
    later = take_fingerprint(Hosted(refuses="sound-low"), folder=tmp_path)
    found = compare(then, later)
    assert (found.verdict, found.moved, found.lost) == (CHANGED, (), ("sound-low",))
    assert later.failed == {"sound-low": "Blocked."}


def test_a_fingerprint_survives_its_file(tmp_path):
    taken = take_fingerprint(Hosted(jitter=0.01), folder=tmp_path)
    read = load_fingerprint(save_fingerprint(taken, tmp_path / "a.npz"))
    np.testing.assert_array_equal(read.vectors, taken.vectors)
    assert (read.space, read.names, read.floor, read.versions) == (
        taken.space,
        taken.names,
        taken.floor,
        taken.versions,
    )
    (tmp_path / "b.npz").write_bytes(b"no")
    with pytest.raises(SourceError, match="no fingerprint"):
        load_fingerprint(tmp_path / "b.npz")


def test_fingerprints_of_two_spaces_are_not_compared(tmp_path):
    texts = take_fingerprint(ToyModel(), folder=tmp_path)
    assert len(texts.names) == 14
    with pytest.raises(SpaceMismatchError):
        compare(texts, take_fingerprint(ToyModel(revision="2"), folder=tmp_path))


def test_a_model_that_answers_nothing_has_no_fingerprint(tmp_path):
    with pytest.raises(SourceError, match=r"answered none of 50 canaries: Blocked\."):
        take_fingerprint(Hosted(refuses="-"), folder=tmp_path)
