"""What a colour on a map means: the value of every item as a code, the colour of every code, and the legend.

One function from a column to its colours, for the app, the report and the pictures.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from numbers import Real
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Modality
from nova_explore.errors import UnknownNameError
from nova_explore.exploration.columns import LARGER
from nova_explore.palette import CATEGORICAL, FIXED, SEQUENTIAL, UNCLUSTERED_GREY, by_cluster, rgb, spread_colors

if TYPE_CHECKING:
    from nova_explore.clusters.names import ClusterName
    from nova_explore.exploration.bundle import Exploration

MOST_VALUES = 30
STEPS = 64
BINS = 32
SKEWED = 8
"""Times that the largest value is the median from which on a scale is logarithmic."""
MOST_SEEN, DIRECTIONS, CORE = 4000, 16, 28
NEAREST, FARTHEST = 0.85, 3.0
"""Of the outline of a cluster: items looked at, directions, items inside, the share of its items that it is of, and how
far they are from its middle at most, in median distances."""

BUILT_IN = {
    "cluster": "cluster",
    "larger_cluster": "larger cluster",
    "label": "label",
    "tags": "tags",
    "added": "added items",
    "modality": "modality",
    "preservation": "map trust",
    "strength": "strength in cluster",
    "outlier": "standing apart (local outlier factor)",
    "trustworthiness": "map trust: no false neighbours",
    "continuity": "map trust: no torn neighbours",
}
DECIDED = ("label", "tags")
"""Columns that say what a person decided."""
MEASURED = {name: f"measuring {BUILT_IN[name]}" for name in ("outlier", "trustworthiness", "continuity")}
MEASURED["larger_cluster"] = "finding the larger clusters"
ISO = re.compile(r"\d{4}-\d{2}(-\d{2}|$)")
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
        Of a colouring by clusters, what the map calls them, largest first: ``text``, ``color``, ``size``, and the
        positions of some ``members``, those at the rim among them, nearest the middle first.
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
    columns = [column for column in columns if _says_something(exploration, column)]
    offered = {*exploration.columns} - ({*DECIDED} if not exploration.labels.version else set())
    return [[name, label] for name, label in BUILT_IN.items() if name in offered] + [
        [column, column] for column in columns
    ]


def _says_something(exploration: Exploration, column: str) -> bool:
    """Whether a column of metadata has a value at all; built-in ones have."""
    told = column if column in exploration.collection.columns else column.removeprefix("metadata.")
    return any(item.metadata.get(told) is not None for item in exploration.collection)


def color_by(exploration: Exploration, column: str) -> Coloring:
    """Colour the items by cluster, modality, preservation, strength, or a metadata column.

    Raises
    ------
    UnknownNameError
        If there is no such column.
    """
    if column == "cluster":
        return color_clusters(exploration, BUILT_IN[column])
    if column not in exploration.columns:
        raise UnknownNameError("column", column, [name for name, _ in choices(exploration)])
    title = BUILT_IN.get(column, column)
    if column == "modality":
        kinds, found = np.unique(exploration.collection.modality_codes, return_inverse=True)
        return _categories([str(tuple(Modality)[kind]) for kind in kinds], found, title, FIXED[column])
    if column == LARGER:
        return color_clusters(exploration.coarser, title)
    values = exploration.column(column)
    if column == "tags":
        values = ["; ".join(tags) or None for tags in values]
    numbers = _numbers(values)
    if numbers is not None and (column in BUILT_IN or not _is_constant(numbers)):
        return _continuous(numbers, title)
    days = _dates(values)
    if days is not None:
        return _continuous(days, title, say=_say_date)
    return _categorical(values, title, FIXED.get(column, {}))


_DEALT: WeakKeyDictionary[Exploration, tuple[str, ...]] = WeakKeyDictionary()
"""Colours of the clusters of each exploration: those that an app kept for it are those of its report."""


def cluster_colors(exploration: Exploration) -> tuple[str, ...]:
    """Colours of the clusters, ``#rrggbb`` each: the same wherever they are drawn."""
    if exploration not in _DEALT:
        _DEALT[exploration] = tuple(spread_colors(exploration.layout.xy, exploration.clustering.labels))
    return _DEALT[exploration]


