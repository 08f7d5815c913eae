"""Media as a folder with a manifest."""

from __future__ import annotations

import pandas as pd
import pytest
from fakes.hostile import WHOLE

from nova_explore.errors import SourceError
from nova_explore.report.media_folder import write_folder


def _frame(tmp_path, labels):
    (tmp_path / "in").mkdir()
    uris = []
    for number in range(len(labels)):
        (tmp_path / "in" / str(number)).mkdir()
        path = tmp_path / "in" / str(number) / "same.txt"
        path.write_text(str(number))
        uris.append(str(path))
    return pd.DataFrame({"uri": uris, "label": labels}, pd.Index([f"id{n}" for n in range(len(labels))], name="id"))


@pytest.mark.parametrize("links", [False, True])
def test_every_item_finds_its_own_medium_and_no_label_leads_out_of_the_folder(tmp_path, links):
    frame = _frame(tmp_path, [*WHOLE, None])
    manifest = pd.read_csv(write_folder(frame, tmp_path / "out", links=links), index_col="id")
    for number, file in enumerate(manifest["file"].str.removeprefix("'")):
        path = tmp_path / "out" / file
        assert path.read_text() == str(number)
        assert path.absolute().is_relative_to(tmp_path / "out")
        assert ".." not in path.parts
        assert path.is_symlink() == links
    assert manifest["file"].iloc[-1] == "without a label/same.txt"


def test_what_is_there_is_not_written_over_and_what_has_no_file_is_in_the_manifest_all_the_same(tmp_path):
    frame = pd.DataFrame({"uri": ["/no/where", "/a.csv#row=1"], "label": ["a", None]}, pd.Index(["x", "y"], name="id"))
    manifest = pd.read_csv(write_folder(frame, tmp_path / "out"), index_col="id")
    assert manifest["file"].isna().to_numpy().all()
    with pytest.raises(SourceError, match="holds something already"):
        write_folder(frame, tmp_path / "out")
