"""The app in a real JupyterLab: what a person sees, hears and gets back."""

from __future__ import annotations

import json

import numpy as np
import pytest
from fakes.jupyter_page import AppInPage, Notebook, wait_for
from fakes.stand_in import StandIn
from playwright.sync_api import expect

from nova_explore.collection import Modality
from nova_explore.widgets import search_sections

pytestmark = pytest.mark.browser

SETUP = """
import json
import os
from pathlib import Path
from fakes.stand_in import StandIn
from nova_explore.widgets import App
exploration = StandIn()
app = App(exploration)
def write_whole(change):
    Path("selection.new").write_text(json.dumps(exploration.selection.ids))
    os.replace("selection.new", "selection.json")
app.observe(write_whole, "selection")
app
"""
OPACITY = 0.85
"""Of the marks of a small map: `opacityOf` in ``frontend/src/map/paint.ts``."""

SECOND = "second = App(StandIn(seed=3), height=420)\nsecond"
ANEW = """
for one in (app, second):
    one.inspect("")
    one.search("")
    one.clear()
    one.color_by("cluster")
    one.show_modalities([name for name, _ in one.modalities])
    one.last_error = ""
"""
"""What a test has left is not there for the next."""


@pytest.fixture(scope="module")
def notebook(open_notebook) -> Notebook:
    return open_notebook("app", [SETUP, SECOND])


@pytest.fixture(scope="module")
def exploration() -> StandIn:
    return StandIn()


@pytest.fixture
def app(notebook) -> AppInPage:
    notebook.page.set_viewport_size({"width": 1400, "height": 900})
    app, other = notebook.app(0), notebook.app(1)
    notebook.page.mouse.move(2, 2)
    notebook.python(ANEW)
    for one in (other, app):
        one.root.locator(".nx-slice[data-kind=typical]").wait_for()
        one.root.locator(".nx-inspector").wait_for(state="detached")
        one.root.locator(".nx-query").fill("")
        one.turn_to("items")
        one.tiles_drawn()
        one.root.locator("[data-tool=pan]").click()
        one.root.locator("[data-tool=reset]").click()
    app.root.evaluate("root => root.scrollIntoView()")
    notebook.page.mouse.move(2, 2)
    app.settle()
    return app


def bytes_of(image) -> bytes:
    """The bytes that an <img> shows, fetched from its Blob URL."""
    numbers = image.evaluate("async (img) => [...new Uint8Array(await (await fetch(img.src)).arrayBuffer())]")
    return bytes(numbers)


def colored(pixels: np.ndarray) -> int:
    """Pixels that are neither grey, black nor white."""
    return int((np.ptp(pixels.astype(int), axis=2) > 60).sum())


def test_the_map_is_painted_in_the_colours_of_its_legend(app):
    wait_for(lambda: colored(app.map_pixels()) > 3000)
    app.turn_to("columns")
    swatch = app.root.locator(".nx-entry .nx-dot").first

    def is_painted() -> bool:
        told = swatch.evaluate("el => getComputedStyle(el).backgroundColor")
        color = np.array([int(part) for part in told[4:-1].split(",")])
        on_white = 255 - OPACITY * (255 - color)
        return bool((np.abs(app.map_pixels() - on_white).max(axis=2) < 8).sum() > 200)

    wait_for(is_painted)


def test_the_card_of_a_point_shows_its_own_thumbnail_and_words(app, exploration):
    for position in (20, 33, 101):
        item = exploration.collection[position]
        card = app.hover(position, item.id)
        card.locator(f"img[data-id='{item.id}']").wait_for()
        image = card.locator("img")
        assert image.get_attribute("alt") == item.title
        assert bytes_of(image) == exploration.thumbnail(item.id)
        wait_for(lambda image=image: image.evaluate("img => img.complete && img.naturalWidth > 0"))
        assert item.title in card.inner_text()


