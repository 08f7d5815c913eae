"""Which clusters come back when a part of the items is clustered again.

Hennig 2007, "Cluster-wise assessment of cluster stability", Computational Statistics & Data Analysis 52:258-271, with
its scheme of subsets: half of the items, drawn without replacement, are clustered anew; every cluster, as far as its
items were drawn, is compared with the new cluster most like it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.clusters.cluster import Clustering, Hierarchy, cluster, reduce_for_clusters
from nova_explore.clusters.matching import SAME_FROM, jaccard
from nova_explore.errors import TooFewItemsError
from nova_explore.map.basis import COMPONENTS, MapBasis
from nova_explore.map.layout import principal_components, weigh
from nova_explore.map.neighbors import find_neighbors

if TYPE_CHECKING:
    from scipy.sparse import csr_array

HALVES, ITEMS_HALVED = 20, 300_000
"""Halves to cluster when nothing is said, and items in all of them together beyond which there are fewer."""

FEWEST_HALVES = 4

MEASURED_WITH_MAP = 3_000
"""Items up to which stability is measured while the map is made: it takes a second or two."""

FEWEST_TO_DOUBT, DOUBTED = 200, 4
"""Items from which on it is asked whether there are clusters at all, of how many halves."""

SECONDS_AN_ITEM = 7e-5, 5e-5
"""Of reducing all items, and of clustering a half, on two cores: measured with 100,000 entries of WordNet."""

READINGS = (
    (0.85, "highly stable"), (0.75, "stable"), (0.6, "of doubtful members"),
    (SAME_FROM, "not to be trusted"), (0.0, "dissolved"),
)  # fmt: skip
"""Mean Jaccard coefficients from which on Hennig's clusterboot (R package fpc) reads them so, the highest first; a
coefficient of exactly 0.5 is dissolved."""

FIRM_FROM = READINGS[1][0]
"""Coefficient from which on a cluster is at least stable."""

Recluster = Callable[[NDArray[np.intp]], NDArray[np.integer]]
"""Positions of items to their clusters: 0, 1, …; -1 for items that belong to none."""


@dataclass(frozen=True, slots=True, eq=False)
class Stability:
    """How reliably every cluster is found again.

    Attributes
    ----------
    jaccard : float64 array of shape (g,)
        Mean, over the repetitions, of the Jaccard coefficient with the cluster most like it, 0 to 1; NaN for a cluster
        none of whose items was ever drawn.
    dissolved : float64 array of shape (g,)
        Share of the repetitions in which no cluster had more than half in common with it; NaN as above.
    repetitions : int
        Subsets that were clustered.
    share : float
        Share of the items in every subset.
    """

    jaccard: NDArray[np.float64]
    dissolved: NDArray[np.float64]
    repetitions: int
    share: float

    def __post_init__(self) -> None:
        self.jaccard.flags.writeable = False
        self.dissolved.flags.writeable = False

    def as_record(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return {
            "jaccard": [None if np.isnan(value) else value for value in self.jaccard.tolist()],
            "dissolved": [None if np.isnan(value) else value for value in self.dissolved.tolist()],
            "repetitions": self.repetitions,
            "share": self.share,
        }

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> Stability:
        """Read what `as_record` made."""
        jaccard, dissolved = (np.array(record[name], np.float64) for name in ("jaccard", "dissolved"))
        return cls(jaccard, dissolved, int(record["repetitions"]), float(record["share"]))

    @property
    def firm(self) -> NDArray[np.bool_]:
        """Which clusters are stable or better: of the others, at least the members are in doubt."""
        return self.jaccard >= FIRM_FROM

    @property
    def readings(self) -> list[str]:
        """What the coefficient of every cluster means, in the words of `READINGS`."""
        return [_read(float(value)) for value in self.jaccard]

    @property
    def sentence(self) -> str:
        """How many clusters are how reliable, in words."""
        found = self.readings
        counts = [f"{found.count(word)} {word}" for word in [*(word for _, word in READINGS), "not drawn"]]
        shown = ", ".join(part for part in counts if not part.startswith("0 ")) or "none"
        clusters = "1 cluster" if len(found) == 1 else f"{len(found)} clusters"
        return f"Of {clusters}, found again in {self.repetitions} subsets of {self.share:.0%} of the items: {shown}."


def measure_stability(
    labels: NDArray[np.integer],
    recluster: Recluster,
    *,
    repetitions: int = 50,
    share: float = 0.5,
    seed: int = 0,
    progress: bool = True,
) -> Stability:
    """Cluster random subsets and see which clusters come back.

    Stable is not the same as meaningful: a method that can find nothing else finds the same again.

    Parameters
    ----------
    labels : integer array of shape (n,)
        The clusters to examine: 0, 1, …; -1 for items that belong to none.
    recluster : callable
        Clusters a subset, given its positions: `density_clusterer` makes one.
    repetitions : int, default 50
        Subsets.
    share : float, default 0.5
        Share of the items in each, drawn without replacement; half is what the paper draws.
    seed : int, default 0
        Of the draws.
    progress : bool, default True
        Show a progress bar. An interrupt ends the measurement between two subsets, or in one.

    Returns
    -------
    Stability

    Raises
    ------
    TooFewItemsError
        If a subset would be empty.
    ValueError
        If ``share`` is not between 0 and 1, or there is no repetition.
    """
    from tqdm.auto import tqdm

    if not 0 < share < 1:
        raise ValueError(f"share={share} needs to lie between 0 and 1. Pass 0.5 for halves.")
    if repetitions < 1:
        raise ValueError(f"repetitions={repetitions} needs to be at least 1. Pass 50.")
    n, size = len(labels), int(len(labels) * share)
    if size < 1:
        raise TooFewItemsError(f"{share:.0%} of {n} items is no item. Pass a larger share or more items.")
    random = np.random.default_rng(seed)
    best = np.full((repetitions, int(labels.max(initial=-1)) + 1), np.nan)
    for place in tqdm(range(repetitions), desc="stability", unit="subset", disable=not progress):
        drawn = np.sort(random.choice(n, size, replace=False))
        subset = labels[drawn]
        there = np.unique(subset[subset >= 0])
        best[place, there] = jaccard(subset, recluster(drawn))[there].max(axis=1, initial=0)
    drawn_at_all = np.isfinite(best).sum(axis=0)
    with np.errstate(invalid="ignore"):
        mean = np.nansum(best, axis=0) / drawn_at_all
        dissolved = (best <= SAME_FROM).sum(axis=0) / drawn_at_all
    return Stability(mean, dissolved, repetitions, share)


def usual_halves(n: int) -> int:
    """Halves of n items to cluster when nothing is said: 20, and fewer of many, so that it takes seconds."""
    return max(FEWEST_HALVES, min(HALVES, 2 * ITEMS_HALVED // max(n, 1)))


def expected_seconds(n: int) -> float:
    """How long the usual halves of n items take, roughly."""
    reducing, clustering = SECONDS_AN_ITEM
    return n * reducing + usual_halves(n) * n / 2 * clustering


def cluster_halves(
    hierarchy: Hierarchy,
    clustering: Clustering,
    start: NDArray[np.float32],
    graph: csr_array,
    *,
    repetitions: int | None = None,
    progress: bool = True,
) -> Stability:
    """See which clusters that were cut from a tree come back from halves of the items, where the tree was found.

    Parameters
    ----------
    hierarchy : Hierarchy
    clustering : Clustering
        Cut from it.
    start, graph
        What `nova_explore.clusters.cluster.cluster` found the tree in; they are reduced anew, as they were then.
    repetitions : int, optional
        Halves; `usual_halves` where it is not given.
    progress : bool, default True
        Show a progress bar.

    Returns
    -------
    Stability
    """
    told, smallest = hierarchy.parameters, clustering.parameters["min_cluster_size"]
    reduced = reduce_for_clusters(start, graph, seed=told["seed"])
    again = density_clusterer(reduced, min_cluster_size=smallest, min_samples=told["min_samples"])
    repetitions = usual_halves(len(start)) if repetitions is None else repetitions
    return measure_stability(clustering.labels, again, repetitions=repetitions, progress=progress)


def doubt(clustering: Clustering, basis: MapBasis, *, size_chosen: bool) -> tuple[Clustering, Stability | None]:
    """Measure which clusters last, where it takes a moment, and answer that there are none where none of them does.

    Density has peaks in noise as well, and a reduction that is given keeps them; halves of the items that go the whole
    way, from their own neighbours on, have them elsewhere. Of random vectors, no cluster comes back with a mean Jaccard
    coefficient above .35; of digits, stamps, docstrings, clip art, packages and glosses, the firmest with .71 to 1.

    Parameters
    ----------
    clustering : Clustering
    basis : MapBasis
        What it was found in.
    size_chosen : bool
        Whether a person chose the size of the smallest cluster: then clusters stay, whether they last or not.

    Returns
    -------
    Clustering
        The same one; or one without clusters, whose parameters say how many ``dissolved``.
    Stability or None
        Of its clusters; None where there are none, or so many items (`MEASURED_WITH_MAP`) that it would take long.
    """
    n, tree = len(clustering.labels), clustering.hierarchy
    if tree is None or not clustering.count or n > MEASURED_WITH_MAP:
        return clustering, None
    if n >= FEWEST_TO_DOUBT and not size_chosen:
        again = measure_stability(
            clustering.labels, whole_chain(clustering, basis), repetitions=DOUBTED, progress=False
        )
        if not (again.jaccard > SAME_FROM).any():
            parameters = {**clustering.parameters, "dissolved": clustering.count}
            return Clustering(np.full(n, -1, np.int32), np.zeros(n, np.float32), parameters, tree), None
    return clustering, cluster_halves(tree, clustering, basis.components, basis.graph, progress=False)


def whole_chain(clustering: Clustering, basis: MapBasis) -> Recluster:
    """Make a function that clusters subsets from their own neighbours on, as all items were clustered."""
    smallest, seed = clustering.parameters["min_cluster_size"], clustering.parameters["seed"]

    def recluster(positions: NDArray[np.intp]) -> NDArray[np.integer]:
        rows = basis.compared[positions]
        graph = weigh(find_neighbors(rows, k=min(basis.neighbors.k, len(rows) - 1)))
        size = max(2, round(smallest * len(rows) / len(clustering.labels)))
        return cluster(principal_components(rows, COMPONENTS), graph, min_cluster_size=size, seed=seed).labels

    return recluster


def density_clusterer(reduced: NDArray[np.floating], *, min_cluster_size: int, min_samples: int = 3) -> Recluster:
    """Make a function that runs HDBSCAN on subsets of coordinates that are already reduced.

    The reduction is not fitted again, so this measures how stable the density clustering is *given* the reduction:
    an upper bound of how stable reduction and clustering are together.

    Parameters
    ----------
    reduced : array of shape (n, dimensions)
        Coordinates in which the clusters were found.
    min_cluster_size, min_samples : int
        With which they were found. The smallest cluster size shrinks with the subset, or small clusters would dissolve
        for want of items only.

    Returns
    -------
    callable
        Positions to clusters.
    """
    from nova_explore.clusters.linkage import single_linkage

    def recluster(positions: NDArray[np.intp]) -> NDArray[np.integer]:
        smallest = max(2, round(min_cluster_size * len(positions) / len(reduced)))
        if len(positions) < max(smallest, min_samples + 1):
            return np.full(len(positions), -1)
        return Hierarchy(single_linkage(reduced[positions], min_samples=min_samples), {}).labels_at(smallest)

    return recluster


def _read(value: float) -> str:
    if np.isnan(value):
        return "not drawn"
    if value <= SAME_FROM:
        return READINGS[-1][1]
    return next(word for least, word in READINGS if value >= least)
