"""What drawings and clusterings share is computed once, from the vectors that were compared."""

from __future__ import annotations

import numpy as np
from fakes.planted import graph_of, planted

from nova_explore.map.basis import COMPONENTS, MapBasis
from nova_explore.map.layout import principal_components
from nova_explore.map.modality_gap import ModalityGap, close_gap
from nova_explore.map.neighbors import find_neighbors

TOGETHER, APART = ModalityGap(1, 1, False, 1), ModalityGap(1, 0.5, True, 0.5)


def test_graph_and_components_are_those_of_the_vectors_and_computed_once():
    vectors = planted()[0]
    basis = MapBasis(vectors, ["text"] * len(vectors), find_neighbors(vectors, k=15), TOGETHER)
    assert basis.compared is vectors
    assert abs(basis.graph - graph_of(vectors)).max() == 0
    np.testing.assert_array_equal(basis.components, principal_components(vectors, COMPONENTS))
    assert basis.graph is basis.graph
    assert basis.components is basis.components


def test_where_the_gap_was_closed_the_moved_vectors_are_compared():
    vectors = planted()[0]
    modalities = ["text", "image"] * (len(vectors) // 2)
    basis = MapBasis(vectors, modalities, find_neighbors(vectors, k=15), APART, made_of=100)
    np.testing.assert_array_equal(basis.compared, close_gap(vectors, modalities, made_of=100))
