"""What sets a slice apart from the rest: words, metadata, concepts, colours, corrected for how many were tried.

Every property is one that an item has or lacks. Items cut from one file, its pages or segments, count as one: slices of
few files would seem apart in 8 of 60 draws. A slice of single pages of many files would then seem apart in 22 of 200,
so that a property must differ item by item as well. The share inside is compared with the share outside by the exact
test of Fisher (two-sided as twice the smaller tail), the difference comes with Newcombe's interval of 1998 ("Interval
estimation for the difference between independent proportions", method 10), and all p-values are corrected together:
Benjamini & Hochberg 1995. Where nothing differs, at most one draw in twenty then shows anything.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Collection
from nova_explore.errors import TooFewItemsError
from nova_explore.similarity.background import Background
from nova_explore.similarity.colours import COLOURS, colours_in
from nova_explore.similarity.two_shares import fisher, interval
from nova_explore.similarity.words_index import WordsIndex

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 5
"""Items that must have a property for it to be tried, and items that a slice and its rest must have."""

LEVEL = 0.05
MOST_VALUES = 200
"""Different values up to which a column of words is tried value by value."""

QUARTERS = 4
LOOKED_AT = 1024
"""Items of the rest, evenly spread, whose concepts and pictures are looked at where there are more."""

STANDS_OUT = 2.0
"""Standard deviations above its usual cosine with items of a modality, from which on an item has a concept."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A property that a slice has more often, or less often, than the rest.

    Attributes
    ----------
    sort : {"word", "metadata", "concept", "colour"}
    what : str
        The word, ``column: value``, the concept, or the colour.
    inside, outside : float
        Shares of the items that have it, among those of which it is known.
    interval : (float, float)
        95 % interval of the difference of the two shares.
    p : float
        Corrected for all properties that were tried.
    n_inside, n_outside : int
        Items of which it is known; those of one file count as one.
    """

    sort: str
    what: str
    inside: float
    outside: float
    interval: tuple[float, float]
    p: float
    n_inside: int
    n_outside: int

    @property
    def difference(self) -> float:
        """Share inside less share outside."""
        return self.inside - self.outside

    def __str__(self) -> str:
        low, high = self.interval
        return (
            f"{self.sort} {self.what}: {self.inside:.0%} of {self.n_inside:,} inside, {self.outside:.0%} of "
            f"{self.n_outside:,} outside (difference {self.difference:+.0%}, 95 % interval {low:+.0%} to {high:+.0%})"
        )


@dataclass(frozen=True, slots=True)
class Contrast:
    """What sets a slice apart, the surest first.

    Attributes
    ----------
    differences : tuple of Difference
        Those whose corrected p-value is at most 0.05.
    tried : int
        Properties that were compared.
    inside, outside : int
        Items of the slice and of the rest.
    left_out : tuple of str
        Sorts of properties that were not tried, each with the reason.
    """

    differences: tuple[Difference, ...]
    tried: int
    inside: int
    outside: int
    left_out: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.differences)

    @property
    def sentence(self) -> str:
        """What was found, in words."""
        of = f"of {self.tried:,} properties tried on {self.inside:,} items against {self.outside:,} others"
        if not self.differences:
            return f"Nothing sets this slice apart: {of}, none differs by more than chance allows."
        return f"{len(self):,} {of} differ by more than chance allows; the surest: {self.differences[0]}."

    def to_frame(self) -> pd.DataFrame:
        """One row a difference."""
        import pandas as pd

        rows = [
            {
                "sort": one.sort,
                "property": one.what,
                "inside": one.inside,
                "outside": one.outside,
                "difference": one.difference,
                "low": one.interval[0],
                "high": one.interval[1],
                "p": one.p,
                "n_inside": one.n_inside,
                "n_outside": one.n_outside,
            }
            for one in self.differences
        ]
        return pd.DataFrame(rows)

    def _repr_html_(self) -> str:
        rows = "".join(f"<li>{html.escape(str(one))}</li>" for one in self.differences)
        return f"<div><p>{html.escape(self.sentence)}</p><ul>{rows}</ul></div>"


@dataclass(frozen=True, slots=True, eq=False)
class Properties:
    """Properties of one sort: counts of the items that have each, inside a slice and outside.

    Attributes
    ----------
    sort : str
    names : sequence of str, length m
    have_inside, have_outside : int array of shape (m,)
    of_inside, of_outside : int array of shape (m,)
        Items of which each property is known.
    alone : float array of shape (m,)
        P-values of the same where items of one file do not count as one.
    """

    sort: str
    names: Sequence[str]
    have_inside: NDArray[np.int64]
    have_outside: NDArray[np.int64]
    of_inside: NDArray[np.int64]
    of_outside: NDArray[np.int64]
    alone: NDArray[np.float64]


def contrast(
    background: Background,
    ids: Iterable[str],
    *,
    thumbnails: Callable[[Sequence[str]], Mapping[str, bytes]] | None = None,
) -> Contrast:
    """Find what sets a slice apart from the rest of a collection.

    Parameters
    ----------
    background : Background
        Of the collection: its words, its vectors, and the phrases that collections are about.
    ids : iterable of str
        The slice.
    thumbnails : callable, optional
        Ids in, small pictures (bytes) by id out, for colours.

    Raises
    ------
    TooFewItemsError
        If the slice or the rest has fewer than 5 items.
    UnknownNameError
        If the collection lacks an id.
    """
    collection = background.collection
    inside = np.zeros(len(collection), np.bool_)
    inside[collection.positions([ids] if isinstance(ids, str) else ids)] = True
    files = np.unique([item.parent or item.id for item in collection], return_inverse=True)[1]
    counts = [len(np.unique(files[side])) for side in (inside, ~inside)]
    if min(counts) < FEWEST:
        cut = ", items of one file counted as one" if len(np.unique(files)) < len(files) else ""
        raise TooFewItemsError(
            f"The slice has {counts[0]} items and the rest {counts[1]}{cut}; each needs {FEWEST}. Choose another slice."
        )
    sides = Sides(inside, files)
    parts = [_words(background.words, sides), *_metadata(collection, sides)]
    left_out = []
    concepts = background.concepts if background.has_model else None
    if concepts is not None:
        parts.append(_concepts(collection, background.vectors, concepts, sides))
    else:
        left_out.append("concepts: to embed their phrases costs money, or there is no model for it")
    if thumbnails is not None:
        parts.append(_colours(collection, thumbnails, sides))
    else:
        left_out.append("colours: there are no small pictures")
    found, tried = differ(parts)
    return Contrast(tuple(found), tried, int(inside.sum()), int((~inside).sum()), tuple(left_out))


def differ(parts: Sequence[Properties]) -> tuple[list[Difference], int]:
    """Keep the properties that differ by more than chance allows, and count those that were tried."""
    from scipy.stats import false_discovery_control

    a, b, m, n = (
        np.concatenate([getattr(part, name) for part in parts]).astype(np.int64)
        for name in ("have_inside", "have_outside", "of_inside", "of_outside")
    )
    labels = [(part.sort, name) for part in parts for name in part.names]
    some = (a + b >= FEWEST) & (m + n - a - b >= FEWEST) & (m >= FEWEST) & (n >= FEWEST)
    rows = np.flatnonzero(some)
    if not len(rows):
        return [], 0
    a, b, m, n = a[rows], b[rows], m[rows], n[rows]
    alone = np.concatenate([part.alone for part in parts])[rows]
    p = false_discovery_control(np.maximum(fisher(a, m, b, n), alone))
    low, high = interval(a, m, b, n)
    sizes = np.abs(a / m - b / n)
    found = [
        Difference(
            *labels[rows[i]],
            float(a[i] / m[i]),
            float(b[i] / n[i]),
            (float(low[i]), float(high[i])),
            float(p[i]),
            int(m[i]),
            int(n[i]),
        )
        for i in np.lexsort((-sizes, p))
        if p[i] <= LEVEL
    ]
    return found, len(rows)


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """Which of some items are in the slice, and which file each was cut from.

    Attributes
    ----------
    inside : bool array of shape (m,)
    files : int array of shape (m,)
    """

    inside: NDArray[np.bool_]
    files: NDArray[np.intp]

    def of(self, rows: NDArray[np.intp]) -> Sides:
        """The same of some of them."""
        return Sides(self.inside[rows], self.files[rows])

    def count(self, has: Any, known: Any, *, inside: bool) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Files that have each property in half of their items on a side, and of which it is known (all if sparse)."""
        from scipy.sparse import csr_array, issparse

        rows = np.flatnonzero(self.inside == inside)
        file, sizes = np.unique(self.files[rows], return_inverse=True, return_counts=True)[1:]
        place = np.arange(len(rows))
        gather = csr_array((np.ones(len(rows), np.int64), (file, place)), shape=(len(sizes), len(rows)))
        if issparse(has):
            found = (gather @ has[rows].astype(np.int64)).tocoo()
            columns = found.col[2 * found.data >= sizes[found.row]]
            return np.bincount(columns, minlength=has.shape[1]), np.full(has.shape[1], len(sizes))
        have, of = (gather @ each[rows].astype(np.int64) for each in (has, known))
        return ((2 * have >= of) & (have > 0)).sum(axis=0), (of > 0).sum(axis=0)


