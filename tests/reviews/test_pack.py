"""Packs from Python: mappings run as files do, one review that cannot run does not stop the others."""

from __future__ import annotations

import pytest
from fakes.toy_model import TOPICS, ToyModel

import nova_explore as nx
from nova_explore.errors import SourceError
from nova_explore.reviews.finding import Finding, Review
from nova_explore.reviews.occupations import OCCUPATIONS, TEMPLATES, occupation_queries
from nova_explore.reviews.pack import attributes_of, did_not_run, limits_of, read_pack, start_pack


def test_a_mapping_is_a_pack(exploration):
    found = nx.review(exploration, {"cluster_composition": {"attribute": "topic"}, "exposure": {"queries": ["owl"]}})
    assert [one.name for one in found] == ["cluster composition", "exposure"]
    assert found[0].findings[0].value > 0.5  # the toy's clusters are its topics


def test_a_review_that_cannot_run_says_why_and_the_others_run(exploration):
    found = nx.review(
        exploration, {"seed": 1, "cluster_composition": {"attribute": "no"}, "exposure": {"queries": ["owl"]}}
    )
    assert did_not_run(found) == [("cluster_composition", found[0].not_run[0][1])]
    assert "named 'no'" in found[0].not_run[0][1]
    assert found[1].findings


def test_files_are_relative_to_the_pack(exploration, tmp_path):
    ids = exploration.collection.ids
    (tmp_path / "qrels.csv").write_text("query,item,relevance\n" + f"owl,{ids[0]},1\nsail,{ids[50]},1\n", "utf-8")
    (tmp_path / "queries.csv").write_text("query\nowl\nsail\n", "utf-8")
    pack = tmp_path / "pack.toml"
    pack.write_text('[effectiveness]\nqueries = "queries.csv"\njudgements = "qrels.csv"\n', "utf-8")
    (review,) = nx.review(exploration, pack)
    assert review.findings[0].n == 2


def test_what_can_be_started_can_be_read(exploration, tmp_path):
    assert attributes_of(exploration) == ["topic"]
    pack = tmp_path / "pack.toml"
    pack.write_text(start_pack(exploration), "utf-8")
    settings, folder = read_pack(pack)
    assert folder == tmp_path
    assert settings["retrieval_fairness"]["attribute"] == "topic"
    assert list(settings["exposure"]["queries"]) == list(OCCUPATIONS)


def test_limits_take_the_worst_of_several_values():
    reviews = [Review("r", tuple(Finding("", "recall@10", value, 0, 1, 9) for value in (0.9, 0.2)))]
    (limit,) = limits_of({"exposure": {}, "limits": {"recall@10": {"at_least": 0.5}}}, reviews)
    assert limit.broken
    assert limit.value == 0.2
    assert "is 0.200; the pack asks for at least 0.5" in limit.sentence
    with pytest.raises(SourceError, match="Write it as"):
        limits_of({"exposure": {}, "limits": {"recall@10": 0.5}}, reviews)


@pytest.mark.parametrize("language", TEMPLATES)
def test_every_language_has_five_wordings_of_every_occupation(language):
    queries = occupation_queries(language)
    assert list(queries) == list(OCCUPATIONS)
    assert all(len(set(words)) == 5 for words in queries.values())


@pytest.mark.slow
def test_a_second_run_of_a_pack_makes_no_call(own_toy_160):
    counted = []

    class Counting(ToyModel):
        def embed_batch(self, items, *, role="index"):
            counted.extend(items)
            return super().embed_batch(items, role=role)

    words = [f"{first} {second}" for first in TOPICS["birds"].split() for second in TOPICS["boats"].split()][:40]
    pack = {
        "queries": words, "attribute": "topic", "judgements": {key: [own_toy_160.collection().ids[0]] for key in words},
        "effectiveness": {"paraphrases": {words[0]: "owl"}}, "retrieval_fairness": {"k": 10}, "exposure": {},
        "group_gap": {"fewest": 2}, "cluster_composition": {},
        "association": {"X": words[:4], "Y": words[4:8], "A": words[8:12], "B": words[12:16]},
    }  # fmt: skip
    first = nx.review(nx.explore(own_toy_160, model=Counting(), progress=False), pack)
    assert len(counted) == sum(one.calls for one in first) == 41
    counted.clear()
    again = nx.review(nx.explore(own_toy_160, model=Counting(), progress=False), pack)
    assert counted == []
    assert sum(one.calls for one in again) == 0
    assert [one.findings for one in again] == [one.findings for one in first]
