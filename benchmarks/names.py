"""Measure whether clusters' names are true of their members: ``python benchmarks/names.py [SET=LIBRARY …]``.

A name is true of a member whose own words, caption, tags, text, folders and file name, have one of the words of the
name. Nothing of the package's own count is taken: this script reads the name and looks for its words in those of the
member. Beside each share stands the largest that any one word, and any three, could have: where items never say the
same, no name of words can be true of most.

=====================  ==============================================================================================
set                    clusters, and what the items say
=====================  ==============================================================================================
demo                   those of its map; everything that the items say
drawings               Debian's ``openclipart-svg``, six folders: those of its map; titles, keywords, files, folders
drawings, no folders   the same clusters; titles and keywords alone
folders of drawings    the authors' own folders as clusters; titles and keywords alone
German …               clusters of the demo with ten captions of a language or more; these captions, alone and with the
                       English files and folders; English for comparison
=====================  ==============================================================================================

``demo=PATH`` and ``drawings=PATH`` name libraries that are there already; others are embedded once, with the local
model, and kept in the cache.
"""

from __future__ import annotations

import re
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nova_explore.cache_folder import cache_folder
from nova_explore.clusters.cluster import Clustering
from nova_explore.clusters.names import MIXED, PERHAPS, ClusterName, name_clusters
from nova_explore.clusters.terms import find_terms
from nova_explore.collection import Item, Modality
from nova_explore.embedding.embed import embed
from nova_explore.exploration.bundle import Exploration
from nova_explore.exploration.chain import explore
from nova_explore.library.store import open_library
from nova_explore.models.queries import embed_texts
from nova_explore.sources.datasets import demo, stamp_translations
from nova_explore.sources.fetch import fetch_debian, unpack
from nova_explore.sources.read import read
from nova_explore.words import caption_of, path_of

FOLDERS = ("animals", "buildings", "food", "plants", "tools", "transportation")
LANGUAGES = {"English": "en", "German": "de", "Chinese": "zh_CN", "Arabic": "ar"}
FEWEST = 10
"""Items that a cluster must have to be named."""

TRUE = 0.4
"""Share that a name must be true of unless it says "mixed" or "perhaps"."""

SHOWN = 20
"""Clusters of each set that are listed for reading."""

MODALITIES = {"texts": "text", "images": "image", "pages": "page", "sounds": "audio", "videos": "video"}
TRIED = 80
"""The most frequent words of a cluster, of which all threes are tried for the best that is possible."""


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """Items in clusters, with the names of these."""

    what: str
    items: Sequence[Item]
    clustering: Clustering
    names: dict[int, ClusterName]


def _library(name: str, given: dict[str, str], media: Callable[[], Path]) -> Exploration:
    path = Path(given[name]) if name in given else cache_folder() / "benchmarks" / "names" / f"{name}.nova"
    if not path.exists():
        embed(read(media(), progress=False), to=path, model="local")
    return explore(open_library(path), progress=False)


def _drawings() -> Path:
    media = cache_folder() / "benchmarks" / "names" / "drawings"
    if not media.exists():
        wanted = re.compile(rf"/svg/({'|'.join(FOLDERS)})/.*\.svg$")
        with tempfile.TemporaryDirectory() as temporary:
            unpack(
                fetch_debian("openclipart-svg", Path(temporary)),
                media,
                wanted=lambda name: bool(wanted.search(name)),
            )
    return media / "usr" / "share" / "openclipart" / "svg"


def sets(given: dict[str, str]) -> Iterator[Named]:
    """Name the clusters of every set."""
    stamps = _library("demo", given, demo)
    yield _name("demo", stamps, list(stamps.collection), stamps.clustering.labels)
    drawings = _library("drawings", given, _drawings)
    yield _name("drawings", drawings, list(drawings.collection), drawings.clustering.labels)
    nameless = [replace(item, name="1.svg") for item in drawings.collection]
    yield _name("drawings, no folders", drawings, nameless, drawings.clustering.labels)
    folders = [item.name.rpartition("/")[0] for item in drawings.collection]
    large = [folder for folder, size in Counter(folders).most_common() if size >= FEWEST]
    by_folder = np.array([large.index(folder) if folder in large else -1 for folder in folders], np.int32)
    yield _name("folders of drawings", drawings, nameless, by_folder)
    for language, code in LANGUAGES.items():
        captions = {
            english: english if code == "en" else others[code]
            for english, others in stamp_translations().items()
            if code == "en" or code in others
        }
        said = {
            position: captions[str(item.metadata["caption"])]
            for position, item in enumerate(stamps.collection)
            if item.modality is Modality.IMAGE and item.metadata.get("caption") in captions
        }
        for what, alone in ((f"{language} captions, English folders", False), (f"{language} captions alone", True)):
            items = [
                replace(
                    item,
                    metadata={"caption": said[position]} if position in said else {},
                    name="1.png" if alone else item.name,
                )
                for position, item in enumerate(stamps.collection)
            ]
            yield _name(what, stamps, items, stamps.clustering.labels, among=sorted(said))


