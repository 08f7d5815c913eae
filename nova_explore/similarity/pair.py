"""Two items, or an item and words or a file, held against one another: how alike they are, against what is usual."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Collection, Item, Scalar
from nova_explore.errors import UnreadableError
from nova_explore.map.neighbors import Neighbors
from nova_explore.similarity.background import Background
from nova_explore.similarity.prints import Print, print_of_item, same
from nova_explore.similarity.sides import Example, Side
from nova_explore.similarity.words_index import fields_of, terms

if TYPE_CHECKING:
    import pandas as pd

PHRASES = 5
STEPS = 40
WORDS = 8
LOOK_ALIKE = 0.99
"""Share of the pairs of two modalities that are less alike than a pair that is called a look-alike."""

MEASURED = frozenset(("width", "height", "duration", "channels", "sample_rate", "frames", "fps"))
"""Metadata that says how a medium is stored, not what it shows."""


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """What is known of two items together.

    Attributes
    ----------
    a, b : str
        Their titles.
    ids : tuple of (str or None)
        Their ids; None for what is not in the collection.
    modalities : tuple of str
        Of both; ``words`` for words that were asked for.
    cosine : float
        Of their vectors, as the model made them.
    ranks : tuple of int
        The place of b among all items of its modality by nearness to a, and of a among those of its modality by
        nearness to b; 1 is the nearest.
    percentile : float
        Share of the pairs of these two modalities that are less alike, 0 to 1; of a sample.
    typical : tuple of float
        Mean and standard deviation of the cosines of these pairs.
    shared_neighbors : tuple of str
        Items that are among the k nearest of both.
    neighbors : int
        k.
    shared_metadata : Mapping of str to Scalar
        Columns in which both have the same value, how they are stored left out; the folder as ``folder``.
    shared_words : tuple of str
        Words that come with both, the rarest first.
    phrases : tuple of (str, float)
        Phrases of the vocabulary that are near to both and far from the rest: standard deviations that the farther of
        the two lies above its modality. Empty where phrases would cost money.
    copy : {"copy", "look-alike", "no"}
        Whether they are the same content, saved again; only alike; or neither.
    how : str
        What makes them a copy; empty where they are none.
    map_ranks : tuple of int, or None
        Like ``ranks``, by distance on the map. None unless both are on it.
    map_distance : float or None
        Distance on the map, as a share of its diagonal.
    usual : int array of shape (40,)
        How many pairs of the two modalities have which cosine; of a sample.
    usual_ends : tuple of float
        Cosines at which the first of these 40 equal steps begins and the last ends.
    """

    a: str
    b: str
    ids: tuple[str | None, str | None]
    modalities: tuple[str, str]
    cosine: float
    ranks: tuple[int, int]
    percentile: float
    typical: tuple[float, float]
    shared_neighbors: tuple[str, ...]
    neighbors: int
    shared_metadata: Mapping[str, Scalar]
    shared_words: tuple[str, ...]
    phrases: tuple[tuple[str, float], ...]
    copy: str
    how: str
    map_ranks: tuple[int, int] | None
    map_distance: float | None
    usual: NDArray[np.int64]
    usual_ends: tuple[float, float]

    def __post_init__(self) -> None:
        self.usual.flags.writeable = False

    @property
    def sentence(self) -> str:
        """The pair in words."""
        first, second = self.modalities
        near = ["text" if name == "words" else name for name in self.modalities]
        parts = [
            f"Nearer than {_share(self.percentile)} of {first}–{second} pairs (cosine {self.cosine:.2f}, usual "
            f"{self.typical[0]:.2f} ± {self.typical[1]:.2f})",
            f"the second is no. {self.ranks[0]:,} of the first's nearest {near[1]} items, the first no. "
            f"{self.ranks[1]:,} of the second's nearest {near[0]} items",
        ]
        if self.map_ranks is not None:
            parts.append(f"on the map they are no. {self.map_ranks[0]:,} and {self.map_ranks[1]:,}")
        if self.shared_neighbors or self.neighbors:
            parts.append(f"{len(self.shared_neighbors)} of their {self.neighbors} nearest are the same")
        if self.phrases:
            parts.append(f"both are near {', '.join(phrase for phrase, _ in self.phrases)}")
        if self.shared_words:
            parts.append(f"both say {', '.join(self.shared_words)}")
        parts.append(
            {"copy": f"a copy ({self.how})", "look-alike": "a look-alike, no copy", "no": "no copy"}[self.copy]
        )
        return "; ".join(parts) + "."

    def to_frame(self) -> pd.DataFrame:
        """One row a fact."""
        import pandas as pd

        facts: dict[str, object] = {
            "cosine": self.cosine,
            "percentile": self.percentile,
            "typical mean": self.typical[0],
            "typical deviation": self.typical[1],
            "rank of b from a": self.ranks[0],
            "rank of a from b": self.ranks[1],
            "map rank of b from a": self.map_ranks[0] if self.map_ranks else None,
            "map rank of a from b": self.map_ranks[1] if self.map_ranks else None,
            "map distance": self.map_distance,
            "shared neighbors": len(self.shared_neighbors),
            "shared words": ", ".join(self.shared_words),
            "phrases": ", ".join(f"{phrase} ({score:.1f})" for phrase, score in self.phrases),
            "copy": self.copy,
        }
        facts |= {f"both: {name}": value for name, value in self.shared_metadata.items()}
        return pd.DataFrame({"value": list(facts.values())}, index=pd.Index(list(facts), name="fact"), dtype=object)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th style='text-align:left'>{html.escape(str(name))}</th><td>{html.escape(str(value))}</td></tr>"
            for name, value in self.to_frame()["value"].items()
            if value not in (None, "")
        )
        head = (
            f"<p><b>{html.escape(self.a)}</b> and <b>{html.escape(self.b)}</b></p><p>{html.escape(self.sentence)}</p>"
        )
        return f"<div>{head}{self._picture()}<table>{rows}</table></div>"

    def _picture(self) -> str:
        """The usual cosines as bars, and a line where this pair stands."""
        high = max(int(self.usual.max(initial=0)), 1)
        bars = "".join(
            f"<rect x='{6 * i}' y='{48 - 48 * count / high:.1f}' width='5' height='{48 * count / high:.1f}'/>"
            for i, count in enumerate(self.usual.tolist())
        )
        low, top = self.usual_ends
        at = 6 * STEPS * (self.cosine - low) / (top - low)
        line = f"<path d='M{at:.1f} 0V48' stroke='#d55e00' stroke-width='2'/>"
        said = f"Usual cosines from {low:.2f} to {top:.2f}, this pair at {self.cosine:.2f}"
        return (
            f"<svg width='{6 * STEPS}' height='48' role='img' aria-label='{said}' fill='#999'>"
            f"<title>{said}</title>{bars}{line}</svg>"
        )


def _share(percentile: float) -> str:
    return f"{percentile:.0%}" if percentile < 0.99 else f"{min(percentile, 0.999):.1%}"


def compare(
    background: Background,
    a: Example,
    b: Example,
    *,
    neighbors: Neighbors,
    xy: NDArray[np.floating],
) -> Pair:
    """Compare two items, or an item with words or a medium on disk.

    Parameters
    ----------
    background : Background
        Of the collection.
    a, b : id, path, bytes, Item or words
        An id of the collection; else the path of a file; else a text is taken as words. Bytes are those of a file.
    neighbors : Neighbors
    xy : float array of shape (n, 2)
        Places on the map.

    Raises
    ------
    UnreadableError
        If a medium cannot be read or embedded.
    """
    collection = background.collection
    sides = background.side(a), background.side(b)
    first, second = sides
    vectors = background.vectors
    cosine = float(first.vector @ second.vector)
    products = vectors @ np.stack([first.vector, second.vector], axis=1)
    ranks = _rank(background, products[:, 0], first, second), _rank(background, products[:, 1], second, first)
    usual = background.pairs(first, second)
    percentile = float((usual < cosine - 1e-6).mean()) if len(usual) else 0.0
    typical = (float(usual.mean()), float(usual.std())) if len(usual) else (0.0, 0.0)
    near = [_nearest(side, vectors, neighbors) for side in sides]
    shared = [place for place in near[0] if place in set(near[1])]
    how = _how_same(first.item, second.item)
    alike = percentile >= LOOK_ALIKE and cosine > typical[0]
    on_map = first.position >= 0 and second.position >= 0
    return Pair(
        first.title,
        second.title,
        (_id(collection, first), _id(collection, second)),
        (first.sort, second.sort),
        cosine,
        ranks,
        percentile,
        typical,
        tuple(collection.ids[place] for place in shared),
        min(map(len, near)),
        _shared_metadata(first.item, second.item),
        _shared_words(background, first.item, second.item),
        _phrases(background, first, second),
        "copy" if how else "look-alike" if alike else "no",
        how or "",
        (_map_rank(collection, xy, first, second), _map_rank(collection, xy, second, first)) if on_map else None,
        float(np.linalg.norm(xy[first.position] - xy[second.position]) / max(np.linalg.norm(np.ptp(xy, axis=0)), 1e-9))
        if on_map
        else None,
        *_counted(usual, cosine),
    )


def _counted(usual: NDArray[np.float32], cosine: float) -> tuple[NDArray[np.int64], tuple[float, float]]:
    """Count cosines in equal steps, from the least to the largest, this pair's own among the ends."""
    low, high = (float(end(usual, initial=cosine)) for end in (np.min, np.max))
    ends = (low, high) if high > low else (low - 0.01, high + 0.01)
    return np.histogram(usual, STEPS, ends)[0], ends


