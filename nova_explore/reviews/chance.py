"""Chance levels and intervals: what permutations and resamples of *units* give.

Near-duplicates are one observation, not several: six skin tones of one drawing, a burst of photographs. So whatever is
permuted or drawn again is a whole unit: a set of near-duplicates, by default.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.clusters.duplicates import SIMILARITY, find_duplicates
from nova_explore.reviews.finding import Chance

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration

PERMUTATIONS = 1999
"""The smallest p-value is 1/2000; at .05 a p-value is off by .005 (one deviation)."""

RESAMPLES = 2000
BATCH = 4_000_000
"""Numbers that are permuted at once."""

EXACT = 20_000
"""Splits up to which all of them are counted rather than drawn."""


def units_of(exploration: Exploration, unit: Any = None) -> NDArray[np.intp]:
    """Number the unit of every item.

    Parameters
    ----------
    exploration : Exploration of n items
    unit : None, str, or sequence of length n
        Near-duplicates by default: neighbours above the similarity of `Exploration.duplicates`. Else a metadata column,
        or what every item belongs to. Items of no unit stand for themselves.

    Returns
    -------
    int array of shape (n,)
        Units are 0, 1, ….

    Raises
    ------
    ValueError
        If there are not n units.
    """
    n = len(exploration)
    if unit is None:
        labels: Sequence[Hashable] = [
            None if label < 0 else int(label) for label in find_duplicates(exploration.neighbors).labels
        ]
    elif isinstance(unit, str):
        labels = [item.metadata.get(unit) for item in exploration.collection]
    else:
        labels = list(np.asarray(unit).tolist())
    if len(labels) != n:
        raise ValueError(f"unit has {len(labels)} entries for {n} items. Pass one for every item.")
    numbers: dict[Hashable, int] = {}
    alone = (("alone", position) for position in range(n))
    return np.array(
        [
            numbers.setdefault(("unit", label) if label is not None else one, len(numbers))
            for label, one in zip(labels, alone, strict=True)
        ],
        np.intp,
    )


def permuted(
    labels: NDArray[np.int64], unit: NDArray[np.intp], *, count: int = PERMUTATIONS, seed: int = 0
) -> Iterator[NDArray[np.int64]]:
    """Permute labels between units of the same size, many permutations at once.

    Units of a size that is rare (fewer than four of it) trade with those of the next size; a label's total never
    changes.

    Parameters
    ----------
    labels : int array of shape (n,)
    unit : int array of shape (n,)

    Yields
    ------
    int array of shape (b, n)
        The batches have ``count`` rows together.
    """
    random = np.random.default_rng(seed)
    strata = _strata(unit)
    step = max(1, BATCH // max(len(labels), 1))
    for start in range(0, count, step):
        rows = min(step, count - start)
        batch = np.empty((rows, len(labels)), labels.dtype)
        for places, block in strata:
            keys = random.random((rows, block[-1] + 1)).argsort(axis=1)[:, block] + random.random((rows, len(block)))
            batch[:, places] = labels[places][keys.argsort(axis=1)]
        yield batch


def _strata(unit: NDArray[np.intp]) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Places of the items of units that trade labels, with the number of their unit in this stratum."""
    sizes = np.bincount(unit)[unit]
    order = np.lexsort((np.arange(len(unit)), unit, sizes))
    groups: list[list[int]] = []
    counts: list[int] = []
    last = None
    for place in order:
        size = int(sizes[place])
        if size != last and (not groups or counts[-1] >= 4):
            groups.append([])
            counts.append(0)
        if not groups[-1] or unit[place] != unit[groups[-1][-1]]:
            counts[-1] += 1
        groups[-1].append(int(place))
        last = size
    if len(groups) > 1 and counts[-1] < 4:
        rest = groups.pop()
        groups[-1] += rest
    strata = []
    for group in groups:
        places = np.array(group, np.intp)
        strata.append((places, np.cumsum(np.diff(unit[places], prepend=unit[places[0]]) != 0)))
    return strata


def chance_of(null: NDArray[np.float64]) -> Chance:
    """Mean and 95 % band of a measure under its null hypothesis."""
    null = null[np.isfinite(null)]
    if not len(null):
        return Chance(math.nan, math.nan, math.nan)
    low, high = np.quantile(null, (0.025, 0.975))
    return Chance(float(null.mean()), float(low), float(high))


def p_above(value: float, null: NDArray[np.float64]) -> float:
    """Share of the null that is as large or larger, ties counted by half (the mid-p-value of Lancaster 1961)."""
    slack = 1e-9 * max(1.0, abs(value))
    above, equal = (null > value + slack).sum(), (abs(null - value) <= slack).sum()
    return float((above + (equal + 1) / 2) / (len(null) + 1))


