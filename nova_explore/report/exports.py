"""Take items, labels and the map away as files; the suffix says in which form."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nova_explore.errors import SourceError
from nova_explore.report.map_svg import map_svg
from nova_explore.report.media_folder import write_folder
from nova_explore.report.page import write_report
from nova_explore.report.still_map import map_png
from nova_explore.report.table_files import write_csv, write_json, write_parquet
from nova_explore.report.xmp_files import write_sidecars

if TYPE_CHECKING:
    import pandas as pd

    from nova_explore.exploration.bundle import Exploration

TABLES = {".csv": write_csv, ".parquet": write_parquet, ".json": write_json}
BESIDE = "xmp"
"""In the place of a path: sidecars beside the files that the items are of."""

WHAT = ("labels", "selection", "all")


def export(exploration: Exploration, to: str | Path, *, what: str | Iterable[str] = "all", links: bool = False) -> Path:
    """Write a part of an exploration to a file or folder.

    Parameters
    ----------
    exploration : Exploration
    to : str or Path
        ``.csv``, ``.parquet`` or ``.json``: rows of `Exploration.frame`. ``.html``: a page that works offline, see
        `write_report`. ``.png`` or ``.svg``: the map, always whole. ``.xmp``: a folder of sidecars; ``"xmp"``: sidecars
        beside the media. No suffix: a folder of the media with a manifest.
    what : {"all", "labels", "selection"} or ids, default "all"
        All items, those with a label or tags, those that are selected, or these.
    links : bool, default False
        In a folder, link to the originals in place of copies.

    Returns
    -------
    Path
        What was written; for ``"xmp"``, the library's folder.

    Raises
    ------
    SourceError
        If no form has this suffix, or there is nothing to write.
    UnknownNameError
        If there is no such item.
    """
    target = Path(to)
    suffix = target.suffix.casefold()
    target.absolute().parent.mkdir(parents=True, exist_ok=True)
    if suffix in (".png", ".svg"):
        target.write_bytes(map_png(exploration) if suffix == ".png" else map_svg(exploration).encode("utf-8"))
        return target
    frame = _rows(exploration, what)
    if suffix == ".html":
        return write_report(exploration, target, ids=None if what == "all" else frame.index)
    if suffix in TABLES:
        TABLES[suffix](frame, target)
        return target
    if suffix == ".xmp" or str(to) == BESIDE:
        keywords = {
            id: [*([label] if isinstance(label, str) else []), *tags]
            for id, label, tags in zip(frame.index, frame["label"], frame["tags"], strict=True)
            if isinstance(label, str) or tags
        }
        items = exploration.collection.select(frame.index)
        if suffix == ".xmp":
            target.mkdir(parents=True, exist_ok=True)
        written, left_out = write_sidecars(items, keywords, folder=target if suffix == ".xmp" else None)
        if not written:
            why = f" {left_out[0]}." if left_out else " No item has a label or a tag: call exploration.labels.accept."
            raise SourceError(f"No sidecar was written.{why}")
        return target if suffix == ".xmp" else written[0].parent
    if suffix:
        forms = ", ".join((*TABLES, ".png", ".svg", ".html", ".xmp"))
        raise SourceError(f"{target.name!r} has a suffix that is no form of export. Needed: {forms}, or a folder.")
    write_folder(frame, target, links=links)
    return target


def _rows(exploration: Exploration, what: str | Iterable[str]) -> pd.DataFrame:
    frame: Any = exploration.frame
    if not isinstance(what, str):
        ids = list(what)
        exploration.collection.positions(ids)
        frame = frame.loc[ids]
    elif what == "labels":
        frame = frame[frame["label"].notna() | (frame["tags"].map(len) > 0)]
    elif what == "selection":
        frame = exploration.selected
    elif what != "all":
        raise ValueError(f"what={what!r} is not known. Needed: one of {', '.join(map(repr, WHAT))}, or ids.")
    if frame.empty:
        do = {"labels": "Accept or rename a cluster first.", "selection": "Select items first."}
        raise SourceError(f"There is nothing to write: what={what!r} has no items. {do.get(str(what), 'Pass ids.')}")
    return frame