def _id(collection: Collection, side: Side) -> str | None:
    return collection.ids[side.position] if side.position >= 0 else None


def _rank(background: Background, products: NDArray[np.float32], origin: Side, other: Side) -> int:
    """Place of the other among the items of its modality by nearness to the origin."""
    rows = background.positions(str(other.item.modality))
    nearer = products[rows] > float(origin.vector @ other.vector) + 1e-6
    return int((nearer & (rows != origin.position) & (rows != other.position)).sum()) + 1


def _map_rank(collection: Collection, xy: NDArray[np.floating], origin: Side, other: Side) -> int:
    rows = np.flatnonzero(collection.modalities == str(other.item.modality))
    away = np.linalg.norm(xy[rows] - xy[origin.position], axis=1)
    limit = np.linalg.norm(xy[other.position] - xy[origin.position])
    return int(((away < limit) & (rows != origin.position) & (rows != other.position)).sum()) + 1


def _nearest(side: Side, vectors: NDArray[np.float32], neighbors: Neighbors) -> list[int]:
    if side.position >= 0:
        return neighbors.indices[side.position].tolist()
    scores = vectors @ side.vector
    k = min(neighbors.k, len(scores))
    best = np.argpartition(-scores, k - 1)[:k] if k else np.empty(0, int)
    return best[np.argsort(-scores[best])].tolist()


