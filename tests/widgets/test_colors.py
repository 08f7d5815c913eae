"""Colours stay with the items of a cluster when the clusters change."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.stand_in import StandIn

from nova_explore.exploration.coloring import MEASURED
from nova_explore.widgets.colors import Colors


@pytest.mark.slow
def test_a_cluster_keeps_the_colour_of_most_of_its_items():
    exploration = StandIn()
    before, coarser = Colors(exploration), exploration.recluster(min_cluster_size=20)
    after = before.kept_for(coarser)
    was, now = before.by("cluster"), after.by("cluster")
    for cluster in range(coarser.clustering.count):
        members = coarser.clustering.labels == cluster
        mostly = np.bincount(exploration.clustering.labels[members]).argmax()
        assert now.colors[cluster] == was.colors[mostly]
    again = after.kept_for(exploration).by("cluster")
    kept = [again.colors[c] == was.colors[c] for c in range(coarser.clustering.count)]
    assert all(kept)


def test_only_what_takes_long_is_needed_before_and_only_once():
    colors = Colors(StandIn())
    assert colors.needed_for("modality") is None
    column = next(iter(MEASURED))
    needed = colors.needed_for(column)
    assert needed is not None
    needed()
    assert colors.needed_for(column) is None
