"""Menus, undo and the line of Python, by mouse and by keys, in a page whose Python is this process."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fakes.bare_page import BarePage
from fakes.stand_in import StandIn
from playwright.sync_api import expect

from nova_explore.widgets import App

pytestmark = pytest.mark.browser

CLIPBOARD = """window.copied = [];
const writeText = async (words) => { window.copied.push(words); };
Object.defineProperty(navigator, "clipboard", { value: { writeText } });"""


@pytest.fixture
def page(browser) -> Iterator[BarePage]:
    page = BarePage(browser, App(StandIn()), before=CLIPBOARD)
    page.app.wait()
    page.rest()
    yield page
    assert page.errors == []
    page.close()


def open_menu(page: BarePage, position: int) -> list[str]:
    """Open the menu of an item on the map and return what it offers."""
    page.app.settle()
    x, y = page.app.spot(position)
    page.page.mouse.move(x, y, steps=3)
    page.page.mouse.click(x, y, button="right")
    page.page.locator(".nx-menu").wait_for()
    return page.page.locator(".nx-menu-item").all_inner_texts()


def choose(page: BarePage, words: str) -> None:
    page.page.locator(".nx-menu-item", has_text=words).first.click()
    page.page.locator(".nx-menu").wait_for(state="detached")


def test_the_menu_of_an_item_opens_it_finds_like_it_and_takes_its_cluster(page):
    offered = open_menu(page, 5)
    name = page.python.exploration.name_of(int(page.python.exploration.clustering.labels[5]))
    assert {"Open", "Find like this", "Copy id", "Copy as Python", f"Select its cluster: {name}"} <= set(offered)
    choose(page, "Open")
    page.app.root.locator(".nx-inspector").wait_for()
    id = page.python.exploration.collection.ids[5]
    assert page.python.inspected == id
    open_menu(page, 5)
    choose(page, "Find like this")
    page.app.root.locator(".nx-slice-title", has_text="like").wait_for()
    assert page.python.ranking is not None
    assert id not in page.python.ranking.ids
    open_menu(page, 5)
    choose(page, "Select its cluster")
    page.app.root.locator(".nx-slice-title", has_text=name[:10]).wait_for()


def test_only_this_and_all_but_this_grey_and_bring_back(page):
    key = str(int(page.python.exploration.clustering.labels[5]))
    open_menu(page, 5)
    choose(page, "Only this cluster")
    page.until(lambda: len(page.python.muted) == page.python.exploration.clustering.count)
    assert key not in page.python.muted
    open_menu(page, 5)
    choose(page, "Show all clusters")
    page.until(lambda: page.python.muted == [])
    open_menu(page, 5)
    choose(page, "All but this cluster")
    page.until(lambda: page.python.muted == [key])


def test_what_was_done_is_undone_by_button_and_by_keys(page):
    undo, redo = page.app.root.locator(".nx-undo"), page.app.root.locator(".nx-redo")
    expect(undo).to_be_disabled()
    page.app.search("trains")
    page.app.root.locator(".nx-slice[data-kind=search]").wait_for()
    expect(undo).to_have_attribute("aria-label", re.compile("^Undo: Slice: "))
    undo.click()
    page.app.root.locator(".nx-slice[data-kind=typical]").wait_for()
    page.page.wait_for_function("() => document.querySelector('.nx-query').value === ''")
    redo.click()
    page.app.root.locator(".nx-slice[data-kind=search]").wait_for()
    page.app.root.locator(".nx-map").focus()
    page.page.keyboard.press("Control+z")
    page.app.root.locator(".nx-slice[data-kind=typical]").wait_for()
    page.page.keyboard.press("Control+Shift+z")
    page.app.root.locator(".nx-slice[data-kind=search]").wait_for()


def test_the_slice_is_copied_as_python_that_makes_it(page):
    page.app.search("sea birds")
    page.app.root.locator(".nx-slice[data-kind=search]").wait_for()
    page.app.root.locator(".nx-python-line").click()
    page.app.root.locator(".nx-said", has_text="Copied").wait_for()
    assert page.page.evaluate("() => window.copied.at(-1)") == "app.search('sea birds')"


def test_the_menu_is_worked_by_keys_and_closes_where_it_opened(page):
    tile = page.app.root.locator("button.nx-tile").first
    tile.focus()
    expect(tile).to_be_focused()
    tile.dispatch_event("contextmenu", {"bubbles": True, "cancelable": True})
    items = page.page.locator(".nx-menu-item")
    expect(items.first).to_be_focused()
    page.page.keyboard.press("ArrowDown")
    expect(items.nth(1)).to_be_focused()
    page.page.keyboard.press("End")
    expect(items.last).to_be_focused()
    page.page.keyboard.press("Escape")
    page.page.locator(".nx-menu").wait_for(state="detached")
    expect(tile).to_be_focused()


def test_with_shift_arrows_go_from_item_to_item_and_enter_opens(page):
    page.app.root.locator(".nx-map").focus()
    page.page.keyboard.press("Shift+ArrowRight")
    card = page.app.root.locator(".nx-card")
    card.wait_for()
    first = card.get_attribute("data-id")
    page.page.keyboard.press("Shift+ArrowRight")
    page.page.wait_for_function("(id) => document.querySelector('.nx-card')?.dataset.id !== id", arg=first)
    second = card.get_attribute("data-id")
    page.page.keyboard.press("Enter")
    page.app.root.locator(".nx-inspector").wait_for()
    page.until(lambda: page.python.inspected == second)
