"""A matrix shows the clusters of a slice, what is typical of each, and what lies between or apart."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.items import text_item

from nova_explore.collection import Collection, number_copies
from nova_explore.errors import TooFewItemsError, UnknownNameError
from nova_explore.similarity.slice_matrix import compare_all


def planted(seed: int = 0):
    """Two clusters of 20 around two axes, one item half-way between them, one far from both."""
    draw = np.random.default_rng(seed)
    axes = np.eye(16)
    rows = [axes[0] + 0.15 * draw.normal(size=16) for _ in range(20)]
    rows += [axes[1] + 0.15 * draw.normal(size=16) for _ in range(20)]
    rows += [axes[0] + axes[1], axes[9]]
    vectors = np.array(rows)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    labels = np.array([0] * 20 + [1] * 20 + [0, 1])
    return Collection(number_copies(text_item(f"{i}") for i in range(42))), vectors.astype(np.float32), labels


def test_clusters_lie_side_by_side_and_every_cosine_is_of_its_pair():
    collection, vectors, labels = planted()
    found = compare_all(collection, vectors, labels, collection.ids[::-1])
    assert len(np.flatnonzero(np.diff(found.clusters))) == 1
    rows = [collection.position(id) for id in found.ids]
    np.testing.assert_allclose(found.cosines, vectors[rows] @ vectors[rows].T, atol=1e-5)
    assert found.to_frame().loc[found.ids[3], found.ids[7]] == found.cosines[3, 7]


def test_what_lies_between_and_what_lies_apart_is_found():
    collection, vectors, labels = planted()
    found = compare_all(collection, vectors, labels, collection.ids)
    assert found.outliers[0] == collection.ids[41]
    assert collection.ids[40] in {id for id, _, _ in found.bridges}
    assert found.boundary is not None
    assert collection.ids[40] in found.boundary[:2]


def test_the_medoid_is_the_item_most_like_the_others():
    collection, vectors, labels = planted()
    found = compare_all(collection, vectors, labels, collection.ids[:20])
    assert found.medoids == {0: collection.ids[int(np.argmax((vectors[:20] @ vectors[:20].T).sum(axis=1)))]}
    assert found.boundary is None
    assert found.bridges == ()


def test_two_items_are_enough_and_one_is_not():
    collection, vectors, labels = planted()
    assert len(compare_all(collection, vectors, labels, collection.ids[:2])) == 2
    with pytest.raises(TooFewItemsError, match="2 items"):
        compare_all(collection, vectors, labels, [collection.ids[0], collection.ids[0]])
    with pytest.raises(UnknownNameError):
        compare_all(collection, vectors, labels, ["gone", collection.ids[0]])


def test_items_without_a_cluster_come_last():
    collection, vectors, labels = planted()
    labels[:5] = -1
    found = compare_all(collection, vectors, labels, collection.ids)
    assert found.clusters[-5:].tolist() == [-1] * 5