def color_clusters(exploration: Exploration, title: str, colors: Sequence[str] | None = None) -> Coloring:
    """Colour the items by cluster, with these colours where they are known already."""
    labels = exploration.clustering.labels
    count = exploration.clustering.count
    if colors is not None:
        _DEALT[exploration] = tuple(colors)
    colors = (*cluster_colors(exploration), UNCLUSTERED_GREY)
    sizes = np.bincount(labels[labels >= 0], minlength=count)
    entries = [
        _entry(
            c, exploration.names[c].with_share if c in exploration.names else f"cluster {c + 1}", sizes[c], colors[c]
        )
        for c in range(count)
    ]
    noise = int((labels < 0).sum())
    entries.append(_entry(count, f"unclustered, {exploration.clustering.noise_share:.0%}", noise, UNCLUSTERED_GREY))
    codes = np.where(labels < 0, count, labels).astype(np.int32)
    return Coloring(codes, colors, tuple(entries), title, names=names_on_map(exploration, colors))


def rename(coloring: Coloring, own: Sequence[str], names: Mapping[int, ClusterName]) -> Coloring:
    """Call clusters what they are called now, in a colouring by clusters.

    Clusters of one label share the colour of the largest of them, and have one name on the map.

    Parameters
    ----------
    coloring : Coloring
    own : sequence of str
        The colour of every cluster by itself.
    names : Mapping of int to ClusterName
    """
    first: dict[str, int] = {}
    one_of = {c: first.setdefault(name.name, c) if name.source == "person" else c for c, name in sorted(names.items())}
    colors = [own[one_of.get(c, c)] for c in range(len(own))]
    entries = [
        entry | {"color": colors[c]} | ({"label": names[c].with_share} if c in names else {})
        for c, entry in enumerate(coloring.entries)
    ]
    sizes: Counter[int] = Counter()
    for c, name in names.items():
        sizes[one_of[c]] += name.size
    told = [
        name | {"text": names[c].name, "size": sizes[c], "color": colors[c]}
        for name in coloring.names if one_of.get(c := name["cluster"]) == c
    ]  # fmt: skip
    told.sort(key=lambda name: -name["size"])
    return replace(coloring, colors=tuple(colors), entries=tuple(entries), names=tuple(told))


def names_on_map(exploration: Exploration, colors: Sequence[str]) -> tuple[dict[str, Any], ...]:
    """What the map calls its clusters, largest first, and which items say where each lies; see `Coloring.names`."""
    xy, labels = exploration.layout.xy, exploration.clustering.labels
    order, bounds = by_cluster(labels)
    told = []
    for name in sorted(exploration.names.values(), key=lambda name: -name.size):
        members = order[bounds[name.cluster] : bounds[name.cluster + 1]]
        if len(members):
            some = outline(xy, members)
            told.append({
                "cluster": name.cluster, "text": name.name, "size": name.size, "color": colors[name.cluster],
                "members": some.tolist(),
            })  # fmt: skip
    return tuple(told)


