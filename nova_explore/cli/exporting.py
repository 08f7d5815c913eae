"""The command ``nova-explore export``: labels, items and the map of a library as files."""

from __future__ import annotations

import json
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
    view: Annotated[Path | None, typer.Option(help="With --what selection: a view that the app saved.")] = None,
    links: Annotated[bool, typer.Option("--links", help="In a folder, links in place of copies.")] = False,
    key: Annotated[str | None, typer.Option("--map", metavar="KEY", help="A stored map, else the newest.")] = None,
) -> None:  # fmt: skip
    """Write labels, a selection, or everything to a file or folder."""
    from nova_explore.exploration.stored_maps import open_map
    from nova_explore.report.exports import WHAT
    from nova_explore.report.exports import export as write

    if what not in WHAT:
        raise typer.BadParameter(f"{what!r} is not known. Needed: one of {', '.join(WHAT)}.", param_hint="--what")
    if (what == "selection") != (ids is not None or view is not None):
        raise typer.BadParameter(
            "--what selection needs --ids FILE with an id a line, or --view FILE that the app saved, and "
            "only it: a selection lives in a notebook. Write one there with exploration.selection.ids.",
            param_hint="--ids",
        )  # fmt: skip
    chosen: str | list[str] = what
    if ids is not None:
        chosen = [line.strip() for line in ids.read_text("utf-8").splitlines() if line.strip()]
    elif view is not None:
        chosen = _selected_in(view)
    exploration = open_map(library, None if key in (None, "newest") else key)
    written = write(exploration, to, what=chosen, links=links)
    typer.echo(f"Written:   {written.absolute()}")


def _selected_in(view: Path) -> list[str]:
    try:
        saved = json.loads(view.read_text("utf-8"))["selection"]
    except (ValueError, KeyError, TypeError) as error:
        raise typer.BadParameter(
            f"{str(view)!r} is no view. Needed: what the app saved under Take away.", param_hint="--view"
        ) from error
    return [str(id) for id in saved]
