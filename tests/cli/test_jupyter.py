"""Notebooks on a library are written once, moved together with it, run, and opened in one JupyterLab a folder."""

from __future__ import annotations

import contextlib
import os
import sys
import urllib.request
from pathlib import Path

import nbformat
import pytest
from nbformat.sign import NotebookNotary, SQLiteSignatureStore

from nova_explore.cli import jupyter
from nova_explore.cli.jupyter import NEWEST, can_show_browser, run_notebook, start_jupyterlab, write_notebook
from nova_explore.errors import NovaExploreError


def code_of(path) -> str:
    return "\n".join(cell["source"] for cell in nbformat.read(path, 4)["cells"] if cell["cell_type"] == "code")


def test_a_notebook_that_is_there_is_left_as_it_is(tmp_path):
    (tmp_path / "mine.ipynb").write_text("my own work")
    write_notebook(tmp_path / "x.nova", tmp_path / "mine.ipynb")
    assert (tmp_path / "mine.ipynb").read_text() == "my own work"


@pytest.mark.browser
def test_jupyterlab_starts_once_a_folder_and_shows_the_notebook(tmp_path):
    notebook = write_notebook(tmp_path / "x.nova", tmp_path / "my notebook.ipynb")
    process, url = start_jupyterlab(notebook)
    assert process is not None
    try:
        assert "my%20notebook.ipynb?token=" in url
        with urllib.request.urlopen(url, timeout=20) as page:
            assert page.status == 200
        assert start_jupyterlab(notebook) == (None, url)
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.mark.parametrize(
    ("key", "opened"),
    [
        (None, "nx.explore('../x.nova', progress=False)"),
        (NEWEST, "nx.open_map('../x.nova')"),
        ("0123abcd", "nx.open_map('../x.nova', '0123abcd')"),
    ],
)
def test_a_notebook_finds_its_library_from_its_own_place(tmp_path, key, opened):
    (tmp_path / "deep").mkdir()
    path = write_notebook(tmp_path / "x.nova", tmp_path / "deep" / "a.ipynb", key=key)
    assert f"exploration = {opened}" in code_of(path)
    assert nbformat.read(path, 4)["cells"][0]["source"].startswith("# x\n")
    nbformat.validate(nbformat.read(path, 4))


def test_two_notebooks_of_one_library_are_the_same_bytes(tmp_path):
    one, other = (write_notebook(tmp_path / "x.nova", tmp_path / name) for name in ("a.ipynb", "b.ipynb"))
    assert one.read_bytes() == other.read_bytes()


def test_a_notebook_is_signed_and_the_signatures_are_closed(tmp_path, monkeypatch):
    """Python 3.13 warns of a database that is forgotten while it is open."""
    closed = []
    real = SQLiteSignatureStore.close
    monkeypatch.setattr(SQLiteSignatureStore, "close", lambda store: (closed.append(store), real(store)))
    path = write_notebook(tmp_path / "x.nova", tmp_path / "a.ipynb")
    assert len(closed) == 1
    notary = NotebookNotary()
    with contextlib.closing(notary.store):
        assert notary.check_signature(nbformat.read(path, 4))


def notebook_of(path: Path, *cells: str) -> Path:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    code = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=code, metadata={"kernelspec": kernel}), path)
    return path


@pytest.mark.slow
def test_a_notebook_is_run_in_its_own_folder_and_keeps_its_results(tmp_path):
    path = notebook_of(tmp_path / "a.ipynb", "import os; os.getcwd()")
    run_notebook(path)
    [output] = nbformat.read(path, 4)["cells"][0]["outputs"]
    assert output["data"]["text/plain"] == repr(str(tmp_path))


@pytest.mark.slow
def test_a_cell_that_fails_is_named_with_its_error_and_the_notebook_stays(tmp_path):
    path = notebook_of(tmp_path / "a.ipynb", "1", "raise ValueError('no owls')")
    before = path.read_bytes()
    with pytest.raises(NovaExploreError, match=r"a\.ipynb failed with ValueError: no owls\. Run it cell by cell"):
        run_notebook(path)
    assert path.read_bytes() == before


def test_a_jupyterlab_that_ends_at_once_is_reported_with_the_end_of_its_log(tmp_path, monkeypatch):
    shell = tmp_path / "python"
    shell.write_text("#!/bin/sh\necho port is taken >&2\nexit 1\n")
    shell.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(shell))
    monkeypatch.setattr(jupyter, "_running", lambda folder: None)
    with pytest.raises(NovaExploreError, match=r"did not start within 60 s\. Its log, .*, ends with: port is taken"):
        start_jupyterlab(tmp_path / "a.ipynb")


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="these always have a display")
def test_a_browser_needs_a_display(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not can_show_browser()
    monkeypatch.setitem(os.environ, "WAYLAND_DISPLAY", "wayland-0")
    assert can_show_browser()
