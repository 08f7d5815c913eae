"""The chain from a library to a map: checked before it begins, watched while it runs, and computed once."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.toy_library import copy_of, text_items, toy_collection, toy_library
from fakes.toy_model import ToyModel

import nova_explore as nx
from nova_explore.collection import Collection
from nova_explore.embedding.embed import embed
from nova_explore.errors import LibraryError, SpaceMismatchError, TooFewItemsError
from nova_explore.exploration import chain
from nova_explore.exploration.chain import explore
from nova_explore.exploration.stored_maps import open_map
from nova_explore.library.store import open_library
from nova_explore.map.layout import principal_components

pytestmark = pytest.mark.slow


class Watching:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.first, self.stages, self.pictures = None, [], []

    def opened(self, exploration) -> None:
        self.first = exploration

    def working(self, on) -> None:
        self.stages.append(on)

    def moved(self, xy) -> None:
        self.pictures.append(xy.copy())


@pytest.fixture
def library(own_toy_160):
    return own_toy_160


def test_the_first_picture_is_of_the_principal_components_and_says_that_it_is(library):
    watching = Watching()
    done = nx.explore(library, watch=watching, progress=False)
    first = watching.first
    assert first is not None
    np.testing.assert_allclose(first.layout.xy, principal_components(done.vectors, 5)[:, :2], atol=1e-5)
    assert first.collection.ids == done.collection.ids
    assert first.headline == "160 items · not clustered yet"
    assert first.layout.sentence.startswith("The map is not drawn yet")
    assert watching.stages == ["finding neighbours", "drawing the map", "finding the clusters", "naming the clusters"]
    assert len(watching.pictures) >= 10
    assert all(picture.shape == (160, 2) for picture in watching.pictures)


def test_watched_or_not_the_map_is_the_same(library, toy_160, tmp_path):
    watched = nx.explore(library, watch=Watching(), progress=False)
    alone = nx.explore(copy_of(toy_160, tmp_path / "b.nova"), progress=False)
    np.testing.assert_array_equal(watched.layout.xy, alone.layout.xy)
    np.testing.assert_array_equal(watched.clustering.labels, alone.clustering.labels)
    assert {name.name for name in watched.names.values()} == {name.name for name in alone.names.values()}


def test_a_map_that_the_library_has_is_not_watched(library):
    nx.explore(library, progress=False)
    watching = Watching()
    nx.explore(library, watch=watching, progress=False)
    assert (watching.first, watching.stages) == (None, [])


def test_what_maps_of_the_same_items_share_is_computed_once(library, toy_160, tmp_path, monkeypatch):
    nx.explore(library, progress=False)
    fresh = copy_of(toy_160, tmp_path / "fresh.nova")

    def forbid(*names):
        for name in names:
            monkeypatch.setattr(chain, name, lambda *_, name=name, **__: pytest.fail(f"{name} again"))

    with monkeypatch.context() as monkeypatch:  # noqa: PLR1704 (the one of the block alone)
        forbid("compared_vectors", "cluster")
        other = nx.explore(library, min_dist=0.5, progress=False)
        forbid("lay_out")
        finer = nx.explore(library, min_cluster_size=4, min_dist=0.5, progress=False)
    for one in (other, finer):
        size = None if one is other else 4
        alone = nx.explore(fresh, min_dist=0.5, min_cluster_size=size, progress=False)
        np.testing.assert_array_equal(one.layout.xy, alone.layout.xy)
        np.testing.assert_array_equal(one.clustering.labels, alone.clustering.labels)
        np.testing.assert_array_equal(one.neighbors.indices, alone.neighbors.indices)
        assert one.key == alone.key


@pytest.mark.parametrize("changed", [{"k": 8}, {"seed": 1}, {"seed": None}])
def test_other_neighbours_and_other_seeds_share_nothing(library, monkeypatch, changed):
    nx.explore(library, progress=False)
    called = []
    monkeypatch.setattr(chain, "lay_out", lambda *a, real=chain.lay_out, **b: called.append("layout") or real(*a, **b))
    monkeypatch.setattr(
        chain, "cluster", lambda *a, real=chain.cluster, **b: called.append("clusters") or real(*a, **b)
    )
    nx.explore(open_library(library.path), progress=False, **changed)
    assert called == ["layout", "clusters"]


def test_other_parameters_and_other_items_give_another_map(exploration, tmp_path):
    assert explore(exploration.library, min_cluster_size=10).key != exploration.key
    grown = toy_library(tmp_path / "a.nova", per_topic=10)
    before = explore(grown)
    embed(Collection(text_items([("birds", "an owl more")])), to=grown.path, model=ToyModel(), progress=False)
    after = explore(grown)
    assert (len(before), len(after)) == (40, 41)
    assert before.key != after.key


def test_what_failed_is_listed_with_what_could_not_be_read(tmp_path):
    items = [*toy_collection(10), *text_items([("x", "poison pill")])]
    library = embed(Collection(items), to=tmp_path / "a.nova", model=ToyModel(), progress=False)
    exploration = explore(library)
    assert len(exploration) == 40
    assert [u.reason for u in exploration.collection.unread] == ["The toy model refuses poison."]


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


def test_a_library_without_vectors_and_one_whose_items_are_gone_say_what_to_do(tmp_path):
    with pytest.raises(LibraryError, match="holds no vectors"):
        explore(open_library(tmp_path / "empty.nova", create=True))
    one = embed(Collection(text_items([("x", "an owl")])), to=tmp_path / "one.nova", model=ToyModel(), progress=False)
    one.forget(one.collection().ids)
    with pytest.raises(TooFewItemsError, match=r"at least 1 item with a vector, .* has none"):
        explore(one)


@pytest.fixture(scope="module")
def one_item(tmp_path_factory):
    path, model = tmp_path_factory.mktemp("one") / "one.nova", ToyModel()
    return explore(Collection(text_items([("x", "an owl in a wood")])), to=path, model=model, progress=False)


@pytest.mark.filterwarnings("error")
def test_one_item_is_a_map_that_is_kept_and_has_no_neighbours_and_no_clusters(one_item):
    again = explore(one_item.library, model=ToyModel(), progress=False)
    for exploration in (one_item, again, open_map(one_item.library), one_item.redraw(min_dist=0.5)):
        assert exploration.layout.xy.tolist() == [[0, 0]]
        assert exploration.layout.preservation.tolist() == [1]
        assert exploration.neighbors.indices.shape == exploration.neighbors.similarities.shape == (1, 0)
        assert exploration.clustering.labels.tolist() == [-1]
    assert (again.key, again.created) == (one_item.key, one_item.created)
    assert one_item.headline == "1 item · 0 clusters · unclustered 100%"
    assert one_item.layout.sentence == "There is one item, so there is nothing to be near to."
    assert one_item.caveats == ()


@pytest.mark.filterwarnings("error")
def test_what_is_asked_about_one_item_is_empty_or_says_why(one_item):
    [id] = one_item.collection.ids
    assert len(one_item.nearest(id)) == 0
    assert one_item.neighborhood(id).sentence == "It has no neighbours."
    assert len(one_item.search_like(id)) == 0
    assert one_item.search("owl").ids == (id,)
    assert one_item.duplicates().sentence.startswith("No two items are nearly the same")
    assert one_item.frame["preservation"].tolist() == [1]
    assert one_item.clusters["size"].tolist() == [1]
    with pytest.raises(TooFewItemsError, match=r"^1 item is too few for clusters. Needed: 10 or more."):
        one_item.recluster(min_cluster_size=2)
    with pytest.raises(TooFewItemsError, match="A matrix needs 2 items and got 1"):
        one_item.similarity([id])


def test_what_is_added_to_a_map_of_one_item_is_embedded_and_a_new_map_has_it(tmp_path):
    first = explore(
        Collection(text_items([("x", "an owl")])), to=tmp_path / "one.nova", model=ToyModel(), progress=False
    )
    assert first.add(progress=False) is first
    with pytest.raises(TooFewItemsError, match=r"2 are new. They are embedded. Draw a new map of all"):
        first.add(Collection(text_items([("x", "a train"), ("x", "an owl at night")])), progress=False)
    assert len(explore(first.library, model=ToyModel(), progress=False)) == 3


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


def look(library, **wanted):
    return explore(library, model=ToyModel(), progress=False, **wanted)


def test_every_cluster_has_the_share_that_its_name_is_true_of(library):
    clusters = look(library).clusters
    assert clusters["score"].iloc[:-1].between(0, 1).all()
    assert clusters["score"].isna().iloc[-1]


def test_a_persons_words_name_the_clusters_and_are_kept_with_the_map(library):
    plain = look(library)
    word = plain.names[0].alternates[0].name
    own = look(library, vocabulary=[word])
    assert own.key != plain.key
    assert own.names[0].name.split(", ")[0] == word
    again = look(library, vocabulary=[word])
    assert again.key == own.key
    assert dict(again.names) == dict(own.names)
    assert open_map(library.path, own.key).names == own.names


def test_a_persons_stop_words_are_in_no_name_of_any_size_of_clusters(library):
    plain = look(library)
    stopped = plain.names[0].keywords[0][0].split()[0]
    own = look(library, stop_words=[stopped])
    finer = own.recluster(min_cluster_size=4)
    for exploration in (own, finer, open_map(library.path, own.key).recluster(min_cluster_size=4)):
        for name in exploration.names.values():
            assert stopped not in name.name.replace(",", " ").split()
            assert stopped not in {part for word, _ in name.keywords for part in word.split()}


def test_one_string_is_refused_before_anything_is_computed(library):
    with pytest.raises(ValueError, match="Pass a list of words"):
        look(library, vocabulary="owl")
