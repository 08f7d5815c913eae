"""The bundle stays aligned, comes back the same, and answers queries only in its own space."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from fakes.toy_library import text_items, toy_collection, toy_library
from fakes.toy_model import ToyModel, topic_texts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nova_explore.collection import Collection, Modality, number_copies
from nova_explore.embedding.embed import embed
from nova_explore.errors import LibraryError, SpaceMismatchError, TooFewItemsError, UnknownNameError
from nova_explore.exploration.chain import explore
from nova_explore.library.store import open_library
from nova_explore.models.model import Capabilities
from nova_explore.models.registry import register


def test_topics_become_groups_named_by_their_words(exploration):
    purity = exploration.frame.groupby("cluster")["topic"].agg(lambda topics: topics.value_counts(normalize=True).max())
    assert exploration.clustering.count == 4
    assert purity.min() > 0.95
    topics = exploration.frame.drop_duplicates("cluster").set_index("cluster")["topic"]
    words = {"birds": "owl robin feather wing nest beak sparrow heron"}
    cluster = int(topics[topics == "birds"].index[0])
    assert set(exploration.names[cluster].name.replace(",", "").split()) <= set(words["birds"].split())


def test_every_row_belongs_to_its_own_item(exploration):
    model = ToyModel()
    frame = exploration.frame
    assert tuple(frame.index) == exploration.collection.ids
    for place, item in enumerate(exploration.collection):
        assert frame["topic"].iloc[place] == item.metadata["topic"]
        assert item.metadata["topic"] in item.text
        np.testing.assert_array_equal(exploration.vectors[place], model.embed_batch([item])[0])
        nearest = exploration.neighbors.indices[place, 0]
        similarity = exploration.vectors[place] @ exploration.vectors[nearest]
        assert similarity == pytest.approx(exploration.neighbors.similarities[place, 0], abs=1e-5)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 159), max_size=30, unique=True))
def test_a_selection_returns_the_rows_of_its_ids_in_its_order(exploration, places):
    ids = [exploration.collection.ids[place] for place in places]
    exploration.select(ids, "some")
    assert tuple(exploration.selected.index) == exploration.selection.ids == tuple(ids)
    assert list(exploration.selected["title"]) == [exploration.collection[id].title for id in ids]


def test_a_wrong_id_leaves_the_selection_as_it_was(exploration):
    exploration.select(exploration.collection.ids[:2])
    with pytest.raises(UnknownNameError):
        exploration.select(["nonsense"])
    assert exploration.selection.ids == exploration.collection.ids[:2]


def test_a_map_opened_again_is_the_same_map(exploration):
    again = explore(open_library(exploration.library.path))
    assert again.created == exploration.created
    np.testing.assert_array_equal(again.layout.xy, exploration.layout.xy)
    np.testing.assert_array_equal(again.layout.preservation, exploration.layout.preservation)
    np.testing.assert_array_equal(again.clustering.labels, exploration.clustering.labels)
    np.testing.assert_array_equal(again.neighbors.indices, exploration.neighbors.indices)
    np.testing.assert_array_equal(again.neighbors.similarities, exploration.neighbors.similarities)
    assert again.names == exploration.names
    assert again.clustering.parameters == exploration.clustering.parameters


def test_another_group_size_keeps_the_map_and_the_names_of_groups_that_stay(exploration, monkeypatch):
    same = exploration.recluster(min_cluster_size=exploration.clustering.parameters["min_cluster_size"])
    np.testing.assert_array_equal(same.clustering.labels, exploration.clustering.labels)
    named = replace(exploration.names[1], name="named by a person", source="person")
    monkeypatch.setitem(exploration.names, 1, named)
    finer = exploration.recluster(min_cluster_size=3)
    np.testing.assert_array_equal(finer.layout.xy, exploration.layout.xy)
    assert finer.collection is exploration.collection
    assert finer.clustering.parameters["min_cluster_size"] == 3
    again = exploration.recluster(min_cluster_size=exploration.clustering.parameters["min_cluster_size"])
    assert (again.names[1].name, again.names[1].source) == ("named by a person", "person")
    assert again.names[1].size == len(again.clustering.members(1))


def test_a_map_opened_again_can_still_be_cut_otherwise(exploration):
    opened = explore(open_library(exploration.library.path))
    for size in (3, 10, 30):
        np.testing.assert_array_equal(
            opened.recluster(min_cluster_size=size).clustering.labels,
            exploration.recluster(min_cluster_size=size).clustering.labels,
        )
    np.testing.assert_array_equal(opened.sweep().counts, exploration.sweep().counts)


def test_too_few_items_for_groups_say_so(tmp_path):
    few = explore(toy_library(tmp_path / "few.nova", per_topic=1))
    with pytest.raises(TooFewItemsError, match=r"4 items are too few for clusters. Needed: 10 or more."):
        few.sweep()


def test_other_parameters_and_other_items_give_another_map(exploration, tmp_path):
    assert explore(exploration.library, min_cluster_size=10).key != exploration.key
    grown = toy_library(tmp_path / "a.nova", per_topic=10)
    before = explore(grown)
    embed(Collection(text_items([("birds", "an owl more")])), to=grown.path, model=ToyModel(), progress=False)
    after = explore(grown)
    assert (len(before), len(after)) == (40, 41)
    assert before.key != after.key


def test_search_finds_the_texts_with_the_words(exploration):
    ranking = exploration.search("owl nest", k=10)
    assert all("owl" in exploration.collection[id].text for id in ranking.ids[:5])
    assert (np.diff(ranking.scores) <= 0).all()
    assert ranking.note is None


def test_a_sound_in_which_someone_speaks_is_found_by_what_is_said(tmp_path):
    class Listens(ToyModel):
        """Gives every sound the same vector: it cannot tell one from another."""

        def __init__(self):
            super().__init__()
            kinds = frozenset({Modality.TEXT, Modality.AUDIO})
            self.capabilities = Capabilities(kinds, 8, kinds)

        def _embed(self, item):
            heard = "noise" if item.modality is Modality.AUDIO else item.text
            return super()._embed(replace(item, modality=Modality.TEXT, text=heard))

    sounds = [
        replace(item, modality=Modality.AUDIO, uri=f"/s/{n}.ogg", text=words)
        for n, (item, words) in enumerate(
            zip(text_items(topic_texts(4)), ["the owl has flown", "", "a ferry leaves", *[None] * 13], strict=True)
        )
    ]
    library = embed(Collection(number_copies(sounds)), to=tmp_path / "a.nova", model=Listens(), progress=False)
    ranking = explore(library, model=Listens()).search("ferry", k=16)
    best = explore(library, model=Listens()).collection[ranking.ids[0]]
    assert best.text == "a ferry leaves"
    assert ranking.via[0] == "words"
    assert ranking.note == ("Found by the words that come with them or are spoken in them, not by content: 2 audio.")


def test_search_refuses_a_blank_query_and_an_unknown_modality(exploration):
    with pytest.raises(ValueError, match="blank"):
        exploration.search("  ")
    with pytest.raises(UnknownNameError, match="Did you mean 'image'"):
        exploration.search("owl", modalities=["imge"])


def test_the_nearest_are_the_neighbours_and_further_ones_go_on(exploration):
    id = exploration.collection.ids[5]
    short, long = exploration.nearest(id, k=5), exploration.nearest(id, k=40)
    assert long.ids[:5] == short.ids
    assert id not in long.ids
    np.testing.assert_array_equal(short.positions, exploration.neighbors.indices[5, :5])


def test_an_item_is_not_the_result_of_a_search_for_what_is_like_it(exploration):
    id = exploration.collection.ids[3]
    assert id not in exploration.search_like(id, k=50).ids


def test_what_failed_is_listed_with_what_could_not_be_read(tmp_path):
    items = [*toy_collection(10), *text_items([("x", "poison pill")])]
    library = embed(Collection(items), to=tmp_path / "a.nova", model=ToyModel(), progress=False)
    exploration = explore(library)
    assert len(exploration) == 40
    assert [u.reason for u in exploration.collection.unread] == ["The toy model refuses poison."]


def test_a_query_in_another_space_is_refused(exploration, monkeypatch):
    reopened = explore(exploration.library)
    register("toy", lambda: ToyModel(revision="2"))
    with pytest.raises(SpaceMismatchError, match=r"revision 2.*revision 1"):
        reopened.search("owl")


def test_two_spaces_in_one_library_need_a_choice(tmp_path):
    library = toy_library(tmp_path / "a.nova", per_topic=10)
    other = ToyModel(revision="2")
    other.name = "toy2"
    embed(toy_collection(10), to=library.path, model=other, new_space=True, progress=False)
    with pytest.raises(SpaceMismatchError, match="Say which"):
        explore(library)
    assert explore(library, model=other).space == other.space
    with pytest.raises(SpaceMismatchError, match="revision 3"):
        explore(library, model=ToyModel(revision="3"))


def test_a_library_without_vectors_and_a_collection_of_one_say_what_to_do(tmp_path):
    with pytest.raises(LibraryError, match="holds no vectors"):
        explore(open_library(tmp_path / "empty.nova", create=True))
    one = embed(Collection(text_items([("x", "an owl")])), to=tmp_path / "one.nova", model=ToyModel(), progress=False)
    with pytest.raises(TooFewItemsError, match="at least 2 items"):
        explore(one)


def test_provenance_is_plain_json_and_names_space_seed_and_versions(exploration):
    said = json.loads(json.dumps(exploration.provenance))
    assert said["space"]["model"] == "toy-words"
    assert said["layout"]["seed"] == 0
    assert said["versions"]["umap-learn"]
    assert said["runs"][0]["embedded"] == 160


def test_the_cluster_table_counts_every_item_once(exploration):
    clusters = exploration.clusters
    assert clusters["size"].sum() == len(exploration)
    assert clusters["share"].sum() == pytest.approx(1)
    for cluster, row in clusters.iterrows():
        assert all(exploration.frame.loc[id, "cluster"] == cluster for id in row["medoids"])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"k": 0}, "k=0 is not possible. Pass 1 or more."),
        ({"k": -2}, "k=-2 is not possible. Pass 1 or more."),
        ({"min_cluster_size": 0}, "min_cluster_size=0 is not possible. Pass 2 or more."),
        ({"min_cluster_size": 1}, "min_cluster_size=1 is not possible. Pass 2 or more."),
        ({"min_dist": 1.5}, "min_dist=1.5 is not possible. Pass 0 to 1."),
        ({"min_dist": float("nan")}, "min_dist=nan is not possible. Pass 0 to 1."),
    ],
)
def test_parameters_out_of_range_are_refused_before_anything_is_embedded(tmp_path, wrong, said):
    with pytest.raises(ValueError, match=said):
        explore(toy_collection(), to=tmp_path / "a.nova", model=ToyModel(), progress=False, **wrong)
    assert not (tmp_path / "a.nova").exists()


def test_a_search_for_no_results_gives_none(exploration):
    assert len(exploration.search("owl", k=0)) == 0
