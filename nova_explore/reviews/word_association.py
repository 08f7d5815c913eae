"""Association of two sets of things with two sets of attributes: WEAT for words, iEAT for pictures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.errors import TooFewItemsError
from nova_explore.reviews.asking import Asked, ask_together
from nova_explore.reviews.chance import RESAMPLES, chance_of, drawn_counts, splits, units_among
from nova_explore.reviews.finding import Finding, Review, with_q
from nova_explore.reviews.pixels import pixels_of

if TYPE_CHECKING:
    import pandas as pd

    from nova_explore.exploration.bundle import Exploration

CALISKAN = "Caliskan, Bryson, Narayanan 2017, doi 10.1126/science.aal4230; Steed, Caliskan 2021, arXiv 2010.15052"
FEWEST_WORDS = 4
"""Of each side: with three, the smallest possible p-value is .05, so that nothing can be found."""


def association(
    exploration: Exploration,
    X: Any,  # noqa: N803 (the four sets are called so in every paper)
    Y: Any,  # noqa: N803
    A: Any,  # noqa: N803
    B: Any,  # noqa: N803
    *,
    unit: Any = None,
    budget: float | None = None,
    seed: int = 0,
) -> Review:
    """Measure whether the things of X are nearer to A than to B, compared with the things of Y.

    Parameters
    ----------
    exploration : Exploration
    X, Y : sequence, mapping or frame of queries
        Two sets of things: words, ids, files or vectors; see `asking.ask`.
    A, B : the same
        Two sets of attributes.
    unit : sequence, optional
        What each thing of X, then of Y, belongs to: things of one unit are permuted and drawn again together. By
        default those that are nearly the same.
    budget : float, optional
        US dollars that the calls must not pass.

    Returns
    -------
    Review
        The raw difference of cosines first, then the effect size d (deviation with n - 1), with the same p-value:
        over all splits of X and Y up to 20,000, else over 9,999 drawn ones. Table ``things``: the lean of each, and
        for pictures what their raw pixels give.

    Raises
    ------
    TooFewItemsError
        If one of the four sets has fewer than two members.
    """
    import pandas as pd

    asked = dict(zip("XYAB", ask_together(exploration, (X, Y, A, B), budget=budget), strict=True))
    sets = {name: np.stack([query.vector for query in one.queries]).astype(float) for name, one in asked.items()}
    if small := [f"{name} has {len(rows)}" for name, rows in sets.items() if len(rows) < 2]:
        raise TooFewItemsError(f"{', '.join(small)}; needed are two or more in each of X, Y, A and B.")
    kinds = {name: {query.modality for query in one.queries} for name, one in asked.items()}
    calls, cost = sum(one.calls for one in asked.values()), sum(one.cost for one in asked.values())
    settings = {"seed": seed, **{name: len(rows) for name, rows in sets.items()}}
    things = np.concatenate([sets["X"], sets["Y"]])
    lean = leans(things, sets["A"], sets["B"])
    first = len(sets["X"])
    table = pd.DataFrame(
        {
            "set": ["X"] * first + ["Y"] * len(sets["Y"]),
            "thing": [query.words for name in "XY" for query in asked[name].queries],
            "lean": lean,
        }
    )
    for one, other in ("XY", "AB"):
        if kinds[one] != kinds[other]:
            reason = f"{one} is {', '.join(sorted(kinds[one]))} and {other} is {', '.join(sorted(kinds[other]))}"
            reason += ": cosines of two modalities cannot be compared"
            return Review("association", (), {"things": table}, (("WEAT", reason),), calls, cost, settings)
    units = units_among(things / np.linalg.norm(things, axis=1, keepdims=True), unit)
    findings, not_run = _test(lean, first, units, seed=seed)
    found, reason = _in_pixels(exploration, asked, table)
    findings += found
    not_run += [("raw-pixel baseline", reason)] if reason else []
    return Review("association", with_q(findings), {"things": table}, tuple(not_run), calls, cost, settings)


def _in_pixels(exploration: Exploration, asked: Mapping[str, Asked], table: pd.DataFrame) -> tuple[list[Finding], str]:
    """The same difference in raw pixels, for sets of pictures of the collection: what needs no model to be seen."""
    places = {name: [query.position for query in one.queries] for name, one in asked.items()}
    if any(position < 0 for some in places.values() for position in some):
        return [], "" if any(q.modality == "text" for one in asked.values() for q in one.queries) else "no ids"
    rows = {name: found for name, some in places.items() if (found := pixels_of(exploration, some)) is not None}
    if len(rows) < len(places):
        return [], "" if exploration.collection[places["X"][0]].modality != "image" else "a picture cannot be opened"
    lean = leans(np.concatenate([rows["X"], rows["Y"]]), rows["A"], rows["B"])
    table["lean in pixels"] = lean
    first = len(places["X"])
    value = float(lean[:first].mean() - lean[first:].mean())
    statement = (
        f"In raw pixels alone, without a model, the things of X lean to A by {value:+.4f} of cosine more than those of "
        "Y. What the pixels show is in the pictures, not in the model."
    )
    return [Finding(statement, "difference in pixels", value, math.nan, math.nan, len(lean), source=CALISKAN)], ""


def leans(things: NDArray[np.float64], first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean cosine of every thing with the first attributes, less that with the second."""

    def unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    return unit(things) @ (unit(first).mean(axis=0) - unit(second).mean(axis=0))


