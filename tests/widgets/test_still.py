"""The still picture of a map, for a notebook that is read where no Python runs."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from fakes.stand_in import EVIL, StandIn
from PIL import Image

from nova_explore.exploration.coloring import color_by
from nova_explore.palette import rgb
from nova_explore.widgets import App
from nova_explore.widgets.still import draw_still


@pytest.fixture(scope="module")
def exploration():
    return StandIn()


@pytest.fixture(scope="module")
def still(exploration):
    return draw_still(exploration, color_by(exploration, "cluster").colors)


def test_the_picture_has_the_colours_of_the_clusters(still, exploration):
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(still.png))).convert("RGB")).astype(int)
    for color in color_by(exploration, "cluster").colors[:8]:
        assert (np.abs(pixels - np.array(rgb(color))).max(axis=2) < 12).sum() > 30


def test_names_and_counts_are_said_and_nothing_of_them_can_run(still, exploration):
    for name in exploration.names.values():
        if name.name != EVIL:
            assert f"{name.name} {name.size:,}" in still.html
    assert EVIL not in still.html
    assert "&lt;script&gt;" in still.html
    assert not re.search(r"<(?!/?(figure|img|figcaption|b|br|span)\b)", still.html)
    assert "run the cell" in still.html


def test_an_app_brings_its_still_to_where_no_python_runs(exploration):
    app = App(exploration)
    data, _ = app._repr_mimebundle_()
    assert {"application/vnd.jupyter.widget-view+json", "image/png", "text/html"} <= set(data)
    assert app.still == f"data:image/png;base64,{data['image/png']}"
    assert len(app.still) < 60_000


@pytest.mark.slow
def test_many_items_make_no_large_picture():
    many = StandIn(20_000)
    assert len(draw_still(many, color_by(many, "cluster").colors).png) < 90_000


@pytest.mark.slow
def test_items_everywhere_make_no_large_picture_either():
    strewn = StandIn(30_000)
    draw = np.random.default_rng(0)
    strewn.layout.xy.flags.writeable = True
    strewn.layout.xy[:] = draw.uniform(-1, 1, (len(strewn), 2))
    still = draw_still(strewn, color_by(strewn, "cluster").colors)
    assert len(still.png) < 95_000


@pytest.mark.slow
def test_a_notebook_read_without_python_shows_the_still(exploration):
    from nbconvert import HTMLExporter
    from nbformat import v4

    data, _ = App(exploration)._repr_mimebundle_()
    cell = v4.new_code_cell("app", outputs=[v4.new_output("display_data", data)])
    page, _ = HTMLExporter().from_notebook_node(v4.new_notebook(cells=[cell]))
    assert "A still picture" in page
    assert "data:image/png" in page
