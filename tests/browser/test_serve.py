"""``nova-explore serve``: the app through Voila, to label and to read."""

from __future__ import annotations

import pytest
from fakes.jupyter_page import WAIT_MS, WHOLE_CHAIN_MS, AppInPage, wait_for
from fakes.toy_library import copy_of
from playwright.sync_api import expect

from nova_explore.exploration.stored_maps import open_map
from nova_explore.library.store import open_library

pytestmark = pytest.mark.browser


@pytest.fixture
def library(mapped_toy_160, tmp_path):
    return copy_of(mapped_toy_160, tmp_path / "own.nova")


def opened(browser, address):
    page = browser.new_context(viewport={"width": 1300, "height": 950}).new_page()
    page.set_default_timeout(WAIT_MS)
    page.goto(address)
    app = AppInPage(page).wait(WHOLE_CHAIN_MS)
    app.turn_to("clusters")
    return page, app


def serve(library, monkeypatch, **options):
    pytest.importorskip("voila")
    from fakes import ROOT, TESTS

    from nova_explore.cli.serving import serving

    monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{TESTS}")
    return serving(library.path, **options)


def test_who_has_the_address_labels_and_the_library_keeps_it(library, browser, monkeypatch):
    with serve(library, monkeypatch, by="Ada") as (address, _):
        page, app = opened(browser, address)
        name = app.root.locator(".nx-cluster-name").first
        name.click()
        app.root.locator(".nx-accept").click()
        wait_for(lambda: app.root.locator(".nx-progress-words").inner_text() == "1 of 4 decided")
        page.context.close()
    table = open_map(open_library(library.path)).labels.table
    assert table[["status", "by"]].iloc[0].tolist() == ["accepted", "Ada"]


def test_who_reads_sees_labels_and_no_verb_and_without_the_token_nobody_sees_anything(library, browser, monkeypatch):
    open_map(library).labels.rename(0, "sea birds")
    with serve(library, monkeypatch, read_only=True) as (address, _):
        page, app = opened(browser, address)
        expect(app.root.locator(".nx-cluster[data-key='0'] .nx-entry-name")).to_have_text("sea birds")
        app.root.locator(".nx-cluster-name").first.click()
        app.root.locator(".nx-cluster-card").wait_for()
        assert app.root.locator(".nx-accept, .nx-tick, .nx-undo-decision").count() == 0
        page.context.close()
        stranger = browser.new_context().new_page()
        stranger.goto(address.partition("?")[0])
        wait_for(lambda: "login" in stranger.url)
        assert stranger.locator(".nx").count() == 0
        stranger.context.close()
    assert open_map(library).labels.history["by"].size == 1
