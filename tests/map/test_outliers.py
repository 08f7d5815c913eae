"""Local outlier factors are those of scikit-learn, from neighbours that were found before."""

from __future__ import annotations

import numpy as np
from sklearn.neighbors import LocalOutlierFactor

from nova_explore.map.neighbors import find_neighbors
from nova_explore.map.outliers import local_outlier_factors


def test_the_factors_are_those_of_scikit_learn():
    vectors = np.random.default_rng(0).normal(size=(300, 24)).astype(np.float32)
    vectors[:150] += 2
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    theirs = LocalOutlierFactor(n_neighbors=10, metric="cosine").fit(vectors.astype(np.float64))
    found = local_outlier_factors(find_neighbors(vectors, k=10))
    np.testing.assert_allclose(found, -theirs.negative_outlier_factor_, rtol=1e-4)


def test_what_is_like_nothing_else_comes_first():
    random = np.random.default_rng(1)
    vectors = np.zeros((101, 16), np.float32)
    vectors[:100, :4] = 1 + 0.1 * random.normal(size=(100, 4))
    vectors[100, 10] = 1
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    assert local_outlier_factors(find_neighbors(vectors, k=10)).argmax() == 100


def test_copies_of_one_item_are_no_outliers():
    vectors = np.tile(np.eye(1, 8, dtype=np.float32), (30, 1))
    np.testing.assert_allclose(local_outlier_factors(find_neighbors(vectors, k=5)), 1, rtol=1e-3)


def test_what_lies_beside_many_copies_is_no_outlier_beyond_measure():
    random = np.random.default_rng(2)
    vectors = random.normal(size=(300, 12)).astype(np.float32)
    vectors[:40] = vectors[0]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    factors = local_outlier_factors(find_neighbors(vectors, k=15))
    np.testing.assert_allclose(factors[:40], 1, rtol=1e-3)
    assert factors.max() < 11
