"""What an app shows as plain values: a file of it shows the same again, over the same library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nova_explore.errors import SourceError

VERSION = 1


def view_of(app: Any) -> dict[str, Any]:
    """What is shown now, as values that JSON can hold.

    Returns
    -------
    dict
        ``version``; ``map``, the key of the stored map; ``min_cluster_size`` and ``min_dist`` of the clusters and the
        drawing; ``column``, ``muted``, ``modalities``; ``query``, ``like`` and ``unlike`` (ids), and how many ``files``
        were searched with as well, which are not kept; ``selection`` (ids) and its ``name``; ``inspected``.
    """
    exploration = app.exploration
    return {
        "version": VERSION,
        "map": exploration.key,
        "min_cluster_size": exploration.clustering.parameters.get("min_cluster_size"),
        "min_dist": exploration.layout.parameters.get("min_dist"),
        "column": app.column,
        "muted": list(app.muted),
        "modalities": list(app.shown_modalities),
        "query": app.query,
        "like": [part for part in app.like.like if isinstance(part, str)],
        "unlike": [part for part in app.like.unlike if isinstance(part, str)],
        "files": sum(not isinstance(part, str) for part in (*app.like.like, *app.like.unlike)),
        "selection": list(app.selection),
        "name": app.named,
        "inspected": app.inspected,
    }


def show_view(app: Any, view: Mapping[str, Any]) -> list[str]:
    """Show what `view_of` described; returns what could not be shown, one sentence each.

    Raises
    ------
    SourceError
        If it describes no view, or one of a later version.
    """
    if not isinstance(view, Mapping) or not isinstance(view.get("version"), int):
        raise SourceError("This describes no view. Needed: what the app saved under Take away.")
    if view["version"] > VERSION:
        raise SourceError(f"The view has version {view['version']}, this package knows {VERSION}. Update nova-explore.")
    missing: list[str] = []
    exploration = app.exploration
    if view.get("map") != exploration.key:
        missing.append(f"It was saved over the map {view.get('map')!r}, this one is {exploration.key!r}.")
    size = view.get("min_cluster_size")
    if isinstance(size, int) and size != exploration.clustering.parameters.get("min_cluster_size"):
        app.recluster(size)
    spacing = view.get("min_dist")
    if isinstance(spacing, float | int) and spacing != exploration.layout.parameters.get("min_dist"):
        app.redraw(float(spacing))
    known = [name for name, _ in app.modalities]
    app.show_modalities([name for name in view.get("modalities", known) if name in known])
    column = str(view.get("column", "cluster"))
    if column in app.exploration.columns:
        app.color_by(column)
    else:
        missing.append(f"There is no column {column!r}.")
    app.mute([str(key) for key in view.get("muted", ())])
    has = app.exploration.collection.has
    ids = [str(id) for id in view.get("selection", ())]
    there = [id for id in ids if has(id)]
    if len(there) < len(ids):
        missing.append(f"{len(ids) - len(there):,} of {len(ids):,} selected items are not on this map.")
    like, unlike = ([id for id in map(str, view.get(side, ())) if has(id)] for side in ("like", "unlike"))
    if view.get("files"):
        missing.append(f"{view['files']} files were searched with: drop them onto the search again.")
    if view.get("query") or like or unlike:
        app.search(str(view.get("query", "")), like=like, unlike=unlike)
    elif there:
        app.select(there, name=str(view.get("name", "")))
    else:
        app.clear()
    if view.get("inspected") and has(str(view["inspected"])):
        app.inspect(str(view["inspected"]))
    return missing
