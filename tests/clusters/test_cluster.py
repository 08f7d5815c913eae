"""Planted groups are found, noise stays noise, and numbering says size."""

from __future__ import annotations

import hdbscan
import numpy as np
import pytest
from fakes.planted import graph_of, planted
from hdbscan.hdbscan_ import compute_stability, condense_tree, get_clusters
from scipy.cluster.hierarchy import linkage
from sklearn.datasets import load_digits
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

from nova_explore.clusters.cluster import (
    Clustering,
    Hierarchy,
    Sweep,
    cluster,
    default_min_cluster_size,
    soft_memberships,
)
from nova_explore.clusters.linkage import single_linkage
from nova_explore.map.basis import COMPONENTS
from nova_explore.map.layout import principal_components
from nova_explore.map.neighbors import Neighbors


def components(vectors: np.ndarray) -> np.ndarray:
    return principal_components(vectors, COMPONENTS)


def test_planted_groups_are_found():
    vectors, truth = planted()
    found = cluster(components(vectors), graph_of(vectors, k=15))
    assert found.count == 6
    assert adjusted_rand_score(truth, found.labels) > 0.95


def test_clusters_are_numbered_by_falling_size():
    random = np.random.default_rng(1)
    truth = np.repeat([0, 1, 2], [30, 90, 60])
    vectors = random.normal(size=(3, 32))[truth] + 0.4 * random.normal(size=(180, 32))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    found = cluster(components(vectors), graph_of(vectors, k=15))
    sizes = [len(found.members(c)) for c in range(found.count)]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) == 3


def test_the_same_seed_gives_the_same_clusters():
    vectors, _ = planted(seed=3)
    graph = graph_of(vectors)
    first, again = cluster(components(vectors), graph, seed=0), cluster(components(vectors), graph, seed=0)
    np.testing.assert_array_equal(first.labels, again.labels)
    np.testing.assert_array_equal(first.strengths, again.strengths)


@pytest.mark.parametrize("n", [12, 50, 300])
def test_copies_of_one_item_are_no_clusters_but_can_be_cut(n):
    vectors = np.repeat(planted(groups=1, size=1)[0], n, axis=0)
    found = cluster(components(vectors), graph_of(vectors, k=min(15, n - 1)))
    assert found.count == 0
    assert found.hierarchy is not None
    assert np.isfinite(found.strengths).all()


def test_too_few_items_are_left_unclustered_and_counted():
    vectors, _ = planted(groups=1, size=8)
    found = cluster(components(vectors), graph_of(vectors, k=7))
    assert found.count == 0
    assert found.noise_share == 1.0


def test_the_noise_share_is_the_share_of_minus_one():
    clustering = Clustering(np.array([0, -1, 0, -1, 1], np.int32), np.zeros(5, np.float32), {})
    assert clustering.noise_share == 0.4
    assert clustering.members(-1).tolist() == [1, 3]


def test_the_default_smallest_cluster_grows_with_the_collection():
    assert [default_min_cluster_size(n) for n in (10, 1_500, 100_000)] == [5, 22, 183]


def blobs() -> np.ndarray:
    random = np.random.default_rng(5)
    sizes = [200, 90, 40, 20, 12]
    centres = random.uniform(-40, 40, size=(5, 3))
    return np.vstack([centre + random.normal(size=(size, 3)) for centre, size in zip(centres, sizes, strict=True)])


def fitted(min_cluster_size: int) -> hdbscan.HDBSCAN:
    return hdbscan.HDBSCAN(min_cluster_size=min_cluster_size, min_samples=3).fit(blobs())


@pytest.mark.parametrize("size", [5, 15, 30, 60])
def test_a_cut_is_what_hdbscan_would_have_fitted(size):
    hierarchy = Hierarchy(fitted(5).single_linkage_tree_.to_numpy(), {"min_samples": 3})
    cut, reference = hierarchy.cut(size), fitted(size)
    assert adjusted_rand_score(cut.labels, reference.labels_) == 1
    np.testing.assert_array_equal(cut.labels < 0, reference.labels_ < 0)
    np.testing.assert_allclose(cut.strengths, reference.probabilities_, rtol=1e-5)
    assert cut.parameters == {"min_samples": 3, "min_cluster_size": size}


