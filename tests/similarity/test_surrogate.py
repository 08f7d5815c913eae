"""A linear surrogate finds what parts contribute, and says when parts alone do not tell."""

from __future__ import annotations

import numpy as np
import pytest

from nova_explore.media.place import Place, nearness
from nova_explore.similarity.surrogate import area, draw_masks, fit


def test_masks_begin_with_the_whole_and_every_part_left_out_once():
    masks = draw_masks(6, 19)
    assert masks[0].all()
    assert (~masks[1:7] == np.eye(6, dtype=bool)).all()
    assert len(np.unique(masks, axis=0)) == len(masks) == 19
    assert (draw_masks(6, 19) == masks).all()


def test_where_parts_belong_together_masks_hide_regions():
    seconds = [Place("seconds", (at, at + 1)) for at in range(12)]
    masks = draw_masks(12, 37, near=nearness(seconds))
    assert masks[0].all()
    assert len(np.unique(masks, axis=0)) == len(masks) == 37
    apart = draw_masks(12, 37)[13:]
    edges = [np.count_nonzero(rows[:, 1:] != rows[:, :-1]) / len(rows) for rows in (masks[1:], apart)]
    assert edges[0] < 0.7 * edges[1]
    assert 0.4 < masks[1:].mean() < 0.6
    words = [Place("characters", (at, at + 1)) for at in range(12)]
    assert (draw_masks(12, 37, near=nearness(words)) == draw_masks(12, 37)).all()


@pytest.mark.parametrize("count", [4, 8, 9, 30])
def test_few_masks_leave_out_every_part_and_no_number_of_them_fails(count):
    near = nearness([Place("box", (x / 2, y / 2, (x + 1) / 2, (y + 1) / 2)) for y in range(2) for x in range(2)])
    masks = draw_masks(4, count, near=near)
    assert len(masks) <= count
    if count <= 8:
        assert (masks == draw_masks(4, count)).all()
    assert fit(masks, masks.astype(float) @ np.array([0.3, 0.0, -0.1, 0.05])).weights.argmax() == 0


def test_a_region_is_found_among_masks_of_regions_by_its_own_weights():
    grid = [Place("box", (x / 4, y / 4, (x + 1) / 4, (y + 1) / 4)) for y in range(4) for x in range(4)]
    weights = np.zeros(16)
    weights[[5, 6]] = 0.2
    masks = draw_masks(16, 49, near=nearness(grid))
    found = fit(masks, masks.astype(float) @ weights)
    np.testing.assert_allclose(found.weights, weights, atol=0.05)
    assert found.r2 > 0.95


@pytest.mark.slow
def test_two_parts_that_carry_it_are_found_among_sixteen():
    # The planted truth of a sum of part vectors, normalised, with twice as many masks as parts.
    draw = np.random.default_rng(0)
    hits = 0
    for _ in range(50):
        parts = draw.normal(size=(16, 64))
        query = parts[3] + parts[11]
        masks = draw_masks(16, 33, seed=int(draw.integers(1000)))
        sums = masks @ parts
        values = sums @ query / np.linalg.norm(sums, axis=1) / np.linalg.norm(query)
        hits += set(np.argsort(-fit(masks, values).weights)[:2].tolist()) == {3, 11}
    assert hits >= 47


def test_an_additive_model_is_explained_whole_and_within_its_intervals():
    weights = np.array([0.3, 0.0, -0.1, 0.05])
    masks = draw_masks(4, 13)
    found = fit(masks, masks @ weights + 0.2)
    assert found.r2 > 0.95
    np.testing.assert_allclose(found.weights, weights, atol=0.02)
    assert found.low[0] > 0


def test_noise_is_not_explained_by_parts():
    masks = draw_masks(16, 49)
    scores = [fit(masks, np.random.default_rng(seed).normal(size=49)).r2 for seed in range(10)]
    assert np.mean(scores) < 0


def test_a_constant_has_no_weights_at_all():
    found = fit(draw_masks(5, 16), np.full(16, 0.4))
    assert not found.weights.any()
    assert found.spread == pytest.approx(0)


def test_the_area_under_a_line_is_the_mean_of_its_ends():
    assert area(np.array([1.0, 0.5, 0.0]), np.array([0.0, 0.5, 1.0])) == pytest.approx(0.5)
    assert area(np.array([1.0, 0.4, 0.0]), np.array([0.0, 0.2, 1.0])) == pytest.approx(0.3)
