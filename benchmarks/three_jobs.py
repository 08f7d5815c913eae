"""Do three jobs in the app as a person would, and count: ``python benchmarks/three_jobs.py LIBRARY``.

All dogs including their sounds; near-duplicates found and tagged; one surprising neighbour explained. A gesture is a
click, a choice in a menu, or words with Enter. The library is of the demo; its labels are put back.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from fakes.bare_page import BarePage
from fakes.chromium import started_chromium
from fakes.hands import Hands

import nova_explore as nx
from nova_explore.widgets import App

MOST = 5
WAIT_MS = 120_000


def done(hands: Hands, job: str, result: str, *, most: int = MOST) -> None:
    """Say what a job took, and count anew.

    Raises
    ------
    SystemExit
        If it took more gestures than were wanted.
    """
    print(f"{job}: {hands.count} gestures, {hands.seconds:.1f} s: {result}", flush=True)
    if hands.count > most:
        raise SystemExit(f"{job} took {hands.count} gestures, {most} at most were wanted.")
    hands.begin()


def all_dogs(hands: Hands, app: App) -> None:
    hands.search("a dog")
    hands.root.locator(".nx-section").first.wait_for()
    first = [app.exploration.collection[id] for id in app.ranking.ids[:4]] if app.ranking else []
    kinds = {str(item.modality) for item in first if "dog" in item.title.lower()}
    if not {"image", "text", "audio"} <= kinds:
        raise SystemExit(f"The first results are of {sorted(kinds)}, wanted picture, text and sound of a dog.")
    done(hands, "all dogs", f"{[(item.title, str(item.modality)) for item in first]}")


def copies(hands: Hands, app: App) -> None:
    hands.click(".nx-tab[data-tab=boards]")
    hands.click(".nx-tab[data-tab=copies]")
    hands.click(".nx-copies .nx-button", text="Look for copies")
    hands.click(".nx-copies .nx-button", text="Tag all but")
    hands.root.locator(".nx-copy-item[data-tagged=true]").first.wait_for()
    done(hands, "copies", app.history["undo"])
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
    hands.begin()
    hands.click(".nx-tab[data-tab=items]")
    hands.click(".nx-items .nx-tile", button="right")
    hands.click("[role=menuitem]", text="Pin to compare")
    hands.click(".nx-pairing .nx-near .nx-tile")
    hands.root.locator(".nx-why .nx-button:enabled").wait_for()
    hands.click(".nx-why .nx-button")
    hands.root.locator(".nx-because").first.wait_for()
    done(hands, "a surprise", hands.root.locator(".nx-because p").first.inner_text())


def main() -> None:
    app = App(nx.explore(sys.argv[1], progress=False))
    with started_chromium() as browser:
        page = BarePage(browser, app, viewport={"width": 1400, "height": 950})
        page.app.wait()
        hands = Hands(page, wait_ms=WAIT_MS)
        for job in (all_dogs, copies, surprise):
            job(hands, app)
        print("errors in the page:", page.errors)
        page.close()


if __name__ == "__main__":
    main()
