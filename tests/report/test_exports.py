"""What leaves as files: by the suffix, with the labels that people gave."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pandas as pd
import pytest
from fakes.hostile import HOSTILE
from fakes.report_stand_in import data_in
from fakes.toy_library import copy_of

from nova_explore.errors import SourceError, UnknownNameError
from nova_explore.exploration.stored_maps import open_map
from nova_explore.report.exports import export

pytestmark = pytest.mark.slow


@pytest.fixture
def own(mapped_toy_160, tmp_path):
    return open_map(copy_of(mapped_toy_160, tmp_path / "own.nova"))


def test_labels_a_selection_or_everything_are_written_as_tables(own, tmp_path):
    own.labels.rename(0, "=birds")
    own.labels.tag(own.collection.ids[100], "check")
    labelled = own.labels.ids_of("=birds")
    rows = pd.read_csv(export(own, tmp_path / "new" / "a.csv", what="labels"), index_col="id")
    assert {*rows.index} == {*labelled, own.collection.ids[100]}
    assert rows.loc[labelled[0], "label"] == "'=birds"
    own.select(labelled[:3])
    told = json.loads(export(own, tmp_path / "a.json", what="selection").read_text("utf-8"))
    assert [row["id"] for row in told] == list(labelled[:3])
    assert len(pd.read_parquet(export(own, tmp_path / "a.parquet"))) == 160


def test_the_map_is_a_picture_a_drawing_or_a_page_with_the_labels(own, tmp_path):
    hostile = "<script>alert(1)</script> & more"
    own.labels.rename(0, hostile)
    assert export(own, tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    drawing = ElementTree.fromstring(export(own, tmp_path / "a.svg").read_text("utf-8"))
    assert len(drawing.findall(".//{http://www.w3.org/2000/svg}circle")) == 160
    assert hostile in [title.text for title in drawing.iter("{http://www.w3.org/2000/svg}title")]
    page = export(own, tmp_path / "a.html").read_text("utf-8")
    assert "<script>alert(1)" not in page
    assert len(data_in(page)["ids"]) == 160


def test_a_page_of_a_selection_or_of_what_is_labelled_has_these_items_alone(own, tmp_path):
    chosen = own.collection.ids[5:12]
    own.select(chosen)
    assert data_in(export(own, tmp_path / "a.html", what="selection").read_text("utf-8"))["ids"] == list(chosen)
    own.labels.tag(own.collection.ids[100], "check")
    assert data_in(export(own, tmp_path / "b.html", what="labels").read_text("utf-8"))["ids"] == [
        own.collection.ids[100]
    ]
    own.select([])
    with pytest.raises(SourceError, match="nothing to write"):
        export(own, tmp_path / "c.html", what="selection")


@pytest.mark.parametrize("name", HOSTILE[:24])
def test_a_hostile_label_is_a_drawing_that_is_well_formed(own, tmp_path, name):
    try:
        own.labels.rename(0, name)
    except ValueError:  # nothing of it is left
        return
    drawing = ElementTree.fromstring(export(own, tmp_path / "a.svg").read_text("utf-8"))
    assert not list(drawing.iter("{http://www.w3.org/2000/svg}script"))


def test_an_unknown_suffix_nothing_to_write_and_unknown_items_are_refused(own, tmp_path):
    with pytest.raises(SourceError, match="no form of export"):
        export(own, tmp_path / "a.docx")
    with pytest.raises(SourceError, match="nothing to write"):
        export(own, tmp_path / "a.csv", what="labels")
    with pytest.raises(SourceError, match="No sidecar was written"):
        export(own, tmp_path / "a.xmp")
    with pytest.raises(UnknownNameError):
        export(own, tmp_path / "a.csv", what=["no id"])
    with pytest.raises(ValueError, match="not known"):
        export(own, tmp_path / "a.csv", what="some")