def test_a_tree_tells_without_a_cut_whether_there_would_be_two_clusters():
    # 0 and 1 join, 2 and 3 join, then these two pairs, then 4 alone.
    pairs = Hierarchy(np.array([[0, 1, 1, 2], [2, 3, 1, 2], [5, 6, 2, 4], [7, 4, 3, 5]], float), {})
    assert [pairs.splits(size) for size in (1, 2, 3)] == [True, True, False]
    hierarchy = Hierarchy(fitted(5).single_linkage_tree_.to_numpy(), {})
    for size in range(2, 362, 7):
        assert hierarchy.splits(size) == (hierarchy.cut(size).count > 1)


def test_a_sweep_counts_what_its_cuts_find():
    hierarchy = Hierarchy(fitted(5).single_linkage_tree_.to_numpy(), {})
    sweep = hierarchy.sweep([5, 30, 100])
    assert sweep.counts.tolist() == [hierarchy.cut(size).count for size in (5, 30, 100)]
    assert sweep.noise_shares[1] == np.float32(hierarchy.cut(30).noise_share)
    assert len(hierarchy.sweep().counts) > 5


def test_the_cliff_is_where_clusters_fall_faster_than_the_square_of_the_size_grows():
    sizes = np.array([5, 10, 20, 40], np.int32)
    noise = np.zeros(4, np.float32)
    fallen = Sweep(20, sizes, np.array([50, 30, 16, 3], np.int32), noise)  # 3 / 16 < 1 / 4
    assert fallen.cliff == 40
    assert fallen.suggested == 20
    assert Sweep(40, sizes, fallen.counts, noise).suggested == 40, "they grew fewer all along"
    level = Sweep(40, sizes, np.array([50, 30, 16, 5], np.int32), noise)
    assert level.cliff is None
    assert level.suggested == 40


def test_a_size_that_the_same_clusters_last_up_to_is_suggested_where_the_usual_one_leaves_items_out():
    sizes = np.array([5, 7, 10, 20, 26, 40], np.int32)
    counts = np.array([104, 100, 100, 100, 28, 20], np.int32)
    clean = np.zeros(6, np.float32)
    noisy = np.array([0, 0, 0, 0, 0.2, 0.2], np.float32)
    assert Sweep(26, sizes, counts, noisy).suggested == 20
    assert Sweep(40, sizes, counts, noisy).suggested == 20
    assert Sweep(20, sizes, counts, noisy).suggested == 20, "the usual size is before the fall"
    assert Sweep(26, sizes, counts, clean).suggested == 26, "larger clusters that hold everything are as good"
    assert Sweep(26, sizes, np.array([300, 200, 140, 100, 28, 20], np.int32), noisy).suggested == 26, "none lasts"
    assert Sweep(26, sizes, counts * 100, noisy).suggested == 26, "more clusters than a person can use"


def test_a_hundred_small_clusters_are_found_without_a_size():
    vectors, truth = planted(groups=100, size=20)
    found = cluster(components(vectors), graph_of(vectors))
    assert adjusted_rand_score(truth, found.labels) > 0.98
    assert found.parameters["min_cluster_size"] <= 20


def test_a_size_of_any_kind_of_number_is_kept_as_a_plain_one():
    found = Hierarchy(fitted(5).single_linkage_tree_.to_numpy(), {}).cut(np.int64(30))  # pyright: ignore[reportArgumentType]
    assert type(found.parameters["min_cluster_size"]) is int
    with pytest.raises(ValueError, match=r"min_cluster_size=9.5 is not possible"):
        found.hierarchy.cut(9.5)  # pyright: ignore


