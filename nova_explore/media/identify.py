"""Find what a file is from its content: the name plays no part.

A text is a text whatever its first letters are. *The free market* has the name of an MP4 box at its fifth byte, and
*GIF89a is the header of a format* begins like a picture; but no picture, sound or film is without control characters.
"""

from __future__ import annotations

import contextlib
import json
import re
import zipfile
import zlib
from pathlib import Path
from xml.parsers import expat

from nova_explore.collection import Modality
from nova_explore.errors import UnreadableError
from nova_explore.media import access, formats
from nova_explore.media.encoding import HEAD, decode, plain_xml

MOST_TEXT = 16 * 2**20
"""Bytes of the largest text file that is read: about five times *War and Peace*."""

MOST_PADDING = 2**16
"""Zero bytes before the first frame of a recording that was cut out of a stream."""

_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\r\n\f\v\x1b\b")
_PDF = re.compile(rb"%PDF-\d\.\d\s*[\r\n]")
_HTML = re.compile(rb"\s*(<!--.*?-->\s*)*<(!doctype html|html|head|body)\b", re.I | re.S)


def identify(path: Path, *, encoding: str | None = None) -> tuple[Modality, str]:
    """Modality and format of a file, from its content alone.

    Parameters
    ----------
    path : Path
        Any path; it is looked at before it is opened, so pipes and devices are never touched.
    encoding : str, optional
        Of texts that are neither UTF-8 nor UTF-16; None finds out.

    Returns
    -------
    (Modality, str)
        For example ``(Modality.AUDIO, "m4a")``. Markdown cannot be told from plain text: both are ``"txt"``.

    Raises
    ------
    UnreadableError
        If there is nothing to read or its kind is not supported, with the kind where it is known.
    """
    size = access.check_file(path).st_size
    head = access.read_bytes(path, HEAD)
    if not _is_written(head):
        found = _by_magic(head, path)
        if found:
            return found
        for magic, what, do in formats.OTHERS:
            if head.startswith(magic):
                raise _unsupported(what, do)
        if head.startswith(b"PK"):
            return _in_zip(head, path)
    return _as_text(path, head, size, encoding)


def _is_written(head: bytes) -> bool:
    """Whether bytes are letters alone, in any encoding that has no zero bytes."""
    return len(head.translate(None, _CONTROLS)) == len(head)


def _by_magic(head: bytes, path: Path) -> tuple[Modality, str] | None:
    for magic, modality, format in formats.READ:
        if head.startswith(magic):
            return (modality, "raw") if format == "tiff" and _is_raw(path) else (modality, format)
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] in formats.RIFF:
        return formats.RIFF[head[8:12]]
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return Modality.AUDIO, "aiff"
    # Byte 14 of a bitmap is the length of its header.
    if head[:2] == b"BM" and head[14:18] in {n.to_bytes(4, "little") for n in (12, 40, 52, 56, 64, 108, 124)}:
        return Modality.IMAGE, "bmp"
    # Readers accept the header anywhere in the first 1024 bytes (ISO 32000-1, implementation note 13).
    if b"%PDF-" in head[:1024]:
        return Modality.PAGE, "pdf"
    if formats.is_targa(_tail(path, 18)):
        return Modality.IMAGE, "tga"
    if head[:2] == b"\x1f\x8b" and _is_drawing(_unpacked(head)):
        return Modality.IMAGE, "svg"
    return _recording(head, path)


def _tail(path: Path, size: int) -> bytes:
    with access.translated(path), path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - size))
        return file.read(size)


def _recording(head: bytes, path: Path) -> tuple[Modality, str] | None:
    if head[:4] == b"OggS":
        return (Modality.VIDEO, "ogv") if b"\x80theora" in head[:4096] else (Modality.AUDIO, "ogg")
    if head[:3] == b"ID3":
        return Modality.AUDIO, _after_id3(path, head)
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return _in_boxes(head, path)
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        webm = b"webm" in head[:64]
        if _has_picture(path, "mkv"):
            return Modality.VIDEO, "webm" if webm else "mkv"
        return Modality.AUDIO, "webm" if webm else "mka"
    format = (
        "ts" if formats.is_transport_stream(head) else next((f for m, f in formats.BY_FFMPEG if head.startswith(m)), "")
    )
    if format:
        return (Modality.VIDEO if _has_picture(path, format) else Modality.AUDIO), format
    start = head.lstrip(b"\0") or access.read_bytes(path, MOST_PADDING).lstrip(b"\0")
    if formats.is_mpeg_audio(start):
        return Modality.AUDIO, "mp3"
    return (Modality.AUDIO, "aac") if formats.is_adts(head) else None


