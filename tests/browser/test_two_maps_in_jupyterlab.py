"""Two maps of one collection in a real JupyterLab: pointer, selection and clusters are linked."""

from __future__ import annotations

import pytest
from fakes.jupyter_page import WHOLE_CHAIN_MS, AppInPage, Notebook, wait_for

pytestmark = pytest.mark.browser

SETUP = """
import nova_explore as nx
from fakes.stand_in import StandIn
first = StandIn()
two = nx.show(first, first.recluster(min_cluster_size=20), height=460)
two
"""


@pytest.fixture(scope="module")
def notebook(open_notebook) -> Notebook:
    notebook = open_notebook("two_maps", [SETUP])
    AppInPage(notebook.page, 1).wait(WHOLE_CHAIN_MS)
    return notebook


def test_both_maps_stand_side_by_side_and_the_left_is_a_map_alone(notebook):
    left, right = notebook.app(0), notebook.app(1)
    left.settle()
    a, b = (one.root.locator(".nx-map").bounding_box() for one in (left, right))
    assert abs(a["y"] - b["y"]) < 40
    assert a["x"] + a["width"] <= b["x"]
    assert min(a["width"], b["width"]) > 200
    assert not left.root.locator(".nx-side").is_visible()
    assert right.root.locator(".nx-side").is_visible()


def test_the_item_under_the_pointer_is_ringed_on_the_other_map(notebook):
    left, right = notebook.app(0), notebook.app(1)
    left.hover(5)
    ring = right.root.locator(".nx-pointed")
    wait_for(lambda: ring.evaluate("el => getComputedStyle(el).visibility") == "visible")
    right.settle()
    box, (x, y) = ring.bounding_box(), right.spot(5)
    assert abs(box["x"] + box["width"] / 2 - x) < 3
    assert abs(box["y"] + box["height"] / 2 - y) < 3


def test_a_click_opens_the_item_in_both_and_a_cluster_is_selected_in_both(notebook):
    left, right = notebook.app(0), notebook.app(1)
    left.click(5)
    right.root.locator(".nx-inspector").wait_for()
    assert notebook.holds("two.left.inspected == two.right.inspected == first.collection.ids[5]")
    right.turn_to("changes")
    right.root.locator(".nx-changes .nx-entry").first.click()
    wait_for(lambda: notebook.holds("len(two.left.selection) > 0 and two.left.selection == two.right.selection"))


def test_nothing_went_wrong_in_the_page(notebook):
    assert notebook.errors == []
    assert notebook.foreign_requests() == []
