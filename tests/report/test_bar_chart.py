"""Bars are as high as their counts, and words in the chart are text."""

from __future__ import annotations

from xml.etree import ElementTree

from nova_explore.report.bar_chart import bar_chart


def test_bars_are_as_high_as_their_counts():
    drawing = ElementTree.fromstring(bar_chart([0, 5, 10], across="a < b", upwards="n", mean=1.5, says='"so"'))
    heights = [float(bar.get("height", "nan")) for bar in drawing.iter("rect")]
    assert heights[0] == 0
    assert heights[2] == 2 * heights[1] > 0
    words = [text.text for text in drawing.iter("text")]
    assert "a < b" in words
    assert "mean 1.5" in words
    assert drawing.get("aria-label") == '"so"'


def test_a_chart_of_nothing_is_drawn():
    assert ElementTree.fromstring(bar_chart([0], across="", upwards="")) is not None
