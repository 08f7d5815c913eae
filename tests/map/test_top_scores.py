"""The best of every row are those of a stable sort, ties by position."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nova_explore.map.top_scores import top

few_values = st.sampled_from([-1.0, 0.0, 0.25, 0.5, 1.0])


@pytest.mark.slow
@given(st.tuples(st.integers(0, 5), st.integers(1, 12)).flatmap(lambda m: arrays(np.float32, m, elements=few_values)))
def test_indices_and_values_are_those_of_a_stable_sort(scores):
    k = min(4, scores.shape[1])
    indices, values = top(scores, k)
    order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    np.testing.assert_array_equal(indices, order)
    np.testing.assert_array_equal(values, np.take_along_axis(scores, order, axis=1))
    assert (indices.dtype, values.dtype) == (np.int32, np.float32)


def test_no_best_are_asked_for_and_none_given():
    indices, values = top(np.ones((3, 5), np.float32), 0)
    assert indices.shape == values.shape == (3, 0)


@pytest.mark.parametrize("allowed", [1, 3])
def test_the_best_do_not_depend_on_how_many_cores_there_are(monkeypatch, allowed):
    from nova_explore.map import cores

    scores = np.random.default_rng(0).normal(size=(200, 50)).astype(np.float32)
    expected = top(scores, 5)[0]
    monkeypatch.setattr(cores, "count", lambda: allowed)
    np.testing.assert_array_equal(top(scores, 5)[0], expected)
