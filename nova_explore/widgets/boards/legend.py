"""What a colour on the map means: the value of every item as a code, the colour of every code, and the legend."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from numbers import Real
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.errors import UnknownNameError
from nova_explore.exploration.columns import LARGER
from nova_explore.palette import CATEGORICAL, FIXED, SEQUENTIAL, UNCLUSTERED, by_cluster, rgb, spread_colors

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration

MOST_VALUES = 30
STEPS = 64

BUILT_IN = {
    "cluster": "cluster",
    "larger_cluster": "larger cluster",
    "added": "added items",
    "modality": "modality",
    "preservation": "map trust",
    "strength": "strength in cluster",
    "outlier": "standing apart (local outlier factor)",
    "trustworthiness": "map trust: no false neighbours",
    "continuity": "map trust: no torn neighbours",
}
MEASURED = {name: f"measuring {BUILT_IN[name]}" for name in ("outlier", "trustworthiness", "continuity")}
MEASURED["larger_cluster"] = "finding the larger clusters"
NOT_OFFERED = {"name", "title", "span", "cluster_name", "x", "y", "uri", *BUILT_IN}


@dataclass(frozen=True, slots=True, eq=False)
class Coloring:
    """The colour of every item, and its legend.

    Attributes
    ----------
    codes : int32 array of shape (n,)
        Index into ``colors`` for every item.
    colors : tuple of str
        ``#rrggbb`` of every code.
    entries : tuple of dict
        Legend rows of a categorical colouring: ``key`` (a string), ``label``, ``count``, ``color``, ``code``.
        For a continuous one only the row of the missing values, if any are missing.
    title : str
        What is shown.
    bar : dict or None
        Ends and colours of the colour bar of a continuous colouring.
    names : tuple of dict
        Of a colouring by clusters, what the map calls them, largest first: ``text``, ``color``, and the ``position`` of
        the member that stands nearest the middle.
    """

    codes: NDArray[np.int32]
    colors: tuple[str, ...]
    entries: tuple[dict[str, Any], ...]
    title: str
    bar: dict[str, Any] | None = None
    names: tuple[dict[str, Any], ...] = ()

    def __post_init__(self) -> None:
        self.codes.flags.writeable = False


def choices(exploration: Exploration) -> list[list[str]]:
    """List what the map can be coloured by: pairs of name and label, the built-in ones first."""
    columns = [str(column) for column in exploration.columns if column not in NOT_OFFERED]
    return [[name, label] for name, label in BUILT_IN.items() if name in {*exploration.columns}] + [
        [column, column] for column in columns
    ]


def color_by(exploration: Exploration, column: str) -> Coloring:
    """Colour the items by cluster, modality, preservation, strength, or a metadata column.

    Raises
    ------
    UnknownNameError
        If there is no such column.
    """
    if column == "cluster":
        return _by_cluster(exploration, BUILT_IN[column])
    if column not in exploration.columns:
        raise UnknownNameError("column", column, [name for name, _ in choices(exploration)])
    title = BUILT_IN.get(column, column)
    if column == LARGER:
        return _by_cluster(exploration.coarser, title)
    values = exploration.column(column)
    numbers = _numbers(values)
    if numbers is not None:
        return _continuous(numbers, title)
    return _categorical(values, title, FIXED.get(column, {}))


def _by_cluster(exploration: Exploration, title: str) -> Coloring:
    labels = exploration.clustering.labels
    count = exploration.clustering.count
    colors = (*spread_colors(exploration.layout.xy, labels), UNCLUSTERED)
    sizes = np.bincount(labels[labels >= 0], minlength=count)
    entries = [
        _entry(c, exploration.names[c].name if c in exploration.names else f"cluster {c + 1}", sizes[c], colors[c])
        for c in range(count)
    ]
    noise = int((labels < 0).sum())
    entries.append(_entry(count, f"unclustered, {exploration.clustering.noise_share:.0%}", noise, UNCLUSTERED))
    codes = np.where(labels < 0, count, labels).astype(np.int32)
    return Coloring(codes, colors, tuple(entries), title, names=_names_on_map(exploration, colors))


def _names_on_map(exploration: Exploration, colors: Sequence[str]) -> tuple[dict[str, Any], ...]:
    xy, labels = exploration.layout.xy, exploration.clustering.labels
    order, bounds = by_cluster(labels)
    told = []
    for name in sorted(exploration.names.values(), key=lambda name: -name.size):
        members = order[bounds[name.cluster] : bounds[name.cluster + 1]]
        if len(members):
            apart = xy[members] - np.median(xy[members], axis=0)
            nearest = members[np.einsum("ij,ij->i", apart, apart).argmin()]
            told.append({"position": int(nearest), "text": name.name, "color": colors[name.cluster]})
    return tuple(told)


def _numbers(values: Sequence[Any] | NDArray[Any]) -> NDArray[np.float64] | None:
    """The values as numbers, NaN where one is missing; None if one is something else, or none is there."""
    if isinstance(values, np.ndarray):
        return values.astype(np.float64)
    if len(values) and isinstance(values[0], str):
        return None
    kinds = set(map(type, values)) - {type(None)}
    if not kinds or not all(issubclass(kind, Real) and not issubclass(kind, bool) for kind in kinds):
        return None
    return np.array(values, np.float64)


def _categorical(
    values: Sequence[Any] | NDArray[Any], title: str, fixed: Mapping[str, str] = MappingProxyType({})
) -> Coloring:
    distinct: defaultdict[Any, int] = defaultdict(count().__next__)
    found = np.fromiter(map(distinct.__getitem__, values), np.int32, len(values))
    absent = np.array([value is None or value != value for value in distinct], bool)
    missing = absent[found]
    # Different values may read the same; in the order of their words, so that ties are broken by them.
    words = [str(value) for value, none in zip(distinct, absent, strict=True) if not none]
    word = np.zeros(len(distinct), np.intp)
    names, word[~absent] = np.unique(words, return_inverse=True)
    inverse = word[found[~missing]]
    counts = np.bincount(inverse, minlength=len(names))
    order = np.argsort(-counts, kind="stable")
    shown = order[:MOST_VALUES]
    place = np.full(len(names), len(shown), np.int32)
    place[shown] = np.arange(len(shown))
    others = len(names) - len(shown)
    colors = [fixed.get(str(names[n]), CATEGORICAL[i % len(CATEGORICAL)]) for i, n in enumerate(shown.tolist())]
    entries = [_entry(i, str(names[n]), int(counts[n]), colors[i]) for i, n in enumerate(shown.tolist())]
    if others:
        rest = int(counts[order[MOST_VALUES:]].sum())
        entries.append(_entry(len(colors), f"{others:,} other values", rest, "#6b7076"))
        colors.append("#6b7076")
    codes = np.full(len(values), len(colors), np.int32)
    codes[~missing] = place[inverse]
    if missing.any():
        entries.append(_entry(len(colors), "missing", int(missing.sum()), UNCLUSTERED))
    return Coloring(codes, (*colors, UNCLUSTERED), tuple(entries), title)


def _continuous(values: NDArray[np.float64], title: str) -> Coloring:
    known = np.isfinite(values)
    low, high = (float(values[known].min()), float(values[known].max())) if known.any() else (0.0, 0.0)
    codes = np.full(len(values), STEPS, np.int32)
    scaled = (values[known] - low) / (high - low) if high > low else np.zeros(int(known.sum()))
    codes[known] = np.clip(scaled * STEPS, 0, STEPS - 1).astype(np.int32)
    missing = int((~known).sum())
    entries = (_entry(STEPS, "missing", missing, UNCLUSTERED),) if missing else ()
    bar = {"low": f"{low:.4g}", "high": f"{high:.4g}", "colors": list(SEQUENTIAL)}
    return Coloring(codes, (*blend(SEQUENTIAL, STEPS), UNCLUSTERED), entries, title, bar)


def blend(colors: Sequence[str], steps: int) -> list[str]:
    """Interpolate between colours in even steps."""
    anchors = np.array([rgb(color) for color in colors], float)
    at = np.linspace(0, len(colors) - 1, steps)
    mixed = np.stack([np.interp(at, np.arange(len(colors)), anchors[:, i]) for i in range(3)], axis=1)
    return ["#{:02x}{:02x}{:02x}".format(*(round(channel) for channel in row)) for row in mixed]


def _entry(code: int, label: str, count: int, color: str) -> dict[str, Any]:
    return {"key": str(code), "code": int(code), "label": label, "count": int(count), "color": color}
