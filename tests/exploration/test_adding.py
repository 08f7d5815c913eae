"""New items join a map that exists: nothing on it moves, and in which order they come changes nothing."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from fakes.added import NEW, assert_aligned, assert_unmoved, new_texts
from fakes.report_stand_in import data_in
from fakes.toy_library import text_items, toy_collection, toy_library
from fakes.toy_model import ToyModel, topic_texts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nova_explore.collection import Collection, Modality, number_copies
from nova_explore.embedding.embed import embed
from nova_explore.embedding.own_vectors import import_vectors
from nova_explore.errors import LibraryError, SpaceMismatchError, UnknownNameError
from nova_explore.exploration.bundle import Exploration
from nova_explore.exploration.chain import explore
from nova_explore.library.store import open_library
from nova_explore.map.neighbors import find_neighbors
from nova_explore.map.out_of_sample import draw_again
from nova_explore.models.model import Capabilities
from nova_explore.models.registry import register
from nova_explore.palette import FIXED, UNCLUSTERED_GREY
from nova_explore.report.page import render_report
from nova_explore.report.quality_figures import layers_figure, stability_figure, trust_figure
from nova_explore.reviews.clusters import cluster_layers, cluster_stability

MAPPED = 30
"""Texts a topic."""


@pytest.fixture(scope="module")
def before(tmp_path_factory) -> Exploration:
    """A map of 120 texts, in a library that has 32 more by now."""
    exploration = explore(toy_library(tmp_path_factory.mktemp("adding") / "toy.nova", per_topic=MAPPED))
    embed(Collection(new_texts()), to=exploration.library.path, model=ToyModel(), progress=False)
    return exploration


@pytest.fixture(scope="module")
def after(before) -> Exploration:
    return before.add(progress=False)


def assert_same_places(one: Exploration, other: Exploration) -> None:
    """The same items have the same places, clusters and neighbours, in whatever order they came."""
    assert set(one.collection.ids) == set(other.collection.ids)
    order = other.collection.positions(one.collection.ids)
    np.testing.assert_allclose(one.layout.xy, other.layout.xy[order], atol=1e-4)
    np.testing.assert_array_equal(one.clustering.labels, other.clustering.labels[order])
    np.testing.assert_allclose(one.clustering.strengths, other.clustering.strengths[order], atol=1e-5)
    np.testing.assert_allclose(one.layout.preservation, other.layout.preservation[order], atol=1e-6)
    np.testing.assert_allclose(one.neighbors.similarities, other.neighbors.similarities[order], atol=1e-5)
    assert one.names == other.names


def test_everything_new_in_the_library_is_placed_and_nothing_moves(before, after):
    assert len(after) == len(before) + 4 * NEW
    assert_unmoved(before, after)
    assert_aligned(after)
    topics = np.array([item.metadata["topic"] for item in after.collection])
    new = np.arange(len(before), len(after))
    mapped = {c: topics[: len(before)][before.clustering.labels == c] for c in range(before.clustering.count)}
    assert np.mean([topics[i] in mapped.get(int(after.clustering.labels[i]), ()) for i in new]) > 0.9


def test_neighbours_are_those_that_a_search_among_all_finds(after):
    anew = find_neighbors(after.compared, k=after.neighbors.k)
    np.testing.assert_allclose(after.neighbors.similarities, anew.similarities, atol=1e-5)
    assert (after.neighbors.indices == anew.indices).mean() > 0.99
    assert (after.neighbors.method, after.neighbors.recall) == ("exact", 1.0)
    assert (after.neighbors.indices != np.arange(len(after))[:, None]).all()


def test_sizes_are_of_all_items_and_the_rest_of_a_name_stays(before, after):
    for cluster, name in after.names.items():
        assert name.size == len(after.clustering.members(cluster))
    assert after.clusters["size"].sum() == len(after)
    assert sum(name.size for name in after.names.values()) > sum(name.size for name in before.names.values())


def test_what_was_added_is_told_apart_and_can_be_selected(before, after):
    assert after.added.ids == after.collection.ids[len(before) :]
    assert after.select(after.added, "new ones").ids == after.added.ids
    assert list(after.column("added")) == ["on the map"] * len(before) + ["added"] * 4 * NEW
    assert after.frame.groupby("added").size().to_dict() == {"added": 4 * NEW, "on the map": len(before)}
    assert after.headline.startswith(f"{len(after)} items, {4 * NEW} of them added · ")
    assert after.mapped.added.ids == ()


def test_where_nothing_was_added_nothing_says_so(before):
    assert before.added.ids == ()
    assert "added" not in before.columns
    assert "added" not in before.headline
    with pytest.raises(UnknownNameError, match="column"):
        before.column("added")


@pytest.mark.slow
def test_metadata_keeps_its_column_when_items_are_added(tmp_path):
    items = [replace(item, metadata={"added": 1999}) for item in text_items(topic_texts(10))]
    base = explore(embed(Collection(items), to=tmp_path / "a.nova", model=ToyModel(), progress=False))
    after = base.add(Collection(new_texts(1)), progress=False)
    assert list(base.column("metadata.added")) == [1999] * len(base)
    assert list(after.column("metadata.added")) == [1999] * len(base) + [None] * 4
    assert list(after.column("added"))[-5:] == ["on the map", *["added"] * 4]


def test_nothing_new_gives_the_same_exploration(before, after):
    assert after.add(progress=False) is after
    assert before.add(before.collection, progress=False) is before


@pytest.mark.slow
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(range(4 * NEW)), st.integers(1, 10), st.integers(1, 10))
def test_adding_twice_is_adding_once_and_company_changes_nothing(before, places, first, second):
    items = new_texts()
    a, b = ([items[place] for place in part] for part in (places[:first], places[first : first + second]))
    twice = before.add(Collection(a), progress=False).add(Collection(b), progress=False)
    once = before.add(Collection(number_copies([*b, *a])), progress=False)
    assert len(once) == len(before) + first + second
    for one in (twice, once):
        assert_unmoved(before, one)
        assert_aligned(one)
    assert_same_places(twice, once)
    alone = before.add(Collection(a[:1]), progress=False)
    place = twice.collection.position(alone.collection.ids[-1])
    np.testing.assert_allclose(alone.layout.xy[-1], twice.layout.xy[place], atol=1e-4)
    assert alone.clustering.labels[-1] == twice.clustering.labels[place]


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 40), st.integers(0, 12), st.integers(1, 6), st.integers(0, 2**16))
def test_extended_neighbours_are_the_neighbours_of_all(n, m, k, seed):
    from nova_explore.map.neighbors import extend_neighbors

    vectors = np.random.default_rng(seed).normal(size=(n + m, 5)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    known = find_neighbors(vectors[:n], k=min(k, n - 1))
    wide, anew = extend_neighbors(vectors, known), find_neighbors(vectors, k=known.k)
    np.testing.assert_allclose(wide.similarities, anew.similarities, atol=1e-6)
    untouched = (wide.indices[:n] < n).all(axis=1)
    np.testing.assert_array_equal(wide.similarities[:n][untouched], known.similarities[untouched])
    np.testing.assert_array_equal(wide.indices[:n][untouched], known.indices[untouched])


@pytest.mark.slow
def test_the_recall_of_an_approximate_search_is_measured_again(monkeypatch):
    from nova_explore.map import neighbors

    monkeypatch.setattr(neighbors, "EXACT_UP_TO", 100)
    vectors = np.random.default_rng(0).normal(size=(900, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    known = find_neighbors(vectors[:800], k=10)
    wide = neighbors.extend_neighbors(vectors, known)
    true = find_neighbors(vectors, k=10, exact=True).indices
    found = np.mean([len(np.intersect1d(*rows)) for rows in zip(true, wide.indices, strict=True)]) / 10
    assert wide.method == "nn-descent"
    assert wide.recall == pytest.approx(found, abs=0.02)


@pytest.mark.slow
def test_a_source_is_embedded_first_and_only_what_is_new(tmp_path):
    log = tmp_path / "calls.txt"
    model = ToyModel(log=log)
    base = explore(toy_library(tmp_path / "a.nova", per_topic=MAPPED, model=model), model=model)
    calls = len(log.read_text().splitlines())
    source = Collection(number_copies([*base.collection, *new_texts(2)]))
    after = base.add(source, progress=False)
    assert len(log.read_text().splitlines()) == calls + 8
    assert after.collection.ids[len(base) :] == tuple(item.id for item in new_texts(2))
    assert_unmoved(base, after)
    assert base.add(source, progress=False).created == after.created
    assert len(log.read_text().splitlines()) == calls + 8


@pytest.mark.slow
def test_of_a_source_only_its_own_items_are_added(before):
    assert len(before.add(Collection(new_texts()[:3]), progress=False)) == len(before) + 3


@pytest.mark.slow
def test_what_cannot_be_embedded_is_named_and_the_rest_is_added(tmp_path):
    base = explore(toy_library(tmp_path / "a.nova", per_topic=MAPPED))
    items = [*new_texts(1), *text_items([("x", "poison pill")])]
    after = base.add(Collection(items), progress=False)
    assert len(after) == len(base) + 4
    assert "The toy model refuses poison." in {u.reason for u in after.collection.unread}


@pytest.mark.slow
def test_a_copy_of_a_mapped_item_is_an_item_of_its_own(tmp_path):
    base = explore(toy_library(tmp_path / "a.nova", per_topic=MAPPED))
    copy = replace(base.collection[5], uri="/elsewhere.csv#row=1")
    after = base.add(Collection([copy]), progress=False)
    assert after.collection.ids[-1] == f"{base.collection.ids[5]}~2"
    assert after.neighbors.indices[-1, 0] == 5
    assert after.neighbors.indices[5, 0] == len(base)
    assert after.duplicates().labels[-1] == after.duplicates().labels[5] >= 0


def test_a_placed_map_comes_back_instead_of_being_computed_again(before, after, monkeypatch):
    monkeypatch.setattr("nova_explore.exploration.adding.place", lambda *_, **__: pytest.fail("placed again"))
    monkeypatch.setattr(
        "nova_explore.exploration.adding.extend_neighbors", lambda *_, **__: pytest.fail("compared again")
    )
    again = before.add(progress=False)
    assert (again.key, again.created) == (after.key, after.created)
    np.testing.assert_array_equal(again.layout.xy, after.layout.xy)
    np.testing.assert_array_equal(again.neighbors.indices, after.neighbors.indices)
    assert again.names == after.names


@pytest.mark.slow
def test_names_given_since_are_those_of_the_new_exploration(tmp_path):
    base = explore(toy_library(tmp_path / "a.nova", per_topic=MAPPED))
    base.add(Collection(new_texts(2)), progress=False)
    base.names[0] = replace(base.names[0], name="named by a person", source="person")
    after = base.add(Collection(new_texts(2)), progress=False)
    assert after.names[0].name == "named by a person"
    assert after.names[0].size == len(after.clustering.members(0))


def test_other_groups_are_a_cut_of_the_mapped_and_another_vote_of_the_placed(before, after):
    size = before.clustering.parameters["min_cluster_size"]
    same = after.recluster(min_cluster_size=size)
    assert_unmoved(before, same)
    np.testing.assert_array_equal(same.clustering.labels, after.clustering.labels)
    finer, mapped = after.recluster(min_cluster_size=3), before.recluster(min_cluster_size=3)
    np.testing.assert_array_equal(finer.layout.xy, after.layout.xy)
    np.testing.assert_array_equal(finer.clustering.labels[: len(before)], mapped.clustering.labels)
    assert_same_places(finer, mapped.add(progress=False))
    assert finer.add(progress=False) is finer
    assert after.sweep().counts.tolist() == before.sweep().counts.tolist()


def test_drawn_again_the_mapped_are_drawn_alone_and_the_placed_placed_on_that(before, after):
    other, mapped = after.redraw(min_dist=0.6), before.redraw(min_dist=0.6)
    np.testing.assert_array_equal(other.layout.xy[: len(before)], mapped.layout.xy)
    assert not np.array_equal(other.layout.xy, after.layout.xy)
    np.testing.assert_array_equal(other.clustering.labels, after.clustering.labels)
    assert_same_places(other, mapped.add(progress=False))


@pytest.mark.slow
def test_while_it_is_drawn_again_the_placed_follow_the_mapped(before, after):
    alone, followed = [], []
    before.redraw(min_dist=0.6, show=lambda xy: alone.append(xy.copy()))
    other = after.redraw(min_dist=0.6, show=followed.append)
    assert len(alone) == len(followed) > 10
    for mapped, everything in zip(alone, followed, strict=True):
        np.testing.assert_array_equal(everything[: len(before)], mapped)
        assert len(everything) == len(after)
    assert after.placed is not None
    # Each is turned as the map that is seen; in the last the placed are about where they stay.
    last = draw_again(after.placed, followed[-1][: len(before)])
    apart = np.linalg.norm(followed[-1][len(before) :] - last.xy, axis=1)
    assert np.median(apart) < 0.02 * np.ptp(followed[-1], axis=0).max()
    assert other.placed is not None
    np.testing.assert_array_equal(other.layout.xy, after.redraw(min_dist=0.6).layout.xy)


def test_without_the_added_items_an_exploration_is_the_one_before(before, after):
    alone = after.mapped
    assert_unmoved(alone, before)
    assert len(alone) == len(before)
    assert alone.key == before.key
    np.testing.assert_array_equal(alone.neighbors.indices, before.neighbors.indices)
    assert alone.names == before.names
    assert before.mapped is before


def test_caveats_and_provenance_say_what_was_placed_onto_what(before, after):
    assert after.placed is not None
    assert after.placed.sentence in after.caveats
    said = json.loads(json.dumps(after.provenance))
    assert said["placed"] == {"onto": before.key, "items": 4 * NEW, "k": before.neighbors.k}
    assert "placed" not in before.provenance
    assert said["map"] == after.key != before.key


@pytest.mark.slow
def test_everything_that_reads_an_exploration_reads_this_one(after):
    assert len(after.trust.trustworthiness) == len(after)
    assert len(after.column("outlier")) == len(after)
    stability = cluster_stability(after, repetitions=3, progress=False)
    stability_figure(stability, [after.name_of(c) for c in range(after.clustering.count)])
    layers = cluster_layers(after)
    layers_figure(layers, [[f"cluster {c}" for c in range(len(of))] for of in layers.parents])
    trust_figure(after)
    assert after.placed is not None
    page = render_report(after, title="after")
    assert after.placed.sentence in page
    added = data_in(page)["colorings"]["added"]
    assert "added" not in data_in(render_report(after.mapped, title="before"))["colorings"]
    colors = {entry["label"]: (entry["color"], entry["count"]) for entry in added["entries"]}
    assert colors["on the map"] == (UNCLUSTERED_GREY, len(after) - len(after.added))
    assert colors["added"] == (FIXED["added"]["added"], len(after.added))
    last = after.collection.ids[-1]
    assert after.select([last]).ids == (last,)
    assert after.nearest(last).ids[0] == after.collection.ids[after.neighbors.indices[-1, 0]]
    assert last in after.search(after.collection[last].text or "", k=5).ids


@pytest.mark.slow
def test_a_model_of_another_space_adds_nothing(tmp_path):
    base = explore(toy_library(tmp_path / "a.nova", per_topic=MAPPED))
    register("toy", lambda: ToyModel(revision="2"))
    with pytest.raises(SpaceMismatchError, match=r"new items in .*revision 2.*revision 1"):
        base.add(Collection(new_texts(1)), progress=False)
    assert len(open_library(base.library.path).collection()) == len(base)


@pytest.mark.slow
def test_vectors_of_another_space_in_the_same_library_are_not_on_offer(tmp_path):
    base = explore(toy_library(tmp_path / "a.nova", per_topic=MAPPED))
    other = ToyModel(revision="2")
    other.name = "toy2"
    embed(Collection(new_texts()), to=base.library.path, model=other, new_space=True, progress=False)
    assert base.add(progress=False) is base


@pytest.mark.slow
def test_imported_vectors_are_added_by_importing_more(tmp_path):
    items, later = list(toy_collection(MAPPED)), new_texts(2)
    vectors = {item.id: ToyModel().embed_batch([item])[0] for item in [*items, *later]}

    def bring(these):
        own = {item.id: vectors[item.id] for item in these}
        return import_vectors(Collection(these), own, to=tmp_path / "own.nova", model="mine", progress=False)

    base = explore(bring(items))
    with pytest.raises(SpaceMismatchError, match=r"import .* vectors .*call add\(\) without a source"):
        base.add(Collection(later), progress=False)
    bring(later)
    after = base.add(progress=False)
    assert len(after) == len(base) + 8
    assert_unmoved(base, after)


@pytest.mark.slow
def test_an_item_of_the_map_that_is_gone_is_named(tmp_path):
    base = explore(toy_library(tmp_path / "a.nova", per_topic=MAPPED))
    embed(Collection(new_texts(1)), to=base.library.path, model=ToyModel(), progress=False)
    gone = base.collection.ids[3]
    base.library._tables.delete("items", f"id = '{gone}'")
    with pytest.raises(LibraryError, match=rf"Not in the library any more: 1 of the map's 124 items \({gone}\)"):
        base.add(progress=False)


class TwoKinds(ToyModel):
    """Sounds lie far from texts whatever is heard in them; films lie elsewhere again."""

    def __init__(self):
        super().__init__()
        kinds = frozenset({Modality.TEXT, Modality.AUDIO, Modality.VIDEO})
        self.capabilities = Capabilities(kinds, 8, kinds)

    def _embed(self, item):
        vector = super()._embed(replace(item, modality=Modality.TEXT))
        away = {Modality.TEXT: 0, Modality.AUDIO: 3, Modality.VIDEO: -3}[item.modality]
        moved = vector + away * np.eye(1, self.space.dimension, dtype=np.float32)[0]
        return (moved / np.linalg.norm(moved)).astype(np.float32)


def of_kind(items, kind: Modality) -> list:
    return number_copies(replace(item, modality=kind, uri=f"{item.uri}.{kind}") for item in items)


@pytest.mark.slow
def test_the_means_taken_away_are_those_of_the_mapped_items(tmp_path):
    items, later = text_items(topic_texts(20)), new_texts(4)
    model = TwoKinds()
    half = [*items[::2], *of_kind(items[1::2], Modality.AUDIO)]
    base = explore(embed(Collection(half), to=tmp_path / "a.nova", model=model, progress=False), model=model)
    assert base.gap.corrected
    after = base.add(Collection([*later[::2], *of_kind(later[1::2], Modality.AUDIO)]), progress=False)
    assert_unmoved(base, after)
    n, kinds = len(base), after.collection.modalities
    for kind in ("text", "audio"):
        same = kinds[:n] == kind
        weight = same.sum() / (same.sum() + 5)
        new = np.flatnonzero(kinds == kind)[-1]
        moved = after.vectors[new] - weight * base.vectors[same].mean(axis=0)
        np.testing.assert_allclose(after.compared[new], moved / np.linalg.norm(moved), atol=1e-6)
    # Topics meet across kinds for new items as they do for mapped ones.
    topics = np.array([item.metadata["topic"] for item in after.collection])
    assert (topics[after.neighbors.indices[n:]] == topics[n:, None]).mean() > 0.9
    assert not any("No mean" in caveat for caveat in after.caveats)
    films = after.add(Collection(of_kind(later[:3], Modality.VIDEO)), progress=False)
    assert_unmoved(base, films)
    np.testing.assert_array_equal(films.compared[-3:], films.vectors[-3:])
    assert "No mean was taken away from new items of kinds that the map was not made of: 3 video." in films.caveats
