"""A part of a medium: characters of a text, a box of a picture or page, seconds of a sound or a video."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a medium.

    Attributes
    ----------
    unit : {"characters", "box", "seconds"}
    at : tuple of float
        ``(start, end)``, or ``(left, top, right, bottom)`` as shares of the sides.
    """

    unit: str
    at: tuple[float, ...]

    def __str__(self) -> str:
        if self.unit == "seconds":
            return f"{self.at[0]:.2f}–{self.at[1]:.2f} s"
        if self.unit == "box":
            left, top, right, bottom = (f"{share:.0%}" for share in self.at)
            return f"from {left} to {right} across, {top} to {bottom} down"
        return f"characters {int(self.at[0])}–{int(self.at[1])}"

    @property
    def size(self) -> float:
        """Characters, seconds, or share of the area."""
        if self.unit != "box":
            return self.at[1] - self.at[0]
        left, top, right, bottom = self.at
        return (right - left) * (bottom - top)

    def halves(self) -> list[Place]:
        """Cut a box into four, seconds into two."""
        if self.unit == "box":
            left, top, right, bottom = self.at
            across, down = (left + right) / 2, (top + bottom) / 2
            boxes = (
                (left, top, across, down),
                (across, top, right, down),
                (left, down, across, bottom),
                (across, down, right, bottom),
            )
            return [Place("box", box) for box in boxes]
        start, end = self.at
        return [Place(self.unit, (start, (start + end) / 2)), Place(self.unit, ((start + end) / 2, end))]


def shares_of(parts: Sequence[Place]) -> NDArray[np.float64]:
    """How much of a medium each part is: float array of shape (len(parts),), in sum 1.

    Boxes and seconds of one video count half each.
    """
    sizes = np.array([part.size for part in parts], np.float64)
    units = np.array([part.unit for part in parts])
    for unit in np.unique(units):
        sizes[units == unit] /= sizes[units == unit].sum()
    return sizes / sizes.sum()


def nearness(parts: Sequence[Place]) -> NDArray[np.float64]:
    """How much parts belong together: float array of shape (m, m), 1 on the diagonal, 0 to 1.

    Boxes, and seconds, by a Gaussian of their distance, as wide as a part is on average; words stand for themselves.
    """
    near = np.eye(len(parts))
    units = np.array([part.unit for part in parts])
    for unit in ("box", "seconds"):
        rows = np.flatnonzero(units == unit)
        if len(rows):
            at = np.array([parts[row].at for row in rows.tolist()])
            sides = at.shape[1] // 2
            middles = (at[:, :sides] + at[:, sides:]) / 2
            wide = np.power(np.prod(at[:, sides:] - at[:, :sides], axis=1).mean(), 1 / sides)
            near[np.ix_(rows, rows)] = np.exp(-((middles[:, None] - middles) ** 2).sum(axis=-1) / (2 * wide**2))
    return near


def among_neighbors(parts: Sequence[Place], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average the weight of every part with those that it belongs together with.

    What a person sees or hears seldom ends where a part does, and one part alone is noisy. What is heard is often not
    much longer than a part, so that seconds are averaged more narrowly (benchmarks/explained.py).
    """
    near = nearness(parts)
    near[[part.unit == "seconds" for part in parts]] **= 2
    return near @ weights / near.sum(axis=1)
