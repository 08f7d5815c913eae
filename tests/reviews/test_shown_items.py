"""Exposure: the numbers of retrieval-fairness, hubs that are planted, and groups that are hidden."""

# pyright: reportOptionalMemberAccess=false, reportOptionalOperand=false, reportGeneralTypeIssues=false
# pyright: reportArgumentType=false, reportOptionalSubscript=false, reportAttributeAccessIssue=false
from __future__ import annotations

import numpy as np
import pytest
from fakes.reviewed import gallery
from retrieval_fairness import metrics as oracle

from nova_explore import reviews


def shown(*, hub: float = 0.0, hidden: bool = False, seed: int = 0, n: int = 200):
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(n, 16))
    queries = {f"q{row}": vector for row, vector in enumerate(random.normal(size=(40, 16)))}
    if hub:
        queries = {name: vector + hub * vectors[0] for name, vector in queries.items()}
    side = np.arange(n) % 2
    if hidden:
        vectors[:, 0] = 3 * (2 * side - 1)
        queries = {name: np.concatenate([[3.0], vector[1:]]) for name, vector in queries.items()}
    return gallery(vectors, [{"region": "b" if one else "a"} for one in side]), queries


def test_the_numbers_are_those_of_retrieval_fairness():
    exploration, queries = shown()
    review = reviews.exposure(exploration, queries, k=10)
    counts = review.tables["items"]["count"]
    frequencies = {id: int(count) for id, count in counts.items()}
    assert counts.sum() == 400
    coverage, gini, hubs = review.findings[:3]
    assert coverage.value == pytest.approx(oracle.coverage(frequencies), abs=1e-9)
    assert gini.value == pytest.approx(oracle.gini(frequencies), abs=1e-9)
    assert hubs.value == pytest.approx(oracle.hub_capture(frequencies, 10), abs=1e-9)
    assert list(hubs.ids) == [id for id, _ in sorted(frequencies.items(), key=lambda pair: (-pair[1], pair[0]))[:10]]
    never = {id for id, count in frequencies.items() if not count}
    assert set(coverage.ids) <= never
    assert f"{len(never):,} of 200 items are never" in coverage.statement


def test_a_hub_is_found():
    exploration, queries = shown(hub=3.0)
    hubs = reviews.exposure(exploration, queries).findings[2]
    assert hubs.ids[0] == "i00000"
    assert hubs.value > hubs.chance.high
    assert hubs.p is None  # every space has hubs: nobody's null hypothesis


def test_a_group_that_is_hidden_is_found_and_an_equal_one_is_not():
    exploration, queries = shown(hidden=True)
    places = next(one for one in reviews.exposure(exploration, queries, "region").findings if "of a" in one.measure)
    assert places.value < 0.2
    assert places.q < 0.01
    exploration, queries = shown()
    places = next(one for one in reviews.exposure(exploration, queries, "region").findings if "of a" in one.measure)
    assert places.p > 0.05


def test_without_an_attribute_that_check_is_listed_as_not_run():
    exploration, queries = shown()
    assert ("exposure by group", "no attribute given") in reviews.exposure(exploration, queries).not_run


def test_wordings_of_one_query_are_drawn_again_together():
    exploration, queries = shown()
    few = dict(list(queries.items())[:8])
    once = reviews.exposure(exploration, few).findings[0]
    copies = reviews.exposure(exploration, {name: [vector] * 5 for name, vector in few.items()}).findings[0]
    assert copies.value == once.value
    assert copies.high - copies.low == pytest.approx(once.high - once.low, rel=0.2)
