"""A benchmark on the person's own disk: collection, queries and judgements, with what its paper measures."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
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
    """A benchmark, ready for `nova_explore.reviews.effectiveness`.

    Attributes
    ----------
    name, layout : str
        ``MSCOCO``, ``Karpathy split, test``.
    measure : str
        What its paper reports: ``recall@1``.
    collection : Collection
        Candidates; media that are not on this disk are among its ``unread``, counted and named.
    queries : dict of str to str or Path
    judgements : pandas.DataFrame
        Columns query, item, relevance. A relevant medium that is not on this disk counts as missed.
    notes : tuple of str
        What to know before a figure is compared.
    published : tuple of Figure
    """

    name: str
    layout: str
    measure: str
    collection: Collection
    queries: dict[str, Any]
    judgements: pd.DataFrame
    notes: tuple[str, ...]
    published: tuple[Figure, ...]

    @property
    def k(self) -> int:
        """Results that the measure looks at."""
        return int(self.measure.rpartition("@")[2])

    def __repr__(self) -> str:
        return (
            f"<Benchmark {self.name} ({self.layout}): {len(self.queries):,} queries, {len(self.collection):,} items, "
            f"{len(self.collection.unread):,} not there, {self.measure}>"
        )


def benchmark(folder: str | Path) -> Benchmark:
    """Read a benchmark that lies on this disk; nothing is fetched.

    Parameters
    ----------
    folder : str or Path
        With the files of MSCOCO (Karpathy's split or COCO's own), Flickr30k, ViDoRe v2, MSR-VTT, DiDeMo, ActivityNet
        Captions, AudioCaps, M-BEIR, or of the form of BEIR or mteb.

    Returns
    -------
    Benchmark

    Raises
    ------
    SourceError
        If the folder has none of these layouts, or none of its media.
    """
    import pandas as pd

    place = Path(folder).expanduser()
    if not place.is_dir():
        raise SourceError(f"There is no folder {place}. Name the folder that holds the benchmark's files.")
    try:
        layout = read_layout(place)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise SourceError(f"The files of {place} lack {error}: this is another version of the benchmark.") from error
    collection, missing = _collection(layout)
    if not len(collection):
        raise SourceError(
            f"{layout.name} is recognised ({layout.form}), but none of its {len(layout.candidates):,} media is below "
            f"{place}. Put them there: they are found by their names."
        )
    ids: dict[str, list[str]] = {}
    for item in collection:
        ids.setdefault(str(item.metadata[KEY]), []).append(item.id)
    # What is not there keeps its own name, so that it counts as a relevant item that is missed.
    rows = [(query, id, score) for query, key, score in layout.relevant for id in ids.get(key, [f"not there: {key}"])]
    judgements = pd.DataFrame(rows, columns=["query", "item", "relevance"])
    queries = {key: value for key, value in layout.queries.items() if not isinstance(value, Path) or value.is_file()}
    return Benchmark(
        layout.name, layout.form, layout.measure, collection, queries, judgements,
        (*_counts(layout, collection, missing), *layout.notes), figures_of(layout.name),
    )  # fmt: skip


def _counts(layout: Layout, collection: Collection, missing: int) -> list[str]:
    notes = [f"{len(layout.queries):,} queries search {len(layout.candidates):,} candidates."]
    if missing:
        notes.append(f"{missing:,} candidates are not on this disk or cannot be read: they count as missed.")
    found = len({item.metadata[KEY] for item in collection})
    if len(collection) > found:
        notes.append(f"{found:,} media are {len(collection):,} items: long ones have several parts, each a candidate.")
    unfound = sum(isinstance(value, Path) and not value.is_file() for value in layout.queries.values())
    if unfound:
        notes.append(f"{unfound:,} queries are pictures that are not on this disk, and are not asked.")
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
