"""One file becomes its items: identified, split, digested, with what it and the files beside it say of it."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from nova_explore import media
from nova_explore.collection import Collection, Item, Modality, Scalar, Unread, number_copies
from nova_explore.errors import NovaExploreError, UnreadableError
from nova_explore.media import access, subtitles
from nova_explore.media.content import Part
from nova_explore.media.embedded_metadata import Described, describe
from nova_explore.media.subtitles import Line
from nova_explore.media.text import split_text
from nova_explore.sources.scalars import combined
from nova_explore.sources.side_files import SideFiles

Documents = Literal["auto", "image"]

TABLE_SUFFIXES = frozenset((".csv", ".tsv", ".parquet", ".jsonl", ".ndjson"))
_PROSE_SUFFIXES = frozenset(
    ("", ".txt", ".text", ".md", ".markdown", ".rst", ".adoc", ".org", ".tex", ".log", ".nfo", ".asc", ".debian")
)
BRIEF = 500
"""Characters of a caption that every part of a medium gets; a longer one is shared out among them."""

DESCRIBED = "described_by"
"""Column that says where an item's words and facts were read: ``title: XMP; tags: IPTC; caption: cat.txt``."""


@dataclass(slots=True)
class FileReader:
    """Turns files into items, one at a time, and remembers folders and side files that several files share.

    Attributes
    ----------
    pages : sequence of str
        Patterns of names; pictures that match are document pages.
    documents : {"auto", "image"}
        Whether the pages of documents keep their text layer or are all read from their picture.
    sidecars : bool
        Whether ``NAME.txt``, ``NAME.json``, ``NAME.xmp`` and ``NAME.srt`` beside a medium describe it.
    encoding : str or None
        Of texts that are neither UTF-8 nor UTF-16; None finds out.
    fetch : bool
        Whether addresses in a table are fetched.
    beside : SideFiles
        What lies beside the media of the folders that were seen.
    """

    pages: Sequence[str] = ()
    documents: Documents = "auto"
    sidecars: bool = True
    encoding: str | None = None
    fetch: bool = False
    beside: SideFiles = field(default_factory=SideFiles)

    def read(
        self,
        path: Path,
        *,
        name: str,
        folder: str,
        given: Mapping[str, Any] | None = None,
        uri: str | None = None,
    ) -> list[Item]:
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
        uri : str, optional
            Where it comes from, if that is not its path.

        Raises
        ------
        UnreadableError
            With the reason, if nothing can be made of it.
        """
        size = access.check_file(path).st_size
        modality, format = media.identify(path, encoding=self.encoding)
        suffix = path.suffix.lower()
        if modality is Modality.TEXT:
            if suffix in TABLE_SUFFIXES:
                raise UnreadableError(
                    f"A table, whose rows are items. Read it by itself: nova_explore.read({path.name!r})"
                )
            if format == "txt" and suffix not in _PROSE_SUFFIXES and suffix not in subtitles.SUFFIXES:
                raise UnreadableError(
                    f"It holds plain text although its name ends in {suffix}. Rename it to .txt if it is to be read."
                )
            format = "md" if format == "txt" and suffix in (".md", ".markdown") else format
        if modality is Modality.IMAGE and _matches(name, self.pages):
            modality = Modality.PAGE
        parts = media.split(path, modality, format, encoding=self.encoding)
        if modality is Modality.TEXT and suffix in subtitles.SUFFIXES:
            parts = _spoken(parts)
        if not parts:
            raise UnreadableError("It holds nothing that can be shown. Export it again.")
        said = self._said(path, modality, format)
        digest = access.digest(path)
        return [
            Item(
                id="",
                modality=modality,
                uri=uri or str(path),
                name=name,
                format=format,
                digest=digest,
                span=part.span,
                text=said.heard(part) if self._by_picture(modality, part) or part.text is None else part.text,
                as_image=self._by_picture(modality, part),
                metadata=combined(
                    {"folder": folder, "bytes": size} | dict(part.facts), said.columns(number, part, parts), given or {}
                ),
            )
            for number, part in enumerate(parts)
        ]

    def _said(self, path: Path, modality: Modality, format: str) -> _Said:
        if modality is Modality.TEXT:
            return _Said()
        inside = describe(path, modality, format)
        beside = self.beside.of(path) if self.sidecars else []
        sources = {source: dict(columns) for source, columns in inside.by_source.items()}
        lines = inside.lines
        for name, notes in beside:
            sources[name] = dict(notes.columns)
            lines = lines or notes.lines
        return _Said(sources, inside, lines)

    def _by_picture(self, modality: Modality, part: Part) -> bool:
        return modality is Modality.PAGE and (self.documents == "image" or part.text is None)

    def is_sidecar(self, path: Path) -> bool:
        """Whether a file describes a medium beside it."""
        return self.sidecars and self.beside.describes(path)


def _spoken(parts: Sequence[Part]) -> list[Part]:
    """The words of a file of subtitles or lyrics, without their times."""
    lines = subtitles.read_subtitles("".join(part.text or "" for part in parts))
    if not lines:
        raise UnreadableError("Its name says that it holds subtitles, and it holds none. Rename it to .txt to read it.")
    return [replace(part, facts=parts[0].facts) for part in split_text("\n".join(line.words for line in lines))]


@dataclass(frozen=True, slots=True)
class _Said:
    """What a medium and the files beside it say, and how its parts share it."""

    sources: Mapping[str, Mapping[str, Scalar]] = field(default_factory=dict)
    inside: Described = field(default_factory=Described)
    lines: tuple[Line, ...] = ()

    def columns(self, number: int, part: Part, parts: Sequence[Part]) -> dict[str, Scalar]:
        """Metadata of one part, with where it was read."""
        found: dict[str, Scalar] = {}
        origin: dict[str, str] = {}
        for source, columns in self.sources.items():
            for column, value in columns.items():
                if (value is not None and value != "") or column not in found:
                    found[column], origin[column] = value, source
        chapters = [line.words for line in _within(self.inside.chapters, part)]
        if chapters:
            found["chapters"], origin["chapters"] = "; ".join(chapters), "chapters"
        for column in ("caption", "transcript"):
            words = found.get(column)
            if isinstance(words, str) and len(words) > BRIEF and len(parts) > 1:
                found[column] = _share(words, number, parts)
        if origin:
            found[DESCRIBED] = "; ".join(f"{column}: {source}" for column, source in origin.items())
        return found

    def heard(self, part: Part) -> str | None:
        """The words of subtitles within a part."""
        return "\n".join(line.words for line in _within(self.lines, part)) or None


def _within(lines: Iterable[Line], part: Part) -> list[Line]:
    span = part.span
    return [line for line in lines if span is None or (line.start < span.end and line.end > span.start)]


def _share(words: str, number: int, parts: Sequence[Part]) -> str:
    """The stretch of a long text that is one part's, by its share of the time; together the parts hold all of it."""
    ends = [part.span.end for part in parts if part.span]
    if len(ends) < len(parts):
        return words
    start = 0.0 if number == 0 else ends[number - 1]

    def cut(second: float) -> int:
        at = round(len(words) * second / ends[-1])
        return len(words) if at >= len(words) else max(0, words.rfind(" ", 0, at + 1))

    return words[cut(start) if number else 0 : cut(ends[number])].strip()


