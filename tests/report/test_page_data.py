"""What the app in a page shows is what the exploration says, also of some of its items."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from fakes.stand_in import StandIn

from nova_explore.exploration.coloring import color_by
from nova_explore.report import page_data as module
from nova_explore.report.cluster_rows import cluster_rows
from nova_explore.report.page_data import page_data, say
from nova_explore.report.page_media import Carried

NONE = Carried({}, {}, ())


@pytest.fixture(scope="module")
def exploration():
    return StandIn()


def data_of(exploration, positions):
    rows = cluster_rows(exploration, positions)
    return page_data(exploration, positions, name="x", headline="h", rows=rows, carried=NONE, inline={})


def array(text: str, form: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), form)


def test_items_lie_where_they_lie_on_the_map(exploration):
    data, _ = data_of(exploration, np.arange(len(exploration)))
    xy = array(data["xy"], "<u2").reshape(-1, 2) / module.COORDINATE
    for axis in (0, 1):
        assert np.corrcoef(xy[:, axis], exploration.layout.xy[:, axis])[0, 1] > 0.99999
    wide = np.ptp(exploration.layout.xy, axis=0)
    assert np.ptp(xy, axis=0) == pytest.approx(wide / wide.max(), abs=1e-4)


def test_every_column_has_the_colour_of_its_items(exploration):
    data, _ = data_of(exploration, np.arange(len(exploration)))
    assert [name for name, _ in data["choices"]] == list(data["colorings"])
    for column, told in data["colorings"].items():
        coloring = color_by(exploration, column)
        np.testing.assert_array_equal(array(told["codes"], "<u1"), coloring.codes)
        assert told["colors"] == list(coloring.colors)


def test_nearest_items_are_those_of_the_space(exploration):
    data, _ = data_of(exploration, np.arange(len(exploration)))
    near = array(data["nearest"], "<u4").reshape(len(exploration), -1)
    np.testing.assert_array_equal(near, exploration.neighbors.indices[:, : module.NEAREST])
    scores = array(data["scores"], "<u1").reshape(near.shape) / 100
    assert np.abs(scores - exploration.neighbors.similarities[:, : module.NEAREST].clip(0)).max() <= 0.0051


def test_of_some_items_counts_names_and_neighbours_are_of_these(exploration):
    positions = np.flatnonzero(exploration.clustering.labels == 2)[:6]
    data, _ = data_of(exploration, positions)
    (name,) = data["colorings"]["cluster"]["names"]
    assert (name["text"], name["size"]) == (exploration.name_of(2), 6)
    assert set(name["members"]) <= set(range(6))
    near = array(data["nearest"], "<u4")
    assert set(near[near != module.NOWHERE].tolist()) <= set(range(6))
    assert [entry["count"] for entry in data["colorings"]["cluster"]["entries"]] == [6]


def test_the_details_of_an_item_are_its_own(exploration):
    data, _ = data_of(exploration, np.arange(len(exploration)))
    details = dict(data["details"])
    for place, item in enumerate(exploration.collection):
        assert details["caption"][place] == str(item.metadata["caption"])
        assert details["name"][place] == item.name
        year = item.metadata["year"]
        assert details["year"][place] == (None if year is None else str(year))


def test_what_is_too_large_is_cut_alike_and_said(exploration, monkeypatch):
    monkeypatch.setattr(module, "TEXT_LETTERS", 5_000)
    monkeypatch.setattr(module, "DETAIL_LETTERS", 6_000)
    monkeypatch.setattr(module, "COLORING_BYTES", 2 * len(exploration))
    data, left_out = data_of(exploration, np.arange(len(exploration)))
    assert 4_000 < sum(map(len, data["texts"])) <= 5_000
    assert any("texts are cut after" in sentence for sentence in left_out)
    assert any("Left out of the details" in sentence for sentence in left_out)
    assert any("Not offered as colours" in sentence for sentence in left_out)
    assert len(data["colorings"]) == 2


@pytest.mark.parametrize(
    ("value", "column", "told"),
    [(None, "", None), (float("nan"), "", None), ("", "", None), (0.731, "preservation", "73%"), (2.50, "", "2.5"),
     (("a", "b"), "tags", "a; b"), (np.int64(3), "", "3"), (True, "", "True"), ("x" * 400, "", "x" * 299 + "…")],
)  # fmt: skip
def test_values_are_written_for_a_person(value, column, told):
    assert say(value, column) == told
