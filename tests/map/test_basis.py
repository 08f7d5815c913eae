"""What drawings and clusterings of the same vectors share is computed once, and of the vectors that were compared."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.planted import planted

from nova_explore.map import basis
from nova_explore.map.basis import COMPONENTS, MapBasis
from nova_explore.map.layout import principal_components, weigh
from nova_explore.map.modality_gap import ModalityGap, close_gap
from nova_explore.map.neighbors import find_neighbors

VECTORS, _ = planted(groups=3, size=20)
MODALITIES = ["text", "image"] * 30
OPEN, CLOSED = ModalityGap(0.2, 0.9, True, 0.4), ModalityGap(0.9, 0.9, False, 0.9)


@pytest.fixture
def neighbors():
    return find_neighbors(VECTORS, k=5)


def test_without_a_gap_the_vectors_themselves_are_compared(neighbors):
    assert MapBasis(VECTORS, MODALITIES, neighbors, CLOSED).compared is VECTORS


def test_with_a_gap_each_modality_is_compared_without_its_mean(neighbors):
    compared = MapBasis(VECTORS, MODALITIES, neighbors, OPEN).compared
    np.testing.assert_array_equal(compared, close_gap(VECTORS, MODALITIES))
    first = MapBasis(VECTORS, MODALITIES, neighbors, OPEN, made_of=40).compared
    np.testing.assert_array_equal(first, close_gap(VECTORS, MODALITIES, made_of=40))
    assert not np.array_equal(first, compared)


def test_vectors_that_are_at_hand_are_not_computed_again(neighbors, monkeypatch):
    monkeypatch.setattr(basis, "close_gap", lambda *_, **__: pytest.fail("computed again"))
    assert MapBasis(VECTORS, MODALITIES, neighbors, OPEN, compared=VECTORS).compared is VECTORS


def test_graph_and_components_are_of_what_was_compared_and_made_once(neighbors):
    shared = MapBasis(VECTORS, MODALITIES, neighbors, OPEN)
    np.testing.assert_array_equal(shared.components, principal_components(shared.compared, COMPONENTS))
    np.testing.assert_array_equal(shared.graph.toarray(), weigh(neighbors).toarray())
    assert shared.graph is shared.graph
    assert shared.components is shared.components