def outline(xy: NDArray[np.floating], members: NDArray[np.intp]) -> NDArray[np.intp]:
    """Choose members that show where a cluster lies: nearest the middle first, then the farthest in each direction."""
    seen = members[:: max(1, len(members) // MOST_SEEN)]
    apart = xy[seen] - np.median(xy[seen], axis=0)
    near = np.argsort(np.einsum("ij,ij->i", apart, apart), kind="stable")
    # The farthest may lie among others: a name beside one of them would be taken for theirs.
    far = np.linalg.norm(apart[near], axis=1)
    inside = min(len(near) * NEAREST, np.searchsorted(far, FARTHEST * far[len(far) // 2], side="right"))
    near = near[: max(1, int(np.ceil(inside)))]
    turns = np.linspace(0, 2 * np.pi, DIRECTIONS, endpoint=False)
    rim = near[(apart[near] @ np.stack([np.cos(turns), np.sin(turns)])).argmax(axis=0)]
    core = near[np.unique(np.linspace(0, len(near) - 1, CORE).astype(int))]
    rows = np.concatenate([near[:1], rim, core])
    _, first = np.unique(rows, return_index=True)
    return seen[rows[np.sort(first)]]


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


def _is_constant(numbers: NDArray[np.float64]) -> bool:
    """Whether all that are known are the same: such a column has no scale, it has one value."""
    known = numbers[np.isfinite(numbers)]
    return len(known) > 0 and float(np.ptp(known)) == 0


def _categorical(
    values: Sequence[Any] | NDArray[Any], title: str, fixed: Mapping[str, str] = MappingProxyType({})
) -> Coloring:
    distinct: defaultdict[Any, int] = defaultdict(count().__next__)
    found = np.fromiter(map(distinct.__getitem__, values), np.int32, len(values))
    return _categories([*distinct], found, title, fixed)


def _categories(distinct: Sequence[Any], found: NDArray[np.integer], title: str, fixed: Mapping[str, str]) -> Coloring:
    """Colour the items by values; that of item i is ``distinct[found[i]]``."""
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
    codes = np.full(len(found), len(colors), np.int32)
    codes[~missing] = place[inverse]
    if missing.any():
        entries.append(_entry(len(colors), "missing", int(missing.sum()), UNCLUSTERED_GREY))
    return Coloring(codes, (*colors, UNCLUSTERED_GREY), tuple(entries), title)


def _dates(values: Sequence[Any] | NDArray[Any]) -> NDArray[np.float64] | None:
    """ISO dates as days since 1970, NaN where one is missing; None if one is something else, or all are the same."""
    known = [value for value in values if value is not None]
    if not known or not all(isinstance(value, str) and ISO.match(value) for value in known):
        return None
    try:
        days = [np.nan if v is None else np.datetime64(v[:10]).astype("datetime64[D]").astype(float) for v in values]
    except ValueError:
        return None
    return np.array(days, np.float64)


def _say_date(days: float) -> str:
    return str(np.datetime64(round(days), "D"))


def _say_number(value: float) -> str:
    if value and (abs(value) >= 1e15 or abs(value) < 1e-4):
        return f"{value:.3g}"
    if abs(value) >= 1e4:
        unit = next(u for u in (("G", 1e9), ("M", 1e6), ("k", 1e3)) if abs(value) >= u[1])
        return f"{value / unit[1]:.3g} {unit[0]}"
    return f"{value:.4g}"


def _continuous(values: NDArray[np.float64], title: str, say: Callable[[float], str] = _say_number) -> Coloring:
    known = np.isfinite(values)
    low, high = (float(values[known].min()), float(values[known].max())) if known.any() else (0.0, 0.0)
    log = say is _say_number and low > 0 and high > SKEWED * float(np.median(values[known]))
    turned, back = (np.log, np.exp) if log else (float, float)
    codes = np.full(len(values), STEPS, np.int32)
    scaled = np.log(values[known] / low) / np.log(high / low) if log else (values[known] - low) / ((high - low) or 1.0)
    codes[known] = np.clip(scaled * STEPS, 0, STEPS - 1).astype(np.int32)
    missing = int((~known).sum())
    entries = (_entry(STEPS, "missing", missing, UNCLUSTERED_GREY),) if missing else ()
    edges = np.linspace(float(turned(low)), float(turned(high)), STEPS + 1)
    bar = {
        "low": say(low), "high": say(high), "colors": list(SEQUENTIAL), "log": log,
        "counts": np.bincount(codes[known], minlength=STEPS).reshape(BINS, -1).sum(axis=1).tolist(),
        "edges": [say(float(back(edge))) for edge in edges[:: STEPS // BINS]],
    }  # fmt: skip
    return Coloring(codes, (*blend(SEQUENTIAL, STEPS), UNCLUSTERED_GREY), entries, title, bar)


def blend(colors: Sequence[str], steps: int) -> list[str]:
    """Interpolate between colours in even steps."""
    anchors = np.array([rgb(color) for color in colors], float)
    at = np.linspace(0, len(colors) - 1, steps)
    mixed = np.stack([np.interp(at, np.arange(len(colors)), anchors[:, i]) for i in range(3)], axis=1)
    return ["#{:02x}{:02x}{:02x}".format(*(round(channel) for channel in row)) for row in mixed]


def _entry(code: int, label: str, count: int, color: str) -> dict[str, Any]:
    return {"key": str(code), "code": int(code), "label": label, "count": int(count), "color": color}