def _matches(name: str, patterns: Iterable[str]) -> bool:
    base = PurePosixPath(name).name
    return any(fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(base, pattern) for pattern in patterns)


def reason_of(error: Exception) -> str:
    """The sentence for a person behind an error that one file caused."""
    if isinstance(error, NovaExploreError):
        return str(error)
    return f"Reading it failed in an unforeseen way ({type(error).__name__}: {error}). Please report this file's kind."


def shown_progress(files: Iterable[Any], progress: bool) -> Iterator[Any]:
    """Iterate with a bar that appears after a second."""
    from tqdm.auto import tqdm

    return iter(tqdm(files, desc="reading", unit=" files", delay=1, disable=not progress))


def read_files(
    files: Iterable[tuple[Path, str]],
    reader: FileReader,
    progress: bool,
    unread: Iterable[Unread] = (),
    *,
    asked: bool = False,
) -> Collection:
    """Read files, each with its name relative to the source; what cannot be read is named and ends nothing.

    Parameters
    ----------
    files : iterable of (Path, str)
        Paths and names.
    reader : FileReader
        Turns each into items.
    progress : bool
        Show a bar once reading takes longer than a second.
    unread : iterable of Unread
        What is known already to be of no use.
    asked : bool
        Whether each was asked for by name, so that one that describes another is an item all the same.
    """
    items: list[Item] = []
    failed: list[tuple[bytes, Unread]] = [
        (os.fsencode(one.name), Unread(access.shown(one.name), one.reason)) for one in unread
    ]
    ordered = sorted(files, key=lambda file: os.fsencode(file[1]))
    for path, name in shown_progress(ordered, progress):
        try:
            if not asked and reader.is_sidecar(path):
                reader.beside.parse(path)
            else:
                folder = name.partition("/")[0] if "/" in name else "."
                items.extend(reader.read(path, name=name, folder=folder))
        except Exception as error:  # one file must never end the reading of all
            failed.append((os.fsencode(name), Unread(access.shown(name), reason_of(error))))
    failed.sort(key=lambda one: one[0])
    return Collection(number_copies(items), [one for _, one in failed])
