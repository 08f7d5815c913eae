"""Similarity in the app: a pair, a slice from within, copies, searches by more than words, two maps' rings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest
from axe_playwright_python.sync_playwright import Axe
from fakes.bare_page import BarePage
from fakes.toy_library import copy_of
from playwright.sync_api import expect

import nova_explore as nx
from nova_explore.widgets import App

pytestmark = pytest.mark.browser

WIDE, NARROW = {"width": 1400, "height": 950}, {"width": 700, "height": 1250}


@pytest.fixture(scope="module")
def library(mapped_toy_160, tmp_path_factory):
    return copy_of(mapped_toy_160, tmp_path_factory.mktemp("similar") / "toy.nova")


@pytest.fixture(params=[WIDE, NARROW], ids=["wide", "narrow"])
def page(request, library, browser) -> Iterator[BarePage]:
    page = BarePage(browser, App(nx.explore(library, progress=False)), viewport=request.param)
    page.app.wait()
    page.rest()
    yield page
    assert page.errors == []
    page.close()


def boxes(page: BarePage, what: str) -> list[dict]:
    found = page.app.root.locator(what)
    return [box for i in range(found.count()) if (box := found.nth(i).bounding_box())]


def overlap(a: dict, b: dict) -> bool:
    across = min(a["x"] + a["width"], b["x"] + b["width"]) - max(a["x"], b["x"])
    down = min(a["y"] + a["height"], b["y"] + b["height"]) - max(a["y"], b["y"])
    return across > 1 and down > 1


def test_two_items_stand_side_by_side_and_say_why_they_are_alike(page):
    app, root = page.python, page.app.root
    ids = app.exploration.collection.ids
    app.inspect(ids[3])
    page.tell()
    page.app.turn_to("pair")
    root.get_by_role("button", name="Pin", exact=True).click()
    near = app.item["nearest"][0]["id"]
    root.locator(f".nx-pairing .nx-near [data-id='{near}']").click()
    root.locator(".nx-pair-lead").wait_for()
    known = app.exploration.compare(ids[3], near)
    expect(root.locator(".nx-usual")).to_contain_text(f"cosine {known.cosine:.2f}")
    both = root.locator(".nx-one")
    page.until(lambda: both.evaluate_all("els => els.map((el) => el.dataset.id)") == [ids[3], near])
    why = root.locator(".nx-why .nx-button")
    expect(why).to_be_enabled()
    expect(root.locator(".nx-why")).to_contain_text("at most")
    why.click()
    root.locator(".nx-because").nth(1).wait_for()
    texts = [app.exploration.collection[id].text for id in (ids[3], near)]
    page.until(lambda: root.locator(".nx-weighed").all_inner_texts() == texts)
    page.rest()
    for a, b in combinations([*boxes(page, ".nx-pairing > *")], 2):
        assert not overlap(a, b)
    left, right = boxes(page, ".nx-one")
    assert not overlap(left, right)
    assert root.locator(".nx-pairing").evaluate("el => el.scrollWidth <= el.clientWidth")


def test_true_neighbours_have_lines_and_strangers_rings(page):
    app, root = page.python, page.app.root
    app.inspect(app.exploration.collection.ids[5])
    page.tell()
    around = app.exploration.neighborhood(app.inspected)
    page.until(lambda: root.locator(".nx-around").inner_text().startswith(around.sentence))

    def drawn() -> list[int]:
        paths = [root.locator(".nx-lines path").nth(i).get_attribute("d") or "" for i in range(3)]
        return [path.count("M") for path in paths]

    page.until(lambda: drawn() == [len(around) - around.elsewhere, around.elsewhere, len(around.false)])


def test_a_cell_of_the_matrix_compares_its_two_items(page):
    app, root = page.python, page.app.root
    app.select(app.exploration.collection.ids[:8])
    page.tell()
    page.app.turn_to("matrix")
    canvas = root.locator(".nx-heat-frame canvas")
    canvas.wait_for()
    expect(root.locator(".nx-edge-thumb")).to_have_count(16)
    page.rest()
    box = canvas.bounding_box()
    canvas.click(position={"x": box["width"] * 2.5 / 8, "y": box["height"] * 7.5 / 8})
    root.locator(".nx-pair-lead").wait_for()
    order = app.exploration.similarity(app.exploration.collection.ids[:8]).ids
    both = root.locator(".nx-one")
    page.until(lambda: both.evaluate_all("els => els.map((el) => el.dataset.id)") == [order[7], order[2]])


def test_the_matrix_is_worked_by_keys_and_its_number_is_read_out(page):
    app, root, keys = page.python, page.app.root, page.page.keyboard
    ids = app.exploration.collection.ids[:8]
    app.select(ids)
    page.tell()
    page.app.turn_to("matrix")
    canvas, words = root.locator(".nx-heat-frame canvas"), root.locator(".nx-at")
    canvas.focus()
    compared = app.exploration.similarity(ids)
    titles = [app.exploration.collection[id].title for id in compared.ids]

    def reads(row: int, column: int) -> None:
        said = f"{compared.cosines[row, column]:.2f} · {titles[row]} · {titles[column]}"
        expect(words).to_have_text(said)

    assert words.get_attribute("aria-live") == "polite"
    reads(0, 1)
    for key in ("ArrowDown", "ArrowDown", "End", "ArrowLeft", "ArrowUp"):
        keys.press(key)
    reads(1, 6)
    # Both places in one breath, and once more if not yet: what loads above the matrix pushes it down.
    place = """root => {
        const [cell, whole] = [".nx-heat-cell", ".nx-heat-frame canvas"].map((what) => {
            return root.querySelector(what).getBoundingClientRect();
        });
        const across = (cell.x + cell.width / 2 - whole.x) / whole.width;
        return [across * 8, ((cell.y + cell.height / 2 - whole.y) / whole.height) * 8];
    }"""
    page.until(lambda: root.evaluate(place) == pytest.approx([6.5, 1.5], abs=0.05))
    found = Axe().run(page.page, context=".nx-heat-map").response["violations"]
    assert [one["id"] for one in found] == []
    keys.press("Enter")
    root.locator(".nx-pair-lead").wait_for()
    assert root.locator(".nx-one").evaluate_all("els => els.map((el) => el.dataset.id)") == [
        compared.ids[1], compared.ids[6],
    ]  # fmt: skip


def test_what_sets_a_slice_apart_is_listed(page):
    app, root = page.python, page.app.root
    app.select([item.id for item in app.exploration.collection if item.metadata["topic"] == "birds"])
    page.tell()
    page.app.turn_to("matrix")
    root.get_by_text("Compare it with the rest").click()
    # What is computed beside the kernel's thread is told to this page when it is asked for.
    page.until(lambda: (page.tell(), root.locator(".nx-differences li").count())[1])
    expect(root.locator(".nx-differences")).to_contain_text("100% inside, 0% outside")
    left, right = boxes(page, ".nx-differences li:first-child .nx-two-bars i")
    assert left["width"] > 10 * right["width"]


def test_parts_of_a_search_are_turned_and_dropped(page):
    app, root = page.python, page.app.root
    id = app.exploration.collection.ids[3]
    page.app.search("owl")
    root.locator(".nx-section").first.wait_for()
    app.do("ask_part", id=id, sign=1)
    page.tell()
    part = root.locator(".nx-part")
    part.wait_for()
    part.get_by_text("like", exact=True).click()
    page.until(lambda: app.like.unlike == (id,))
    part.locator(".nx-plain").click()
    page.until(lambda: not app.like)
    assert app.query == "owl"
    page.rest()
    box = root.locator(".nx-query").bounding_box()
    assert not any(overlap(box, other) for other in boxes(page, ".nx-chips"))


def test_a_file_that_is_pasted_is_searched_with(page):
    app, root = page.python, page.app.root
    text = app.exploration.collection[12].text
    root.evaluate(
        """(el, text) => {
            const data = new DataTransfer();
            data.items.add(new File([text], "found.txt", { type: "text/plain" }));
            el.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
        }""",
        text,
    )
    root.locator(".nx-part").get_by_text("found.txt").wait_for()
    assert app.ranking.ids[0] == app.exploration.collection.ids[12]


def test_an_item_of_the_other_map_is_ringed_and_no_item_is_drawn_again_for_it(page):
    page.app.settle()
    stage = page.app.root.locator(".nx-stage").first
    stage.evaluate(
        """el => {
            const { renderer } = el.map;
            const draw = renderer.draw.bind(renderer);
            el.drawn = 0;
            renderer.draw = (view) => { el.drawn += 1; draw(view); };
        }"""
    )
    page.python.pointed = 7
    page.tell()
    ring = page.app.root.locator(".nx-pointed")
    page.until(lambda: ring.evaluate("el => getComputedStyle(el).visibility") == "visible")
    page.app.settle()
    box = ring.bounding_box()
    x, y = page.app.spot(7)
    assert abs(box["x"] + box["width"] / 2 - x) < 2
    assert abs(box["y"] + box["height"] / 2 - y) < 2
    assert stage.evaluate("el => el.drawn") == 0
    stage.evaluate("el => el.map.zoom(1.2)")
    page.until(lambda: stage.evaluate("el => el.drawn") > 0)
