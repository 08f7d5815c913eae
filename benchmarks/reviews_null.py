# pyright: reportOptionalOperand=false
"""Null calibration and power of the reviews: how often does each test find something where there is nothing to find.

    python benchmarks/reviews_null.py --first 0 --galleries 250 --to null-0.jsonl     # in pieces, on any machine
    python benchmarks/reviews_null.py --summary null-*.jsonl --to docs/reviews_null.json

Each gallery has random vectors, random groups, random clusters and random queries, once with single items and once in
blocks of one to six near-duplicates that share a group and a cluster. A test at 5 % should find 5 ± 1 %. Then effects
of a stated size are planted, and the share of galleries is counted in which they are found (power).
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

sys.path[:0] = [str(Path(__file__).parents[1] / "tests"), str(Path(__file__).parents[1])]

from fakes.reviewed import blocks, gallery  # noqa: E402

from nova_explore import reviews  # noqa: E402

N, D, QUERIES, PERMUTATIONS = 300, 16, 8, 399
LEANING = 500
"""Items of the gallery in which queries lean; with 300 items and k = 20, 82 of 100 such leans are found."""

AGAIN = 6
"""Times that a test is made on one gallery, each with other groups or sets, where it is measured alone."""


def null_gallery(seed: int, *, in_blocks: bool):
    """Vectors, groups and clusters that have nothing to do with one another, and queries at random."""
    random = np.random.default_rng((seed, 1))  # not the stream that the vectors come from
    vectors, unit = blocks(N, d=D, largest=6 if in_blocks else 1, seed=seed)
    groups = (random.random(unit.max() + 1) < 0.5).astype(int)[unit]
    clusters = random.integers(-1, 4, unit.max() + 1)[unit]
    exploration = gallery(vectors, [{"group": "ab"[group]} for group in groups], clusters)
    queries = {f"q{row}": vector for row, vector in enumerate(random.normal(size=(QUERIES, D)))}
    return exploration, queries, unit, random


def p_values(seed: int, *, in_blocks: bool, only: str = "") -> dict[str, list[float]]:
    """The p-value of every test of one gallery without an effect, or of one sort only, six times."""
    exploration, queries, unit, random = null_gallery(seed, in_blocks=in_blocks)
    found: dict[str, list[float]] = {}

    def note(review, *names: str) -> None:
        for one in review.findings:
            name = next((name for name in names if one.measure.startswith(name)), None)
            if one.p is not None and name is not None:
                key = f"{review.name}: {name}{' of one query' if one.statement.startswith('“') else ''}"
                found.setdefault(key, []).append(one.p)

    ids = np.array(exploration.collection.ids)
    options: Any = {"seed": seed, "permutations": PERMUTATIONS}

    def associations() -> None:
        # Whole blocks on either side, as six skin tones of one drawing are.
        sides = random.permutation(unit.max() + 1)
        chosen = [ids[np.isin(unit, sides[start : start + 8])].tolist() for start in (0, 8, 16, 24)]
        note(reviews.association(exploration, *chosen, seed=seed), "WEAT difference")

    def judged_pairs() -> None:
        near, far = random.integers(N, size=(2, 80))
        pairs = pd.DataFrame({"a": ids[near], "b": ids[far], "unit": unit[near]})
        pairs["similar"] = (random.random(unit.max() + 1) < 0.5)[pairs["unit"]]
        note(reviews.pairs(exploration, pairs, unit="unit", seed=seed), "AUC")

    def compositions() -> None:
        labels = ["ab"[side] for side in (random.random(unit.max() + 1) < 0.5)[unit].astype(int)]
        asked = {f"q{row}": vector for row, vector in enumerate(random.normal(size=(QUERIES, D)))}
        names = ("Bias", "|Bias|", "NDKL", "MaxSkew", "exposure")
        note(reviews.retrieval_fairness(exploration, labels, asked, **options), *names)

    def judged_queries() -> None:
        many = {f"q{row}": vector for row, vector in enumerate(random.normal(size=(60, D)))}
        judged = {name: random.choice(ids, 4, replace=False).tolist() for name in many}
        note(reviews.effectiveness(exploration, many, judged, seed=seed), "nDCG", "recall", "MRR", "MAP")

    alone = {
        "association": associations, "pairs": judged_pairs, "fairness": compositions, "effectiveness": judged_queries,
    }  # fmt: skip
    if only:
        for _ in range(AGAIN):
            alone[only]()
        return found
    for measured in alone.values():
        measured()
    explicit = {
        group: {name: vector + random.normal(size=D) for name, vector in queries.items()} for group in ("a", "b")
    }
    note(
        reviews.retrieval_fairness(exploration, "group", queries, counterfactuals=explicit, **options), "shift", "lean"
    )
    note(reviews.cluster_composition(exploration, "group", **options), "Cramér's V", "lift")
    note(reviews.exposure(exploration, queries, "group", **options), "share of places")
    many = {f"q{row}": vector for row, vector in enumerate(random.normal(size=(60, D)))}
    judged = {name: random.choice(ids, 4, replace=False).tolist() for name in many}
    note(reviews.group_gap(exploration, "group", many, judged, k=60, **options), "gap", "recall")
    first = reviews.effectiveness(exploration, many, judged, seed=seed)
    other = reviews.effectiveness(
        exploration, {name: vector + random.normal(size=D) for name, vector in many.items()},
        {name: random.choice(ids, 4, replace=False).tolist() for name in many}, seed=seed,
    )  # fmt: skip
    note(reviews.compare_effectiveness(first, other, measure="MRR", seed=seed), "difference of MRR")
    return found


def planted(seed: int) -> dict[str, bool]:
    """Whether each planted effect is found at q < .05."""
    random = np.random.default_rng(seed)
    out = {}
    vectors = random.normal(size=(N, D))
    groups = (np.arange(N) % 2).astype(int)
    queries = {f"q{row}": vector for row, vector in enumerate(random.normal(size=(40, D)))}
    # 40 queries that lean by .3 deviations of their cosines towards one group
    axis, sides = np.eye(D)[0], np.arange(LEANING) % 2
    leaning = random.normal(size=(LEANING, D)) + 0.3 * (2 * sides[:, None] - 1) * axis
    asked = {name: vector / np.linalg.norm(vector) + axis for name, vector in queries.items()}
    exploration = gallery(leaning, [{"group": "ab"[side]} for side in sides])
    review = reviews.retrieval_fairness(exploration, "group", asked, k=50, seed=seed, permutations=999)
    out[f"40 queries that lean by .3 deviations, {LEANING} items, k = 50"] = bool(review.findings[0].q < 0.05)
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


def run(first: int, galleries: int, planting: int, to: Path, only: str = "") -> None:
    """Append the result of each gallery to a file; what is there is not measured again, so that a run can be cut."""
    before = [json.loads(line) for line in to.read_text("utf-8").splitlines()] if to.exists() else []
    done = {(row["seed"], row.get("blocks", "planted")) for row in before}
    with to.open("a", encoding="utf-8", buffering=1) as file:
        for seed in range(first, first + galleries):
            for in_blocks in (False, True):
                if (seed, in_blocks) in done:
                    continue
                shares = {name: float(np.mean(np.array(values) < 0.05))
                          for name, values in p_values(seed, in_blocks=in_blocks, only=only).items()}  # fmt: skip
                row = {"seed": seed, "blocks": in_blocks, "times": AGAIN if only else 1, "found": shares}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
        for seed in range(first, first + planting):
            if (seed, "planted") in done:
                continue
            file.write(json.dumps({"seed": seed, "planted": planted(seed)}, ensure_ascii=False) + "\n")


def summarise(files: list[Path]) -> dict[str, Any]:
    """Shares of galleries with a finding, with their error over galleries, and the power of planted effects."""
    rows = {}
    for line in (line for file in files for line in file.read_text("utf-8").splitlines()):
        row = json.loads(line)
        before = rows.get((row["seed"], row.get("blocks", "planted")), {})
        row["found"] = before.get("found", {}) | row.get("found", {})  # a later file measures again
        rows[row["seed"], row.get("blocks", "planted")] = row
    null: dict[str, list[tuple[float, int]]] = {}
    power: dict[str, list[bool]] = {}
    for row in rows.values():
        for name, share in row.get("found", {}).items():
            kind = "blocks" if row["blocks"] else "single items"
            null.setdefault(f"{name}, {kind}", []).append((share, row.get("times", 1)))
        for name, found in row.get("planted", {}).items():
            power.setdefault(name, []).append(found)
    # Tests of one gallery depend on one another: the share is over all, its error over galleries.
    table = {}
    for name, each in sorted(null.items()):
        values, weights = np.array(each, float).T
        mean = float(np.average(values, weights=weights))
        error = float(np.sqrt((weights**2 * (values - mean) ** 2).sum()) / weights.sum())
        table[name] = {"found": round(mean, 4), "error": round(error, 4), "galleries": len(each),
                       "tests": int(weights.sum())}  # fmt: skip
    shares = {name: {"power": float(np.mean(found)), "galleries": len(found)} for name, found in power.items()}
    return {"null": table, "power": shares}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--galleries", type=int, default=1000)
    parser.add_argument("--planted", type=int, default=0)
    parser.add_argument("--only", default="", help="association, pairs, fairness, effectiveness: measured alone")
    parser.add_argument("--summary", type=Path, nargs="+")
    parser.add_argument("--to", type=Path, required=True)
    arguments = parser.parse_args()
    if not arguments.summary:
        run(arguments.first, arguments.galleries, arguments.planted, arguments.to, arguments.only)
        return
    summary = summarise(arguments.summary)
    for name, row in summary["null"].items():
        print(f"{row['found']:.3f} ± {1.96 * row['error']:.3f}  {name} ({row['galleries']:,} galleries)")
    for name, row in summary["power"].items():
        print(f"{row['power']:.2f}  {name} ({row['galleries']:,} galleries)")
    arguments.to.write_text(json.dumps(summary, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
