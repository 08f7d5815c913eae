"""What a pool is filled by: the spaces of a library, its search, words alone, and what other systems ranked."""

# pyright: reportAttributeAccessIssue=false, reportArgumentType=false
from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from fakes.toy_library import OtherToyModel, second_space, text_items
from fakes.toy_model import ToyModel

import nova_explore as nx
from nova_explore import reviews
from nova_explore.collection import Collection
from nova_explore.errors import OverBudgetError, SourceError, UnknownNameError
from nova_explore.library.aligned import embedded_items
from nova_explore.models import registry
from nova_explore.models.own import IMPORTED
from nova_explore.reviews.rankers import list_rankers, read_ranking
from nova_explore.space import Space


@pytest.fixture
def two_spaces(own_toy_160, monkeypatch):
    second_space(own_toy_160, monkeypatch)
    return nx.explore(own_toy_160, model="toy", progress=False)


def nearest(library, model, words, depth):
    """Ids of the nearest items, by a product of its own."""
    collection, vectors = embedded_items(library, model.space)
    scores = vectors @ model.embed_batch(text_items([("", words)]), role="query")[0]
    return [collection.ids[row] for row in np.argsort(-scores)[:depth]]


def test_a_library_ranks_by_its_spaces_its_search_and_words_alone(two_spaces):
    assert [(one.name, one.is_paid) for one in list_rankers(two_spaces)] == [
        ("toy 48", False), ("other 8", False), ("search", False), ("words", False),
    ]  # fmt: skip
    other = nx.explore(two_spaces.library, model="other", progress=False)
    assert [one.name for one in list_rankers(other)] == ["other 8", "toy 48", "search", "words"]


def test_every_space_finds_its_own_nearest_items(two_spaces):
    library, query = two_spaces.library, "owl nest"
    by_name = {one.name: one.rank([query], 5)[query] for one in list_rankers(two_spaces)}
    assert by_name["toy 48"] == nearest(library, ToyModel(), query, 5)
    assert by_name["other 8"] == nearest(library, registry.open_model("other"), query, 5)
    assert by_name["toy 48"] != by_name["other 8"]


def test_words_find_those_that_carry_them_and_the_search_box_is_asked_without_leaving_a_trace(two_spaces):
    by_name = {one.name: one.rank(["n7birds", "xylophone"], 5) for one in list_rankers(two_spaces)}
    carrying = [item.id for item in two_spaces.collection if "n7birds" in item.text]
    assert by_name["words"] == {"n7birds": carrying, "xylophone": []}
    assert two_spaces.finder.history == {}
    assert by_name["search"]["n7birds"] == list(two_spaces.search("n7birds", k=5).ids)


def test_a_pool_is_the_union_of_all_that_rank_each_pair_once(two_spaces):
    queries = ["owl nest", "n7birds"]
    results = {one.name: one.rank(queries, 4) for one in list_rankers(two_spaces)}
    pairs = reviews.pool(two_spaces, queries, rankers="free", rankings={"theirs": {"owl nest": ["row 159"]}}, depth=4)
    assert pairs.rankers == ("toy 48", "other 8", "search", "words", "theirs")
    assert len({(pair.query, pair.item) for pair in pairs}) == len(pairs)
    for query in queries:
        union = {id for one in results.values() for id in one[query]}
        # Each adds what no other found, or the union would prove nothing.
        assert any(set(results["other 8"][query]) - set(results["toy 48"][query]) for query in queries)
        theirs = {two_spaces.collection.ids[159]} if query == "owl nest" else set()
        assert {pair.item for pair in pairs if pair.query == query} == union | theirs
    (only,) = [pair.item for pair in reviews.pool(two_spaces, ["n7birds"], rankers=["words"], depth=4)]
    assert "n7birds" in two_spaces.collection[only].text


def test_the_names_of_what_found_a_pool_are_kept_and_not_which_found_a_pair(two_spaces):
    pairs = reviews.pool(two_spaces, ["owl nest"], rankers=["words", "toy 48"], depth=3)
    reviews.Judging(two_spaces.library).begin(pairs)
    again = reviews.Judging(two_spaces.library)
    assert again.rankers == ("toy 48", "words")
    assert set(again.pairs[0].__slots__) == {"query", "words", "item"}
    again.begin(list(pairs))  # a list of pairs that somebody made
    assert reviews.Judging(two_spaces.library).rankers == ()


def test_vectors_and_items_ask_only_the_spaces_that_know_them(two_spaces):
    id = two_spaces.collection.ids[0]
    queries = {"a vector": np.ones(48), "an item": id, "words": "owl"}
    results = {one.name: one.rank(queries, 3) for one in list_rankers(two_spaces)}
    assert {name: sorted(found) for name, found in results.items()} == {
        "toy 48": ["a vector", "an item", "words"], "other 8": ["an item", "words"], "search": ["words"],
        "words": ["words"],
    }  # fmt: skip
    assert not any(id in found.get("an item", ()) for found in results.values())
    assert len({pair.query for pair in reviews.pool(two_spaces, queries, rankers="free")}) == 3


