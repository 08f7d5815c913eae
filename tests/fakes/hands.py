"""A person at a page with the app: every gesture is counted; and the jobs of labelling, as a person does them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from fakes.bare_page import BarePage
from fakes.jupyter_page import WAIT_MS

IS_IN_VIEW = """(el) => {
    const box = el.getBoundingClientRect();
    const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return !!hit && (el.contains(hit) || hit.contains(el));
}"""


class Hands:
    """A click, a choice, a key, words that are typed and a scroll to what is out of sight are a gesture each.

    Parameters
    ----------
    page : BarePage
    wait_ms : int
        How long the page may take for anything.

    Attributes
    ----------
    count : int
        Gestures so far.
    since : float
        When the job began.
    """

    def __init__(self, page: BarePage, *, wait_ms: int = WAIT_MS) -> None:
        self.bare, self.page, self.root = page, page.page, page.app.root
        self.page.set_default_timeout(wait_ms)
        self.begin()

    def begin(self) -> None:
        """Count anew."""
        self.count, self.since = 0, time.perf_counter()

    @property
    def seconds(self) -> float:
        """Since the job began."""
        return time.perf_counter() - self.since

    def click(self, selector: str, *, text: str = "", button: str = "left", twice: bool = False) -> None:
        """Click the first of what is named, after a scroll to it where it is out of sight."""
        named = self.root.locator(selector)
        found = (named.filter(has_text=text) if text else named).first
        found.wait_for()
        self.count += 1 if found.evaluate(IS_IN_VIEW) else 2
        found.dblclick() if twice else found.click(button=button)

    def lasso(self, corners: Sequence[tuple[float, float]]) -> None:
        """Draw a line with Alt, which needs no tool."""
        self.count += 1
        self.page.keyboard.down("Alt")
        self.page.mouse.move(*corners[-1])
        self.page.mouse.down()
        for x, y in corners:
            self.page.mouse.move(x, y, steps=4)
        self.page.mouse.up()
        self.page.keyboard.up("Alt")

    def press(self, key: str) -> None:
        """Press a key."""
        self.count += 1
        self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        """Type words."""
        self.count += 1
        self.page.keyboard.type(words)

    def search(self, words: str) -> None:
        """Type words into the search box and press Enter."""
        self.count += 1
        box = self.root.locator(".nx-query")
        box.fill(words)
        box.press("Enter")

    def until(self, read: Callable[[], object]) -> object:
        """Wait until something is true, as `BarePage.until`."""
        return self.bare.until(read)

    def row(self) -> str:
        """The key of the row of the list of clusters that has the focus; empty where none has it."""
        return self.page.evaluate("""() => {
            const here = document.activeElement;
            return here.matches(".nx-cluster-name") ? here.closest("[data-key]").dataset.key : "";
        }""")

    def is_on_row(self, key: str = "") -> bool:
        """Whether a row of the list has the focus: that of this key, or any."""
        at = self.row()
        return bool(at) and key in ("", at)


def decided(hands: Hands) -> int:
    """Clusters that are decided."""
    return hands.bare.python.exploration.labels.progress[0]


def is_merged(hands: Hands) -> bool:
    """Whether the last decision was a merge."""
    return hands.bare.python.exploration.labels.history["action"].iloc[-1] == "merge"


def name_and_merge_by_mouse(hands: Hands, keys: Sequence[str]) -> None:
    """Name clusters one after the other, and make one label of them."""
    before = decided(hands)
    for done, key in enumerate(keys, 1):
        hands.click(f".nx-cluster[data-key='{key}'] .nx-cluster-name", twice=True)
        hands.root.locator(".nx-field input:focus").wait_for()
        hands.type(f"label {key}")
        hands.click(".nx-field .nx-button", text="Rename")
        hands.until(lambda done=done: decided(hands) == before + done)
    for key in keys:
        hands.click(f".nx-cluster[data-key='{key}'] .nx-tick")
    hands.click(".nx-ticked .nx-button", text=f"Merge {len(keys)}")
    hands.until(lambda: is_merged(hands))


def name_and_merge_by_keys(hands: Hands, clusters: int) -> None:
    """Name the first clusters of the list one after the other, and make one label of them, without a mouse."""
    before = decided(hands)
    hands.root.locator(".nx-tab[data-tab=clusters]").focus()
    # From the tab into the board, all of which has the keys of the list.
    while not hands.page.evaluate("() => !!document.activeElement.closest('.nx-clusters')"):
        hands.press("Tab")
    hands.press("ArrowDown")
    hands.until(hands.is_on_row)
    for done in range(1, clusters + 1):
        hands.press("r")
        hands.root.locator(".nx-field input:focus").wait_for()
        hands.type(f"label {done}")
        hands.press("Enter")
        hands.until(lambda done=done: decided(hands) == before + done)
        hands.until(hands.is_on_row)
    hands.press("Home")
    first = hands.root.locator(".nx-cluster").first.get_attribute("data-key") or ""
    hands.until(lambda: hands.is_on_row(first))
    for _ in range(clusters - 1):
        before_key = hands.row()
        hands.press("Shift+ArrowDown")
        hands.until(lambda before_key=before_key: hands.row() not in ("", before_key))
    hands.root.locator(".nx-ticked").wait_for()
    hands.press("m")
    hands.root.locator(".nx-ticked input:focus").wait_for()
    hands.press("Enter")
    hands.until(lambda: is_merged(hands))


def hand_over(hands: Hands, cluster: int, folder: Path) -> tuple[Path, Path]:
    """Lasso where a cluster lies on the map, and hand what was selected over as HTML and as CSV."""
    app = hands.bare
    members = app.python.exploration.clustering.members(cluster)
    spots = np.array([app.app.spot(int(position)) for position in members])
    (left, top), (right, bottom) = spots.min(axis=0) - 8, spots.max(axis=0) + 8
    hands.begin()
    hands.lasso([(left, top), (right, top), (right, bottom), (left, bottom)])
    hands.until(lambda: len(app.python.selection))
    if hands.root.locator(".nx-tab[data-tab=boards]").count():
        hands.click(".nx-tab[data-tab=boards]")
    hands.click(".nx-tab[data-tab=handover]")
    written = folder / "selection.html", folder / "selection.csv"
    for path in written:
        with hands.page.expect_download() as download:
            hands.click(f"[data-form={path.suffix[1:]}]")
        download.value.save_as(path)
    return written
