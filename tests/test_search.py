"""Scores that can be compared across modalities, and ranks that follow from them."""

from __future__ import annotations

import numpy as np
from test_collection import text_item

from nova_explore.collection import Modality, number_copies
from nova_explore.search import rank


def mixed(texts: int, images: int):
    return number_copies(
        text_item(f"d{i}", f"{i}", modality=Modality.TEXT if i < texts else Modality.IMAGE)
        for i in range(texts + images)
    )


def test_within_one_modality_the_order_is_that_of_the_scores():
    items = mixed(6, 0)
    scores = np.array([0.1, 0.9, 0.3, 0.9, -0.2, 0.5], np.float32)
    ranking = rank("q", items, scores, k=4)
    assert ranking.positions.tolist() == [1, 3, 5, 2]
    np.testing.assert_allclose(ranking.scores, [0.9, 0.9, 0.5, 0.3], rtol=1e-6)
    assert ranking.ids == tuple(items[i].id for i in (1, 3, 5, 2))


def test_a_picture_that_stands_out_beats_texts_that_do_not():
    # Every text scores around 0.6 for any query, pictures around 0.1: the scale belongs to the modality.
    random = np.random.default_rng(0)
    scores = np.concatenate([random.normal(0.6, 0.02, 50), random.normal(0.1, 0.02, 50)]).astype(np.float32)
    scores[77] = 0.25
    ranking = rank("q", mixed(50, 50), scores, k=3)
    assert ranking.positions[0] == 77
    assert ranking.percentiles[0] == np.float32(49 / 50)


def test_an_item_that_cannot_be_compared_is_never_returned():
    scores = np.array([0.2, np.nan, 0.1], np.float32)
    assert set(rank("q", mixed(3, 0), scores, k=10).positions.tolist()) == {0, 2}


def test_only_candidates_are_returned_but_all_count_for_the_percentile():
    scores = np.array([0.1, 0.2, 0.3, 0.4], np.float32)
    ranking = rank("q", mixed(4, 0), scores, k=4, candidates=np.array([True, True, False, False]))
    assert ranking.positions.tolist() == [1, 0]
    np.testing.assert_allclose(ranking.percentiles, [0.25, 0.0])


def test_nothing_to_rank_gives_an_empty_ranking():
    assert len(rank("q", mixed(2, 0), np.full(2, np.nan, np.float32), k=5)) == 0


def test_a_handful_of_a_kind_does_not_crowd_out_a_clear_hit():
    # Three videos a hair apart: measured by their own spread alone, one would stand out as much as the real hit.
    scores = np.concatenate([np.random.default_rng(0).normal(0.3, 0.1, 200), [0.3, 0.3001, 0.3002]])
    scores[10] = 0.9
    items = [*mixed(200, 0), *number_copies(text_item(f"v{i}", f"v{i}", modality=Modality.VIDEO) for i in range(3))]
    ranking = rank("q", items, scores.astype(np.float32), k=5)
    assert ranking.positions[0] == 10
    assert not set(ranking.positions.tolist()) & {200, 201, 202}
