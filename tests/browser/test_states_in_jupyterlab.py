"""The app in the states of a working day: names in their places, work going on, no graphics card, Python gone."""

from __future__ import annotations

import pytest
from fakes.jupyter_page import AppInPage, Notebook, wait_for
from fakes.stand_in import StandIn
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SETUP = """
import time
from pathlib import Path
from fakes.stand_in import StandIn
from nova_explore.widgets import App
exploration = StandIn()
def swept_when_told(real=exploration.sweep):
    while not Path("go").exists():
        time.sleep(0.05)
    return real()
exploration.sweep = swept_when_told
app = App(exploration)
app
"""

# How far each shown name is from the nearest item of its cluster, and how many pairs of names overlap.
NAMES = """(root) => {
    const map = root.querySelector(".nx-stage").map;
    const here = root.querySelector(".nx-stage").getBoundingClientRect();
    const shown = [...root.querySelectorAll(".nx-name")].filter((el) => el.style.visibility === "visible");
    const boxes = shown.map((el) => el.getBoundingClientRect());
    const members = window.membersOf;
    let far = 0;
    shown.forEach((el, i) => {
        const box = boxes[i];
        const apart = members[el.dataset.cluster].map((item) => {
            const [x, y] = map.spot(item);
            const [px, py] = [here.x + x, here.y + y];
            return Math.hypot(Math.max(box.left - px, 0, px - box.right), Math.max(box.top - py, 0, py - box.bottom));
        });
        far = Math.max(far, Math.min(...apart));
    });
    let overlaps = 0;
    boxes.forEach((one, i) => boxes.slice(i + 1).forEach((two) => {
        if (one.left < two.right && one.right > two.left && one.top < two.bottom && one.bottom > two.top) overlaps += 1;
    }));
    return { far, overlaps, shown: shown.length };
}"""


@pytest.fixture(scope="module")
def notebook(open_notebook) -> Notebook:
    notebook = open_notebook("states", [SETUP])
    labels = StandIn().clustering.labels
    members = {str(c): [int(i) for i in (labels == c).nonzero()[0]] for c in range(int(labels.max()) + 1)}
    notebook.page.evaluate("(members) => { window.membersOf = members; }", members)
    return notebook


@pytest.fixture
def app(notebook) -> AppInPage:
    app = notebook.app(0)
    notebook.python("app.inspect('')\napp.search('')\napp.clear()")
    app.root.locator(".nx-slice[data-kind=typical]").wait_for()
    app.root.locator(".nx-inspector").wait_for(state="detached")
    app.turn_to("items")
    app.root.locator("[data-tool=reset]").click()
    app.root.evaluate("root => root.scrollIntoView()")
    notebook.page.mouse.move(2, 2)
    app.settle()
    return app


def test_names_never_overlap_and_stand_beside_their_clusters_at_every_zoom(app):
    for zoomed in range(5):
        found = app.root.evaluate(NAMES)
        assert found["far"] <= 8
        assert found["overlaps"] == 0
        assert found["shown"] > 0 or zoomed
        app.root.locator("[data-tool=nearer]").click()
        app.settle()


def test_names_stand_beside_their_clusters_in_every_picture_of_a_redraw(app, notebook):
    app.root.evaluate(
        """(root, names) => {
            const measure = eval(names);
            window.seen = [];
            root.querySelector(".nx-stage").map.onDraw(() => queueMicrotask(() => window.seen.push(measure(root))));
        }""",
        NAMES,
    )
    notebook.python("app.map.move(-exploration.layout.xy)")
    wait_for(lambda: notebook.page.evaluate("window.seen.length") > 1)
    app.settle()
    notebook.python("app.map.move(exploration.layout.xy)")
    app.settle()
    seen = notebook.page.evaluate("window.seen")
    assert max(picture["far"] for picture in seen) <= 8
    assert sum(picture["overlaps"] for picture in seen) == 0


def test_a_hover_is_answered_while_work_goes_on(app, notebook, lab):
    app.turn_to("clusters")
    app.root.locator(".nx-finer").click()
    app.root.get_by_text("Trying other sizes").wait_for()
    for position in (20, 33, 101):
        app.hover(position, StandIn().collection[position].id)
    assert app.root.locator("[aria-label='Smallest cluster']").count() == 0, "the work still goes on"
    (lab.root / "go").touch()
    app.root.locator("[aria-label='Smallest cluster']").wait_for()
    app.turn_to("items")


