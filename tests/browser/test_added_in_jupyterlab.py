"""Items that joined a map, in a real JupyterLab: where they lie, how many they are, and that nothing else moved."""

from __future__ import annotations

import pytest
from fakes.jupyter_page import WHOLE_CHAIN_MS, AppInPage, Notebook, wait_for
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SETUP = """
import nova_explore as nx
from dataclasses import replace
from fakes.toy_library import text_items, toy_library
from fakes.toy_model import ToyModel, topic_texts
from nova_explore.widgets import App
library = toy_library("added.nova", per_topic=40)
mapped = nx.explore(library, model=ToyModel(), min_cluster_size=5, progress=False)
texts = [(topic, text + " later") for topic, text in topic_texts(6, seed=7)]
later = [replace(item, uri=f"/later.csv#row={row}") for row, item in enumerate(text_items(texts))]
app = App(mapped.add(nx.Collection(later), progress=False), height=480)
app
"""


@pytest.fixture(scope="module")
def notebook(open_notebook) -> Notebook:
    return open_notebook("added", [SETUP])


@pytest.fixture
def app(notebook) -> AppInPage:
    app = AppInPage(notebook.page).wait(WHOLE_CHAIN_MS)
    app.settle()
    return app


def test_what_was_added_is_counted_and_has_a_colour_of_its_own(app):
    assert "184 items, 24 of them added" in app.root.locator(".nx-head h2").inner_text()
    app.turn_to("columns")
    app.root.locator(".nx-select").select_option("added")
    entries = app.root.locator(".nx-entry")
    expect(entries).to_have_count(2)
    assert [text.split() for text in entries.all_inner_texts()] == [["on", "the", "map", "160"], ["added", "24"]]
    colors = entries.locator(".nx-dot").evaluate_all("dots => dots.map((dot) => getComputedStyle(dot).backgroundColor)")
    assert len(set(colors)) == 2
    both = app.still_pixels()
    entries.first.click()
    wait_for(lambda: entries.first.get_attribute("aria-pressed") == "false")
    wait_for(lambda: (app.map_pixels() != both).any())
    entries.first.click()
    expect(entries.first).to_have_attribute("aria-pressed", "true")


def test_an_added_item_is_hovered_and_inspected_like_any_other(app, notebook):
    id = app.hover(160).get_attribute("data-id")
    assert notebook.holds(f"app.exploration.added.ids[0] == {id!r}")
    app.click(160)
    app.root.locator(f".nx-inspector[data-id='{id}'] .nx-near").wait_for()
    assert notebook.holds(f"app.inspected == {id!r}")
    assert notebook.holds("(app.exploration.layout.xy[:160] == mapped.layout.xy).all()")
    assert not notebook.errors
