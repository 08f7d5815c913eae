"""Scores that can be compared across modalities, and ranks that follow from them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from fakes.items import text_item

from nova_explore.collection import Modality, number_copies
from nova_explore.similarity.ranking import WORDS_COUNT, Scored, by_modality, fuse, rank, spread


def mixed(texts: int, images: int):
    return number_copies(
        text_item(f"d{i}", f"{i}", modality=Modality.TEXT if i < texts else Modality.IMAGE)
        for i in range(texts + images)
    )


def scored(scores, usual, start=0):
    """All items of one kind, from a place on."""
    scores = np.asarray(scores, np.float32)
    return Scored(np.arange(start, start + len(scores)), scores, np.full(len(scores), "content"), scores, usual)


def test_within_one_modality_the_order_is_that_of_the_scores():
    items = mixed(6, 0)
    scores = np.array([0.1, 0.9, 0.3, 0.9, -0.2, 0.5], np.float32)
    ranking = rank("q", items, by_modality(items, scores), k=4)
    assert ranking.positions.tolist() == [1, 3, 5, 2]
    np.testing.assert_allclose(ranking.scores, [0.9, 0.9, 0.5, 0.3], rtol=1e-6)
    assert ranking.ids == tuple(items[i].id for i in (1, 3, 5, 2))


def test_a_picture_that_stands_out_beats_texts_that_do_not():
    # Every text scores around 0.6 for any query, pictures around 0.1: the scale belongs to the modality.
    random = np.random.default_rng(0)
    pictures = random.normal(0.1, 0.02, 50)
    pictures[27] = 0.25
    parts = [scored(random.normal(0.6, 0.02, 50), (0.6, 0.02)), scored(pictures, (0.1, 0.02), 50)]
    ranking = rank("q", mixed(50, 50), parts, k=3)
    assert ranking.positions[0] == 77
    assert ranking.percentiles[0] == np.float32(49 / 50)


def test_a_kind_that_is_all_about_the_query_is_found():
    # All twenty texts are about what is asked for, so that none stands out from the others; pictures merely vary.
    random = np.random.default_rng(1)
    parts = [
        scored(random.normal(0.65, 0.02, 20), (0.05, 0.1)),
        scored(random.normal(0.0, 0.06, 100), (0.05, 0.1), 20),
    ]
    ranking = rank("q", mixed(20, 100), parts, k=20)
    assert set(ranking.positions.tolist()) == set(range(20))


def test_the_order_is_that_of_standard_deviations_worked_by_hand():
    # Text: (0.5 - 0.4) / 0.1 = 1, (0.7 - 0.4) / 0.1 = 3. Image: (0.14 - 0.1) / 0.02 = 2, (0.02 - 0.1) / 0.02 = -4.
    parts = [scored([0.5, 0.7], (0.4, 0.1)), scored([0.14, 0.02], (0.1, 0.02), 2)]
    assert rank("q", mixed(2, 2), parts, k=4).positions.tolist() == [1, 2, 0, 3]


def test_equals_of_two_kinds_are_in_the_order_of_the_items():
    parts = [scored([0.5, 0.5], (0.0, 1.0), 2), scored([0.5, 0.5], (0.0, 1.0))]
    assert rank("q", mixed(2, 2), parts, k=3).positions.tolist() == [0, 1, 2]


def test_places_are_spread_over_the_whole_and_never_repeat():
    assert spread(range(101), 5) == [0, 25, 50, 75, 100]
    assert spread(range(3), 64) == [0, 1, 2]
    assert spread([], 64) == []


def test_an_item_that_cannot_be_compared_is_never_returned():
    scores = np.array([0.2, np.nan, 0.1], np.float32)
    items = mixed(3, 0)
    assert rank("q", items, by_modality(items, scores), k=10).positions.tolist() == [0, 2]


def test_only_candidates_are_returned_but_all_count_for_the_percentile():
    scores = np.array([0.1, 0.2, 0.3, 0.4], np.float32)
    items = mixed(4, 0)
    parts = by_modality(items, scores, candidates=np.array([True, True, False, False]))
    ranking = rank("q", items, parts, k=4)
    assert ranking.positions.tolist() == [1, 0]
    np.testing.assert_allclose(ranking.percentiles, [0.25, 0.0])


def test_nothing_to_rank_gives_an_empty_ranking():
    items = mixed(2, 0)
    assert len(rank("q", items, by_modality(items, np.full(2, np.nan, np.float32)), k=5)) == 0


def test_words_add_to_the_merit_worked_by_hand():
    standing, words = np.array([2.0, 0.0, 1.0], np.float32), np.array([0.0, 0.5, 0.0], np.float32)
    np.testing.assert_allclose(fuse(standing, words), [2.0, 0.5 * WORDS_COUNT, 1.0])


def test_results_are_sorted_by_the_number_that_they_show_as_merit():
    part = replace(scored([0.1, 0.9, 0.5], (0.0, 1.0)), merits=np.array([3, 1, 2], np.float32))
    ranking = rank("q", mixed(3, 0), [part], k=3)
    assert ranking.positions.tolist() == [0, 2, 1]
    assert ranking.merits.tolist() == [3, 2, 1]
    assert ranking.to_frame()["merit"].is_monotonic_decreasing


def test_what_matches_is_counted_said_and_taken_as_a_slice():
    part = replace(scored([0.3, 0.2, 0.1], (0.0, 1.0)), matches=np.array([True, False, False]))
    ranking = rank("q", mixed(3, 0), [part], k=3)
    assert ranking.sentence == "1 result matches; the rest is no closer than chance."
    assert ranking.slice().ids == ranking.ids[:1]
    none = rank("q", mixed(3, 0), [replace(part, matches=np.zeros(3, bool))], k=3)
    assert none.sentence.startswith("Nothing here is like this")


def test_the_arrow_table_and_the_frame_hold_the_same_rows_in_order():
    items = mixed(6, 0)
    ranking = rank("q", items, by_modality(items, np.array([0.1, 0.9, 0.3, 0.8, -0.2, 0.5], np.float32)), k=3)
    table = ranking.to_arrow()
    assert table.column_names == ["id", "score", "percentile", "via", "merit", "matches"]
    assert table["id"].to_pylist() == list(ranking.ids) == list(ranking.to_frame().index)
    np.testing.assert_array_equal(table["score"].to_numpy(), ranking.scores)


def test_a_notebook_shows_the_query_and_the_note_as_text_and_the_best_results_first():
    items = mixed(30, 0)
    scores = np.linspace(0, 1, 30, dtype=np.float32)
    query = "<script>alert(1)</script>"
    shown = rank(query, items, by_modality(items, scores), k=25, note="<b>odd</b>")._repr_html_()
    assert "<script" not in shown
    assert "<b>odd" not in shown
    assert "25 found for" in shown
    assert shown.index(items[29].id) < shown.index(items[28].id)
    assert items[5].id not in shown, "the 25th is one of the five that are only counted"
    assert "and 5 more" in shown
