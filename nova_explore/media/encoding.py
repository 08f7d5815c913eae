"""Bytes of a text to characters: UTF-8, UTF-16 and UTF-32 are known, others are guessed where there is enough to go by.

A wrong guess turns every accent into another letter and nobody notices. So a guess needs many letters beyond ASCII;
below that the text is named with the likely encoding, and a person decides. UTF-8 with a few damaged bytes is UTF-8:
what they were is lost, and said, and all other letters stay what they are.
"""

from __future__ import annotations

import codecs
import re

from nova_explore.errors import UnreadableError

HEAD = 8192
"""Bytes in which control characters are counted."""

ENOUGH = 32
"""Bytes beyond ASCII from which on an encoding is guessed: a few words of Cyrillic, a page of German."""

FITTING = 4
"""Letters beyond ASCII that fit UTF-8 for each byte that does not, from which on a text is damaged UTF-8."""

LOST = "\ufffd"
"""What stands for a character that could not be decoded."""

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WRITTEN_AS = {
    **dict.fromkeys(("ascii", "iso8859-1"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    **dict.fromkeys(("utf-16", "utf-16-le"), "utf-8"),
    "iso8859-9": "cp1254",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
"""What a browser reads a page as that declares an encoding (https://encoding.spec.whatwg.org/#names-and-labels)."""

_META = re.compile(rb"<meta[^>]*?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_DECLARED = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"'][^>]*\?>", re.S)
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\r\n\f\v\x1b\b")


def decode(data: bytes, *, cut: bool = False, encoding: str | None = None) -> str:
    """Characters of a text, without a byte order mark.

    Parameters
    ----------
    data : bytes
        The text, or its beginning.
    cut : bool
        True where ``data`` is a beginning, which may end within a character.
    encoding : str, optional
        What a person says it is; None finds out.

    Raises
    ------
    UnreadableError
        If the bytes are no text, or a text in an encoding that cannot be told.
    """
    if not data.strip(b"\0"):
        raise UnreadableError("It holds only zero bytes: the copy or the disk failed. Copy it again.")
    name = encoding or encoding_of(data, cut=cut)
    try:
        text = data.decode(name, "strict" if encoding or name != "utf-8" else "replace")
    except LookupError:
        raise UnreadableError(f"There is no encoding {name!r}. Give one that Python knows, such as 'cp1252'.") from None
    except UnicodeDecodeError as error:
        if not (cut and error.start >= len(data) - 4):
            raise UnreadableError(
                f"It is no text in {name}: byte {error.start} does not fit. Say which encoding it has, or save it as "
                "UTF-8."
            ) from error
        text = data[: error.start].decode(name)
    controls = sum(character < " " and character not in "\t\r\n\f\v\x1b\b" for character in text[:HEAD])
    if controls > 0.01 * len(text[:HEAD]):
        raise UnreadableError(unknown(data))
    return text.lstrip("\ufeff")


def encoding_of(data: bytes, *, cut: bool = False) -> str:
    """Name of the encoding of a text, as Python spells it.

    Raises
    ------
    UnreadableError
        If the bytes are no text, or too few of them tell the encoding.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name
    wide = _without_mark(data)
    if wide:
        return wide
    try:
        data.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError as error:
        if (cut and error.start >= len(data) - 4) or _is_damaged_utf8(data):
            return "utf-8"
        return _guess(data, error.start)


def loss(text: str) -> str | None:
    """What of a text could not be decoded, in words; None where nothing is lost."""
    lost = text.count(LOST)
    return f"{lost:,} of its characters could not be decoded" if lost else None


def _is_damaged_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", "replace")
    lost = text.count(LOST)
    plain = len(text.encode("ascii", "ignore"))
    return len(text) - lost - plain >= FITTING * lost


def _without_mark(data: bytes) -> str | None:
    """UTF-16 or UTF-32 that has no byte order mark: of Latin letters every second byte is zero, or three of four."""
    sample = data[: HEAD - HEAD % 4]
    zeros = [sample[at::4].count(0) / max(1, len(sample[at::4])) for at in range(4)]
    if max(zeros) < 0.4:
        return None
    for name, expected in (
        ("utf-32-le", (0, 1, 1, 1)),
        ("utf-32-be", (1, 1, 1, 0)),
        ("utf-16-le", (0, 1, 0, 1)),
        ("utf-16-be", (1, 0, 1, 0)),
    ):
        if all(share > 0.4 if zero else share < 0.05 for share, zero in zip(zeros, expected, strict=True)):
            return name
    return None


def _guess(data: bytes, at: int) -> str:
    sample = data[:HEAD]
    if len(sample) - len(sample.translate(None, _CONTROLS)) > 0.01 * len(sample):
        raise UnreadableError(unknown(data))
    from charset_normalizer import from_bytes

    best = from_bytes(data[: 2**20]).best()
    beyond = sum(byte >= 128 for byte in data[: 2**20])
    if best is not None and beyond >= ENOUGH and best.percent_chaos < 10:
        return best.encoding
    likely = f" (perhaps {best.encoding})" if best is not None else ""
    raise UnreadableError(
        f"It looks like a text in another encoding{likely}: byte {at} is not utf-8. Save it as UTF-8, or say which: "
        f"read(…, encoding={best.encoding if best else 'cp1252'!r})"
    )


def unknown(data: bytes) -> str:
    """The reason why bytes are of no use, with the first of them."""
    return (
        f"Its content is of no known kind (first bytes: {data[:8].hex(' ')}), whatever its name says. "
        "Convert it to a kind that is read, or leave it out."
    )


def repaired(text: str) -> str:
    """A text whose halves of characters, as exports leave them that were cut within an emoji, can be written."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def plain_xml(data: bytes) -> bytes:
    """XML in UTF-8 where its declaration names an encoding that expat lacks, else as it is."""
    declared = _DECLARED.match(data)
    if declared is None or declared[1].lower() in (b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"utf-16"):
        return data
    try:
        return data[declared.end() :].decode(declared[1].decode("ascii"), "replace").encode("utf-8")
    except LookupError:
        return data


def xml_text(data: bytes) -> str:
    """Characters of XML in whatever encoding it declares; what does not fit is replaced."""
    name = next((name for mark, name in _BOMS if data.startswith(mark)), None)
    declared = _DECLARED.match(data)
    if name is None and declared is not None:
        name = declared[1].decode("ascii", "replace")
    try:
        return data.decode(name or "utf-8", "replace").lstrip("\ufeff")
    except LookupError:
        return data.decode("utf-8", "replace").lstrip("\ufeff")


def page_text(data: bytes) -> str:
    """Characters of a web page, as a browser decodes it: by its mark, by what it declares, else by what fits.

    What does not fit is replaced, as there; without a declaration a page is Windows-1252 where nothing else can be
    told.
    """
    marked = any(data.startswith(mark) for mark, _ in _BOMS) or _without_mark(data)
    declared = None if marked else _META.search(data[:HEAD])
    name = _declared_name(declared[1].decode("ascii")) if declared else None
    if name is None:
        try:
            name = encoding_of(data)
        except UnreadableError:
            name = "cp1252"
    return data.decode(name, "replace").lstrip("\ufeff")


def _declared_name(label: str) -> str | None:
    """What Python calls an encoding that a page declares, also by the old names with x-; None where it knows none."""
    plain = label.lower().removeprefix("x-")
    for spelled in (plain, plain.replace("windows-", "cp")):
        try:
            name = codecs.lookup(spelled).name
        except LookupError:
            continue
        return _WRITTEN_AS.get(name, name)
    return None
