"""Names stand beside their clusters and beside each other, whatever the zoom and the room, and while the map moves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from fakes.bare_page import BarePage
from fakes.names_measure import look_at_names, watch_names, watched_names
from fakes.stand_in import StandIn

from nova_explore.widgets import App

pytestmark = pytest.mark.browser

MOST_PIXELS = 8
SIZES = [(700, 700), (1100, 800), (1900, 1000)]
ZOOMS = (1.0, 1.5, 2.0, 1.6, 2.0)
"""Each times the last: 1, 1.5, 3, 4.8 and 9.6 times the whole map."""


@pytest.fixture
def page(browser, request) -> Iterator[BarePage]:
    width, height = getattr(request, "param", SIZES[1])
    page = BarePage(browser, App(StandIn()), viewport={"width": width, "height": height})
    page.app.wait()
    page.app.settle()
    yield page
    assert page.errors == []
    page.close()


@pytest.mark.parametrize("page", SIZES, indirect=True, ids=lambda size: f"{size[0]} px")
def test_names_never_overlap_and_are_beside_their_clusters_at_every_zoom(page):
    shown = []
    for factor in ZOOMS:
        page.app.root.locator(".nx-stage").evaluate("(stage, factor) => stage.map.zoom(factor)", factor)
        page.app.settle()
        names = look_at_names(page.app.root)
        assert names.overlaps == 0, f"{names} at {factor}"
        assert names.far <= MOST_PIXELS, f"{names} at {factor}"
        shown.append(names.names)
    assert shown[0] >= 8


def test_names_stay_beside_their_clusters_in_every_picture_while_the_map_moves(page):
    watch_names(page.app.root)
    draw = np.random.default_rng(0)
    # Three times, and on a machine that draws few pictures a second as often as five of them need.
    for moved in range(20):
        xy = page.python.exploration.layout.xy
        page.python.map.move(
            (xy @ np.array([[0.6, 0.8], [-0.8, 0.6]]) + draw.normal(0, 0.3, xy.shape)).astype(np.float32)
        )
        page.tell()
        page.page.wait_for_timeout(350)
        if moved >= 2 and page.page.evaluate("() => window.framesOfNames.filter(({ moves }) => moves).length") >= 5:
            break
    page.app.settle()
    frames = watched_names(page.app.root)
    assert len(frames) >= 5
    assert max(frame.far for frame in frames) <= MOST_PIXELS
    assert max(frame.overlaps for frame in frames) == 0
    assert max(frame.names for frame in frames) >= 5


POINT = """async () => {
  const stage = document.querySelector(".nx-stage"), box = stage.getBoundingClientRect(), { map } = stage;
  const point = (x, y) => stage.dispatchEvent(
    new PointerEvent("pointermove", { clientX: box.x + x, clientY: box.y + y, bubbles: true }));
  while (!map.moves) await new Promise(requestAnimationFrame);
  const moving = map.itemAt(...map.spot(7));
  const end = map.camera.spot(map.places[22], map.places[23]);
  point(...end);
  while (map.moves) await new Promise(requestAnimationFrame);
  const under = map.itemAt(...end);
  await new Promise((done) => setTimeout(done, 600));
  return { moving, under, over: document.querySelector(".nx-card")?.dataset.id };
}"""


def test_a_pointer_finds_items_where_they_are_while_they_move_and_after(page):
    xy = page.python.exploration.layout.xy
    page.python.map.move((xy[::-1] * np.array([1, -1])).astype(np.float32))
    page.tell()
    found = page.page.evaluate(POINT)
    assert found["moving"] == 7
    assert found["over"] == page.python.exploration.collection.ids[found["under"]]
