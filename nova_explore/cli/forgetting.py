"""The command that takes items out of a library: what would go is listed first, and nothing goes without a yes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import nova_explore as nx

if TYPE_CHECKING:
    from nova_explore.collection import Collection
    from nova_explore.library.store import Library

SHOWN = 20
"""Items that are named in the terminal."""


def forget(
    library: Annotated[Path, typer.Argument(metavar="LIBRARY", help="A library made by `embed`, e.g. media.nova.")],
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Ids of the items to forget.")] = None,
    gone: Annotated[bool, typer.Option("--gone", help="All items whose file is not where it was.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List what would be forgotten, and stop.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take items out of a library. Vectors stay: a file that is embedded again comes back and costs nothing."""
    opened = nx.open_library(library)
    items = opened.collection().select(dict.fromkeys(ids)) if ids else opened.gone() if gone else None
    if items is None:
        raise typer.BadParameter("Say which items: their ids, or --gone for all whose file is not where it was.")
    if not len(items):
        typer.echo("Every item has its file. Nothing is forgotten.")
        return
    for item in items[:SHOWN]:
        typer.echo(f"  {item.id}  {item.title}  {item.uri}")
    if len(items) > SHOWN:
        typer.echo(f"  … and {len(items) - SHOWN:,} more")
    counted = f"{len(items):,} {'item' if len(items) == 1 else 'items'}"
    maps = maps_with(opened, items)
    if maps:
        which = "1 map has one of them" if maps == 1 else f"{maps:,} maps have some of them"
        typer.echo(f"{which}, and cannot be opened again until the files are embedded again.")
    if dry_run:
        typer.echo(f"{counted} of {len(opened.collection()):,} would be forgotten. Nothing was changed.")
        return
    if not yes and not typer.confirm(f"Forget {counted}? No file is deleted, and no vector."):
        typer.secho("Nothing was changed. Use --yes to be asked no more.", err=True)
        raise typer.Exit(1)
    opened.forget(items.ids)
    typer.echo(f"Forgotten: {counted}. {len(opened.collection()):,} are left in {opened.path}.")


def maps_with(library: Library, items: Collection) -> int:
    """How many maps of a library show some of these items."""
    keys = library.maps.records()
    return sum(any(map(items.has, library.maps.read(key, "map")["id"].to_pylist())) for key in keys)
