"""NN-descent against exact search, and the promise that cores do not change the answer."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.planted import planted

from nova_explore.clusters.duplicates import find_duplicates
from nova_explore.map import cores, nn_descent
from nova_explore.map.neighbors import find_neighbors
from nova_explore.map.nn_descent import descend, rerank


def recall(true: np.ndarray, found: np.ndarray) -> float:
    return float(np.mean([len(set(a) & set(b)) for a, b in zip(true.tolist(), found.tolist(), strict=True)]))


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    return planted(groups=60, size=50)[0]


def test_nearly_all_true_neighbours_are_found(vectors):
    indices, similarities = descend(vectors, k=10)
    assert recall(find_neighbors(vectors, k=10).indices, indices) > 9.5
    np.testing.assert_allclose(similarities, (vectors[indices] * vectors[:, None]).sum(axis=2), atol=1e-5)


def test_no_item_is_its_own_neighbour_or_named_twice(vectors):
    indices, similarities = descend(vectors, k=10)
    assert not (indices == np.arange(len(vectors))[:, None]).any()
    assert all(len(set(row)) == 10 for row in indices.tolist())
    assert (np.diff(similarities, axis=1) <= 0).all()


def test_the_number_of_cores_changes_nothing(vectors, monkeypatch):
    several = descend(vectors, k=10)[0]
    monkeypatch.setattr(cores, "count", lambda: 1)
    one = descend(vectors, k=10)[0]
    np.testing.assert_array_equal(several, one)


def test_another_seed_is_another_search():
    scattered = np.random.default_rng(0).normal(size=(6000, 32)).astype(np.float32)
    scattered /= np.linalg.norm(scattered, axis=1, keepdims=True)
    assert not np.array_equal(descend(scattered, k=10, seed=0)[0], descend(scattered, k=10, seed=1)[0])


def test_each_item_lies_in_one_small_leaf_of_a_tree():
    items = planted(groups=200, size=50)[0]
    leaves = list(nn_descent._leaves(items, np.random.default_rng(0)))
    np.testing.assert_array_equal(np.sort(np.concatenate(leaves)), np.arange(len(items)))
    assert max(map(len, leaves)) <= nn_descent.LEAF_ITEMS


def test_copies_of_one_item_fill_their_rows():
    copies = np.tile(np.eye(1, 8, dtype=np.float32), (3 * nn_descent.LEAF_ITEMS, 1))
    indices, similarities = descend(copies, k=10)
    assert (indices >= 0).all()
    np.testing.assert_array_equal(similarities, 1)


def test_copies_of_one_item_know_each_other_however_many_they_are():
    draw = np.random.default_rng(0)
    vectors = draw.normal(size=(6000, 16)).astype(np.float32)
    vectors[1 + draw.permutation(5999)[:1999]] = vectors[0]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found = find_neighbors(vectors, k=10, exact=False)
    assert all(len(set(row)) == 10 for row in found.indices.tolist())
    assert sorted(np.bincount(find_duplicates(found, similarity=1.0).labels + 1)[1:]) == [2000]


def test_any_copies_of_a_neighbour_are_true_neighbours():
    copies = np.tile(np.random.default_rng(0).normal(size=(60, 16)), (70, 1)).astype(np.float32)
    copies /= np.linalg.norm(copies, axis=1, keepdims=True)
    assert find_neighbors(copies, k=10, exact=False).recall == 1


def test_reranking_keeps_the_best_candidates():
    vectors = np.array([[1, 0], [0.6, 0.8], [0.8, 0.6], [0, 1]], np.float32)
    indices, similarities = rerank(vectors, np.array([[3, 1, 2], [3, 0, 2], [0, 1, 3], [0, 1, 2]], np.int32), k=2)
    assert indices.tolist() == [[2, 1], [2, 3], [1, 0], [1, 2]]
    np.testing.assert_allclose(similarities[0], [0.8, 0.6])


def test_the_recall_that_is_reported_is_the_share_of_true_neighbours():
    vectors = planted(groups=10, size=40)[0]
    found = find_neighbors(vectors, k=10, exact=False)
    assert found.method == "nn-descent"
    assert found.recall == pytest.approx(recall(find_neighbors(vectors, k=10).indices, found.indices) / 10)
    assert (
        found.sentence
        == f"Neighbours were found approximately: {found.recall:.1%} of the true ones, measured on a sample."
    )
    assert find_neighbors(vectors, k=10).sentence is None


def test_a_prefix_that_says_little_is_made_up_for(vectors):
    found = find_neighbors(vectors, k=10, exact=False, prefix=4)
    assert found.recall > 0.9


@pytest.mark.slow
def test_vectors_on_disk_are_searched_where_they_lie(vectors, tmp_path):
    np.save(tmp_path / "vectors.npy", vectors)
    mapped = np.load(tmp_path / "vectors.npy", mmap_mode="r")
    np.testing.assert_array_equal(
        find_neighbors(mapped, k=5, exact=False).indices, find_neighbors(vectors, k=5, exact=False).indices
    )
