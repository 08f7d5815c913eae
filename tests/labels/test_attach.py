"""Which cluster carries which label."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nova_explore.labels.attach import attach


def test_a_cluster_carries_a_label_from_half_of_their_items_on():
    clusters = np.array([0, 0, 1, 1, 1, 1], np.int32)
    assert attach(np.array([5, -1, -1, -1, -1, -1], np.int32), {5: "half"}, clusters) == {0: "half"}
    assert attach(np.array([-1, -1, 5, -1, -1, -1], np.int32), {5: "a quarter"}, clusters) == {}


def test_every_part_of_a_merged_label_is_found_again_by_itself():
    clusters = np.array([0, 0, 1, 1, 2, 2], np.int32)
    assert attach(np.array([1, 1, 2, 2, -1, -1], np.int32), {1: "both", 2: "both"}, clusters) == {0: "both", 1: "both"}


def test_a_merged_label_is_found_in_one_larger_cluster():
    assert attach(np.array([1, 1, 2, 2, -1], np.int32), {1: "both", 2: "both"}, np.zeros(5, np.int32)) == {0: "both"}


@given(st.lists(st.tuples(st.integers(-1, 4), st.integers(-1, 3)), max_size=30))
def test_it_agrees_with_sets_of_items(pairs):
    parts = np.array([p for p, _ in pairs], np.int32)
    clusters = np.array([c for _, c in pairs], np.int32)
    names = {part: f"label {part // 2}" for part in range(5)}
    carried = attach(parts, names, clusters)

    def members(values, wanted):
        return {position for position, value in enumerate(values.tolist()) if value in wanted}

    sets = [{p for p, name in names.items() if name == label} for label in set(names.values())]
    sets += [{part} for part in names]
    for cluster in range(4):
        inside = members(clusters, {cluster})
        fits = {
            names[min(wanted)]
            for wanted in sets
            if (of := members(parts, wanted)) and inside and len(of & inside) >= 0.5 * len(of | inside)
        }
        assert (carried.get(cluster) in fits) if fits else cluster not in carried
