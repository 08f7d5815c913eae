"""Clusters that are there come back from half of the items, and those that are not dissolve."""

from __future__ import annotations

import json

import numpy as np
import pytest
from fakes.planted import planted
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris

from nova_explore.clusters.cluster import Clustering, cluster
from nova_explore.clusters.stability import (
    Stability,
    density_clusterer,
    doubt,
    expected_seconds,
    measure_stability,
    usual_halves,
)
from nova_explore.errors import TooFewItemsError
from nova_explore.map.basis import MapBasis
from nova_explore.map.modality_gap import ModalityGap
from nova_explore.map.neighbors import find_neighbors

BLOBS = np.repeat([0, 1, 2], [120, 80, 60])


def blobs(*, seed: int = 0) -> np.ndarray:
    centers = np.array([[0, 0, 0, 0, 0], [9, 0, 0, 0, 0], [0, 9, 0, 0, 0]])
    return centers[BLOBS] + np.random.default_rng(seed).normal(size=(len(BLOBS), 5))


def test_one_repetition_is_the_best_match_of_what_was_drawn():
    labels = np.repeat([0, 1, -1], [6, 4, 2])
    drawn: list[np.ndarray] = []

    def recluster(positions: np.ndarray) -> np.ndarray:
        drawn.append(positions)
        return np.where(np.isin(positions, [0, 1, 2, 3]), 0, np.where(np.isin(positions, [4, 5, 6, 7, 8]), 1, -1))

    stability = measure_stability(labels, recluster, repetitions=1, share=0.999, seed=0, progress=False)
    assert len(drawn[0]) == 11
    there = set(drawn[0].tolist())
    first, second = {0, 1, 2, 3, 4, 5} & there, {6, 7, 8, 9} & there
    found = [{0, 1, 2, 3} & there, {4, 5, 6, 7, 8} & there]
    best = [max(len(own & other) / len(own | other) for other in found) for own in (first, second)]
    np.testing.assert_allclose(stability.jaccard, best)
    np.testing.assert_array_equal(stability.dissolved, [value <= 0.5 for value in best])


