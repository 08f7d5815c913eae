"""Judged pairs: AUC equals scikit-learn's, thresholds are chosen on folds."""

# pyright: reportOptionalMemberAccess=false, reportOptionalOperand=false, reportGeneralTypeIssues=false
# pyright: reportArgumentType=false, reportOptionalSubscript=false, reportAttributeAccessIssue=false
from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from fakes.reviewed import gallery
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from nova_explore import reviews
from nova_explore.errors import SourceError
from nova_explore.reviews.pair_quality import auc, choose_threshold


def judged_pairs(n: int = 200, noise: float = 0.5):
    random = np.random.default_rng(0)
    vectors = random.normal(size=(n, 16))
    vectors[1::2] = np.where(random.random(n // 2)[:, None] < 0.5, vectors[::2] + noise * vectors[1::2], vectors[1::2])
    exploration = gallery(vectors, [{}] * n)
    ids = exploration.collection.ids
    cosines = np.array([exploration.vectors[row] @ exploration.vectors[row + 1] for row in range(0, n, 2)])
    frame = pd.DataFrame({"a": ids[::2], "b": ids[1::2], "similar": cosines + 0.2 * random.normal(size=n // 2) > 0.4})
    return exploration, frame


@pytest.mark.slow
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=30))
def test_auc_equals_that_of_scikit_learn(pairs):
    scores, truth = np.array([float(score) for score, _ in pairs]), np.array([one for _, one in pairs])
    if truth.any() and not truth.all():
        assert auc(scores, truth) == pytest.approx(roc_auc_score(truth, scores))
    else:
        assert np.isnan(auc(scores, truth))


def test_similar_pairs_are_told_from_dissimilar_ones():
    exploration, frame = judged_pairs()
    review = reviews.pairs(exploration, frame)
    found = review.findings[0]
    assert found.measure == "AUC"
    assert found.low < found.value < found.high
    assert found.q < 0.01
    threshold = review.tables["thresholds"].iloc[0]
    assert threshold["low"] <= threshold["threshold"] <= threshold["high"]
    assert threshold["F1 held out"] > 0.7
    assert review.tables["calibration"]["n"].sum() == len(frame)


def test_pairs_of_one_sort_have_no_auc():
    exploration, frame = judged_pairs()
    review = reviews.pairs(exploration, frame.assign(similar=True))
    assert not review.findings
    assert ("AUC of text–text", "needs both similar and dissimilar pairs") in review.not_run


def test_a_missing_column_is_named():
    exploration, frame = judged_pairs()
    with pytest.raises(SourceError, match="similar"):
        reviews.pairs(exploration, frame.drop(columns="similar"))


def test_the_threshold_that_separates_is_found():
    truth = np.arange(100) >= 50
    threshold, low, high, f1 = choose_threshold(np.linspace(0, 1, 100), truth)
    assert threshold == pytest.approx(50 / 99)
    assert f1 > 0.95
    assert low <= threshold <= high


def test_pairs_may_be_tuples_and_what_is_no_judgement_is_named():
    exploration = gallery(np.eye(8), [{}] * 8, k=5)
    ids = exploration.collection.ids
    review = reviews.pairs(exploration, [(ids[0], ids[1], True), (ids[0], ids[2], False)])
    assert review.tables["pairs"]["similar"].tolist() == [True, False]
    with pytest.raises(SourceError, match="cut ratings yourself"):
        reviews.pairs(exploration, [(ids[0], ids[1], 0.4)])
    with pytest.raises(SourceError, match="There is no file of pairs"):
        reviews.pairs(exploration, "nowhere.csv")
    with pytest.raises(SourceError, match="There are no pairs"):
        reviews.pairs(exploration, [])


def test_pairs_of_one_unit_are_drawn_again_together():
    random = np.random.default_rng(0)
    exploration = gallery(random.normal(size=(60, 6)), [{}] * 60)
    ids = exploration.collection.ids
    frame = pd.DataFrame({"a": ids[:30], "b": ids[30:], "similar": random.random(30) < 0.5})
    repeated = pd.concat([frame] * 4, ignore_index=True).assign(unit=list(range(30)) * 4)
    once, together = (reviews.pairs(exploration, one, unit=unit).findings[0]
                      for one, unit in ((frame, None), (repeated, "unit")))  # fmt: skip
    alone = reviews.pairs(exploration, repeated, unit=list(range(120))).findings[0]
    assert together.high - together.low == pytest.approx(once.high - once.low, rel=0.15)
    assert alone.high - alone.low < 0.7 * (once.high - once.low)
