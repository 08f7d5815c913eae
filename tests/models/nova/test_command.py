"""The command line shows what a run costs, asks before money is spent, and keeps a budget."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from nova_explore.cli.commands import app
from nova_explore.library.store import open_library


@pytest.fixture
def texts(tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    for place in range(6):
        (folder / f"{place}.txt").write_text(f"Text number {place} about an owl on a mast.")
    return folder


def run(*words: object):
    return CliRunner().invoke(app, ["embed", *map(str, words)], input="n\n")


def test_nothing_is_sent_without_a_yes(bedrock, texts, tmp_path):
    found = run(texts, "--to", tmp_path / "a.nova", "--model", "nova")
    assert found.exit_code == 1
    assert "6 calls, about $" in found.output
    assert bedrock.summary()["requests"] == 0


def test_dimension_and_purpose_make_the_space_and_every_item_gets_its_vector(bedrock, texts, tmp_path):
    options = ("--model", "nova", "--dimension", 256, "--purpose", "clustering", "--budget", 1, "--yes")
    found = run(texts, "--to", tmp_path / "a.nova", *options)
    assert found.exit_code == 0, found.output
    assert list(open_library(tmp_path / "a.nova").spaces()) == ["nova:256:clustering"]
    assert bedrock.summary()["good"] == 6


def test_options_of_nova_are_refused_for_another_model(bedrock, texts, tmp_path):
    found = run(texts, "--to", tmp_path / "a.nova", "--dimension", 256)
    assert found.exit_code != 0
    assert "--dimension" in str(found.exception)