def _counted(sort: str, names: Sequence[str], has: Any, known: Any, sides: Sides) -> Properties:
    """Count n items by m properties, with what is known of them."""
    (a, m), (b, n) = (sides.count(has, known, inside=inside) for inside in (True, False))
    single = Sides(sides.inside, np.arange(len(sides.inside)))
    (c, k), (d, o) = (single.count(has, known, inside=inside) for inside in (True, False))
    return Properties(sort, names, a, b, m, n, fisher(c, k, d, o))


def _words(words: WordsIndex, sides: Sides) -> Properties:
    names, carried = words.carried()
    return _counted("word", names, carried, None, sides)


def _metadata(collection: Collection, sides: Sides) -> list[Properties]:
    columns: dict[str, Sequence[object]] = {
        "modality": [str(item.modality) for item in collection],
        "format": [item.format for item in collection],
        "folder": [_folder(item.name) for item in collection],
    }
    columns |= {name: [item.metadata.get(name) for item in collection] for name in collection.columns}
    return [part for name, values in columns.items() if (part := _column(name, values, sides)) is not None]


def _folder(name: str) -> str | None:
    parent = str(PurePath(name).parent)
    return None if parent == "." else parent


def _column(name: str, values: Sequence[object], sides: Sides) -> Properties | None:
    known = np.array([value is not None and value != "" for value in values])
    numbers = [isinstance(value, int | float) and not isinstance(value, bool) for value in values]
    if known.any() and all(number for number, there in zip(numbers, known, strict=True) if there):
        column = np.array([float(v) if k else np.nan for v, k in zip(values, known, strict=True)])  # pyright: ignore[reportArgumentType]
        known &= np.isfinite(column)
        if len(np.unique(column[known])) > QUARTERS:
            return _quarters(name, column, known, sides)
    shown = np.array([str(value) for value in values])
    options, counts = np.unique(shown[known], return_counts=True)
    options = options[counts >= FEWEST]
    if not 0 < len(options) <= MOST_VALUES:
        return None
    has = (shown[:, None] == options) & known[:, None]
    named = [f"{name}: {value}" for value in options]
    return _counted("metadata", named, has, np.repeat(known[:, None], len(options), 1), sides)


