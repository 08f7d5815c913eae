"""The command that writes labels, items and the map to files."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from fakes.toy_library import copy_of
from typer.testing import CliRunner

from nova_explore.cli.commands import app
from nova_explore.exploration.stored_maps import open_map


def _run(*words):
    return CliRunner().invoke(app, ["export", *map(str, words)])


@pytest.mark.slow
def test_labels_and_chosen_items_are_written_by_the_suffix(mapped_toy_160, tmp_path):
    library = copy_of(mapped_toy_160, tmp_path / "own.nova")
    labels = open_map(library).labels
    labels.rename(0, "birds")
    done = _run(library.path, "--to", tmp_path / "a.csv", "--what", "labels")
    assert done.exit_code == 0, done.output
    assert pd.read_csv(tmp_path / "a.csv")["label"].tolist() == ["birds"] * 40
    (tmp_path / "ids").write_text("\n".join(labels.ids_of("birds")[:2]))
    done = _run(library.path, "--to", tmp_path / "b.json", "--what", "selection", "--ids", tmp_path / "ids")
    assert done.exit_code == 0, done.output
    assert len(pd.read_json(tmp_path / "b.json")) == 2


def test_the_selection_of_a_view_that_the_app_saved_is_written(mapped_toy_160, tmp_path):
    ids = open_map(mapped_toy_160).collection.ids[:3]
    (tmp_path / "view.json").write_text(json.dumps({"version": 1, "selection": ids}))
    done = _run(
        mapped_toy_160.path, "--to", tmp_path / "c.json", "--what", "selection", "--view", tmp_path / "view.json"
    )
    assert done.exit_code == 0, done.output
    assert [row["id"] for row in json.loads((tmp_path / "c.json").read_text())] == list(ids)
    (tmp_path / "view.json").write_text("[]")
    done = _run(
        mapped_toy_160.path, "--to", tmp_path / "c.json", "--what", "selection", "--view", tmp_path / "view.json"
    )
    assert done.exit_code == 2


def test_a_selection_without_ids_and_an_unknown_part_are_refused(mapped_toy_160, tmp_path):
    assert "needs --ids" in _run(mapped_toy_160.path, "--to", tmp_path / "a.csv", "--what", "selection").output
    assert _run(mapped_toy_160.path, "--to", tmp_path / "a.csv", "--what", "some").exit_code == 2
