# ruff: noqa: E402
"""Pictures of the app in all its states, light and dark, at three widths, to be looked at; some of them for docs/.

    python benchmarks/app_shots.py demo/media.nova FOLDER            all states, three widths, two themes
    python benchmarks/app_shots.py demo/media.nova FOLDER --docs     only those that docs/app.md shows

The page has no notebook around it: Python is this process.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from fakes.bare_page import BarePage
from fakes.chromium import started_chromium

import nova_explore as nx
from nova_explore.widgets import App

WIDTHS = (700, 1100, 1900)
HEIGHT = 860
NO_WEBGL = """const own = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind.startsWith("webgl") ? null : own.call(this, kind, ...rest);
};"""
DOCS = {"first": (1100, "light"), "item": (1900, "light"), "menu": (1100, "dark"), "clusters": (1100, "light"),
        "columns": (1100, "light"), "gone": (700, "light"), "off": (1100, "dark"), "nogl": (700, "light")}  # fmt: skip


def search(page: BarePage) -> None:
    page.app.search("dog")
    page.app.root.locator(".nx-slice[data-kind=search]").wait_for()


def item(page: BarePage) -> None:
    search(page)
    page.app.root.locator(".nx-tile").first.click()
    page.app.root.locator(".nx-inspector").wait_for()


def menu(page: BarePage) -> None:
    page.app.settle()
    page.page.mouse.click(*page.app.spot(40), button="right")
    page.page.locator(".nx-menu").wait_for()


def near(page: BarePage) -> None:
    for _ in range(5):
        page.app.root.locator("[data-tool=nearer]").click()


def column(name: str) -> Callable[[BarePage], None]:
    def show(page: BarePage) -> None:
        page.python.color_by(name)
        page.tell()
        page.app.turn_to("columns")

    return show


def stability(page: BarePage) -> None:
    page.python.measure_stability()
    page.tell()
    page.app.turn_to("clusters")


def off(page: BarePage) -> None:
    page.python.show_modalities([])
    page.tell()


def empty(page: BarePage) -> None:
    search(page)
    page.python.show_modalities([])
    page.tell()


def gone(page: BarePage) -> None:
    page.page.evaluate("() => { window.host.comm_live = false; }")
    page.app.root.locator(".nx-python[data-python=gone]").wait_for()


def failed(page: BarePage) -> None:
    page.python.last_error = "The model could not be opened: no network, and no copy in the cache."
    page.tell()


def working(page: BarePage) -> None:
    page.python.working = "drawing the map"
    page.tell()


STATES: dict[str, Callable[[BarePage], None]] = {
    "first": lambda _: None, "search": search, "item": item, "menu": menu, "near": near,
    "clusters": stability, "bytes": column("bytes"), "columns": column("modality"),
    "about": lambda page: page.app.turn_to("about"), "off": off,
    "empty": empty, "gone": gone, "failed": failed, "working": working, "nogl": lambda _: None,
}  # fmt: skip


def shoot(browser: Any, exploration: Any, state: str, width: int, theme: str, file: Path) -> None:
    """Bring an app into a state and take its picture."""
    page = BarePage(
        browser, App(exploration), dark=theme == "dark", before=NO_WEBGL if state == "nogl" else "",
        viewport={"width": width, "height": HEIGHT},
    )  # fmt: skip
    try:
        page.app.wait()
        STATES[state](page)
        page.page.mouse.move(3, 3) if state != "menu" else None
        page.page.wait_for_timeout(900)
        page.page.screenshot(path=str(file))
    finally:
        page.close()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("library", type=Path)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--docs", action="store_true")
    asked.add_argument("--states", nargs="*", default=list(STATES))
    asked.add_argument("--widths", nargs="*", type=int, default=list(WIDTHS))
    options = asked.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    exploration = nx.explore(options.library, progress=False)
    with started_chromium() as browser:
        for state in options.states:
            wanted = [DOCS[state]] if options.docs and state in DOCS else []
            if not options.docs:
                wanted = [(width, theme) for width in options.widths for theme in ("light", "dark")]
            for width, theme in wanted:
                shoot(browser, exploration, state, width, theme, options.folder / f"app-{state}-{width}-{theme}.png")


if __name__ == "__main__":
    main()
