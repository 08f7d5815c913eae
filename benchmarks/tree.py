"""The tree of clusters, side by side: ``python benchmarks/tree.py [n ...]``, by default 10,000 and 117,659.

Every contender runs in a process of its own (see `alone`) on the same five-dimensional reduction of WordNet's vectors,
beyond 117,659 jittered. ``ari`` is the agreement of its labels with those of hdbscan's exact tree, which is not
computed beyond 117,659 items. scikit-learn needs minutes beyond 20,000 and is left out there.
"""

from __future__ import annotations

import sys

import numpy as np
from alone import contend, run_alone

EXACT = "hdbscan, exact"
MOST_SKLEARN = 20_000


def smallest(n: int) -> int:
    return max(5, round((n / 3) ** 0.5))


def ours(points: np.ndarray) -> np.ndarray:
    from nova_explore.clusters.cluster import Hierarchy
    from nova_explore.clusters.linkage import single_linkage

    return Hierarchy(single_linkage(points, min_samples=3), {}).cut(smallest(len(points))).labels


def theirs(points: np.ndarray, *, approximate: bool = True) -> np.ndarray:
    import hdbscan

    size = smallest(len(points))
    return hdbscan.HDBSCAN(min_cluster_size=size, min_samples=3, approx_min_span_tree=approximate).fit(points).labels_


def fast(points: np.ndarray) -> np.ndarray:
    import fast_hdbscan  # pyright: ignore[reportMissingImports]

    return np.asarray(fast_hdbscan.HDBSCAN(min_cluster_size=smallest(len(points)), min_samples=3).fit(points).labels_)


def sklearn(points: np.ndarray) -> np.ndarray:
    from sklearn.cluster import HDBSCAN

    # scikit-learn counts the point itself.
    return HDBSCAN(min_cluster_size=smallest(len(points)), min_samples=4).fit(points).labels_


CONTENDERS = {
    "nova_explore": ours,
    "hdbscan": theirs,
    EXACT: lambda points: theirs(points, approximate=False),
    "fast_hdbscan": fast,
    "scikit-learn": sklearn,
}


def measure(n: int) -> None:
    import wordnet
    from sklearn.metrics import adjusted_rand_score

    from nova_explore.clusters.cluster import reduce_for_clusters
    from nova_explore.map.basis import COMPONENTS
    from nova_explore.map.layout import principal_components, weigh
    from nova_explore.map.neighbors import find_neighbors

    vectors, _ = wordnet.sample(n, 384 if n <= wordnet.REAL else 256)
    reduced = np.array(reduce_for_clusters(principal_components(vectors, COMPONENTS), weigh(find_neighbors(vectors))))
    reduced = reduced.astype(np.float64)
    names = [name for name in CONTENDERS if len(reduced) <= MOST_SKLEARN or name != "scikit-learn"]
    names = [name for name in names if len(reduced) <= wordnet.REAL or name != EXACT]
    found = {}
    print(
        f"\n{len(reduced):,} items\n{'contender':16} {'seconds':>8} {'MiB':>6} {'clusters':>8} {'noise':>6} {'ari':>6}"
    )
    for name in sorted(names, key=lambda name: name != EXACT):
        found[name], seconds, mebibytes = run_alone(__file__, name, reduced, 2_000)
        labels = found[name]
        ari = f"{adjusted_rand_score(found[EXACT], labels):.4f}" if EXACT in found else "-"
        told = f"{labels.max() + 1:8} {(labels < 0).mean():6.3f} {ari:>6}"
        print(f"{name:16} {seconds:8.2f} {mebibytes:6.0f} {told}", flush=True)


if __name__ == "__main__" and not contend(CONTENDERS):
    for n in [int(n) for n in sys.argv[1:]] or [10_000, 117_659]:
        measure(n)
