"""Find what a file is from its content: the name plays no part.

Magic numbers follow the formats' own specifications; the list of what is *not* supported exists so that the reason
can name the kind (https://www.garykessler.net/library/file_sigs.html).
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from nova_explore.collection import Modality
from nova_explore.errors import UnreadableError
from nova_explore.media import access

SUPPORTED = "png jpeg gif webp tiff bmp svg · pdf · wav mp3 ogg flac m4a · mp4 mov mkv webm avi · txt md"
HEAD = 8192
MOST_TEXT = 16 * 2**20
"""Bytes of the largest text file that is read: about five times *War and Peace*."""

_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}

_PLAIN = (
    (b"\x89PNG\r\n\x1a\n", Modality.IMAGE, "png"),
    (b"\xff\xd8\xff", Modality.IMAGE, "jpeg"),
    (b"GIF87a", Modality.IMAGE, "gif"),
    (b"GIF89a", Modality.IMAGE, "gif"),
    (b"II*\0", Modality.IMAGE, "tiff"),
    (b"MM\0*", Modality.IMAGE, "tiff"),
    (b"II+\0", Modality.IMAGE, "tiff"),
    (b"MM\0+", Modality.IMAGE, "tiff"),
    (b"fLaC", Modality.AUDIO, "flac"),
)
_RIFF = {
    b"WEBP": (Modality.IMAGE, "webp"),
    b"WAVE": (Modality.AUDIO, "wav"),
    b"AVI ": (Modality.VIDEO, "avi"),
}

_OTHERS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document", "Save it as PDF."),
    (b"\x1f\x8b", "gzip-compressed data", "Unpack it."),
    (b"BZh", "bzip2-compressed data", "Unpack it."),
    (b"\xfd7zXZ\0", "xz-compressed data", "Unpack it."),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed data", "Unpack it."),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "Unpack it."),
    (b"Rar!\x1a\x07", "a RAR archive", "Unpack it."),
    (b"PAR1", "a Parquet table", "Read it by itself: nova_explore.read('…')."),
    (b"\x7fELF", "a program", "Leave it out."),
    (b"MZ", "a program", "Leave it out."),
    (b"SQLite format 3\0", "an SQLite database", "Export the table as CSV or Parquet."),
    (b"{\\rtf", "an RTF document", "Save it as PDF or plain text."),
    (b"8BPS", "a Photoshop document", "Export it as PNG."),
    (b"\0\0\1\0", "an icon", "Save it as PNG."),
    (b"FLV\1", "Flash video", "Convert it to MP4."),
    (b"\x30\x26\xb2\x75", "Windows Media", "Convert it to MP4 or MP3."),
    (b"FORM", "AIFF or IFF data", "Convert it to WAV or FLAC."),
    (b"%!PS", "PostScript", "Convert it to PDF."),
    (b"wOFF", "a font", "Leave it out."),
    (b"wOF2", "a font", "Leave it out."),
    (b"\0\1\0\0\0", "a font", "Leave it out."),
)
_HTML = re.compile(r"\s*(<!--.*?-->\s*)*<(!doctype html|html|head|body)\b", re.I | re.S)
_SVG = re.compile(r"<(?:[\w.-]+:)?svg[\s>/]")


def identify(path: Path) -> tuple[Modality, str]:
    """Modality and format of a file, from its content alone.

    Parameters
    ----------
    path : Path
        Any path; it is looked at before it is opened, so pipes and devices are never touched.

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
    found = _by_magic(head, path)
    if found:
        return found
    for magic, what, do in _OTHERS:
        if head.startswith(magic):
            raise _unsupported(what, do)
    if head.startswith(b"PK"):
        raise _unsupported(*_zip_kind(head))
    return _as_text(path, head, size)


def _by_magic(head: bytes, path: Path) -> tuple[Modality, str] | None:
    for magic, modality, format in _PLAIN:
        if head.startswith(magic):
            return modality, format
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] in _RIFF:
        return _RIFF[head[8:12]]
    # Byte 14 of a bitmap is the length of its header: text that begins with BM is thus not taken for one.
    if head[:2] == b"BM" and head[14:18] in {n.to_bytes(4, "little") for n in (12, 40, 52, 56, 64, 108, 124)}:
        return Modality.IMAGE, "bmp"
    # Readers accept the header anywhere in the first 1024 bytes (ISO 32000-1, implementation note 13).
    if b"%PDF-" in head[:1024]:
        return Modality.PAGE, "pdf"
    if head[:4] == b"OggS":
        return (Modality.VIDEO, "ogv") if b"\x80theora" in head[:4096] else (Modality.AUDIO, "ogg")
    if head[:3] == b"ID3":
        return Modality.AUDIO, _after_id3(path, head)
    # MPEG audio frame: eleven set bits, layer III, a bit rate and a sampling rate that exist.
    if len(head) > 3 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[2] >> 4 != 15 and head[2] & 12 != 12:
        return Modality.AUDIO, "mp3"
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return _isobmff(head, path)
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        webm = b"webm" in head[:64]
        if _has_picture(path, "mkv"):
            return Modality.VIDEO, "webm" if webm else "mkv"
        return Modality.AUDIO, "webm" if webm else "mka"
    return None