def _in_zip(head: bytes, path: Path) -> tuple[Modality, str]:
    if b"mimetypeapplication/epub" in head:
        return Modality.TEXT, "epub"
    for kind, format in formats.OPENDOCUMENT:
        if b"mimetypeapplication/vnd.oasis.opendocument." + kind in head:
            return Modality.TEXT, format
    with contextlib.suppress(Exception), zipfile.ZipFile(path) as archive:  # a damaged list raises what it likes
        head += b" ".join(name.encode(errors="replace") for name in archive.namelist()[:200])
    for folder, format in formats.IN_ZIP:
        if folder in head:
            return Modality.TEXT, format
    raise _unsupported(*formats.in_zip(head))


def _is_raw(path: Path) -> bool:
    from nova_explore.media import raw

    return raw.is_raw(path)


def _unpacked(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(head, HEAD)
    except zlib.error:
        return b""


def _after_id3(path: Path, head: bytes) -> str:
    with access.translated(path), path.open("rb") as file:
        file.seek(formats.after_id3(head))
        start = file.read(8)
    return "flac" if start[:4] == b"fLaC" else "aac" if formats.is_adts(start) else "mp3"


def _in_boxes(head: bytes, path: Path) -> tuple[Modality, str]:
    brand = head[8:12] if head[4:8] == b"ftyp" else b"qt  "
    if brand == b"crx ":
        return Modality.IMAGE, "raw"
    if brand == b"jxl ":
        raise _unsupported("a JPEG XL picture", "Save it as JPEG or PNG.")
    if brand in formats.PICTURES_IN_BOXES:
        brands = head[8 : int.from_bytes(head[:4], "big")]
        return Modality.IMAGE, "avif" if b"avif" in brands or b"avis" in brands else "heic"
    if _has_picture(path, "mp4"):
        return Modality.VIDEO, "mov" if brand == b"qt  " else "mp4"
    return Modality.AUDIO, "m4a"


def _has_picture(path: Path, format: str) -> bool:
    from nova_explore.media import completeness, container

    completeness.check_whole(path, format)
    with container.opened(path) as media:
        if container.picture_stream(media) is not None:
            return True
        if container.sound_streams(media):
            return False
    raise UnreadableError("It holds neither pictures nor sound. Check the recording.")


def _unsupported(what: str, do: str) -> UnreadableError:
    return UnreadableError(f"It holds {what}, which is not a supported kind ({formats.SUPPORTED}). {do}")


def _as_text(path: Path, head: bytes, size: int, encoding: str | None) -> tuple[Modality, str]:
    for magic, what, do in formats.TEXTUAL:
        if head.startswith(magic):
            raise _unsupported(what, do)
    if _PDF.match(head) or (b"%PDF-" in head[:1024] and b" obj" in head and b"<<" in head):
        return Modality.PAGE, "pdf"
    markup = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")
    if markup.startswith(b"<"):
        if _HTML.match(markup.replace(b"\0", b"")):
            return Modality.TEXT, "html"
        root = _root_of(head) or (_root_of(access.read_bytes(path, MOST_TEXT)) if size > len(head) else None)
        if root == "svg":
            return Modality.IMAGE, "svg"
        if root == "html":
            return Modality.TEXT, "html"
        if markup.replace(b"\0", b"").startswith(b"<?xml"):
            raise _unsupported("XML", "Export its words as plain text or a table.")
    if size > MOST_TEXT:
        decode(head, cut=True, encoding=encoding)
        raise UnreadableError(
            f"It is a text of {size / 2**20:,.0f} MB; at most {MOST_TEXT // 2**20} MB are read. Split it."
        )
    text = decode(access.read_bytes(path) if size > len(head) else head, encoding=encoding)
    if not text.strip("\ufeff \t\r\n\f\v\u00a0\u200b"):
        raise UnreadableError("It holds only white space. Give a text with words.")
    if text.lstrip()[:1] in ("{", "["):
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            pass
        else:
            raise _unsupported("JSON data", "Name it like the file it describes, or export it as a table.")
    return Modality.TEXT, "txt"


def _is_drawing(data: bytes) -> bool:
    return _root_of(data) == "svg"


def _root_of(data: bytes) -> str | None:
    """Name of the root element of XML, without its prefix; None where none begins, or the encoding is none of XML's."""
    found: list[str] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, _attributes: found.append(name) if not found else None
    with contextlib.suppress(expat.ExpatError, ValueError):
        parser.Parse(plain_xml(data), False)
    return found[0].rpartition(":")[2] if found else None
