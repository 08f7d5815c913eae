"""Every notebook runs from a fresh kernel, and none is stored with its outputs."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from fakes import ROOT, TESTS
from fakes.embedded_once import ipython_folder

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SECONDS_A_CELL = 600


def cells_of(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_no_outputs_are_stored(path):
    code = [cell for cell in cells_of(path) if cell["cell_type"] == "code"]
    stored = [place for place, cell in enumerate(code) if cell["outputs"] or cell["execution_count"] is not None]
    assert not stored, f"{path.name}: clear the outputs of code cells {stored} before committing"
    assert "widgets" not in json.loads(path.read_text(encoding="utf-8"))["metadata"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_every_code_cell_is_explained(path):
    """It opens with words, and no more than three code cells follow each other."""
    kinds = "".join("c" if cell["cell_type"] == "code" else "m" for cell in cells_of(path))
    assert kinds.startswith("m")
    assert "cccc" not in kinds


@pytest.fixture(scope="module")
def ipython(tmp_path_factory):
    """Kernels that embed each item once among them: the first embeds the demo, whose media the others take from."""
    return ipython_folder(tmp_path_factory.mktemp("shared"))


@pytest.mark.demo
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_the_notebook_runs(path, tmp_path, demo_media, ipython, monkeypatch):
    import nbformat
    from nbclient import NotebookClient

    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(TESTS)]))
    monkeypatch.setenv("IPYTHONDIR", str(ipython))
    copy = Path(shutil.copy(path, tmp_path))
    notebook = nbformat.read(copy, as_version=4)
    where = {"metadata": {"path": str(tmp_path)}}
    quiet = ["--log-level=ERROR"]
    NotebookClient(
        notebook, timeout=SECONDS_A_CELL, kernel_name="python3", extra_arguments=quiet, resources=where
    ).execute()
    written = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert any("application/vnd.jupyter.widget-view+json" in output.get("data", {}) for output in written)
    assert not [output for output in written if output.get("name") == "stderr" and "Traceback" in output["text"]]
