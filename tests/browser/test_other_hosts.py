"""The same five gestures in every other host of widgets: draw, point, open, search, lasso."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.hosts import page_of_marimo, page_of_notebook_7, page_of_voila
from fakes.jupyter_page import WHOLE_CHAIN_MS, AppInPage, wait_for
from fakes.stand_in import StandIn

from nova_explore.collection import Modality
from nova_explore.widgets import search_sections

pytestmark = pytest.mark.browser

CELL = """
from fakes.stand_in import StandIn
from nova_explore.widgets import App
exploration = StandIn()
App(exploration)
"""


def five_gestures(page) -> None:
    exploration = StandIn()
    app = AppInPage(page).wait(WHOLE_CHAIN_MS)
    app.root.evaluate("root => root.scrollIntoView()")
    app.settle()

    def colored() -> int:
        pixels = app.map_pixels().astype(int)
        return (pixels.max(axis=2) - pixels.min(axis=2) > 60).sum()

    wait_for(lambda: colored() > 3000)

    item = exploration.collection[20]
    card = app.hover(20, item.id)
    card.locator("img").wait_for()

    app.click(20)
    app.root.locator(f".nx-inspector[data-id='{item.id}']").wait_for()
    app.root.locator("[aria-label=Close]").click()
    app.root.locator(".nx-inspector").wait_for(state="detached")

    app.search("orchids")
    title = app.root.locator(".nx-slice-title")
    wait_for(lambda: title.inner_text().startswith("“orchids” · "))
    assert app.tiles(24) == list(
        search_sections.search(exploration, "orchids", [str(kind) for kind in Modality]).ids[:24]
    )
    app.root.locator(".nx-clear").click()
    app.root.locator(".nx-slice[data-kind=typical]").wait_for()

    app.settle()
    everyone = np.array([app.spot(position) for position in range(len(exploration))])
    middle = everyone.mean(axis=0)
    (left, top), (right, bottom) = middle - 90, middle + 90
    app.lasso([(left, top), (right, top), (right, bottom), (left, bottom)])
    within = int(((everyone > (left, top)) & (everyone < (right, bottom))).all(axis=1).sum())
    wait_for(lambda: title.inner_text() == f"{within} selected")


def test_the_app_works_in_notebook_7(lab, browser):
    pytest.importorskip("notebook")
    with page_of_notebook_7(lab, browser, CELL) as page:
        five_gestures(page)


def test_the_app_works_in_voila(lab, browser):
    pytest.importorskip("voila")
    with page_of_voila(lab, browser, CELL) as page:
        five_gestures(page)


def test_the_app_works_in_marimo(tmp_path, browser):
    pytest.importorskip("marimo")
    with page_of_marimo(tmp_path, browser, CELL) as page:
        five_gestures(page)
