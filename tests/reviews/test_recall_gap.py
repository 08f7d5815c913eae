"""Recall by group: a group whose captions are worse is found, equal groups are not, and fairlearn agrees."""

# pyright: reportGeneralTypeIssues=false, reportOperatorIssue=false
# pyright: reportOptionalMemberAccess=false, reportOptionalOperand=false, reportGeneralTypeIssues=false
# pyright: reportArgumentType=false, reportOptionalSubscript=false, reportAttributeAccessIssue=false
from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame
from fakes.reviewed import gallery

from nova_explore import reviews


def captioned(n: int = 300, *, worse: float = 0.0, seed: int = 0):
    """Items with a caption as query; the captions of group b are moved away from their item."""
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(n, 16))
    second = np.arange(n) % 2 == 1
    captions = vectors + (0.9 + worse * second[:, None]) * random.normal(size=(n, 16))
    exploration = gallery(vectors, [{"region": "b" if side else "a"} for side in second])
    queries = {f"q{row}": caption for row, caption in enumerate(captions)}
    judged = {f"q{row}": [exploration.collection.ids[row]] for row in range(n)}
    return exploration, queries, judged


def test_a_group_whose_captions_are_worse_is_found():
    exploration, queries, judged = captioned(worse=1.5)
    review = reviews.group_gap(exploration, "region", queries, judged)
    gap = review.findings[0]
    assert gap.measure == "gap of recall@10"
    assert gap.low < gap.value < gap.high
    assert gap.q < 0.01
    assert not gap.chance.low <= gap.value <= gap.chance.high


def test_equal_groups_are_within_chance():
    exploration, queries, judged = captioned()
    gap = reviews.group_gap(exploration, "region", queries, judged).findings[0]
    assert gap.p > 0.05


@pytest.mark.slow
def test_the_gap_equals_that_of_fairlearn():
    exploration, queries, judged = captioned(worse=1.0)
    review = reviews.group_gap(exploration, "region", queries, judged)
    recall = reviews.effectiveness(exploration, queries, judged).tables["queries"]["recall@10"].to_numpy()
    region = ["b" if row % 2 else "a" for row in range(300)]
    frame = MetricFrame(
        metrics=lambda truth, value: float(np.mean(value)), y_true=recall, y_pred=recall, sensitive_features=region
    )
    assert review.findings[0].value == pytest.approx(frame.difference(), abs=1e-12)
    assert review.tables["groups"].set_index("group")["recall@10"].to_dict() == pytest.approx(frame.by_group.to_dict())


def test_groups_can_be_of_the_queries():
    exploration, queries, judged = captioned(worse=1.5)
    by = {name: "b" if row % 2 else "a" for row, name in enumerate(queries)}
    review = reviews.group_gap(exploration, by, queries, judged)
    assert review.settings["groups of"] == "queries"
    assert review.findings[0].q < 0.01


def test_a_column_of_the_frame_of_queries_groups_them():
    exploration, _, _ = captioned(n=80)
    frame = pd.DataFrame({"query": [f"q{row}" for row in range(80)], "words": list(exploration.collection.ids)})
    frame["language"] = ["de" if row % 2 else "en" for row in range(80)]
    judged = {f"q{row}": [exploration.collection.ids[(row + 1) % 80]] for row in range(80)}
    review = reviews.group_gap(exploration, "language", frame, judged)
    assert set(review.tables["groups"]["group"]) == {"de", "en"}


def test_groups_with_few_relevant_items_are_refused():
    exploration, queries, judged = captioned(n=100)
    few = {name: judged[name] for row, name in enumerate(queries) if row % 2 == 0 or row < 14}
    review = reviews.group_gap(exploration, "region", queries, few)
    assert not review.findings
    assert ("recall of b", "too few (7 < 30), not reported") in review.not_run


def test_translations_of_one_caption_are_one_unit():
    """Captions differ far more than languages: permuted within captions, a small gap of one language is seen."""
    random = np.random.default_rng(3)
    vectors = random.normal(size=(120, 16))
    exploration = gallery(vectors, [{}] * 120)
    rows = []
    for place in range(60):
        hard = 0.2 if place % 2 else 2.5
        for language, more in (("en", 0.0), ("de", 0.35)):
            query = vectors[place] + (hard + more) * random.normal(size=16)
            rows.append({"query": f"{language}{place}", "vector": query, "language": language, "caption": place})
    frame = pd.DataFrame(rows)
    judged = {row["query"]: [f"i{row['caption']:05d}"] for row in rows}
    options = {"k": 5, "permutations": 999}
    apart = reviews.group_gap(exploration, "language", frame, judged, **options).findings[0]
    paired = reviews.group_gap(exploration, "language", frame, judged, unit="caption", **options).findings[0]
    assert paired.value == apart.value
    assert paired.chance.high < apart.chance.high
    assert paired.p < apart.p