def effect_size(lean: NDArray[np.float64], first: int) -> float:
    """WEAT's d: the difference of the means of the first things and the others, by the deviation of all (n - 1)."""
    deviation = float(lean.std(ddof=1))
    return float(lean[:first].mean() - lean[first:].mean()) / deviation if deviation else 0.0


def permutation_p(
    lean: NDArray[np.float64], first: int, unit: NDArray[np.intp] | None = None, *, seed: int = 0
) -> tuple[float, bool, NDArray[np.float64]]:
    """One-sided p of the difference of means, whether it is exact, and the differences of all splits.

    The first difference is the one that is observed. Where several things are one unit, whole units change sides.
    """
    # What is nearly the same on both sides is a unit of each side: a side cannot trade half of one.
    side = np.arange(len(lean)) >= first
    number = np.arange(len(lean))
    if unit is not None:
        number = np.unique(np.stack([side, unit], axis=1), axis=0, return_inverse=True)[1].ravel()
    sums, sizes = np.bincount(number, lean), np.bincount(number).astype(float)
    sides, exact = splits(len(sums), len(np.unique(number[:first])), seed=seed)
    weight = sides @ sizes
    null = sides @ sums / weight - (lean.sum() - sides @ sums) / (len(lean) - weight)
    observed = float(lean[:first].mean() - lean[first:].mean())
    return float((null >= observed - 1e-12).mean()), exact, null


def _test(
    lean: NDArray[np.float64], first: int, unit: NDArray[np.intp], *, seed: int
) -> tuple[list[Finding], list[tuple[str, str]]]:
    n, second = len(lean), len(lean) - first
    p, exact, null = permutation_p(lean, first, unit, seed=seed)
    p = min(1.0, 2 * min(p, float((null <= null[0] + 1e-12).mean())))
    raw, sizes = _redrawn(lean, first, unit, seed=seed)
    not_run = []
    fewest = min(len(np.unique(unit[:first])), len(np.unique(unit[first:])))
    if fewest < FEWEST_WORDS:
        least = 1 / math.comb(n, first)
        reason = f"{fewest} < {FEWEST_WORDS} on one side: the smallest possible value is {least:.3f}"
        not_run.append(("p-value of the association", reason))
    tested = None if not_run else p
    how = f"all {len(null):,} splits" if exact else f"{len(null) - 1:,} random splits"
    value = float(lean[:first].mean() - lean[first:].mean())
    low, high = np.quantile(raw, (0.025, 0.975))
    d = effect_size(lean, first)
    ends = np.quantile(sizes, (0.025, 0.975)) if len(sizes) else (math.nan, math.nan)
    d_null = null / float(lean.std(ddof=1)) if lean.std(ddof=1) else null
    bound = 2 * math.sqrt((n - 1) / n) if first == second else math.nan
    more = f" (at most {bound:.2f} for so many)" if not math.isnan(bound) else ""
    findings = [
        Finding(
            f"The things of X lean to A by {value:+.4f} of cosine more than those of Y, by {how}.",
            "WEAT difference", value, float(low), float(high), n, chance_of(null), tested, source=CALISKAN,
        ),
        Finding(
            f"In deviations the difference is d = {d:+.3f}{more}. Sizes of two models cannot be compared, and 0 does "
            "not show that there is no bias.",
            "WEAT d", d, float(ends[0]), float(ends[1]), n, chance_of(d_null), tested, source=CALISKAN,
        ),
    ]  # fmt: skip
    return findings, not_run


def _redrawn(
    lean: NDArray[np.float64], first: int, unit: NDArray[np.intp], *, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Differences, raw and by their deviation, of sides whose units are drawn again."""
    drawn = []
    for side, values in enumerate((lean[:first], lean[first:])):
        number = np.unique(unit[:first] if side == 0 else unit[first:], return_inverse=True)[1]
        weight = drawn_counts(int(number.max()) + 1, seed=seed + side, resamples=RESAMPLES)[:, number]
        drawn.append((weight.sum(axis=1), weight @ values, weight @ values**2))
    (n, sums, squares), (m, others, more) = drawn
    raw = sums / n - others / m
    mean = (sums + others) / (n + m)
    variance = (squares + more - (n + m) * mean**2) / np.maximum(n + m - 1, 1)
    kept = variance > 1e-18
    return raw, raw[kept] / np.sqrt(variance[kept])
