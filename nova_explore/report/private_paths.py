"""What a file that leaves says of the folders of the machine that it was written on: nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import takewhile
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration

HIDDEN = "…"
LEAST_PARTS = 2
"""Parts of a path that is worth hiding: a slash alone is everybody's."""
TOP = 3
"""Parts from the root on that sources of one place share."""

Value = TypeVar("Value")


def hider_of(exploration: Exploration) -> Callable[[str], str]:
    """Return what takes the folders of this machine out of a text: of the library, the sources, the person."""
    library = exploration.library.path.absolute()
    sources = {_folder(item.uri) for item in exploration.collection} - {None}
    own = {Path.home(), Path.cwd(), library.parent, library.resolve().parent}
    return hide({*map(str, own), *_tops(sources)})  # pyright: ignore[reportArgumentType]


def hide(folders: Iterable[str]) -> Callable[[str], str]:
    """Return what writes an ellipsis for each of these folders, wherever a text names one.

    Examples
    --------
    >>> hide(["/home/ann"])("cannot open /home/ann/pictures/a.png, nor https://x.org/home/ann")
    'cannot open …/pictures/a.png, nor https://x.org/home/ann'
    """
    known = {folder.rstrip("/\\") for folder in folders}
    known = {folder for folder in known if len(PurePath(folder).parts) >= LEAST_PARTS}
    known |= {quote(folder) for folder in known}
    if not known:
        return lambda text: text
    named = "|".join(map(re.escape, sorted(known, key=lambda folder: (-len(folder), folder))))
    found = re.compile(rf"(?:file://)?(?<![\w.])(?:{named})(?![\w.-])")
    return lambda text: found.sub(HIDDEN, text)


def hide_in(value: Value, hidden: Callable[[str], str]) -> Value:
    """Take folders out of every text of nested plain values, keys of mappings included."""
    told: Any = value
    if isinstance(value, str):
        told = hidden(value)
    elif isinstance(value, Mapping):
        told = {hide_in(key, hidden): hide_in(inner, hidden) for key, inner in value.items()}
    elif isinstance(value, list | tuple):
        told = [hide_in(inner, hidden) for inner in value]
    elif isinstance(value, PurePath):
        told = hidden(str(value))
    return told


def _folder(uri: str) -> str | None:
    """The folder that a source lies in, where it lies on this machine."""
    path = unquote(uri.removeprefix("file://")) if uri.startswith("file://") else uri
    whole = PurePath(path.partition("#")[0])
    return str(whole.parent) if whole.is_absolute() else None


def _tops(folders: Iterable[str]) -> set[str]:
    """The folders that sources share, one for each place where there are some."""
    shared: dict[tuple[str, ...], tuple[str, ...]] = {}
    for folder in folders:
        parts = PurePath(folder).parts
        before = shared.get(parts[:TOP], parts)
        pairs = takewhile(lambda pair: pair[0] == pair[1], zip(before, parts, strict=False))
        shared[parts[:TOP]] = tuple(part for part, _ in pairs)
    return {str(PurePath(*parts)) for parts in shared.values() if parts}
