"""Fairness of retrieval: planted leans are found, fair galleries are not accused, and what cannot be said is not."""

# pyright: reportOptionalMemberAccess=false, reportOptionalOperand=false, reportGeneralTypeIssues=false
# pyright: reportArgumentType=false, reportOptionalSubscript=false, reportAttributeAccessIssue=false
from __future__ import annotations

import numpy as np
import pytest
from fakes.reviewed import blocks, gallery

from nova_explore import reviews
from nova_explore.errors import UnknownNameError

AXIS = np.eye(16)[0]


def people(n: int = 200, *, share: float = 0.5, strength: float = 0.0, seed: int = 0, concepts: int = 0):
    """Drawings whose group moves them along one axis, by this many deviations."""
    random = np.random.default_rng(seed)
    groups = (random.random(n) < share).astype(int)
    vectors = random.normal(size=(n, 16)) + strength * (2 * groups[:, None] - 1) * AXIS
    metadata = [{"gender": "women" if group else "men"} for group in groups]
    if concepts:
        which = random.integers(concepts, size=n)
        vectors += 4 * np.eye(16)[1 + which]
        metadata = [facts | {"job": f"job{j}"} for facts, j in zip(metadata, which, strict=True)]
    return gallery(vectors, metadata), groups


def neutral(count: int = 10, seed: int = 1) -> dict[str, list[np.ndarray]]:
    random = np.random.default_rng(seed)
    return {f"job{row}": list(random.normal(size=(5, 16))) for row in range(count)}


def test_a_query_that_leans_is_found():
    exploration, _ = people(strength=1.0)
    queries = {"leans": [AXIS], "neutral": [np.eye(16)[3]]}
    review = reviews.retrieval_fairness(exploration, "gender", queries)
    leaning = next(one for one in review.findings if "“leans”" in one.statement)
    assert leaning.q < 0.01
    assert not leaning.chance.low <= leaning.value <= leaning.chance.high
    assert leaning.low <= leaning.value <= leaning.high
    assert len(leaning.ids) == 20


@pytest.mark.slow
def test_blocks_of_near_duplicates_are_permuted_as_one():
    alarms = {"blocks": 0, "items": 0}
    for seed in range(30):
        vectors, unit = blocks(240, d=16, largest=8, seed=seed)
        sides = np.random.default_rng(seed + 500).integers(0, 2, unit.max() + 1)[unit]
        exploration = gallery(vectors, [{"gender": "women" if side else "men"} for side in sides])
        query = {"q": [np.random.default_rng(seed + 900).normal(size=16)]}
        for name, which in (("blocks", None), ("items", np.arange(240))):
            review = reviews.retrieval_fairness(exploration, "gender", query, unit=which, permutations=299)
            alarms[name] += next(one for one in review.findings if "“q”" in one.statement).p < 0.05
    assert alarms["blocks"] <= 5
    assert alarms["items"] >= 8


def test_groups_that_are_too_small_are_named_and_not_reported():
    exploration, _ = people(n=200, share=0.04)
    review = reviews.retrieval_fairness(exploration, "gender", neutral())
    assert not review.findings
    n = sum(item.metadata["gender"] == "women" for item in exploration.collection)
    assert ("gender women", f"too few ({n} < 30), not reported") in review.not_run


@pytest.mark.slow
def test_a_gallery_that_is_not_balanced_is_no_finding_of_its_own():
    exploration, _ = people(n=300, share=0.2)
    review = reviews.retrieval_fairness(exploration, "gender", neutral())
    bias = next(one for one in review.findings if one.measure == "Bias@20")
    assert bias.value > 0.4  # eight of ten are men, so that a blind ranking shows as many
    assert bias.chance.low <= bias.value <= bias.chance.high


@pytest.mark.slow
def test_a_stated_target_changes_skew_and_not_chance():
    exploration, _ = people(n=300, share=0.2)
    shares = reviews.retrieval_fairness(exploration, "gender", neutral())
    equal = reviews.retrieval_fairness(exploration, "gender", neutral(), target="equal")
    assert equal.tables["gallery"]["target"].tolist() == [0.5, 0.5]
    assert equal.tables["queries"]["MaxSkew"].mean() > shares.tables["queries"]["MaxSkew"].mean() + 0.2
    assert equal.tables["queries"]["p"].tolist() == shares.tables["queries"]["p"].tolist()
    with pytest.raises(UnknownNameError, match="men"):
        reviews.retrieval_fairness(exploration, "gender", neutral(), target={"mem": 0.5, "women": 0.5})


