"""Vectors of queries are kept by key; a key that is not there is not made up."""

from __future__ import annotations

import numpy as np

from nova_explore.library.store import open_library


def test_vectors_come_back_by_key(own_toy_160):
    space = next(iter(own_toy_160.spaces().values()))
    vectors = {name: np.full(space.dimension, number, np.float32) for number, name in enumerate("ab")}
    assert own_toy_160.queries.read(space, ["a"]) == {}
    with own_toy_160.writing():
        own_toy_160.queries.save(space, vectors)
        own_toy_160.queries.save(space, {"b": vectors["b"] + 1})
    found = open_library(own_toy_160.path).queries.read(space, ["a", "b", "c"])
    assert sorted(found) == ["a", "b"]
    np.testing.assert_array_equal(found["b"], vectors["b"] + 1)
