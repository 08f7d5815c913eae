"""The report opened from disk with the network off: it hovers, opens, lassos, plays, searches, and ids leave it."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from fakes.explained import explanations_of_every_modality
from fakes.jupyter_page import WAIT_MS, AppInPage, wait_for
from fakes.report_stand_in import data_in, very_hostile_exploration
from fakes.stand_in import StandIn
from playwright.sync_api import expect

from nova_explore.report.page import write_report
from nova_explore.reviews.finding import Chance, Finding, Review

pytestmark = pytest.mark.browser

ON_STAGE = "([x, y]) => !!document.elementFromPoint(x, y)?.closest('.nx-stage')"
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def exploration():
    return StandIn()


@pytest.fixture(scope="module")
def path(exploration, tmp_path_factory):
    birds = tuple(item.id for item in exploration.collection if "sea birds" in item.title)
    finding = Finding(
        "Sea birds are shown first.", "Bias@20", 0.4, 0.2, 0.6, 20, Chance(0, -0.2, 0.2), 0.01, 0.02, birds
    )
    review = Review("exposure", (finding,), not_run=(("women", "too few (7 < 30), not reported"),))
    to = tmp_path_factory.mktemp("page") / "report.html"
    return write_report(exploration, to, title="Planted", question="What is near?", reviews=[review], media_mb=8)


@pytest.fixture(scope="module")
def data(path):
    return data_in(path.read_text("utf-8"))


class Opened:
    """A report in a browser without a network, and what went wrong in it."""

    def __init__(self, browser: Any, path: Any, **options: Any) -> None:
        self.context = browser.new_context(**{"viewport": WIDE, "accept_downloads": True, **options})
        self.context.set_offline(True)
        self.page = self.context.new_page()
        self.wrong: list[str] = []
        self.asked: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda told: self.wrong.append(told.text) if told.type == "error" else None)
        self.page.on("dialog", lambda dialog: (self.wrong.append(dialog.message), dialog.dismiss()))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.set_default_timeout(WAIT_MS)
        self.page.goto(path.as_uri())

    def ready(self) -> AppInPage:
        return AppInPage(self.page).wait()

    @property
    def slice(self) -> str:
        return self.page.inner_text(".nx-slice-title")

    def close(self) -> None:
        assert self.wrong == []
        assert [url for url in self.asked if not url.startswith(("file:", "data:", "blob:"))] == []
        self.context.close()


@pytest.fixture
def opened(browser, path):
    opened = Opened(browser, path)
    yield opened
    opened.close()


@pytest.fixture
def app(opened):
    app = opened.ready()
    app.root.scroll_into_view_if_needed()
    return app


def alone(app: AppInPage, exploration: StandIn, modality: str) -> int:
    """An item on which neither another item nor a name lies."""
    app.settle()
    spots = [app.spot(i) for i in range(len(exploration))]
    for i, item in enumerate(exploration.collection):
        x, y = spots[i]
        near = [j for j, (u, v) in enumerate(spots) if j != i and abs(u - x) < 14 and abs(v - y) < 14]
        if item.modality == modality and not near and app.page.evaluate(ON_STAGE, [x, y]):
            return i
    raise AssertionError(f"every {modality} has another on it")


@pytest.mark.parametrize("modality", ["image", "audio"])
def test_pointing_at_an_item_shows_its_own_card(app, exploration, modality):
    position = alone(app, exploration, modality)
    id = exploration.collection.ids[position]
    card = app.hover(position, id)
    expect(card.locator("img")).to_have_attribute("data-id", id)
    wait_for(lambda: card.locator("img").evaluate("img => img.naturalWidth") > 0)


def test_a_click_opens_the_item_with_its_nearest(app, opened, exploration, data):
    position = alone(app, exploration, "page")
    app.click(position)
    shown = opened.page.locator(".nx-inspector")
    shown.wait_for()
    assert shown.get_attribute("data-id") == exploration.collection.ids[position]
    expect(shown.locator(".nx-near .nx-tile")).to_have_count(data["nearest_count"])
    page = shown.locator(".nx-media img")
    page.wait_for()
    wait_for(lambda: page.evaluate("img => img.naturalWidth") >= 500)
    opened.page.keyboard.press("Escape")
    shown.wait_for(state="detached")


def test_a_lasso_makes_the_slice_and_its_ids_leave_as_files(app, opened, exploration, tmp_path):
    members = exploration.clustering.members(0).tolist()
    app.settle()
    spots = [app.spot(i) for i in members]
    (left, right), (top, bottom) = ((min(s[a] for s in spots) - 6, max(s[a] for s in spots) + 6) for a in (0, 1))
    app.lasso([(left, top), (right, top), (right, bottom), (left, bottom)])
    wait_for(lambda: "selected" in opened.slice)
    count = int(opened.slice.split()[0])
    assert count >= len(members)
    with opened.page.expect_download() as csv:
        opened.page.locator(".nx-take button", has_text="CSV").click()
    csv.value.save_as(tmp_path / "ids.csv")
    lines = (tmp_path / "ids.csv").read_text("utf-8-sig").splitlines()
    assert lines[0] == "id,title,modality,cluster"
    chosen = {line.split(",")[0] for line in lines[1:]}
    assert {exploration.collection.ids[i] for i in members} <= chosen
    with opened.page.expect_download() as txt:
        opened.page.locator(".nx-take button", has_text="TXT").click()
    txt.value.save_as(tmp_path / "ids.txt")
    assert set((tmp_path / "ids.txt").read_text("utf-8").split()) == chosen
    assert len(chosen) == count


def test_words_find_the_items_that_carry_them_and_what_nobody_says_finds_nothing(app, opened, data):
    opened.page.fill(".nx-query", "orchids account")
    opened.page.keyboard.press("Enter")
    wanted = [i for i, text in enumerate(data["texts"]) if "Orchids: an account" in text]
    wait_for(lambda: opened.slice == f"“orchids account” · {len(wanted)} with the words")
    opened.page.fill(".nx-query", "zzzz")
    opened.page.keyboard.press("Enter")
    wait_for(lambda: opened.slice == "Nothing has “zzzz” in its title or text")
    expect(opened.page.locator(".nx-items")).to_contain_text("No item is in this slice")


def test_a_sound_plays_from_its_tile_and_in_full(app, opened, exploration):
    sound = next(item for item in exploration.collection if item.modality == "audio")
    opened.page.fill(".nx-query", sound.title.split(" · ")[0])
    opened.page.keyboard.press("Enter")
    found = opened.page.locator(f".nx-tile[data-id='{sound.id}']")
    play = opened.page.locator(".nx-items .nx-tile-box", has=found).locator(".nx-play")
    play.evaluate(
        """(el) => {
            window.states = [];
            const note = () => window.states.push(el.getAttribute("aria-pressed"));
            new MutationObserver(note).observe(el, { attributeFilter: ["aria-pressed"] });
        }"""
    )
    play.click()
    wait_for(lambda: opened.page.evaluate("window.states") == ["true", "false"])  # until its end
    found.click()
    player = opened.page.locator(".nx-inspector audio")
    player.wait_for()
    player.evaluate("audio => audio.play()")
    wait_for(lambda: player.evaluate("audio => audio.currentTime") > 0.2)
    opened.page.locator(".nx-waveform rect").first.wait_for()


def test_clusters_and_findings_in_the_page_lead_to_their_items(app, opened, exploration, data):
    page = opened.page
    page.locator("button[data-cluster='1']").click()
    size = len(exploration.clustering.members(1))
    wait_for(lambda: opened.slice == f"{exploration.name_of(1)} · {size} items")
    page.locator("button[data-finding]").click()
    n = len(data["findings"][0]["positions"])
    wait_for(lambda: opened.slice == f"exposure: Bias@20 · {n} items")
    picture = page.locator(".finding .pic[data-id]").first
    picture.click()
    page.locator(f".nx-inspector[data-id='{picture.get_attribute('data-id')}']").wait_for()


def test_columns_colour_the_map(app, opened):
    app.turn_to("columns")
    opened.page.select_option(".nx-select", "year")
    opened.page.locator(".nx-histogram").wait_for()
    opened.page.select_option(".nx-select", "rights")
    wait_for(lambda: opened.page.locator(".nx-entry").count() == 3)


def test_on_a_phone_the_list_comes_first_and_nothing_is_wider_than_the_screen(browser, path, exploration):
    opened = Opened(browser, path, viewport=PHONE, has_touch=True)
    opened.ready()
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    tops = [opened.page.locator(name).bounding_box()["y"] for name in (".nx-side", ".nx-map")]
    assert tops[0] < tops[1]
    tile = opened.page.locator("button.nx-tile").first
    id = tile.get_attribute("data-id")
    tile.click()
    sheet = opened.page.locator(".nx-sheet .nx-inspector")
    sheet.wait_for()
    assert sheet.get_attribute("data-id") == id
    box = sheet.bounding_box()
    assert (box["x"], round(box["width"])) == (0, PHONE["width"])
    sheet.locator("[aria-label=Close]").click()
    sheet.wait_for(state="detached")
    expect(tile).to_be_focused()
    opened.close()


def test_it_prints_as_a_document_without_what_only_a_screen_can_do(browser, path):
    opened = Opened(browser, path)
    opened.ready()
    pdf = opened.page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    import pypdfium2

    pages = pypdfium2.PdfDocument(pdf)
    text = "\n".join(page.get_textpage().get_text_range() for page in pages)
    for words in ("Planted", "What is near?", "Sea birds are shown first.", "too few (7 < 30)", "steam trains"):
        assert words in text
    assert "Find words in titles" not in text
    assert "clustering.min_cluster_size" not in text
    assert [round(side) for side in pages[0].get_size()] == [595, 842]
    opened.close()


def test_without_javascript_there_are_the_still_map_the_clusters_and_the_findings(browser, path):
    opened = Opened(browser, path, java_script_enabled=False)
    assert opened.page.locator(".still svg").is_visible()
    assert opened.page.locator(".cluster").count() > 10
    assert opened.page.locator(".axis").first.is_visible()
    assert not opened.page.locator("button[data-finding]").is_visible()
    opened.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_page(browser, path, exploration, scheme):
    opened = Opened(browser, path, color_scheme=scheme)
    app = opened.ready()

    def violations() -> list[tuple[str, str]]:
        found = Axe().run(opened.page).response["violations"]
        return [(each["id"], node["html"][:160]) for each in found for node in each["nodes"]]

    # The rules of axe itself come as a script of the test, which the page's policy knows nothing of.
    assert violations() == []
    for lens in ("clusters", "columns", "items"):
        app.turn_to(lens)
        assert violations() == [], lens
    opened.page.locator("button.nx-tile").first.click()
    opened.page.locator(".nx-inspector .nx-media > :not(.nx-wait)").first.wait_for()
    assert violations() == []
    opened.close()


def test_a_hundred_hostile_captions_and_all_names_are_text_and_run_nothing(browser, tmp_path):
    exploration = very_hostile_exploration(tmp_path)
    path = write_report(exploration, tmp_path / "hostile.html", title="<script>window.harmed='title'</script>")
    opened = Opened(browser, path)
    app = opened.ready()
    for lens in ("clusters", "columns", "items"):
        app.turn_to(lens)
    opened.page.fill(".nx-query", "robin onload harmed")
    opened.page.keyboard.press("Enter")
    for cluster in range(4):
        opened.page.locator(f"button[data-cluster='{cluster}']").click()
        wait_for(lambda cluster=cluster: opened.slice.startswith(exploration.name_of(cluster)[:20]))
    opened.page.locator("button[data-cluster='0']").click()
    wait_for(lambda: any("<" in title for title in opened.page.locator(".nx-tile-title").all_text_contents()))
    opened.page.locator("button.nx-tile").first.click()
    opened.page.locator(".nx-inspector").wait_for()
    opened.page.wait_for_timeout(300)
    assert opened.page.evaluate("window.harmed") is None
    assert (
        opened.page.evaluate("document.querySelectorAll('main script, main iframe, [onload], [onerror]').length") == 0
    )
    opened.close()


def explained_page(exploration, folder):
    """An item of every modality, explained, on a page of no others."""
    explained = list(explanations_of_every_modality(exploration).values())
    ids = [one.id for one in explained if one.id]
    return explained, write_report(exploration, folder / "why.html", explanations=explained, ids=ids)


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_explanations_are_laid_over_their_items_as_in_the_app_and_still_on_paper(
    browser, exploration, tmp_path, viewport
):
    explained, to = explained_page(exploration, tmp_path)
    opened = Opened(browser, to, viewport=viewport)
    page = opened.page
    of_app = page.locator(".explanation[data-runs] .explained-app")
    page.locator(".explained-app audio").wait_for()
    assert of_app.locator(".nx-weighed mark").count() == 2
    assert of_app.locator(".nx-heat rect").count() == 6  # three regions of a picture and of a page
    assert of_app.locator(".nx-windows span").count() == 3
    wide = page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1]
    page.emulate_media(media="print")
    assert page.locator(".explained-still:visible").count() == len(explained)
    assert page.locator(".explained-app:visible").count() == 0
    opened.close()


def test_explanations_are_there_without_a_script(browser, exploration, tmp_path):
    explained, to = explained_page(exploration, tmp_path)
    context = browser.new_context(java_script_enabled=False, viewport=WIDE)
    page = context.new_page()
    page.goto(to.as_uri())
    assert page.locator(".explained-still:visible").count() == len(explained)
    assert page.locator(".explained-still mark").count() == 2
    assert page.locator(".explained-still .seconds rect").count() == 6  # of a sound, and of a film without its file
    context.close()
