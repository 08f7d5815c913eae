"""UMAP from the shared neighbours: to two dimensions for display, to a few for clustering.

The coordinates of a `Layout` are for drawing only. Nothing else is computed from them, and every layout carries how
far it can be trusted: the share of each item's true neighbours that are beside it on the map.

UMAP: McInnes, Healy & Melville 2018, arXiv:1802.03426. The weighted graph is made in `nova_explore.map.fuzzy_graph`,
what moves the items is in `nova_explore.map.forces`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.map.neighbors import Neighbors

if TYPE_CHECKING:
    from scipy.sparse import csr_array

BLOCK_ROWS = 16_384

MOST_SOLVED = 2_048
"""Rows, or dimensions, up to which principal components are exact: all eigenvectors of 4,096 take 4 to 28 s."""

POWERS, SPARE_AXES = 8, 10
"""Beyond: how often a random subspace is powered up, and how many dimensions it has beyond those asked for."""

SKETCHED = 4_096
"""Vectors whose principal components the first picture shows."""

SOLVED_WHOLE = 512
"""Dimensions up to which numpy finds all axes sooner than scipy is imported, which can look for two of them alone."""

WIDEST_BAND = 0.04
"""Widest empty band that is drawn, as a share of the map's extent."""

ROUNDS = 200
"""UMAP's ``n_epochs``. Of 10,000 entries of WordNet, 200 keep 3.2 of 15 neighbours, 500 of umap-learn's keep 2.9."""

