"""The command ``nova-explore``: from a folder to a library, a notebook, a report, without writing Python."""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
import webbrowser
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import nova_explore as nx
from nova_explore.cli.benchmarking import benchmark
from nova_explore.cli.exporting import export
from nova_explore.cli.forgetting import forget
from nova_explore.cli.jupyter import NEWEST
from nova_explore.cli.missing import account_for, show_lines
from nova_explore.cli.reviewing import review
from nova_explore.cli.serving import serve
from nova_explore.cli.spending import INCOMPLETE, confirm_cost
from nova_explore.errors import NovaExploreError

if TYPE_CHECKING:
    from nova_explore.collection import Collection
    from nova_explore.exploration.bundle import Exploration
    from nova_explore.library.store import Library
    from nova_explore.models.model import EmbeddingModel

INTERRUPTED = 130

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="See a media collection: embed it, map it, cluster it, name it, search it.",
)

LibraryPath = Annotated[Path, typer.Argument(metavar="LIBRARY", help="A library made by `embed`, e.g. media.nova.")]
Source = Annotated[str, typer.Argument(metavar="FOLDER", help="A folder, a pattern such as '*.png', a CSV file.")]


def _budget(value: float | None) -> float | None:
    from nova_explore.models.cost import check_budget

    try:
        check_budget(value)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    return value


Budget = Annotated[float | None, typer.Option(help="US dollars that must not be passed.", callback=_budget)]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before money is spent.")]
Key = Annotated[str | None, typer.Option("--map", metavar="KEY", help="A map that the library holds, or `newest`.")]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Print the address and open no browser.")]


def main() -> None:
    """Run the command line; every error of the library is one message and a status, never a traceback."""
    with _plain_messages():
        app()


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        typer.echo(f"nova-explore {nx.__version__}")
        raise typer.Exit


@app.command()
def embed(
    source: Source,
    to: Annotated[Path, typer.Option("--to", help="The library to make, or to go on with.")] = Path("media.nova"),
    model: Annotated[str, typer.Option(help="The model that makes the vectors: local, or nova.")] = "local",
    dimension: Annotated[int | None, typer.Option(help="nova: 256, 384, 1024 (the default) or 3072.")] = None,
    purpose: Annotated[str | None, typer.Option(help="nova: index (the default), clustering …")] = None,
    budget: Budget = None,
    path: Annotated[str, typer.Option(help="nova: auto, sync, async or batch.")] = "auto",
    s3: Annotated[str | None, typer.Option(help="nova: where jobs read and write, s3://bucket/prefix.")] = None,
    role: Annotated[str | None, typer.Option(help="nova: ARN of the service role of batch jobs.")] = None,
    wait: Annotated[str, typer.Option(help="nova: all, or none: ask for jobs and leave; `collect` later.")] = "all",
    retry_refused: Annotated[bool, typer.Option("--retry-refused", help="Ask again for refused items.")] = False,
    yes: Yes = False,
) -> None:
    """Give every item of a folder a vector. Can be stopped at any time; the same command goes on from there.

    Ends with status 0 if every item has a vector, or a reason that the same command would not change; with 3 if part of
    the library is missing and the same command may bring it.
    """
    from nova_explore.models.nova.options import is_nova, open_named

    opened = open_named(model, dimension=dimension, purpose=purpose)
    collection = nx.read(source)
    jobs = {"path": path, "s3": s3, "role": role} if is_nova(model) and (path != "auto" or s3) else {}
    expected = _estimate(collection, to, opened, retry_refused=retry_refused, **jobs)
    confirm_cost(expected, budget, yes=yes, model=opened)
    waiting = {"wait": wait} if jobs else {}
    _embed(
        collection, to, opened, budget=budget, retry_refused=retry_refused, say_cost=False, **jobs, **waiting
    )  # fmt: skip


@app.command()
def add(library: LibraryPath, source: Source, key: Key = None, budget: Budget = None, yes: Yes = False) -> None:
    """Put what is new in a folder onto the newest map of a library, or another one; nothing on the map moves."""
    from nova_explore.exploration.adding import items_of

    before = _open_map(library, key or NEWEST)
    collection = nx.read(source)
    confirm_cost(before.estimate(collection), budget, yes=yes)
    with _interruptible():
        after = before.add(collection, budget=budget)
    said = (after.placed.sentence if after.placed else None, after.neighbors.sentence)
    typer.echo(f"Map:       {after.headline}. {' '.join(filter(None, said))}")
    new = after.clustering.labels[len(before) :].tolist()
    typer.echo(f"Added:     {len(new):,} {'item' if len(new) == 1 else 'items'} that the map did not have")
    show_lines([f"{count:,} in {after.name_of(of)!r}" for of, count in Counter(new).most_common() if of >= 0])
    show_lines([f"{new.count(-1):,} {after.name_of(-1)}"] if -1 in new else [])
    account_for(after.library, after.space, items_of(after.library, collection), collection.unread)
    typer.echo(f"Look:      nova-explore explore {library} --map {NEWEST}")


