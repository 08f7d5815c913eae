"""The labelling board, learning and taking away: by mouse, by keys alone, and how many gestures that takes."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from fakes.bare_page import BarePage
from fakes.toy_library import copy_of, loose_texts, nested_texts, text_items
from fakes.toy_model import ToyModel
from playwright.sync_api import expect

import nova_explore as nx
from nova_explore.library.store import open_library
from nova_explore.widgets import App

pytestmark = pytest.mark.browser

MOST_GESTURES = 5
"""A cluster, to name and to merge it."""


@pytest.fixture(scope="module")
def clusters_library(tmp_path_factory):
    """Six clusters and items in none."""
    home = tmp_path_factory.mktemp("clusters") / "a.nova"
    texts = nx.Collection(text_items(nested_texts() + loose_texts()))
    return nx.embed(texts, to=home, model=ToyModel(), progress=False)


@pytest.fixture
def page(browser, clusters_library, tmp_path) -> Iterator[BarePage]:
    library = copy_of(clusters_library, tmp_path / "own.nova")
    explored = nx.explore(library, model=ToyModel(), progress=False).recluster(min_cluster_size=5)
    page = BarePage(browser, App(explored), viewport={"width": 1200, "height": 860}, accept_downloads=True)
    page.app.wait()
    yield page
    assert page.errors == []
    page.close()


def focused_row(page: BarePage) -> str:
    """The key of the row of the list that has the focus; empty where none has it."""
    return page.page.evaluate("""() => {
        const here = document.activeElement;
        return here.matches(".nx-cluster-name") ? here.closest("[data-key]").dataset.key : "";
    }""")


def has_row_focus(page: BarePage, key: str = "") -> bool:
    """Whether a row of the list has the focus: that of this key, or any."""
    at = focused_row(page)
    return bool(at) and key in ("", at)


class Hands:
    """A person's gestures, counted: a click, a key, a word that is typed."""

    def __init__(self, page: BarePage) -> None:
        self.page, self.root, self.count = page.page, page.app.root, 0

    def click(self, selector: str, *, text: str = "") -> None:
        self.count += 1
        found = self.root.locator(selector)
        (found.filter(has_text=text) if text else found).first.click()

    def double_click(self, selector: str) -> None:
        self.count += 1
        self.root.locator(selector).dblclick()

    def lasso(self, corners: list[tuple[float, float]]) -> None:
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
        self.count += 1
        self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        self.count += 1
        self.page.keyboard.type(words)


def decided(page: BarePage) -> tuple[int, int]:
    return page.python.exploration.labels.progress


def keys(page: BarePage) -> list[str]:
    return [row["key"] for row in page.python.clusters["rows"][:-1]]


def test_five_clusters_are_named_and_merged_by_mouse(page):
    page.app.turn_to("clusters")
    hands, begin = Hands(page), time.monotonic()
    for place in range(5):
        hands.double_click(f".nx-cluster[data-key='{place}'] .nx-cluster-name")
        page.app.root.locator(".nx-field input:focus").wait_for()
        hands.type(f"label {place}")
        hands.click(".nx-field .nx-button", text="Rename")
        page.until(lambda place=place: decided(page)[0] == place + 1)
    for place in range(5):
        hands.click(f".nx-cluster[data-key='{place}'] .nx-tick")
    hands.click(".nx-ticked .nx-button", text="Merge 5")
    page.until(lambda: page.python.exploration.labels.table["status"].iloc[0] == "merged")
    row = page.python.exploration.labels.table.iloc[0]
    assert (row["name"], len(row["clusters"])) == ("label 0", 5)
    assert hands.count / 5 <= MOST_GESTURES
    print(f"by mouse: {hands.count} gestures for five clusters, {time.monotonic() - begin:.0f} s")


def test_five_clusters_are_named_and_merged_by_keys_alone(page):
    page.app.turn_to("clusters")
    page.app.root.locator(".nx-tab[data-tab=clusters]").focus()
    hands, begin = Hands(page), time.monotonic()
    # From the tab into the list, whose first row has the only place of the tabulator.
    # The focus moves while the key is pressed, so that after so many there is something wrong.
    for _ in range(60):
        if has_row_focus(page):
            break
        page.page.keyboard.press("Tab")
    assert has_row_focus(page)
    hands.press("ArrowDown")
    page.until(lambda: has_row_focus(page))
    for place in range(5):
        hands.press("r")
        page.app.root.locator(".nx-field input:focus").wait_for()
        hands.type(f"label {place}")
        hands.press("Enter")
        page.until(lambda place=place: decided(page)[0] == place + 1)
        page.until(lambda: has_row_focus(page))
    hands.press("Home")
    at = page.app.root.locator(".nx-cluster").first.get_attribute("data-key")
    page.until(lambda: has_row_focus(page, at))
    for _ in range(4):
        hands.press("Shift+ArrowDown")
        at = page.until(lambda before=at: (now := focused_row(page)) != before and now)
    page.app.root.locator(".nx-ticked").wait_for()
    hands.press("m")
    page.app.root.locator(".nx-ticked input:focus").wait_for()
    hands.press("Enter")
    page.until(lambda: page.python.exploration.labels.table["status"].iloc[0] == "merged")
    assert len(page.python.exploration.labels.table["clusters"].iloc[0]) == 5
    assert hands.count / 5 <= MOST_GESTURES
    print(f"by keys: {hands.count} gestures for five clusters, {time.monotonic() - begin:.0f} s")


