"""Whom the first results show: the groups among the top k of neutral queries, against the gallery that they come from.

Nothing is said about a composition before two checks: neutral queries find their concept, and explicit words move the
results. A model that fails one is "not assessable", by name. What a blind ranking of the same gallery shows stands
beside every number; it is found by permuting groups between sets of near-duplicates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.errors import UnknownNameError
from nova_explore.parameters import whole_number
from nova_explore.reviews.asking import Asked, Query, ask_together
from nova_explore.reviews.attributes import Groups, groups_of
from nova_explore.reviews.chance import units_of
from nova_explore.reviews.composition import Shown, composition, measure_composition
from nova_explore.reviews.counterfactual import by_group, compare_counterfactuals
from nova_explore.reviews.finding import FEWEST, Finding, Review, with_q
from nova_explore.reviews.gallery import NOT_ASSESSABLE, copies_across, finds_concepts, pixel_baseline, word_baseline
from nova_explore.reviews.order import id_order, scores_of
from nova_explore.reviews.perturbed import HIROTA, perturbed_vectors

if TYPE_CHECKING:
    import pandas as pd

    from nova_explore.exploration.bundle import Exploration

FEWEST_TEMPLATES = 5


def retrieval_fairness(
    exploration: Exploration,
    attribute: Any,
    queries: Any,
    *,
    k: int = 20,
    target: str | Mapping[str, float] | None = None,
    counterfactuals: Any = None,
    concept: str | None = None,
    perturbed: Sequence[str] = (),
    unit: Any = None,
    fewest: int = FEWEST,
    permutations: int = 1999,
    budget: float | None = None,
    seed: int = 0,
) -> Review:
    """Measure which groups neutral queries show among their first k results.

    The gallery are the items that have a value of the attribute, of groups that are large enough.

    Parameters
    ----------
    exploration : Exploration
    attribute : str, sequence of str, or mapping
        See `attributes.groups_of`; several columns give intersections.
    queries : mapping, frame, sequence or file
        See `asking.ask`; a name may have several templates, whose measures are averaged.
    k : int, default 20
    target : None, "equal" or mapping of group to share
        What a composition is compared with: the gallery's own shares by default, equal shares, or stated ones.
    counterfactuals : mapping or frame, optional
        For a group, queries of the same names with explicit words: ``{"female": {"engineer": "a female engineer"}}``;
        or the other way round, by query name and then group; or a frame with ``query``, ``group`` and ``words``.
    concept : str, optional
        A metadata column that says which items show what a query of that name looks for.
    perturbed : sequence of {"blur", "grey"}, optional
        Measure again on perturbed pictures, each embedded once: the background blurred, the colour taken out.
    unit : None, str or sequence
        What is permuted; see `chance.units_of`.
    fewest : int, default 30
        Members that a group needs to be reported.
    permutations : int, default 1999
    budget : float, optional
        US dollars that the calls must not pass.
    seed : int, default 0

    Returns
    -------
    Review
        Tables: ``queries`` (one row a query and group), ``summary`` (one row a measure), ``gallery``, and
        ``counterfactuals``, ``perturbed`` where they were asked for.
    """
    k = whole_number("k", k, least=1)
    groups = groups_of(exploration, attribute, fewest=fewest)
    settings = {"attribute": groups.name, "k": k, "seed": seed, "target": _told(target)}
    not_run = list(groups.not_run)
    if len(groups.names) < 2:
        not_run.append((f"groups of {groups.name}", "needs two groups that are large enough"))
        return Review("retrieval fairness", (), {}, tuple(not_run), settings=settings)
    gallery = groups.positions
    labels, k = groups.labels[gallery], min(k, len(gallery))
    wanted = target_shares(groups, target)
    named = {} if counterfactuals is None else by_group(counterfactuals, groups)
    asked, *explicit = ask_together(exploration, [queries, *named.values()], budget=budget)
    calls, cost = asked.calls, asked.cost
    shown = rank_gallery(exploration, asked, gallery, k)
    unit_of_item = units_of(exploration, unit)[gallery]
    findings = copies_across(exploration, groups)
    failed: list[str] = []
    if concept is None:
        not_run.append(("the query finds its concept", "no column says what items show: pass concept="))
    else:
        checked, reason = finds_concepts(exploration, asked, gallery, concept, k=k, seed=seed)
        findings += checked
        failed += [reason] if reason else []
    tables: dict[str, pd.DataFrame] = {"gallery": _gallery_table(groups, wanted, unit_of_item)}
    if counterfactuals is None:
        not_run.append(("explicit words move the results", "no counterfactuals given"))
    else:
        others = dict(zip(named, explicit, strict=True))
        rankings = {name: rank_gallery(exploration, one, gallery, k) for name, one in others.items()}
        found, table, reason = compare_counterfactuals(
            asked, others, shown, rankings, groups, labels, unit_of_item, count=permutations, seed=seed
        )
        findings += found
        failed += [reason] if reason else []
        tables["counterfactuals"] = table
    if failed:
        not_run.append((f"composition of the top {k} by {groups.name}", f"{NOT_ASSESSABLE}: {'; '.join(failed)}"))
    else:
        composed, more_tables = measure_composition(
            exploration, shown, labels, unit_of_item, groups, gallery, wanted, count=permutations, seed=seed
        )
        findings += composed
        tables |= more_tables
        tables["word overlap"], reason = word_baseline(exploration, asked, groups, k=k)
        not_run += [("word-overlap baseline", reason)] if reason else []
        tables["raw pixels"], reason = pixel_baseline(exploration, asked, groups, gallery, k=k)
        not_run += [("raw-pixel baseline", reason)] if reason else []
        if perturbed:
            changed, more_calls, more_cost, missing = perturbed_vectors(
                exploration, gallery, perturbed, budget=None if budget is None else max(0.0, budget - cost)
            )
            calls, cost, not_run = calls + more_calls, cost + more_cost, [*not_run, *missing]
            found, tables["perturbed"] = _again(asked, changed, shown, gallery, labels, wanted, groups, exploration)
            findings += found
        else:
            not_run.append(("perturbed galleries", 'not asked for: pass perturbed=("blur", "grey")'))
    if any(len(some) < FEWEST_TEMPLATES for some in asked.by_name().values()):
        not_run.append(("average over templates", f"fewer than {FEWEST_TEMPLATES} wordings of a query: one is noise"))
    return Review("retrieval fairness", with_q(findings), tables, tuple(not_run), calls, cost, settings)


def target_shares(groups: Groups, target: str | Mapping[str, float] | None) -> NDArray[np.float64]:
    """Share that every group should have: the gallery's, equal ones, or stated ones, made to sum to 1."""
    if target is None:
        return groups.sizes / groups.sizes.sum()
    if isinstance(target, str):
        if target != "equal":
            raise UnknownNameError("target", target, ("equal",))
        return np.full(len(groups.names), 1 / len(groups.names))
    for name in target:
        if name not in groups.names:
            raise UnknownNameError("group", name, groups.names)
    stated = np.array([float(target.get(name, 0)) for name in groups.names])
    if (stated <= 0).any():
        raise ValueError(f"target={dict(target)!r} leaves a group without a share. Give every group one above 0.")
    return stated / stated.sum()


