"""A real JupyterLab, a real Chromium, and hands to work an app with."""

from __future__ import annotations

import contextlib
import io
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from PIL import Image

from fakes import ROOT, TESTS

WAIT_MS = 60_000
START_S = 90
WHOLE_CHAIN_MS = 120_000
"""For notebooks that embed and explore before they show: what is compiled for that may take long on a busy machine."""

SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
}


ITEMS_ALONE = (
    ".nx-overlay, .nx-contours, .nx-tools, .nx-says, .nx-card { visibility: hidden !important }"
    ".nx-overlay * { visibility: hidden !important }"
)


class Lab:
    """A JupyterLab server on localhost, with notebooks written by the tests."""

    def __init__(self, root: Path) -> None:
        self.root = root / "notebooks"
        self.root.mkdir()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.token = secrets.token_hex(16)
        settings = root / "settings"
        for plugin, values in SETTINGS.items():
            file = settings / f"{plugin}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values))
        own = {
            "JUPYTER_CONFIG_DIR": str(root / "config"),
            "JUPYTER_DATA_DIR": str(root / "data"),
            "JUPYTER_RUNTIME_DIR": str(root / "runtime"),
            "JUPYTERLAB_SETTINGS_DIR": str(settings),
            "JUPYTERLAB_WORKSPACES_DIR": str(root / "workspaces"),
            "IPYTHONDIR": str(root / "ipython"),
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(TESTS)]),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        }
        self.log = (root / "server.log").open("wb")
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1",
                f"--port={self.port}", f"--IdentityProvider.token={self.token}", f"--ServerApp.root_dir={self.root}",
                "--LabApp.expose_app_in_browser=True", "--LanguageServerManager.autodetect=False",
            ],
            env=os.environ | own, stdout=self.log, stderr=self.log,
        )  # fmt: skip
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/status?token={self.token}", timeout=2).close()
                return
            except OSError:
                time.sleep(0.2)
        self.stop()
        raise TimeoutError(f"JupyterLab did not start; see {self.log.name}")

    def write(self, name: str, cells: Sequence[str]) -> str:
        """Write a notebook of code cells and return its address."""
        from nbformat import v4

        notebook = v4.new_notebook(
            cells=[v4.new_code_cell(cell) for cell in cells],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        )
        (self.root / f"{name}.ipynb").write_text(json.dumps(notebook))
        return f"http://127.0.0.1:{self.port}/lab/tree/{name}.ipynb?token={self.token}&reset"

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


class AppInPage:
    """One app of a notebook page: where its points are, and what a person does with them."""

    def __init__(self, page: Any, number: int = 0) -> None:
        self.page = page
        self.root = page.locator(".nx").nth(number)

    def wait(self, timeout: float = WAIT_MS) -> AppInPage:
        """Wait until the map is drawn, for so many milliseconds."""
        self.root.locator(".nx-stage[data-drawn=true]").wait_for(timeout=timeout)
        return self

    def settle(self) -> None:
        """Wait until the page has stopped moving: what fills above an app pushes it down."""
        place, until = self.spot(0), time.monotonic() + WAIT_MS / 1000
        while time.monotonic() < until:
            self.page.wait_for_timeout(100)
            before, place = place, self.spot(0)
            if place == before and not self.root.locator(".nx-stage").evaluate("stage => stage.map.moves"):
                break
        # What stands over the items is placed with the next picture.
        self.root.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def spot(self, position: int) -> tuple[float, float]:
        """Where an item is drawn, in pixels of the page."""
        x, y = self.root.locator(".nx-stage").evaluate(
            """(stage, i) => {
                const [x, y] = stage.map.spot(i);
                const box = stage.getBoundingClientRect();
                return [box.x + x, box.y + y];
            }""",
            position,
        )
        return x, y

    def map_pixels(self) -> np.ndarray:
        """The items as they are drawn, without what stands over them, (height, width, 3) uint8."""
        shot = self.root.locator(".nx-stage").screenshot(style=ITEMS_ALONE)
        return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"))

    def still_pixels(self) -> np.ndarray:
        """The items as they are drawn once nothing on the map changes any more, as `map_pixels`."""
        self.settle()
        pixels, until = self.map_pixels(), time.monotonic() + WAIT_MS / 1000
        while time.monotonic() < until:
            before, pixels = pixels, self.map_pixels()
            if np.array_equal(before, pixels):
                break
        return pixels

    def hover(self, position: int, id: str = "") -> Any:
        """Point at an item and return the card: its own, where its id is told, else the one that is shown."""
        from playwright.sync_api import TimeoutError as NotYet

        card = self.root.locator(f".nx-card[data-id='{id}']" if id else ".nx-card")
        for attempt in range(6):
            self.settle()
            x, y = self.spot(position)
            self.page.mouse.move(x + 30, y + 30)
            self.page.mouse.move(x, y, steps=4)
            # A map that is moved once it had settled: the pointer goes after the item, as a person's does.
            with contextlib.suppress(NotYet) if attempt < 5 else contextlib.nullcontext():
                card.wait_for(state="visible", timeout=WAIT_MS / 6)
                break
        return card

    def click(self, position: int) -> None:
        """Click an item on the map."""
        self.settle()
        x, y = self.spot(position)
        self.page.mouse.move(x, y, steps=3)
        self.page.mouse.click(x, y)

    def lasso(self, corners: Sequence[tuple[float, float]]) -> None:
        """Draw a closed line through places on the page."""
        self.root.locator("[data-tool=lasso]").click()
        around = [*corners, corners[0]]
        self.page.mouse.move(*around[0])
        self.page.mouse.down()
        for x, y in around[1:]:
            self.page.mouse.move(x, y, steps=4)
        self.page.mouse.up()

    def turn_to(self, lens: str) -> None:
        """Show one of the lenses, or one of the boards that share a tab."""
        tab = self.root.locator(f".nx-tab[data-tab={lens}]")
        if not tab.count():
            self.root.locator(".nx-tab[data-tab=boards]").click()
        tab.click()
        self.root.locator(f".nx-board[data-lens={lens}]").wait_for()

    def tiles(self, count: int) -> list[str]:
        """Ids of the first items of the slice, in their order; the grid is scrolled, as it draws what is in view."""
        self.turn_to("items")
        scroll, found = self.root.locator(".nx-scroll"), {}
        until = time.monotonic() + WAIT_MS / 1000
        while len(found) < count and time.monotonic() < until:
            cells = self.root.locator(".nx-cell:has([data-id])").evaluate_all(
                "cells => cells.map((cell) => [Number(cell.dataset.row), cell.querySelector('.nx-tile').dataset.id])"
            )
            before = len(found)
            found |= dict(cells)
            if len(found) == before:
                scroll.evaluate(
                    "el => { el.scrollTop = (el.scrollTop + 150) % (el.scrollHeight - el.clientHeight + 1); }"
                )
            self.page.wait_for_timeout(60)
        scroll.evaluate("el => { el.scrollTop = 0; }")
        return [found[row] for row in sorted(found)][:count]

    def tiles_drawn(self) -> None:
        """Wait until every tile in view is there: one that is drawn anew does not keep the focus."""
        self.root.locator(".nx-empty").first.wait_for(state="detached")
        self.root.locator("button.nx-tile").first.wait_for()

    def search(self, words: str) -> None:
        """Type words and press Enter."""
        box = self.root.locator(".nx-query")
        box.fill(words)
        box.press("Enter")


