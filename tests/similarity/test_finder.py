"""A search by index finds what comparing with everything finds; what the index does not hold is found as well."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.items import text_item
from fakes.toy_library import toy_library
from fakes.toy_model import ToyModel

from nova_explore.collection import Collection, Modality, number_copies
from nova_explore.errors import UnknownNameError
from nova_explore.exploration.chain import explore
from nova_explore.library import store
from nova_explore.library.lance import Rows, Tables
from nova_explore.library.store import open_library
from nova_explore.similarity.finder import Finder

SPACE = ToyModel(dimension=32).space
KINDS = (Modality.TEXT, Modality.IMAGE)


def units(n: int, seed: int) -> np.ndarray:
    """Unit rows around twenty centres."""
    draw = np.random.default_rng(seed)
    rows = np.random.default_rng(99).normal(size=(20, 32))[draw.integers(0, 20, n)] + 0.7 * draw.normal(size=(n, 32))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def fill(library, n: int, seed: int = 0) -> Collection:
    """Add n items, texts and pictures in turns, with vectors."""
    items = number_copies(text_item(f"{seed}-{i}", "snowy_owl.png", modality=KINDS[i % 2]) for i in range(n))
    whole = library.add(Collection(items))
    library.add_vectors(SPACE, dict(zip((item.content_key for item in items), units(n, seed), strict=True)))
    return whole


def finder_of(library, *, indexed: bool) -> Finder:
    collection = library.collection()
    vectors, _ = library.vectors(SPACE, [item.content_key for item in collection])
    indexes = library.indexes(SPACE, collection) if indexed else {}
    return Finder(collection, vectors, model=lambda: ToyModel(dimension=32), indexes=indexes)


def ask(finder: Finder, query: np.ndarray, **how):
    return finder.like("a query", "text", query, **how)


@pytest.fixture
def library(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "INDEX_FROM", 100)
    library = open_library(tmp_path / "a.nova", create=True)
    fill(library, 2000)
    return library


@pytest.mark.slow
def test_an_index_finds_what_comparing_with_everything_finds(library):
    reports = library.build_index(SPACE, queries=units(40, seed=7), progress=False)
    assert {(report.modality, report.items) for report in reports} == {("text", 1000), ("image", 1000)}
    exact, indexed = finder_of(library, indexed=False), finder_of(library, indexed=True)
    same = [len(set(ask(exact, query, k=10).ids) & set(ask(indexed, query, k=10).ids)) for query in units(40, seed=8)]
    assert sum(same) / 400 >= 0.95


@pytest.mark.slow
def test_scores_percentiles_and_ranks_do_not_depend_on_the_index(library):
    library.build_index(SPACE, progress=False)
    for query in units(5, seed=8):
        exact, indexed = (ask(finder_of(library, indexed=how), query, k=500).to_frame() for how in (False, True))
        both = indexed.index.intersection(exact.index, sort=False)
        assert len(both) > 100
        np.testing.assert_allclose(indexed.loc[both, "score"], exact.loc[both, "score"], atol=1e-6)
        np.testing.assert_allclose(indexed.loc[both, "percentile"], exact.loc[both, "percentile"], atol=0.003)


@pytest.mark.slow
def test_with_an_index_only_the_kind_asked_for_is_found(library):
    library.build_index(SPACE, progress=False)
    finder = finder_of(library, indexed=True)
    found = ask(finder, units(1, seed=8)[0], k=30, modalities=["image"])
    assert {library.collection()[id].modality for id in found.ids} == {Modality.IMAGE}
    with pytest.raises(UnknownNameError, match="Did you mean 'image'"):
        ask(finder, units(1, seed=8)[0], k=3, modalities=["imge"])


@pytest.mark.slow
def test_what_came_after_the_index_is_found_first_where_it_is_the_nearest(library):
    library.build_index(SPACE, progress=False)
    later = fill(library, 50, seed=1)
    finder = finder_of(library, indexed=True)
    for place, vector in enumerate(units(50, seed=1)):
        assert later[2000 + place].id in ask(finder, vector, k=2, modalities=[KINDS[place % 2]]).ids


@pytest.mark.slow
def test_further_copies_of_the_same_content_are_found_beside_the_first(library):
    first = library.collection()[0]
    library.add(Collection([text_item(first.digest, "copy.txt")]))
    library.build_index(SPACE, progress=False)
    found = ask(finder_of(library, indexed=True), units(2000, seed=0)[0], k=2, modalities=["text"])
    assert set(found.ids) == {first.id, f"{first.id}~2"}


@pytest.mark.slow
def test_an_item_is_left_out_of_what_is_like_it(library):
    library.build_index(SPACE, progress=False)
    found = ask(finder_of(library, indexed=True), units(2000, seed=0)[4], k=20, itself=4)
    assert len(found) == 20
    assert 4 not in found.positions


@pytest.mark.slow
def test_an_index_that_was_not_finished_is_not_used(library, monkeypatch):
    library.build_index(SPACE, progress=False)

    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(Tables, "index_vectors", stop)
    with pytest.raises(KeyboardInterrupt):
        library.build_index(SPACE, progress=False)
    assert "text" not in library.indexes(SPACE, library.collection())
    assert len(ask(finder_of(library, indexed=True), units(1, seed=8)[0], k=5)) == 5


@pytest.mark.slow
def test_pictures_that_go_by_their_words_are_not_found_by_what_the_index_holds_of_them(library):
    library.build_index(SPACE, progress=False)
    finder = finder_of(library, indexed=True)
    found = finder.by_text("owl", k=1200)
    kinds = np.array([str(library.collection()[id].modality) for id in found.ids])
    assert set(zip(kinds, found.via, strict=True)) == {("text", "words"), ("image", "words")}
    assert str(found.note).endswith("not by content: 1,000 image.")


def test_pictures_without_words_that_go_by_their_words_are_not_found_and_the_note_says_so():
    pictures = Collection(number_copies(text_item(f"{i}", modality=Modality.IMAGE) for i in range(4)))
    finder = Finder(pictures, units(4, seed=0), model=lambda: ToyModel(dimension=32), indexes={})
    found = finder.by_text("owl", k=3)
    assert len(found) == 0
    assert str(found.note).endswith("not by content: 4 image.")


@pytest.mark.slow
def test_an_exploration_makes_its_index_and_searches_with_it(own_toy_160, monkeypatch):
    monkeypatch.setattr(store, "INDEX_FROM", 100)
    exploration = explore(own_toy_160)
    before = exploration.search("owl nest", k=5)
    [report] = exploration.build_index(progress=False)
    assert (report.modality, report.items, report.queries) == ("text", 160, 256)
    asked = []
    nearest = Rows.nearest
    monkeypatch.setattr(Rows, "nearest", lambda *about, **how: asked.append(how) or nearest(*about, **how))
    assert exploration.search("owl nest", k=5).ids == before.ids
    assert len(asked) == 1


@pytest.fixture(scope="module")
def toys(tmp_path_factory):
    return explore(toy_library(tmp_path_factory.mktemp("toys") / "toy.nova", per_topic=20), model=ToyModel())


def topics(exploration, found) -> set[str]:
    return {str(exploration.collection[id].metadata["topic"]) for id in found.ids}


def test_several_items_are_asked_for_at_once_and_are_not_among_the_results(toys):
    birds = [item.id for item in toys.collection if item.metadata["topic"] == "birds"][:3]
    found = toys.search(like=birds, k=10)
    assert topics(toys, found) == {"birds"}
    assert not set(birds) & set(found.ids)


def test_words_and_an_item_find_what_is_like_both(toys):
    boat = next(item.id for item in toys.collection if item.metadata["topic"] == "boats")
    found = [toys.collection[id].metadata["topic"] for id in toys.search("owl nest", like=boat, k=30).ids]
    assert min(found.count("birds"), found.count("boats")) >= 8


def test_what_is_unlike_an_item_comes_later(toys):
    items = list(toys.collection)
    owl = next(item for item in items if "owl" in item.text.split())
    plain, away = toys.search("owl anchor", k=20), toys.search("owl anchor", unlike=[owl.id], k=20)
    assert sum(toys.collection[id].metadata["topic"] == "boats" for id in away.ids) > sum(
        toys.collection[id].metadata["topic"] == "boats" for id in plain.ids
    )


def test_searches_are_kept_by_name_and_can_be_shown_again(toys):
    found = toys.search("owl nest", k=3)
    assert toys.finder.again("owl nest") is found
    with pytest.raises(UnknownNameError, match="search"):
        toys.finder.again("never asked")


def test_a_query_that_asks_for_nothing_is_refused(toys):
    with pytest.raises(ValueError, match="asks for nothing"):
        toys.search()
    with pytest.raises(ValueError, match="asks for nothing"):
        toys.search(unlike=[toys.collection[0].id])
    with pytest.raises(ValueError, match="blank"):
        toys.search("  ")


def test_any_set_of_modalities_is_searched(library):
    finder = finder_of(library, indexed=False)
    assert {library.collection()[id].modality for id in finder.find("owl", modalities={"text"}, k=9).ids} == {"text"}
    assert len(finder.find("owl", modalities={"audio"}, k=9)) == 0