def test_keys_accept_mark_split_and_undo_and_the_focus_goes_on(page):
    page.app.turn_to("clusters")
    page.app.root.locator(".nx-cluster-name").first.focus()
    page.until(lambda: has_row_focus(page))
    hands = Hands(page)
    hands.press("n")
    page.app.root.locator(".nx-cluster-card").wait_for()
    hands.press("Enter")
    page.until(lambda: decided(page)[0] == 1)
    page.until(lambda: has_row_focus(page, "1"))
    hands.press("x")
    page.until(lambda: page.python.clusters["rows"][1]["status"] == "mixed")
    page.until(lambda: has_row_focus(page, "2"))
    hands.press("s")
    page.app.root.locator(".nx-piece").nth(1).wait_for()
    hands.press("Enter")
    page.until(lambda: page.python.exploration.labels.history["action"].iloc[-1] == "split")
    page.until(lambda: has_row_focus(page, "2"))
    hands.press("u")
    page.until(lambda: page.python.exploration.labels.history["action"].iloc[-1] == "undo")
    expect(page.app.root.locator(".nx-progress-words")).to_have_text(f"2 of {len(keys(page))} decided")


def test_a_decision_of_another_person_is_told_and_shown(page):
    page.app.turn_to("clusters")
    page.app.root.locator(".nx-cluster-name").first.click()
    page.app.root.locator(".nx-accept").click()
    page.until(lambda: decided(page)[0] == 1)
    other = nx.open_map(open_library(page.python.exploration.library.path)).recluster(min_cluster_size=5).labels
    other.by = "Bo"
    other.rename(0, "decided by Bo")
    page.until(lambda: page.python.clusters["overtaken"]["count"] == 1)
    told = page.app.root.locator(".nx-overtaken")
    told.wait_for()
    assert told.inner_text().startswith("Bo has decided 'rename'")
    expect(page.app.root.locator(".nx-cluster[data-key='0'] .nx-entry-name")).to_have_text("decided by Bo")
    told.locator("button").click()
    told.wait_for(state="detached")


def test_a_selection_leaves_as_html_and_csv_in_five_gestures(page, tmp_path):
    members = page.python.exploration.clustering.members(0)
    page.app.settle()
    spots = np.array([page.app.spot(int(position)) for position in members])
    (left, top), (right, bottom) = spots.min(axis=0) - 8, spots.max(axis=0) + 8
    begin = time.monotonic()
    hands = Hands(page)
    hands.lasso([(left, top), (right, top), (right, bottom), (left, bottom)])
    page.until(lambda: len(page.python.selection))
    if page.app.root.locator(".nx-tab[data-tab=boards]").count():
        hands.click(".nx-tab[data-tab=boards]")
    hands.click(".nx-tab[data-tab=take_away]")
    with page.page.expect_download() as told:
        hands.click("[data-form=html]")
    html = tmp_path / "selection.html"
    told.value.save_as(html)
    with page.page.expect_download() as told:
        hands.click("[data-form=csv]")
    table = tmp_path / "selection.csv"
    told.value.save_as(table)
    assert pd.read_csv(table)["id"].tolist() == list(page.python.selection)
    assert html.read_text("utf-8").lstrip().lower().startswith("<!doctype html>")
    assert hands.count <= MOST_GESTURES
    print(f"html and csv of a selection: {hands.count} gestures, {time.monotonic() - begin:.0f} s")


def test_a_concept_is_learnt_from_marks_and_kept_as_a_tag(page):
    labels, ids = page.python.exploration.clustering.labels, page.python.exploration.collection.ids
    page.app.turn_to("concept")
    for place, cluster in enumerate((0, 1)):
        page.python.select([ids[p] for p in np.flatnonzero(labels == cluster)[:4]])
        page.tell()
        page.app.root.locator(".nx-marks").nth(place).get_by_text("4 selected").click()
        page.app.root.locator(".nx-marks").nth(place).locator(".nx-marked").nth(3).wait_for()
    page.app.root.locator(".nx-plus-minus button").first.click()
    page.app.root.locator(".nx-marked").nth(8).wait_for()
    page.app.root.locator(".nx-concept-keep input.nx-input").fill("birds")
    page.app.root.locator(".nx-concept-keep .nx-button", has_text="Keep").click()
    page.until(lambda: page.python.concept["tags"] and page.python.concept["tags"][0][0] == "birds")
    expect(page.app.root.locator(".nx-tag")).to_contain_text("birds")


def test_a_list_of_hundreds_of_clusters_drops_no_row_while_it_is_scrolled(page):
    page.app.turn_to("clusters")
    page.page.evaluate("() => { window.nx = document.querySelector('.nx-clusters'); }")
    told = page.python.clusters
    row = told["rows"][0]
    many = [row | {"key": str(number), "name": f"cluster {number}"} for number in range(1000)]
    page.python.clusters = told | {"rows": [*many, told["rows"][-1] | {"key": "1000"}]}
    page.tell()
    page.app.root.locator("[data-key='3']").wait_for()
    gaps = page.page.evaluate("""async () => {
        const board = document.querySelector(".nx-clusters");
        const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        let gaps = 0;
        for (let top = 0; top < board.scrollHeight - board.clientHeight; top += 733) {
            board.scrollTop = top;
            await frame();
            const box = board.getBoundingClientRect();
            const list = document.querySelector(".nx-cluster-list").getBoundingClientRect();
            const [from, to] = [Math.max(box.top, list.top) + 1, Math.min(box.bottom, list.bottom) - 1];
            for (let y = from; y < to; y += 20) {
                const there = document.elementsFromPoint(box.left + 40, y);
                if (!there.some((el) => el.closest(".nx-cluster"))) gaps += 1;
            }
        }
        return gaps;
    }""")
    assert gaps == 0
    assert page.app.root.locator(".nx-cluster").count() < 60
