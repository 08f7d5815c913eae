# ruff: noqa: E402
"""Names on the map, measured in the page: do they overlap, and how far is each from its cluster?

    python benchmarks/names_on_map.py [demo.nova]      with the demo's library as one of the five, where it is there

Five collections, each at three sizes of the window and five zooms, and in every picture of two redraws. Distances are
in pixels from the box of a name to the nearest item of its cluster. The library of the demo is made by ``make demo``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]

import numpy as np

import nova_explore as nx
from nova_explore.collection import Collection, Item, Modality, number_copies
from nova_explore.embedding.own_vectors import import_vectors

SIZES = [(700, 700), (1100, 800), (1900, 1000)]
ZOOMS = (1.0, 1.5, 2.0, 1.6, 2.0)
"""Each times the last: 1, 1.5, 3, 4.8 and 9.6 times the whole map."""
SPACINGS = (0.5, 0.0)
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def own(name: str, words: list[str], vectors: np.ndarray, folder: Path) -> Any:
    """An exploration of texts with vectors of their own."""
    items = number_copies(
        Item("", Modality.TEXT, f"/{name}#{row}", f"{name} {row}", "txt", f"{row:064x}", text=text)
        for row, text in enumerate(words)
    )
    given = dict(zip([item.id for item in items], vectors.astype(np.float32), strict=True))
    library = import_vectors(Collection(items), given, to=folder / f"{name}.nova", model=name, progress=False)
    return nx.explore(library, progress=False)


def digits(folder: Path) -> Any:
    """1,797 written digits as vectors of 64 grey values."""
    from sklearn.datasets import load_digits

    pictures, known = load_digits(return_X_y=True)
    return own("digits", [f"a written {WORDS[digit]}" for digit in known], np.asarray(pictures), folder)


def glosses(folder: Path) -> Any:
    """5,000 glosses of WordNet."""
    import wordnet

    vectors, _ = wordnet.sample(5_000)
    texts, _ = wordnet.glosses()
    return own("wordnet", texts[: len(vectors)], vectors, folder)


def many(_: Path) -> Any:
    """20,000 points in sixty clusters that overlap."""
    from widget import made

    return made(20_000)


def planted(_: Path) -> Any:
    """220 items of five modalities in eleven clusters, with names that are long."""
    from fakes.stand_in import StandIn

    return StandIn()


def drawings(exploration: Any) -> Iterator[np.ndarray]:
    """The pictures of two redraws on their way, or turns of the map where it cannot be drawn again."""
    if "seed" not in exploration.layout.parameters:
        for turn in (0.5, 1.2, 2.0, 3.0):
            yield exploration.layout.xy @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        return
    for spacing in SPACINGS:
        seen: list[np.ndarray] = []
        drawn = exploration.redraw(min_dist=spacing, show=lambda xy, seen=seen: seen.append(xy.copy()))
        yield from seen[:: max(1, len(seen) // 6)]
        yield drawn.layout.xy


def measure(name: str, exploration: Any, browser: Any) -> None:
    """Print how the names of one collection stand."""
    from fakes.bare_page import BarePage
    from fakes.names_measure import look_at_names, watch_names, watched_names

    from nova_explore.widgets import App

    far, overlaps, shown = 0.0, 0, []
    for width, height in SIZES:
        page = BarePage(browser, App(exploration), viewport={"width": width, "height": height})
        page.app.wait(120_000)
        page.app.settle()
        for factor in ZOOMS:
            page.app.root.locator(".nx-stage").evaluate("(stage, factor) => stage.map.zoom(factor)", factor)
            page.page.wait_for_timeout(700)
            names = look_at_names(page.app.root)
            far, overlaps = max(far, names.far), overlaps + names.overlaps
            shown.append(names.names)
        if (width, height) == SIZES[1]:
            page.app.root.locator(".nx-stage").evaluate("(stage) => stage.map.reset()")
            watch_names(page.app.root)
            for xy in drawings(exploration):
                page.python.map.move(xy.astype(np.float32))
                page.tell()
                page.page.wait_for_timeout(250)
            page.page.wait_for_timeout(900)
            frames = watched_names(page.app.root)
        page.close()
    print(
        f"{name:10} {len(exploration):7,} items {exploration.clustering.count:4} clusters  "
        f"names shown {min(shown)} to {max(shown)}, overlaps {overlaps}, farthest {far:.1f} px  "
        f"in {len(frames)} pictures of redraws: overlaps {sum(one.overlaps for one in frames)}, "
        f"farthest {max((one.far for one in frames), default=0):.1f} px",
        flush=True,
    )


def main() -> None:
    from fakes.chromium import started_chromium

    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("demo", nargs="?", type=Path, default=ROOT / "demo" / "media.nova")
    asked.add_argument("--only", nargs="*", default=[])
    options = asked.parse_args()
    collections: dict[str, Callable[[Path], Any]] = {
        "planted": planted, "digits": digits, "many": many, "wordnet": glosses,
    }  # fmt: skip
    if options.demo.exists():
        collections["demo"] = lambda _: nx.explore(options.demo, progress=False)
    with tempfile.TemporaryDirectory() as folder, started_chromium() as browser:
        for name, make in collections.items():
            if not options.only or name in options.only:
                measure(name, make(Path(folder)), browser)


if __name__ == "__main__":
    main()
