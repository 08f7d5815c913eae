"""The command ``nova-explore serve``: the app of a library as a page of its own, through Voila, on this machine."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from nova_explore.cli.jupyter import can_show_browser
from nova_explore.errors import NovaExploreError, import_extra

PAGE = "app.ipynb"
HEIGHT = 720
START_SECONDS = 60

CELL = """import nova_explore as nx

exploration = nx.open_map({library!r}, {key!r})
exploration.labels.by = {by!r} or exploration.labels.by
nx.show(exploration, height={height}, read_only={read_only})"""

LibraryPath = Annotated[Path, typer.Argument(metavar="LIBRARY", help="A library made by `embed`, e.g. media.nova.")]


def serve(
    library: LibraryPath,
    read_only: Annotated[bool, typer.Option("--read-only", help="Show labels; take no decisions.")] = False,
    port: Annotated[int, typer.Option(help="Of this machine; a free one by default.", min=0, max=65535)] = 0,
    by: Annotated[str, typer.Option(help="Who decides, in the history; else the account's name.")] = "",
    key: Annotated[str | None, typer.Option("--map", metavar="KEY", help="A stored map, else the newest.")] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the address, open no browser.")] = False,
) -> None:
    """Open the app without a notebook, for who has the address with its token, until Ctrl-C."""
    from nova_explore.exploration.stored_maps import open_map

    key = None if key == "newest" else key
    open_map(library, key)  # what is wrong with the library is said here, not in the page
    with serving(library, read_only=read_only, port=port, by=by, key=key) as (address, process):
        typer.echo(f"App:       {address}")
        typer.echo(
            f"           {'Reading only' if read_only else 'Labelling'}, on this machine alone. Stop with Ctrl-C."
        )
        if not no_browser and can_show_browser():
            webbrowser.open(address)
        process.wait()


@contextmanager
def serving(
    library: str | Path, *, read_only: bool = False, port: int = 0, by: str = "", key: str | None = None
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Serve the app of a library on localhost while the context lasts.

    Parameters
    ----------
    library : str or Path
    read_only : bool, default False
    port : int, default 0
        A free one where it is 0.
    by : str
        Who decides; the account's name where it is empty.
    key : str, optional
        Of a stored map.

    Yields
    ------
    address : str
        With the token, without which no page is served.
    process : Popen
        The server.

    Raises
    ------
    MissingExtraError
        If Voila is not installed.
    NovaExploreError
        If the server ends or does not answer within a minute; carries the end of its log.
    """
    import nbformat

    import_extra("voila", feature="nova-explore serve", extra="serve")
    token = secrets.token_urlsafe(24)
    values = {"library": str(Path(library).absolute()), "key": key, "by": by, "height": HEIGHT, "read_only": read_only}
    with tempfile.TemporaryDirectory(prefix="nova-explore-") as folder:
        notebook = Path(folder) / PAGE
        cells = [nbformat.v4.new_code_cell(CELL.format(**values))]
        kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), notebook)
        port = port or _free_port()
        command = [
            *(sys.executable, "-m", "voila", str(notebook), "--no-browser", f"--port={port}"),
            *("--Voila.ip=127.0.0.1", "--Voila.auto_token=True"),
        ]
        log = Path(folder) / "voila.log"
        with log.open("wb") as output:
            # The token goes by the environment: the command line of a process is for everybody to read.
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                env=os.environ | {"JUPYTER_TOKEN": token},
            )  # fmt: skip
        try:
            _wait(process, port, log)
            yield f"http://127.0.0.1:{port}/?token={token}", process
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/static/favicon.ico", timeout=2).close()
        except urllib.error.HTTPError:
            return  # it answers, if only that a token is needed
        except OSError:
            time.sleep(0.2)
        else:
            return
    lines = log.read_text("utf-8", errors="replace").strip().splitlines()[-3:]
    raise NovaExploreError(
        f"The app was not served within {START_SECONDS} s. Voila's log ends with: {' | '.join(lines)}"
    )