FEWEST_FOR_UMAP = 10
"""Below this many items a neighbour graph has no structure to unfold: the first principal components are used."""


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Where every item is drawn, and how far to trust it.

    Attributes
    ----------
    xy : float32 array of shape (n, 2)
        Coordinates for display only.
    preservation : float32 array of shape (n,)
        Share of an item's k true neighbours that are among its k nearest on the map, 0 to 1.
    k : int
        Neighbours that ``preservation`` looks at.
    parameters : Mapping
        Method, seed and settings.
    """

    xy: NDArray[np.float32]
    preservation: NDArray[np.float32]
    k: int
    parameters: Mapping[str, Any]

    def __post_init__(self) -> None:
        self.xy.flags.writeable = False
        self.preservation.flags.writeable = False
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))

    @property
    def sentence(self) -> str:
        """How far the map can be trusted, in words."""
        if len(self.xy) == 1:
            return "There is one item, so there is nothing to be near to."
        if not self.k:
            return "The map is not drawn yet: these are the two directions in which the items differ most."
        kept = float(self.preservation.mean()) * self.k
        return f"Of each item's {self.k} true neighbours, {kept:.1f} are beside it on this map."


def lay_out(
    start: NDArray[np.float32],
    graph: csr_array,
    neighbors: Neighbors,
    *,
    min_dist: float = 0.1,
    seed: int | None = 0,
    show: Callable[[NDArray[np.float32]], None] | None = None,
) -> Layout:
    """Draw the map.

    Parameters
    ----------
    start : float32 array of shape (n, d)
        Principal components of the vectors, two or more; see `principal_components`.
    graph : csr_array of shape (n, n)
        Of `weigh`.
    neighbors : Neighbors
        Of the vectors.
    min_dist : float, default 0.1
        UMAP's ``min_dist``: how closely points may be packed, 0 to 1.
    seed : int or None, default 0
        The same seed gives the same map on the same machine and versions; None draws one and does not repeat.
    show : callable, optional
        Called with an (n, 2) array, from the principal components on, while the map takes shape.

    Returns
    -------
    Layout

    Raises
    ------
    ValueError
        If ``min_dist`` is out of range.
    """
    check_min_dist(min_dist)
    placed = reduce(start[:, :2], graph, min_dist=min_dist, rounds=ROUNDS, seed=seed, show=show)
    unfolded = len(start) >= FEWEST_FOR_UMAP
    xy = narrow_empty_bands(placed) if unfolded else np.array(placed)  # of components, the gaps mean something
    method = "umap" if unfolded else "pca"
    parameters = {"method": method, "min_dist": float(min_dist), "seed": seed, "k": neighbors.k}
    return Layout(xy, measure_preservation(xy, neighbors), neighbors.k, parameters)


def check_min_dist(min_dist: float) -> None:
    """Raise `ValueError` unless a map can be drawn with it."""
    if not 0 <= min_dist <= 1:
        raise ValueError(f"min_dist={min_dist} is not possible. Pass 0 to 1.")


def first_picture(vectors: NDArray[np.float32]) -> Layout:
    """Draw the first two principal components, of a sample where the vectors are many: neighbours are not known yet."""
    from threadpoolctl import threadpool_limits

    sample = np.array(vectors[:: -(-len(vectors) // SKETCHED)])
    mean = sample.mean(axis=0, dtype=np.float64)
    xy = np.zeros((len(vectors), 2), np.float32)
    # Of matrices this small, threads wait longer for one another than they compute.
    with threadpool_limits(1, "blas"):
        axes = _with_signs(_leading_axes(sample, mean))
        for start in range(0, len(vectors), BLOCK_ROWS):
            block = vectors[start : start + BLOCK_ROWS]  # in single precision: that is what is drawn
            xy[start : start + BLOCK_ROWS, : axes.shape[1]] = block @ axes.astype(np.float32)
    xy[:, : axes.shape[1]] -= (mean @ axes).astype(np.float32)
    return Layout(xy, np.zeros(len(vectors), np.float32), 0, {"method": "pca"})


def weigh(neighbors: Neighbors) -> csr_array:
    """Turn neighbours into UMAP's weighted graph, which every reduction of these vectors shares.

    Returns
    -------
    csr_array of shape (n, n)
        Symmetric float32 weights from 0 to 1; empty for fewer than ten items.
    """
    from scipy.sparse import csr_array

    n = len(neighbors.indices)
    if n < FEWEST_FOR_UMAP:
        return csr_array((n, n), dtype=np.float32)
    from nova_explore.map.fuzzy_graph import tie

    return tie(np.maximum(1 - neighbors.similarities, 0), neighbors.indices)


def reduce(
    start: NDArray[np.float32],
    graph: csr_array,
    *,
    min_dist: float,
    rounds: int,
    seed: int | None,
    show: Callable[[NDArray[np.float32]], None] | None = None,
) -> NDArray[np.float32]:
    """Reduce the dimension with UMAP, from its graph and principal components, to as many as these are.

    ``rounds`` is UMAP's ``n_epochs``; ``show`` sees the start and what becomes of it, about twenty times.

    Returns
    -------
    float32 array of shape (n, dimensions)
    """
    if show is not None:
        show(start)
    if len(start) < FEWEST_FOR_UMAP:
        return start
    from nova_explore.map.forces import settle

    random = np.random.default_rng(seed)
    a, b = fit_curve(min_dist)
    spread = 10 * (start - start.min(0)) / np.maximum(np.ptp(start, axis=0), 1e-12)
    spread += random.normal(scale=1e-4, size=spread.shape)  # copies must not start in one point: nothing parts them
    placed = spread
    moving = settle(graph, spread.astype(np.float32), a=a, b=b, rounds=rounds, seed=int(random.integers(2**32)))
    for number, placed in enumerate(moving):
        if show is not None and number % max(rounds // 20, 1) == 0:
            show(placed)
    return placed


def narrow_empty_bands(xy: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn the longer side of a map level and narrow the bands, across and down, in which nothing is drawn.

    UMAP flings parts that share no neighbours far apart, by a distance that means nothing; what lies within a part is
    left as it is, so that more of the drawing shows items and less of it shows nothing.

    Returns
    -------
    float32 array of shape (n, 2)
    """
    turned = principal_components(xy, 2).astype(np.float64)
    for axis in range(2):
        order = np.argsort(turned[:, axis], kind="stable")
        steps = np.diff(turned[order, axis], prepend=turned[order[:1], axis])
        widest = WIDEST_BAND * float(np.ptp(turned[:, axis]))
        turned[order, axis] = np.cumsum(np.minimum(steps, widest))
    return (turned - turned.mean(axis=0)).astype(np.float32)