def _shared_metadata(a: Item, b: Item) -> dict[str, Scalar]:
    shared: dict[str, Scalar] = {
        name: value
        for name, value in a.metadata.items()
        if name not in MEASURED and value not in (None, "") and b.metadata.get(name) == value
    }
    folder = str(PurePath(a.name).parent)
    if folder not in (".", "") and folder == str(PurePath(b.name).parent):
        shared["folder"] = folder
    return shared


def _shared_words(background: Background, a: Item, b: Item) -> tuple[str, ...]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    said = [set(terms(" ".join(fields_of(item)))) for item in (a, b)]
    return tuple(background.words.rarest(sorted((said[0] & said[1]) - ENGLISH_STOP_WORDS), count=WORDS))


def _phrases(background: Background, a: Side, b: Side) -> tuple[tuple[str, float], ...]:
    concepts = background.concepts
    if concepts is None:
        return ()
    names, vectors = concepts
    standing = np.minimum(_standing(background, a, vectors), _standing(background, b, vectors))
    best = np.argsort(-standing, kind="stable")[:PHRASES]
    return tuple((names[i], float(standing[i])) for i in best if standing[i] > 1)


def _standing(background: Background, side: Side, phrases: NDArray[np.float32]) -> NDArray[np.float32]:
    """Standard deviations that a side lies above the items of its modality, by phrase."""
    scores = side.vector @ phrases.T
    mean, deviation = background.usual_of_concepts(str(side.item.modality))
    return ((scores - mean) / np.maximum(deviation, 1e-6)).astype(np.float32)


def _how_same(a: Item, b: Item) -> str | None:
    """How two items are copies of one another, None where they are none or cannot be read now."""
    if a.content_key == b.content_key:
        return "byte for byte"
    if a.modality is not b.modality:
        return None
    prints: list[Print] = []
    for item in (a, b):
        try:
            prints.append(print_of_item(item))
        except UnreadableError:
            return None
    found = same(*prints)
    return found.how if found else None
