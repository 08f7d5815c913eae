"""The states that an app can be in, looked at in a page whose Python is this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from fakes.bare_page import BarePage
from fakes.stand_in import StandIn
from fakes.toy_library import text_items
from playwright.sync_api import expect

from nova_explore.collection import Collection
from nova_explore.embedding.own_vectors import import_vectors
from nova_explore.exploration.chain import explore
from nova_explore.widgets import App

pytestmark = pytest.mark.browser


@pytest.fixture
def show(browser) -> Iterator[Callable[..., BarePage]]:
    pages: list[BarePage] = []

    def show_one(exploration: Any, **options: Any) -> BarePage:
        page = BarePage(browser, App(exploration), **options)
        pages.append(page)
        page.app.wait()
        return page

    yield show_one
    for page in pages:
        assert page.errors == []
        page.close()


@pytest.mark.parametrize("n", [1, 2])
def test_one_or_two_items_the_fewest_that_can_be_are_a_map(show, tmp_path, n):
    items = text_items([("one", "one text"), ("two", "another text")][:n])
    own = {item.id: np.eye(8, dtype=np.float32)[i] for i, item in enumerate(items)}
    library = import_vectors(Collection(items), own, to=tmp_path / "one.nova", model="own", progress=False)
    page = show(explore(library, progress=False))
    x, y = page.app.spot(0)
    box = page.app.root.locator(".nx-stage").bounding_box()
    assert box["x"] < x < box["x"] + box["width"]
    assert box["y"] < y < box["y"] + box["height"]
    page.app.click(0)
    page.app.root.locator(".nx-inspector").wait_for()
    for lens in ("clusters", "columns", "about", "items"):
        page.app.turn_to(lens)
    expect(page.app.root.locator("h2")).to_contain_text("1 item" if n == 1 else "2 items")


def test_vectors_without_their_model_are_searched_by_words(show, tmp_path):
    items = text_items([("any", f"text about {'birds' if i % 2 else 'trains'} number {i}") for i in range(40)])
    draw = np.random.default_rng(0)
    vectors = draw.normal(size=(len(items), 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    own = dict(zip([item.id for item in items], vectors, strict=True))
    library = import_vectors(Collection(items), own, to=tmp_path / "own.nova", model="own", progress=False)
    page = show(explore(library, progress=False))
    box = page.app.root.locator(".nx-query")
    assert box.get_attribute("placeholder").startswith("Search in captions")
    page.app.search("birds")
    page.app.root.locator(".nx-slice[data-kind=search]").wait_for()
    expect(page.app.root.locator(".nx-slice-title")).to_contain_text("20 with the word")
    expect(page.app.root.locator(".nx-note")).to_contain_text("words alone")


def test_an_empty_slice_says_so(show):
    page = show(StandIn())
    page.app.search("trains")
    page.app.root.locator(".nx-slice[data-kind=search]").wait_for()
    for chip in page.app.root.locator(".nx-chip").all():
        chip.click()
        expect(chip).to_have_attribute("aria-pressed", "false")
    page.app.root.get_by_text("No item is in this slice.").wait_for()
    page.app.root.get_by_text("All modalities are off.").wait_for()
    page.app.root.get_by_text("show all").click()
    page.app.root.locator("button.nx-tile").first.wait_for()


def test_python_that_is_gone_is_said_within_two_seconds_and_the_map_stays(show):
    page = show(StandIn())
    page.page.evaluate("() => { window.host.comm_live = false; }")
    # Two seconds of the page's own clock, which a busy machine slows down together with the app.
    page.page.evaluate(
        """async () => {
            for (let step = 0; step < 4; step += 1) await new Promise((done) => setTimeout(done, 500));
        }"""
    )
    assert page.app.root.locator(".nx-python[data-python=gone]").is_visible()
    page.app.root.locator("[data-tool=nearer]").click()
    page.app.turn_to("about")
    assert page.app.root.locator(".nx-about").is_visible()


def test_a_notebook_keeps_little_of_an_app(show):
    page = show(StandIn(5_000))
    page.python._repr_mimebundle_()
    page.tell()
    page.page.wait_for_function("() => JSON.stringify(window.host.get_state()).length < 100_000")
    kept = page.page.evaluate("() => Object.keys(window.host.get_state())")
    assert "still" in kept
    assert not {"xy", "codes", "items", "names"} & set(kept)


def test_who_wants_no_motion_sees_none(show):
    moves = (
        """(stage) => { const seen = []; stage.map.onDraw(() => seen.push(stage.map.moves)); window.seen = seen; }"""
    )
    for motion, moved in (("reduce", False), ("no-preference", True)):
        page = show(StandIn(), reduced_motion=motion)
        page.app.root.locator(".nx-stage").evaluate(moves)
        page.python.map.move(page.python.exploration.layout.xy[:, ::-1].copy())
        page.tell()
        page.page.wait_for_function("() => window.seen.length")
        page.app.settle()
        assert any(page.page.evaluate("() => window.seen")) == moved
        lasting = page.app.root.evaluate(
            "(root) => root.getAnimations({ subtree: true }).filter((one) => one.playState === 'running').length"
        )
        assert lasting == 0


def test_a_narrow_page_has_one_sheet_over_the_map(show):
    page = show(StandIn(), viewport={"width": 420, "height": 800})
    stage, side = page.app.root.locator(".nx-stage"), page.app.root.locator(".nx-side")
    half = stage.bounding_box()["height"]
    assert half > 150
    assert side.bounding_box()["height"] > 150
    page.app.root.get_by_label("Lower the sheet").click()
    page.until(lambda: stage.bounding_box()["height"] > 1.5 * half)
    page.app.root.locator(".nx-tab[data-tab=items]").click()
    page.until(lambda: abs(stage.bounding_box()["height"] - half) < 2)
    page.app.root.get_by_label("Raise the sheet").click()
    page.until(lambda: side.bounding_box()["height"] > 450)
    assert page.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_map_and_items_are_seen_together_in_a_low_window(show):
    page = show(StandIn(), viewport={"width": 1100, "height": 640})
    assert page.app.root.bounding_box()["height"] <= 640
    assert page.app.root.locator(".nx-stage").bounding_box()["height"] >= 340
