"""The first map by Amazon Nova: in the notebook a person changes one argument, and every cell runs."""

from __future__ import annotations

import nbformat
import pytest
from fakes import ROOT
from nbclient import NotebookClient

from nova_explore.library.store import open_library
from nova_explore.models.nova.model import NovaModel

SECONDS_A_CELL = 300


def changed(notebook: nbformat.NotebookNode, old: str, new: str) -> None:
    """Change one place of one cell."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and old in cell.source]
    assert len(cells) == 1
    assert cells[0].source.count(old) == 1
    cells[0].source = cells[0].source.replace(old, new)


@pytest.mark.slow
def test_one_argument_makes_the_first_map_with_nova(bedrock, mixed_folder, tmp_path, monkeypatch):
    notebook = nbformat.read(ROOT / "notebooks" / "00_first_map.ipynb", as_version=4)
    changed(notebook, "nx.datasets.demo()", repr(str(mixed_folder)))  # a person would name a folder here, too
    changed(notebook, 'to="first_map.nova")', 'to="first_map.nova", model="nova")')
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    NotebookClient(
        notebook,
        timeout=SECONDS_A_CELL,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(tmp_path)}},
    ).execute()
    written = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert any("application/vnd.jupyter.widget-view+json" in output.get("data", {}) for output in written)
    assert not [output for output in written if output.get("name") == "stderr" and "Traceback" in output["text"]]
    assert any("calls, about" in str(output.get("text", "")) for output in written), "the estimate is shown"
    library = open_library(tmp_path / "first_map.nova")
    assert library.embedded(NovaModel().space) == {item.content_key for item in library.collection()}
    assert library.thumbnailed() == {i.content_key for i in library.collection() if i.modality != "text"}
    assert {request["purpose"] for request in bedrock.requests} == {"GENERIC_INDEX", "GENERIC_RETRIEVAL"}
    assert bedrock.summary()["twice"] == 0
    assert (tmp_path / "first_map.html").stat().st_size > 10_000