def _name(
    what: str,
    exploration: Exploration,
    items: Sequence[Item],
    labels: NDArray[np.int32],
    *,
    among: Sequence[int] | None = None,
) -> Named:
    """Name clusters anew, whatever names the library keeps, of the words that these items have."""
    rows = np.array(among if among is not None else range(len(items)))
    labels = labels[rows]
    kept = [c for c in range(labels.max() + 1) if (labels == c).sum() >= FEWEST]
    renumbered = np.full(len(rows), -1, np.int32)
    for c, label in enumerate(kept):
        renumbered[labels == label] = c
    own = [items[row] for row in rows]
    clustering = Clustering(renumbered, np.ones(len(rows), np.float32), {})
    model = exploration.finder.background.model
    names = name_clusters(
        own,
        exploration.vectors[rows],
        clustering,
        embed_phrases=lambda phrases: embed_texts(model, phrases, role="query"),
    )
    return Named(what, own, clustering, names)


def _words(text: str) -> str:
    """In small letters, without signs on letters, words parted by one space."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if unicodedata.category(c) != "Mn")
    plain = plain.replace("_", " ")
    return " ".join(re.findall(r"\w+", plain))


def is_true(part: str, item: Item) -> bool:
    """Whether an item says a word of a name, in this form or a longer one, or is of the modality it names."""
    if MODALITIES.get(part) == item.modality:
        return True
    sought = _words(part)
    stems = [sought, *([sought[:-3]] if sought.endswith("ies") else [sought[:-1]] if sought.endswith("s") else [])]
    return any(stem and stem in _words(f"{caption_of(item)}\n{path_of(item)}") for stem in stems)


def share(name: ClusterName, members: Sequence[Item]) -> float:
    """Share of the members that a name is true of by words; 0 of a guess and of a medoid."""
    if name.source != "keywords":
        return 0.0
    parts = re.sub(r" \(\d+\)$", "", name.name.removeprefix(MIXED)).split(", ")
    return float(np.mean([any(is_true(part, item) for part in parts) for item in members]))


def best_possible(named: Named) -> dict[int, tuple[float, float]]:
    """Largest share of each cluster that one word, and any three, are true of; more often inside than outside."""
    labels = named.clustering.labels
    terms = find_terms(named.items, labels, named.clustering.count)
    found = {}
    for c in named.names:
        members = np.flatnonzero(labels == c)
        inside = np.asarray(terms.carried[members].todense(), bool)
        outside = (np.diff(terms.carried.indptr) - inside.sum(axis=0)) / max(len(labels) - len(members), 1)
        apart = inside.mean(axis=0) > outside
        order = np.argsort(-inside.mean(axis=0) * apart, kind="stable")[:TRIED]
        columns = [column for column in inside[:, order[apart[order]]].T if column.any()]
        one = max((column.mean() for column in columns), default=0.0)
        three = max((np.any(some, axis=0).mean() for some in combinations(columns, min(3, len(columns)))), default=0.0)
        found[c] = (float(one), float(three))
    return found


def main() -> None:
    given = dict(argument.split("=", 1) for argument in sys.argv[1:])
    lists: list[str] = []
    columns = "set, items, clusters, true of, without reserve, least of these, mixed, perhaps, like, 1 word, 3 words"
    print("|", columns.replace(", ", " | "), "|")
    print("|---" * len(columns.split(", ")) + "|")
    for named in sets(given):
        sizes = {c: name.size for c, name in named.names.items()}
        every = sum(sizes.values())
        shares = {
            c: share(name, [named.items[row] for row in named.clustering.members(c)]) for c, name in named.names.items()
        }
        best = best_possible(named)
        worded = [c for c, name in named.names.items() if name.source == "keywords"]
        plain = [c for c in worded if not named.names[c].name.startswith(MIXED)]
        guessed = sum(name.name.startswith(PERHAPS) for name in named.names.values())

        def weighted(of: dict[int, float], among: Sequence[int], sizes: dict[int, int] = sizes) -> float:
            return sum(of[c] * sizes[c] for c in among) / max(sum(sizes[c] for c in among), 1)

        print(
            f"| {named.what} | {every:,} | {len(sizes)} | {weighted(shares, list(sizes)):.0%} "
            f"| {len(plain)}: {weighted(shares, plain):.0%} | {min((shares[c] for c in plain), default=1):.0%} "
            f"| {len(worded) - len(plain)} | {guessed} | {len(sizes) - len(worded) - guessed} "
            f"| {weighted({c: one for c, (one, _) in best.items()}, list(sizes)):.0%} "
            f"| {weighted({c: three for c, (_, three) in best.items()}, list(sizes)):.0%} |",
            flush=True,
        )
        lists.append(f"\n{named.what}")
        for c in sorted(sizes, key=lambda c: -sizes[c])[:SHOWN]:
            own = " ".join(f"{word} {part:.0%}" for word, part in named.names[c].keywords)
            lists.append(
                f"  {sizes[c]:4} {named.names[c].name:45} {shares[c]:4.0%}, at best {best[c][0]:.0%} and "
                f"{best[c][1]:.0%} | {own}"
            )
    print("\n".join(lists))


if __name__ == "__main__":
    main()
