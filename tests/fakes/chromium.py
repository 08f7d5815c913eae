"""The Chromium that the browser tests drive: where it is and how it is started."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = os.environ.get("NOVA_EXPLORE_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = (
    "--headless=new", "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
    "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--autoplay-policy=no-user-gesture-required",
    # A graphics card in software draws the map. What stands around it is drawn without: with it, pages cost half
    # as much again (75 and 50 s of processor for ten tests), and Debian's Chromium insists on it.
    "--disable-gpu-rasterization", "--disable-gpu-compositing",
)  # fmt: skip


SLOW = float(os.environ.get("NOVA_EXPLORE_SLOW", "1"))
"""How many times slower pages run than they could: whether each test waits for what it looks at is seen with 4."""


@contextmanager
def started_chromium() -> Iterator[Any]:
    """Start Chromium with WebGL in software, and close it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=list(FLAGS), ignore_default_args=["--disable-gpu"]
        )
        if SLOW > 1:
            _slow_down(chromium)
        yield chromium
        chromium.close()


def _slow_down(chromium: Any) -> None:
    """Let the pages of all contexts to come have only a part of the processor's time."""
    new_context = chromium.new_context

    def slow_context(**options: Any) -> Any:
        context = new_context(**options)
        new_page = context.new_page

        def slow_page() -> Any:
            page = new_page()
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOW})
            return page

        context.new_page = slow_page
        return context

    chromium.new_context = slow_context
