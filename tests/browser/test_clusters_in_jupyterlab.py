"""Clusters in a real JupyterLab: which come back, and the larger ones they are parts of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fakes.jupyter_page import WHOLE_CHAIN_MS, AppInPage, Notebook, wait_for
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SETUP = """
import nova_explore as nx
from fakes.toy_library import loose_texts, nested_texts, text_items
from fakes.toy_model import ToyModel
from nova_explore.widgets import App
texts = nx.Collection(text_items(nested_texts() + loose_texts()))
library = nx.embed(texts, to="clusters.nova", model=ToyModel(), progress=False)
explored = nx.explore(library, model=ToyModel(), progress=False)
app = App(explored.recluster(min_cluster_size=5), height=480)
app
"""


@pytest.fixture(scope="module")
def notebook(open_notebook) -> Notebook:
    notebook = open_notebook("clusters", [SETUP])
    AppInPage(notebook.page).wait(WHOLE_CHAIN_MS)
    return notebook


@pytest.fixture
def app(notebook) -> Iterator[AppInPage]:
    app = notebook.app(0)
    app.turn_to("clusters")
    app.root.get_by_text("Measure stability").wait_for()
    app.settle()
    yield app
    notebook.python("app.color_by('cluster')")
    notebook.python("app.take_over(app.exploration.recluster(min_cluster_size=5))")
    app.turn_to("clusters")
    app.root.get_by_text("Measure stability").wait_for()


def test_a_click_tells_which_clusters_come_back_until_there_are_others(app):
    rows = app.root.locator(".nx-cluster")
    clusters = rows.count() - 1
    assert app.root.locator(".nx-share").count() == 0
    app.root.get_by_text("Measure stability").click()
    sentence = app.root.locator(".nx-stability p")
    sentence.wait_for()
    assert f" {clusters} " in sentence.inner_text()
    assert "20 subsets of 50% of the items: " in sentence.inner_text()
    shares = app.root.locator(".nx-share")
    expect(shares).to_have_count(clusters)
    assert all(share.strip().endswith("%") for share in shares.all_inner_texts())
    expect(app.root.get_by_text("Measure stability")).to_have_count(0)
    expect(app.root.locator(".nx-working")).to_be_hidden()
    unsure = app.root.locator(".nx-cluster-name:has(.nx-share[data-firm=false])")
    assert unsure.locator(".nx-share .nx-icon").count() == unsure.count() > 0
    assert any(word in unsure.first.get_attribute("title") for word in ("doubtful", "not to be trusted", "dissolved"))
    firm = app.root.locator(".nx-cluster-name:has(.nx-share[data-firm=true])")
    assert firm.locator(".nx-share .nx-icon").count() == 0
    assert "stable" in firm.first.get_attribute("title")
    app.root.locator(".nx-but").first.click()
    wait_for(lambda: rows.first.get_attribute("data-muted") == "true")
    app.root.locator(".nx-but").first.click()
    wait_for(lambda: rows.first.get_attribute("data-muted") == "false")
    app.root.locator(".nx-finer").click()
    slider = app.root.locator("[aria-label='Smallest cluster']")
    slider.wait_for()
    slider.evaluate("el => { el.value = el.max; el.dispatchEvent(new Event('input', { bubbles: true })); }")
    app.root.get_by_text("Measure stability").wait_for()
    expect(app.root.locator(".nx-share")).to_have_count(0)
    expect(sentence).to_have_count(0)


def test_the_map_is_coloured_and_named_by_larger_clusters(app):
    names = app.root.locator(".nx-name")
    finer = set(names.all_text_contents())
    app.turn_to("columns")
    app.root.locator(".nx-select").select_option("larger_cluster")
    wait_for(lambda: names.count() == 5)
    larger = set(names.all_text_contents())
    assert len(larger & finer) == 3
    entries = app.root.locator(".nx-entry-name")
    wait_for(lambda: {text.partition(" · ")[0] for text in entries.all_inner_texts()[:-1]} == larger)
    app.root.locator(".nx-select").select_option("cluster")
    wait_for(lambda: set(names.all_text_contents()) == finer)


def test_nothing_went_wrong_in_the_page(notebook):
    assert notebook.errors == []
    assert notebook.foreign_requests() == []
