"""One file becomes its items: identified, split, digested, with the words and facts that lie beside it."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from nova_explore import media
from nova_explore.collection import Item, Modality, Scalar
from nova_explore.errors import NovaExploreError, UnreadableError
from nova_explore.media import access
from nova_explore.media.content import Part

Documents = Literal["auto", "image"]

MEDIA_SUFFIXES = frozenset(
    [
        ".png",
        ".jpg",
        ".jpeg",
        ".jpe",
        ".gif",
        ".webp",
        ".tif",
        ".tiff",
        ".bmp",
        ".svg",
        ".pdf",
        ".wav",
        ".mp3",
        ".ogg",
        ".oga",
        ".opus",
        ".flac",
        ".m4a",
        ".mp4",
        ".m4v",
        ".mov",
        ".mkv",
        ".webm",
        ".avi",
        ".ogv",
    ]
)
"""Endings of the names that a sidecar can belong to. They never decide what a file is."""

TABLE_SUFFIXES = frozenset((".csv", ".tsv", ".parquet"))
_PROSE_SUFFIXES = frozenset(("", ".txt", ".text", ".md", ".markdown"))
_SIDECAR_SUFFIXES = (".txt", ".json")
_LONGEST_CAPTION = 500
# Tux Paint's captions carry their translations below: "pt_BR.utf8=Um gato." or "sr@latin.utf8=…"
_TRANSLATION = re.compile(r"^[a-z]{2,3}(_[A-Za-z]+)?(@\w+)?\.utf8=")


@dataclass(slots=True)
class FileReader:
    """Turns files into items, one at a time, and remembers folders and sidecars that several files share.

    Attributes
    ----------
    pages : sequence of str
        Patterns of names; pictures that match are document pages.
    documents : {"auto", "image"}
        Whether the pages of documents keep their text layer or are all read from their picture.
    sidecars : bool
        Whether ``NAME.txt`` and ``NAME.json`` beside a medium describe it.
    """

    pages: Sequence[str] = ()
    documents: Documents = "auto"
    sidecars: bool = True
    _listings: dict[Path, frozenset[str]] = field(default_factory=dict)
    _suffixes: dict[Path, frozenset[str]] = field(default_factory=dict)
    _notes: dict[Path, dict[str, Scalar]] = field(default_factory=dict)

    def read(self, path: Path, *, name: str, folder: str, given: Mapping[str, Any] | None = None) -> list[Item]:
        """Items of one file, without their final ids.

        Parameters
        ----------
        path : Path
            Absolute.
        name : str
            What a person calls it.
        folder : str
            The top-level folder it lies in.
        given : Mapping, optional
            Metadata that came with it, from a table.

        Raises
        ------
        UnreadableError
            With the reason, if nothing can be made of it.
        """
        size = access.check_file(path).st_size
        modality, format = media.identify(path)
        suffix = path.suffix.lower()
        if modality is Modality.TEXT:
            if suffix in TABLE_SUFFIXES:
                raise UnreadableError(
                    f"A table, whose rows are items. Read it by itself: nova_explore.read({path.name!r})"
                )
            if suffix not in _PROSE_SUFFIXES:
                raise UnreadableError(
                    f"It holds plain text although its name ends in {suffix}. Rename it to .txt if it is to be read."
                )
            format = "md" if suffix in (".md", ".markdown") else "txt"
        if modality is Modality.IMAGE and _matches(name, self.pages):
            modality = Modality.PAGE
        parts = media.split(path, modality, format)
        if not parts:
            raise UnreadableError("It holds nothing that can be shown. Export it again.")
        notes = self.notes(path) if self.sidecars and modality is not Modality.TEXT else {}
        digest = access.digest(path)
        return [
            Item(
                id="",
                modality=modality,
                uri=str(path),
                name=name,
                format=format,
                digest=digest,
                span=part.span,
                text=None if self._by_picture(modality, part) else part.text,
                as_image=self._by_picture(modality, part),
                metadata=combined({"folder": folder, "bytes": size} | dict(part.facts), notes, given or {}),
            )
            for part in parts
        ]

    def _by_picture(self, modality: Modality, part: Part) -> bool:
        return modality is Modality.PAGE and (self.documents == "image" or part.text is None)

    def _names(self, folder: Path) -> frozenset[str]:
        if folder not in self._listings:
            with access.translated(folder):
                self._listings[folder] = frozenset(entry.name for entry in folder.iterdir())
        return self._listings[folder]

    def _endings(self, folder: Path) -> frozenset[str]:
        """Suffixes of the media in a folder, as they are written there."""
        if folder not in self._suffixes:
            found = {Path(name).suffix for name in self._names(folder)}
            self._suffixes[folder] = frozenset(suffix for suffix in found if suffix.lower() in MEDIA_SUFFIXES)
        return self._suffixes[folder]

    def is_sidecar(self, path: Path) -> bool:
        """Whether a file describes a medium beside it: ``cat.txt`` or ``cat.png.json`` beside ``cat.png``."""
        stem, suffix = path.stem, path.suffix
        if not self.sidecars or suffix.lower() not in _SIDECAR_SUFFIXES:
            return False
        names = self._names(path.parent)
        if stem in names and Path(stem).suffix.lower() in MEDIA_SUFFIXES:
            return True
        return any(f"{stem}{ending}" in names for ending in self._endings(path.parent))

    def notes(self, path: Path) -> dict[str, Scalar]:
        """Caption, tags and other columns that sidecars give to a medium. Broken sidecars give nothing here."""
        names = self._names(path.parent)
        found: dict[str, Scalar] = {}
        for suffix in _SIDECAR_SUFFIXES:
            for candidate in (path.stem + suffix, path.name + suffix):
                if candidate in names and candidate != path.name:
                    try:
                        found |= self.parse_sidecar(path.parent / candidate)
                    except UnreadableError:
                        continue  # named when the reader comes to the sidecar itself
        return found

    def parse_sidecar(self, path: Path) -> dict[str, Scalar]:
        """Columns of one sidecar.

        Raises
        ------
        UnreadableError
            If it is no text, or its JSON is broken or no object.
        """
        if path not in self._notes:
            self._notes[path] = _parse(path)
        return self._notes[path]


def _matches(name: str, patterns: Iterable[str]) -> bool:
    base = PurePosixPath(name).name
    return any(fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(base, pattern) for pattern in patterns)


def _parse(path: Path) -> dict[str, Scalar]:
    from nova_explore.media.encoding import decode

    try:
        access.check_file(path)
        text = decode(access.read_bytes(path))
    except UnreadableError as error:
        raise UnreadableError(f"A sidecar that cannot be used: {error}") from error
    if path.suffix.lower() == ".txt":
        caption = caption_of(text)
        return {"caption": caption} if caption else {}
    try:
        columns = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(
            f"A sidecar whose JSON is broken: {error}. Repair it; the medium was read without it."
        ) from error
    if not isinstance(columns, dict):
        raise UnreadableError(
            f'A sidecar whose JSON is a {type(columns).__name__}; needed is an object such as {{"caption": "…"}}.'
        )
    return {str(column): to_scalar(value) for column, value in columns.items()}


def caption_of(text: str) -> str:
    """The caption in a text sidecar: its words, at most 500 characters, without Tux Paint's translations."""
    lines = [line for line in text.splitlines() if not _TRANSLATION.match(line)]
    caption = "\n".join(lines).strip()
    return caption if len(caption) <= _LONGEST_CAPTION else caption[: _LONGEST_CAPTION - 1].rstrip() + "…"


