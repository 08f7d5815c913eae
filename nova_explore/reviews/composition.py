"""Composition of the first results: measures of every query, against blind rankings of the same gallery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nova_explore.reviews.attributes import Groups
from nova_explore.reviews.chance import bootstrap_mean, chance_of, drawn_counts, p_above, p_two_sided, permuted
from nova_explore.reviews.finding import Finding
from nova_explore.reviews.measures import GEYIK, SINGH, WANG, exposure, ndkl, skew

if TYPE_CHECKING:
    import pandas as pd

    from nova_explore.exploration.bundle import Exploration

GALLERY_DRAWS = 500
"""Galleries that are drawn again for the interval of one query's composition."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Rankings of the gallery, cut at k.

    Attributes
    ----------
    names : tuple of str
        Of the queries, one for each ranking; templates of one query share a name.
    first : int array of shape (r, m)
        Places in the gallery of the first m results of each ranking, m at least k.
    k : int
    """

    names: tuple[str, ...]
    first: NDArray[np.intp]
    k: int


def composition(labels: NDArray[np.int64], shown: Shown, wanted: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Measures of every ranking, for one or many labellings of the gallery.

    Parameters
    ----------
    labels : int array of shape (..., gallery)

    Returns
    -------
    dict of str to float array
        ``NDKL``, ``MaxSkew``, ``Bias`` of shape (..., rankings); ``count`` and ``exposure`` with one more axis of
        groups. Bias is of the first two groups, and 0 means as many of both.
    """
    k, count = shown.k, len(wanted)
    top = labels[..., shown.first[:, :k]]
    counts = np.stack([(top == group).sum(axis=-1) for group in range(count)], axis=-1)
    both = counts[..., 0] + counts[..., 1]
    return {
        "NDKL": ndkl(top, wanted),
        "MaxSkew": np.max(skew(counts / k, wanted), axis=-1),
        "Bias": (counts[..., 0] - counts[..., 1]) / np.maximum(both, 1),
        "count": counts.astype(float),
        "exposure": exposure(top, count),
    }  # fmt: skip


def _by_query(values: NDArray[np.float64], names: Sequence[str], axis: int) -> NDArray[np.float64]:
    """Means over the templates of each query along an axis of rankings."""
    order = list(dict.fromkeys(names))
    place = np.array([order.index(name) for name in names])
    moved = np.moveaxis(values, axis, 0)
    return np.moveaxis(np.stack([moved[place == row].mean(axis=0) for row in range(len(order))]), 0, axis)


