"""Other hosts of widgets than JupyterLab: a page of each in which an app is shown."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fakes import ROOT, TESTS
from fakes.jupyter_page import START_S, WAIT_MS, Lab


@contextmanager
def page_of_notebook_7(lab: Lab, browser: Any, cell: str) -> Iterator[Any]:
    """Run a cell in Notebook 7, which the same server serves."""
    lab.write("notebook7", [cell])
    with _page(browser, f"http://127.0.0.1:{lab.port}/notebooks/notebook7.ipynb?token={lab.token}") as page:
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        # Cells that are run before the kernel is there wait for an answer to "Select Kernel".
        page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(state="attached")
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        yield page


@contextmanager
def page_of_voila(lab: Lab, browser: Any, cell: str) -> Iterator[Any]:
    """Show a cell's output with Voila, which the same server serves."""
    lab.write("voila", [cell])
    with _page(browser, f"http://127.0.0.1:{lab.port}/voila/render/voila.ipynb?token={lab.token}") as page:
        yield page


@contextmanager
def page_of_marimo(folder: Path, browser: Any, cell: str) -> Iterator[Any]:
    """Run a cell in a marimo app."""
    *before, last = cell.strip().splitlines()
    body = "\n".join(f"    {line}" for line in before)
    source = folder / "marimo_app.py"
    source.write_text(
        f"import marimo\napp = marimo.App(width='full')\n\n@app.cell\ndef _():\n"
        f"    import marimo as mo\n{body}\n    mo.ui.anywidget({last})\n    return\n"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(TESTS)]), "XDG_CONFIG_HOME": str(folder / "config")}
    with (folder / "marimo.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "marimo", "-q", "run", str(source), "--headless", "--no-token", f"--port={port}"],
            env=os.environ | own, stdout=log, stderr=log, cwd=folder,
        )  # fmt: skip
        try:
            _wait_for(f"http://127.0.0.1:{port}/health")
            with _page(browser, f"http://127.0.0.1:{port}/") as page:
                yield page
        finally:
            server.terminate()
            server.wait(15)


@contextmanager
def _page(browser: Any, address: str) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1300, "height": 950})
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.goto(address)
    try:
        yield page
    finally:
        context.close()


def _wait_for(address: str) -> None:
    until = time.monotonic() + START_S
    while True:
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.3)
