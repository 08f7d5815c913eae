"""Do three jobs in the app as a person would, and count: ``python benchmarks/three_jobs.py LIBRARY``.

All dogs including their sounds; near-duplicates found and tagged; one surprising neighbour explained. A gesture is a
click, a choice in a menu, or words with Enter. The library is of the demo; its labels are put back.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from fakes.bare_page import BarePage
from fakes.chromium import started_chromium

import nova_explore as nx
from nova_explore.widgets import App

MOST = 5
WAIT_MS = 120_000


class Hands:
    """A person at a page: what they do is counted."""

    def __init__(self, page: BarePage) -> None:
        self.page, self.root = page.page, page.app.root
        self.page.set_default_timeout(WAIT_MS)
        self.gestures, self.since = 0, time.perf_counter()

    def click(self, what: str, *, text: str | None = None, button: str = "left") -> None:
        """Click the first of what is named."""
        self.gestures += 1
        found = self.root.locator(what, has_text=text) if text else self.root.locator(what)
        found.first.click(button=button)

    def search(self, words: str) -> None:
        """Type words and press Enter."""
        self.gestures += 1
        box = self.root.locator(".nx-query")
        box.fill(words)
        box.press("Enter")

    def done(self, job: str, said: str) -> None:
        """Say what the job took."""
        seconds = time.perf_counter() - self.since
        print(f"{job}: {self.gestures} gestures, {seconds:.1f} s: {said}", flush=True)
        if self.gestures > MOST:
            raise SystemExit(f"{job} took {self.gestures} gestures, {MOST} at most were wanted.")
        self.gestures, self.since = 0, time.perf_counter()


def all_dogs(hands: Hands, app: App) -> None:
    hands.search("a dog")
    hands.root.locator(".nx-section").first.wait_for()
    first = [app.exploration.collection[id] for id in app.ranking.ids[:4]] if app.ranking else []
    kinds = {str(item.modality) for item in first if "dog" in item.title.lower()}
    if not {"image", "text", "audio"} <= kinds:
        raise SystemExit(f"The first results are of {sorted(kinds)}, wanted picture, text and sound of a dog.")
    hands.done("all dogs", f"{[(item.title, str(item.modality)) for item in first]}")


def copies(hands: Hands, app: App) -> None:
    hands.click(".nx-tab[data-tab=boards]")
    hands.click(".nx-tab[data-tab=copies]")
    hands.click(".nx-copies .nx-button", text="Look for copies")
    hands.click(".nx-copies .nx-button", text="Tag all but")
    hands.root.locator(".nx-copy-item[data-tagged=true]").first.wait_for()
    hands.done("copies", app.history["undo"])
    app.undo()


def surprise(hands: Hands, app: App) -> None:
    """A neighbour of another modality or cluster, explained."""
    exploration = app.exploration
    position = next(
        row
        for row, near in enumerate(exploration.neighbors.indices)
        if exploration.collection[row].modality == "text"
        and exploration.clustering.labels[row] != exploration.clustering.labels[near[0]]
    )
    app.select([exploration.collection.ids[position]])
    hands.gestures, hands.since = 0, time.perf_counter()
    hands.click(".nx-tab[data-tab=items]")
    hands.click(".nx-items .nx-tile", button="right")
    hands.click("[role=menuitem]", text="Pin to compare")
    hands.click(".nx-pairing .nx-near .nx-tile")
    hands.root.locator(".nx-why .nx-button:enabled").wait_for()
    hands.root.locator(".nx-why .nx-button").click()
    hands.gestures += 1
    hands.root.locator(".nx-because").first.wait_for()
    hands.done("a surprise", hands.root.locator(".nx-because p").first.inner_text())


def main() -> None:
    app = App(nx.explore(sys.argv[1], progress=False))
    with started_chromium() as browser:
        page = BarePage(browser, app, viewport={"width": 1400, "height": 950})
        page.app.wait()
        hands = Hands(page)
        for job in (all_dogs, copies, surprise):
            job(hands, app)
        print("errors in the page:", page.errors)
        page.close()


if __name__ == "__main__":
    main()
