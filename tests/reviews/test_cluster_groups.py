"""Composition of clusters: a planted cluster is found, blocks are no findings, small groups and cells are refused."""

# pyright: reportOptionalMemberAccess=false, reportOptionalOperand=false, reportGeneralTypeIssues=false
# pyright: reportArgumentType=false, reportOptionalSubscript=false, reportAttributeAccessIssue=false
from __future__ import annotations

import numpy as np
import pytest
from fakes.reviewed import blocks, gallery
from scipy.stats import fisher_exact
from scipy.stats.contingency import association as cramer

from nova_explore import reviews


def clustered(n: int = 300, *, planted: bool = False, seed: int = 0):
    random = np.random.default_rng(seed)
    groups, clusters = random.integers(0, 2, n), random.integers(-1, 4, n)
    if planted:
        clusters[:40], groups[:40] = 4, 1
    metadata = [{"gender": "women" if group else "men"} for group in groups]
    return gallery(random.normal(size=(n, 16)), metadata, clusters), groups, clusters


def test_a_cluster_of_one_group_is_found():
    exploration, _, _ = clustered(planted=True)
    review = reviews.cluster_composition(exploration, "gender")
    cell = next(one for one in review.findings if one.measure.endswith("in cluster 4"))
    assert cell.q < 0.01
    assert "40 of 40 in the cluster" in cell.statement or "0 of 40 in the cluster" in cell.statement


def test_the_numbers_equal_those_of_scipy():
    exploration, groups, clusters = clustered()
    review = reviews.cluster_composition(exploration, "gender")
    counts = np.array([[np.sum((clusters == c) & (groups == g)) for g in (0, 1)] for c in range(-1, 4)])
    assert review.findings[0].value == pytest.approx(cramer(counts, method="cramer"))
    row = review.tables["clusters"].query("cluster == 2 and group == 'women'").iloc[0]
    inside, mine = counts[3].sum(), counts[3, 1]
    women = groups.sum()
    assert row["fisher p"] == pytest.approx(
        fisher_exact([[mine, inside - mine], [women - mine, 300 - inside - women + mine]])[1]
    )
    assert row["lift"] == pytest.approx(mine / inside / (women / 300))


def test_the_tea_lady():
    assert fisher_exact([[3, 1], [1, 3]], alternative="greater")[1] == pytest.approx(0.242857, abs=1e-6)


@pytest.mark.slow
def test_clusters_that_are_blocks_of_near_duplicates_are_no_findings():
    alarms = 0
    for seed in range(20):
        vectors, unit = blocks(300, d=16, largest=10, seed=seed)
        random = np.random.default_rng(seed + 500)
        sides, clusters = random.integers(0, 2, unit.max() + 1)[unit], random.integers(0, 3, unit.max() + 1)[unit]
        exploration = gallery(vectors, [{"gender": "women" if side else "men"} for side in sides], clusters)
        alarms += reviews.cluster_composition(exploration, "gender", permutations=499).findings[0].p < 0.05
    assert alarms <= 4


@pytest.mark.slow
def test_small_groups_and_cells_are_named():
    exploration, groups, clusters = clustered()
    labels = {
        id: "rare" if row < 8 else "common" if groups[row] else "usual"
        for row, id in enumerate(exploration.collection.ids)
    }
    review = reviews.cluster_composition(exploration, labels)
    assert ("group rare", "too few (8 < 30), not reported") in review.not_run
    clusters[:6] = 7
    exploration.clustering.labels[:] = clusters
    review = reviews.cluster_composition(exploration, "gender")
    assert any("counted, not tested" in reason for _, reason in review.not_run)


def test_unclustered_items_are_a_row_of_their_own():
    exploration, _, _ = clustered()
    review = reviews.cluster_composition(exploration, "gender")
    assert any("in the unclustered items" in one.statement for one in review.findings)
    assert -1 in review.tables["clusters"]["cluster"].tolist()


def test_an_attribute_of_one_group_has_nothing_to_compare():
    exploration = gallery(np.random.default_rng(0).normal(size=(60, 8)), [{"gender": "women"}] * 60)
    review = reviews.cluster_composition(exploration, "gender")
    assert not review.findings
    assert ("groups of gender", "needs two groups that are large enough") in review.not_run
