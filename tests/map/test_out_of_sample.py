"""New items go where their neighbours are, get their cluster, and move nothing."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.planted import drawn as drawn_map
from fakes.planted import planted
from scipy.spatial.distance import cdist

from nova_explore.errors import SpaceMismatchError, TooFewItemsError
from nova_explore.map.neighbors import Neighbors, find_neighbors
from nova_explore.map.out_of_sample import nearness, place, vote_again


def drawn(size: int = 40) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Items of six planted groups: new ones with their group, then the mapped ones with theirs and their places."""
    vectors, truth = planted(size=size)
    new = np.zeros(len(vectors), bool)
    new[::5] = True
    old = vectors[~new]
    return vectors[new], truth[new], old, truth[~new], drawn_map(old).xy


def test_neighbours_of_a_new_item_are_the_most_similar_mapped_ones():
    new, _, old, truth, xy = drawn()
    placed = place(new, old, xy, truth, k=7)
    apart = cdist(new.astype(np.float64), old.astype(np.float64), "cosine")
    np.testing.assert_array_equal(placed.indices, np.argsort(apart, axis=1)[:, :7])
    np.testing.assert_allclose(placed.similarities, 1 - np.sort(apart, axis=1)[:, :7], atol=1e-5)
    assert placed.k == 7


def test_new_items_land_in_their_group_and_get_its_label():
    new, group, old, truth, xy = drawn()
    placed = place(new, old, xy, truth)
    assert (placed.labels == group).mean() > 0.95
    nearest = truth[np.argmin(cdist(placed.xy, xy), axis=1)]
    assert (nearest == group).mean() > 0.95


def test_preservation_is_the_share_of_neighbours_that_are_beside_the_item():
    new, _, old, truth, xy = drawn()
    placed = place(new, old, xy, truth)
    beside = np.argsort(cdist(placed.xy, xy), axis=1)[:, :15]
    shares = [len(set(a) & set(b)) / 15 for a, b in zip(placed.indices.tolist(), beside.tolist(), strict=True)]
    np.testing.assert_allclose(placed.preservation, shares, atol=1e-6)


def test_an_item_between_two_groups_goes_to_the_one_with_more_of_its_neighbours_and_not_between():
    random = np.random.default_rng(0)
    xy = np.vstack([random.normal(0, 0.3, (6, 2)), random.normal(0, 0.3, (9, 2)) + np.array([50, 0])]).astype(
        np.float32
    )
    vectors = np.tile(np.eye(1, 4, dtype=np.float32), (15, 1))
    labels = np.repeat([0, 1], [6, 9])
    placed = place(vectors[:1], vectors, xy, labels)
    assert np.hypot(*(placed.xy[0] - [50, 0])) < 1
    assert placed.labels[0] == 1
    assert placed.strengths[0] == pytest.approx(9 / 15)


def test_what_comes_with_a_new_item_changes_nothing(monkeypatch):
    new, _, old, truth, xy = drawn()
    together = place(new, old, xy, truth)
    alone = place(new[3:4], old, xy, truth)
    np.testing.assert_allclose(together.xy[3], alone.xy[0], atol=1e-5)
    assert together.labels[3] == alone.labels[0]
    monkeypatch.setattr("nova_explore.map.out_of_sample.BLOCK_BYTES", 8 * 2 * 15 * 15 * 2)
    np.testing.assert_allclose(place(new, old, xy, truth).xy, together.xy, atol=1e-5)


def test_a_copy_of_a_mapped_item_lands_beside_it():
    _, _, old, truth, xy = drawn()
    placed = place(old[:50], old, xy, truth)
    typical = np.median(np.sort(cdist(xy, xy), axis=1)[:, 15])
    assert np.median(np.linalg.norm(placed.xy - xy[:50], axis=1)) < typical


def test_votes_are_weighed_by_similarity_and_noise_can_win():
    vectors = np.array([[1, 0], [0.6, 0.8], [0.6, -0.8], [-1, 0]], np.float32)
    new = np.array([[1, 0]], np.float32)
    xy = np.arange(8, dtype=np.float32).reshape(4, 2)
    # Weights 1, 0.6, 0.6: together the two outvote the nearest; the one opposite is not among the three.
    outvoted = place(new, vectors, xy, np.array([0, 1, 1, 0]), k=3)
    assert outvoted.labels[0] == 1
    assert outvoted.strengths[0] == pytest.approx(1.2 / 2.2)
    alone = place(new, vectors, xy, np.array([0, 1, 2, 0]), k=3)
    assert alone.labels[0] == 0
    assert alone.strengths[0] == pytest.approx(1 / 2.2)
    noise = place(new, vectors, xy, np.array([0, -1, -1, 0]), k=3)
    assert noise.labels[0] == -1
    assert noise.strengths[0] == 0
    assert "1 added item: of the 3 nearest mapped items" in noise.sentence
    assert noise.sentence.endswith("1 belong to no cluster.")


def test_what_is_near_nothing_belongs_to_no_cluster_now_or_later():
    _, _, old, truth, xy = drawn()
    near_from = nearness(find_neighbors(old, k=15))
    alien = -old.mean(axis=0, keepdims=True) / np.linalg.norm(old.mean(axis=0))
    new = np.vstack([alien, old[:1]]).astype(np.float32)
    placed = place(new, old, xy, truth, near_from=near_from)
    assert placed.labels.tolist() == [-1, truth[0]]
    assert placed.strengths[0] == 0
    again = vote_again(placed, truth[::-1].copy(), near_from=near_from)
    assert again.labels.tolist() == [-1, truth[::-1][placed.indices[1, 0]]]


def test_near_is_what_nearly_all_items_have_in_their_neighbours():
    similarities = np.column_stack([np.ones(201), np.linspace(0, 1, 201)]).astype(np.float32)
    assert nearness(Neighbors(np.zeros((201, 2), np.int32), similarities)) == pytest.approx(0.01)


def test_opposite_neighbours_and_a_map_of_one_point_still_place():
    vectors = np.tile(np.array([[-1, 0]], np.float32), (5, 1))
    placed = place(np.array([[1, 0]], np.float32), vectors, np.zeros((5, 2), np.float32), np.zeros(5, int), k=5)
    np.testing.assert_array_equal(placed.xy, [[0, 0]])
    assert placed.labels[0] == 0


def test_no_new_items_are_placed_nowhere():
    _, _, old, truth, xy = drawn()
    placed = place(old[:0], old, xy, truth)
    assert placed.xy.shape == (0, 2)
    assert placed.sentence.startswith("0 added items")


def test_vectors_of_another_dimension_and_too_many_neighbours_are_refused():
    _, _, old, truth, xy = drawn()
    with pytest.raises(SpaceMismatchError, match=r"new vectors of 31 dimensions, needed 32 as on the map"):
        place(old[:1, :31], old, xy, truth)
    with pytest.raises(TooFewItemsError, match=r"k=15 needs at least 15 items on the map, it has 9"):
        place(old[:1], old[:9], xy[:9], truth[:9])


def test_a_map_of_one_item_takes_another():
    one = np.array([[1, 0]], np.float32)
    placed = place(one, one, np.array([[3, 4]], np.float32), np.array([0]), k=1)
    np.testing.assert_allclose(placed.xy, [[3, 4]])
    assert placed.preservation[0] == 1
