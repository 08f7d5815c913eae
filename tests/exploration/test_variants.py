"""Other maps of the same items: other clusters, larger ones, another drawing; nothing is fitted again."""

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
def exploration(nested) -> Exploration:
    """Three topics are a cluster each, the fourth is three."""
    return explore(nested, model=ToyModel(), min_cluster_size=5, progress=False)


def test_stability_comes_with_a_small_map_and_joins_the_table_of_clusters(exploration):
    assert exploration.knows("stability")
    measured = exploration.stability
    assert exploration.stability is measured
    table = exploration.clusters
    np.testing.assert_array_equal(table["stability"].iloc[:-1], measured.jaccard)
    assert table.index[-1] == -1
    assert np.isnan(table["stability"].iloc[-1])
    np.testing.assert_array_equal(
        measured.jaccard, cluster_stability(exploration, repetitions=20, progress=False).jaccard
    )


def test_clusters_that_are_there_come_back(exploration):
    assert exploration.clusters["size"].iloc[:-1].tolist() == [40, 40, 40, 13, 13, 13]
    assert exploration.stability.firm.all()


@pytest.mark.slow
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
        assert name.size in (39, 40)
    boats = next(name.name for cluster, name in larger.names.items() if (parents == cluster).sum() > 1)
    assert set(boats.replace(",", "").split()) <= set(TOPICS["boats"].split())


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


@pytest.mark.slow
def test_items_that_were_added_are_in_larger_clusters_and_leave_the_stability_as_it_was(own_toy_160):
    before = explore(own_toy_160, min_cluster_size=5, progress=False)
    items = [replace(item, uri=f"/later.csv#{item.name}") for item in text_items(topic_texts(3, seed=5))]
    after = before.add(Collection(items), progress=False)
    np.testing.assert_array_equal(after.stability.jaccard, before.stability.jaccard)
    assert len(after.column("larger_cluster")) == len(before) + 12
    assert list(after.column("larger_cluster"))[: len(before)] == list(before.column("larger_cluster"))
    assert {name.name for name in after.coarser.names.values()} == {name.name for name in before.coarser.names.values()}


@pytest.mark.slow
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


@pytest.mark.slow
def test_fewer_neighbours_draw_the_map_that_a_search_for_as_many_gives(own_toy_160):
    exploration = explore(own_toy_160, progress=False)
    fewer = exploration.redraw(k=6, min_dist=0.3)
    alone = explore(own_toy_160, k=6, min_dist=0.3, progress=False)
    np.testing.assert_array_equal(fewer.layout.xy, alone.layout.xy)
    np.testing.assert_array_equal(fewer.layout.preservation, alone.layout.preservation)
    assert fewer.neighbors is exploration.neighbors
    np.testing.assert_array_equal(fewer.clustering.labels, exploration.clustering.labels)
    with pytest.raises(ValueError, match=r"k=16 is not possible. Pass 1 to 15"):
        exploration.redraw(k=16)
    with pytest.raises(ValueError, match=r"min_dist=2 is not possible. Pass 0 to 1."):
        exploration.redraw(min_dist=2)


def test_a_map_of_too_few_items_has_no_tree_to_cut(tmp_path):
    few = explore(toy_library(tmp_path / "few.nova", per_topic=1), progress=False)
    with pytest.raises(TooFewItemsError, match=r"4 items are too few for clusters\. Needed: 10 or more\."):
        few.recluster(min_cluster_size=2)


def test_a_drawing_on_its_way_is_turned_as_the_map_is(exploration):
    seen = []
    other = exploration.redraw(min_dist=0.6, show=lambda xy: seen.append(xy.copy()))
    assert len(seen) > 3
    # Turned as it is seen: the last picture and the map put their points on the same sides.
    for axis in (0, 1):
        assert np.corrcoef(seen[-1][:, axis], exploration.layout.xy[:, axis])[0, 1] > 0
    assert other.clustering is exploration.clustering
