"""What opens gives the focus back where it closes: to what had it, also where that was drawn anew meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fakes.bare_page import BarePage
from fakes.stand_in import StandIn
from playwright.sync_api import expect

from nova_explore.widgets import App

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser) -> Iterator[BarePage]:
    page = BarePage(browser, App(StandIn()))
    page.app.wait()
    page.rest()
    yield page
    assert page.errors == []
    page.close()


def tile_of(page: BarePage, id: str):
    return page.app.root.locator(f".nx-items button.nx-tile[data-id='{id}']")


def focus_third(page: BarePage) -> str:
    """Give the third tile of the slice the focus, and return its id."""
    tile = page.app.root.locator(".nx-items [data-row='2'] button.nx-tile")
    tile.focus()
    expect(tile).to_be_focused()
    return tile.get_attribute("data-id")


def open_menu_of(page: BarePage, id: str) -> None:
    tile_of(page, id).dispatch_event("contextmenu", {"bubbles": True, "cancelable": True})
    expect(page.page.locator(".nx-menu-item").first).to_be_focused()


def select_by_code(page: BarePage, ids: list[str]) -> None:
    page.python.select(ids)
    page.tell()
    page.rest()


def test_a_menu_closes_to_its_item_that_was_drawn_anew_elsewhere(page):
    id = focus_third(page)
    open_menu_of(page, id)
    select_by_code(page, [one for one in page.python.exploration.collection.ids[-9:] if one != id] + [id])
    page.page.keyboard.press("Escape")
    page.page.locator(".nx-menu").wait_for(state="detached")
    expect(tile_of(page, id)).to_be_focused()


def test_a_menu_whose_item_is_gone_closes_to_the_list(page):
    id = focus_third(page)
    open_menu_of(page, id)
    select_by_code(page, [one for one in page.python.exploration.collection.ids if one != id][:9])
    page.page.keyboard.press("Escape")
    page.page.locator(".nx-menu").wait_for(state="detached")
    expect(page.app.root.locator(".nx-items button.nx-tile:focus")).to_have_count(1)


def test_what_is_chosen_by_keys_leaves_the_focus_where_the_menu_opened(page):
    id = focus_third(page)
    open_menu_of(page, id)
    page.page.keyboard.press("Enter")
    page.page.locator(".nx-menu").wait_for(state="detached")
    expect(tile_of(page, id)).to_be_focused()


def test_an_open_item_closes_to_the_tile_that_opened_it(page):
    id = focus_third(page)
    page.page.keyboard.press("Enter")
    shown = page.app.root.locator(".nx-inspector")
    shown.wait_for()
    for last in ("Enter", "Escape"):
        shown.locator(".nx-close").focus()
        expect(shown.locator(".nx-close")).to_be_focused()
        page.page.keyboard.press(last)
        shown.wait_for(state="detached")
        expect(tile_of(page, id)).to_be_focused()
        page.page.keyboard.press("Enter")
        shown.wait_for()


def test_an_item_in_full_size_stays_open_while_its_cluster_changes_and_closes_to_its_button(page):
    focus_third(page)
    page.page.keyboard.press("Enter")
    button = page.app.root.locator(".nx-full-size")
    button.focus()
    page.page.keyboard.press("Enter")
    large = page.app.root.locator(".nx-large")
    large.wait_for()
    large.evaluate("el => { window.large = el; }")
    page.python.recluster(20)
    page.tell()
    page.rest()
    assert page.page.evaluate("() => window.large.isConnected && window.large.open")
    page.page.keyboard.press("Escape")
    large.wait_for(state="detached")
    expect(button).to_be_focused()


def test_an_item_that_code_closes_in_full_size_leaves_the_focus_at_its_tile(page):
    id = focus_third(page)
    page.page.keyboard.press("Enter")
    page.app.root.locator(".nx-full-size").click()
    page.app.root.locator(".nx-large").wait_for()
    page.python.inspect("")
    page.tell()
    page.app.root.locator(".nx-inspector").wait_for(state="detached")
    expect(tile_of(page, id)).to_be_focused()


def test_in_a_slice_that_changes_the_focus_stays_in_the_list_and_keys_go_on(page):
    focus_third(page)
    ids = page.python.exploration.collection.ids
    for chosen in (ids[:9], ids[20:40]):
        select_by_code(page, list(chosen))
        expect(page.app.root.locator(".nx-items button.nx-tile:focus")).to_have_count(1)
    page.page.keyboard.press("Control+z")
    page.until(lambda: page.python.selection == ids[:9])
    page.rest()
    page.page.keyboard.press("Control+z")
    page.until(lambda: len(page.python.selection) == 0)
