"""The map as SVG."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np

from nova_explore.report.map_svg import map_svg, page_svg

SPACE = "{http://www.w3.org/2000/svg}"


def test_every_item_is_a_circle_in_the_group_of_its_cluster_and_names_are_text(exploration):
    drawing = ElementTree.fromstring(map_svg(exploration, 800, 600))
    groups = {title.text: len(g.findall(f"{SPACE}circle"))
              for g in drawing.findall(f"{SPACE}g") if (title := g.find(f"{SPACE}title")) is not None}  # fmt: skip
    assert groups == {exploration.name_of(c): len(exploration.clustering.members(c)) for c in range(-1, 4)}
    names = {exploration.name_of(c) for c in range(exploration.clustering.count)}
    assert {text.text for text in drawing.iter(f"{SPACE}text")} == names


def test_a_drawing_in_a_page_has_a_dot_for_every_item_and_the_rest_in_grey(exploration):
    some = np.arange(10)
    whole, part = (ElementTree.fromstring(page_svg(exploration, p)) for p in (np.arange(len(exploration)), some))
    assert sum((path.get("d") or "").count("h0") for path in whole.iter("path")) == len(exploration)
    paths = list(part.iter("path"))
    assert (paths[0].get("d") or "").count("h0") == len(exploration) - len(some)
    assert sum((path.get("d") or "").count("h0") for path in paths[1:]) == len(some)


def test_a_drawing_in_a_page_carries_no_style_that_its_policy_would_refuse(exploration):
    drawn = page_svg(exploration, np.arange(len(exploration)))
    assert "style" not in drawn
    assert "url(" not in drawn
