"""Which parts carry a similarity, from what is left of it when random parts are hidden.

A ridge regression of the similarity on the parts that are kept: on random masks its coefficients are the Banzhaf values
of the parts, up to the ridge, for a fraction of the calls of permutation or of RISE (Wang & Jia 2023, "Data Banzhaf",
arXiv:2205.15466). Leaving out one part at a time is among the masks, so that additive models are found exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RIDGE = 0.01
"""Penalty as a share of the masks: enough to keep parts apart that were always hidden together."""

DRAWS = 200
"""Bootstrap draws of the masks."""


@dataclass(frozen=True, slots=True, eq=False)
class Surrogate:
    """What the parts contribute.

    Attributes
    ----------
    weights : float array of shape (m,)
        What a similarity loses without each of m parts.
    low, high : float array of shape (m,)
        95 % interval of each, by bootstrap over the masks.
    r2 : float
        Share of the variance over masks that the parts explain one by one, each mask predicted from the others.
    spread : float
        Standard deviation of the similarity over the masks.
    """

    weights: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    r2: float
    spread: float


def draw_masks(m: int, count: int, *, near: NDArray[np.float64] | None = None, seed: int = 0) -> NDArray[np.bool_]:
    """Draw which of m parts are kept.

    All, then all but one in turn, then half of them at random. Where parts belong together and there are masks enough:
    all, then regions, so that what is left over can still be made out.

    Parameters
    ----------
    m, count : int
    near : float array of shape (m, m), optional
        How much parts belong together, 0 to 1; None if each stands for itself.
    seed : int, default 0

    Returns
    -------
    bool array of shape (at most count, m)
        No row twice.
    """
    draw = np.random.default_rng(seed)
    whole = np.ones((1, m), np.bool_)
    if near is None or count <= 2 * m or np.array_equal(near, np.eye(m)):
        masks = np.concatenate([whole, ~np.eye(m, dtype=np.bool_), draw.random((max(count, 1) * 2, m)) < 0.5])
    else:
        fields = draw.standard_normal((2 * count, m)) @ np.linalg.cholesky(near + 1e-6 * np.eye(m)).T
        # Half of the masks keep half of the parts, the others what happens to be above the mean of all fields.
        level = np.where(draw.random((len(fields), 1)) < 0.5, np.median(fields, axis=1, keepdims=True), 0)
        masks = np.concatenate([whole, fields > level])
    _, first = np.unique(masks, axis=0, return_index=True)
    return masks[np.sort(first)][:count]


def fit(masks: NDArray[np.bool_], values: NDArray[np.floating], *, seed: int = 0) -> Surrogate:
    """Fit what every part contributes.

    Parameters
    ----------
    masks : bool array of shape (q, m)
        Parts that were kept.
    values : float array of shape (q,)
        Similarities.
    """
    x = masks.astype(np.float64) - 0.5
    y = np.asarray(values, np.float64)
    spread = float(y.std())
    weights, hat = _ridge(x, y)
    if spread < 1e-9:
        nothing = np.zeros(masks.shape[1])
        return Surrogate(nothing, nothing, nothing, 0.0, spread)
    predicted = _predict(x, y)
    # Predicted from the others: the residual over one less the leverage (Allen 1974, PRESS).
    left_out = (y - predicted) / np.maximum(1 - hat, 1e-6)
    # The mean of the others, too, must be guessed without the one.
    baseline = (y - y.mean()) * len(y) / max(len(y) - 1, 1)
    r2 = 1 - float((left_out**2).sum() / max((baseline**2).sum(), 1e-12))
    draw = np.random.default_rng(seed)
    again = np.stack([_ridge(x[rows], y[rows])[0] for rows in draw.integers(0, len(y), (DRAWS, len(y)))])
    low, high = np.quantile(again, [0.025, 0.975], axis=0)
    return Surrogate(weights, low, high, r2, spread)


def _ridge(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights and leverages, with an unpenalised intercept."""
    design = np.column_stack([np.ones(len(x)), x])
    penalty = RIDGE * len(x) * np.eye(design.shape[1]) * 0.25
    penalty[0, 0] = 0
    inverse = np.linalg.pinv(design.T @ design + penalty)
    return (inverse @ design.T @ y)[1:], np.einsum("ij,jk,ik->i", design, inverse, design)


def _predict(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    design = np.column_stack([np.ones(len(x)), x])
    penalty = RIDGE * len(x) * np.eye(design.shape[1]) * 0.25
    penalty[0, 0] = 0
    return design @ np.linalg.pinv(design.T @ design + penalty) @ design.T @ y


def area(values: NDArray[np.floating], at: NDArray[np.floating]) -> float:
    """Area under a curve, by trapezoids over the length of its base."""
    base = float(at[-1] - at[0])
    return float(np.trapezoid(values, at)) / base if base > 0 else float(np.mean(values))