class Notebook:
    """A notebook page in Chromium."""

    def __init__(self, lab: Lab, browser: Any, name: str, cells: Sequence[str], **options: Any) -> None:
        script, run_all = options.pop("before", None), options.pop("run_all", True)
        self.context = browser.new_context(**({"viewport": {"width": 1400, "height": 900}} | options))
        self.page = self.context.new_page()
        self.page.set_default_timeout(WAIT_MS)
        if script:
            self.page.add_init_script(script)
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(lab.write(name, cells))
        self.page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel")
        # The server keeps a theme that another test has chosen.
        self.turn_to_theme("Light")
        self.run("application:toggle-left-area")
        if run_all:
            self.run("notebook:run-all-cells")

    def run(self, command: str, **arguments: Any) -> None:
        """Run a command of JupyterLab."""
        self.page.evaluate("([c, a]) => { window.jupyterapp.commands.execute(c, a); }", [command, arguments])

    def turn_to_theme(self, name: str) -> None:
        """Show JupyterLab in its light or its dark theme."""
        self.run("apputils:change-theme", theme=f"JupyterLab {name}")
        self.page.locator(f"body[data-jp-theme-light={str(name == 'Light').lower()}]").wait_for(state="attached")

    def python(self, code: str) -> None:
        """Run code in the kernel; an error of it is one here."""
        self.page.evaluate(
            """async (code) => {
                const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
                const { content } = await kernel.requestExecute({ code }).done;
                if (content.status !== "ok") throw new Error(content.evalue);
            }""",
            code,
        )

    def holds(self, condition: str) -> bool:
        """Whether a condition is true in the kernel; one that cannot be evaluated is an error here."""
        return self.page.evaluate(
            """async (code) => {
                const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
                const { content } = await kernel.requestExecute({ code: "", user_expressions: { code } }).done;
                const { status, data, evalue } = content.user_expressions.code;
                if (status !== "ok") throw new Error(evalue);
                return data["text/plain"] === "True";
            }""",
            f"bool({condition})",
        )

    def app(self, number: int = 0) -> AppInPage:
        """One of the apps, once its map is drawn."""
        return AppInPage(self.page, number).wait()

    def foreign_requests(self) -> list[str]:
        """Addresses asked for that are not on this machine."""
        here = {"127.0.0.1", "localhost"}
        return [
            url
            for url in self.requests
            if urlsplit(url).hostname not in here and not url.startswith(("data:", "blob:"))
        ]

    def close(self) -> None:
        self.context.close()


def wait_for(read: Callable[[], Any], *, seconds: float = 45) -> Any:
    """Read again and again until something true comes, and return it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if value := read():
            return value
        time.sleep(0.1)
    raise TimeoutError(f"nothing true within {seconds} s")
