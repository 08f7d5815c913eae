"""Which groups are in which clusters, more or less than chance puts there; and who is left unclustered."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.reviews.attributes import groups_of
from nova_explore.reviews.chance import bootstrap_mean, chance_of, drawn_counts, null_of, p_above, p_two_sided, units_of
from nova_explore.reviews.finding import FEWEST, Finding, Review, with_q
from nova_explore.reviews.gallery import copies_across

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration

FISHER = "Fisher 1922; Benjamini, Hochberg 1995, doi 10.1111/j.2517-6161.1995.tb02031.x"
FEWEST_EXPECTED = 5
"""Members of a group that a cluster has by chance, below which its cell is not tested."""


def cluster_composition(
    exploration: Exploration,
    attribute: Any,
    *,
    unit: Any = None,
    fewest: int = FEWEST,
    permutations: int = 4999,
    seed: int = 0,
) -> Review:
    """Measure which groups are in which clusters, against groups that are permuted between units.

    Parameters
    ----------
    exploration : Exploration
    attribute : str, sequence of str, or mapping
        See `attributes.groups_of`.
    unit : None, str or sequence
        What is permuted; see `chance.units_of`.
    fewest : int, default 30
        Members that a group needs to be reported.
    permutations : int, default 4999

    Returns
    -------
    Review
        The dependence of clusters and groups, the unclustered share of every group, and each cell that is tested.
        Table ``clusters``: one row a cluster and group with count, lift, interval, Fisher's p-value (which takes items
        for independent) and the p-value by permutation of units.
    """
    import pandas as pd
    from scipy.stats import fisher_exact

    groups = groups_of(exploration, attribute, fewest=fewest)
    settings = {"attribute": groups.name, "seed": seed}
    not_run = list(groups.not_run)
    if len(groups.names) < 2:
        not_run.append((f"groups of {groups.name}", "needs two groups that are large enough"))
        return Review("cluster composition", (), {}, tuple(not_run), settings=settings)
    inside = groups.positions
    labels, sizes = groups.labels[inside], groups.sizes
    clusters = exploration.clustering.labels[inside]
    unit_of_item = units_of(exploration, unit)[inside]
    names = [*sorted(set(clusters.tolist()) - {-1}), -1]
    member = (clusters[:, None] == np.array(names)).astype(np.float32)

    def count(batch: NDArray[np.int64]) -> NDArray[np.float64]:
        each = [(batch == group).astype(np.float32) @ member for group in range(len(groups.names))]
        return np.stack(each, axis=-1).astype(float)

    observed = count(labels[None])[0]
    null = null_of(labels, unit_of_item, count, count=permutations, seed=seed)
    totals = member.sum(axis=0)
    findings, rows = copies_across(exploration, groups), []
    dependence, spread = _dependence(observed[None], totals, sizes)[0], _dependence(null, totals, sizes)
    chance = chance_of(spread)
    statement = (
        f"Clusters and {groups.name} share {dependence:.3f} of information (Cramér's V); permuted groups give "
        f"{chance.low:.3f} to {chance.high:.3f}."
    )
    p = p_above(dependence, spread)
    low, high = _dependence_interval(labels, member, unit_of_item, len(groups.names), seed=seed)
    findings.append(
        Finding(statement, "Cramér's V", dependence, low, high, len(inside), chance, p, source="Cramér 1946")
    )
    ids, untested = np.array(exploration.collection.ids, object)[inside], 0
    for row, cluster in enumerate(names):
        if not totals[row]:
            continue
        for group, name in enumerate(groups.names):
            found, expected = observed[row, group], totals[row] * sizes[group] / len(inside)
            band = chance_of(null[:, row, group] / expected)
            table = [
                [found, totals[row] - found],
                [sizes[group] - found, len(inside) - totals[row] - sizes[group] + found],
            ]
            exact: Any = fisher_exact(np.array(table, int))
            tested = expected >= FEWEST_EXPECTED
            untested += not tested
            p = p_two_sided(found, null[:, row, group]) if tested else math.nan
            called = exploration.name_of(int(cluster))
            mean = bootstrap_mean(labels[member[:, row] > 0] == group, unit_of_item[member[:, row] > 0], seed=seed)
            whole = sizes[group] / len(inside)
            lift = found / expected
            rows.append((called, int(cluster), name, int(found), int(totals[row]), lift, mean.low / whole,
                         mean.high / whole, band.low, band.high, float(exact[1]), p))  # fmt: skip
            if not tested or (len(groups.names) == 2 and group == 1):
                continue
            where = "the unclustered items" if cluster < 0 else f"the cluster “{called}”"
            statement = (
                f"{found:.0f} of {totals[row]:.0f} in {where} are {name} ({found / totals[row]:.0%}; {whole:.0%} of "
                f"all): {lift:.2f} times their share; permuted groups give {band.low:.2f} to {band.high:.2f}."
            )
            mine = ids[(member[:, row] > 0) & (labels == group)]
            findings.append(
                Finding(statement, f"lift of {name} in {called}", lift, mean.low / whole, mean.high / whole,
                        int(totals[row]), band, p, ids=tuple(mine), source=FISHER)
            )  # fmt: skip
    if untested:
        not_run.append((f"{untested} cells", f"fewer than {FEWEST_EXPECTED} expected by chance: counted, not tested"))
    columns = [
        "name",
        "cluster",
        "group",
        "count",
        "size",
        "lift",
        "low",
        "high",
        "chance_low",
        "chance_high",
        "fisher p",
        "p",
    ]
    tables = {
        "clusters": pd.DataFrame(rows, columns=columns),
        "medoids": _medoids(exploration, groups.labels, groups.names),
    }
    return Review("cluster composition", with_q(findings), tables, tuple(not_run), settings=settings)


def _dependence(
    counts: NDArray[np.float64], totals: NDArray[np.float32], sizes: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Cramér's V of each table of clusters and groups: float array of shape (b,)."""
    n = float(sizes.sum())
    expected = np.outer(totals, sizes) / n
    used = expected > 0
    chi2 = (np.where(used, counts - expected, 0) ** 2 / np.where(used, expected, 1)).sum(axis=(1, 2))
    least = min(int((totals > 0).sum()), int((sizes > 0).sum())) - 1
    return np.sqrt(chi2 / n / max(least, 1))


