"""A concept is learnt from a few marks of each side."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.toy_library import copy_of

from nova_explore.collection import Collection, Item, Modality
from nova_explore.errors import TooFewItemsError, UnknownNameError
from nova_explore.exploration.stored_maps import open_map
from nova_explore.labels.concept import learn


@pytest.fixture
def planted():
    """Sixty items in two heaps of thirty, in sixteen dimensions; which heap is the first half."""
    draw = np.random.default_rng(1)
    centres = np.linalg.qr(draw.normal(size=(16, 2)))[0].T
    vectors = np.repeat(centres, 30, axis=0) + 0.35 * draw.normal(size=(60, 16))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    ids = [f"{number:02}" for number in range(60)]
    return Collection(Item(id, Modality.TEXT, id, id, "txt", id) for id in ids), vectors


def test_ten_marks_put_the_rest_of_a_planted_heap_first(planted):
    collection, vectors = planted
    concept = learn(collection, vectors, collection.ids[:5], collection.ids[30:35])
    assert len(concept.ranked) == 50
    assert not {*concept.ranked} & {*concept.like, *concept.unlike}
    assert sum(int(id) < 30 for id in concept.ranked[:25]) >= 23
    assert (np.diff(concept.scores[concept.order]) <= 0).all()
    assert concept.score_of(concept.ranked[0]) == concept.scores[concept.order[0]]
    assert {*concept.like} < {*concept.members()}


def test_marks_of_one_side_are_enough_to_begin_with(planted):
    collection, vectors = planted
    concept = learn(collection, vectors, collection.ids[:3])
    assert sum(int(id) < 30 for id in concept.ranked[:20]) >= 17


def test_what_a_mark_says_most_about_is_nearest_to_as_likely_as_not(planted):
    collection, vectors = planted
    concept = learn(collection, vectors, collection.ids[:5], collection.ids[30:35])
    apart = [abs(concept.score_of(id) - 0.5) for id in concept.unsure(6)]
    assert apart == sorted(apart)
    assert apart[-1] <= min(abs(concept.score_of(id) - 0.5) for id in concept.ranked if id not in concept.unsure(6))


def test_the_same_marks_give_the_same_scores(planted):
    collection, vectors = planted
    first, again = (learn(collection, vectors, collection.ids[:4], collection.ids[40:44]) for _ in range(2))
    np.testing.assert_array_equal(first.scores, again.scores)
    with pytest.raises(ValueError, match="read-only"):
        first.scores[0] = 1


def test_marks_that_make_no_sense_are_refused(planted):
    collection, vectors = planted
    with pytest.raises(ValueError, match="No item is marked"):
        learn(collection, vectors, [])
    with pytest.raises(ValueError, match="marked as like the concept and as not"):
        learn(collection, vectors, ["00"], ["00"])
    with pytest.raises(UnknownNameError):
        learn(collection, vectors, ["no id"])
    with pytest.raises(TooFewItemsError, match="none is left to rank"):
        learn(collection, vectors, collection.ids[:30], collection.ids[30:])


def test_a_concept_is_kept_as_a_tag_whose_history_says_how_it_was_learnt(mapped_toy_160, tmp_path):
    exploration = open_map(copy_of(mapped_toy_160, tmp_path / "own.nova"))
    cluster = [exploration.collection.ids[position] for position in exploration.clustering.members(0)]
    others = [exploration.collection.ids[position] for position in exploration.clustering.members(1)]
    concept = exploration.labels.learn(cluster[:5], others[:5])
    assert {*concept.ranked[:30]} <= {*cluster}
    kept = exploration.labels.keep(concept, "birds", at_least=0.6)
    assert {*cluster[:5]} <= {*kept}
    assert all(exploration.labels.tags_of(id) == ("birds",) for id in kept)
    assert exploration.labels.history["text"].iloc[-1] == "learnt from 5 items like it and 5 not, score 0.6 or more"
    exploration.labels.undo()
    assert exploration.labels.tags_of(kept[0]) == ()