def _after_id3(path: Path, head: bytes) -> str:
    size = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True)) + 10
    with access.translated(path), path.open("rb") as file:
        file.seek(size)
        return "flac" if file.read(4) == b"fLaC" else "mp3"


def _isobmff(head: bytes, path: Path) -> tuple[Modality, str]:
    brand = head[8:12] if head[4:8] == b"ftyp" else b"qt  "
    if brand in (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis", b"hevc"):
        raise _unsupported("a HEIC or AVIF picture", "Save it as JPEG or PNG.")
    if _has_picture(path, "mp4"):
        return Modality.VIDEO, "mov" if brand == b"qt  " else "mp4"
    return Modality.AUDIO, "m4a"


def _has_picture(path: Path, format: str) -> bool:
    from nova_explore.media import container

    container.check_whole(path, format)
    with container.opened(path) as media:
        if container.picture_stream(media) is not None:
            return True
        if media.streams.audio:
            return False
    raise UnreadableError("It holds neither pictures nor sound. Check the recording.")


def _zip_kind(head: bytes) -> tuple[str, str]:
    if b"word/" in head or b"xl/" in head or b"ppt/" in head or b"[Content_Types].xml" in head:
        return "an Office document", "Save it as PDF."
    if b"mimetypeapplication/epub" in head:
        return "an e-book", "Convert it to PDF."
    if b"mimetypeapplication/vnd.oasis" in head:
        return "an OpenDocument file", "Save it as PDF."
    return "a zip archive", "Unpack it."


def _unsupported(what: str, do: str) -> UnreadableError:
    return UnreadableError(f"It holds {what}, which is not a supported kind ({SUPPORTED}). {do}")


def _as_text(path: Path, head: bytes, size: int) -> tuple[Modality, str]:
    start = decode(head, cut=size > len(head))
    stripped = start.lstrip("\ufeff \t\r\n")
    if stripped.startswith("<"):
        if _HTML.match(stripped):
            raise _unsupported("a web page (HTML)", "Save it as PDF or plain text.")
        if _SVG.search(stripped):
            return Modality.IMAGE, "svg"
        if stripped.startswith("<?xml"):
            raise _unsupported("XML", "Export its words as plain text or a table.")
    if size > MOST_TEXT:
        raise UnreadableError(
            f"It is a text of {size / 2**20:,.0f} MB; at most {MOST_TEXT // 2**20} MB are read. Split it."
        )
    text = decode(access.read_bytes(path)) if size > len(head) else start
    if not text.strip("\ufeff \t\r\n\f\v\u00a0\u200b"):
        raise UnreadableError("It holds only white space. Give a text with words.")
    if stripped[:1] in ("{", "["):
        try:
            json.loads(text.lstrip("\ufeff"))
        except (ValueError, RecursionError):
            pass
        else:
            raise _unsupported("JSON data", "Name it like the file it describes, or export it as a table.")
    return Modality.TEXT, "txt"


def decode(data: bytes, *, cut: bool = False) -> str:
    """Decode UTF-8, or UTF-16 with a byte order mark, without the mark.

    Parameters
    ----------
    data : bytes
        The text, or its beginning.
    cut : bool
        True where ``data`` is a beginning, which may end within a character.

    Raises
    ------
    UnreadableError
        If the bytes are no text, or a text in another encoding.
    """
    if not data.strip(b"\0"):
        raise UnreadableError("It holds only zero bytes: the copy or the disk failed. Copy it again.")
    encoding = next((name for bom, name in _BOMS.items() if data.startswith(bom)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if cut and error.start >= len(data) - 4:
            text = data[: error.start].decode(encoding)
        else:
            raise _not_utf8(data, error) from error
    controls = sum(character < " " and character not in "\t\r\n\f\v\x1b\b" for character in text[:HEAD])
    if controls > 0.01 * len(text[:HEAD]):
        raise _unknown(data)
    return text.lstrip("\ufeff")


def _not_utf8(data: bytes, error: UnicodeDecodeError) -> UnreadableError:
    sample = data[:HEAD]
    controls = sum(byte < 32 and byte not in b"\t\r\n\f\v" for byte in sample)
    if controls > 0.01 * len(sample):
        return _unknown(data)
    return UnreadableError(
        f"It looks like a text in another encoding: byte {error.start} is not {error.encoding}. Save it as UTF-8."
    )


def _unknown(data: bytes) -> UnreadableError:
    first = data[:8].hex(" ")
    return UnreadableError(
        f"Its content is of no known kind (first bytes: {first}), whatever its name says. Supported: {SUPPORTED}."
    )
