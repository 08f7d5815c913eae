"""One JupyterLab for all tests in notebooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from fakes.jupyter_page import WAIT_MS, Lab, Notebook
from playwright.sync_api import expect

expect.set_options(timeout=WAIT_MS)


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Start one JupyterLab for all tests."""
    server = Lab(tmp_path_factory.mktemp("lab"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def open_notebook(lab: Lab, browser: Any) -> Iterator[Callable[..., Notebook]]:
    """Open a notebook of given cells, run it, and close it in the end."""
    opened: list[Notebook] = []

    def open_one(name: str, cells: Sequence[str], **options: Any) -> Notebook:
        opened.append(Notebook(lab, browser, name, cells, **options))
        return opened[-1]

    yield open_one
    for notebook in opened:
        notebook.close()
