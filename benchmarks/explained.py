"""Measure whether explanations find what carries a similarity.

    python benchmarks/explained.py LIBRARY [text picture sound page pairs] [--count 200] [--minutes M]

Composed media of items of the demo: four pictures in a square, four short texts in a row, four sounds in a row, a page
of four pictures. Each is explained against one of its four, and the heaviest part must lie within it (pointing
game, Zhang et al. 2018). Then real pairs of neighbours: hiding the heaviest parts first must hurt more than hiding
random ones.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
from PIL import Image

from nova_explore import media
from nova_explore.collection import Item, Modality
from nova_explore.errors import NovaExploreError
from nova_explore.exploration.bundle import Exploration
from nova_explore.exploration.chain import explore
from nova_explore.library.store import open_library
from nova_explore.media.content import Picture, Sound
from nova_explore.similarity.explanation import Explanation, explain
from nova_explore.similarity.sides import words_item

COUNT = 200
SORTS = ("text", "picture", "sound", "page", "pairs")
SIDE = 224
RATE = 16000
Made = tuple[Item, Callable[[Explanation], bool]]


def of_file(path: Path, modality: Modality, format: str) -> Item:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Item(path.stem, modality, str(path), path.name, format, digest)


def in_box(found: Explanation, target: int) -> bool:
    left, top, right, bottom = found.parts[0].place.at
    return int((left + right) / 2 >= 0.5) + 2 * int((top + bottom) / 2 >= 0.5) == target


def pictures(four: list[Item], target: int, folder: Path, *, page: bool) -> Made:
    """Four pictures in a square; as a page, with white around each."""
    room = 40 if page else 0
    whole = Image.new("RGB", (2 * (SIDE + room), 2 * (SIDE + room)), "white")
    for place, item in enumerate(four):
        content = media.load(item)
        image = content.image if isinstance(content, Picture) else Image.new("RGB", (SIDE, SIDE))
        image = image.convert("RGB").resize((SIDE, SIDE))
        x, y = place % 2 * (SIDE + room) + room // 2, place // 2 * (SIDE + room) + room // 2
        whole.paste(image, (x, y))
    path = folder / f"{'page' if page else 'picture'}-{four[0].id}-{target}.png"
    whole.save(path)
    return of_file(path, Modality.IMAGE, "png"), lambda found: in_box(found, target)


def text(four: list[Item], target: int) -> Made:
    """Four short texts in a row."""
    pieces = [" ".join((item.text or "").split()[:8]) for item in four]
    start = sum(len(piece) + 1 for piece in pieces[:target])
    whole = " ".join(pieces)
    digest = hashlib.sha256(whole.encode()).hexdigest()
    item = Item("text", Modality.TEXT, "made:", "made", "txt", digest, text=whole)

    def right(found: Explanation) -> bool:
        middle = sum(found.parts[0].place.at) / 2
        return start <= middle <= start + len(pieces[target])

    return item, right


def sounds(four: list[Item], target: int, folder: Path) -> Made:
    """Four sounds one after another, each of its own length."""
    parts = []
    for item in four:
        content = media.load(item)
        samples, rate = (content.samples, content.rate) if isinstance(content, Sound) else (np.zeros(RATE), RATE)
        samples = np.interp(np.arange(0, len(samples), rate / RATE), np.arange(len(samples)), samples)[: 2 * RATE]
        parts.append(samples / max(float(np.sqrt(np.mean(samples**2))), 1e-6) * 0.1)
    edges = np.cumsum([0, *map(len, parts)]) / RATE
    path = folder / f"sound-{four[0].id}-{target}.wav"
    soundfile.write(path, np.concatenate(parts), RATE)
    return of_file(path, Modality.AUDIO, "wav"), lambda found: bool(
        edges[target] <= sum(found.parts[0].place.at) / 2 <= edges[target + 1]
    )


def point(exploration: Exploration, name: str, count: int, folder: Path, budget: float) -> None:
    """Play the pointing game with composed media of one sort, for so many seconds at most."""
    modality = {"page": "image", "picture": "image", "sound": "audio"}.get(name, "text")
    pool = [item for item in exploration.collection if str(item.modality) == modality]
    draw, background = np.random.default_rng(0), exploration.finder.background
    right, reliable, played, began = 0, [], 0, time.perf_counter()
    while played < count and time.perf_counter() - began < budget:
        four = [pool[int(i)] for i in draw.choice(len(pool), 4, replace=False)]
        target = int(draw.integers(4))
        try:
            if name == "text":
                item, check = text(four, target)
                query: str | Item = words_item(four[target].text or "")
            elif name == "sound":
                item, check = sounds(four, target, folder)
                query = four[target].id
            else:
                item, check = pictures(four, target, folder, page=name == "page")
                query = four[target].id
            found = explain(background, query, item)
        except NovaExploreError as error:
            print(name, error)
            continue
        background.masked.clear()
        played += 1
        right += check(found)
        reliable.append((found.reliable, check(found)))
        if played % 25 == 0:
            print(f"{name}: {right} of {played} so far", flush=True)
    sure = [hit for is_sure, hit in reliable if is_sure]
    print(
        f"{name}: {right} of {played} found ({right / max(played, 1):.2f}); {len(sure)} reliable, of these "
        f"{sum(sure)} found; {(time.perf_counter() - began) / max(played, 1):.1f} s each",
        flush=True,
    )


def real_pairs(exploration: Exploration, count: int, budget: float) -> None:
    """Of real pairs of neighbours, for how many hiding the heaviest parts first hurts more than random ones."""
    draw, background = np.random.default_rng(0), exploration.finder.background
    better, played, reliable, began = 0, 0, 0, time.perf_counter()
    while played < count and time.perf_counter() - began < budget:
        position = int(draw.integers(len(exploration)))
        other = int(exploration.neighbors.indices[position, draw.integers(5)])
        ids = exploration.collection.ids
        try:
            found = exploration.explain(ids[other], ids[position])
        except NovaExploreError:
            continue
        background.masked.clear()
        if not found.carried:
            continue
        played += 1
        better += found.deletion[0] < found.deletion[1]
        reliable += found.reliable
        if played % 25 == 0:
            print(f"real pairs: {better} of {played} so far", flush=True)
    print(f"real pairs: deletion better than random for {better} of {played}; {reliable} reliable", flush=True)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("library", type=Path)
    asked.add_argument("sorts", nargs="*", choices=[*SORTS, []], help="all by default")
    asked.add_argument("--count", type=int, default=COUNT)
    asked.add_argument("--minutes", type=float, default=1e9, help="of each sort at most")
    options = asked.parse_args()
    exploration = explore(open_library(options.library), progress=False)
    exploration.search("a first query, so that a library of another space is refused at once", k=1)
    with tempfile.TemporaryDirectory() as folder:
        for name in options.sorts or SORTS:
            if name == "pairs":
                real_pairs(exploration, options.count, 60 * options.minutes)
            else:
                point(exploration, name, options.count, Path(folder), 60 * options.minutes)


if __name__ == "__main__":
    main()
