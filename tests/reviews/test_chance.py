"""Chance levels and intervals: units stay together, p-values are uniform where nothing is going on."""

# pyright: reportOptionalMemberAccess=false, reportOptionalOperand=false, reportGeneralTypeIssues=false
# pyright: reportArgumentType=false, reportOptionalSubscript=false, reportAttributeAccessIssue=false
from __future__ import annotations

import numpy as np
import pytest
from fakes.reviewed import blocks, gallery
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import bootstrap

from nova_explore.reviews import chance
from nova_explore.reviews.chance import (
    bootstrap_mean,
    chance_of,
    drawn_counts,
    drawn_parts,
    p_above,
    p_two_sided,
    permuted,
    sign_flip,
    splits,
    units_among,
    units_of,
)
from nova_explore.reviews.finding import Finding, with_q


@given(st.lists(st.integers(1, 4), min_size=2, max_size=12), st.integers(0, 99))
def test_a_permutation_keeps_how_many_items_every_group_has(sizes, seed):
    unit = np.repeat(np.arange(len(sizes)), sizes)
    labels = np.random.default_rng(seed).integers(0, 3, len(unit))
    for batch in permuted(labels, unit, count=5, seed=seed):
        for row in batch:
            assert np.array_equal(np.bincount(row, minlength=3), np.bincount(labels, minlength=3))


def test_units_of_one_size_move_as_a_whole():
    unit = np.repeat(np.arange(20), 3)
    labels = np.repeat(np.arange(20) % 2, 3)
    batch = np.concatenate(list(permuted(labels, unit, count=50)))
    assert (batch.reshape(50, 20, 3).min(axis=2) == batch.reshape(50, 20, 3).max(axis=2)).all()
    assert len(np.unique(batch, axis=0)) == 50


def test_units_that_are_scattered_over_the_collection_stay_together():
    random = np.random.default_rng(3)
    unit = random.permutation(np.repeat(np.arange(30), 2))
    labels = (unit % 2).astype(np.int64)
    batch = np.concatenate(list(permuted(labels, unit, count=20)))
    for block in range(30):
        mine = batch[:, unit == block]
        assert (mine[:, 0] == mine[:, 1]).all()


def test_units_are_near_duplicates_by_default():
    vectors, truth = blocks(200, seed=1)
    found = units_of(gallery(vectors, [{}] * 200))
    assert np.array_equal(found[:, None] == found, truth[:, None] == truth)


def test_units_can_be_a_column_and_items_without_a_value_stand_alone():
    exploration = gallery(
        np.random.default_rng(0).normal(size=(6, 8)), [{"who": w} for w in ("a", "a", "b", None, None, "b")], k=3
    )
    found = units_of(exploration, "who")
    assert found[0] == found[1]
    assert found[2] == found[5]
    assert len(set(found.tolist())) == 4


def test_units_of_another_number_are_refused():
    exploration = gallery(np.random.default_rng(0).normal(size=(6, 8)), [{}] * 6, k=3)
    with pytest.raises(ValueError, match="3 entries for 6 items"):
        units_of(exploration, [1, 2, 3])


def test_the_bootstrap_equals_that_of_scipy():
    values = np.random.default_rng(0).gamma(2, size=60)
    mean = bootstrap_mean(values, resamples=20_000)
    theirs = bootstrap((values,), np.mean, n_resamples=20_000, method="BCa", rng=np.random.default_rng(1))
    assert mean.value == pytest.approx(values.mean())
    assert (mean.low, mean.high) == pytest.approx(tuple(theirs.confidence_interval), abs=0.01)


def test_values_that_belong_together_widen_the_interval():
    values = np.repeat(np.random.default_rng(0).normal(size=20), 10)
    alone, together = bootstrap_mean(values), bootstrap_mean(values, np.repeat(np.arange(20), 10))
    assert together.units == 20
    assert together.high - together.low > 2.5 * (alone.high - alone.low)


def test_a_mean_of_constants_has_an_interval_of_no_width():
    mean = bootstrap_mean([0.5] * 10)
    assert (mean.low, mean.high) == (0.5, 0.5)


def test_a_mean_of_one_value_has_no_interval():
    assert np.isnan(bootstrap_mean([1.0]).low)


def test_p_values_count_ties_by_half():
    null = np.array([0.0] * 50 + [1.0] * 49)
    assert p_above(1, null) == pytest.approx(25 / 100)
    assert p_two_sided(1, null) == pytest.approx(0.5)


def test_the_sign_flip_is_exact_for_few_pairs():
    p, chance = sign_flip([1.0, 1.0, 1.0, 1.0])
    assert p == pytest.approx(2 / 16)
    assert chance.mean == pytest.approx(0)


def test_all_splits_are_counted_where_they_are_few():
    sides, exact = splits(6, 3)
    assert exact
    assert len(np.unique(sides, axis=0)) == 20
    assert sides[0].tolist() == [True] * 3 + [False] * 3
    assert not splits(30, 15)[1]


def test_q_values_of_the_worked_example():
    findings = [Finding("", "m", 0, 0, 0, 1, p=p) for p in (0.01, 0.04, 0.03, 0.005)]
    findings.insert(1, Finding("", "m", 0, 0, 0, 1))
    assert [one.q for one in with_q(findings)] == pytest.approx([0.02, None, 0.04, 0.04, 0.02])


def test_the_chance_level_of_nothing_is_nan():
    assert np.isnan(chance_of(np.empty(0)).mean)


def test_signs_of_one_unit_flip_together():
    differences = np.array([0.2, 0.1, 0.3, 0.2, 0.1])
    alone, _ = sign_flip(differences)
    together, _ = sign_flip(np.repeat(differences, 8), np.repeat(np.arange(5), 8))
    assert together == pytest.approx(alone) == 2 / 2**5
    many, _ = sign_flip(np.repeat(differences, 8))
    assert many < 0.001


def test_units_among_a_few_vectors_are_chains_of_near_duplicates():
    rows = np.array([[1, 0, 0], [0.999, 0.04, 0], [0, 1, 0], [0, 0, 1]])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    assert units_among(rows).tolist() == [0, 0, 1, 2]
    assert units_among(rows, ["a", "b", "a", "b"]).tolist() == [0, 1, 0, 1]
    with pytest.raises(ValueError, match="unit has 2 entries for 4 vectors"):
        units_among(rows, [1, 2])


def test_resamples_are_the_same_in_parts_and_at_once(monkeypatch):
    whole = drawn_counts(50, seed=3, resamples=40)
    monkeypatch.setattr(chance, "BATCH", 300)
    assert len(list(drawn_parts(50, seed=3, resamples=40))) == 7
    np.testing.assert_array_equal(drawn_counts(50, seed=3, resamples=40), whole)
    assert (whole.sum(axis=1) == 50).all()
