"""Scores that can be compared across modalities, and ranks that follow from them."""

from __future__ import annotations

import numpy as np
from test_collection import text_item

from nova_explore.collection import Modality, number_copies
from nova_explore.search import rank, spread, stand_out


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
    level = np.repeat([0.6, 0.1], 50)
    usual = random.normal(level, 0.02, (30, 100)).astype(np.float32)
    scores = random.normal(level, 0.02).astype(np.float32)
    scores[77] = 0.25
    ranking = rank("q", mixed(50, 50), scores, k=3, usual=usual)
    assert ranking.positions[0] == 77
    assert ranking.percentiles[0] == np.float32(49 / 50)


def test_a_kind_that_is_all_about_the_query_is_found():
    # All twenty texts are about what is asked for, so that none stands out from the others; pictures merely vary.
    random = np.random.default_rng(1)
    usual = random.normal(0.05, 0.1, (30, 120)).astype(np.float32)
    scores = np.concatenate([random.normal(0.65, 0.02, 20), random.normal(0.0, 0.06, 100)]).astype(np.float32)
    ranking = rank("q", mixed(20, 100), scores, k=20, usual=usual)
    assert set(ranking.positions.tolist()) == set(range(20))


def test_standing_out_is_the_number_of_standard_deviations_worked_by_hand():
    usual = np.array([[0.0, 0.5], [0.2, 0.5]], np.float32)
    merit = stand_out(np.array([0.3, np.nan], np.float32), usual, np.array(["image", "text"]))
    np.testing.assert_allclose(merit, [2.0, np.nan], rtol=1e-5)


def test_places_are_spread_over_the_whole_and_never_repeat():
    assert spread(range(101), 5) == [0, 25, 50, 75, 100]
    assert spread(range(3), 64) == [0, 1, 2]
    assert spread([], 64) == []


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
