"""A benchmark on the person's own disk: collections, queries and judgements, with what its paper measures."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nova_explore.collection import Collection, Item, Modality, Unread, number_copies
from nova_explore.errors import SourceError
from nova_explore.sources.benchmark_files import Layout, read_layout
from nova_explore.sources.published import Figure, figures_of
from nova_explore.sources.read import read

if TYPE_CHECKING:
    import pandas as pd

KEY = "benchmark_key"
"""The column of the collection that holds the benchmark's own name of an item."""


@dataclass(frozen=True, slots=True, eq=False)
class Benchmark:
    """One direction of a benchmark, ready for `nova_explore.reviews.effectiveness`, with the other directions.

    Attributes
    ----------
    name, layout : str
        ``MSCOCO``, ``Karpathy split, test``.
    measure : str
        What its paper reports: ``recall@1``. Where a query has several relevant items, ``hit rate@1``: papers call
        that recall@1, too.
    collection : Collection
        Candidates; media that are not on this disk are among its ``unread``, counted and named.
    queries : dict of str to str, Path, Item or list of Item
        Words, a picture, or a medium of the other direction in all its parts.
    judgements : pandas.DataFrame
        Columns query, item, relevance. A relevant medium that is not on this disk counts as missed.
    notes : tuple of str
        What to know before a figure is compared.
    published : tuple of Figure
        Of this direction.
    other_directions : tuple of Benchmark
        What papers measure as well: media that look for their captions, and the other tasks of a set of M-BEIR. Each
        has its own candidates, so that only items of its target modality are ranked.
    """

    name: str
    layout: str
    measure: str
    collection: Collection
    queries: dict[str, Any]
    judgements: pd.DataFrame
    notes: tuple[str, ...]
    published: tuple[Figure, ...]
    other_directions: tuple[Benchmark, ...] = ()

    @property
    def k(self) -> int:
        """Results that the measure looks at."""
        return int(self.measure.rpartition("@")[2])

    @property
    def asks(self) -> str:
        """Modality of the queries."""
        return _asking(self.queries)

    @property
    def direction(self) -> str:
        """What looks for what: ``text → image``."""
        return f"{self.asks} → {', '.join(self.collection.counts())}"

    @property
    def directions(self) -> tuple[Benchmark, ...]:
        """All directions, beginning with this one."""
        return (self, *self.other_directions)

    def __repr__(self) -> str:
        more = f" and {', '.join(one.direction for one in self.other_directions)}" if self.other_directions else ""
        return (
            f"<Benchmark {self.name} ({self.layout}): {len(self.queries):,} queries, {len(self.collection):,} items, "
            f"{len(self.collection.unread):,} not there, {self.measure}, {self.direction}{more}>"
        )


def benchmark(folder: str | Path) -> Benchmark:
    """Read a benchmark that lies on this disk, in all its directions; nothing is fetched.

    Parameters
    ----------
    folder : str or Path
        With the files of MSCOCO (Karpathy's split or COCO's own), Flickr30k, ViDoRe v2, MSR-VTT, DiDeMo, ActivityNet
        Captions, AudioCaps, M-BEIR, or of the form of BEIR or mteb.

    Returns
    -------
    Benchmark
        Words that look for media; ``other_directions`` has media that look for words.

    Raises
    ------
    SourceError
        If the folder has none of these layouts, or none of its media.
    """
    place = Path(folder).expanduser()
    if not place.is_dir():
        raise SourceError(f"There is no folder {place}. Name the folder that holds the benchmark's files.")
    try:
        layout = read_layout(place)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise SourceError(f"The files of {place} lack {error}: this is another version of the benchmark.") from error
    first = _direction(layout, {})
    if not len(first.collection):
        raise SourceError(
            f"{layout.name} is recognised ({layout.form}), but none of its {len(layout.candidates):,} media is below "
            f"{place}. Put them there: they are found by their names."
        )
    media = _by_key(first.collection)
    others = [_direction(other, media if other.asked_by is layout else {}) for other in layout.others]
    empty = [one for one in others if not len(one.collection) or not one.queries]
    notes = [f"{one.layout} is left out: its queries or candidates are not on this disk." for one in empty]
    whole = tuple(one for one in others if one not in empty)
    return replace(first, notes=(*first.notes, *notes), other_directions=whole)


