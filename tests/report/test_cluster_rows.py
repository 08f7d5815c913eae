"""Rows of clusters count every item once, by modality too."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.stand_in import StandIn

from nova_explore.report.cluster_rows import WIDE, cluster_rows


def test_rows_count_every_item_once():
    exploration = StandIn()
    rows = cluster_rows(exploration, np.arange(len(exploration)))
    assert sum(row.facts["count"] for row in rows) == len(exploration)
    assert rows[-1].facts["name"] == "unclustered"
    for row in rows:
        assert sum(count for _, count, *_ in row.mix) == row.facts["count"]
        assert sum(width for *_, width in row.mix) == pytest.approx(WIDE, abs=0.3)


def test_medoids_that_are_not_shown_are_left_out():
    exploration = StandIn()
    members = np.flatnonzero(exploration.clustering.labels == 0)
    kept = members[: len(members) // 2]
    row = cluster_rows(exploration, kept)[0]
    assert set(row.medoids) <= {exploration.collection.ids[position] for position in kept}
    assert row.facts["count"] == len(kept)
