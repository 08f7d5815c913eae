"""The command that reviews a library: writes a pack to edit, runs one, and leaves a report and JSON."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import nova_explore as nx
from nova_explore.errors import NovaExploreError

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration
    from nova_explore.reviews.finding import Review
    from nova_explore.reviews.pack import Limit

RAN, BROKEN, COULD_NOT = 0, 1, 2
"""Statuses: it ran; a limit that the pack sets is broken; it could not run, or a limit was not measured."""


def review(
    library: Annotated[Path, typer.Argument(metavar="LIBRARY", help="A library made by `embed`, e.g. media.nova.")],
    start: Annotated[
        Path | None, typer.Option("--start", help="Write a commented pack to edit here, and stop.")
    ] = None,
    pack: Annotated[Path | None, typer.Option("--pack", help="The pack to run.")] = None,
    to: Annotated[Path | None, typer.Option("--to", help="The HTML report to write.")] = None,
    as_json: Annotated[Path | None, typer.Option("--json", help="The JSON file to write.")] = None,
) -> None:
    """Review a library: effectiveness, fairness spot checks, exposure.

    Ends with status 0 if it ran, 1 if a limit of the pack is broken, 2 if it could not run.
    """
    if (start is None) == (pack is None):
        raise typer.BadParameter("Pass --start FILE to write a pack to edit, or --pack FILE to run one.")
    try:
        exploration = nx.explore(nx.open_library(library), progress=False)
        status = (
            _start(exploration, start)
            if start is not None
            else _run(exploration, library, Path(pack or ""), to, as_json)
        )
    except (NovaExploreError, ValueError, OSError) as error:
        typer.secho(f"nova-explore: could not run: {error}", err=True)
        raise typer.Exit(COULD_NOT) from error
    if status:
        raise typer.Exit(status)


def _start(exploration: Exploration, start: Path) -> int:
    from nova_explore.reviews.pack import start_pack

    if start.exists():
        typer.secho(f"nova-explore: {start} is there already, and may be edited. Delete it, or name another.", err=True)
        return COULD_NOT
    start.parent.mkdir(parents=True, exist_ok=True)
    start.write_text(start_pack(exploration), "utf-8")
    typer.echo(f"Pack:      {start}. Edit it, then run: nova-explore review LIBRARY --pack {start} --to review.html")
    return RAN


def _run(exploration: Exploration, library: Path, pack: Path, to: Path | None, as_json: Path | None) -> int:
    from nova_explore.report.private_paths import hider_of
    from nova_explore.report.review_json import review_facts, write_facts
    from nova_explore.reviews.pack import did_not_run, limits_of, read_pack

    reviews = nx.review(exploration, pack)
    limits = limits_of(pack, reviews)
    _show(reviews, limits)
    settings, _ = read_pack(pack)
    command = ["nova-explore", "review", _named(library), "--pack", _named(pack)]
    command += ["--to", _named(to)] if to else []
    command += ["--json", _named(as_json)] if as_json else []
    about = {**settings.get("report", {}), "command": shlex.join(command)}
    if decided := decisions_of(exploration):
        about["notes"] = "\n".join(filter(None, (about.get("notes"), *decided)))
    if to is not None:
        head = {name: about[name] for name in ("title", "author", "question") if name in about}
        nx.write_report(exploration, to=to, reviews=reviews, about=about, limits=limits, **head)
        typer.echo(f"Report:    {to}")
    if as_json is not None:
        write_facts(review_facts(exploration, reviews, limits, about, hider_of(exploration)), as_json)
        typer.echo(f"JSON:      {as_json}")
    failed = did_not_run(reviews)
    for name, reason in failed:
        typer.secho(f"nova-explore: {name} could not run: {reason}", err=True)
    if any(limit.broken for limit in limits):
        return BROKEN
    return COULD_NOT if failed or any(limit.value is None for limit in limits) else RAN


def _named(path: Path) -> str:
    """A path as it may stand in a report: without the folders of this machine."""
    return path.name if path.is_absolute() else str(path)


def decisions_of(exploration: Exploration) -> list[str]:
    """What people decided in the app: how many results each judged, and their notes about findings."""
    judged = exploration.library.judgements.frame()
    lines = [
        f"{count:,} results judged by {judge}" for judge, count in judged["judge"].value_counts(sort=False).items()
    ]
    notes = exploration.library.notes.frame()
    lines += [
        f"{row['review']}, {row['finding']}: {row['text']}{' (' + row['by'] + ')' if row['by'] else ''}"
        for row in notes.to_dict("records")
    ]
    return lines


def _show(reviews: list[Review], limits: list[Limit]) -> None:
    from nova_explore.reviews.finding import CAVEAT

    for one in reviews:
        typer.echo(f"\n{one.name}")
        for finding in one.findings:
            q = "" if finding.q is None else f"  [q {finding.q:.3f}]"
            typer.echo(f"  {finding.statement}{q}")
        for check, reason in one.not_run:
            typer.echo(f"  Not run: {check}: {reason}")
    typer.echo(f"\n{CAVEAT}")
    for limit in limits:
        typer.echo(f"{'BROKEN' if limit.broken else 'Limit'}:    {limit.sentence}")