def test_a_lasso_that_ends_where_it_began_brings_its_ids_back_to_python(app, exploration, lab):
    label = 2
    members = np.flatnonzero(exploration.clustering.labels == label)
    spots = np.array([app.spot(int(position)) for position in members])
    (left, top), (right, bottom) = spots.min(axis=0) - 12, spots.max(axis=0) + 12
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    everyone = np.array([app.spot(position) for position in range(len(exploration))])
    inside = ((everyone > (left, top)) & (everyone < (right, bottom))).all(axis=1)
    expected = {exploration.collection[int(i)].id for i in np.flatnonzero(inside)}
    app.lasso(corners)
    file = lab.root / "selection.json"
    ids = wait_for(lambda: file.exists() and json.loads(file.read_text() or "[]"))
    assert set(ids) == expected
    title = app.root.locator(".nx-slice-title")
    wait_for(lambda: title.inner_text() == f"{len(ids)} selected")
    assert app.tiles(len(ids)) == ids
    # Everything else is still drawn, in grey.
    outside = next(int(i) for i in np.flatnonzero(~inside))
    x, y = app.spot(outside)
    box = app.root.locator(".nx-stage").bounding_box()
    around = app.still_pixels()[
        int(y - box["y"]) - 2 : int(y - box["y"]) + 3, int(x - box["x"]) - 2 : int(x - box["x"]) + 3
    ]
    assert around.min() < 235
    assert colored(around) == 0


def test_a_search_moves_the_highlight_and_clear_brings_all_back(app, exploration):
    before = colored(app.still_pixels())
    app.search("orchids")
    app.root.locator(".nx-slice[data-kind=search]").wait_for()
    app.root.locator(".nx-rank").nth(8).wait_for(state="attached")
    app.settle()
    first = exploration.search("orchids").positions[0]
    rank = app.root.locator(".nx-rank").first.bounding_box()
    x, y = app.spot(int(first))
    assert abs(rank["x"] + rank["width"] / 2 - x) < 3
    assert 0 < y - rank["y"] < 30
    wait_for(lambda: colored(app.map_pixels()) < before / 3)
    assert app.root.locator(".nx-note").inner_text() == "Found by caption, name and text, not by content: audio."
    assert app.tiles(24) == list(
        search_sections.search(exploration, "orchids", [str(kind) for kind in Modality]).ids[:24]
    )
    app.root.locator(".nx-query").press("Escape")
    wait_for(lambda: colored(app.map_pixels()) > before * 0.9)


def test_a_search_is_shown_in_sections_with_a_strength(app):
    app.search("orchids")
    headings = app.root.locator(".nx-section")
    headings.first.wait_for()
    assert app.root.locator(".nx-slice-title").inner_text().startswith("“orchids” · ")
    assert headings.first.inner_text().endswith((" with the word", " like it"))
    strength = app.root.locator(".nx-tile .nx-strength").first
    strength.wait_for()
    assert strength.locator("[data-on=true]").count() == int(strength.get_attribute("data-step"))
    assert "cosine similarity" in strength.get_attribute("title")


def test_pictures_stand_for_marks_where_few_items_are_in_view(app, exploration):
    position = next(i for i, item in enumerate(exploration.collection) if item.modality == "image")
    stage = app.root.locator(".nx-stage")
    stage.evaluate("(stage, i) => stage.map.zoom(12, ...stage.map.spot(i))", position)
    picture = app.root.locator(".nx-mark-picture").first
    picture.wait_for()
    app.settle()
    item = exploration.collection[picture.get_attribute("data-id")]
    assert bytes_of(picture) == exploration.thumbnail(item.id)
    box, spot = picture.bounding_box(), app.spot(exploration.collection.position(item.id))
    assert abs(box["x"] + box["width"] / 2 - spot[0]) < 2
    assert abs(box["y"] + box["height"] / 2 - spot[1]) < 2
    app.root.locator("[data-tool=reset]").click()
    picture.wait_for(state="detached")


