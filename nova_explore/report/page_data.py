"""Everything that the app inside a page shows, as plain values: ``frontend/src/page/data.ts`` has the other side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Modality
from nova_explore.exploration.coloring import BINS, STEPS, Coloring, choices, color_by, outline
from nova_explore.exploration.columns import LARGER, TRUST
from nova_explore.report.cluster_rows import ClusterRow
from nova_explore.report.page_media import Carried, in_base_64

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration

Positions = NDArray[np.intp]

TEXT_LETTERS = 4_000_000
"""Letters of texts that a page carries: texts are cut to the same length where there are more."""
DETAIL_LETTERS = 3_000_000
LONGEST_VALUE = 300
COLORING_BYTES = 3_000_000
NEAREST, NEAREST_IN_ALL = 12, 400_000
NOWHERE = 0xFFFFFFFF
COORDINATE = 65535
"""Steps from one side of the map to the other: a screen has fewer."""
SLOW = frozenset({*TRUST, LARGER, "outlier"})
"""Columns that are computed when they are asked for; a page has them where somebody has asked."""
BUILT_IN_DETAILS = ("name", "cluster_name", "label", "tags", "preservation", "strength")


def page_data(
    exploration: Exploration,
    positions: Positions,
    *,
    name: str,
    headline: str,
    rows: Sequence[ClusterRow],
    carried: Carried,
    inline: Mapping[int, bytes],
    findings: Sequence[tuple[str, Sequence[str]]] = (),
) -> tuple[dict[str, Any], list[str]]:
    """Gather what the app inside a page shows.

    Parameters
    ----------
    exploration : Exploration
    positions : integer array of shape (m,)
        Of the items that the page shows, rising.
    name : str
        That files which the page writes begin with.
    headline : str
    rows : sequence of ClusterRow
    carried : Carried
        The media inside the page.
    inline : mapping of int to bytes
        Pictures that stand in the page already, by position: the app takes them from there.
    findings : sequence of (str, sequence of str)
        What each finding of a review is about, and the ids of its items.

    Returns
    -------
    (dict, list of str)
        Plain values, and what was left out, in sentences.
    """
    items = [exploration.collection[int(position)] for position in positions]
    place_of = {int(position): place for place, position in enumerate(positions)}
    kinds = [str(kind) for kind in Modality]
    texts, cut = _texts([item.text or "" for item in items])
    details, dropped = _details(exploration, positions)
    colorings, uncolored = _colorings(exploration, positions)
    places = {id: place for place, id in enumerate(item.id for item in items)}
    data = {
        "name": name,
        "headline": headline,
        "trust": exploration.layout.sentence,
        "caveats": list(exploration.caveats),
        "ids": [item.id for item in items],
        "titles": [item.title for item in items],
        "texts": texts,
        "spans": [str(item.span) if item.span else "" for item in items],
        "modalities": kinds,
        "modality": in_base_64(bytes(kinds.index(item.modality) for item in items)),
        "xy": in_base_64(_coordinates(exploration.layout.xy[positions]).tobytes()),
        **_nearest(exploration, positions),
        "colorings": colorings,
        "choices": [choice for choice in choices(exploration) if choice[0] in colorings],
        "clusters": {"rows": [row.facts for row in rows], "size": None, "spacing": -1, "stability": _stability(rows)},
        "typical": [places[row.medoids[0]] for row in rows if row.medoids and row.medoids[0] in places],
        "details": details,
        "pictures": {
            str(place_of[position]): in_base_64(picture)
            for position, picture in carried.pictures.items() if position not in inline
        },
        "media": {str(place_of[p]): [mime, in_base_64(data)] for p, (mime, data) in carried.media.items()},
        "findings": [
            {"title": title, "positions": sorted({places[id] for id in ids if id in places})} for title, ids in findings
        ],
    }  # fmt: skip
    return data, [*cut, *dropped, *uncolored, *carried.left_out]


def _coordinates(xy: NDArray[np.floating]) -> NDArray[np.uint16]:
    """Coordinates in the square of the map, both axes alike, in steps of two bytes."""
    if not len(xy):
        return np.zeros((0, 2), np.uint16)
    low, high = xy.min(axis=0), xy.max(axis=0)
    half = float((high - low).max()) / 2 or 1.0
    fitted = (xy - (low + high) / 2) / half
    return np.rint((np.clip(fitted, -1, 1) + 1) / 2 * COORDINATE).astype("<u2")


def _nearest(exploration: Exploration, positions: Positions) -> dict[str, Any]:
    """Nearest items of each that the page has as well, and their cosine in hundredths."""
    neighbors = exploration.neighbors
    m = min(NEAREST, neighbors.indices.shape[1], max(3, NEAREST_IN_ALL // max(len(positions), 1)))
    place = np.full(len(exploration), NOWHERE, np.uint32)
    place[positions] = np.arange(len(positions), dtype=np.uint32)
    near = place[neighbors.indices[positions, :m]]
    scores = np.clip(np.rint(neighbors.similarities[positions, :m] * 100), 0, 100).astype(np.uint8)
    return {
        "nearest": in_base_64(near.astype("<u4").tobytes()), "scores": in_base_64(scores.tobytes()), "nearest_count": m,
    }  # fmt: skip


def _texts(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """Texts of the items, cut alike where all of them are too long for a page."""
    lengths = np.array([len(text) for text in texts], np.int64)
    if lengths.sum() <= TEXT_LETTERS:
        return list(texts), []
    longest = int(lengths.max())
    low, high = 1, longest
    while low < high:  # the longest cut that fits
        middle = (low + high + 1) // 2
        low, high = (middle, high) if np.minimum(lengths, middle).sum() <= TEXT_LETTERS else (low, middle - 1)
    count = int((lengths > low).sum())
    return [text[:low] for text in texts], [f"{count:,} texts are cut after {low:,} letters."]


def _details(exploration: Exploration, positions: Positions) -> tuple[list[list[Any]], list[str]]:
    """Columns that an open item shows: a name, and a value of each item or None."""
    own = [name for name in exploration.columns if _is_metadata(exploration, name)]
    told, dropped, used = [], [], 0
    for name in (*BUILT_IN_DETAILS, *own):
        values = exploration.column(name)
        column = [say(values[position], name) for position in positions.tolist()]
        letters = sum(len(value) for value in column if value)
        if not letters:
            continue
        if used + letters > DETAIL_LETTERS:
            dropped.append(name)
            continue
        used += letters
        told.append([DETAIL_NAMES.get(name, name), column])
    said = [f"Left out of the details of items, for their size: {', '.join(dropped)}."] if dropped else []
    return told, said


DETAIL_NAMES = {"cluster_name": "cluster", "preservation": "map trust", "strength": "strength in cluster"}


def _is_metadata(exploration: Exploration, name: str) -> bool:
    return name.removeprefix("metadata.") in exploration.collection.columns and name != "title"


def say(value: Any, column: str = "") -> str | None:
    """Write a value for a person; None where there is none."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value != value or value == "" or value == ():
        return None
    if column in ("preservation", "strength"):
        return f"{value:.0%}"
    if isinstance(value, float):
        return f"{value:.6g}"
    text = "; ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def _colorings(exploration: Exploration, positions: Positions) -> tuple[dict[str, Any], list[str]]:
    """What the page can be coloured by, those that everybody wants first."""
    told: dict[str, Any] = {}
    dropped, used = [], 0
    measured = {*(TRUST if exploration.knows("trust") else ()), *((LARGER,) if exploration.knows("coarser") else ())}
    for column, label in choices(exploration):
        if column in SLOW - measured:
            continue
        coloring = color_by(exploration, column)
        wide = 1 if len(coloring.colors) <= 256 else 2
        if used + wide * len(positions) > COLORING_BYTES and column != "cluster":
            dropped.append(label)
            continue
        used += wide * len(positions)
        told[column] = _coloring(coloring, exploration.layout.xy, positions)
    return told, [f"Not offered as colours, for their size: {', '.join(dropped)}."] if dropped else []


