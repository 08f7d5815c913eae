"""The labelling board, learning and taking away: by mouse, by keys alone, and how many gestures that takes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from botocore.exceptions import NoCredentialsError
from fakes.bare_page import BarePage
from fakes.fake_converse import FakeConverse
from fakes.hands import Hands, hand_over, name_and_merge_by_keys, name_and_merge_by_mouse
from fakes.toy_library import copy_of, loose_texts, nested_texts, text_items
from fakes.toy_model import ToyModel
from playwright.sync_api import expect

import nova_explore as nx
from nova_explore.library.store import open_library
from nova_explore.models.nova import client as nova_client
from nova_explore.widgets import App

pytestmark = pytest.mark.browser

MOST_GESTURES = 5
"""A cluster, to name and to merge it."""


@pytest.fixture(scope="module")
def clusters_library(tmp_path_factory):
    """Six clusters and items in none."""
    home = tmp_path_factory.mktemp("clusters") / "a.nova"
    texts = nx.Collection(text_items(nested_texts() + loose_texts()))
    return nx.embed(texts, to=home, model=ToyModel(), progress=False)


@pytest.fixture
def page(browser, clusters_library, tmp_path) -> Iterator[BarePage]:
    library = copy_of(clusters_library, tmp_path / "own.nova")
    explored = nx.explore(library, model=ToyModel(), progress=False).recluster(min_cluster_size=5)
    page = BarePage(browser, App(explored), viewport={"width": 1200, "height": 860}, accept_downloads=True)
    page.app.wait()
    yield page
    assert page.errors == []
    page.close()


def decided(page: BarePage) -> tuple[int, int]:
    return page.python.exploration.labels.progress


def keys(page: BarePage) -> list[str]:
    return [row["key"] for row in page.python.clusters["rows"][:-1]]


def test_five_clusters_are_named_and_merged_by_mouse(page):
    page.app.turn_to("clusters")
    hands = Hands(page)
    name_and_merge_by_mouse(hands, keys(page)[:5])
    row = page.python.exploration.labels.table.iloc[0]
    assert (row["name"], row["status"], len(row["clusters"])) == ("label 0", "merged", 5)
    assert hands.count / 5 <= MOST_GESTURES


def test_five_clusters_are_named_and_merged_by_keys_alone(page):
    page.app.turn_to("clusters")
    hands = Hands(page)
    name_and_merge_by_keys(hands, 5)
    assert len(page.python.exploration.labels.table["clusters"].iloc[0]) == 5
    assert hands.count / 5 <= MOST_GESTURES


def test_keys_accept_mark_split_and_undo_and_the_focus_goes_on(page):
    page.app.turn_to("clusters")
    page.app.root.locator(".nx-cluster-name").first.focus()
    hands = Hands(page)
    hands.until(hands.is_on_row)
    hands.press("n")
    page.app.root.locator(".nx-cluster-card").wait_for()
    hands.press("Enter")
    hands.until(lambda: decided(page)[0] == 1)
    hands.until(lambda: hands.is_on_row("1"))
    hands.press("x")
    hands.until(lambda: page.python.clusters["rows"][1]["status"] == "mixed")
    hands.until(lambda: hands.is_on_row("2"))
    hands.press("s")
    page.app.root.locator(".nx-piece").nth(1).wait_for()
    hands.press("Enter")
    hands.until(lambda: page.python.exploration.labels.history["action"].iloc[-1] == "split")
    hands.until(lambda: hands.is_on_row("2"))
    hands.press("u")
    hands.until(lambda: page.python.exploration.labels.history["action"].iloc[-1] == "undo")
    expect(page.app.root.locator(".nx-progress-words")).to_have_text(f"2 of {len(keys(page))} decided")


def test_a_decision_of_another_person_is_told_and_shown(page):
    hands = Hands(page)
    page.app.turn_to("clusters")
    page.app.root.locator(".nx-cluster-name").first.click()
    page.app.root.locator(".nx-accept").click()
    hands.until(lambda: decided(page)[0] == 1)
    other = nx.open_map(open_library(page.python.exploration.library.path)).recluster(min_cluster_size=5).labels
    other.by = "Bo"
    other.rename(0, "decided by Bo")
    hands.until(lambda: page.python.clusters["overtaken"]["count"] == 1)
    told = page.app.root.locator(".nx-overtaken")
    told.wait_for()
    assert told.inner_text().startswith("Bo has decided 'rename'")
    expect(page.app.root.locator(".nx-cluster[data-key='0'] .nx-entry-name")).to_have_text("decided by Bo")
    told.locator("button").click()
    told.wait_for(state="detached")


def test_a_selection_leaves_as_html_and_csv_in_five_gestures(page, tmp_path):
    hands = Hands(page)
    html, table = hand_over(hands, 0, tmp_path)
    assert pd.read_csv(table)["id"].tolist() == list(page.python.selection)
    assert html.read_text("utf-8").lstrip().lower().startswith("<!doctype html>")
    assert hands.count <= MOST_GESTURES


def test_a_language_model_is_asked_for_names_after_a_click_that_confirms_what_was_shown(page, monkeypatch):
    fake = FakeConverse()
    monkeypatch.setattr(nova_client, "open_client", lambda *_, **__: fake)
    page.app.turn_to("clusters")
    hands, clusters = Hands(page), len(keys(page))
    hands.click(".nx-language-button")
    panel = page.app.root.locator(".nx-language")
    panel.locator(".nx-ask-names:enabled").wait_for()
    said = panel.inner_text()
    assert all(words in said for words in ("amazonaws.com", "tokens", "$0.0", "no pictures", f"{clusters} names"))
    assert fake.requests == []
    hands.click(".nx-ask-names")
    panel.get_by_text(f"{clusters} names proposed").wait_for()
    assert len(fake.requests) == clusters
    panel.get_by_text("Nothing is left to ask").wait_for()
    hands.press("Escape")
    panel.wait_for(state="detached")
    assert page.page.evaluate("() => document.activeElement.matches('.nx-language-button')")
    hands.click(".nx-cluster-name")
    hands.click(".nx-proposal", text="amazon.nova-lite-v1:0")
    hands.until(lambda: decided(page)[0] == 1)
    assert hands.count == 5


def test_what_keeps_a_language_model_from_being_asked_is_one_line_on_the_board(page, monkeypatch):
    fake = FakeConverse()
    monkeypatch.setattr(nova_client, "open_client", lambda *_, **__: fake)
    page.app.turn_to("clusters")
    page.app.root.locator(".nx-language-button").click()
    page.app.root.locator(".nx-ask-names:enabled").wait_for()

    def refuse(**_):
        raise NoCredentialsError

    fake.converse = refuse
    page.app.root.locator(".nx-ask-names").click()
    problem = page.app.root.locator(".nx-language-problem")
    problem.wait_for()
    page.app.root.locator(".nx-ask-names", has_text="names").wait_for()  # what would be sent is shown once more
    assert problem.inner_text().startswith("No AWS credentials were found. Log in")
    assert page.python.last_error == ""


def test_a_concept_is_learnt_from_marks_and_kept_as_a_tag(page):
    hands = Hands(page)
    labels, ids = page.python.exploration.clustering.labels, page.python.exploration.collection.ids
    page.app.turn_to("concept")
    for place, cluster in enumerate((0, 1)):
        page.python.select([ids[p] for p in np.flatnonzero(labels == cluster)[:4]])
        page.tell()
        page.app.root.locator(".nx-marks").nth(place).get_by_text("4 selected").click()
        page.app.root.locator(".nx-marks").nth(place).locator(".nx-marked").nth(3).wait_for()
    page.app.root.locator(".nx-plus-minus button").first.click()
    page.app.root.locator(".nx-marked").nth(8).wait_for()
    page.app.root.locator(".nx-concept-keep input.nx-input").fill("birds")
    page.app.root.locator(".nx-concept-keep .nx-button", has_text="Keep").click()
    hands.until(lambda: page.python.concept["tags"] and page.python.concept["tags"][0][0] == "birds")
    expect(page.app.root.locator(".nx-tag")).to_contain_text("birds")


def test_a_list_of_hundreds_of_clusters_drops_no_row_while_it_is_scrolled(page):
    page.app.turn_to("clusters")
    page.page.evaluate("() => { window.nx = document.querySelector('.nx-clusters'); }")
    told = page.python.clusters
    row = told["rows"][0]
    many = [row | {"key": str(number), "name": f"cluster {number}"} for number in range(1000)]
    page.python.clusters = told | {"rows": [*many, told["rows"][-1] | {"key": "1000"}]}
    page.tell()
    page.app.root.locator("[data-key='3']").wait_for()
    gaps = page.page.evaluate("""async () => {
        const board = document.querySelector(".nx-clusters");
        const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        let gaps = 0;
        for (let top = 0; top < board.scrollHeight - board.clientHeight; top += 733) {
            board.scrollTop = top;
            await frame();
            const box = board.getBoundingClientRect();
            const list = document.querySelector(".nx-cluster-list").getBoundingClientRect();
            const [from, to] = [Math.max(box.top, list.top) + 1, Math.min(box.bottom, list.bottom) - 1];
            for (let y = from; y < to; y += 20) {
                const there = document.elementsFromPoint(box.left + 40, y);
                if (!there.some((el) => el.closest(".nx-cluster"))) gaps += 1;
            }
        }
        return gaps;
    }""")
    assert gaps == 0
    assert page.app.root.locator(".nx-cluster").count() < 60