def p_two_sided(value: float, null: NDArray[np.float64]) -> float:
    """Twice the smaller of both tails, at most 1."""
    return min(1.0, 2 * min(p_above(value, null), p_above(-value, -null)))


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean with its 95 % interval, over ``n`` values in ``units`` units."""

    value: float
    low: float
    high: float
    n: int
    units: int


def bootstrap_mean(values: Any, unit: Any = None, *, seed: int = 0, resamples: int = RESAMPLES) -> Mean:
    """Mean of values, with an interval from units drawn again (bias-corrected and accelerated, Efron 1987).

    Parameters
    ----------
    values : float array of shape (m,)
        Those that are NaN are left out.
    unit : sequence of length m, optional
        What belongs together; every value alone by default.

    Returns
    -------
    Mean
        Its interval is NaN for fewer than two units.
    """
    values = np.asarray(values, float)
    unit = np.arange(len(values)) if unit is None else np.asarray(unit)
    keep = ~np.isnan(values)
    values, unit = values[keep], np.unique(unit[keep], return_inverse=True)[1]
    if not len(values):
        return Mean(math.nan, math.nan, math.nan, 0, 0)
    sums, sizes = np.bincount(unit, values), np.bincount(unit).astype(float)
    value = float(sums.sum() / sizes.sum())
    m = len(sums)
    if m < 2:
        return Mean(value, math.nan, math.nan, len(values), m)
    parts = drawn_parts(m, seed=seed, resamples=resamples)
    means = np.concatenate([drawn @ sums / (drawn @ sizes) for drawn in parts])
    left_out = (sums.sum() - sums) / (sizes.sum() - sizes)
    low, high = bca(value, means, left_out)
    return Mean(value, low, high, len(values), m)


def drawn_counts(m: int, *, seed: int = 0, resamples: int = RESAMPLES) -> NDArray[np.float64]:
    """How often each of m units is in each resample: float array of shape (resamples, m)."""
    return np.concatenate(list(drawn_parts(m, seed=seed, resamples=resamples)))


def drawn_parts(m: int, *, seed: int = 0, resamples: int = RESAMPLES) -> Iterator[NDArray[np.float64]]:
    """The rows of `drawn_counts`, so many at once as memory is no question."""
    random = np.random.default_rng(seed)
    step = max(1, BATCH // m)
    for start in range(0, resamples, step):
        yield random.multinomial(m, np.full(m, 1 / m), size=min(step, resamples - start)).astype(float)


def bca(value: float, resampled: NDArray[np.float64], left_out: NDArray[np.float64]) -> tuple[float, float]:
    """The 95 % interval, bias-corrected and accelerated; by plain percentiles where that cannot be computed."""
    from scipy.stats import norm

    below = (np.sum(resampled < value) + np.sum(resampled == value) / 2) / len(resampled)
    spread = left_out.mean() - left_out
    scale = float((spread**2).sum()) ** 1.5
    ends = np.array([0.025, 0.975])
    if 0 < below < 1 and scale > 0:
        bias, speed = norm.ppf(below), float((spread**3).sum()) / (6 * scale)
        z = bias + norm.ppf(ends)
        ends = norm.cdf(bias + z / (1 - speed * z))
    low, high = np.quantile(resampled, ends)
    return float(low), float(high)


def sign_flip(differences: Any, unit: Any = None, *, seed: int = 0, count: int = 9999) -> tuple[float, Chance]:
    """Two-sided p-value that paired differences have no sign, and the band of their mean; exact up to 14 units.

    Parameters
    ----------
    differences : float array of shape (m,)
    unit : sequence of length m, optional
        Differences that change their sign together; every one alone by default.
    """
    differences = np.asarray(differences, float)
    if len(differences) == 0:
        return 1.0, Chance(math.nan, math.nan, math.nan)
    number = np.arange(len(differences)) if unit is None else np.unique(np.asarray(unit), return_inverse=True)[1]
    parts = np.bincount(number, differences) / len(differences)
    m = len(parts)
    if 2**m <= EXACT:
        signs = 1 - 2 * ((np.arange(2**m)[:, None] >> np.arange(m)) & 1)
        null = signs @ parts
        p = float((abs(null) >= abs(differences.mean()) - 1e-12).mean())
    else:
        signs = np.random.default_rng(seed).choice((-1.0, 1.0), size=(count, m))
        null = signs @ parts
        p = float((1 + (abs(null) >= abs(differences.mean()) - 1e-12).sum()) / (1 + count))
    return p, chance_of(null)


def units_among(vectors: NDArray[np.floating[Any]], unit: Any = None) -> NDArray[np.intp]:
    """Number the unit of each of a few vectors: near-duplicates by default, else what they belong to.

    Parameters
    ----------
    vectors : float array of shape (m, d)
        Unit rows.
    unit : sequence of length m, optional

    Raises
    ------
    ValueError
        If there are not m units.
    """
    if unit is None:
        from scipy.sparse.csgraph import connected_components

        # A chain of near-duplicates is one unit, as in the finder of duplicates.
        near = np.asarray(vectors) @ np.asarray(vectors).T >= SIMILARITY
        return connected_components(near, directed=False)[1].astype(np.intp)
    labels = list(np.asarray(unit).tolist())
    if len(labels) != len(vectors):
        raise ValueError(f"unit has {len(labels)} entries for {len(vectors)} vectors. Pass one for each.")
    numbers = {label: number for number, label in enumerate(dict.fromkeys(labels))}
    return np.array([numbers[label] for label in labels], np.intp)


def splits(total: int, first: int, *, seed: int = 0, count: int = 9999) -> tuple[NDArray[np.bool_], bool]:
    """Ways to put ``first`` of ``total`` things on one side: all of them up to 20,000, else drawn at random.

    Returns
    -------
    sides : bool array of shape (s, total)
        The way that things are, the first ones on one side, is the first row.
    exact : bool
        Whether these are all.
    """
    from itertools import combinations

    ways = math.comb(total, first)
    if ways <= EXACT:
        sides = np.zeros((ways, total), bool)
        for row, chosen in enumerate(combinations(range(total), first)):
            sides[row, list(chosen)] = True
        return sides, True
    order = np.random.default_rng(seed).random((count, total)).argsort(axis=1)
    drawn = order < first
    return np.concatenate([(np.arange(total) < first)[None], drawn]), False


def null_of(
    labels: NDArray[np.int64],
    unit: NDArray[np.intp],
    measure: Callable[[NDArray[np.int64]], NDArray[np.float64]],
    *,
    count: int = PERMUTATIONS,
    seed: int = 0,
) -> NDArray[np.float64]:
    """A measure of every permutation of labels between units; the measure takes a batch and returns a row each."""
    return np.concatenate([measure(batch) for batch in permuted(labels, unit, count=count, seed=seed)])
