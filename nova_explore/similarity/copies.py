"""Copies apart from look-alikes: near-duplicates by cosine, then by perceptual prints.

A cosine alone cannot tell a picture saved anew from another picture of the same thing. So it only proposes: neighbours
from `PROPOSED` on are compared by their prints (`prints.same`), and only what both signals agree on is a copy. Items of
the same bytes need neither. Nothing is ever deleted: for every group the one to keep is proposed, and a person decides.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nova_explore.clusters.cluster import number_by_size
from nova_explore.clusters.duplicates import SIMILARITY, Duplicates, find_duplicates
from nova_explore.collection import Collection, Item, Modality, Slice
from nova_explore.errors import UnreadableError
from nova_explore.map.neighbors import Neighbors
from nova_explore.similarity.picture_prints import PicturePrint
from nova_explore.similarity.prints import Print, print_of_item, same

if TYPE_CHECKING:
    import pandas as pd

PROPOSED = 0.75
"""Cosine from which on two neighbours are compared by their prints: with the local model, mirrored and cut copies of
the demo's pictures lie above it (benchmarks/copies.py)."""

PROPOSED_SOUNDS = 0.45
"""The same for two sounds: without its heights, or a twentieth of a second later, the local model hears another sound,
and their prints are compared quickly (benchmarks/copies_heard.py)."""

LOSSLESS = frozenset(("png", "tiff", "bmp", "wav", "flac", "svg"))


@dataclass(frozen=True, slots=True)
class CopyPair:
    """Two items of the same content.

    Attributes
    ----------
    a, b : int
        Positions.
    cosine : float
    how : str
        ``byte for byte``, ``mirrored``, ``cut`` …, in words.
    """

    a: int
    b: int
    cosine: float
    how: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Copies:
    """Groups of near-duplicates among n items, and which of their items are copies of one another.

    Attributes
    ----------
    alike : Duplicates
        The groups of near-duplicates.
    copy_labels : int32 array of shape (n,)
        Group of copies of every item, 0, 1, … by falling size; -1 for items that nothing is a copy of.
    pairs : tuple of CopyPair
        What makes them copies.
    keep : tuple of int
        By group of copies, the position of the item that is proposed to be kept: the largest, lossless before lossy,
        then the first.
    unread : int
        Items that could not be compared by their print, so that they are look-alikes at most.
    collection : Collection
    """

    alike: Duplicates
    copy_labels: NDArray[np.int32]
    pairs: tuple[CopyPair, ...]
    keep: tuple[int, ...]
    unread: int
    collection: Collection

    def __len__(self) -> int:
        return len(self.alike)

    def __repr__(self) -> str:
        return f"<Copies: {self.sentence}>"

    def _repr_html_(self) -> str:
        head = f"<div><p>{html.escape(self.sentence)}</p>"
        return head + (self.to_frame().to_html(max_rows=40) if self.copies else "") + "</div>"

    @property
    def labels(self) -> NDArray[np.int32]:
        """Group of near-duplicates of every item; see `Duplicates`."""
        return self.alike.labels

    @property
    def closest(self) -> NDArray[np.float32]:
        """Cosine similarity of every item with its nearest neighbour."""
        return self.alike.closest

    @property
    def similarity(self) -> float:
        """From which on two neighbours are near-duplicates."""
        return self.alike.similarity

    @property
    def extra(self) -> int:
        """Items that could go if one of every group of near-duplicates stayed."""
        return self.alike.extra

    def members(self, group: int) -> NDArray[np.intp]:
        """Positions of the items of a group of near-duplicates."""
        return self.alike.members(group)

    @property
    def copies(self) -> int:
        """Groups of copies."""
        return len(self.keep)

    @property
    def sentence(self) -> str:
        """How many there are, in words."""
        count = int((self.copy_labels >= 0).sum())
        if not count:
            return f"{self.alike.sentence} None of them is a copy of another."
        groups = "1 group" if self.copies == 1 else f"{self.copies:,} groups"
        return f"{self.alike.sentence} {count:,} items in {groups} are copies: the same content, saved again."

    def copies_of(self, group: int) -> NDArray[np.intp]:
        """Positions of the items of a group of copies."""
        return np.flatnonzero(self.copy_labels == group)

    def rest(self) -> Slice:
        """All copies but those that are proposed to be kept, as a slice to tag or to look at."""
        kept = set(self.keep)
        rows = [int(row) for row in np.flatnonzero(self.copy_labels >= 0) if row not in kept]
        return Slice("copies", tuple(self.collection.ids[row] for row in rows))

    def to_frame(self) -> pd.DataFrame:
        """One row a copy, indexed by id: its group, whether it is to be kept, and what differs between copies."""
        import pandas as pd

        rows = [int(row) for group in range(self.copies) for row in self.copies_of(group)]
        items = [self.collection[row] for row in rows]
        frame = pd.DataFrame(
            {
                "group": self.copy_labels[rows],
                "keep": [row in self.keep for row in rows],
                "how": [self._how(row) for row in rows],
                "name": [item.name for item in items],
                "format": [item.format for item in items],
                "size": [size_of(item) for item in items],
                "modified": [item.metadata.get("modified") for item in items],
            },
            index=pd.Index([item.id for item in items], name="id"),
        )
        return frame.sort_values(["group", "keep"], ascending=[True, False], kind="stable")

    def _how(self, row: int) -> str:
        return ", ".join(dict.fromkeys(pair.how for pair in self.pairs if row in (pair.a, pair.b)))