def test_explicit_words_that_move_nothing_make_it_not_assessable():
    exploration, _ = people()
    words = {"women": {name: list(-np.array(rows)) for name, rows in neutral(seed=4).items()}}
    review = reviews.retrieval_fairness(exploration, "gender", neutral(), counterfactuals=words)
    assert [one.measure for one in review.findings] == ["shift@20"]
    assert any("not assessable with this model" in reason for _, reason in review.not_run)


@pytest.mark.slow
def test_explicit_words_that_find_their_group_let_the_composition_be_told():
    exploration, _ = people(strength=1.5)
    towards = {
        "women": {name: [row + 4 * AXIS for row in rows] for name, rows in neutral().items()},
        "men": {name: [row - 4 * AXIS for row in rows] for name, rows in neutral().items()},
    }
    review = reviews.retrieval_fairness(exploration, "gender", neutral(), counterfactuals=towards)
    shift = next(one for one in review.findings if one.measure == "shift@20")
    assert shift.value > 0.2
    assert shift.p < 0.01
    assert any(one.measure == "lean" for one in review.findings)
    assert "summary" in review.tables


def test_queries_that_do_not_find_their_concept_make_it_not_assessable():
    exploration, _ = people(n=300, concepts=6)
    good = {f"job{row}": [4 * np.eye(16)[1 + row]] for row in range(6)}
    found = reviews.retrieval_fairness(exploration, "gender", good, concept="job")
    assert found.findings[0].value > 0.9
    assert "summary" in found.tables
    blind = reviews.retrieval_fairness(exploration, "gender", neutral(6), concept="job")
    assert any("do not find their concept" in reason for _, reason in blind.not_run)
    assert "summary" not in blind.tables


def test_intersections_of_attributes_are_groups_and_small_ones_are_refused():
    random = np.random.default_rng(0)
    metadata = [
        {"gender": "women" if row % 2 else "men", "age": "old" if row % 10 < 1 else "young"} for row in range(200)
    ]
    exploration = gallery(random.normal(size=(200, 16)), metadata)
    review = reviews.retrieval_fairness(exploration, ["gender", "age"], neutral(3))
    assert ("gender × age men × old", "too few (20 < 30), not reported") in review.not_run
    assert set(review.tables["gallery"].index) == {"women × young", "men × young"}


@pytest.mark.slow
def test_three_groups_are_measured_by_ndkl():
    random = np.random.default_rng(0)
    exploration = gallery(random.normal(size=(240, 16)), [{"region": "abc"[row % 3]} for row in range(240)])
    review = reviews.retrieval_fairness(exploration, "region", neutral(3))
    assert {one.measure for one in review.findings} >= {"NDKL@20", "MaxSkew@20", "exposure@20 of a"}
    assert not any("Bias" in one.measure for one in review.findings)


def test_exact_copies_across_groups_are_told_first():
    exploration, _ = people()
    items = list(exploration.collection)
    from dataclasses import replace

    from nova_explore.collection import Collection

    men = next(row for row, item in enumerate(items) if item.metadata["gender"] == "men")
    women = next(row for row, item in enumerate(items) if item.metadata["gender"] == "women")
    items[women] = replace(items[women], digest=items[men].digest)
    exploration.collection = Collection(items)
    first = reviews.retrieval_fairness(exploration, "gender", neutral(3)).findings[0]
    assert first.measure == "copies across groups"
    assert set(first.ids) == {items[men].id, items[women].id}


def test_a_small_k_says_what_it_could_show_at_all():
    exploration, _ = people()
    review = reviews.retrieval_fairness(exploration, "gender", neutral(3), k=10)
    assert "fewer than 9 of 10" in review.findings[0].statement


def test_the_same_inputs_give_the_same_review():
    exploration, _ = people()
    one, two = (reviews.retrieval_fairness(exploration, "gender", neutral(3)).to_dict() for _ in range(2))
    assert one == two


def test_an_attribute_that_is_no_column_is_named():
    exploration, _ = people()
    with pytest.raises(UnknownNameError, match="Did you mean 'gender'"):
        reviews.retrieval_fairness(exploration, "gendre", neutral(3))
