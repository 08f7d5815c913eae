"""Judging: pooled, shuffled, blind, resumable, with undo; agreement and what is left to do."""

# pyright: reportGeneralTypeIssues=false, reportOperatorIssue=false
# pyright: reportOptionalMemberAccess=false, reportAttributeAccessIssue=false, reportArgumentType=false
from __future__ import annotations

import numpy as np
import pytest
from fakes.reviewed import gallery

from nova_explore import reviews
from nova_explore.errors import SourceError
from nova_explore.reviews.judging import Judging, Pair, pool


@pytest.fixture
def two_spaces():
    random = np.random.default_rng(0)
    first, second = (gallery(random.normal(size=(40, 8)), [{}] * 40) for _ in range(2))
    return first, second, {f"q{row}": vector for row, vector in enumerate(random.normal(size=(5, 8)))}


def test_a_pool_holds_the_first_results_of_all_spaces_and_rankings_once(two_spaces):
    first, second, queries = two_spaces
    pairs = pool(first, queries, others={"other": second}, rankings=[{"q0": ["i00039", "i00038"]}], depth=4)
    assert len({(pair.query, pair.item) for pair in pairs}) == len(pairs)
    mine = {pair.item for pair in pairs if pair.query == "q0"}
    tops = {view.collection.ids[i] for view in (first, second)
            for i in np.argsort(-(view.vectors @ queries["q0"]))[:4]}  # fmt: skip
    assert mine == tops | {"i00039", "i00038"}
    assert 5 * 4 <= len(pairs) <= 5 * 8 + 2


def test_a_pool_is_shuffled_and_the_same_for_one_seed(two_spaces):
    first, _, queries = two_spaces
    one, again, other = (pool(first, queries, depth=10, seed=seed) for seed in (0, 0, 1))
    assert one == again != other
    ranked = [first.collection.ids[i] for i in np.argsort(-(first.vectors @ queries["q0"]))[:10]]
    assert [pair.item for pair in one if pair.query == "q0"] != ranked
    # A query's results stay together: a judge need not read it anew at each.
    names = [pair.query for pair in one]
    assert [name for place, name in enumerate(names) if name not in names[:place]] == list(dict.fromkeys(names))
    assert all(names[place] == names[place - 1] for place in range(1, len(names)) if place % 10)


def test_a_ranking_of_an_unknown_query_is_named(two_spaces):
    first, _, queries = two_spaces
    with pytest.raises(SourceError, match="'elsewhere', which is not among the queries"):
        pool(first, queries, rankings=[{"elsewhere": ["i00001"]}])


@pytest.fixture
def judging(own_toy_160):
    judging = Judging(own_toy_160)
    ids = own_toy_160.collection().ids
    judging.begin([Pair(f"q{n // 4}", f"words {n // 4}", ids[n]) for n in range(12)])
    return judging


def test_judging_goes_on_where_it_stopped(judging, own_toy_160):
    order = judging.left("Ann")
    assert len(order) == 12
    for pair in order[:5]:
        judging.decide(pair, 1, judge="Ann")
    again = Judging(own_toy_160)
    assert again.left("Ann") == order[5:]
    assert len(again.left("Ben")) == 12
    assert {pair.item for pair in again.pairs} == {pair.item for pair in judging.pairs}


def test_a_decision_is_taken_back_one_at_a_time_and_only_the_judges_own(judging):
    first, second, *_ = judging.left("Ann")
    judging.decide(first, 2, judge="Ann")
    judging.decide(second, 0, judge="Ann")
    judging.decide(first, 1, judge="Ben")
    assert judging.undo("Ann") == second
    assert judging.left("Ann")[0] == second
    assert judging.undo("Ann") == first
    assert judging.undo("Ann") is None
    assert judging.progress().by_judge == {"Ben": 1}


def test_cannot_say_is_decided_and_is_no_relevance(judging):
    pair = judging.left("Ann")[0]
    judging.decide(pair, None, judge=" Ann ")
    assert pair not in judging.left("Ann")
    assert judging.judgements()["relevance"].isna().all()
    assert judging.judgements()["judge"].tolist() == ["Ann"]
    with pytest.raises(SourceError, match="has no judge"):
        judging.decide(pair, 1, judge="  ")


def test_agreement_disagreements_and_what_is_left_are_told(judging):
    for number, pair in enumerate(judging.pairs):
        judging.decide(pair, number % 3, judge="Ann")
        judging.decide(pair, number % 3 if number else 2, judge="Ben")
    progress = judging.progress()
    assert progress.by_judge == {"Ann": 12, "Ben": 12}
    assert 0.5 < progress.alpha.value < 1
    assert progress.alpha.low <= progress.alpha.value <= progress.alpha.high
    assert progress.disagreements["item"].tolist() == [judging.pairs[0].item]
    assert progress.needed is not None


@pytest.mark.slow
def test_what_judges_settle_counts_in_the_place_of_their_own_decisions(judging):
    pair = judging.pairs[0]
    for place, other in enumerate(judging.pairs):
        judging.decide(other, place % 3, judge="Ann")
        judging.decide(other, place % 3 if place else 2, judge="Ben")
    before = judging.progress()
    judging.settle(pair.query, pair.item, 1)
    after = judging.progress()
    assert (len(before.disagreements), len(after.disagreements)) == (1, 0)
    assert after.alpha == before.alpha  # how far they agreed by themselves does not change
    assert after.by_judge == before.by_judge
    read = reviews.read_judgements(judging.judgements()).set_index(["query", "item"])["relevance"]
    assert read[(pair.query, pair.item)] == 1
    assert len(read) == 12
    with pytest.raises(SourceError, match="Give the name of a person"):
        judging.decide(pair, 1, judge="agreed")


def test_one_judge_has_no_agreement(judging):
    judging.decide(judging.pairs[0], 1, judge="Ann")
    assert judging.progress().alpha is None
    assert judging.progress().needed is None


def test_what_was_judged_serves_effectiveness(judging, exploration):
    for pair in judging.pairs:
        judging.decide(pair, 1, judge="Ann")
    review = reviews.effectiveness(exploration, {"q0": "owl", "q1": "sail", "q2": "oven"}, judging.judgements())
    assert review.findings[0].measure == "nDCG@10"


def test_nothing_to_judge_is_refused(judging):
    with pytest.raises(SourceError, match="nothing to judge"):
        judging.begin([])
