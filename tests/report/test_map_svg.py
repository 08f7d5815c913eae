"""The map as SVG."""

from __future__ import annotations

from xml.etree import ElementTree

from nova_explore.report.map_svg import map_svg


def test_every_item_is_a_circle_in_the_group_of_its_cluster_and_names_are_text(exploration):
    drawing = ElementTree.fromstring(map_svg(exploration, 800, 600))
    space = "{http://www.w3.org/2000/svg}"
    groups = {g.findtext(f"{space}title"): len(g.findall(f"{space}circle")) for g in drawing.findall(f"{space}g")}
    assert groups == {exploration.name_of(c): len(exploration.clustering.members(c)) for c in range(-1, 4)}
    assert {text.text for text in drawing.findall(f"{space}text")} <= {exploration.name_of(c) for c in range(4)}
