"""Judgements: which items are relevant to which query, from a frame, a file or a folder, and how far judges agree."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from nova_explore.errors import SourceError
from nova_explore.reviews.chance import RESAMPLES, Mean, drawn_counts
from nova_explore.reviews.input_files import read_input

if TYPE_CHECKING:
    import pandas as pd

Level = Literal["nominal", "ordinal", "interval", "ratio"]

KRIPPENDORFF = "Krippendorff 2011, Computing Krippendorff's Alpha-Reliability"

SETTLED = "agreed"
"""The judge of a decision that judges came to together: it counts in the place of their own."""

COLUMNS = ("query", "item", "relevance")
BEIR = {"query-id": "query", "corpus-id": "item", "score": "relevance"}
"""What BEIR and mteb call the columns."""


def read_judgements(source: Any) -> pd.DataFrame:
    """Read judgements.

    Parameters
    ----------
    source : frame, mapping, or path
        A frame with the columns ``query``, ``item`` and, unless all are relevant, ``relevance``; a mapping from query
        to item ids, or to a mapping from id to relevance; a CSV or TSV file with the same columns, or those of BEIR;
        TREC qrels (four columns, or five as in M-BEIR, no header);
        JSON of such a mapping, JSON lines or Parquet; a folder of the BEIR form with ``qrels/test.tsv``. Several judges
        of one pair, in the column ``judge``, count by their median, or by what they agreed on (the judge "agreed").

    Returns
    -------
    pandas.DataFrame
        Columns query, item (text) and relevance (float), one row a pair.

    Raises
    ------
    SourceError
        If there is no such file, a column is missing, or a row cannot be used.
    """
    import pandas as pd

    frame = _read_file(Path(source)) if isinstance(source, str | Path) else source
    if isinstance(frame, Mapping):
        rows = [(query, item, relevance) for query, items in frame.items() for item, relevance in _graded(items)]
        frame = pd.DataFrame(rows, columns=list(COLUMNS))
    frame = frame.rename(columns=BEIR)
    if "relevance" not in frame.columns:
        frame = frame.assign(relevance=1.0)
    if missing := [name for name in COLUMNS if name not in frame.columns]:
        have = ", ".join(map(str, frame.columns))
        raise SourceError(f"The judgements have the columns {have}. They need {', '.join(missing)} too.")
    relevance: Any = pd.to_numeric(frame["relevance"], errors="coerce")
    wrong = relevance.isna() & frame["relevance"].notna()
    if wrong.any():
        shown = next(value for value, bad in zip(frame["relevance"], wrong, strict=True) if bad)
        raise SourceError(f"A relevance is {shown!r}. It needs a number: 0 for irrelevant, more for more relevant.")
    frame = frame.assign(
        query=frame["query"].astype(str), item=frame["item"].astype(str), relevance=relevance.astype(float)
    )
    frame = frame.dropna(subset=["relevance"])
    if "judge" in frame.columns and SETTLED in set(frame["judge"]):
        agreed: Any = frame[frame["judge"] == SETTLED]
        settled = set(zip(agreed["query"], agreed["item"], strict=True))
        open_ = [pair not in settled for pair in zip(frame["query"], frame["item"], strict=True)]
        frame = pd.concat([frame[np.array(open_, bool)], agreed])
    return frame.groupby(["query", "item"], sort=False)["relevance"].median().reset_index()


def _graded(items: Any) -> Iterable[tuple[Any, Any]]:
    """Items with their relevance, 1 where none is said."""
    if isinstance(items, Mapping):
        return items.items()
    return ((item, 1) for item in ([items] if isinstance(items, str) else items))


def _read_file(path: Path) -> Any:
    if path.is_dir():
        found = sorted([*path.glob("qrels/test*"), *path.glob("qrels/*")], key=lambda file: "test" not in file.name)
        if not found:
            raise SourceError(f"{path} has no folder qrels with a file in it, as BEIR has. Pass the file itself.")
        path = found[0]
    return read_input(
        path, "judgements", "Pass a CSV, TSV, JSON, Parquet or TREC file.",
        filled=("query", "item", "query-id", "corpus-id"),
        trec=("query", "round", "item", "relevance", "task"),
    )  # fmt: skip


# ---- how far judges agree ---------------------------------------------------------------------------------------


def krippendorff_alpha(ratings: Any, *, level: Level = "nominal") -> float:
    """Krippendorff's α: 1 for full agreement, 0 for chance; NaN where nothing was rated twice or nothing differs.

    Parameters
    ----------
    ratings : float array of shape (judges, things)
        NaN where a judge did not rate.
    level : {"nominal", "ordinal", "interval", "ratio"}
    """
    values, counts = _counted(np.asarray(ratings, float))
    return _alpha(counts, _distances(values, counts, level))


def agreement(
    frame: pd.DataFrame,
    *,
    level: Level = "ordinal",
    unit: str | None = None,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> tuple[Mean, pd.DataFrame]:
    """Krippendorff's α over judgements, its interval from things drawn again, and the pairs that judges differ on.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns query, item, judge, relevance.
    unit : {"query", "item"}, optional
        What is drawn again together; every pair alone by default.

    Returns
    -------
    alpha : Mean
    disagreements : pandas.DataFrame
        One row a pair that was rated differently, the largest difference first.
    """
    table = frame.pivot_table(index=["query", "item"], columns="judge", values="relevance", aggfunc="last")
    ratings = table.to_numpy(float).T
    values, counts = _counted(ratings)
    value = _alpha(counts, _distances(values, counts, level))
    n = int((counts.sum(axis=1) > 1).sum())
    alphas = []
    if n > 1:
        labels = np.arange(len(counts)) if unit is None else table.index.get_level_values(unit).to_numpy()
        number = np.unique(labels, return_inverse=True)[1]
        for weight in drawn_counts(int(number.max()) + 1, seed=seed, resamples=resamples).astype(int):
            rows = np.repeat(np.arange(len(counts)), weight[number])
            alphas.append(_alpha(counts[rows], _distances(values, counts[rows], level)))
    kept = np.array([alpha for alpha in alphas if not math.isnan(alpha)])
    low, high = np.quantile(kept, (0.025, 0.975)) if len(kept) else (math.nan, math.nan)
    spread = table.max(axis=1) - table.min(axis=1)
    wide: Any = table.assign(difference=spread)
    differing = wide[spread > 0].sort_values("difference", ascending=False)
    return Mean(value, float(low), float(high), n, n), differing.reset_index()


def judgements_needed(values: Any, *, within: float = 0.05) -> int:
    """Queries to judge until the 95 % interval of their mean reaches this far to both sides, by their spread so far."""
    values = np.asarray(values, float)
    return math.ceil((1.96 * float(values.std(ddof=1)) / within) ** 2) if len(values) > 1 else 0


def _counted(ratings: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The values that occur, and how often each thing got each: float array of shape (things, values)."""
    values = np.unique(ratings[~np.isnan(ratings)])
    return values, np.stack([(ratings == value).sum(axis=0) for value in values], axis=1).astype(float) if len(
        values
    ) else np.zeros((ratings.shape[1], 0))