def test_queries_of_a_file_are_pooled(two_spaces, tmp_path):
    (tmp_path / "queries.csv").write_text("query,words\nq1,owl\nq2,sail mast\n", "utf-8")
    pairs = reviews.pool(two_spaces, tmp_path / "queries.csv", rankers="free", depth=2)
    assert {(pair.query, pair.words) for pair in pairs} == {("q1", "owl"), ("q2", "sail mast")}


def test_queries_that_nobody_answers_are_named(two_spaces):
    assert reviews.pool(two_spaces, ["xylophone", "owl"], rankers=["words"]).unanswered == ("xylophone",)


def test_a_budget_counts_all_spaces_before_any_is_asked(two_spaces, monkeypatch):
    sent = []

    class Priced(OtherToyModel):
        def estimate(self, items):
            return SimpleNamespace(cost=0.5 * len(items), most=1.0 * len(items))

        def embed_batch(self, items, *, role="index"):
            sent.extend(items)
            return super().embed_batch(items, role=role)

    monkeypatch.setitem(registry._FACTORIES, "other", Priced)
    paid = {one.name: one.is_paid for one in list_rankers(two_spaces)}
    assert paid == {"toy 48": False, "search": False, "other 8": True, "words": False}
    assert "other 8" not in reviews.pool(two_spaces, ["sail"], rankers="free").rankers
    with pytest.raises(OverBudgetError, match=r"may cost \$2.00, the budget is \$1.00. Nothing was sent"):
        reviews.pool(two_spaces, ["mast", "rudder"], rankers=["other 8", "words"], budget=1.0)
    assert not sent
    reviews.pool(two_spaces, ["mast", "rudder"], rankers=["other 8", "words"], budget=2.0)
    assert len(sent) == 2
    reviews.pool(two_spaces, ["mast", "rudder"], rankers=["other 8", "words"], budget=0.0)  # they are kept


def test_a_space_whose_model_is_not_here_answers_no_query_and_is_left_out(two_spaces):
    two_spaces.library.add_space("theirs", Space("theirs", "1", "index", 4, IMPORTED))
    two_spaces.library.add_space("gone", Space("gone", "1", "index", 4, "1"))
    assert "theirs 4" not in [one.name for one in list_rankers(two_spaces)]
    assert "gone 4" not in [one.name for one in list_rankers(two_spaces)]
    with pytest.raises(UnknownNameError, match=r"No ranker named .wrods.\. Did you mean .words."):
        reviews.pool(two_spaces, ["owl"], rankers=["wrods"])


def test_items_that_only_another_space_has_are_not_judged_here(monkeypatch, tmp_path):
    media = Collection(text_items([("", "owl nest"), ("", "owl beak"), ("", "sail mast"), ("", "poison owl")]))
    library = nx.embed(media, to=tmp_path / "a.nova", model=ToyModel(), progress=False)

    class Brave(ToyModel):
        name = "brave"

        def _embed(self, item):
            return super()._embed(text_items([("", str(item.text).replace("poison", "owl"))])[0])

    monkeypatch.setitem(registry._FACTORIES, "brave", lambda: Brave(revision="2"))
    nx.embed(media, to=library.path, model="brave", new_space=True, progress=False)
    explored = nx.explore(library, model="toy", progress=False)
    pairs = reviews.pool(explored, ["owl"], rankers="free")
    assert "brave 48" in pairs.rankers
    assert {pair.item for pair in pairs} == {*explored.collection.ids}
    assert len(explored.collection) == 3


def test_a_trec_run_is_read_in_the_order_of_its_scores(tmp_path):
    run = tmp_path / "theirs.run"
    run.write_text("q1 Q0 b 1 0.5 tag\nq1 Q0 a 2 0.9 tag\nq1 Q0 c 3 0.5 tag\nq2 Q0 007 1 1 tag\n", "utf-8")
    assert read_ranking(run) == {"q1": ["a", "c", "b"], "q2": ["007"]}


@pytest.mark.parametrize("form", ["csv", "tsv", "parquet", "frame"])
def test_a_frame_is_read_by_score_or_rank(form, tmp_path):
    frame = pd.DataFrame({"query": ["q", "q", "q"], "item": ["b", "a", "b"], "rank": [2, 1, 3]})
    path = tmp_path / f"theirs.{form}"
    if form == "parquet":
        frame.to_parquet(path)
    elif form != "frame":
        frame.to_csv(path, sep="\t" if form == "tsv" else ",", index=False)
    assert read_ranking(frame if form == "frame" else path) == {"q": ["a", "b"]}


def test_a_ranking_that_ranks_nothing_of_this_collection_is_refused(two_spaces, tmp_path):
    with pytest.raises(SourceError, match="ranking 1 ranks 'nobody' and others, none of which is an item"):
        reviews.pool(two_spaces, ["owl"], rankings=[{"owl": ["nobody"]}])
    with pytest.raises(SourceError, match="There is no file of rankings"):
        reviews.pool(two_spaces, ["owl"], rankings=tmp_path / "none.run")
    with pytest.raises(SourceError, match="It needs query and item"):
        read_ranking(pd.DataFrame({"query": ["q"], "document": ["a"]}))