def test_with_all_modalities_off_the_map_is_grey_and_says_so(app):
    chips = app.root.locator(".nx-chip")
    for i in range(chips.count()):
        chips.nth(i).click()
        expect(chips.nth(i)).to_have_attribute("aria-pressed", "false")
    app.root.get_by_text("All modalities are off.").wait_for()

    def colored() -> int:
        pixels = app.map_pixels().astype(int)
        return int((pixels.max(axis=2) - pixels.min(axis=2) > 60).sum())

    wait_for(lambda: colored() == 0)
    app.root.get_by_text("show all").click()
    for i in range(chips.count()):
        expect(chips.nth(i)).to_have_attribute("aria-pressed", "true")


def test_the_wheel_scrolls_the_notebook_until_the_map_is_clicked(app, notebook):
    notebook.page.mouse.click(2, 2)
    x, y = app.spot(20)
    before = app.root.evaluate("root => root.querySelector('.nx-stage').map.camera.scale")
    notebook.page.mouse.move(x, y)
    notebook.page.mouse.wheel(0, -120)
    app.root.get_by_text("hold Ctrl to zoom").wait_for()
    assert app.root.evaluate("root => root.querySelector('.nx-stage').map.camera.scale") == before
    app.root.evaluate("root => root.scrollIntoView()")
    app.settle()
    app.root.locator("[data-tool=pan]").click()
    app.click(20)
    notebook.page.mouse.wheel(0, -120)
    wait_for(lambda: app.root.evaluate("root => root.querySelector('.nx-stage').map.camera.scale") > before)
    notebook.page.keyboard.press("Escape")


def test_the_map_is_worked_by_keys(app, notebook):
    app.root.locator(".nx-map").focus()
    notebook.page.keyboard.press("ArrowDown")
    said = app.root.locator(".nx-unseen")
    wait_for(lambda: "items" in said.first.inner_text())
    name = said.first.inner_text().split(", ")[0]
    notebook.page.keyboard.press("Enter")
    wait_for(lambda: app.root.locator(".nx-slice-title").inner_text().startswith(f"{name} · "))
    notebook.page.keyboard.press("Escape")
    wait_for(lambda: app.root.locator(".nx-slice").get_attribute("data-kind") == "typical")


def test_a_map_that_loses_the_graphics_card_is_drawn_without_it(app):
    before = app.still_pixels().astype(int)
    app.root.evaluate(
        """root => [...root.querySelectorAll(".nx-stage canvas")].map(one => one.getContext("webgl2")).find(Boolean)
            .getExtension("WEBGL_lose_context").loseContext()"""
    )
    app.root.get_by_text("The graphics card let go of the map").wait_for()
    after = app.still_pixels().astype(int)
    colored = [int((picture.max(axis=2) - picture.min(axis=2) > 60).sum()) for picture in (before, after)]
    assert 0.6 < colored[1] / colored[0] < 1.6
    app.hover(33, StandIn().collection[33].id)


def test_a_cell_that_runs_again_leaves_no_app_behind(app, notebook):
    notebook.python("from ipywidgets.widgets.widget import _instances\nalive = [w for w in _instances.values()]")
    notebook.run("notebook:run-all-cells")
    wait_for(
        lambda: notebook.holds(
            "exploration is not alive and len([w for w in _instances.values() if isinstance(w, App)]) == 1"
        )
    )
    notebook.app(0).settle()


def test_python_that_restarted_is_said_and_what_needs_none_goes_on(notebook):
    app = notebook.app(0)
    notebook.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    bar = app.root.locator(".nx-python[data-python=gone]")
    bar.wait_for()
    assert "run the cell again" in bar.inner_text()
    before = app.root.evaluate("root => root.querySelector('.nx-stage').map.camera.scale")
    app.root.locator("[data-tool=nearer]").click()
    wait_for(lambda: app.root.evaluate("root => root.querySelector('.nx-stage').map.camera.scale") > before)
    assert notebook.errors == []