def test_space_plays_a_sound_and_its_bars_show_where(app, exploration):
    position = next(i for i, item in enumerate(exploration.collection) if item.modality == "audio")
    app.click(position)
    player = app.root.locator(".nx-inspector audio")
    player.wait_for()
    bars = app.root.locator(".nx-waveform rect")
    bars.first.wait_for(state="attached")
    wait_for(lambda: player.evaluate("el => el.readyState") >= 2)
    player.evaluate("el => { el.muted = true; el.loop = true; }")
    app.root.locator(".nx-inspector").press(" ")
    wait_for(lambda: float(app.root.locator(".nx-waveform").get_attribute("data-at")) > 0.05)
    app.root.locator(".nx-inspector").press(" ")
    wait_for(lambda: player.evaluate("el => el.paused"))
    box = app.root.locator(".nx-waveform").bounding_box()
    app.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    wait_for(lambda: abs(player.evaluate("el => el.currentTime / el.duration") - 0.5) < 0.05)


def test_space_opens_a_picture_large_and_the_wheel_looks_into_it(app, exploration):
    position = next(i for i, item in enumerate(exploration.collection) if item.modality == "image" and i > 100)
    app.click(position)
    app.root.locator(".nx-inspector img[data-id]").first.wait_for()
    app.root.locator(".nx-inspector").press(" ")
    zoomed = app.root.locator(".nx-zoomed")
    zoomed.wait_for()
    box = zoomed.bounding_box()
    app.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    app.page.mouse.wheel(0, -400)
    wait_for(lambda: float(zoomed.get_attribute("data-zoom")) > 2)
    app.page.keyboard.press("Escape")
    zoomed.wait_for(state="detached")


@pytest.mark.parametrize("kind", ["audio", "video"])
def test_sound_and_video_really_load(app, exploration, kind):
    position = next(i for i, item in enumerate(exploration.collection) if item.modality == kind)
    app.click(position)
    media = app.root.locator(f"{kind}[data-id='{exploration.collection[position].id}']")
    media.wait_for()
    wait_for(lambda: media.evaluate("el => el.readyState") >= 2)
    assert abs(media.evaluate("el => el.duration") - 2) < 0.3
    media.evaluate("el => { el.muted = true; return el.play(); }")
    wait_for(lambda: media.evaluate("el => el.currentTime") > 0.2)


def test_text_is_shown_whole_and_pictures_and_pages_as_they_are(app, exploration):
    for kind in ("text", "image", "page"):
        position = next(i for i, item in enumerate(exploration.collection) if item.modality == kind and i > 8)
        item = exploration.collection[position]
        app.click(position)
        panel = app.root.locator(f".nx-inspector[data-id='{item.id}']")
        panel.wait_for()
        if kind == "text":
            words = panel.locator(".nx-text")
            wait_for(lambda words=words, item=item: words.inner_text().strip() == item.text.strip())
        else:
            image = panel.locator(".nx-media img")
            image.wait_for()
            wait_for(lambda image=image, item=item: bytes_of(image) == exploration.playable(item.id).data)
        expect(panel.locator(".nx-near .nx-tile")).to_have_count(12)


def test_a_nearest_item_moves_on_and_back_returns(app, exploration):
    app.click(20)
    first = exploration.collection[20].id
    app.root.locator(f".nx-inspector[data-id='{first}'] .nx-near .nx-tile").first.click()
    second = exploration.collection[int(exploration.neighbors.indices[20][0])].id
    app.root.locator(f".nx-inspector[data-id='{second}']").wait_for()
    app.root.locator(".nx-back").click()
    app.root.locator(f".nx-inspector[data-id='{first}']").wait_for()


def test_a_medium_that_changed_says_so_where_the_person_looks(app, exploration):
    app.click(exploration.gone)
    problem = app.root.locator(".nx-media .nx-problem")
    problem.wait_for()
    assert "has changed since it was embedded" in problem.inner_text()


def test_the_legend_greys_and_brings_back(app):
    app.turn_to("columns")
    before = colored(app.still_pixels())
    entry = app.root.locator(".nx-entry").first
    entry.click()
    wait_for(lambda: colored(app.map_pixels()) < before - 400)
    expect(entry).to_have_attribute("aria-pressed", "false")
    entry.click()
    wait_for(lambda: colored(app.map_pixels()) > before * 0.97)


def test_errors_of_the_kernel_are_seen(app):
    app.search("fail")
    bar = app.root.locator(".nx-error")
    bar.wait_for()
    assert "The model could not be opened." in bar.inner_text()
    bar.locator("button").click()
    bar.wait_for(state="hidden")
    app.search("")


