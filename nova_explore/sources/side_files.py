"""What lies beside a medium and describes it: captions, columns, XMP, exports of Google Photos, subtitles.

Names are compared as people see them: in any case, and composed or decomposed (macOS writes ``é`` as two characters).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nova_explore.collection import Scalar
from nova_explore.errors import UnreadableError
from nova_explore.media import access, xmp
from nova_explore.media.encoding import decode, loss
from nova_explore.media.subtitles import SUFFIXES, Line, read_subtitles
from nova_explore.sources.scalars import to_scalar

MEDIA_SUFFIXES = frozenset(
    (
        *(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".webp", ".tif", ".tiff", ".bmp", ".svg", ".svgz", ".avif"),
        *(".heic", ".heif", ".jp2", ".j2k", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".raf", ".orf", ".rw2", ".pef"),
        ".pdf",
        *(".wav", ".mp3", ".mp2", ".ogg", ".oga", ".opus", ".flac", ".m4a", ".m4b", ".aac", ".amr", ".aif", ".aiff"),
        *(".au", ".caf", ".wv", ".wma", ".mka"),
        *(".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".ogv", ".mts", ".m2ts", ".mpg", ".mpeg", ".flv", ".wmv"),
        *(".3gp", ".mxf", ".rm", ".ra", ".asf", ".y4m", ".h264", ".ivf", ".m2v", ".divx"),
        *(".pnm", ".ppm", ".pgm", ".pbm", ".tga", ".pcx", ".sgi", ".qoi", ".dds", ".ico", ".icns"),
        *(".w64", ".voc", ".mpc", ".ape", ".tta", ".dsf", ".sph", ".tak"),
    )
)
"""Endings of the names that a file beside can belong to. They never decide what a file is."""

SIDE_SUFFIXES = (".txt", ".json", ".xmp", *SUFFIXES)
_TAKEOUT = "supplemental-metadata"
_COUNTER = re.compile(r"\(\d+\)$")
_LANGUAGE = re.compile(r"(\.([a-z]{2,3}([-_][a-z]{2,4})?|forced|sdh|cc|default))+$", re.I)
LONGEST_CAPTION = 1_000_000
# Tux Paint's captions carry their translations below: "pt_BR.utf8=Um gato." or "sr@latin.utf8=…"
_TRANSLATION = re.compile(r"^[a-z]{2,3}(_[A-Za-z]+)?(@\w+)?\.utf8=")


@dataclass(frozen=True, slots=True)
class Notes:
    """What one file says of the medium that it lies beside.

    Attributes
    ----------
    columns : Mapping
        Caption, tags and the like.
    lines : tuple of Line
        Words at times, of subtitles.
    """

    columns: Mapping[str, Scalar] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()


def same(name: str) -> str:
    """A name as it is compared: composed, in one case."""
    return unicodedata.normalize("NFC", name).casefold()


@dataclass(slots=True)
class SideFiles:
    """Which files of a folder describe which media in it, and what they say; every folder is listed once."""

    listings: dict[Path, list[str]] = field(default_factory=dict)
    """Names in folders that are known already, because they are copies of something elsewhere."""
    _owners: dict[Path, dict[str, list[str]]] = field(default_factory=dict)
    _sides: dict[Path, dict[str, list[str]]] = field(default_factory=dict)
    _notes: dict[Path, Notes] = field(default_factory=dict)

    def describes(self, path: Path) -> bool:
        """Whether a file describes a medium beside it: ``cat.txt`` or ``cat.png.json`` beside ``cat.png``."""
        if path.suffix.lower() not in SIDE_SUFFIXES:
            return False
        self._list(path.parent)
        return path.name in self._owners[path.parent]

    def of(self, path: Path) -> list[tuple[str, Notes]]:
        """What lies beside a medium, by name, in the order .txt, .json, .xmp, subtitles. What is broken is left out."""
        self._list(path.parent)
        found = []
        for name in self._sides[path.parent].get(path.name, ()):
            try:
                found.append((name, self.parse(path.parent / name)))
            except UnreadableError:
                continue  # named when the reader comes to the file itself
        return found

    def parse(self, path: Path) -> Notes:
        """What one file beside a medium says.

        Raises
        ------
        UnreadableError
            If it is no text, or its JSON is broken or no object.
        """
        if path not in self._notes:
            self._notes[path] = _parse(path)
        return self._notes[path]

    def _list(self, folder: Path) -> None:
        if folder in self._owners:
            return
        if folder in self.listings:
            names = sorted(self.listings[folder])
        else:
            with access.translated(folder):
                names = sorted(entry.name for entry in folder.iterdir())
        media = [name for name in names if Path(name).suffix.lower() in MEDIA_SUFFIXES]
        exact: dict[str, list[str]] = {}
        alike: dict[str, list[str]] = {}
        for name in media:
            for called in (name, Path(name).stem):
                exact.setdefault(called, []).append(name)
                alike.setdefault(same(called), []).append(name)
        owners: dict[str, list[str]] = {}
        sides: dict[str, list[str]] = {}
        for name in sorted(names, key=lambda name: _rank(Path(name).suffix.lower())):
            suffix = Path(name).suffix.lower()
            if suffix not in SIDE_SUFFIXES or name in media:
                continue
            for called in _calls(Path(name).stem, suffix):
                owned = exact.get(called) or alike.get(same(called))
                if owned:
                    owners[name] = owned
                    for medium in owned:
                        sides.setdefault(medium, []).append(name)
                    break
        self._owners[folder], self._sides[folder] = owners, sides


def _rank(suffix: str) -> int:
    return SIDE_SUFFIXES.index(suffix) if suffix in SIDE_SUFFIXES else len(SIDE_SUFFIXES)


def _calls(stem: str, suffix: str) -> list[str]:
    """Names that a file's own name may mean, the likeliest first."""
    found = [stem]
    if suffix == ".json":
        # Google Photos: IMG_1.jpg.supplemental-metadata(2).json belongs to IMG_1(2).jpg; long names are cut anywhere.
        count = _COUNTER.search(stem)
        bare = stem[: count.start()] if count else stem
        head, _, tail = bare.rpartition(".")
        if head and _TAKEOUT.startswith(tail.lower()):
            bare = head
        name = Path(bare)
        found += [f"{name.stem}{count[0]}{name.suffix}"] if count else [bare]
    if suffix in SUFFIXES:
        found.append(_LANGUAGE.sub("", stem))
    return found


