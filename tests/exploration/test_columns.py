"""Every column has a value for every item, at its own place, and metadata gives way to names of ours."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.items import text_item

from nova_explore.clusters.cluster import Clustering
from nova_explore.clusters.names import ClusterName
from nova_explore.clusters.stability import Stability
from nova_explore.collection import Collection, number_copies
from nova_explore.errors import UnknownNameError
from nova_explore.exploration.columns import ALWAYS, UNCLUSTERED, cluster_table, column_names, name_of, show_clusters

NAMES = {0: ClusterName(0, "owls", "keywords", (("owl", 1.0), ("nest", 0.5)), ("a", "b"), 3)}
CLUSTERING = Clustering(np.array([0, 0, 0, -1], np.int32), np.ones(4, np.float32), {})


def test_the_cluster_table_counts_every_item_once(exploration):
    clusters = exploration.clusters
    assert clusters["size"].sum() == len(exploration)
    assert clusters["share"].sum() == pytest.approx(1)
    for cluster, row in clusters.iterrows():
        assert all(exploration.frame.loc[id, "cluster"] == cluster for id in row["medoids"])


@pytest.mark.parametrize("column", ALWAYS)
def test_a_column_is_the_same_alone_and_in_the_table(exploration, column):
    alone, together = list(exploration.column(column)), list(exploration.frame[column])
    assert len(alone) == len(exploration)
    for one, other in zip(alone, together, strict=True):
        assert one == other or (one is None and other is None) or (one != one and other != other)


def test_an_unknown_column_names_the_nearest(exploration):
    with pytest.raises(UnknownNameError, match="Did you mean 'topic'"):
        exploration.column("topik")


def test_metadata_of_a_name_that_is_taken_stays_under_another():
    metadata = {"cluster": 1, "metadata.cluster": 2, "added": 3, "trustworthiness": 4, "year": 5}
    names = column_names(Collection(number_copies([text_item("d", metadata=metadata)])))
    shown = {name: key for name, key in names.items() if key is not None}
    assert shown == {
        "metadata.cluster": "cluster", "metadata.metadata.cluster": "metadata.cluster", "metadata.added": "added",
        "metadata.trustworthiness": "trustworthiness", "year": "year",
    }  # fmt: skip
    assert "added" not in names, "of a map of one piece nothing was added"


def test_adding_items_renames_no_column():
    collection = Collection(number_copies([text_item("d", metadata={"added": 1})]))
    before, after = column_names(collection), column_names(collection, added=1)
    assert {name: key for name, key in after.items() if name != "added"} == before
    assert after["added"] is None


def test_an_item_of_no_cluster_is_called_unclustered():
    assert (name_of(0, NAMES), name_of(-1, NAMES)) == ("owls", UNCLUSTERED)


def test_the_table_of_clusters_worked_by_hand():
    table = cluster_table(CLUSTERING, NAMES, Stability(np.array([0.8]), np.zeros(1), 20, 0.5))
    assert list(table.index) == [0, -1]
    assert list(table["size"]) == [3, 1]
    assert list(table["share"]) == [0.75, 0.25]
    assert list(table["keywords"]) == ["owl, nest", ""]
    assert table["stability"].iloc[0] == 0.8
    assert np.isnan(table["stability"].iloc[1])


def test_a_notebook_shows_the_unclustered_last():
    shown = show_clusters("4 items", cluster_table(CLUSTERING, NAMES), notes=["a note"])
    assert shown.index("owls") < shown.index(UNCLUSTERED)
    assert "a note" in shown