def test_the_keyboard_works_the_app_and_not_the_notebook_around_it(app, notebook):
    cells = notebook.page.locator(".jp-CodeCell").count()
    app.root.locator(".nx-chip").first.focus()
    for key in ("b", "b", "a"):
        notebook.page.keyboard.press(key)
    app.root.locator(".nx-scroll button.nx-tile").nth(2).focus()
    expect(app.root.locator(".nx-scroll button.nx-tile").nth(2)).to_be_focused()
    notebook.page.keyboard.press("Enter")
    app.root.locator(".nx-inspector[data-id]").wait_for()
    notebook.page.keyboard.press("Escape")
    app.root.locator(".nx-inspector[data-id]").wait_for(state="detached")
    assert notebook.page.locator(".jp-CodeCell").count() == cells


def test_escape_on_the_map_closes_what_was_opened_there(app, notebook):
    app.click(20)
    app.root.locator(".nx-inspector[data-id]").wait_for()
    notebook.page.keyboard.press("Escape")
    app.root.locator(".nx-inspector[data-id]").wait_for(state="detached")


def test_two_apps_do_not_disturb_each_other(notebook, app):
    other = notebook.app(1)
    app.search("whale song")
    app.root.locator(".nx-rank").first.wait_for(state="attached")
    assert other.root.locator(".nx-rank").count() == 0
    assert other.root.locator(".nx-query").input_value() == ""
    other.root.evaluate("root => root.scrollIntoView()")
    other.click(40)
    other.root.locator(".nx-inspector[data-id]").wait_for()
    assert app.root.locator(".nx-inspector[data-id]").count() == 0
    notebook.page.keyboard.press("Escape")
    other.root.locator(".nx-inspector[data-id]").wait_for(state="detached")
    assert app.root.locator(".nx-query").input_value() == "whale song"
    assert app.root.locator(".nx-rank").count() == 9


def test_nothing_from_the_collection_is_executed(app, notebook, exploration):
    app.hover(7)
    app.click(7)
    app.root.locator(".nx-inspector[data-id]").wait_for()
    app.turn_to("columns")
    app.root.locator(".nx-select").select_option("caption")
    app.turn_to("about")
    app.root.locator(".nx-unread").wait_for()
    notebook.page.wait_for_timeout(500)
    assert notebook.page.evaluate("window.__pwned") is None
    assert notebook.page.locator("img[src=x]").count() == 0
    assert "<script>" in app.root.locator(".nx-unread").inner_text()
    app.turn_to("columns")
    app.root.locator(".nx-select").select_option("cluster")


def test_the_map_follows_the_dark_theme(notebook, app):
    notebook.turn_to_theme("Dark")
    wait_for(lambda: np.median(app.map_pixels()) < 60)
    wait_for(lambda: colored(app.map_pixels()) > 3000)
    notebook.turn_to_theme("Light")
    wait_for(lambda: np.median(app.map_pixels()) > 200)


@pytest.mark.parametrize("width", [1900, 1400, 1100, 800, 700])
def test_nothing_sticks_out_at_any_width(notebook, app, width):
    notebook.page.set_viewport_size({"width": width, "height": 900})
    app.settle()
    sticking_out = (
        "root => [...root.querySelectorAll('*')].filter((el) => el.offsetParent"
        " && !el.closest('.nx-stage, .nx-overlay, .nx-unseen')"
        " && el.getBoundingClientRect().right > root.getBoundingClientRect().right + 1).map((el) => el.className)"
    )
    wait_for(lambda: app.root.evaluate(sticking_out) == [])


def test_what_code_selects_lights_up_on_a_map_that_is_shown(app, notebook, exploration):
    before = colored(app.still_pixels())
    notebook.python("exploration.select([exploration.collection[i].id for i in range(5)])")
    title = app.root.locator(".nx-slice-title")
    wait_for(lambda: title.inner_text() == "5 selected")
    wait_for(lambda: colored(app.map_pixels()) < before / 3)


