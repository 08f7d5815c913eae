"""Measures of ranked results: how good they are, and whom they show. Arrays in, numbers out.

Relevance has a linear gain in nDCG, as in trec_eval (Järvelin and Kekäläinen 2002). Composition follows Wang, Liu and
Wang 2021 (Bias@K), Geyik, Ambler and Kenthapadi 2019 (Skew, NDKL) and Singh and Joachims 2018 (exposure).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

WANG = "Wang, Liu, Wang 2021, arXiv 2109.05433"
GEYIK = "Geyik, Ambler, Kenthapadi 2019, arXiv 1905.01989"
SINGH = "Singh, Joachims 2018, arXiv 1802.07281"
TREC = "trec_eval; Järvelin, Kekäläinen 2002"


def ranks_of(scores: NDArray[np.float32], tie: NDArray[np.intp]) -> NDArray[np.intp]:
    """Rank of every item, 0 the best; equal scores by ``tie``, its highest first.

    Parameters
    ----------
    scores : float32 array of shape (n,)
    tie : int array of shape (n,)
        Place of every id in the order of the ids: trec_eval puts the last id first.
    """
    order = np.lexsort((-tie, -scores))
    ranks = np.empty(len(scores), np.intp)
    ranks[order] = np.arange(len(scores))
    return ranks


def score_rankings(
    ranks: NDArray[Any], relevance: NDArray[np.float64], owner: NDArray[np.intp], count: int, *, k: int
) -> dict[str, NDArray[np.float64]]:
    """Measure rankings by where their relevant items stand.

    Parameters
    ----------
    ranks : int or float array of shape (m,)
        Rank of every judged item that is relevant, 0 the best; infinity where it is not there to be found.
    relevance : float array of shape (m,)
        Above 0.
    owner : int array of shape (m,)
        Whose ranking it is: 0 … count-1.
    count : int
        Rankings; each has a relevant item.
    k : int
        Results that are looked at.

    Returns
    -------
    dict of str to float array of shape (count,)
        ``nDCG@k``, ``recall@k``, ``hit rate@k``, ``MRR``, ``MAP``.
    """
    order = np.lexsort((ranks, owner))
    ranks, relevance, owner = ranks[order].astype(float), relevance[order], owner[order]
    total = np.bincount(owner, minlength=count).astype(float)
    inside = ranks < k
    number = np.arange(len(owner)) - np.concatenate([[0], np.cumsum(total)[:-1]]).astype(np.intp)[owner]
    found = np.bincount(owner, inside, minlength=count)
    gain = np.bincount(owner, relevance * inside / np.log2(ranks + 2), minlength=count)
    first = np.full(count, np.inf)
    np.minimum.at(first, owner, ranks)
    best = np.lexsort((-relevance, owner))
    ideal = np.bincount(owner, relevance[best] * (number < k) / np.log2(number + 2), minlength=count)
    return {
        f"nDCG@{k}": gain / ideal,
        f"recall@{k}": found / total,
        f"hit rate@{k}": (found > 0).astype(float),
        "MRR": 1 / (first + 1),
        "MAP": np.bincount(owner, (number + 1) / (ranks + 1), minlength=count) / total,
    }


def bias(groups: Sequence[Any], first: Any, second: Any) -> float:
    """Bias@K of the first K results: (n1 - n2) / (n1 + n2), 0 where neither group is shown.

    Examples
    --------
    >>> bias(list("mmfnm"), "m", "f")
    0.5
    """
    a, b = (sum(group == wanted for group in groups) for wanted in (first, second))
    return (a - b) / (a + b) if a + b else 0.0


def skew(shares: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Skew@K of every group: the natural logarithm of share by target; -inf for a group that is not shown."""
    with np.errstate(divide="ignore"):
        return np.log(shares / target)


def ndkl(groups: NDArray[np.int64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """NDKL: how far the shares of every prefix are from the target, the top counting most.

    Parameters
    ----------
    groups : int array of shape (..., k)
        Groups in the order of the ranking, 0 … g-1.
    target : float array of shape (g,)
        Sums to 1.

    Returns
    -------
    float array of shape (...)
        0 for a ranking on target at every depth; at most -ln of the smallest target.
    """
    depth = np.arange(1, groups.shape[-1] + 1)
    weight = 1 / np.log2(depth + 1)
    total = np.zeros(groups.shape)
    for group, share in enumerate(target):
        prefix = np.cumsum(groups == group, axis=-1) / depth
        total += np.where(prefix > 0, prefix * np.log(np.where(prefix > 0, prefix, 1) / share), 0)
    return (total * weight).sum(axis=-1) / weight.sum()


def exposure(groups: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """Share of the exposure that every group gets: position j of a ranking counts 1 / log2(1 + j).

    Parameters
    ----------
    groups : int array of shape (..., k)
    count : int
        Groups.

    Returns
    -------
    float array of shape (..., count)
        Rows sum to 1.
    """
    weight = 1 / np.log2(np.arange(2, groups.shape[-1] + 2))
    return np.stack([((groups == group) * weight).sum(axis=-1) for group in range(count)], axis=-1) / weight.sum()


def gini(counts: NDArray[np.float64]) -> float:
    """Gini coefficient of how often things are shown: 0 all equally often, towards 1 only one."""
    ordered = np.sort(counts)
    n, total = len(ordered), float(ordered.sum())
    if not n or not total:
        return 0.0
    return min(1.0, max(0.0, float(2 * (np.arange(1, n + 1) @ ordered) / (n * total) - (n + 1) / n)))


def rbo(first: Sequence[Any], second: Sequence[Any], *, p: float = 0.9) -> float:
    """Rank-biased overlap of two lists of the same length, extrapolated (Webber, Moffat, Zobel 2010).

    Examples
    --------
    >>> round(rbo("12345", "23415"), 3), round(rbo("abc", "acb"), 3)
    (0.828, 0.955)
    """
    depth = min(len(first), len(second))
    if not depth:
        return math.nan
    seen_a: set[Any] = set()
    seen_b: set[Any] = set()
    total = 0.0
    for d in range(1, depth + 1):
        seen_a.add(first[d - 1])
        seen_b.add(second[d - 1])
        total += len(seen_a & seen_b) / d * p**d
    return len(seen_a & seen_b) / depth * p**depth + (1 - p) / p * total


def jaccard(first: Sequence[Any], second: Sequence[Any]) -> float:
    """Shared results over all results of two lists."""
    a, b = set(first), set(second)
    return len(a & b) / len(a | b) if a | b else math.nan
