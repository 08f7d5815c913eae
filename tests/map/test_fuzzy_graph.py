"""The graph and the curve are those of umap-learn, number by number."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from fakes.planted import planted

from nova_explore.map import cores, fuzzy_graph
from nova_explore.map.fuzzy_graph import tie
from nova_explore.map.layout import fit_curve
from nova_explore.map.neighbors import find_neighbors


@pytest.fixture(scope="module")
def umap():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import umap.umap_

        yield umap.umap_


def distances_of(vectors: np.ndarray, k: int = 15) -> tuple[np.ndarray, np.ndarray]:
    neighbors = find_neighbors(vectors, k=k)
    return np.maximum(1 - neighbors.similarities, 0), neighbors.indices


def with_copies() -> np.ndarray:
    vectors = planted(groups=4, size=30)[0].copy()
    vectors[:25] = vectors[0]
    vectors[40:45] = vectors[40]
    return vectors


@pytest.mark.slow
@pytest.mark.parametrize("vectors", [planted()[0], with_copies(), planted(groups=1, size=20)[0]])
def test_the_weights_are_those_of_umap_learn(vectors, umap):
    distances, indices = distances_of(vectors)
    n = len(vectors)
    theirs = umap.fuzzy_simplicial_set(
        np.empty((n, 0)), 16, np.random.RandomState(0), "cosine",
        knn_indices=np.hstack([np.arange(n)[:, None], indices]),
        knn_dists=np.hstack([np.zeros((n, 1), np.float32), distances]),
    )[0]  # fmt: skip
    np.testing.assert_allclose(tie(distances, indices).toarray(), theirs.toarray(), atol=2e-5)


def test_the_weights_of_a_row_sum_to_the_logarithm_of_its_length():
    distances = distances_of(planted()[0])[0]
    one_way = np.empty_like(distances)
    fuzzy_graph._weigh_rows(distances, 1.0, one_way, 0, len(distances))
    np.testing.assert_allclose(one_way.sum(axis=1), 4, atol=1e-4)
    np.testing.assert_array_equal(one_way[:, 0], 1)


def test_ties_are_the_same_in_both_directions_and_on_any_number_of_cores(monkeypatch):
    distances, indices = distances_of(planted()[0])
    several = tie(distances, indices)
    assert abs(several - several.T).max() == 0
    monkeypatch.setattr(cores, "count", lambda: 1)
    assert abs(several - tie(distances, indices)).max() == 0


@pytest.mark.parametrize("min_dist", [0.0, 0.1, 0.5, 1.0])
def test_the_curve_is_that_of_umap_learn(min_dist, umap):
    np.testing.assert_allclose(fit_curve(min_dist), umap.find_ab_params(1.0, min_dist), rtol=1e-4)
