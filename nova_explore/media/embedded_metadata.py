"""What a file says of itself, whatever it is: columns by where in the file they stand.

Words of names and search are ``title``, ``caption``, ``tags``, ``chapters`` and ``transcript``. Who made it, with
what, when and where (``author``, ``artist``, ``camera``, ``software``, ``date``, ``place``, …) are columns only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nova_explore.collection import Modality, Scalar
from nova_explore.errors import NovaExploreError
from nova_explore.media import access, exif, png, xmp
from nova_explore.media.encoding import repaired
from nova_explore.media.subtitles import Line
from nova_explore.media.tags import tags_of

_PNG_WORDS = {
    "title": "title", "description": "caption", "comment": "caption", "author": "author", "artist": "author",
    "copyright": "copyright", "software": "software", "source": "camera", "keywords": "tags", "creation time": "date",
}  # fmt: skip
_PDF_WORDS = {
    "Title": "title", "Subject": "caption", "Keywords": "tags", "Author": "author", "Creator": "software",
    "CreationDate": "date",
}  # fmt: skip
_FILE_LIKE = (".doc", ".docx", ".indd", ".ai", ".qxd", ".qxp", ".tex", ".dvi", ".ppt", ".pptx", ".xls", ".pdf")


@dataclass(frozen=True, slots=True)
class Described:
    """What a file says of itself.

    Attributes
    ----------
    by_source : Mapping of str to Mapping
        Columns by where they stand (``"EXIF"``, ``"IPTC"``, ``"XMP"``, ``"SVG"``, ``"tags"`` …), the weightiest last.
    chapters, lines : tuple of Line
        Named chapters, and subtitles, of a recording.
    """

    by_source: Mapping[str, Mapping[str, Scalar]] = field(default_factory=dict)
    chapters: tuple[Line, ...] = ()
    lines: tuple[Line, ...] = ()


def describe(path: Path, modality: Modality, format: str) -> Described:
    """Read what a file says of itself; what is damaged says nothing, and never makes the file unreadable."""
    if modality in (Modality.AUDIO, Modality.VIDEO):
        found = tags_of(path)
        return Described({"tags": found.columns} if found.columns else {}, found.chapters, found.lines)
    by_source: dict[str, Mapping[str, Scalar]] = {}
    if format == "svg":
        from nova_explore.media import svg

        by_source["SVG"] = _joined(svg.words_in(access.read_bytes(path)))
    elif format == "pdf":
        by_source["PDF"] = _of_document(path)
    elif modality in (Modality.IMAGE, Modality.PAGE):
        by_source = _of_picture(path, format)
    return Described({source: columns for source, columns in by_source.items() if columns})


def _joined(words: Mapping[str, list[str]]) -> dict[str, Scalar]:
    return {
        column: ", ".join(dict.fromkeys(values)) if column in ("tags", "author") else values[0]
        for column, values in words.items()
        if values
    }


def _of_document(path: Path) -> dict[str, Scalar]:
    from nova_explore.media import document

    found: dict[str, Scalar] = {}
    for key, value in document.information(path).items():
        column, words = _PDF_WORDS.get(key), " ".join(repaired(value).split())
        if column == "date":
            digits = words.removeprefix("D:")[:8]
            words = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if len(digits) == 8 and digits.isdigit() else ""
        if column == "title" and (words.lower().endswith(_FILE_LIKE) or words.lower().startswith("untitled")):
            continue  # what a printer driver put there
        if column and words:
            found[column] = (
                ", ".join(word.strip() for word in re.split(r"[;,]", words) if word.strip())
                if column == "tags"
                else words
            )
    return found


def _of_picture(path: Path, format: str) -> dict[str, Mapping[str, Scalar]]:
    from nova_explore.media import image

    try:
        # The preview inside a raw file says less than the file, which Pillow opens as a TIFF.
        picture = image.open_header(path, "tiff" if format == "raw" else format)
    except (NovaExploreError, OSError, ValueError, SyntaxError):
        return {}
    found: dict[str, Mapping[str, Scalar]] = {}
    with picture:
        if format == "png":
            found["PNG"] = {
                _PNG_WORDS[key.lower()]: value
                for key, value in reversed(png.texts(access.read_bytes(path)).items())
                if key.lower() in _PNG_WORDS
            }
        comment = picture.info.get("comment")
        if isinstance(comment, bytes) and format in ("jpeg", "gif"):
            words = " ".join(comment.decode("utf-8", "replace").replace("\0", " ").split())
            if words and not words.upper().startswith(("CREATOR:", "LAVC", "FILE WRITTEN BY", "CREATED WITH")):
                found["comment"] = {"caption": words}
        with image.headers():  # damaged blocks make Pillow warn
            found["EXIF"] = exif.exif_columns(picture)
            found["IPTC"] = exif.iptc_columns(picture)
        packet = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp")
        if isinstance(packet, str):
            packet = packet.encode()
        if isinstance(packet, bytes):
            found["XMP"] = xmp.columns_of(packet)
    return found
