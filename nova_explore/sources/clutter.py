"""What is left out of a folder without a word: files that systems strew about, and pictures others made of the media.

A photograph, the thumbnail that a NAS made of it and the proxy that a camera wrote beside it are one thing to a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from nova_explore.sources.side_files import same

_CLUTTER = frozenset(
    (
        *("thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "icon\r", "picasa.ini", "zbthumbnail.info"),
        *("__macosx", "@eadir", "#recycle", "#snapshot", "@recycle", "@recently-snapshot", "$recycle.bin"),
        *("system volume information", "lost+found", "thmbnl", "@__thumb", "_thumbs", "autoprint.mrk"),
    )
)
"""Names, in lower case, of files and folders of Windows, macOS, Synology, QNAP, Picasa and cameras."""

_PROXIES = frozenset((".lrv", ".thm", ".lrf"))
"""Low-resolution films and thumbnails that cameras write beside a film (GoPro, DJI, Canon)."""

_FILMS = frozenset((".mp4", ".mov", ".mts", ".m2ts", ".avi", ".mxf", ".360", ".insv", ".mkv"))
_MARKER = "nova.json"
_OWN_NUMBER = re.compile(r"[a-z]{0,4}(\d{4,})", re.I)


def made_of_others(names: Iterable[str]) -> set[str]:
    """Those of the names in one folder that are hidden, strewn about, or made of another file there."""
    names = list(names)
    films = {_number(name) for name in names if Path(name).suffix.lower() in _FILMS}
    return {
        name
        for name in names
        if name.startswith(".")
        or same(name) in _CLUTTER
        or name.lower().endswith((".lrdata", ".lrcat-data"))
        or (Path(name).suffix.lower() in _PROXIES and _number(name) in films)
    }


def _number(name: str) -> str:
    """What a film and its proxy have in common: GX010001.MP4, GL010001.LRV and GX010001.THM are one recording."""
    stem = Path(name).stem
    match = _OWN_NUMBER.fullmatch(stem)
    return match[1] if match else same(stem)


def is_library(names: Iterable[str]) -> bool:
    """Whether the names in a folder are those of a library of this package; by habit it lies beside what was read."""
    names = list(names)
    return _MARKER in names and any(name.endswith(".lance") for name in names)