def test_the_slider_regroups_and_recolours_in_place(app, notebook, exploration):
    app.turn_to("clusters")
    app.root.locator(".nx-finer").click()
    slider = app.root.locator("[aria-label='Smallest cluster']")
    slider.wait_for()
    notebook.python("exploration.select([exploration.collection[i].id for i in range(5)])")
    wait_for(lambda: app.root.locator(".nx-slice-title").inner_text() == "5 selected")
    place, before = app.spot(11), app.root.locator(".nx-cluster").count()
    slider.evaluate(
        "el => { for (const v of [1, 2, 3]) {"
        " el.value = v; el.dispatchEvent(new Event('input', { bubbles: true })); } }"
    )
    sizes = np.bincount(exploration.clustering.labels[exploration.clustering.labels >= 0])
    kept = int((sizes >= 20).sum())
    assert 0 < kept < before - 1
    wait_for(lambda: app.root.locator(".nx-cluster").count() == kept + 1)
    expect(app.root.locator(".nx-head h2")).to_contain_text(f" {kept} ")
    said = app.root.locator(".nx-grain:not(.nx-spacing) .nx-grain-words")
    wait_for(lambda: f"at least 20 items: {kept} clusters" in said.inner_text())
    assert app.spot(11) == place
    expect(app.root.locator(".nx-slice-title")).to_have_text("5 selected")
    slider.evaluate("el => { el.value = 0; el.dispatchEvent(new Event('input', { bubbles: true })); }")
    wait_for(lambda: app.root.locator(".nx-cluster").count() == before)


def test_points_can_be_moved_and_recoded_where_they_are(app, notebook):
    first = app.spot(0)
    notebook.python("app.map.move(-exploration.layout.xy)")
    wait_for(lambda: np.hypot(*np.subtract(app.spot(0), first)) > 20)
    notebook.python("app.map.move(exploration.layout.xy)")
    wait_for(lambda: np.hypot(*np.subtract(app.spot(0), first)) < 1)
    notebook.python("app.map.recode(app.coloring.codes * 0, ['#00ff00'])")
    green = [0, 255, 0]
    wait_for(lambda: (np.abs(app.map_pixels().astype(int) - green).max(axis=2) < 120).sum() > 2000)
    notebook.python("app.color_by('cluster')")


def test_without_webgl_the_map_is_drawn_on_a_plain_canvas(open_notebook):
    blind = """
        const real = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
            return kind.startsWith("webgl") ? null : real.call(this, kind, ...rest);
        };
    """
    notebook = open_notebook("blind", [SETUP.replace("selection.", "blind.")], before=blind)
    app = AppInPage(notebook.page)
    app.root.locator(".nx-nomap").wait_for()
    assert "no WebGL" in app.root.locator(".nx-nomap").inner_text()
    app.wait()
    wait_for(lambda: colored(app.map_pixels()) > 3000)
    app.hover(20, StandIn().collection[20].id)
    app.search("orchids")
    wait_for(lambda: app.root.locator(".nx-slice-title").inner_text().startswith("“orchids” · "))
    assert len(app.tiles(24)) == 24


def test_the_pages_asked_only_this_machine_and_raised_nothing(notebook):
    assert notebook.foreign_requests() == []
    assert notebook.errors == []


LIVE = """
import time
from pathlib import Path
import nova_explore as nx
from nova_explore.exploration import chain
from fakes.toy_library import toy_library
library = toy_library("live.nova", per_topic=40)
def slowly(*arguments, show, **options):
    def seen(xy):
        show(xy)
        while not Path("seen").exists():
            time.sleep(0.05)
        time.sleep(0.15)
    return lay_out(*arguments, show=seen, **options)
lay_out, chain.lay_out = chain.lay_out, slowly
nx.show(library, progress=False, height=400)
"""