def _quarters(name: str, column: NDArray[np.float64], known: NDArray[np.bool_], sides: Sides) -> Properties:
    """The lowest and the highest quarter of a column of numbers."""
    low, high = np.quantile(column[known], [0.25, 0.75])
    with np.errstate(invalid="ignore"):
        has = np.stack([column <= low, column >= high], axis=1) & known[:, None]
    names = [f"{name}: at most {low:g}", f"{name}: at least {high:g}"]
    return _counted("metadata", names, has, np.repeat(known[:, None], 2, 1), sides)


def _looked_at(inside: NDArray[np.bool_]) -> NDArray[np.intp]:
    rows = []
    for side in (inside, ~inside):
        places = np.flatnonzero(side)
        rows.append(places[np.unique(np.linspace(0, len(places) - 1, min(LOOKED_AT, len(places))).astype(int))])
    return np.concatenate(rows)


def _concepts(
    collection: Collection,
    vectors: NDArray[np.float32],
    concepts: tuple[Sequence[str], NDArray[np.float32]],
    sides: Sides,
) -> Properties:
    names, phrases = concepts
    rows = _looked_at(sides.inside)
    scores = vectors[rows] @ phrases.T
    modalities = collection.modalities[rows]
    for name in np.unique(modalities):
        same = modalities == name
        scores[same] = (scores[same] - scores[same].mean(axis=0)) / np.maximum(scores[same].std(axis=0), 1e-6)
    return _counted("concept", names, scores > STANDS_OUT, np.ones(scores.shape, np.bool_), sides.of(rows))


def _colours(
    collection: Collection, thumbnails: Callable[[Sequence[str]], Mapping[str, bytes]], sides: Sides
) -> Properties:
    rows = [row for row in _looked_at(sides.inside) if collection[int(row)].modality in ("image", "video")]
    pictures = thumbnails([collection[int(row)].id for row in rows])
    has = np.zeros((len(rows), len(COLOURS)), np.bool_)
    known = np.zeros_like(has)
    for place, row in enumerate(rows):
        if picture := pictures.get(collection[int(row)].id):
            has[place], known[place] = colours_in(picture), True
    return _counted("colour", list(COLOURS), has, known, sides.of(np.array(rows, np.intp)))
