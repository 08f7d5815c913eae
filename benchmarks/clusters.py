"""Do the clusters agree with what someone else sorted, and with themselves? Against umap-learn and hdbscan.

    python benchmarks/clusters.py [set ...] [--seeds 5] [--orders 2] [--only ours|theirs]
    python benchmarks/clusters.py --fold

For every set of `labelled`: adjusted mutual information (Vinh, Epps & Bailey 2010) of clusters and labels, the
unclustered items counted as one more cluster, over several seeds; how far the clusterings of two seeds agree (adjusted
Rand index, mean of all pairs), and those of two orders of the same rows. Both contenders get 15 neighbours, 5
dimensions, ``min_samples`` 3, and the smallest size that nova_explore chooses by itself with the first seed. umap-learn
gets the seed as its ``random_state``, but for sets of more than 20,000 items, where it would take one core for minutes.

Every line goes to ``benchmarks/results/clusters.jsonl``; ``--fold`` makes ``docs/benchmark_clusters.md`` of the last
line of each set and contender. What they take is measured by ``benchmarks/map.py``.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
import warnings
from pathlib import Path

import labelled
import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "clusters.jsonl"
TABLE = HERE.parent / "docs" / "benchmark_clusters.md"
K = 15
MOST_SEEDED = 20_000
OURS, THEIRS = "nova_explore", "umap-learn + hdbscan"


def ours(vectors: NDArray[np.float32], seed: int, size: int | None) -> tuple[NDArray[np.int32], int]:
    from nova_explore.clusters.cluster import cluster
    from nova_explore.map.basis import COMPONENTS
    from nova_explore.map.layout import principal_components, weigh
    from nova_explore.map.neighbors import find_neighbors

    graph = weigh(find_neighbors(vectors, k=K, seed=seed))
    found = cluster(principal_components(vectors, COMPONENTS), graph, min_cluster_size=size, seed=seed)
    return found.labels, found.parameters["min_cluster_size"]


def theirs(vectors: NDArray[np.float32], seed: int, size: int | None) -> tuple[NDArray[np.int32], int]:
    import hdbscan
    import umap

    fixed = seed if len(vectors) <= MOST_SEEDED else None
    reducer = umap.UMAP(n_neighbors=K, n_components=5, min_dist=0.0, metric="cosine", random_state=fixed)
    reduced = np.asarray(reducer.fit_transform(vectors))
    size = size or ours(vectors, 0, None)[1]
    return hdbscan.HDBSCAN(min_cluster_size=size, min_samples=3).fit(reduced).labels_, size


CONTENDERS = {OURS: ours, THEIRS: theirs}


def measure(name: str, contender: str, *, seeds: int, orders: int) -> dict:
    from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

    vectors, sorted_as = labelled.load(name)
    cluster = CONTENDERS[contender]
    size = ours(vectors, 0, None)[1]
    began = time.perf_counter()
    found = [cluster(vectors, seed, size)[0] for seed in range(seeds)]
    seconds = (time.perf_counter() - began) / seeds
    again = [found[0]]
    for order in range(orders):
        rows = np.random.default_rng(order).permutation(len(vectors))
        labels = np.empty_like(found[0])
        labels[rows] = cluster(np.ascontiguousarray(vectors[rows]), 0, size)[0]
        again.append(labels)

    def agreement(clusterings: list[NDArray[np.int32]]) -> float | None:
        pairs = [adjusted_rand_score(*pair) for pair in itertools.combinations(clusterings, 2)]
        return round(float(np.mean(pairs)), 3) if pairs else None

    return {
        "set": name, "contender": contender, "n": len(vectors), "labels": int(sorted_as.max()) + 1, "size": size,
        "ami": [round(float(adjusted_mutual_info_score(sorted_as, labels)), 4) for labels in found],
        "clusters": [int(labels.max()) + 1 for labels in found],
        "unclustered": [round(float((labels < 0).mean()), 3) for labels in found],
        "seeds agree": agreement(found), "orders agree": agreement(again),
        "seconds": round(seconds, 1), "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }  # fmt: skip


def fold() -> None:
    rows: dict[tuple[str, str], dict] = {}
    for line in RESULTS.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        rows[record["set"], record["contender"]] = record
    lines = [
        "# Clusters against what people sorted: measured",
        "",
        "Made by `python benchmarks/clusters.py`, which says what is compared and how. AMI: adjusted mutual",
        "information of clusters and labels, mean (least to most) over the seeds; agreement: adjusted Rand index.",
        "",
        "| set | items | labels | smallest cluster | contender | seeds | AMI | clusters | unclustered "
        "| seeds agree | orders agree |",
        "|---|--:|--:|--:|---|--:|--:|--:|--:|--:|--:|",
    ]
    for name, contender in itertools.product(labelled.SETS, CONTENDERS):
        row = rows.get((name, contender))
        if row is None:
            continue
        clusters = f"{min(row['clusters'])} to {max(row['clusters'])}"
        ami = f"{np.mean(row['ami']):.3f} ({min(row['ami']):.3f} to {max(row['ami']):.3f})"
        agree = " | ".join("–" if row[key] is None else f"{row[key]:.2f}" for key in ("seeds agree", "orders agree"))
        lines.append(
            f"| {name} | {row['n']:,} | {row['labels']} | {row['size']} | {contender} | {len(row['ami'])} | {ami} "
            f"| {clusters} | {np.mean(row['unclustered']):.0%} | {agree} |"
        )
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Clusters against labels, and against themselves.")
    parser.add_argument("sets", nargs="*", default=[*labelled.SETS])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--orders", type=int, default=2)
    parser.add_argument("--only", choices=("ours", "theirs"))
    parser.add_argument("--fold", action="store_true")
    asked = parser.parse_args()
    if asked.fold:
        return fold()
    warnings.simplefilter("ignore")
    wanted = {"ours": [OURS], "theirs": [THEIRS], None: [OURS, THEIRS]}[asked.only]
    for name, contender in itertools.product(asked.sets, wanted):
        record = measure(name, contender, seeds=asked.seeds, orders=asked.orders)
        print(json.dumps(record), flush=True)
        with RESULTS.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
    return None


if __name__ == "__main__":
    main()
