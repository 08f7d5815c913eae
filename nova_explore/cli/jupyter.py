"""Notebooks on a library: write one, run it, and open it in JupyterLab."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from nova_explore.errors import NovaExploreError

IDLE_HOURS = 4
"""Hours without activity after which a JupyterLab left in the background ends by itself."""

START_SECONDS = 60

NEWEST = "newest"
"""In the place of a map's key: the newest one of its library, whenever it is opened."""

CELLS = (
    ("markdown", "# {title}\n\nRun the cells from the top. The map is drawn by the third."),
    ("code", "import nova_explore as nx\n\nexploration = {exploration}\nexploration"),
    (
        "markdown",
        "Hover for a preview, click to see or play an item, draw a lasso around a cluster, type into the search box. "
        "Everything that is not selected stays visible in grey.",
    ),
    ("code", "nx.show(exploration)"),
    (
        "markdown",
        "The clusters, largest first: the share of their items that the name is true of (`score`), and the words that "
        "set each apart:",
    ),
    (
        "code",
        'exploration.clusters[["name", "score", "size", "source", "keywords"]]',
    ),
    ("markdown", "What is selected on the map is here, as a data frame:"),
    ("code", "exploration.selected"),
    ("markdown", "How far this map can be trusted, and what could not be read:"),
    ("code", "print(exploration.layout.sentence)\nexploration.collection.unread_frame()"),
)


def write_notebook(library: str | Path, to: str | Path, *, key: str | None = None) -> Path:
    """Write a short notebook that shows a library; a notebook that is there already is left as it is.

    Parameters
    ----------
    library : str or Path
        The library's folder; the notebook refers to it relative to itself, so that both can be moved together.
    to : str or Path
        The ``.ipynb`` file.
    key : str, optional
        Of a stored map that it opens, or `NEWEST`; without it, it explores the library.

    Returns
    -------
    Path
        The absolute path of the notebook.
    """
    import nbformat

    target = Path(to).expanduser().absolute()
    if target.exists():
        return target
    source = Path(library).expanduser().absolute()
    there = os.path.relpath(source, target.parent)
    opened = f"nx.open_map({there!r})" if key == NEWEST else f"nx.open_map({there!r}, {key!r})"
    values = {"title": source.stem, "exploration": opened if key else f"nx.explore({there!r}, progress=False)"}
    makers = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    cells = [makers[kind](text.format(**values)) for kind, text in CELLS]
    for place, cell in enumerate(cells):
        cell["id"] = f"cell-{place}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    _write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), target)
    return target


def run_notebook(path: str | Path, *, timeout: int = 600) -> None:
    """Run a notebook in its own folder and keep its results in it, the state of its widgets included.

    Raises
    ------
    NovaExploreError
        If a cell fails; carries the cell's own error.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    path = Path(path)
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name="python3",
        # Kernels warn about their own transport on standard error, which is this terminal.
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise NovaExploreError(
            f"A cell of {path} failed with {error.ename}: {error.evalue}. Run it cell by cell in JupyterLab."
        ) from error
    _write(notebook, path)


def _write(notebook: Any, path: Path) -> None:
    """Write a notebook and mark it as trusted, since it was written here: JupyterLab shows only trusted widgets."""
    import nbformat
    from nbformat.sign import NotebookNotary

    draft = path.with_suffix(".part")
    nbformat.write(notebook, draft)
    draft.replace(path)
    notary = NotebookNotary()
    with contextlib.closing(notary.store):
        notary.sign(notebook)


def start_jupyterlab(notebook: Path) -> tuple[subprocess.Popen[bytes] | None, str]:
    """Start JupyterLab on a notebook's folder, or find the one that runs there already.

    Returns
    -------
    process : Popen or None
        The server in its own session, so that it outlives this process; None if it was running before.
    url : str
        Address of the notebook, with the server's token.

    Raises
    ------
    NovaExploreError
        If the server ends or does not answer within a minute; carries the end of its log.
    """
    folder = notebook.parent.resolve()
    if server := _running(folder):
        return None, _url(server, notebook)
    log = folder / ".jupyterlab.log"
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", f"--ServerApp.root_dir={folder}"),
        f"--ServerApp.shutdown_no_activity_timeout={IDLE_HOURS * 3600}",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if server := _running(folder):
            return process, _url(server, notebook)
        time.sleep(0.2)
    process.terminate()
    lines = log.read_text("utf-8", errors="replace").strip().splitlines()[-3:]
    raise NovaExploreError(
        f"JupyterLab did not start within {START_SECONDS} s. Its log, {log}, ends with: {' | '.join(lines)}"
    )


def can_show_browser() -> bool:
    """Whether there is a display on which a browser could open."""
    return sys.platform in ("darwin", "win32") or any(os.environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY"))


def _running(folder: Path) -> dict[str, Any] | None:
    import urllib.error
    import urllib.request

    from jupyter_server.serverapp import list_running_servers

    for server in list_running_servers():
        if Path(server["root_dir"]).resolve() == folder:
            try:
                with urllib.request.urlopen(f"{server['url']}api", timeout=2):
                    return server
            except (urllib.error.URLError, OSError):
                continue
    return None


def _url(server: dict[str, Any], notebook: Path) -> str:
    return f"{server['url']}lab/tree/{quote(notebook.name)}?token={server['token']}"
