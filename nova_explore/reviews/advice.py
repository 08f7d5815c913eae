"""Which space to use: dimensions, purposes and models compared on a person's own queries, with what each one costs.

The advice is the smallest space that is not worse: whose loss against the best one stays, with its whole interval,
within a margin that the person sets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.errors import SourceError, SpaceMismatchError
from nova_explore.parameters import whole_number
from nova_explore.reviews.asking import Asked, ask
from nova_explore.reviews.chance import bootstrap_mean, sign_flip
from nova_explore.reviews.comparison import queries_needed
from nova_explore.reviews.finding import Finding, Review, with_q
from nova_explore.reviews.judged import match, measure, rank_all, units_of_queries
from nova_explore.reviews.judgements import read_judgements
from nova_explore.reviews.measures import TREC
from nova_explore.reviews.order import id_order

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration

DIMENSIONS = (256, 384, 1024, 3072)
"""What Amazon Nova offers; those that a library's vectors are long enough for are compared."""

MARGIN = 0.02
FLOAT_BYTES = 4
KUSUPATI = "Kusupati et al. 2022, arXiv 2205.13147 (prefixes); trec_eval"


def choose_space(
    exploration: Exploration,
    queries: Any,
    judgements: Any,
    *,
    others: Mapping[str, Exploration] | None = None,
    dimensions: Sequence[int] | None = None,
    k: int = 10,
    margin: float = MARGIN,
    unit: Any = None,
    budget: float | None = None,
    seed: int = 0,
) -> Review:
    """Compare dimensions, and other spaces of the same items, by how well queries find what people judged relevant.

    Parameters
    ----------
    exploration : Exploration
    queries, judgements
        See `retrieval.effectiveness`.
    others : mapping of name to Exploration, optional
        The same items in other spaces: another purpose, dimension or model. Each is asked with its own model.
    dimensions : sequence of int, optional
        Lengths of the beginnings of vectors that are compared, where the model's beginnings mean something; by default
        256, 384, 1024 and 3072.
    k : int, default 10
    margin : float, default .02
        Loss of nDCG@k that is still called "not worse", where the whole interval of the loss stays within it.
    unit
        See `retrieval.effectiveness`.

    Returns
    -------
    Review
        One finding a space: its difference from the best one. Table ``spaces``: quality with interval, bytes of all
        vectors, dollars to embed the queries. ``settings["advice"]`` is the smallest that is not worse, or None.
    """
    import pandas as pd

    k = whole_number("k", k, least=1)
    frame = read_judgements(judgements)
    asked = {"": ask(exploration, queries, budget=budget)}
    asked |= {name: ask(other, queries, budget=budget) for name, other in (others or {}).items()}
    views, not_run = _shortened(exploration, asked[""], dimensions)
    for name, other in (others or {}).items():
        views[name] = other, other.vectors, asked[name]
    scores: dict[str, Any] = {}  # a series of each space, by query
    rows, units = [], {}
    for name, (view, vectors, one) in views.items():
        judged, missing = match(view, one, frame)
        not_run += [(f"{name}: {check}", reason) for check, reason in missing]
        ranks = rank_all(vectors, judged.queries, id_order(view.collection.ids))
        table: Any = measure(judged, ranks, k=k)[f"nDCG@{k}"]
        units |= dict(zip(table.index, units_of_queries(judged.queries, unit, queries), strict=True))
        scores[name] = table.groupby(level=0, sort=False).mean()
        rows.append((name, vectors.shape[1], len(vectors) * vectors.shape[1] * FLOAT_BYTES, one.calls, one.cost))
    shared = [name for name in next(iter(scores.values())).index if all(name in one.index for one in scores.values())]
    if not shared:
        raise SourceError("No query is judged in all spaces. The spaces must hold the same items.")
    means = {name: float(one[shared].mean()) for name, one in scores.items()}
    best = max(means, key=lambda name: (means[name], -views[name][1].shape[1]))
    group = [int(units[name]) for name in shared]
    findings, lines, fine = [], [], []
    for name, width, size, calls, cost in rows:
        mean = bootstrap_mean(scores[name][shared], group, seed=seed)
        loss = (scores[name][shared] - scores[best][shared]).to_numpy(float)
        change = bootstrap_mean(loss, group, seed=seed)
        p, chance = sign_flip(loss, group, seed=seed)
        kept = name == best or change.low >= -margin
        needed = queries_needed(loss)
        if kept:
            fine.append((size, name))
        lines.append((name, width, mean.value, mean.low, mean.high, size, calls, cost, change.value, change.low,
                      change.high, kept, needed))  # fmt: skip
        if name != best:
            seen = "The loss stays within" if kept else "The interval does not rule out a loss of more than"
            statement = (
                f"{name} has an nDCG@{k} of {mean.value:.3f}, {change.value:+.3f} against {best}, and takes "
                f"{size / 1e6:,.1f} MB. {seen} {margin:g}."
            )
            measured, ends = f"difference of nDCG@{k}", (change.low, change.high)
            findings.append(Finding(statement, measured, change.value, *ends, change.n, chance, p, source=KUSUPATI))
    columns = ["space", "dimension", f"nDCG@{k}", "low", "high", "bytes", "calls", "cost", "difference",
               "difference low", "difference high", "not worse", "queries to see .01"]  # fmt: skip
    advice = min(fine)[1] if fine else None
    settings = {"k": k, "margin": margin, "seed": seed, "advice": advice, "queries": len(shared), "best": best}
    calls, cost = sum(one.calls for one in asked.values()), sum(one.cost for one in asked.values())
    return Review("choice of a space", (_first(scores[best][shared], group, best, advice, margin, k, seed),
                  *with_q(findings)), {"spaces": pd.DataFrame(lines, columns=columns)}, tuple(not_run), calls, cost,
                  settings)  # fmt: skip


