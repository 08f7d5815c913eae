"""Figures hold every item once, count what is unclustered, and draw text of the collection as text."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fakes.report_stand_in import hostile_exploration

from nova_explore.errors import UnknownNameError
from nova_explore.report.map_figures import map_figure, sizes_figure, trust_figure


@pytest.fixture(scope="module")
def exploration(tmp_path_factory):
    return hostile_exploration(tmp_path_factory.mktemp("figures"))


@pytest.mark.parametrize("column", ["cluster", "modality", "topic", "preservation", "name"])
def test_every_item_is_drawn_once_at_its_own_place(exploration, column):
    figure: Any = map_figure(exploration, column)
    places = np.concatenate([trace.customdata for trace in figure.data])
    assert sorted(places) == list(range(len(exploration)))
    for trace in figure.data:
        np.testing.assert_array_equal(trace.x, exploration.layout.xy[trace.customdata, 0])
        np.testing.assert_array_equal(trace.y, exploration.layout.xy[trace.customdata, 1])


def test_a_column_of_many_values_does_not_make_a_trace_for_each(exploration):
    figure: Any = map_figure(exploration, "name")
    assert len(figure.data) <= 40


def test_an_unknown_column_is_named_in_the_error(exploration):
    with pytest.raises(UnknownNameError, match=r"topik.*Did you mean 'topic'"):
        map_figure(exploration, "topik")


def test_text_of_the_collection_is_escaped_in_every_figure(exploration):
    for figure in (map_figure(exploration), map_figure(exploration, "topic"), sizes_figure(exploration)):
        drawn = str(figure.to_json())
        for tag in ("<img", "<script", "</script", "<b ", "\\u003cimg", "\\u003cscript"):
            assert tag not in drawn


def test_bars_of_sizes_add_up_to_all_items(exploration):
    figure: Any = sizes_figure(exploration)
    assert sum(sum(bar.x) for bar in figure.data) == len(exploration)


def test_the_trust_figure_counts_every_item_and_says_the_mean(exploration):
    figure: Any = trust_figure(exploration)
    counts = np.array(figure.data[0].y)
    assert counts.sum() == len(exploration)
    mean = (counts * np.arange(len(counts))).sum() / counts.sum()
    assert f" {mean:.1f} are beside it" in figure.layout.title.text