def _dependence_interval(
    labels: NDArray[np.int64], member: NDArray[np.float32], unit: NDArray[np.intp], count: int, *, seed: int
) -> tuple[float, float]:
    number = np.unique(unit, return_inverse=True)[1]
    cells = (np.arange(count) == labels[:, None])[:, None, :] * member[:, :, None]
    per_unit = np.zeros((int(number.max()) + 1, member.shape[1] * count))
    np.add.at(per_unit, number, cells.reshape(len(labels), -1))
    drawn = drawn_counts(len(per_unit), seed=seed, resamples=500) @ per_unit
    values = []
    for table in drawn.reshape(len(drawn), member.shape[1], count):
        values.append(_dependence(table[None], table.sum(axis=1), table.sum(axis=0))[0])
    low, high = np.quantile(values, (0.025, 0.975))
    return float(low), float(high)


def _medoids(exploration: Exploration, labels: NDArray[np.int64], names: tuple[str, ...]) -> Any:
    """Which groups stand for the clusters: one row a group."""
    import pandas as pd

    ids = [id for name in exploration.names.values() for id in name.medoids]
    places = exploration.collection.positions(ids)
    shown = labels[places] if places else np.empty(0, np.int64)
    counts = np.bincount(shown[shown >= 0], minlength=len(names))
    whole = np.bincount(labels[labels >= 0], minlength=len(names))
    shares = counts / max(counts.sum(), 1)
    return pd.DataFrame({"group": names, "medoids": counts, "share": shares, "share of all": whole / whole.sum()})
