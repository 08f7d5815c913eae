"""The command ``nova-explore export``: labels, items and the map of a library as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

LibraryPath = Annotated[Path, typer.Argument(metavar="LIBRARY", help="A library made by `embed`, e.g. media.nova.")]


def export(
    library: LibraryPath,
    to: Annotated[str, typer.Option("--to", metavar="FILE_OR_FOLDER", help="The suffix says the form: .csv .parquet "
                                    ".json .png .svg .html .xmp; `xmp` alone: beside the media; none: a folder.")],
    what: Annotated[str, typer.Option(help="labels, selection or all.")] = "all",
    ids: Annotated[Path | None, typer.Option(help="With --what selection: a file with an id a line.")] = None,
    links: Annotated[bool, typer.Option("--links", help="In a folder, links in place of copies.")] = False,
    key: Annotated[str | None, typer.Option("--map", metavar="KEY", help="A stored map, else the newest.")] = None,
) -> None:  # fmt: skip
    """Write labels, a selection, or everything to a file or folder."""
    from nova_explore.exploration.stored_maps import open_map
    from nova_explore.report.take_away import WHAT
    from nova_explore.report.take_away import export as write

    if what not in WHAT:
        raise typer.BadParameter(f"{what!r} is not known. Needed: one of {', '.join(WHAT)}.", param_hint="--what")
    if (what == "selection") != (ids is not None):
        raise typer.BadParameter(
            "--what selection needs --ids FILE with an id a line, and only it: a selection lives in a notebook. "
            "Write one there with exploration.selection.ids.", param_hint="--ids",
        )  # fmt: skip
    chosen = what if ids is None else [line.strip() for line in ids.read_text("utf-8").splitlines() if line.strip()]
    exploration = open_map(library, None if key in (None, "newest") else key)
    written = write(exploration, to, what=chosen, links=links)
    typer.echo(f"Written:   {written.absolute()}")
