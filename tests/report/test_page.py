"""The report opens offline, shows the right item, and runs nothing that a collection brings."""

from __future__ import annotations

import base64
import io
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from fakes.report_stand_in import HOSTILE, hostile_exploration
from PIL import Image

from nova_explore.exploration.chain import explore
from nova_explore.report import page as report
from nova_explore.report.page import render_report, write_report


@pytest.fixture(scope="module")
def exploration(tmp_path_factory):
    return hostile_exploration(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def path(exploration, tmp_path_factory):
    return write_report(exploration, tmp_path_factory.mktemp("written") / "deep" / "report.html")


@pytest.fixture(scope="module")
def data(path):
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', path.read_text("utf-8"), re.S)
    assert found
    return json.loads(found.group(1))


@pytest.fixture
def page(path, browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.seen, page.wrong = [], []
    page.on("request", lambda request: page.seen.append(request.url))
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_function("document.getElementById('map')._fullData?.length > 0")
    yield page
    page.close()


def test_the_same_exploration_gives_the_same_bytes(exploration, path, tmp_path):
    assert write_report(exploration, tmp_path / "again.html").read_bytes() == path.read_bytes()


def test_what_was_measured_of_the_groups_is_told_and_no_longer_missing(mapped_toy_160):
    measured = explore(mapped_toy_160, progress=False).recluster(min_cluster_size=6)
    assert any("stability and robustness" in limit for limit in report._limits(measured, 160))
    sentence = measured.stability.sentence
    told = report._limits(measured, 160)
    assert any(limit.startswith(sentence) for limit in told)
    assert not any("stability" in limit for limit in told if limit.startswith("Not run"))


def test_a_folder_is_refused_with_the_way_out(exploration, tmp_path):
    with pytest.raises(IsADirectoryError, match=r"is a folder.*report\.html"):
        write_report(exploration, tmp_path)


def test_every_picture_is_small_and_nearest_to_that_of_its_own_item(exploration, data):
    def grey(picture: bytes) -> np.ndarray:
        image = Image.open(io.BytesIO(picture)).convert("RGBA")
        ground = Image.new("RGBA", image.size, "white")
        ground.alpha_composite(image)
        return np.asarray(ground.convert("L").resize((48, 48), Image.Resampling.BOX), float).ravel()

    shown = [base64.b64decode(picture) for picture in data["thumbnail"]]
    assert data["title"] == [item.title for item in exploration.collection]
    assert all(len(picture) <= report.THUMBNAIL_BYTES for picture in shown)
    assert all(max(Image.open(io.BytesIO(picture)).size) <= report.THUMBNAIL_SIDE for picture in shown)
    ours = np.array([grey(picture) for picture in shown])
    theirs = np.array([grey(exploration.thumbnail(item.id)) for item in exploration.collection])
    apart = ((ours[:, None] - theirs[None]) ** 2).sum(axis=2)
    np.testing.assert_array_equal(apart.argmin(axis=1), np.arange(len(exploration)))


def test_beyond_the_limit_pictures_are_left_out_and_the_page_says_so(exploration, tmp_path, monkeypatch):
    monkeypatch.setattr(report, "MOST_THUMBNAILS", 25)
    text = write_report(exploration, tmp_path / "few.html").read_text("utf-8")
    assert f"25 of {len(exploration)} items have their picture" in text


def test_counts_unread_provenance_and_limits_are_on_the_page(exploration, path):
    text = path.read_text("utf-8")
    for words in (
        exploration.headline, exploration.layout.sentence, "It is &lt;i&gt;empty&lt;/i&gt;.", exploration.created,
        "clustering.min_cluster_size", "layout.seed", "space.revision", "not meaningful", "Not run: reviews",
    ):  # fmt: skip
        assert words in text


@pytest.mark.browser
def test_nothing_is_asked_of_any_network_and_no_script_fails(page):
    assert [url for url in page.seen if not url.startswith(("file:", "data:", "blob:"))] == []
    assert page.wrong == []
    assert page.evaluate("document.getElementById('map')._fullData[0].type") == "scattergl"
    assert "WebGL is not supported" not in page.inner_text("#map")


@pytest.mark.browser
def test_hostile_captions_are_shown_as_text_and_never_run(page, data):
    page.fill("#search", "robin")
    shown = page.locator("#results figcaption").all_text_contents()
    assert HOSTILE[0] in shown
    assert HOSTILE[1] in page.inner_text("#clusters")
    # Other points may lie on top of these, so the map is told that the mouse is on them.
    for item, caption in enumerate(HOSTILE):
        point = "{points: [{customdata: %d}], event: {clientX: 300, clientY: 300}}" % item  # noqa: UP031
        page.evaluate(f"document.getElementById('map').emit('plotly_hover', {point})")
        assert page.locator("#card b").text_content() == caption
    page.wait_for_timeout(300)
    assert page.evaluate("window.harmed") is None
    assert page.locator("#card b *, #results figcaption *").count() == 0


@pytest.mark.browser
@pytest.mark.parametrize("item", [2, 40, 100])
def test_hovering_shows_the_picture_of_the_item_under_the_mouse(page, data, item):
    shown = hover(page, item)
    assert page.get_attribute("#card img", "src").endswith(data["thumbnail"][shown])
    assert page.inner_text("#card b") == data["title"][shown]
    assert page.evaluate("document.querySelector('#card img').naturalWidth") > 0


@pytest.mark.browser
def test_search_highlights_exactly_the_items_that_hold_every_word(page, data):
    page.fill("#search", "galaxy comet")
    wanted = {i for i, text in enumerate(data["text"]) if "galaxy" in text and "comet" in text}
    assert 0 < len(wanted) < 120
    page.wait_for_function("document.getElementById('map').data[0].selectedpoints")
    marked = page.evaluate(
        "document.getElementById('map')._fullData.flatMap(t => [...t.selectedpoints].map(j => t.customdata[j]))"
    )
    assert set(marked) == wanted
    assert page.inner_text("#found").startswith(f"{len(wanted)} of 120 items")


def hover(page, item: int) -> int:
    """Put the mouse on an item; return the one shown, which may be another that lies on top of it."""
    page.evaluate("window.scrollTo(0, 0)")
    x, y = page.evaluate(
        """item => {
          const map = document.getElementById("map"), layout = map._fullLayout, box = map.getBoundingClientRect();
          const trace = map._fullData.find(t => [...t.customdata].includes(item));
          const j = [...trace.customdata].indexOf(item);
          const left = box.x + layout._size.l, top = box.y + layout._size.t;
          return [left + layout.xaxis.d2p(trace.x[j]), top + layout.yaxis.d2p(trace.y[j])];
        }""",
        item,
    )
    page.mouse.move(x - 40, y - 40)
    page.mouse.move(x, y, steps=4)
    page.wait_for_selector("#card:not([hidden])")
    page.wait_for_timeout(200)
    return int(page.get_attribute("#card", "data-item"))


def test_the_table_tells_the_share_that_a_name_is_true_of(exploration):
    name = exploration.names[0]
    exploration.names[0] = replace(name, score=0.84)
    told = render_report(exploration, title="x")
    exploration.names[0] = name
    assert ">84%</span>" in told