@pytest.mark.slow
def test_handwritten_digits_come_back_as_umap_and_hdbscan_find_them():
    pixels, digits = load_digits(return_X_y=True)
    vectors = (pixels / np.linalg.norm(pixels, axis=1, keepdims=True)).astype(np.float32)
    for seed in (0, 1):
        found = cluster(components(vectors), graph_of(vectors), seed=seed)
        assert adjusted_mutual_info_score(digits, found.labels) > 0.88
        assert found.count < 15
        assert found.noise_share < 0.03


def test_an_impossible_size_is_refused():
    hierarchy = Hierarchy(fitted(5).single_linkage_tree_.to_numpy(), {})
    with pytest.raises(ValueError, match=r"min_cluster_size=1 is not possible. Pass 2 to 362."):
        hierarchy.cut(1)


def test_a_soft_membership_is_the_share_of_neighbours_by_similarity():
    neighbors = Neighbors(
        np.array([[1, 2], [0, 2], [0, 1]], np.int32), np.array([[0.6, 0.2], [0.6, 0.4], [0.2, 0.4]], np.float32)
    )
    clustering = Clustering(np.array([0, 1, -1], np.int32), np.ones(3, np.float32), {})
    # 0: of 0.8, 0.6 in cluster 1; 1: of 1.0, 0.6 in cluster 0; 2: of 0.6, 0.2 in cluster 0 and 0.4 in cluster 1
    np.testing.assert_allclose(
        soft_memberships(neighbors, clustering).toarray(), [[0, 0.75], [0.6, 0], [1 / 3, 2 / 3]], rtol=1e-6
    )


def grid_and_outlier(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Twelve groups side by side, and a small one far from them."""
    random = np.random.default_rng(seed)
    truth = np.append(random.integers(0, 12, 900), np.full(60, 12))
    middles = np.array([[1.6 * x, 1.6 * y] for x in range(4) for y in range(3)] + [[30.0, 30.0]])
    return middles[truth] + 0.35 * random.normal(size=(960, 2)), truth


@pytest.mark.parametrize("seed", range(3))
def test_a_cluster_of_nearly_everything_is_looked_into(seed):
    points, truth = grid_and_outlier(seed)
    plain = hdbscan.HDBSCAN(min_cluster_size=30, min_samples=3).fit(points).labels_
    assert np.bincount(plain[plain >= 0]).max() > 0.9 * len(points), "excess of mass takes the first split"
    found = Hierarchy(single_linkage(points, min_samples=3), {}).cut(30)
    inside = found.labels >= 0
    assert found.count >= 12
    assert inside.mean() > 0.6
    assert adjusted_rand_score(truth[inside], found.labels[inside]) > 0.85, "groups that touch may be one"


def test_a_cluster_of_nearly_all_clustered_items_is_looked_into_where_most_lie_scattered():
    # Six groups of 20 on a line, a little denser than the 200 items scattered between them, and one of 20 far away.
    groups = [gap for _ in range(6) for gap in (1.0, *[0.9] * 19)]
    places = np.cumsum([*groups, *[1.05] * 200, 1000.0, *[0.9] * 19])
    hierarchy = Hierarchy(linkage(places[:, None]), {})
    condensed = condense_tree(np.asarray(hierarchy.linkage), 15)
    plain = get_clusters(condensed, compute_stability(condensed))[0]
    assert np.bincount(plain[plain >= 0]).tolist() in ([320, 20], [20, 320]), "excess of mass takes the first split"
    found = hierarchy.cut(15)
    assert np.bincount(found.labels[found.labels >= 0]).tolist() == [20] * 7
    assert (found.labels < 0).sum() == 200


@pytest.mark.parametrize("min_samples", [3, 10, 20])
def test_one_large_group_without_parts_stays_one(min_samples):
    random = np.random.default_rng(0)
    points = np.vstack([random.normal(size=(900, 2)), 0.3 * random.normal(size=(60, 2)) + 40])
    found = Hierarchy(single_linkage(points, min_samples=min_samples), {}).cut(40)
    assert [len(found.members(c)) for c in range(found.count)] == [900, 60]
