"""What an exploration tells of its clusters: which come back, and which larger ones they are parts of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fakes.toy_library import text_items, toy_library
from fakes.toy_model import TOPICS, ToyModel, topic_texts

from nova_explore.clusters.layers import COARSER
from nova_explore.collection import Collection
from nova_explore.embedding.embed import embed
from nova_explore.errors import TooFewItemsError, UnknownNameError
from nova_explore.exploration.bundle import Exploration
from nova_explore.exploration.chain import explore
from nova_explore.reviews.clusters import cluster_layers, cluster_stability


@pytest.fixture
def exploration(mapped_toy_160) -> Exploration:
    """Three topics are a cluster each, the fourth falls into several."""
    return explore(mapped_toy_160, model=ToyModel(), min_cluster_size=5)


def test_stability_joins_the_table_of_clusters_once_it_is_measured(exploration):
    assert "stability" not in exploration.clusters
    measured = exploration.stability
    assert exploration.stability is measured
    table = exploration.clusters
    np.testing.assert_array_equal(table["stability"].iloc[:-1], measured.jaccard)
    assert table.index[-1] == -1
    assert np.isnan(table["stability"].iloc[-1])
    np.testing.assert_array_equal(
        measured.jaccard, cluster_stability(exploration, repetitions=20, progress=False).jaccard
    )


def test_a_topic_that_is_one_group_comes_back_and_its_splinters_do_not(exploration):
    firm = exploration.clusters["size"].iloc[:-1] == 40
    assert firm.sum() == 3
    np.testing.assert_array_equal(exploration.stability.firm, firm)


def test_stability_is_of_the_groups_and_outlives_another_drawing_only(exploration):
    measured = exploration.stability
    assert exploration.redraw(min_dist=0.5).stability is measured
    other = exploration.recluster(min_cluster_size=12)
    assert not other.knows("stability")
    assert len(other.stability.jaccard) == other.clustering.count


def test_larger_clusters_are_the_next_coarser_layer(exploration):
    larger = exploration.coarser
    sizes = [COARSER * 5, 5]
    layers = cluster_layers(exploration, min_cluster_sizes=sizes)
    np.testing.assert_array_equal(larger.clustering.labels, layers.labels[0])
    assert larger.clustering.count == 4 < exploration.clustering.count
    assert exploration.coarser is larger
    assert larger.layout is exploration.layout


def test_a_larger_cluster_with_one_part_keeps_its_name_and_others_get_their_own(exploration):
    larger = exploration.coarser
    parents = cluster_layers(exploration, min_cluster_sizes=[COARSER * 5, 5]).parents[1]
    for cluster, name in larger.names.items():
        parts = [exploration.name_of(int(part)) for part in np.flatnonzero(parents == cluster)]
        assert (name.name in parts) == (len(parts) == 1)
        assert name.size == 40
    boats = next(name.name for cluster, name in larger.names.items() if (parents == cluster).sum() > 1)
    assert set(boats.split(", ")) <= set(TOPICS["boats"].split())


def test_the_column_of_larger_clusters_is_computed_when_it_is_asked_for(exploration):
    assert "larger_cluster" in exploration.columns
    assert "larger_cluster" not in exploration.frame
    assert not exploration.knows("coarser")
    found = exploration.column("larger_cluster")
    assert list(exploration.frame["larger_cluster"]) == found
    assert exploration.frame.groupby("larger_cluster")["topic"].nunique().max() == 1
    assert tuple(exploration.frame.index) == exploration.collection.ids


def test_no_larger_clusters_are_offered_where_there_would_not_be_two(exploration):
    few = exploration.recluster(min_cluster_size=20)
    assert few.clustering.count == 4
    assert not few.hierarchy.splits(80)
    assert "larger_cluster" not in few.columns
    with pytest.raises(UnknownNameError, match="larger_cluster"):
        few.column("larger_cluster")


def test_items_that_were_added_are_in_larger_clusters_and_leave_the_stability_as_it_was(own_toy_160):
    before = explore(own_toy_160, min_cluster_size=5, progress=False)
    items = [replace(item, uri=f"/later.csv#{item.name}") for item in text_items(topic_texts(3, seed=5))]
    after = before.add(Collection(items), progress=False)
    np.testing.assert_array_equal(after.stability.jaccard, before.stability.jaccard)
    assert len(after.column("larger_cluster")) == len(before) + 12
    assert list(after.column("larger_cluster"))[: len(before)] == list(before.column("larger_cluster"))
    assert {name.name for name in after.coarser.names.values()} == {name.name for name in before.coarser.names.values()}


def test_metadata_of_the_same_name_stays_apart(tmp_path):
    items = [replace(item, metadata={"larger_cluster": "theirs"}) for item in text_items(topic_texts(40))]
    library = embed(Collection(items), to=tmp_path / "a.nova", model=ToyModel(), progress=False)
    exploration = explore(library, model=ToyModel(), min_cluster_size=5)
    assert set(exploration.column("metadata.larger_cluster")) == {"theirs"}
    assert "theirs" not in exploration.column("larger_cluster")
    assert len(set(exploration.columns)) == len(exploration.columns)


def test_too_few_items_have_neither(tmp_path):
    few = explore(toy_library(tmp_path / "few.nova", per_topic=2), model=ToyModel(), progress=False)
    assert "larger_cluster" not in few.columns
    for name in ("stability", "coarser"):
        with pytest.raises(TooFewItemsError, match="too few for clusters"):
            getattr(few, name)