def _first(values: Any, group: list[int], best: str, advice: str | None, margin: float, k: int, seed: int) -> Finding:
    mean = bootstrap_mean(values, group, seed=seed)
    smallest = f"The smallest space that is not worse by more than {margin:g} is {advice}."
    statement = f"{best} has the highest nDCG@{k}, {mean.value:.3f} over {mean.n:,} queries. {smallest}"
    return Finding(statement, f"nDCG@{k}", mean.value, mean.low, mean.high, mean.n, source=TREC)


def _shortened(
    exploration: Exploration, asked: Asked, dimensions: Sequence[int] | None
) -> tuple[dict[str, tuple[Exploration, NDArray[np.float32], Asked]], list[tuple[str, str]]]:
    """The library's own vectors and their beginnings, longest first, each with its queries."""
    full = exploration.space.dimension
    views = {f"{full} dimensions": (exploration, exploration.vectors, asked)}
    shortest = _prefix_of(exploration)
    wanted = [number for number in (DIMENSIONS if dimensions is None else dimensions) if number < full]
    if shortest is None:
        reason = "of this model only whole vectors mean something; compare libraries by others="
        return views, [(f"{number} dimensions", reason) for number in wanted]
    not_run = [(f"{number} dimensions", f"shorter than {shortest}, the shortest beginning that means something")
               for number in wanted if number < shortest]  # fmt: skip
    for number in sorted((number for number in wanted if number >= shortest), reverse=True):
        queries = tuple(replace(one, vector=_unit(one.vector[None, :number])[0]) for one in asked.queries)
        views[f"{number} dimensions"] = exploration, _unit(exploration.vectors[:, :number]), Asked(queries)
    return views, not_run


def _prefix_of(exploration: Exploration) -> int | None:
    try:
        return exploration.model.capabilities.prefix
    except SpaceMismatchError:  # vectors that were imported without a model
        return None


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