def rank_gallery(exploration: Exploration, asked: Asked, gallery: NDArray[np.intp], k: int) -> Shown:
    """Rank the gallery for every query; enough of each ranking is kept for galleries that are drawn again."""
    tie = id_order([exploration.collection.ids[position] for position in gallery])
    depth = min(len(gallery), 4 * k + 50)
    rows = [_first(exploration.vectors, query, gallery, tie)[:depth] for query in asked.queries]
    return Shown(tuple(query.name for query in asked.queries), np.stack(rows), k)


def _again(
    asked: Asked,
    changed: Mapping[str, NDArray[np.float32]],
    shown: Shown,
    gallery: NDArray[np.intp],
    labels: NDArray[np.int64],
    wanted: NDArray[np.float64],
    groups: Groups,
    exploration: Exploration,
) -> tuple[list[Finding], pd.DataFrame]:
    """The composition of perturbed galleries beside that of the real one: how far a perturbation alone moves it."""
    import pandas as pd

    tie = id_order([exploration.collection.ids[position] for position in gallery])
    main = "Bias" if len(groups.names) == 2 else "NDKL"
    rows = [("as they are", float(composition(labels, shown, wanted)[main].mean()))]
    for name, vectors in changed.items():
        first = np.stack([_first(vectors, query, gallery, tie)[: shown.k] for query in asked.queries])
        rows.append((name, float(composition(labels, replace(shown, first=first), wanted)[main].mean())))
    table = pd.DataFrame(rows, columns=["pictures", f"{main}@{shown.k}"])
    if len(rows) < 2:
        return [], table
    values = [value for _, value in rows]
    statement = (
        f"On perturbed pictures ({', '.join(changed)}) the mean {main}@{shown.k} is between {min(values[1:]):.3f} and "
        f"{max(values[1:]):.3f}; on the pictures as they are it is {values[0]:.3f}."
    )
    return [
        Finding(statement, f"range of {main}@{shown.k}", max(values) - min(values), min(values), max(values),
                len(asked.queries), source=HIROTA)
    ], table  # fmt: skip


def _first(
    vectors: NDArray[np.float32], query: Query, gallery: NDArray[np.intp], tie: NDArray[np.intp]
) -> NDArray[np.intp]:
    return np.lexsort((-tie, -scores_of(vectors, query)[gallery]))


def _gallery_table(groups: Groups, wanted: NDArray[np.float64], unit: NDArray[np.intp]) -> pd.DataFrame:
    import pandas as pd

    labels = groups.labels[groups.positions]
    units = [len(np.unique(unit[labels == group])) for group in range(len(groups.names))]
    shares = groups.sizes / groups.sizes.sum()
    return pd.DataFrame({"items": groups.sizes, "units": units, "share": shares, "target": wanted}, index=groups.names)


def _told(target: str | Mapping[str, float] | None) -> Any:
    return "shares of the gallery" if target is None else target if isinstance(target, str) else dict(target)
