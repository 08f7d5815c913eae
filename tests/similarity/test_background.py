"""What scores are held against is of the collection, drawn once, and opened only where it is needed."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.toy_library import toy_collection
from fakes.toy_model import ToyModel

from nova_explore.errors import SpaceMismatchError
from nova_explore.models.queries import embed_items
from nova_explore.similarity.background import Background


@pytest.fixture(scope="module")
def background():
    collection = toy_collection(10)
    return Background(collection, embed_items(ToyModel(), list(collection), role="index"), model=ToyModel)


def test_an_id_a_file_and_words_are_sides(background, tmp_path):
    path = tmp_path / "note.txt"
    path.write_text("an owl in its nest", encoding="utf-8")
    first = background.side(background.collection.ids[4])
    assert (first.position, first.sort, first.words) == (4, "text", False)
    assert background.side(path).title == "note.txt"
    assert background.side(str(path)).position == -1
    words = background.side("owl nest")
    assert (words.sort, words.title) == ("words", "“owl nest”")


def test_pairs_are_of_different_items(background):
    side = background.side(background.collection.ids[0])
    cosines = background.pairs(side, side)
    assert len(cosines) == 40 * 39
    assert cosines.max() < 1


def test_pairs_with_words_are_of_phrases_and_items(background):
    words, item = background.side("owl"), background.side(background.collection.ids[0])
    assert len(background.pairs(words, item)) == 64 * 40
    np.testing.assert_allclose(np.sort(background.pairs(item, words)), np.sort(background.pairs(words, item)))


def test_without_a_model_nothing_is_opened():
    def no_model():
        raise SpaceMismatchError("a query", "none", "There is none.")

    collection = toy_collection(10)
    known = Background(collection, np.zeros((40, 8), np.float32), model=no_model)
    assert not known.has_model
    assert len(known.sample("text")) == 40
    assert len(known.positions("video")) == 0