def _parse(path: Path) -> Notes:
    try:
        access.check_file(path)
        data = access.read_bytes(path)
        if path.suffix.lower() == ".xmp":
            return Notes(xmp.columns_of(data))
        text = decode(data)
    except UnreadableError as error:
        raise UnreadableError(f"A sidecar that cannot be used: {error}") from error
    lost = loss(text)
    found = _said(path, text)
    return replace(found, columns={**found.columns, "incomplete_sidecar": f"{path.name}: {lost}"}) if lost else found


def _said(path: Path, text: str) -> Notes:
    if path.suffix.lower() in SUFFIXES:
        return Notes(lines=tuple(read_subtitles(text)))
    if path.suffix.lower() == ".txt":
        caption = caption_of(text)
        return Notes({"caption": caption} if caption else {})
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
    return Notes(_columns(columns))


def _columns(columns: dict[str, Any]) -> dict[str, Scalar]:
    """Columns of a JSON object; those of Google Photos under the names that all media have here."""
    found: dict[str, Scalar] = {str(column): to_scalar(value) for column, value in columns.items()}
    taken = columns.get("photoTakenTime")
    if isinstance(taken, dict):
        found.pop("title", None)  # the file's name
        for column in ("photoTakenTime", "creationTime", "geoData", "geoDataExif", "people"):
            found.pop(column, None)
        try:
            moment = datetime.fromtimestamp(int(taken["timestamp"]), UTC)
            found["date"] = moment.isoformat().removesuffix("+00:00") + "Z"
        except (KeyError, TypeError, ValueError, OverflowError, OSError):
            pass
        where = columns.get("geoData")
        if isinstance(where, dict) and (where.get("latitude") or where.get("longitude")):
            found["latitude"], found["longitude"] = to_scalar(where["latitude"]), to_scalar(where.get("longitude"))
        people = columns.get("people")
        if isinstance(people, list):
            found["people"] = to_scalar([one.get("name") for one in people if isinstance(one, dict)])
    for column, word in (("description", "caption"), ("keywords", "tags")):
        value = found.get(column)
        if isinstance(value, str) and value.strip() and not found.get(word):
            found[word] = value
    return found


def caption_of(text: str) -> str:
    """The words of a text beside a medium, whole, without Tux Paint's translations."""
    lines = [line for line in text.splitlines() if not _TRANSLATION.match(line)]
    return "\n".join(lines).strip()[:LONGEST_CAPTION]
