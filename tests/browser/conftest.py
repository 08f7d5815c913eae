"""One JupyterLab and one Chromium for all browser tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from jupyter_page import CHROMIUM, FLAGS, Lab, Notebook


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Start one JupyterLab for all tests."""
    server = Lab(tmp_path_factory.mktemp("lab"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start one Chromium for all tests."""
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}; set NOVA_EXPLORE_CHROMIUM to one")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=list(FLAGS), ignore_default_args=["--disable-gpu"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def open_notebook(lab: Lab, browser: Any) -> Iterator[Callable[..., Notebook]]:
    """Open a notebook of given cells, run it, and close it in the end."""
    opened: list[Notebook] = []

    def open_one(name: str, cells: Sequence[str], **options: Any) -> Notebook:
        opened.append(Notebook(lab, browser, name, cells, **options))
        return opened[-1]

    yield open_one
    for notebook in opened:
        notebook.close()