def measure_composition(
    exploration: Exploration,
    shown: Shown,
    labels: NDArray[np.int64],
    unit: NDArray[np.intp],
    groups: Groups,
    gallery: NDArray[np.intp],
    wanted: NDArray[np.float64],
    *,
    count: int,
    seed: int,
) -> tuple[list[Finding], dict[str, pd.DataFrame]]:
    """Measure the composition of every query's first results, and of all queries together.

    Parameters
    ----------
    labels, unit : int array of shape (gallery,)
        Group and unit of every item of the gallery.
    wanted : float array of shape (groups,)
        The target.
    count : int
        Permutations.

    Returns
    -------
    findings : list of Finding
        Those over all queries first.
    tables : dict of str to pandas.DataFrame
        ``queries`` and ``summary``.
    """
    import pandas as pd

    observed = {name: _by_query(value, shown.names, 0) for name, value in composition(labels, shown, wanted).items()}
    blind: dict[str, list[NDArray[np.float64]]] = {name: [] for name in observed}
    for batch in permuted(labels, unit, count=count, seed=seed):
        for part in np.array_split(batch, max(1, len(batch) * shown.first.size // 20_000_000 + 1)):
            for name, value in composition(part, shown, wanted).items():
                blind[name].append(_by_query(value, shown.names, 1))
    null = {name: np.concatenate(parts) for name, parts in blind.items()}
    rows, k = [], shown.k
    findings: list[Finding] = []
    share = groups.sizes / groups.sizes.sum()
    queries = list(dict.fromkeys(shown.names))
    ends = _redrawn(shown, labels, unit, len(groups.names), seed=seed)
    for row, query in enumerate(queries):
        main = "Bias" if len(groups.names) == 2 else "NDKL"
        value, chance = float(observed[main][row]), chance_of(null[main][:, row])
        test = p_two_sided if main == "Bias" else p_above
        p = test(value, null[main][:, row])
        for group, name in enumerate(groups.names):
            band = chance_of(null["count"][:, row, group])
            shown_count = float(observed["count"][row, group])
            rows.append(
                (query, name, shown_count, k, shown_count / k, *ends[group][row], share[group], wanted[group],
                 band.mean, band.low, band.high, float(skew(np.array(shown_count / k), wanted[group])),
                 float(observed["exposure"][row, group] / wanted[group]), float(observed["NDKL"][row]),
                 float(observed["MaxSkew"][row]), value, chance.low, chance.high, p)
            )  # fmt: skip
        most = int(np.argmax(observed["count"][row] / k - share))
        mine = [first for first, name in zip(shown.first, shown.names, strict=True) if name == query]
        top = [gallery[place] for first in mine for place in first[:k]]
        # Of two groups, the bias follows from the share of the first one.
        low, high = (2 * end - 1 for end in ends[0][row])
        if main == "NDKL":
            low, high = _ndkl_interval(mine, k, labels, unit, wanted, seed=seed)
        band = chance_of(null["count"][:, row, most])
        statement = (
            f"“{query}”: {observed['count'][row, most]:.3g} of the first {k} results are {groups.names[most]}; a blind "
            f"ranking of this gallery ({share[most]:.0%} {groups.names[most]}) shows {band.low:.3g} to {band.high:.3g}."
        )
        ids = tuple(dict.fromkeys(exploration.collection.ids[i] for i in top))
        source = WANG if main == "Bias" else GEYIK
        findings.append(Finding(statement, f"{main}@{k}", value, low, high, k, chance, p, ids=ids, source=source))
    summary, over = _summary(observed, null, groups, k, seed=seed)
    columns = [
        "query", "group", "count", "k", "share", "low", "high", "gallery", "target", "chance", "chance_low",
        "chance_high", "Skew", "exposure ratio", "NDKL", "MaxSkew", "main", "main_low", "main_high", "p",
    ]  # fmt: skip
    return [*over, *findings], {"queries": pd.DataFrame(rows, columns=columns), "summary": summary}


def _redrawn(
    shown: Shown, labels: NDArray[np.int64], unit: NDArray[np.intp], count: int, *, seed: int
) -> list[list[tuple[float, float]]]:
    """95 % interval of each group's share in the top k of each query, from galleries whose units are drawn again."""
    shares = _drawn_shares(shown, labels, unit, count, seed=seed)
    by_query = _by_query(shares, shown.names, 1)
    low, high = np.quantile(by_query, (0.025, 0.975), axis=0)
    return [list(zip(low[:, group].tolist(), high[:, group].tolist(), strict=True)) for group in range(count)]


def _drawn_shares(
    shown: Shown, labels: NDArray[np.int64], unit: NDArray[np.intp], count: int, *, seed: int
) -> NDArray[np.float64]:
    """Share of every group in the top k: float array of shape (draws, rankings, groups)."""
    number = np.unique(unit, return_inverse=True)[1]
    weights = drawn_counts(int(number.max()) + 1, seed=seed, resamples=GALLERY_DRAWS).astype(np.float32)
    out = np.empty((GALLERY_DRAWS, len(shown.first), count))
    for row, first in enumerate(shown.first):
        weight = weights[:, number[first]]
        before = np.cumsum(weight, axis=1) - weight
        used = np.clip(shown.k - before, 0, weight)
        total = np.maximum(used.sum(axis=1), 1)
        for group in range(count):
            out[:, row, group] = (used * (labels[first] == group)).sum(axis=1) / total
    return out


def _ndkl_interval(
    rows: Sequence[NDArray[np.intp]],
    k: int,
    labels: NDArray[np.int64],
    unit: NDArray[np.intp],
    wanted: NDArray[np.float64],
    *,
    seed: int,
) -> tuple[float, float]:
    number = np.unique(unit, return_inverse=True)[1]
    weights = drawn_counts(int(number.max()) + 1, seed=seed, resamples=GALLERY_DRAWS).astype(int)
    values = []
    for weight in weights:
        drawn = [np.repeat(first, weight[number[first]])[:k] for first in rows]
        values.append(float(np.mean([ndkl(labels[one], wanted) for one in drawn if len(one)])))
    low, high = np.quantile(values, (0.025, 0.975))
    return float(low), float(high)


def _summary(
    observed: Mapping[str, NDArray[np.float64]],
    null: Mapping[str, NDArray[np.float64]],
    groups: Groups,
    k: int,
    *,
    seed: int,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Means over all queries, with intervals over queries; the band is of the gallery that all queries share."""
    import pandas as pd

    rows, findings = [], []
    names = ["NDKL", "MaxSkew"] if len(groups.names) > 2 else ["Bias", "|Bias|", "NDKL", "MaxSkew"]
    for name in names:
        values, blind = observed[name.strip("|")], null[name.strip("|")]
        values, blind = (abs(values), abs(blind)) if name == "|Bias|" else (values, blind)
        mean, chance = bootstrap_mean(values, seed=seed), chance_of(blind.mean(axis=1))
        p = (p_two_sided if name == "Bias" else p_above)(mean.value, blind.mean(axis=1))
        if name == "Bias":
            former, latter, *_ = list(groups.names)
            what = f"Bias@{k} ({former} against {latter}, +1 only the former)"
        else:
            what = f"{name}@{k}"
        statement = (
            f"{what} is {mean.value:.3f} on average over {mean.n:,} queries; blind rankings of this gallery give "
            f"{chance.low:.3f} to {chance.high:.3f}."
        )
        source = WANG if "Bias" in name else GEYIK
        findings.append(
            Finding(statement, f"{name}@{k}", mean.value, mean.low, mean.high, mean.n, chance, p, source=source)
        )
        rows.append((f"{name}@{k}", mean.value, mean.low, mean.high, mean.n, *chance, p))
    weight, target = observed["exposure"].mean(axis=0), null["exposure"].mean(axis=1)
    for group, name in enumerate(groups.names):
        chance, mean = chance_of(target[:, group]), bootstrap_mean(observed["exposure"][:, group], seed=seed)
        p = p_two_sided(float(weight[group]), target[:, group])
        statement = (
            f"{name} get {weight[group]:.0%} of the exposure of the first {k} results over {mean.n:,} queries; blind "
            f"rankings give {chance.low:.0%} to {chance.high:.0%}."
        )
        measured = f"exposure@{k} of {name}"
        findings.append(Finding(statement, measured, mean.value, mean.low, mean.high, mean.n, chance, p, source=SINGH))
        rows.append((measured, mean.value, mean.low, mean.high, mean.n, *chance, p))
    columns = ["measure", "value", "low", "high", "n", "chance", "chance_low", "chance_high", "p"]
    if k < 20:
        findings[0] = _with_note(findings[0], k)
    return pd.DataFrame(rows, columns=columns), findings


def _with_note(finding: Finding, k: int) -> Finding:
    from scipy.stats import binom

    tails = [2 * float(binom.sf(count - 1, k, 0.5)) for count in range(k + 1)]
    least = next((count for count, p in enumerate(tails) if p < 0.05), None)
    shows = f"fewer than {least} of {k}" if least is not None else "any composition"
    note = f"From one query with k = {k}, {shows} of one of two equal groups cannot be told from chance."
    return replace(finding, statement=f"{finding.statement} {note}")