def _distances(values: NDArray[np.float64], counts: NDArray[np.float64], level: Level) -> NDArray[np.float64]:
    paired = counts[counts.sum(axis=1) > 1].sum(axis=0)
    a, b = values[:, None], values[None]
    if level == "ordinal":
        upto = np.cumsum(paired) - paired / 2
        return (upto[:, None] - upto[None]) ** 2
    metrics: dict[str, Callable[[], NDArray[np.float64]]] = {
        "nominal": lambda: (a != b).astype(float),
        "interval": lambda: (a - b) ** 2,
        "ratio": lambda: np.where(a + b == 0, 0, (a - b) / np.where(a + b == 0, 1, a + b)) ** 2,
    }
    return metrics[level]()


def _alpha(counts: NDArray[np.float64], distances: NDArray[np.float64]) -> float:
    rated = counts.sum(axis=1)
    counts, rated = counts[rated > 1], rated[rated > 1]
    total = counts.sum(axis=0)
    n = total.sum()
    if n < 2:
        return math.nan
    pairs = (counts / (rated - 1)[:, None]).T @ counts - np.diag((counts / (rated - 1)[:, None]).sum(axis=0))
    expected = (np.outer(total, total) - np.diag(total)) / (n - 1)
    expected_distance = float((expected * distances).sum())
    return 1 - float((pairs * distances).sum()) / expected_distance if expected_distance else math.nan