def find_copies(
    collection: Collection,
    neighbors: Neighbors,
    *,
    similarity: float = SIMILARITY,
    thumbnails: Callable[[Sequence[str]], Mapping[str, bytes]] | None = None,
) -> Copies:
    """Group near-duplicates, and tell the copies among them.

    Parameters
    ----------
    collection : Collection of n items
    neighbors : Neighbors
        Of these items.
    similarity : float, default 0.95
        Cosine from which on two neighbours are near-duplicates; models differ in what they score. Copies are looked
        for from 0.75 on, of sounds from 0.45 on.
    thumbnails : callable, optional
        Ids in, small pictures (bytes) by id out: pictures are compared by them where they are, which is faster.

    Raises
    ------
    ValueError
        If the similarity is not between 0 and 1.
    """
    alike = find_duplicates(neighbors, similarity=similarity)
    n, k = neighbors.indices.shape
    is_sound = collection.modalities == str(Modality.AUDIO)
    least = np.where(is_sound[:, None] & is_sound[neighbors.indices], PROPOSED_SOUNDS, PROPOSED)
    proposed = neighbors.similarities >= np.minimum(least, similarity)
    rows = np.broadcast_to(np.arange(n)[:, None], (n, k))[proposed]
    others = neighbors.indices[proposed]
    cosines = neighbors.similarities[proposed]
    first, second = np.minimum(rows, others), np.maximum(rows, others)
    _, once = np.unique(first.astype(np.int64) * n + second, return_index=True)
    candidates = [(int(first[i]), int(second[i]), float(cosines[i])) for i in once]
    known = {(a, b) for a, b, _ in candidates}
    candidates += [(a, b, 1.0) for a, b in _same_bytes(collection) if (a, b) not in known]
    pairs, unread = _verify(collection, candidates, thumbnails)
    labels = _grouped(n, [(pair.a, pair.b) for pair in pairs])
    keep = tuple(_best(collection, np.flatnonzero(labels == group)) for group in range(int(labels.max(initial=-1)) + 1))
    return Copies(alike, labels, tuple(pairs), keep, unread, collection)


def _same_bytes(collection: Collection) -> Iterable[tuple[int, int]]:
    """Every item of known content with the first of that content."""
    first: dict[str, int] = {}
    for row, key in enumerate(collection.content_keys):
        if (other := first.setdefault(key, row)) != row:
            yield other, row


def _verify(
    collection: Collection,
    candidates: Sequence[tuple[int, int, float]],
    thumbnails: Callable[[Sequence[str]], Mapping[str, bytes]] | None,
) -> tuple[list[CopyPair], int]:
    wanted = {
        row
        for a, b, _ in candidates
        for row in (a, b)
        if collection[a].modality is collection[b].modality and collection[a].content_key != collection[b].content_key
    }
    pictured = [collection[row].id for row in sorted(wanted) if collection[row].modality is Modality.IMAGE]
    small = dict(thumbnails(pictured)) if thumbnails is not None and pictured else {}
    prints: dict[int, Print | None] = {}

    def look(row: int) -> Print | None:
        if row not in prints:
            item = collection[row]
            try:
                picture = small.pop(item.id, None)
                prints[row] = PicturePrint(picture, detail=_side(item)) if picture else print_of_item(item)
            except UnreadableError:
                prints[row] = None
        return prints[row]

    found = []
    for a, b, cosine in candidates:
        one, other = collection[a], collection[b]
        if one.content_key == other.content_key:
            found.append(CopyPair(a, b, cosine, "byte for byte"))
        elif one.modality is other.modality and (one.parent is None or one.parent != other.parent):
            x, y = look(a), look(b)
            how = same(x, y) if x is not None and y is not None else None
            if how is not None:
                found.append(CopyPair(a, b, cosine, how.how))
    return found, sum(one is None for one in prints.values())


def _side(item: Item) -> int | None:
    """Pixels of the shorter side of a picture, where they are known."""
    sides = [item.metadata.get(name) for name in ("width", "height")]
    known = [int(side) for side in sides if isinstance(side, int | float) and side > 0]
    return min(known) if len(known) == 2 else None


def _grouped(n: int, pairs: Sequence[tuple[int, int]]) -> NDArray[np.int32]:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    a, b = np.array(pairs, np.intp).reshape(-1, 2).T
    links = csr_array((np.ones(len(a), np.bool_), (a, b)), shape=(n, n))
    component = connected_components(links, directed=False)[1]
    return number_by_size(np.where(np.bincount(component, minlength=1)[component] > 1, component, -1))


def _best(collection: Collection, rows: NDArray[np.intp]) -> int:
    """The item to keep: the largest, lossless before lossy, then the first."""

    def worth(row: int) -> tuple[float, bool, int]:
        item = collection[row]
        width, height, seconds = (item.metadata.get(name) for name in ("width", "height", "duration"))
        sizes = [float(size) for size in (width, height, seconds) if isinstance(size, int | float) and size]
        return float(np.prod(sizes)) if sizes else float(len(item.text or "")), item.format in LOSSLESS, -row

    return max(map(int, rows), key=worth)


def size_of(item: Item) -> str:
    """How large an item is, for a person: its sides, its seconds, or its letters."""
    width, height, seconds = (item.metadata.get(name) for name in ("width", "height", "duration"))
    parts = [f"{width} x {height}"] if width and height else []
    parts += [f"{seconds:g} s"] if isinstance(seconds, int | float) else []
    return ", ".join(parts) or (f"{len(item.text):,} characters" if item.text else "")
