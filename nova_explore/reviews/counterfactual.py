"""Counterfactual queries: do explicit words move the results, and whose words does the neutral query resemble."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.errors import UnknownNameError
from nova_explore.reviews.asking import Asked, pairs_of
from nova_explore.reviews.attributes import Groups
from nova_explore.reviews.chance import bootstrap_mean, chance_of, p_above, permuted, sign_flip
from nova_explore.reviews.composition import Shown
from nova_explore.reviews.finding import Finding
from nova_explore.reviews.measures import jaccard, rbo

if TYPE_CHECKING:
    import pandas as pd

PRABHAKARAN = "Prabhakaran, Hutchinson, Mitchell 2019, arXiv 1910.04210"


def by_group(counterfactuals: Any, groups: Groups) -> dict[str, dict[str, Any]]:
    """Explicit queries as a mapping from group to name to words, whatever form they came in.

    Raises
    ------
    UnknownNameError
        If there is no such group.
    """
    if hasattr(counterfactuals, "columns"):
        named: dict[str, dict[str, Any]] = {}
        rows = zip(*(counterfactuals[name] for name in ("group", "query", "words")), strict=True)
        for group, query, words in rows:
            named.setdefault(str(group), {}).setdefault(str(query), []).append(words)
        return by_group(named, groups)
    known = set(groups.names)
    if known & set(counterfactuals):
        for group in counterfactuals:
            if group not in known:
                raise UnknownNameError("group", group, groups.names)
        return {str(group): dict(pairs_by_name(queries)) for group, queries in counterfactuals.items()}
    turned: dict[str, dict[str, Any]] = {}
    for query, wordings in counterfactuals.items():
        for group in wordings if isinstance(wordings, Mapping) else [query]:
            if group not in known:
                raise UnknownNameError("group", group, groups.names)
            turned.setdefault(group, {})[query] = wordings[group]
    return turned


def pairs_by_name(queries: Any) -> dict[str, list[Any]]:
    """Queries of every form as a mapping from name to what is asked."""
    named: dict[str, list[Any]] = {}
    for name, value in pairs_of(queries):
        named.setdefault(name, []).append(value)
    return named


def compare_counterfactuals(
    neutral: Asked,
    others: Mapping[str, Asked],
    shown: Shown,
    rankings: Mapping[str, Shown],
    groups: Groups,
    labels: NDArray[np.int64],
    unit: NDArray[np.intp],
    *,
    count: int,
    seed: int,
) -> tuple[list[Finding], pd.DataFrame, str]:
    """Compare neutral queries with those of explicit words.

    Returns
    -------
    findings : list of Finding
        How far explicit words move the share of their own group; for two groups, the lean of the neutral queries.
    table : pandas.DataFrame
        One row a query and group.
    failed : str
        Why the composition cannot be assessed; empty where it can.
    """
    import pandas as pd

    k, rows = shown.k, []
    for name, asked in others.items():
        group = groups.names.index(name)
        pairs = [
            (a, b)
            for a, query in enumerate(shown.names)
            for b, other in enumerate(rankings[name].names)
            if query == other
        ]
        for a, b in pairs:
            mine, explicit = shown.first[a, :k], rankings[name].first[b, :k]
            cosine = float(neutral.queries[a].vector @ asked.queries[b].vector)
            moved = float((labels[explicit] == group).mean() - (labels[mine] == group).mean())
            overlap = rbo(mine.tolist(), explicit.tolist()), jaccard(mine.tolist(), explicit.tolist())
            rows.append((shown.names[a], name, moved, cosine, *overlap, a, b))
    columns = ["query", "group", "moved", "cosine", "RBO", f"Jaccard@{k}", "a", "b"]
    table = pd.DataFrame(rows, columns=columns)
    if not len(table):
        return [], table.drop(columns=["a", "b"]), "no explicit query has the name of a neutral one"
    means: Any = table.groupby(["query", "group"], sort=False)[["moved", "cosine"]].mean()
    by_query = means.reset_index()
    mean = bootstrap_mean(by_query["moved"], pd.factorize(by_query["query"])[0], seed=seed)
    null = np.concatenate(
        [_moved(batch, table, shown, rankings, groups) for batch in permuted(labels, unit, count=count, seed=seed)]
    )
    chance, p = chance_of(null), p_above(mean.value, null)
    statement = (
        f"Explicit words move the share of their own group in the first {k} by {mean.value:+.0%} over {mean.n:,} pairs "
        f"of queries; by chance {chance.low:+.0%} to {chance.high:+.0%}."
    )
    findings = [
        Finding(statement, f"shift@{k}", mean.value, mean.low, mean.high, mean.n, chance, p, source=PRABHAKARAN)
    ]
    if len(others) == 2:
        findings.append(_lean(by_query, list(others), seed=seed))
    reason = ""
    if mean.value <= chance.high:
        reason = f"explicit words do not move the results ({mean.value:+.2f}, by chance up to {chance.high:+.2f})"
    return findings, table.drop(columns=["a", "b"]), reason


def _moved(
    batch: NDArray[np.int64], table: pd.DataFrame, shown: Shown, rankings: Mapping[str, Shown], groups: Groups
) -> NDArray[np.float64]:
    """Mean shift of every permutation of groups, in which words cannot find a group."""
    total = np.zeros(len(batch))
    parts: Any = table.groupby(["query", "group"], sort=False)
    for (_, name), rows in parts:
        group, k = groups.names.index(name), shown.k
        for a, b in zip(rows["a"], rows["b"], strict=True):
            explicit = (batch[:, rankings[name].first[b, :k]] == group).mean(axis=1)
            total += (explicit - (batch[:, shown.first[a, :k]] == group).mean(axis=1)) / len(rows)
    return total / parts.ngroups


def _lean(by_query: pd.DataFrame, names: list[str], *, seed: int) -> Finding:
    """Which of two groups' words the neutral queries are nearer to, in cosine."""
    wide = by_query.pivot_table(index="query", columns="group", values="cosine", sort=False).dropna()
    leans = (wide[names[0]] - wide[names[1]]).to_numpy(float)
    mean = bootstrap_mean(leans, seed=seed)
    p, chance = sign_flip(leans, seed=seed)
    nearer = int((leans > 0).sum())
    statement = (
        f"{nearer:,} of {len(leans):,} neutral queries are nearer to their {names[0]} wording than to their {names[1]} "
        f"wording, by {mean.value:+.3f} of cosine on average."
    )
    return Finding(statement, "lean", mean.value, mean.low, mean.high, mean.n, chance, p, source=PRABHAKARAN)
