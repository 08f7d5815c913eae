"""Effectiveness equals trec_eval, and says what nobody judged and what is missing."""

# pyright: reportOptionalMemberAccess=false, reportOptionalOperand=false, reportGeneralTypeIssues=false
# pyright: reportArgumentType=false, reportOptionalSubscript=false, reportAttributeAccessIssue=false
from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import pytrec_eval
from fakes.reviewed import gallery
from hypothesis import given, settings
from hypothesis import strategies as st
from rankkit.compare import paired_compare
from rankkit.data import Run
from rankkit.metrics import hit_rate, ndcg, recall_at_k

from nova_explore import reviews
from nova_explore.errors import SourceError
from nova_explore.reviews.comparison import queries_needed
from nova_explore.reviews.measures import ranks_of, score_rankings
from nova_explore.reviews.order import id_order

NAMES = {"nDCG@5": "ndcg_cut_5", "recall@5": "recall_5", "hit rate@5": "success_5", "MRR": "recip_rank", "MAP": "map"}


def planted(n: int = 60, queries: int = 12, *, ties: bool = False, seed: int = 0):
    random = np.random.default_rng(seed)
    rows = random.normal(size=(n, 8))
    if ties:
        rows = rows[random.integers(n // 6, size=n)]
    exploration = gallery(rows, [{}] * n)
    asked = {f"q{row}": random.normal(size=8) for row in range(queries)}
    ids = np.array(exploration.collection.ids)
    judged = pd.DataFrame(
        [(name, id, int(random.integers(0, 4))) for name in asked for id in random.choice(ids, 6, replace=False)],
        columns=["query", "item", "relevance"],
    )
    judged.loc[judged.groupby("query").head(1).index, "relevance"] = 2
    return exploration, asked, judged


def by_trec_eval(exploration, asked, judged) -> pd.DataFrame:
    qrels = {
        q: dict(zip(rows["item"], map(int, rows["relevance"]), strict=True)) for q, rows in judged.groupby("query")
    }
    run = {}
    for name, vector in asked.items():
        unit = np.asarray(vector, np.float32)
        scores = exploration.vectors @ (unit / np.float32(np.linalg.norm(unit)))
        run[name] = dict(zip(exploration.collection.ids, map(float, scores), strict=True))
    wanted = {"ndcg_cut.5", "recall.5", "success.5", "recip_rank", "map"}
    return pd.DataFrame(pytrec_eval.RelevanceEvaluator(qrels, wanted).evaluate(run)).T


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_every_measure_of_every_query_equals_trec_eval(seed, ties):
    exploration, asked, judged = planted(seed=seed, ties=ties)
    table = reviews.effectiveness(exploration, asked, judged, k=5).tables["queries"]
    expected = by_trec_eval(exploration, asked, judged).loc[table.index]
    for ours, theirs in NAMES.items():
        np.testing.assert_allclose(table[ours], expected[theirs], atol=1e-9, err_msg=ours)


def test_relevant_items_that_are_not_in_the_collection_count_as_missed_as_in_trec_eval():
    exploration, asked, judged = planted()
    gone = pd.DataFrame([(name, "gone", 3) for name in asked], columns=judged.columns)
    judged = pd.concat([judged, gone], ignore_index=True)
    review = reviews.effectiveness(exploration, asked, judged, k=5)
    expected = by_trec_eval(exploration, asked, judged).loc[review.tables["queries"].index]
    for ours, theirs in NAMES.items():
        np.testing.assert_allclose(review.tables["queries"][ours], expected[theirs], atol=1e-9, err_msg=ours)
    assert ("12 relevant items", "not in this collection; they count as missed, as in trec_eval") in review.not_run


@settings(max_examples=40)
@given(st.lists(st.sampled_from([0.1, 0.2, 0.5]), min_size=3, max_size=12), st.data())
def test_ties_are_broken_as_trec_eval_breaks_them(scores, data):
    ids = data.draw(
        st.lists(st.text("abcdeé", min_size=1, max_size=3), min_size=len(scores), max_size=len(scores), unique=True)
    )
    good = data.draw(st.sampled_from(ids))
    order = ranks_of(np.array(scores, np.float32), id_order(ids))
    found = score_rankings(order[[ids.index(good)]], np.ones(1), np.zeros(1, np.intp), 1, k=5)
    run = {"q": dict(zip(ids, scores, strict=True))}
    expected = pytrec_eval.RelevanceEvaluator({"q": {good: 1}}, {"recip_rank"}).evaluate(run)["q"]["recip_rank"]
    assert found["MRR"][0] == pytest.approx(expected, abs=1e-9)


def test_the_worked_example_of_ndcg_and_ap():
    relevance = np.array([3, 2, 3, 1, 2, 3, 2], float)
    ranks = np.array([0, 1, 2, 4, 5, 10, 11], np.intp)  # d1 d2 d3 d5 d6 are shown, d7 and d8 are not
    found = score_rankings(ranks, relevance, np.zeros(7, np.intp), 1, k=6)
    assert found["nDCG@6"][0] == pytest.approx(0.785002, abs=1e-6)
    assert score_rankings(ranks, relevance, np.zeros(7, np.intp), 1, k=3)["recall@3"][0] == pytest.approx(3 / 7)
    found = score_rankings(np.array([0, 1, 2, 4, 5, 10**9, 10**9]), relevance, np.zeros(7, np.intp), 1, k=6)
    assert found["MAP"][0] == pytest.approx(0.661905, abs=1e-6)


def test_a_finding_has_interval_n_chance_and_the_items_to_look_at():
    exploration, asked, judged = planted(queries=40)
    review = reviews.effectiveness(exploration, asked, judged, k=5)
    first = review.findings[0]
    assert first.measure == "nDCG@5"
    assert first.low <= first.value <= first.high
    assert first.n == 40
    assert first.chance.low <= first.chance.mean <= first.chance.high
    assert first.p is not None
    assert first.q is not None
    assert 0 < first.p <= first.q <= 1
    assert set(first.ids) <= set(exploration.collection.ids)
    assert any(one.measure == "unjudged@5" for one in review.findings)


@pytest.mark.slow
def test_random_rankings_are_within_their_chance_level():
    inside = 0
    for seed in range(20):
        exploration, asked, judged = planted(queries=40, seed=seed)
        first = reviews.effectiveness(exploration, asked, judged, k=5).findings[0]
        inside += first.chance.low <= first.value <= first.chance.high
    assert inside >= 16  # 19 are expected; fewer than 16 happen once in 400


def test_a_second_run_gives_the_same_review_and_another_seed_other_intervals():
    exploration, asked, judged = planted()
    one, two = (reviews.effectiveness(exploration, asked, judged).to_dict() for _ in range(2))
    assert one == two
    other = reviews.effectiveness(exploration, asked, judged, seed=1).to_dict()
    assert other["findings"][0]["low"] != one["findings"][0]["low"]


def test_groups_with_few_queries_are_named_and_not_reported():
    exploration, asked, judged = planted(queries=40)
    by = {name: "few" if row < 7 else "many" for row, name in enumerate(asked)}
    review = reviews.effectiveness(exploration, asked, judged, by=by)
    assert ("nDCG@10 of few", "too few (7 < 30), not reported") in review.not_run
    assert review.tables["groups"]["group"].tolist() == ["many"]


def test_queries_without_relevant_items_are_an_error_that_says_what_to_do():
    exploration, asked, _ = planted()
    with pytest.raises(SourceError, match="names of the queries must be those of the judgements"):
        reviews.effectiveness(exploration, asked, {"other": ["i00001"]})


def test_paraphrases_and_opposites_are_measured_by_overlap_against_other_queries():
    exploration, asked, judged = planted()
    same = {name: vector * 2 for name, vector in asked.items()}
    opposite = {name: -vector for name, vector in asked.items()}
    review = reviews.effectiveness(exploration, asked, judged, k=5, paraphrases=same, opposites=opposite)
    near, far = (one for one in review.findings if one.measure == "RBO@5")
    assert near.value == pytest.approx(1)
    assert far.value == 0


def test_two_spaces_are_compared_query_by_query():
    exploration, asked, judged = planted(queries=40)
    other = gallery(np.random.default_rng(5).normal(size=(60, 8)), [{}] * 60)
    one, two = (reviews.effectiveness(which, asked, judged) for which in (exploration, other))
    compared = reviews.compare_effectiveness(one, two)
    difference = two.tables["queries"]["nDCG@10"] - one.tables["queries"]["nDCG@10"]
    assert compared.findings[0].value == pytest.approx(difference.mean())
    assert compared.settings["queries_needed"] == queries_needed(difference)


def test_measures_and_comparison_equal_those_of_rankkit():
    """A third implementation: it has linear gain, and another way to draw its intervals."""
    exploration, asked, judged = planted(n=60, queries=30, seed=4)
    other = {name: vector + 0.7 * np.random.default_rng(row).normal(size=8) for row, (name, vector) in
             enumerate(asked.items())}  # fmt: skip
    reviewed = [reviews.effectiveness(exploration, queries, judged) for queries in (asked, other)]
    runs = []
    for queries in (asked, other):
        each = []
        for name, vector in queries.items():
            order = np.argsort(-(exploration.vectors @ (vector / np.linalg.norm(vector)).astype(np.float32)))
            mine = judged[judged["query"] == name]
            relevance = dict(zip(mine["item"], mine["relevance"].astype(float), strict=True))
            each.append(Run(name, tuple(exploration.collection.ids[i] for i in order), relevance))
        runs.append(each)
    for review, each in zip(reviewed, runs, strict=True):
        table = review.tables["queries"]
        assert table["nDCG@10"].to_numpy() == pytest.approx([ndcg(run, 10, gain="linear") for run in each], abs=1e-9)
        assert table["recall@10"].to_numpy() == pytest.approx([recall_at_k(run, 10) for run in each], abs=1e-9)
        assert table["hit rate@10"].to_numpy() == pytest.approx([hit_rate(run, 10) for run in each], abs=1e-9)
    compared = reviews.compare_effectiveness(*reviewed)
    first, second = (review.tables["queries"]["nDCG@10"].to_dict() for review in reviewed)
    theirs = paired_compare(first, second)
    assert compared.findings[0].value == pytest.approx(theirs.delta, abs=1e-9)
    assert compared.findings[0].p == pytest.approx(theirs.p_permutation, abs=0.02)
    assert [compared.findings[0].low, compared.findings[0].high] == pytest.approx(
        [theirs.ci_lo, theirs.ci_hi], abs=0.02
    )
    assert compared.settings["queries_needed"] == pytest.approx(theirs.queries_needed(0.01), rel=0.02)


def test_the_size_of_a_comparison_follows_the_spread():
    spread = np.array([0.1, -0.1] * 50)
    assert queries_needed(spread) == pytest.approx((2.8016 * spread.std(ddof=1) / 0.01) ** 2, abs=1)
