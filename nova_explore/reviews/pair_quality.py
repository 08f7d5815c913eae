"""Judged pairs: does the cosine tell similar pairs from dissimilar ones, and from which cosine on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.errors import SourceError
from nova_explore.reviews.asking import ask
from nova_explore.reviews.chance import RESAMPLES, chance_of, drawn_counts, null_of, p_above, units_among
from nova_explore.reviews.finding import Finding, Review, with_q
from nova_explore.reviews.input_files import read_input

if TYPE_CHECKING:
    import pandas as pd

    from nova_explore.exploration.bundle import Exploration

FOLDS = 5
FEWEST_PAIRS = 10
"""Similar and dissimilar pairs that a threshold is chosen from, of each."""

HANLEY = "Hanley, McNeil 1982, doi 10.1148/radiology.143.1.7063747"


def pairs(
    exploration: Exploration,
    pairs: Any,
    *,
    unit: str | Sequence[Any] | None = None,
    budget: float | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Review:
    """Measure whether similar pairs have higher cosines than dissimilar ones.

    Parameters
    ----------
    exploration : Exploration
    pairs : frame, CSV file, or sequence of (a, b, similar)
        Columns ``a``, ``b`` (item ids, words or files) and ``similar`` (true or false, or 1 and 0).
    unit : column of the pairs, or sequence, optional
        Pairs that are one observation: they are permuted and drawn again together. By default those that share ``a``.
    budget : float, optional
        US dollars that the calls must not pass.

    Returns
    -------
    Review
        AUC for every pair of modalities with its interval, and a threshold chosen on folds with the F1 that it reaches
        on the held-out pairs. Tables: ``pairs``, ``thresholds``, ``calibration``.
    """
    import pandas as pd

    frame = _read(pairs)
    if missing := [name for name in ("a", "b", "similar") if name not in frame.columns]:
        raise SourceError(f"The pairs have the columns {', '.join(map(str, frame.columns))}. They need {missing} too.")
    frame = frame.reset_index(drop=True)
    if not len(frame):
        raise SourceError("There are no pairs. Give at least one similar and one dissimilar pair.")
    labels = frame["a"] if unit is None else frame[unit] if isinstance(unit, str) else unit
    units = units_among(np.empty((len(frame), 0)), [str(label) for label in labels])
    asked = ask(
        exploration, {f"{side}{row}": one for side in "ab" for row, one in enumerate(frame[side])}, budget=budget
    )
    found = {query.name: query for query in asked.queries}
    ends = [(found[f"a{row}"], found[f"b{row}"]) for row in range(len(frame))]
    table = pd.DataFrame(
        {
            "a": frame["a"], "b": frame["b"], "similar": [_is_true(value) for value in frame["similar"]],
            "cosine": [float(a.vector @ b.vector) for a, b in ends],
            "modalities": ["–".join(sorted((a.modality, b.modality))) for a, b in ends],
        }
    )  # fmt: skip
    findings, thresholds, not_run, curves = [], [], [], []
    for kinds, rows in table.groupby("modalities", sort=True):
        truth, cosine = rows["similar"].to_numpy(bool), rows["cosine"].to_numpy(float)
        if not truth.any() or truth.all():
            not_run.append((f"AUC of {kinds}", "needs both similar and dissimilar pairs"))
            continue
        own = np.unique(units[rows.index], return_inverse=True)[1]
        value, low, high = auc(cosine, truth), *_auc_interval(cosine, truth, own, seed=seed, resamples=resamples)
        null = null_of(truth.astype(np.int64), own, lambda batch, c=cosine: _auc_of(c, batch), count=999, seed=seed)
        statement = (
            f"Of a similar and a dissimilar {kinds} pair, the similar one has the higher cosine in {value:.0%} of "
            f"cases ({int(truth.sum())} similar, {int((~truth).sum())} dissimilar); by chance in half."
        )
        findings.append(
            Finding(statement, "AUC", value, low, high, len(rows), chance_of(null), p_above(value, null), source=HANLEY)
        )
        if min(truth.sum(), (~truth).sum()) < FEWEST_PAIRS:
            not_run.append(
                (f"threshold of {kinds}", f"needs {FEWEST_PAIRS} similar and {FEWEST_PAIRS} dissimilar pairs")
            )
            continue
        thresholds.append((kinds, *choose_threshold(cosine, truth, seed=seed), len(rows)))
        curves.append(_calibration(str(kinds), cosine, truth))
    for at in thresholds:
        findings.append(_threshold(*at))
    columns = ["modalities", "threshold", "low", "high", "F1 held out", "n"]
    tables = {
        "pairs": table,
        "thresholds": pd.DataFrame(thresholds, columns=columns),
        "calibration": pd.concat(curves, ignore_index=True) if curves else pd.DataFrame(),
    }
    return Review("pairs", with_q(findings), tables, tuple(not_run), asked.calls, asked.cost, {"seed": seed})


def _threshold(kinds: str, value: float, low: float, high: float, f1: float, n: int) -> Finding:
    statement = (
        f"For {kinds} pairs, a cosine of {value:.3f} or more is the best sign of a similar pair (F1 {f1:.2f} on pairs "
        "that had no part in choosing it). It holds for this model and these modalities only."
    )
    return Finding(statement, f"threshold of {kinds}", value, low, high, n, source="F1 on held-out folds")


def _read(pairs: Any) -> pd.DataFrame:
    import pandas as pd

    if isinstance(pairs, str | Path):
        pairs = read_input(Path(pairs), "pairs", "It is a CSV file with the columns a, b, similar.", filled=("a", "b"))
    if isinstance(pairs, Mapping):
        raise SourceError(f"The pairs map from {', '.join(map(str, pairs))[:80]}. They need rows: a, b, similar.")
    return pairs if hasattr(pairs, "columns") else pd.DataFrame(list(pairs), columns=["a", "b", "similar"])


def _is_true(value: Any) -> bool:
    """A judgement that a file may hold as a word."""
    if isinstance(value, str):
        word = value.strip().lower()
        if word not in ("true", "false", "1", "0", "yes", "no", "1.0", "0.0"):
            raise SourceError(f"A pair is {value!r} in the column 'similar'. It needs true or false.")
        return word in ("true", "1", "yes", "1.0")
    if value not in (0, 1):
        raise SourceError(f"A pair is {value!r} in the column 'similar'. It needs true or false: cut ratings yourself.")
    return bool(value)


def _auc_of(scores: NDArray[np.float64], truths: NDArray[np.int64]) -> NDArray[np.float64]:
    """AUC of each of many ways to call the pairs similar: float array of shape (b,)."""
    from scipy.stats import rankdata

    ranks = rankdata(scores)
    m = truths.sum(axis=1)
    return (truths @ ranks - m * (m + 1) / 2) / (m * (len(scores) - m))


def auc(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """Share of (true, false) pairs in which the true one scores higher, ties counted by half.

    Examples
    --------
    >>> auc(np.array([0.9, 0.8, 0.3]), np.array([True, False, False]))
    1.0
    """
    from scipy.stats import rankdata

    m, n = int(truth.sum()), int((~truth).sum())
    return float((rankdata(scores)[truth].sum() - m * (m + 1) / 2) / (m * n)) if m and n else math.nan


def _auc_interval(
    scores: NDArray[np.float64], truth: NDArray[np.bool_], unit: NDArray[np.intp], *, seed: int, resamples: int
) -> tuple[float, float]:
    counts = drawn_counts(int(unit.max()) + 1, seed=seed, resamples=resamples)[:, unit]
    higher = (scores[truth][:, None] > scores[~truth]) + 0.5 * (scores[truth][:, None] == scores[~truth])
    a, b = counts[:, truth], counts[:, ~truth]
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.einsum("ri,ri->r", a @ higher, b) / (a.sum(axis=1) * b.sum(axis=1))
    low, high = np.nanquantile(values, (0.025, 0.975))
    return float(low), float(high)


def choose_threshold(
    cosine: NDArray[np.float64], truth: NDArray[np.bool_], *, seed: int = 0
) -> tuple[float, float, float, float]:
    """The threshold of the best F1: chosen on all pairs, its interval by resamples, its F1 on held-out folds."""
    random = np.random.default_rng(seed)
    drawn = [random.integers(len(cosine), size=len(cosine)) for _ in range(200)]
    spread = [_best(cosine[rows], truth[rows]) for rows in drawn if truth[rows].any()]
    low, high = np.quantile(spread, (0.025, 0.975))
    fold = np.empty(len(truth), int)
    for side in (True, False):
        fold[truth == side] = random.permutation(int((truth == side).sum())) % FOLDS
    guess = np.zeros(len(truth), bool)
    for number in range(FOLDS):
        held = fold == number
        guess[held] = cosine[held] >= _best(cosine[~held], truth[~held])
    return _best(cosine, truth), float(low), float(high), _f1(guess, truth)


def _best(cosine: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    order = np.argsort(-cosine, kind="stable")
    hits = np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + truth.sum())
    return float(cosine[order][int(f1.argmax())])


def _f1(guess: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    return float(2 * (guess & truth).sum() / max(guess.sum() + truth.sum(), 1))


def _calibration(kinds: str, cosine: NDArray[np.float64], truth: NDArray[np.bool_]) -> pd.DataFrame:
    """Share of similar pairs in ten bins of equal size, with Wilson's interval."""
    import pandas as pd
    from scipy.stats import binomtest

    rows = []
    for part in np.array_split(np.argsort(cosine, kind="stable"), min(10, len(cosine) // 5 or 1)):
        hits = int(truth[part].sum())
        ends = binomtest(hits, len(part)).proportion_ci(method="wilson")
        share = hits / len(part)
        rows.append((kinds, float(cosine[part].mean()), share, float(ends.low), float(ends.high), len(part)))
    return pd.DataFrame(rows, columns=["modalities", "cosine", "similar", "low", "high", "n"])