app.command()(forget)
app.command()(export)
app.command()(review)
app.command()(serve)
app.command()(benchmark)


@app.command()
def explore(library: LibraryPath, key: Key = None, no_browser: NoBrowser = False) -> None:
    """Open JupyterLab on a notebook with the map of a library, until Ctrl-C."""
    from nova_explore.cli.jupyter import start_jupyterlab, write_notebook
    from nova_explore.exploration.stored_maps import find_map

    path = nx.open_library(library).path
    if key := _chosen(library, key):
        find_map(nx.open_library(library), None if key == NEWEST else key)
    name = f"{path.stem}_{key}.ipynb" if key else f"{path.stem}.ipynb"
    notebook = write_notebook(path, path.with_name(name), key=key)
    typer.echo(f"Notebook: {notebook}")
    process, url = start_jupyterlab(notebook)
    _show(url, browser=not no_browser)
    if process is None:
        typer.echo("JupyterLab was running in this folder already.")
        return
    typer.echo("Stop it with Ctrl-C.")
    try:
        process.wait()
    except KeyboardInterrupt:
        process.terminate()
        process.wait()


@app.command()
def report(
    library: LibraryPath,
    to: Annotated[Path, typer.Option("--to", help="The HTML file to write.")] = Path("report.html"),
    key: Key = None,
    title: Annotated[str | None, typer.Option(help="Heading; `Map of NAME` where it is not given.")] = None,
    author: Annotated[str, typer.Option(help="Who made it.")] = "",
    question: Annotated[str, typer.Option(help="What it is to answer.")] = "",
    media_mb: Annotated[float, typer.Option(help="Megabytes of sounds, pages and films in it at most.")] = 2.0,
) -> None:
    """Write one self-contained HTML file that works offline: map, items, clusters, decisions, and how it was made."""
    key = _chosen(library, key)
    exploration = _open_map(library, key) if key else nx.explore(nx.open_library(library))
    typer.echo(f"Map:       {exploration.headline}")
    _report(exploration, to, title=title, author=author, question=question, media_mb=media_mb)


@app.command()
def demo(
    to: Annotated[Path, typer.Option("--to", help="Folder for everything that it makes.")] = Path("demo"),
    no_browser: NoBrowser = False,
    no_lab: Annotated[bool, typer.Option("--no-lab", help="Do not start JupyterLab.")] = False,
) -> None:
    """Fetch the demo collection, embed it, map it, and leave a notebook, a report and a picture of the map."""
    from nova_explore.cli.jupyter import run_notebook, start_jupyterlab, write_notebook
    from nova_explore.report.still_map import map_png

    to.mkdir(parents=True, exist_ok=True)
    folder = nx.datasets.demo()
    typer.echo(f"Demo collection: {folder} (its sources and licences: {folder.parent / 'SOURCES.md'})")
    library = _embed(str(folder), to / "media.nova", "local")
    exploration = nx.explore(library)
    typer.echo(f"Map:       {exploration.headline}. {exploration.layout.sentence}")
    picture = (to / "map.png").absolute()
    picture.write_bytes(map_png(exploration))
    typer.echo(f"Picture:   {picture}")
    _report(exploration, to / "report.html")
    notebook = write_notebook(library.path, to / "first_map.ipynb")
    run_notebook(notebook)
    typer.echo(f"Notebook:  {notebook}")
    if not no_lab:
        process, url = start_jupyterlab(notebook)
        _show(url, browser=not no_browser)
        port = url.split("//", 1)[1].split("/", 1)[0].rpartition(":")[2]
        stop = f"{sys.executable} -m jupyterlab stop {port}"
        typer.echo(f"It {'goes' if process else 'went'} on in the background; stop it with: {stop}")


@app.command()
def spent(
    library: LibraryPath,
    as_json: Annotated[bool, typer.Option("--json", help="Receipts as JSON, with request ids of failures.")] = False,
) -> None:
    """Say what every run of a library has cost, by the price list."""
    from nova_explore.cli.spending import show_receipts

    show_receipts(nx.open_library(library), as_json=as_json)