def to_scalar(value: Any) -> Scalar:
    """A value of a table or of JSON as a plain scalar.

    Missing values (None, NaN, NaT, pandas.NA) are None, numbers of numpy are numbers of Python, moments are ISO 8601,
    lists of scalars are joined with commas, anything deeper is JSON.
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return None if value != value else value
    if isinstance(value, bytes | bytearray | memoryview):
        return f"<{len(value):,} bytes>"
    if hasattr(value, "tolist"):  # numpy scalars and arrays
        return to_scalar(value.tolist())
    if type(value).__name__ in ("NaTType", "NAType"):
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, Mapping):
        return json.dumps({str(key): to_scalar(inner) for key, inner in value.items()}, ensure_ascii=False)
    if isinstance(value, list | tuple | set | frozenset):
        plain = [
            to_scalar(inner) for inner in (sorted(value, key=str) if isinstance(value, set | frozenset) else value)
        ]
        return ", ".join(str(inner) for inner in plain if inner is not None)
    return str(value)


def combined(own: Mapping[str, Scalar], *given: Mapping[str, Any]) -> dict[str, Scalar]:
    """Metadata of an item: what was measured, then what was given; a name taken already becomes ``given_NAME``."""
    columns = dict(own)
    for source in given:
        for column, value in source.items():
            columns[f"given_{column}" if column in own else str(column)] = to_scalar(value)
    return columns


def reason_of(error: Exception) -> str:
    """The sentence for a person behind an error that one file caused."""
    if isinstance(error, NovaExploreError):
        return str(error)
    return f"Reading it failed in an unforeseen way ({type(error).__name__}: {error}). Please report this file's kind."


def shown_progress(files: Sequence[Any], progress: bool) -> Iterator[Any]:
    """Iterate with a bar that appears after a second."""
    from tqdm.auto import tqdm

    return iter(tqdm(files, desc="Reading", unit=" files", delay=1, disable=not progress))
