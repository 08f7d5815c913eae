"""The private names of hdbscan that are called here are there: its version is capped below the next minor one."""

from __future__ import annotations

import importlib

import numpy as np
import pytest


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("hdbscan.hdbscan_", "condense_tree"),
        ("hdbscan.hdbscan_", "compute_stability"),
        ("hdbscan.hdbscan_", "get_clusters"),
        ("hdbscan._hdbscan_linkage", "label"),
    ],
)
def test_a_private_name_of_hdbscan_is_there(module, name):
    assert hasattr(importlib.import_module(module), name), f"{module}.{name} is gone: hdbscan changed inside"


def test_they_still_make_clusters_of_a_tree():
    from hdbscan._hdbscan_linkage import label
    from hdbscan.hdbscan_ import compute_stability, condense_tree, get_clusters

    # Two groups of three on a line, 1 apart within, 9 between.
    edges = np.array([[0, 1, 1], [1, 2, 1], [3, 4, 1], [4, 5, 1], [2, 3, 9]], np.float64)
    condensed = condense_tree(label(edges), 3)
    labels, strengths, _ = get_clusters(condensed, compute_stability(condensed))
    assert sorted(np.bincount(labels)) == [3, 3], "condense_tree, compute_stability or get_clusters changed"
    np.testing.assert_allclose(strengths, 1)
