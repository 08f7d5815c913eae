"""Collections with queries of which the right answers are known, to measure search on.

None of them taught or tuned the local model, but for the stamps' pictures. Each is fetched and embedded once and kept
in the cache: pages of the R manuals with their authors' own index, drawings of Open Clip Art with their authors' own
keywords, and the demo's stamps with their captions in other languages.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from nova_explore.cache_folder import cache_folder
from nova_explore.collection import Collection
from nova_explore.embedding.embed import embed
from nova_explore.exploration.bundle import Exploration
from nova_explore.exploration.chain import explore
from nova_explore.library.store import open_library
from nova_explore.models.registry import open_model
from nova_explore.sources.fetch import fetch_debian, unpack
from nova_explore.sources.read import read

CLIP_ART = ("animals", "food", "plants", "transportation", "tools", "buildings")
LANGUAGES = ("de", "es", "fr", "ja")
FEWEST, MOST = 5, 100
"""Items that a keyword must have to be a query."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A collection and, for every query, the ids that answer it."""

    name: str
    exploration: Exploration
    answers: Mapping[str, frozenset[str]]


def _kept(
    name: str, package: str, wanted: Callable[[str], bool], read_items: Callable[[Path], Collection]
) -> Exploration:
    folder = cache_folder() / "benchmarks" / name
    media, library = folder / "media", folder / "library.nova"
    if not media.exists():
        with tempfile.TemporaryDirectory() as temporary:
            unpack(fetch_debian(package, Path(temporary)), media, wanted=wanted)
    space = open_model("local").space
    if not library.exists() or space not in open_library(library).spaces().values():
        embed(read_items(media), to=library, model="local", new_space=library.exists())
    return explore(open_library(library), model="local", progress=False)


def r_manuals() -> Judged:
    """Pages of six R manuals; queries are the entries of their concept indexes, answers the pages these name."""
    import pypdfium2

    wanted = re.compile(r"/R-(admin|data|exts|intro|ints|lang)\.pdf$")
    exploration = _kept("r-manuals", "r-doc-pdf", lambda name: bool(wanted.search(name)), read)
    by_page = {
        (Path(item.uri).stem, int(item.span.start)): item.id for item in exploration.collection if item.span is not None
    }
    answers: dict[str, set[str]] = {}
    index_pages: set[str] = set()
    for path in sorted({item.uri for item in exploration.collection}):
        document = pypdfium2.PdfDocument(path)
        places = {document.get_page_label(place): place for place in range(len(document))}
        inside = False
        for place in range(len(document)):
            text = document[place].get_textpage().get_text_range()
            head = text[:200]
            inside = ("Concept index" in head or inside) and "Function and variable index" not in head
            if not inside or place < len(document) / 2:
                continue
            index_pages.add(by_page.get((Path(path).stem, place), ""))
            for line in text.splitlines():
                if match := re.match(r"^(.+?)\s*(?:\.\s*){2,}([\d, ]+)$", line):
                    for label in match[2].replace(" ", "").split(","):
                        if id := by_page.get((Path(path).stem, places.get(label, -1))):
                            answers.setdefault(match[1].strip(), set()).add(id)
    return Judged(
        "R manuals", exploration, {q: frozenset(a - index_pages) for q, a in answers.items() if a - index_pages}
    )


def clip_art() -> Judged:
    """Drawings; queries are keywords, answers the drawings that carry them. Titles are the words that search reads."""
    folders = re.compile(rf"/({'|'.join(CLIP_ART)})/.*\.svg$")
    keywords: dict[str, set[str]] = {}

    def drawings(media: Path) -> Collection:
        return _only_titles(read(sorted(path for path in media.rglob("*.svg") if path.is_file())[::2]))

    exploration = _kept("clip-art", "openclipart-svg", lambda name: bool(folders.search(name)), drawings)
    for item in exploration.collection:
        svg = Path(item.uri).read_text("utf-8", errors="replace")
        bag = re.search(r"<dc:subject>(.*?)</dc:subject>", svg, re.S)
        for word in re.findall(r"<rdf:li>(.*?)</rdf:li>", bag[1], re.S) if bag else ():
            keywords.setdefault(word.strip().lower(), set()).add(item.id)
    answers = {word: frozenset(ids) for word, ids in keywords.items() if FEWEST <= len(ids) <= MOST and word}
    return Judged("Open Clip Art", exploration, answers)


def _only_titles(collection: Collection) -> Collection:
    """Leave out what else a drawing says of itself: its keywords are the answers."""
    return Collection(
        (
            replace(item, metadata={key: value for key, value in item.metadata.items() if key != "tags"})
            for item in collection
        ),
        collection.unread,
    )


def stamps(exploration: Exploration) -> list[Judged]:
    """The demo's pictures, a set of queries for every language: captions; answers are the pictures of this caption."""
    captions: dict[str, dict[str, str]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        unpack(fetch_debian("tuxpaint-stamps-default", folder), folder, wanted=lambda name: name.endswith(".txt"))
        for path in sorted(folder.rglob("*.txt")):
            text = path.read_text("utf-8", errors="replace")
            english = text.partition("\n")[0].strip()
            captions.setdefault(english, {}).update(re.findall(r"^([A-Za-z_@]+)\.utf8=(.+)$", text, re.M))
    pictures: dict[str, set[str]] = {}
    for item in exploration.collection:
        if item.modality == "image" and item.metadata.get("caption"):
            pictures.setdefault(str(item.metadata["caption"]), set()).add(item.id)
    sets = []
    for language in LANGUAGES:
        answers: dict[str, set[str]] = {}
        for english, others in captions.items():
            if language in others and english in pictures:
                answers.setdefault(others[language].strip(), set()).update(pictures[english])
        sets.append(Judged(f"stamps ({language})", exploration, {q: frozenset(a) for q, a in answers.items()}))
    return sets


def first(answers: Mapping[str, Iterable[str]], count: int) -> dict[str, Iterable[str]]:
    """Every so many-th query, so that at most ``count`` are asked."""
    step = max(1, len(answers) // count)
    return dict(list(answers.items())[::step][:count])
