"""Judging and fairness in a real JupyterLab: twenty items by keyboard with two judges, a row that is drilled into."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from fakes.jupyter_page import WHOLE_CHAIN_MS, AppInPage, Notebook, wait_for
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SETUP = """
from pathlib import Path
from fakes.drawn_people import people_exploration
from nova_explore.widgets import App
explored = people_exploration(Path("reviewed"))
app = App(explored, height=640)
app
"""


@pytest.fixture(scope="module")
def notebook(open_notebook) -> Notebook:
    notebook = open_notebook("reviewing", [SETUP])
    AppInPage(notebook.page).wait(WHOLE_CHAIN_MS)
    return notebook


@pytest.fixture
def app(notebook) -> AppInPage:
    app = notebook.app(0)
    app.settle()
    return app


def judge_as(app: AppInPage, name: str) -> None:
    """Begin to judge under a name, whoever judged before, and whether or not there is something to judge yet."""
    app.turn_to("judging")
    start, other = app.root.get_by_text("Start judging"), app.root.get_by_text("someone else")
    field = app.root.locator(".nx-judge")
    start.or_(other).or_(field).first.wait_for()
    if start.is_visible():
        app.root.locator(".nx-query-lines").fill("a nurse\na pilot")
        for ranker in ("search", "words"):  # of one space, so that each query has ten results
            app.root.get_by_role("checkbox", name=re.compile(f"^{ranker} ")).uncheck()
        start.click()
        app.root.get_by_text("20 results to judge").wait_for()
    elif other.is_visible():
        other.click()
    field.fill(name)
    field.press("Enter")
    app.root.locator(".nx-pair").wait_for()


def ask_for_gender(app: AppInPage) -> None:
    """Ask the fairness board for four occupations by gender, unless their rows are there already."""
    app.turn_to("fairness")
    ask, rows = app.root.get_by_role("button", name="Ask", exact=True), app.root.locator(".nx-query-row")
    app.root.locator(".nx-fairness").wait_for()
    if rows.count() == 4:
        return
    app.root.locator(".nx-fairness .nx-select").first.select_option("gender")
    app.root.locator(".nx-query-lines").fill("a nurse\na pilot\na farmer\na judge")
    app.root.locator(".nx-choices .nx-number").fill("16")
    ask.click()
    expect(rows).to_have_count(4)


def judge_all(app: AppInPage, name: str, keys: str) -> None:
    """Judge all pairs by keyboard, one of these keys after the other."""
    judge_as(app, name)
    section = app.root.locator(".nx-pair")
    for number in range(20):
        app.root.locator(".nx-progress .nx-count", has_text=f"{number} of 20").wait_for()
        expect(section).to_be_focused()
        app.page.keyboard.press(keys[number % len(keys)])
    app.root.get_by_text(f"{name} has judged all 20").wait_for()


def test_two_judges_judge_twenty_items_by_keyboard(app, notebook):
    judge_all(app, "Ann", "0122")
    assert notebook.holds("len(explored.library.judgements.frame()) == 20")
    judge_all(app, "Ben", "0121")
    app.root.get_by_text("Agreement: Krippendorff’s α is", exact=False).or_(
        app.root.get_by_text("Agreement: Krippendorff's α is", exact=False)
    ).wait_for()
    app.root.locator(".nx-differ-item").first.wait_for()
    assert notebook.holds(
        "explored.library.judgements.frame()['judge'].value_counts().to_dict() == {'Ann': 20, 'Ben': 20}"
    )
    differ = app.root.locator(".nx-differ-item")
    before = differ.count()
    app.root.locator(".nx-settle").first.get_by_text("somewhat relevant").click()
    wait_for(lambda: differ.count() == before - 1)
    assert notebook.holds("explored.library.judgements.frame()['judge'].tolist().count('agreed') == 1")
    app.root.locator(".nx-pair").focus()
    expect(app.root.locator(".nx-pair")).to_be_focused()
    app.page.keyboard.press("u")
    app.root.locator(".nx-progress .nx-count", has_text="19 of 20").wait_for()
    app.page.keyboard.press("s")
    app.root.get_by_text("Ben has judged all 20").wait_for()
    assert notebook.holds("explored.library.judgements.frame()['relevance'].isna().sum() == 1")
    assert not notebook.errors


def test_who_judges_sees_neither_rank_nor_cluster(app, notebook):
    judge_as(app, "Cem")
    pair = app.root.locator(".nx-pair")
    pair.locator("img").wait_for()
    expect(pair).to_be_focused()
    said = pair.inner_text()
    assert "of 20" in said
    assert not any(word in said for word in ("cluster", "similarity", "rank", "strength"))
    # Another app over the same library goes on where this judge stopped.
    app.page.keyboard.press("1")
    app.root.locator(".nx-progress .nx-count", has_text="1 of 20").wait_for()
    assert notebook.holds(
        "len(__import__('nova_explore.reviews.judging', fromlist=['x']).Judging(explored.library).left('Cem')) == 19"
    )


def test_a_fairness_row_leads_to_its_items_and_keeps_a_note(app, notebook):
    ask_for_gender(app)
    rows = app.root.locator(".nx-query-row")
    first = rows.first
    assert first.get_attribute("data-query") == "a nurse"  # those farthest from chance come first
    assert first.get_attribute("data-outside") == "true"
    assert "picking without looking shows" in first.locator(".nx-band").first.get_attribute("aria-label")
    expect(first.locator(".nx-picture")).to_have_count(16)
    expect(app.root.locator(".nx-not-run")).to_contain_text("explicit words move the results")
    women = first.locator("[data-group=women] .nx-group")
    women.click()
    wait_for(lambda: notebook.holds("len(app.selection) > 8"))
    assert notebook.holds("all(explored.collection[p].metadata['gender'] == 'women' "
                          "for p in explored.collection.positions(app.selection))")  # fmt: skip
    first.locator(".nx-picture").first.click()
    wait_for(lambda: notebook.holds("app.inspected != ''"))
    app.root.locator(".nx-close").click()
    first.get_by_text("Add a note").click()
    first.locator(".nx-note-form input").fill("long hair, drawn so")
    first.locator(".nx-note-form input").press("Enter")
    first.get_by_text("Note: long hair, drawn so").wait_for()
    assert notebook.holds("explored.library.notes.frame()['text'].tolist() == ['long hair, drawn so']")
    assert not notebook.errors


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_axe_finds_nothing_in_either_board(app, notebook, theme):
    """With a pair to judge, and rows of queries."""
    notebook.turn_to_theme(theme)
    judge_as(app, "Dan")
    ask_for_gender(app)
    for lens in ("judging", "fairness"):
        app.turn_to(lens)
        found = Axe().run(app.page, context=".nx").response["violations"]
        nodes = [(each["id"], node["html"][:200], node["failureSummary"]) for each in found for node in each["nodes"]]
        assert nodes == [], lens


def test_a_pool_is_of_all_that_the_library_has_at_hand_and_says_so(app, notebook):
    judge_as(app, "Eve")
    app.root.get_by_text("Pooled from: people 16.").wait_for()
    app.root.get_by_text("Judge other queries").click()
    boxes = app.root.locator(".nx-rankers input[type=checkbox]")
    expect(boxes).to_have_count(3)
    for box in boxes.all():
        expect(box).to_be_checked()
    found = Axe().run(app.page, context=".nx").response["violations"]
    assert [(each["id"], node["html"][:200]) for each in found for node in each["nodes"]] == []
    app.root.locator(".nx-query-lines").fill("a nurse\nmen")
    app.root.get_by_text("Start judging").click()
    app.root.get_by_text("Pooled from: people 16, search, words.").wait_for()
    pooled = "sorted({pair.item for pair in reviews.Judging(explored.library).pairs if pair.query == 'men'})"
    mine = "{pair.item for pair in reviews.pool(explored, ['men'], rankers=[name])}"
    union = f"sorted(set().union(*({mine} for name in ('people 16', 'search', 'words'))))"
    assert notebook.holds(f"(reviews := __import__('nova_explore.reviews', fromlist=['x'])) and {pooled} == {union}")
    assert not notebook.errors
