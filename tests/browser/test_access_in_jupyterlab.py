"""What axe-core finds in the app, in light and dark: nothing."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from fakes.jupyter_page import AppInPage, Notebook
from fakes.stand_in import StandIn

pytestmark = pytest.mark.browser

SETUP = """
from fakes.stand_in import StandIn
from nova_explore.widgets import App
app = App(StandIn())
app
"""
LENSES = ("items", "clusters", "concept", "columns", "handover", "about")


@pytest.fixture(scope="module")
def notebook(open_notebook) -> Notebook:
    return open_notebook("access", [SETUP])


def violations(page: Any) -> list[tuple[str, str, str]]:
    found = Axe().run(page, context=".nx").response["violations"]
    return [(each["id"], node["html"][:200], node["failureSummary"]) for each in found for node in each["nodes"]]


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_axe_finds_nothing_in_any_lens_nor_with_an_item_open(notebook, theme):
    notebook.turn_to_theme(theme)
    page, app = notebook.page, AppInPage(notebook.page).wait()
    app.settle()
    for lens in LENSES:
        app.turn_to(lens)
        assert violations(page) == [], lens
    app.turn_to("clusters")
    app.root.locator(".nx-cluster-name").first.click()
    app.root.locator(".nx-proposal").first.wait_for()
    for mode in ("Rename", "Merge with"):
        app.root.locator(".nx-decide .nx-button", has_text=mode).click()
        assert violations(page) == [], mode
    app.root.locator(".nx-clear").click()
    app.root.locator(".nx-slice[data-kind=typical]").wait_for()
    app.search("orchids")
    app.root.locator(".nx-section").first.wait_for()
    opened = {str(item.modality): item.id for item in StandIn().collection}
    for modality, id in opened.items():
        notebook.python(f"app.inspect({id!r})")
        app.root.locator(f".nx-inspector[data-id='{id}'] .nx-media > :not(.nx-wait)").first.wait_for()
        assert violations(page) == [], modality
    app.root.locator("[aria-label=Close]").click()
    app.root.locator(".nx-inspector").wait_for(state="detached")
    app.root.locator(".nx-clear").click()
    app.root.locator(".nx-slice[data-kind=typical]").wait_for()


def test_nothing_went_wrong_in_the_page(notebook):
    assert notebook.errors == []
