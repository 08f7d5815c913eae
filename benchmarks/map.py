"""From vectors to map, against the peers.

    python benchmarks/map.py [n ...] [--dimension 384] [--cold] [--only NAME,NAME] [--repeat R]
    python benchmarks/map.py --fold

Every contender runs in a process of its own, reads the same vectors from disk and is timed from its first import to its
last result. What it compiles is kept in a folder of its own between its runs, as a person's machine would keep it:
``--cold`` begins with that folder empty, else a small run fills it first. Contenders:

- ``nova_explore``: neighbours, graph, 2-D layout, clusters and their tree;
- ``umap+hdbscan``: ``UMAP`` to two dimensions, ``UMAP`` to five, ``HDBSCAN``, as BERTopic and most notebooks do;
- ``evoc``: EVōC, which clusters only;
- ``embedding-atlas``: neighbours and 2-D layout only.

Quality: the share of an item's 15 true neighbours (exact, on a sample) that are its nearest in the layout,
trustworthiness on the same sample, and adjusted mutual information between clusters and WordNet's 45 lexicographer
files, for all items and for those that are in a cluster. Another seed moves this agreement by 0.01 and more at 10,000
items, so ``--repeat`` runs every contender several times, ours with seeds of 0, 1, …, the peers without one, as they
are used. Results go to ``benchmarks/results/``, a line a run, and from there to the table and the picture in ``docs/``
(``--fold``).
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
from alone import most_held

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "map.jsonl"
OWN = "nova_explore"
K = 15
CHECKED = 1_000


def smallest(n: int) -> int:
    return max(5, round((n / 3) ** 0.5))


def ours(vectors: np.ndarray, mark, seed: int) -> tuple[np.ndarray, np.ndarray, dict]:
    from nova_explore.clusters.cluster import cluster
    from nova_explore.map.basis import COMPONENTS
    from nova_explore.map.layout import lay_out, principal_components, weigh
    from nova_explore.map.neighbors import find_neighbors

    mark("import")
    neighbors = find_neighbors(vectors, k=K, seed=seed)
    mark("neighbours")
    graph = weigh(neighbors)
    start = principal_components(vectors, COMPONENTS)
    mark("graph")
    layout = lay_out(start, graph, neighbors, seed=seed)
    mark("layout")
    clustering = cluster(start, graph, seed=seed)
    mark("clusters")
    said = {"method": neighbors.method, "recall": neighbors.recall, "preservation": float(layout.preservation.mean())}
    if clustering.hierarchy is not None:
        begun = time.perf_counter()
        clustering.hierarchy.cut(2 * smallest(len(vectors)))
        said["another cut"] = time.perf_counter() - begun
    return layout.xy, clustering.labels, said


def umap_hdbscan(vectors: np.ndarray, mark) -> tuple[np.ndarray, np.ndarray, dict]:
    import hdbscan
    import umap

    mark("import")
    xy = umap.UMAP(n_neighbors=K, metric="cosine").fit_transform(vectors)
    mark("layout")
    reduced = umap.UMAP(n_neighbors=K, n_components=5, min_dist=0.0, metric="cosine").fit_transform(vectors)
    mark("reduction")
    labels = hdbscan.HDBSCAN(min_cluster_size=smallest(len(vectors)), min_samples=3).fit(reduced).labels_
    mark("clusters")
    return np.asarray(xy), labels, {}


def evoc(vectors: np.ndarray, mark) -> tuple[None, np.ndarray, dict]:
    import evoc  # pyright: ignore[reportMissingImports]

    mark("import")
    labels = evoc.EVoC(n_neighbors=K).fit_predict(np.array(vectors))
    mark("clusters")
    return None, labels, {}


def embedding_atlas(vectors: np.ndarray, mark) -> tuple[np.ndarray, None, dict]:
    import pandas as pd
    from embedding_atlas.projection import compute_projection  # pyright: ignore[reportMissingImports]

    mark("import")
    frame = pd.DataFrame({"vector": list(np.array(vectors))})
    with tempfile.TemporaryDirectory() as fresh:
        drawn = compute_projection(frame, inputs="vector", modality="vector", cache_root=fresh)
    mark("layout")
    return drawn[["projection_x", "projection_y"]].to_numpy(), None, {}


CONTENDERS = {OWN: ours, "umap+hdbscan": umap_hdbscan, "evoc": evoc, "embedding-atlas": embedding_atlas}


def contend(name: str, source: Path, target: Path, seed: int) -> None:
    """Run one contender in this process and write what it took and found."""
    warnings.simplefilter("ignore")
    vectors = np.load(source, mmap_mode="r")
    begun = last = time.perf_counter()
    phases: dict[str, float] = {}

    def mark(phase: str) -> None:
        nonlocal last
        now = time.perf_counter()
        phases[phase] = round(now - last, 2)
        last = now

    xy, labels, said = CONTENDERS[name](vectors, mark, **({"seed": seed} if name == OWN else {}))
    took = sum(phases.values())
    spent = time.process_time()
    record = {
        "contender": name, "n": len(vectors), "d": vectors.shape[1], "seconds": round(took, 2), "phases": phases,
        "cpu_seconds": round(spent, 1), "peak_mib": round(most_held()), **said,
    }  # fmt: skip
    print(f"    {name}: {time.perf_counter() - begun:.1f} s {phases}", file=sys.stderr, flush=True)
    np.savez(target, record=json.dumps(record), xy=np.empty((0, 2)) if xy is None else xy,
             labels=np.empty(0, int) if labels is None else labels)  # fmt: skip


def judge(record: dict, vectors: np.ndarray, files: np.ndarray, xy: np.ndarray, labels: np.ndarray) -> None:
    """Add quality to a record: the same sample and the same measures for all."""
    from sklearn.metrics import adjusted_mutual_info_score

    sample = np.sort(np.random.default_rng(7).choice(len(vectors), min(CHECKED, len(vectors)), replace=False))
    if len(xy):
        kept, trusted = [], []
        n = len(vectors)
        for start in range(0, len(sample), 100):
            of = sample[start : start + 100]
            here = np.arange(len(of))
            scores = vectors[of] @ vectors.T
            scores[here, of] = -9
            apart = ((xy[of][:, None] - xy[None]) ** 2).sum(axis=2)
            apart[here, of] = np.inf
            true = np.argpartition(-scores, K, axis=1)[:, :K]
            shown = np.argpartition(apart, K, axis=1)[:, :K]
            kept += [len(np.intersect1d(*rows)) for rows in zip(true, shown, strict=True)]
            for row, near in enumerate(shown):
                ranks = 1 + (scores[row] > scores[row, near, None]).sum(axis=1)
                trusted.append(1 - np.maximum(ranks - K, 0).sum() * 2 / (K * (2 * n - 3 * K - 1)))
        record["kept of 15"] = round(float(np.mean(kept)), 3)
        record["trustworthiness"] = round(float(np.mean(trusted)), 4)
    if len(labels):
        inside = labels >= 0
        record["clusters"] = int(labels.max()) + 1
        record["unclustered"] = round(float(1 - inside.mean()), 3)
        record["ami"] = round(float(adjusted_mutual_info_score(files, labels)), 4)
        record["ami clustered"] = round(float(adjusted_mutual_info_score(files[inside], labels[inside])), 4)


def measure(n: int, dimension: int, names: list[str], *, cold: bool, repeat: int) -> list[dict]:
    import wordnet

    vectors, files = wordnet.sample(n, dimension)
    n = len(vectors)
    records = []
    batch = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        np.save(folder / "vectors.npy", vectors)
        np.save(folder / "few.npy", vectors[:20_000:10])
        np.save(folder / "more.npy", vectors[: min(n, 16_000)])
        for turn, name in itertools.product(range(repeat), names):
            compiled = folder / f"compiled-{name}"
            if cold:
                shutil.rmtree(compiled, ignore_errors=True)
            setting = os.environ | {"NUMBA_CACHE_DIR": str(compiled), "PYTHONPATH": str(HERE.parent)}
            fills = ("few.npy", "more.npy") if not cold and turn == 0 else ()
            for source in (*fills, "vectors.npy"):
                command = [sys.executable, __file__, "--contend", name, str(folder / source), str(folder / "out.npz")]
                subprocess.run([*command, str(turn)], env=setting, check=True)
            with np.load(folder / "out.npz") as found:
                record = json.loads(str(found["record"])) | {"cold": cold, "made": n > wordnet.REAL, "batch": batch}
                judge(record, vectors, files, found["xy"], found["labels"])
            records.append(record)
            print(json.dumps(record), flush=True)
    return records


def main() -> None:
    parser = argparse.ArgumentParser(description="From vectors to map, against the peers.")
    parser.add_argument("n", nargs="*", type=int, default=[10_000, 117_659])
    parser.add_argument("--dimension", type=int, default=384)
    parser.add_argument("--only", default=",".join(CONTENDERS))
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--fold", action="store_true")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--contend", nargs=4)
    asked = parser.parse_args()
    if asked.contend:
        name, source, target, seed = asked.contend
        return contend(name, Path(source), Path(target), int(seed))
    if asked.fold:
        import map_table

        return map_table.write(RESULTS)
    RESULTS.parent.mkdir(exist_ok=True)
    for n in asked.n:
        print(f"== {n:,} x {asked.dimension}", flush=True)
        records = measure(n, asked.dimension, asked.only.split(","), cold=asked.cold, repeat=asked.repeat)
        with RESULTS.open("a") as file:
            file.writelines(json.dumps(record) + "\n" for record in records)
    return None


if __name__ == "__main__":
    main()