def turn_toward(xy: NDArray[np.float32], seen: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn or mirror a drawing so that its n points lie as near as they can to where they are seen in another one.

    The orthogonal Procrustes problem (Schönemann 1966, Psychometrika 31:1-10); distances stay as they are.
    """
    centred = xy - xy.mean(axis=0)
    left, _, right = np.linalg.svd(centred.T.astype(np.float64) @ (seen - seen.mean(axis=0)))
    return (centred @ (left @ right)).astype(np.float32)


def measure_preservation(xy: NDArray[np.float32], neighbors: Neighbors) -> NDArray[np.float32]:
    """Share of every item's true neighbours that are among as many nearest on the map.

    Returns
    -------
    float32 array of shape (n,)
        0 to 1; placed at random, k / (n - 1) is expected. A single item, which has no neighbours, loses none: 1.
    """
    n, k = neighbors.indices.shape
    if not k:
        return np.ones(n, np.float32)
    from scipy.spatial import KDTree

    tree = KDTree(xy)
    order = tree.indices  # what lies side by side is looked for side by side: of a million, in a third of the time
    nearest = np.empty((n, min(k + 1, n)), np.int32)
    nearest[order] = tree.query(xy[order], k=nearest.shape[1], workers=-1)[1]
    shown = np.zeros((n, k), bool)
    for column in range(nearest.shape[1]):
        other = nearest[:, column, None]
        shown |= (neighbors.indices == other) & (other != np.arange(n)[:, None])
    return shown.mean(axis=1).astype(np.float32)


def principal_components(vectors: NDArray[np.float32], dimensions: int) -> NDArray[np.float32]:
    """First principal components, padded with zeros where there are fewer, each with a fixed sign.

    Parameters
    ----------
    vectors : float32 array of shape (n, d)
    dimensions : int
        How many.

    Returns
    -------
    float32 array of shape (n, dimensions)
    """
    mean = vectors.mean(axis=0, dtype=np.float64)
    axes = _with_signs(_principal_axes(vectors, mean, dimensions))
    scores = np.zeros((len(vectors), dimensions), np.float32)
    scores[:, : axes.shape[1]] = np.concatenate([(block - mean) @ axes for block in _blocks(vectors)])
    return scores


def _leading_axes(rows: NDArray[np.float32], mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """The first two principal axes, of few dimensions by numpy alone: importing scipy takes longer."""
    d = rows.shape[1]
    if d > SOLVED_WHOLE:
        return _principal_axes(rows, mean, 2)
    return np.linalg.eigh(_scatter(rows, mean))[1][:, : -min(2, d) - 1 : -1]


def _with_signs(axes: NDArray[np.float64]) -> NDArray[np.float64]:
    return axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])


def _principal_axes(rows: NDArray[np.float32], mean: NDArray[np.float64], dimensions: int) -> NDArray[np.float64]:
    """Unit axes of shape (d, dimensions), or fewer where the rows vary in fewer directions.

    By the smaller of two matrices: of the dimensions among each other, or of the rows (Gram). Where both are large, the
    axes are found within a random subspace that is powered up, as in algorithm 4.4 of Halko, Martinsson & Tropp 2011,
    SIAM Review 53:217-288.
    """
    from scipy.linalg import eigh

    m, d = rows.shape
    count = min(dimensions, m, d)
    if m < d and m < MOST_SOLVED:
        centred = rows - mean
        squares, left = eigh(centred @ centred.T, subset_by_index=[m - count, m - 1])
        left, squares = left[:, ::-1], squares[::-1]
        varied = squares > 1e-12 * max(squares[0], 1e-300)
        return centred.T @ left[:, varied] / np.sqrt(squares[varied])

    if d < MOST_SOLVED:
        return eigh(_scatter(rows, mean), subset_by_index=[d - count, d - 1])[1][:, ::-1]
    basis = np.random.default_rng(0).normal(size=(d, count + SPARE_AXES))
    for _ in range(POWERS):
        basis = np.linalg.qr(_scatter(rows, mean, times=basis))[0]
    turned = eigh(basis.T @ _scatter(rows, mean, times=basis))[1][:, ::-1]
    return basis @ turned[:, :count]


def _scatter(
    rows: NDArray[np.float32], mean: NDArray[np.float64], *, times: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """The scatter matrix, of shape (d, d), or its product with a narrow matrix, without making the former."""
    total: NDArray[np.float64] | float = 0.0
    for block in _blocks(rows):
        centred = block - mean
        total = total + centred.T @ (centred if times is None else centred @ times)
    return np.asarray(total)


def _blocks(vectors: NDArray[np.float32]) -> Iterator[NDArray[np.float64]]:
    """Parts of a long array in double precision, so that what is computed from them needs no second copy of it."""
    return (vectors[start : start + BLOCK_ROWS].astype(np.float64) for start in range(0, len(vectors), BLOCK_ROWS))


@cache
def fit_curve(min_dist: float) -> tuple[float, float]:
    """Find a and b of UMAP's curve 1 / (1 + a x^(2b)), by least squares as umap-learn does.

    It comes near to 1 up to ``min_dist`` and exp(min_dist - x) beyond, which has no derivative there.
    """
    from scipy.optimize import curve_fit

    x = np.linspace(0, 3, 300)
    wanted = np.exp(-np.maximum(x - min_dist, 0))
    (a, b), _ = curve_fit(lambda x, a, b: 1 / (1 + a * x ** (2 * b)), x, wanted)
    return float(a), float(b)
