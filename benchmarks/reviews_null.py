# pyright: reportOptionalOperand=false
"""Null calibration and power of the reviews: how often does each test find something where there is nothing to find.

    python benchmarks/reviews_null.py --galleries 1000 --to benchmarks/results/reviews_null.json

Each gallery has random vectors, random groups, random clusters and random queries, once with single items and once in
blocks of one to six near-duplicates that share a group and a cluster. A test at 5 % should find 5 ± 1 %. Then effects
of a stated size are planted, and the share of galleries is counted in which they are found (power).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path[:0] = [str(Path(__file__).parents[1] / "tests"), str(Path(__file__).parents[1])]

from fakes.reviewed import blocks, gallery  # noqa: E402

from nova_explore import reviews  # noqa: E402

N, D, QUERIES, PERMUTATIONS = 300, 16, 8, 399


def null_gallery(seed: int, *, in_blocks: bool):
    """Vectors, groups and clusters that have nothing to do with one another, and queries at random."""
    random = np.random.default_rng((seed, 1))  # not the stream that the vectors come from
    vectors, unit = blocks(N, d=D, largest=6 if in_blocks else 1, seed=seed)
    groups = (random.random(unit.max() + 1) < 0.5).astype(int)[unit]
    clusters = random.integers(-1, 4, unit.max() + 1)[unit]
    exploration = gallery(vectors, [{"group": "ab"[group]} for group in groups], clusters)
    queries = {f"q{row}": vector for row, vector in enumerate(random.normal(size=(QUERIES, D)))}
    return exploration, queries, unit, random


def p_values(seed: int, *, in_blocks: bool) -> dict[str, list[float]]:
    """The p-value of every test of one gallery without an effect."""
    exploration, queries, _, random = null_gallery(seed, in_blocks=in_blocks)
    found: dict[str, list[float]] = {}

    def note(review, *names: str) -> None:
        for one in review.findings:
            name = next((name for name in names if one.measure.startswith(name)), None)
            if one.p is not None and name is not None:
                key = f"{review.name}: {name}{' of one query' if '“' in one.statement else ''}"
                found.setdefault(key, []).append(one.p)

    options: Any = {"seed": seed, "permutations": PERMUTATIONS}
    note(
        reviews.retrieval_fairness(exploration, "group", queries, **options), "Bias", "|Bias|", "NDKL", "MaxSkew", "exp"
    )
    note(reviews.cluster_composition(exploration, "group", **options), "Cramér's V", "lift")
    note(reviews.exposure(exploration, queries, "group", **options), "share of places")
    ids = np.array(exploration.collection.ids)
    many = {f"q{row}": vector for row, vector in enumerate(random.normal(size=(60, D)))}
    judged = {name: random.choice(ids, 4, replace=False).tolist() for name in many}
    note(reviews.group_gap(exploration, "group", many, judged, k=60, **options), "gap", "recall")
    note(reviews.effectiveness(exploration, many, judged, seed=seed), "nDCG", "recall", "MRR", "MAP")
    sets = [random.normal(size=(n, D)) for n in (8, 8, 6, 6)]
    note(reviews.association(exploration, *sets, seed=seed), "WEAT difference")
    return found


def planted(seed: int) -> dict[str, bool]:
    """Whether each planted effect is found at q < .05."""
    random = np.random.default_rng(seed)
    out = {}
    vectors = random.normal(size=(N, D))
    groups = (np.arange(N) % 2).astype(int)
    queries = {f"q{row}": vector for row, vector in enumerate(random.normal(size=(40, D)))}
    # 40 queries that lean by .3 deviations of their cosines towards one group
    axis = np.eye(D)[0]
    leaning = vectors + 0.3 * (2 * groups[:, None] - 1) * axis
    asked = {name: vector / np.linalg.norm(vector) + axis for name, vector in queries.items()}
    exploration = gallery(leaning, [{"group": "ab"[group]} for group in groups])
    review = reviews.retrieval_fairness(exploration, "group", asked, seed=seed, permutations=999)
    out["40 queries that lean by .3 deviations, 300 items"] = bool(review.findings[0].q < 0.05)
    # a cluster of 30, all of one group
    clusters = random.integers(0, 4, N)
    clusters[np.flatnonzero(groups == 1)[:30]] = 4
    exploration = gallery(vectors, [{"group": "ab"[group]} for group in groups], clusters)
    review = reviews.cluster_composition(exploration, "group", seed=seed, permutations=999)
    cell = next(one for one in review.findings if one.measure.endswith("cluster 4"))
    out["a cluster of 30 items of one group, 300 items"] = bool(cell.q < 0.05)
    # captions of one group that are worse
    captions = vectors + (0.9 + 0.7 * groups[:, None]) * random.normal(size=(N, D))
    many = {f"q{row}": vector for row, vector in enumerate(captions)}
    judged = {f"q{row}": [exploration.collection.ids[row]] for row in range(N)}
    review = reviews.group_gap(exploration, "group", many, judged, seed=seed, permutations=999)
    out["captions of one group with .7 deviations more noise, 150 each"] = bool(review.findings[0].q < 0.05)
    # a gallery of 80/20 against a stated target of halves: shown, and not called a finding of the ranking
    mixed = (random.random(N) < 0.2).astype(int)
    exploration = gallery(vectors, [{"group": "ab"[group]} for group in mixed])
    review = reviews.retrieval_fairness(exploration, "group", queries, target="equal", seed=seed, permutations=999)
    bias = next(one for one in review.findings if one.measure == "Bias@20")
    out["a gallery of 80/20: Bias@20 is .6 ± .1 and within chance"] = bool(
        abs(bias.value - 0.6) < 0.15 and bias.p > 0.05
    )
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--galleries", type=int, default=1000)
    parser.add_argument("--planted", type=int, default=100)
    parser.add_argument("--to", type=Path)
    arguments = parser.parse_args()
    started, table = time.perf_counter(), {}
    for in_blocks in (False, True):
        gathered: dict[str, list[list[float]]] = {}
        for seed in range(arguments.galleries):
            for name, values in p_values(seed, in_blocks=in_blocks).items():
                gathered.setdefault(name, []).append(values)
        for name, values in gathered.items():
            # Tests of one gallery depend on one another: the share is over all, its error over galleries.
            each = np.array([np.mean([p < 0.05 for p in one]) for one in values])
            row = {"found": float(each.mean()), "error": float(each.std() / len(each) ** 0.5), "galleries": len(each)}
            table[f"{name}, {'blocks' if in_blocks else 'single items'}"] = row
            print(
                f"{row['found']:.3f} ± {1.96 * row['error']:.3f}  {name}, {'blocks' if in_blocks else 'single items'}"
            )
    power: dict[str, list[bool]] = {}
    for seed in range(arguments.planted):
        for name, found in planted(seed).items():
            power.setdefault(name, []).append(found)
    shares = {name: float(np.mean(found)) for name, found in power.items()}
    for name, share in shares.items():
        print(f"{share:.2f}  {name}")
    print(f"{time.perf_counter() - started:.0f} s")
    if arguments.to:
        arguments.to.write_text(
            json.dumps({"null": table, "power": shares}, indent=1, ensure_ascii=False) + "\n", "utf-8"
        )


if __name__ == "__main__":
    main()
