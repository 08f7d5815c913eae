"""What has no vector after a command, with the reason, and the status that tells a script whether to run it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from nova_explore.cli.spending import grouped

if TYPE_CHECKING:
    from nova_explore.collection import Item, Unread
    from nova_explore.library.store import Library
    from nova_explore.space import Space

PARTLY = 3
"""Part of the library is missing and the same command may bring it."""

SHOWN = 20
"""Clusters, and items without a vector, that are named in the terminal."""


def account_for(library: Library, space: Space, items: Sequence[Item], unread: Sequence[Unread]) -> None:
    """Name what has no vector; end with an error status unless there is a reason for each."""
    from nova_explore.embedding.job_table import asked_by_jobs

    stored, failed = library.embedded(space), library.failures(space)
    without = [item for item in items if item.content_key not in stored]
    lines = [f"not read: {line}" for line in grouped((one.name, one.reason) for one in unread)]
    reasons = [(item.title, failed[item.content_key]) for item in without if item.content_key in failed]
    show_lines([*lines, *(f"not embedded: {line}" for line in grouped(reasons))])
    waiting = asked_by_jobs(library, without, space.key)
    unexplained = sum(item.content_key not in failed and item.content_key not in waiting for item in without)
    passing = library.failures_of(space, "service", "budget")
    again = sum(item.content_key in passing for item in without)
    if waiting:
        typer.secho(f"{_items(len(waiting))} asked for by open jobs: nova-explore collect {library.path}", err=True)
    if unexplained:
        typer.secho(f"{_items(unexplained, has=True)} no vector and no reason. Run the same command again.", err=True)
    if again:
        budget = " with a higher --budget" if library.failures_of(space, "budget") else ""
        typer.secho(f"{_items(again)} missing for now. Run the same command again{budget}.", err=True)
    if unexplained or waiting or again:
        raise typer.Exit(PARTLY)


def show_lines(lines: Sequence[str]) -> None:
    """Print the first lines, and how many more there are."""
    for line in lines[:SHOWN]:
        typer.echo(f"  {line}")
    if len(lines) > SHOWN:
        typer.echo(f"  … and {len(lines) - SHOWN:,} more; the report lists all of them.")


def _items(count: int, *, has: bool = False) -> str:
    verb = ("has" if count == 1 else "have") if has else ("is" if count == 1 else "are")
    return f"{count:,} {'item' if count == 1 else 'items'} {verb}"
