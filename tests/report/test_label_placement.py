"""Labels lie beside what they name, over few points and never over each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nova_explore.report.label_placement import density_centers, fit, place_boxes


@pytest.mark.slow
def test_boxes_never_overlap_and_stay_inside():
    random = np.random.default_rng(0)
    anchors = random.uniform(200, 400, (25, 2))
    sizes = random.uniform(20, 110, (25, 2))
    centers = place_boxes(anchors, sizes, (800, 600))
    placed = ~np.isnan(centers).any(axis=1)
    assert placed.all()
    assert (centers - sizes / 2 >= 0).all()
    assert (centers + sizes / 2 <= [800, 600]).all()
    for a in range(25):
        for b in range(a):
            assert (np.abs(centers[a] - centers[b]) >= (sizes[a] + sizes[b]) / 2).any()


def test_a_box_without_room_is_left_out_and_the_more_important_one_stays():
    anchors = np.array([[50.0, 20.0], [50.0, 20.0]])
    centers = place_boxes(anchors, np.array([[90.0, 30.0], [90.0, 30.0]]), (100, 40))
    assert np.isfinite(centers[0]).all()
    assert np.isnan(centers[1]).all()


def test_a_cluster_in_two_parts_is_labelled_at_the_denser_one():
    random = np.random.default_rng(0)
    xy = np.vstack([random.normal(0, 0.1, (60, 2)), random.normal(9, 0.1, (20, 2))])
    center = density_centers(xy, np.zeros(80, int), 1)[0]
    assert np.hypot(*center) < 2


def test_fitting_keeps_the_aspect_and_turns_up_into_less_y():
    pixels, scale = fit(np.array([[0.0, 0.0], [2.0, 1.0]]), 220, 400, margin=10)
    assert scale == 100
    np.testing.assert_allclose(pixels, [[10, 250], [210, 150]])


def test_no_points_fit_anywhere():
    pixels, scale = fit(np.zeros((0, 2)), 100, 100, margin=10)
    assert (pixels.shape, scale) == ((0, 2), 1.0)


def test_a_cluster_in_the_form_of_a_ring_is_labelled_on_the_ring():
    angles = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    ring = 5 * np.column_stack([np.cos(angles), np.sin(angles)])
    ring = np.vstack([ring, np.random.default_rng(0).normal([5, 0], 0.2, (40, 2))])
    center = density_centers(ring, np.zeros(240, int), 1)[0]
    assert np.hypot(*(ring - center).T).min() < 1


def test_a_box_goes_where_it_covers_fewer_points():
    points = np.column_stack([np.full(200, 100.0), np.linspace(60, 140, 200)])
    anchor, size = np.array([[100.0, 100.0]]), np.array([[60.0, 20.0]])
    [over] = place_boxes(anchor, size, (200, 200), points=points)
    [beside] = place_boxes(anchor, size, (200, 200), points=points, crowding=10)
    np.testing.assert_array_equal(over, anchor[0])
    assert abs(beside[0] - 100) >= 30 or abs(beside[1] - 100) >= 45


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12))
def test_whatever_is_placed_is_inside_and_apart(seed, count):
    random = np.random.default_rng(seed)
    anchors, sizes = random.uniform(0, 300, (count, 2)), random.uniform(10, 150, (count, 2))
    centers = place_boxes(anchors, sizes, (300, 200))
    placed = np.flatnonzero(np.isfinite(centers).all(axis=1))
    assert (centers[placed] - sizes[placed] / 2 >= -1e-9).all()
    assert (centers[placed] + sizes[placed] / 2 <= np.array([300, 200]) + 1e-9).all()
    for a in placed:
        for b in placed[placed < a]:
            assert (np.abs(centers[a] - centers[b]) >= (sizes[a] + sizes[b]) / 2 - 1e-9).any()
