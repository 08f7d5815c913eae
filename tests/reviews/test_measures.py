"""Measures against numbers worked by hand, from papers, or by a second implementation."""

# pyright: reportOptionalMemberAccess=false, reportOptionalOperand=false, reportGeneralTypeIssues=false
# pyright: reportArgumentType=false, reportOptionalSubscript=false, reportAttributeAccessIssue=false
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from retrieval_fairness import metrics as oracle

from nova_explore.reviews.measures import bias, exposure, gini, jaccard, ndkl, rbo, skew


def codes(word: str, groups: str = "MF") -> np.ndarray:
    return np.array([groups.index(sign) for sign in word])


@pytest.mark.parametrize(("k", "value"), [(1, 1), (3, 1 / 3), (5, 0.5), (10, 1 / 3)])
def test_bias_of_the_worked_ranking(k, value):
    assert bias("mmfnmmfnnn"[:k], "m", "f") == pytest.approx(value)


def test_bias_is_zero_where_neither_group_is_shown():
    assert bias("nnnn", "m", "f") == 0


@pytest.mark.parametrize(
    ("ranking", "target", "value"),
    [
        ("MMFF", (0.5, 0.5), 0.452369),
        ("MFMF", (0.5, 0.5), 0.281645),
        ("MMMM", (0.5, 0.5), np.log(2)),
        ("MMMFFF", (0.5, 0.5), 0.466363),
        ("FMMMFMMM", (0.75, 0.25), 0.382944),
    ],
)
def test_ndkl_of_the_worked_rankings(ranking, target, value):
    assert ndkl(codes(ranking), np.array(target)) == pytest.approx(value, abs=1e-6)


@given(st.lists(st.integers(0, 2), min_size=1, max_size=30), st.permutations(range(3)))
def test_ndkl_does_not_depend_on_the_names_of_the_groups(groups, names):
    target = np.array([0.5, 0.3, 0.2])
    renamed = np.array(names)[np.array(groups)]
    moved = np.empty(3)
    moved[list(names)] = target
    assert ndkl(renamed, moved) == pytest.approx(float(ndkl(np.array(groups), target)))
    assert ndkl(np.array(groups), target) <= -np.log(0.2) + 1e-12


def test_skew_of_the_worked_ranking_at_half_depth():
    shares = np.bincount(codes("MM"), minlength=2) / 2
    assert skew(shares, np.array([0.5, 0.5])).tolist() == pytest.approx([0.693147, -np.inf], abs=1e-6)


def test_the_chance_levels_of_a_fair_coin():
    coins = np.random.default_rng(0).integers(0, 2, size=(20_000, 10))
    values = ndkl(coins, np.array([0.5, 0.5]))
    assert values.mean() == pytest.approx(0.273, abs=0.005)
    assert np.quantile(values, 0.95) == pytest.approx(0.504, abs=0.01)
    shares = np.stack([(coins == 0).mean(axis=1), (coins == 1).mean(axis=1)], axis=1)
    assert skew(shares, np.array([0.5, 0.5])).max(axis=1).mean() == pytest.approx(0.205, abs=0.005)


def test_exposure_of_the_job_seekers():
    weight = exposure(codes("MMMFFF"), 2)
    positions = 1 / np.log2(np.arange(2, 8))
    assert weight * positions.sum() / 3 == pytest.approx([0.710310, 0.391246], abs=1e-6)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40))
def test_gini_equals_retrieval_fairness(counts):
    frequencies = {str(row): count for row, count in enumerate(counts)}
    assert gini(np.array(counts, float)) == pytest.approx(oracle.gini(frequencies), abs=1e-9)


def test_rank_biased_overlap_of_published_lists():
    assert rbo([1, 2, 3, 4, 5], [2, 3, 4, 1, 5]) == pytest.approx(0.828, abs=5e-4)
    assert rbo("abc", "acb") == pytest.approx(0.955, abs=5e-4)
    assert rbo("abcd", "dcba") == pytest.approx(0.783, abs=5e-4)
    assert rbo("abc", "xyz") == 0
    assert rbo("abc", "abc") == pytest.approx(1)


def test_the_first_ten_of_two_lists_carry_most_of_the_weight_as_published():
    # Webber, Moffat and Zobel 2010, equation 21: the weight of the first 10 at p = .9 is .8556.
    p, d = 0.9, 10
    weight = 1 - p ** (d - 1) + (1 - p) / p * d * (np.log(1 / (1 - p)) - sum(p**i / i for i in range(1, d)))
    assert weight == pytest.approx(0.855585, abs=1e-6)
    # Lists that agree on the first ten and on nothing after keep at least that.
    first, other = list(range(100)), [*range(10), *range(1000, 1090)]
    assert rbo(first, other) == pytest.approx(weight, abs=0.01)


def test_exposure_of_the_readme_of_fairranktune():
    weight = exposure(codes("MMMMMMMFFF"), 2) * (1 / np.log2(np.arange(2, 12))).sum() / np.array([7, 3])
    assert weight == pytest.approx([0.5197142341886783, 0.3018532329225326], abs=1e-12)
    assert weight[0] - weight[1] == pytest.approx(0.21786100126614577, abs=1e-12)


def test_jaccard_counts_shared_results():
    assert jaccard("abc", "bcd") == 0.5