def test_subsets_are_halves_without_repeats_and_the_same_for_a_seed():
    seen: list[np.ndarray] = []

    def remember(positions: np.ndarray) -> np.ndarray:
        seen.append(positions)
        return BLOBS[positions]

    for seed in (4, 4, 5):
        measure_stability(BLOBS, remember, repetitions=2, seed=seed, progress=False)
    assert all(len(positions) == len(np.unique(positions)) == len(BLOBS) // 2 for positions in seen)
    np.testing.assert_array_equal(seen[:2], seen[2:4])
    assert not np.array_equal(seen[0], seen[4])
    assert not np.array_equal(seen[0], seen[1])


def test_a_method_that_finds_the_same_is_perfectly_stable():
    stability = measure_stability(BLOBS, lambda positions: BLOBS[positions], repetitions=5, progress=False)
    np.testing.assert_array_equal(stability.jaccard, [1, 1, 1])
    np.testing.assert_array_equal(stability.dissolved, [0, 0, 0])
    assert stability.sentence == "Of 3 clusters, found again in 5 subsets of 50% of the items: 3 highly stable."


def test_planted_groups_come_back_and_thirds_of_one_dissolve():
    points = blobs()
    recluster = density_clusterer(points, min_cluster_size=10)
    planted = measure_stability(BLOBS, recluster, repetitions=10, progress=False)
    assert planted.jaccard.min() > 0.85
    thirds = BLOBS.copy()
    thirds[:120] = np.tile([0, 3, 4], 40)  # clusters that nothing in the data sets apart
    stability = measure_stability(thirds, recluster, repetitions=10, progress=False)
    assert stability.readings == ["dissolved", "highly stable", "highly stable", "dissolved", "dissolved"]
    np.testing.assert_array_equal(stability.dissolved, [1, 0, 0, 1, 1])


def test_a_cluster_that_is_never_drawn_has_no_value():
    labels = np.array([0] * 300 + [1])
    stability = measure_stability(labels, lambda at: labels[at], repetitions=2, share=0.01, progress=False)
    assert np.isnan(stability.jaccard[1])
    assert np.isnan(stability.dissolved[1])
    assert stability.readings == ["highly stable", "not drawn"]
    assert stability.sentence.endswith("1 highly stable, 1 not drawn.")


def test_iris_by_k_means_reads_as_it_is_known_to():
    """One species lies apart; the border between the other two is drawn through them."""
    iris = load_iris().data  # pyright: ignore[reportAttributeAccessIssue]

    def three_means(positions: np.ndarray) -> np.ndarray:
        found = KMeans(3, n_init=10, random_state=0)  # pyright: ignore[reportArgumentType]
        return found.fit_predict(iris[positions])

    labels = three_means(np.arange(150))
    stability = measure_stability(labels, three_means, repetitions=20, progress=False)
    setosa = labels[0]
    assert stability.jaccard[setosa] == 1
    assert ((np.delete(stability.jaccard, setosa) > 0.75) & (np.delete(stability.jaccard, setosa) < 1)).all()


def test_the_smallest_cluster_size_shrinks_with_the_subset():
    points = blobs()
    # Half of 60 items are 30: with 50 asked for, the third group could not be found in a half.
    stability = measure_stability(BLOBS, density_clusterer(points, min_cluster_size=50), repetitions=5, progress=False)
    assert stability.jaccard.min() > 0.85


@pytest.mark.parametrize(
    ("value", "reading"),
    [
        (0.0, "dissolved"), (0.5, "dissolved"), (0.51, "not to be trusted"), (0.6, "of doubtful members"),
        (0.74, "of doubtful members"), (0.75, "stable"), (0.85, "highly stable"), (1.0, "highly stable"),
    ],
)  # fmt: skip
def test_the_readings_are_those_of_the_paper(value, reading):
    assert Stability(np.array([value]), np.array([0.0]), 1, 0.5).readings == [reading]


def test_firm_are_the_stable_and_the_highly_stable():
    jaccard = np.array([0.9, 0.75, 0.74, 0.5, np.nan])
    assert Stability(jaccard, np.zeros(5), 20, 0.5).firm.tolist() == [True, True, False, False, False]


def test_many_items_are_halved_less_often_but_several_times():
    halves = [usual_halves(n) for n in (0, 12, 1_500, 20_000, 100_000, 1_000_000)]
    assert halves[:3] == [20, 20, 20]
    assert sorted(halves, reverse=True) == halves
    assert halves[-1] >= 4
    assert expected_seconds(1_500) < 2
    assert expected_seconds(100_000) < 30


def test_nothing_clustered_is_nothing_to_examine():
    stability = measure_stability(np.full(20, -1), lambda at: np.zeros(len(at), int), repetitions=2, progress=False)
    assert stability.jaccard.shape == (0,)
    assert stability.sentence == "Of 0 clusters, found again in 2 subsets of 50% of the items: none."


def test_an_interrupt_ends_the_measurement():
    def interrupted(positions: np.ndarray) -> np.ndarray:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure_stability(BLOBS, interrupted, progress=False)


def test_impossible_requests_say_what_to_pass():
    with pytest.raises(ValueError, match=r"share=1.5 needs to lie between 0 and 1"):
        measure_stability(BLOBS, lambda at: BLOBS[at], share=1.5)
    with pytest.raises(ValueError, match=r"repetitions=0 needs to be at least 1"):
        measure_stability(BLOBS, lambda at: BLOBS[at], repetitions=0)
    with pytest.raises(TooFewItemsError, match=r"50% of 1 items is no item"):
        measure_stability(np.zeros(1, int), lambda at: np.zeros(len(at), int))


def test_subsets_too_small_for_density_are_unclustered():
    recluster = density_clusterer(blobs(), min_cluster_size=10)
    assert recluster(np.arange(3)).tolist() == [-1, -1, -1]


def basis_of(vectors: np.ndarray) -> MapBasis:
    neighbors = find_neighbors(vectors, k=15)
    return MapBasis(vectors, ["text"] * len(vectors), neighbors, ModalityGap(1, 1, False, 1))


def doubted(vectors: np.ndarray, **how) -> tuple[Clustering, Stability | None]:
    basis = basis_of(vectors)
    found = cluster(basis.components, basis.graph)
    assert found.count > 1, "density has peaks everywhere"
    return doubt(found, basis, **{"size_chosen": False, **how})


def noise(n: int = 600) -> np.ndarray:
    vectors = np.random.default_rng(0).normal(size=(n, 32)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.slow
def test_noise_has_no_clusters_and_it_says_how_many_dissolved():
    found, stability = doubted(noise())
    assert found.count == 0
    assert stability is None
    assert found.parameters["dissolved"] > 1
    assert found.hierarchy is not None, "a person may cut it all the same"


@pytest.mark.slow
def test_clusters_of_a_size_that_a_person_chose_stay_and_are_measured():
    found, stability = doubted(noise(), size_chosen=True)
    assert found.count > 1
    assert stability is not None
    assert not stability.firm.all()


@pytest.mark.slow
@pytest.mark.parametrize(("groups", "size"), [(3, 20), (4, 30), (6, 40), (40, 10)])
def test_planted_groups_are_not_doubted_away(groups, size):
    vectors, _ = planted(groups=groups, size=size)
    found, stability = doubted(vectors)
    assert found.count >= groups - 1
    assert stability is not None
    assert len(stability.jaccard) == found.count


@pytest.mark.slow
def test_of_true_groups_in_noise_only_these_last():
    vectors, _ = planted(groups=3, size=60)
    found, stability = doubted(np.vstack([vectors, noise(900)]))
    assert stability is not None
    inside = [c for c in range(found.count) if (found.members(c) < 180).mean() > 0.5]
    assert len(inside) == 3
    assert stability.firm[inside].all()
    assert np.mean(stability.firm) < 0.5


def test_what_was_measured_is_read_as_it_was_written():
    written = Stability(np.array([0.5, np.nan]), np.array([0.25, np.nan]), 20, 0.5)
    read = Stability.of_record(json.loads(json.dumps(written.as_record())))
    np.testing.assert_array_equal(read.jaccard, written.jaccard)
    np.testing.assert_array_equal(read.dissolved, written.dissolved)
    assert (read.repetitions, read.share) == (20, 0.5)