def _coloring(coloring: Coloring, xy: NDArray[np.floating], positions: Positions) -> dict[str, Any]:
    """A colouring of some items: counts and names are of these."""
    codes = coloring.codes[positions]
    counts = np.bincount(codes, minlength=len(coloring.colors))
    entries = [entry | {"count": int(counts[entry["code"]])} for entry in coloring.entries if counts[entry["code"]]]
    bar = coloring.bar
    if bar is not None:
        bar = dict(bar) | {"counts": counts[:STEPS].reshape(BINS, -1).sum(axis=1).tolist()}
    names = []
    for name in coloring.names:
        members = np.flatnonzero(codes == name["cluster"])
        if len(members):
            some = outline(xy[positions], members).tolist()
            names.append(dict(name) | {"size": len(members), "members": some})
    form = "<u1" if len(coloring.colors) <= 256 else "<u2"
    return {
        "title": coloring.title, "codes": in_base_64(codes.astype(form).tobytes()), "colors": list(coloring.colors),
        "entries": entries, "bar": bar, "names": names,
    }  # fmt: skip


def _stability(rows: Sequence[ClusterRow]) -> dict[str, Any]:
    found = {row.facts["key"]: row.stability for row in rows if row.stability is not None}
    return {"sentence": rows[0].stability_sentence, "clusters": found} if found else {}