@app.command()
def collect(
    library: LibraryPath,
    s3: Annotated[str, typer.Option(help="Where the jobs read and write, s3://bucket/prefix.")],
    model: Annotated[str, typer.Option(help="The model that the jobs were asked of.")] = "nova",
) -> None:
    """Wait for the jobs of Amazon Bedrock that a library has open, and store what they bring."""
    from nova_explore.cli.spending import collect as bring
    from nova_explore.models.registry import open_model

    opened = open_model(model)
    with _interruptible():
        done = bring(library, s3, opened)
    items = done.collection()
    typer.echo(f"Library:   {done.path}: {items}")
    account_for(done, opened.space, items, items.unread)


@app.command()
def doctor(
    nova: Annotated[bool, typer.Option("--nova", help="Ask Amazon what the account can do; one tiny call.")] = False,
    s3: Annotated[str | None, typer.Option(help="With --nova: where jobs would read and write.")] = None,
    confirm: Annotated[bool, typer.Option(help="With --nova: what is documented nowhere, for 25 cents.")] = False,
) -> None:
    """Say what is installed, what is missing, and how to get it."""
    if nova:
        from nova_explore.cli.spending import show_preflight
        from nova_explore.models.nova.model import NovaModel

        if not show_preflight(NovaModel(), s3, whole=confirm):
            raise typer.Exit(INCOMPLETE)
        return
    from nova_explore.cli.doctor import examine

    checks = examine()
    width = max(len(check.name) for check in checks)
    signs = {"ok": "ok      ", "missing": "MISSING ", "optional": "optional"}
    for check in checks:
        remedy = f"  ->  {check.remedy}" if check.remedy else ""
        typer.echo(f"{signs[check.state]}  {check.name:<{width}}  {check.detail}{remedy}")
    missing = [check.name for check in checks if check.state == "missing"]
    if missing:
        typer.secho(f"Missing: {', '.join(missing)}.", err=True)
        raise typer.Exit(INCOMPLETE)
    typer.echo("Everything that the default installation needs is there.")


def _chosen(library: Path, key: str | None) -> str | None:
    """The map that was asked for; else the newest one if all that is new was added to it; else one to be drawn."""
    from nova_explore.exploration.stored_maps import has_added_all

    return key or (NEWEST if has_added_all(nx.open_library(library)) else None)


def _open_map(library: Path, key: str) -> Exploration:
    return nx.open_map(library, None if key == NEWEST else key)


def _estimate(collection: Collection, to: Path, model: EmbeddingModel, **jobs: Any) -> Any:
    from nova_explore.embedding.embed import estimate
    from nova_explore.embedding.jobs import estimate_jobs

    make: Any = estimate_jobs if "path" in jobs else estimate
    return make(collection, to=to, model=model, **jobs)


def _embed(source: str | Collection, to: Path, model: str | EmbeddingModel, **options: Any) -> Library:
    """Embed, say what became of every item, and end with an error status unless each has a vector or a reason."""
    from nova_explore.embedding.embed import embed as make_library
    from nova_explore.embedding.jobs import embed_by_jobs
    from nova_explore.models.registry import open_model

    opened = open_model(model)
    make: Any = embed_by_jobs if "path" in options else make_library
    with _interruptible():
        library = make(source, to=to, model=opened, **options)
    items = library.collection()
    typer.echo(f"Library:   {library.path}: {items}")
    account_for(library, opened.space, items, items.unread)
    return library


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Say what is kept when a run is interrupted."""
    try:
        yield
    except KeyboardInterrupt as error:
        for line in getattr(error, "__notes__", ["Nothing is embedded yet. Run the same command again."]):
            typer.secho(f"\nInterrupted. {line}", err=True)
        raise typer.Exit(INTERRUPTED) from error


def _report(exploration: Exploration, to: Path, **said: Any) -> None:
    written = Path(nx.write_report(exploration, to=to, **said)).absolute()
    typer.echo(f"Report:    {written}")


def _show(url: str, *, browser: bool) -> None:
    from nova_explore.cli.jupyter import can_show_browser

    typer.echo(f"JupyterLab: {url}")
    if browser and can_show_browser():
        webbrowser.open(url)


@contextlib.contextmanager
def _plain_messages() -> Iterator[None]:
    """Turn errors and warnings of the library into single messages for a person at a terminal."""

    def show(message: Warning | str, category: type[Warning], filename: str, *_: Any, **__: Any) -> None:
        if category is UserWarning and Path(filename).is_relative_to(Path(__file__).parents[1]):
            typer.secho(f"Note: {message}", err=True)

    with warnings.catch_warnings():
        warnings.showwarning = show
        try:
            yield
        except (NovaExploreError, PermissionError, FileNotFoundError) as error:
            for line in (str(error), *getattr(error, "__notes__", ())):
                typer.secho(f"nova-explore: {line}", err=True)
            sys.exit(INCOMPLETE)
        except BrokenPipeError:
            # The reader of our output (head, less) has gone: nothing more to say, and Python shall not say it either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(INCOMPLETE)