def _direction(layout: Layout, media: Mapping[str, list[Item]]) -> Benchmark:
    """Candidates, queries and judgements of a layout; ``media`` are the items that ask, where items do."""
    import pandas as pd

    collection, missing = _collection(layout)
    items = _by_key(collection)
    # What is not there keeps its own name, so that it counts as a relevant item that is missed.
    rows = [
        (query, id, score)
        for query, key, score in layout.relevant
        for id in ([item.id for item in items[key]] if key in items else [f"not there: {key}"])
    ]
    judgements = pd.DataFrame(rows, columns=["query", "item", "relevance"])
    if layout.asked_by is None:
        there = {key: value for key, value in layout.queries.items() if not isinstance(value, Path) or value.is_file()}
        queries = {key: _as_itself(key, value, layout, items) for key, value in there.items()}
    else:
        queries = {key: parts[0] if len(parts) == 1 else parts for key, parts in media.items()}
    return Benchmark(
        layout.name, layout.form, layout.measure, collection, queries, judgements,
        (*_counts(layout, collection, missing, queries), *layout.notes), figures_of(layout.name, _asking(queries)),
    )  # fmt: skip


def _by_key(collection: Collection) -> dict[str, list[Item]]:
    """Items by the benchmark's own name of them: the parts of a long medium share one."""
    items: dict[str, list[Item]] = {}
    for item in collection:
        items.setdefault(str(item.metadata[KEY]), []).append(item)
    return items


def _as_itself(key: str, value: Any, layout: Layout, items: Mapping[str, list[Item]]) -> Any:
    """A query; the item, where words ask that are a candidate of the same name (ArguAna), which is no result then."""
    candidate = layout.candidates.get(key)
    if isinstance(value, str) and isinstance(candidate, str) and candidate.endswith(value) and key in items:
        return replace(_text(key, value, layout), id=items[key][0].id)
    return value


def _asking(queries: Mapping[str, Any]) -> str:
    """The modalities of queries: ``text``, ``image, text``."""
    asking = set()
    for value in queries.values():
        first = value[0] if isinstance(value, list) else value
        # Files that ask are the pictures of M-BEIR.
        asking.add(str(first.modality) if isinstance(first, Item) else "image" if isinstance(first, Path) else "text")
    return ", ".join(sorted(asking))


def _counts(layout: Layout, collection: Collection, missing: int, queries: Mapping[str, Any]) -> list[str]:
    notes = [f"{len(layout.queries):,} queries search {len(layout.candidates):,} candidates."]
    if missing:
        notes.append(f"{missing:,} candidates are not on this disk or cannot be read: they count as missed.")
    found = len({item.metadata[KEY] for item in collection})
    if len(collection) > found:
        notes.append(f"{found:,} media are {len(collection):,} items: long ones have several parts, each a candidate.")
    if len(queries) < len(layout.queries):
        unasked = len(layout.queries) - len(queries)
        notes.append(f"{unasked:,} queries are media that are not on this disk or cannot be read, and are not asked.")
    if any(isinstance(value, list) for value in queries.values()):
        notes.append("Long media ask with each of their parts, and count by the mean of these.")
    return notes


def _collection(layout: Layout) -> tuple[Collection, int]:
    """Candidates as items that keep their own key; texts stay whole."""
    import pandas as pd

    texts = {key: value for key, value in layout.candidates.items() if isinstance(value, str)}
    media = {key: value for key, value in layout.candidates.items() if value is not None and key not in texts}
    absent = [key for key, value in layout.candidates.items() if value is None]
    items = [_text(key, words, layout) for key, words in texts.items() if words.strip()]
    unread = [Unread(key, "It is not on this disk.") for key in absent]
    if media:
        cells = [{"bytes": value, "path": f"{key}.png"} if isinstance(value, bytes) else str(value.absolute())
                 for key, value in media.items()]  # fmt: skip
        frame = pd.DataFrame({"path": cells, KEY: list(media)})
        found = read(frame, path="path", progress=False)
        items += list(found)
        unread += list(found.unread)
    order = {key: number for number, key in enumerate(layout.candidates)}
    items.sort(key=lambda item: order[str(item.metadata[KEY])])
    return Collection(number_copies(items), unread), len(unread)


def _text(key: str, words: str, layout: Layout) -> Item:
    digest = hashlib.sha256(words.encode()).hexdigest()
    return Item("", Modality.TEXT, f"{layout.name}#{key}", key, "txt", digest, text=words, metadata={KEY: key})
