"""Queries: words are embedded once and kept, a budget refuses them before the first call, vectors need no model."""

# pyright: reportOptionalMemberAccess=false, reportOptionalOperand=false, reportGeneralTypeIssues=false
# pyright: reportArgumentType=false, reportOptionalSubscript=false, reportAttributeAccessIssue=false
from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from fakes.drawn_people import people_exploration
from fakes.toy_model import ToyModel

from nova_explore.errors import OverBudgetError, SourceError, SpaceMismatchError
from nova_explore.exploration.chain import explore
from nova_explore.reviews import exposure
from nova_explore.reviews.asking import ask, pairs_of


@pytest.mark.slow
def test_words_are_embedded_once_and_a_second_run_asks_nothing(own_toy_160):
    exploration = explore(own_toy_160, progress=False)
    queries = {"birds": ["owl nest", "robin wing"], "boats": "sail anchor"}
    first = ask(exploration, queries)
    again = ask(explore(own_toy_160, progress=False), queries)
    assert (first.calls, again.calls) == (3, 0)
    for a, b in zip(first.queries, again.queries, strict=True):
        assert a.words == b.words
        np.testing.assert_array_equal(a.vector, b.vector)


@pytest.mark.slow
def test_a_review_counts_its_calls(own_toy_160):
    exploration = explore(own_toy_160, progress=False)
    assert exposure(exploration, ["owl", "sail", "crust"]).calls == 3
    assert exposure(exploration, ["owl", "sail", "comet"]).calls == 1


def test_ids_vectors_and_words_can_be_mixed(exploration):
    id = exploration.collection.ids[3]
    asked = ask(exploration, {"item": id, "vector": np.ones(48), "words": "owl"}).queries
    assert [query.modality for query in asked] == ["text", "vector", "text"]
    assert [query.position for query in asked] == [3, -1, -1]
    np.testing.assert_array_equal(asked[0].vector, exploration.vectors[3])
    assert np.linalg.norm(asked[1].vector) == pytest.approx(1)


def test_an_item_that_asks_is_left_out_of_its_own_results_and_words_of_a_text_are_not(exploration):
    item = exploration.collection[3]
    asked = ask(exploration, {"item": item, "its words": item.text, "other words": "owl"}).queries
    assert [query.position for query in asked] == [3, -1, -1]


def test_a_file_of_the_same_content_as_an_item_is_that_item(tmp_path):
    people = people_exploration(tmp_path / "people")
    item = people.collection[5]
    copy = tmp_path / f"copy.{item.format}"
    copy.write_bytes(Path(item.uri).read_bytes())
    (query,) = ask(people, {"a copy": copy}).queries
    assert query.position == 5


def test_a_budget_refuses_before_anything_is_sent(exploration, monkeypatch):
    sent = []

    class Priced(ToyModel):
        def estimate(self, items):
            return SimpleNamespace(cost=0.5 * len(list(items)), most=2.0)

        def embed_batch(self, items, *, role="index"):
            sent.extend(items)
            return super().embed_batch(items, role=role)

    monkeypatch.setattr(exploration._model, "_opened", Priced())
    with pytest.raises(OverBudgetError, match=r"may cost \$2.00, the budget is \$1.00. Nothing was sent"):
        ask(exploration, ["never asked before"], budget=1.0)
    assert not sent
    assert ask(exploration, ["never asked before"], budget=2.0).cost == 0.5


def test_a_frame_and_a_file_give_names_and_words(tmp_path):
    frame = pd.DataFrame({"query": ["a", "a", "b"], "words": ["one", "two", "three"]})
    frame.to_csv(tmp_path / "queries.csv", index=False)
    assert pairs_of(frame) == pairs_of(tmp_path / "queries.csv") == [("a", "one"), ("a", "two"), ("b", "three")]
    assert pairs_of(frame[["query"]]) == [("a", "a"), ("a", "a"), ("b", "b")]


def test_wrong_queries_say_what_is_needed(exploration):
    with pytest.raises(SpaceMismatchError, match=r"\(3,\)"):
        ask(exploration, {"q": np.ones(3)})
    with pytest.raises(SourceError, match="is blank"):
        ask(exploration, {"q": " "})
    with pytest.raises(SourceError, match="no queries"):
        ask(exploration, {})
    with pytest.raises(SourceError, match="no length"):
        ask(exploration, {"q": np.zeros(48)})
    with pytest.raises(SourceError, match="It needs 'query'"):
        pairs_of(pd.DataFrame({"words": ["a"]}))


def test_files_of_every_form_give_names_and_words(tmp_path):
    frame = pd.DataFrame({"query": ["a", "b"], "words": ["owl nest", "sail"]})
    frame.to_csv(tmp_path / "q.csv", index=False)
    frame.to_csv(tmp_path / "q.tsv", index=False, sep="\t")
    frame.to_parquet(tmp_path / "q.parquet")
    rows = ['{"_id": "a", "text": "owl nest"}', "", '{"_id": "b", "text": "sail"}']
    (tmp_path / "queries.jsonl").write_text("\n".join(rows), "utf-8")
    wanted = [("a", "owl nest"), ("b", "sail")]
    for source in (tmp_path / "q.csv", str(tmp_path / "q.tsv"), tmp_path / "q.parquet", tmp_path / "queries.jsonl",
                   tmp_path, frame.set_index("query")["words"]):  # fmt: skip
        assert pairs_of(source) == wanted


def test_a_frame_may_hold_items_files_and_vectors(tmp_path):
    frame = pd.DataFrame({"query": ["a", "b", "c"], "item": ["i1", None, None], "file": [None, "x.png", None]})
    frame["vector"] = [None, None, np.ones(3)]
    (first, item), (second, file), (third, vector) = pairs_of(frame)
    assert (first, item, second, file, third) == ("a", "i1", "b", Path("x.png"), "c")
    np.testing.assert_array_equal(vector, np.ones(3))


def test_vidore_calls_its_words_query():
    assert pairs_of(pd.DataFrame({"query-id": [7], "query": ["rouge ?"]})) == [("7", "rouge ?")]


def test_several_vectors_of_a_name_may_be_rows_of_an_array(exploration):
    asked = ask(exploration, {"two": np.eye(48)[:2], "one": np.eye(48)[0].tolist(), "also": list(np.eye(48)[3])})
    assert [query.name for query in asked.queries] == ["two", "two", "one", "also"]
    assert len(ask(exploration, np.eye(48, dtype=np.float32)[:3]).queries) == 3


@pytest.mark.parametrize("value", [None, float("nan"), 3])
def test_a_query_that_is_nothing_is_named(exploration, value):
    with pytest.raises(SourceError, match="The query 'empty' is"):
        ask(exploration, {"empty": value})


def test_folders_and_frames_without_queries_say_what_is_needed(tmp_path):
    with pytest.raises(SourceError, match=r"has no queries.jsonl"):
        pairs_of(tmp_path)
    with pytest.raises(SourceError, match="needs 'query'"):
        pairs_of(pd.DataFrame({"words": ["owl"]}))
