"""The media of items as a folder: copies or links, in a folder a label, with a manifest that names every item."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from nova_explore.errors import SourceError
from nova_explore.report.table_files import write_csv

if TYPE_CHECKING:
    import pandas as pd

MANIFEST = "manifest.csv"
UNLABELLED = "without a label"
LONGEST = 80


def write_folder(frame: pd.DataFrame, to: Path, *, links: bool = False) -> Path:
    """Copy or link the files of items into a folder that is empty or new; returns the path of the manifest.

    Parameters
    ----------
    frame : DataFrame
        Rows of `Exploration.frame`.
    to : Path
    links : bool, default False
        Link to the originals in place of copies.

    Returns
    -------
    Path
        A CSV: the columns of the frame, and ``file``, where an item's medium is in the folder; empty for what has no
        file of its own. The parts of one file share it.

    Raises
    ------
    SourceError
        If the folder holds something already.
    """
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise SourceError(f"{str(to)!r} holds something already. Needed: a new or empty folder. Choose another name.")
    to.mkdir(parents=True, exist_ok=True)
    files: dict[tuple[str, str], str] = {}
    used: set[str] = set()
    column = []
    for uri, label in zip(frame["uri"], frame["label"], strict=True):
        original, under = Path(uri), _folder_name(label)
        if "#" in str(uri) or not original.is_file():
            column.append("")
            continue
        if (uri, under) not in files:
            name, number = f"{under}/{original.name}", 2
            while name.casefold() in used:
                name, number = f"{under}/{original.stem}-{number}{original.suffix}", number + 1
            used.add(name.casefold())
            (to / under).mkdir(exist_ok=True)
            if links:
                (to / name).symlink_to(original)
            else:
                shutil.copyfile(original, to / name)
            files[uri, under] = name
        column.append(files[uri, under])
    write_csv(frame.assign(file=column), to / MANIFEST)
    return to / MANIFEST


def _folder_name(label: object) -> str:
    """A name that every system takes as a folder's: nothing in it leads out of the folder."""
    if not isinstance(label, str):
        return UNLABELLED
    plain = re.sub(r'[\x00-\x1f<>:"/\\|?*\ud800-\udfff]', "_", label)[:LONGEST].strip(" .")
    reserved = re.fullmatch(r"(?i)con|prn|aux|nul|com\d|lpt\d", plain.partition(".")[0])
    return f"_{plain}" if reserved or not plain else plain