def test_a_map_takes_shape_in_view_and_is_shown_once(open_notebook, lab):
    notebook = open_notebook("live", [LIVE, "app = _\nprint(app.exploration.headline)"])
    app = notebook.app(0)
    working = app.root.locator(".nx-working")
    wait_for(lambda: working.is_visible() and working.inner_text().startswith("drawing the map …"))
    assert app.root.locator(".nx-head h2").inner_text().startswith("160 items · not ")
    app.root.locator(".nx-stage").evaluate(
        """(stage) => {
            window.places = new Set();
            stage.map.onDraw(() => window.places.add(String(stage.map.spot(3))));
        }"""
    )
    (lab.root / "seen").touch()
    working.wait_for(state="hidden")
    assert notebook.page.evaluate("window.places.size") >= 3
    wait_for(lambda: app.root.locator(".nx-head h2").inner_text().startswith("160 items · 4 "))
    expect(app.root.locator("button.nx-tile")).to_have_count(4)
    app.turn_to("about")
    expect(app.root.locator(".nx-about")).to_contain_text("Sizes of")
    app.turn_to("clusters")
    assert notebook.page.locator(".nx").count() == 1
    wait_for(lambda: "160 items · 4 " in notebook.page.locator(".jp-OutputArea").last.inner_text())
    app.settle()
    place = app.spot(3)
    app.root.locator("[aria-label='Spacing of items']").fill("5")
    wait_for(lambda: "0.8" in app.root.locator(".nx-spacing").inner_text())
    wait_for(lambda: notebook.holds("app.exploration.layout.parameters['min_dist'] == 0.8"))
    wait_for(lambda: app.spot(3) != place)
    assert not notebook.errors


MANY = """
from fakes.stand_in import StandIn
from nova_explore.widgets import App
exploration = StandIn(n=12_000)
app = App(exploration, height=400)
app
"""
OTHER = "other = App(exploration, height=400)\nother.color_by('modality')\nother"


def test_many_points_recoloured_in_place_look_as_if_they_were_drawn_anew(open_notebook):
    notebook = open_notebook("many", [MANY, OTHER])
    app, other = notebook.app(0), notebook.app(1)

    def alike(one: np.ndarray, two: np.ndarray) -> bool:
        return bool((np.abs(one.astype(int) - two.astype(int)).max(axis=2) < 12).mean() > 0.995)

    wait_for(lambda: colored(other.map_pixels()) > 3000)
    wait_for(lambda: colored(app.map_pixels()) > 3000)
    before = app.still_pixels()
    notebook.python("app.color_by('modality')")
    wait_for(lambda: not alike(app.map_pixels(), before))
    in_place = app.still_pixels()
    notebook.python("app.show_modalities(['image', 'text'])")
    wait_for(lambda: not alike(app.map_pixels(), in_place))
    notebook.python("app.show_modalities([name for name, _ in app.modalities])")
    wait_for(lambda: alike(app.map_pixels(), in_place))
    notebook.python("app.map.move(-exploration.layout.xy)")
    wait_for(lambda: not alike(app.map_pixels(), in_place))
    notebook.python("app.map.move(exploration.layout.xy)")
    wait_for(lambda: alike(app.map_pixels(), in_place))
    notebook.python("app.color_by('cluster')")
    wait_for(lambda: alike(app.map_pixels(), before))
    assert not notebook.errors


def test_what_was_selected_before_an_app_is_shown_is_seen_on_its_map(open_notebook):
    setup = "from fakes.stand_in import StandIn\nfrom nova_explore.widgets import App\nexploration = StandIn()"
    shown = "app = App(exploration, height=400)\nexploration.select(exploration.collection.ids[40:60])\napp"
    notebook = open_notebook("selected", [setup, shown])
    app = notebook.app(0)
    app.settle()
    chosen = [place for place in range(40, 60) if StandIn().clustering.labels[place] >= 0]

    def in_colour() -> list[int]:
        seen, box = app.map_pixels(), app.root.locator(".nx-stage").bounding_box()
        assert box is not None
        spots = [(place, app.spot(place)) for place in chosen]
        near = [(place, round(x - box["x"]), round(y - box["y"])) for place, (x, y) in spots]
        return [place for place, x, y in near if colored(seen[max(y - 4, 0) : y + 5, max(x - 4, 0) : x + 5]) > 8]

    wait_for(lambda: len(in_colour()) > 0.7 * len(chosen))
    others = [place for place in range(60, 220) if StandIn().clustering.labels[place] >= 0]
    chosen[:] = others
    assert len(in_colour()) < 0.3 * len(others)
