"""Text: decode, split on sentence boundaries, set as a small card."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from pathlib import Path

from nova_explore.collection import Item, Scalar, Span
from nova_explore.media import access, drawing, office
from nova_explore.media.content import Part, Playable, Text
from nova_explore.media.encoding import decode, encoding_of, loss

LIMIT = 1200
"""Characters of the longest part: about 250 English words, what a small text encoder takes in one window."""

# Sentence ends of Latin, CJK, Arabic, Devanagari, Ethiopic and Armenian scripts, with closing quotes.
_END = re.compile(r"""(?:[.!?…؟।።։]+["'”’»)\]]*\s+|[。！？｡]+[」』”’）]*\s*|\n\s*\n\s*)""")
_SPACE = re.compile(r"\s+")
_JOINERS = "\u200d\ufe0e\ufe0f"


def split(path: Path, format: str = "txt", *, limit: int = LIMIT, encoding: str | None = None) -> list[Part]:
    """Parts of a text file, each at most ``limit`` characters.

    Raises
    ------
    UnreadableError
        If it is no text, or its encoding cannot be told.
    """
    if format in office.FORMATS:
        words, said = office.words_of(path, format)
        return [replace(part, facts=said) for part in split_text(words, limit=limit)]
    data = access.read_bytes(path)
    text = decode(data, encoding=encoding)
    parts = split_text(text, limit=limit)
    name = encoding or encoding_of(data)
    facts: dict[str, Scalar] = {}
    if name != "utf-8":
        facts["encoding"] = name if encoding or name.startswith("utf") else f"{name} (guessed)"
    return [replace(part, facts=facts | {"incomplete": loss(part.text or "")}) for part in parts]


def split_text(text: str, *, limit: int = LIMIT) -> list[Part]:
    """Cut a text on sentence boundaries into parts of similar length.

    Parameters
    ----------
    text : str
        Any language. Where there is no sentence end it is cut at white space, and where there is none at a character.
    limit : int
        Most characters of a part, at least 8.

    Returns
    -------
    list of Part
        ``text[span.start:span.end] == part.text`` for each; together they are the text, less parts that are all
        white space. One part without a span if the text fits. No part is shorter than a quarter of ``limit``.
    """
    if len(text) <= limit:
        return [Part(text=text)]
    parts, start = [], 0
    while start < len(text):
        end = _cut(text, start, limit)
        words = text[start:end]
        if words.strip():
            parts.append(Part(Span("characters", start, end), words))
        start = end
    return parts


def _cut(text: str, start: int, limit: int) -> int:
    left = len(text) - start
    if left <= limit:
        return len(text)
    # Even parts rather than full ones: what is left is shared out, so that no stub remains at the end.
    wanted = start + left / -(-left // limit)
    first, last = start + limit // 4, min(start + limit, len(text) - limit // 4)
    for boundary in (_END, _SPACE):
        ends = [m.end() for m in boundary.finditer(text, start, last + 1) if first <= m.end() <= last]
        if ends:
            return min(ends, key=lambda end: abs(end - wanted))
    cut = min(int(wanted), last)
    while cut > first and _joined(text, cut):
        cut -= 1
    return cut


def _joined(text: str, at: int) -> bool:
    """Whether the characters on both sides of a place are drawn as one."""
    character = text[at]
    return (
        unicodedata.category(character) in ("Mn", "Mc", "Me")
        or character in _JOINERS
        or text[at - 1] == "\u200d"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or text[at - 1 : at + 1] == "\r\n"
    )


def words_of(item: Item) -> str:
    """The text of an item: its own, or what its file says within the span."""
    if item.text is not None:
        return item.text
    path = access.locate(item)
    packed = item.format in office.FORMATS
    text = office.words_of(path, item.format)[0] if packed else decode(access.read_bytes(path))
    return text[int(item.span.start) : int(item.span.end)] if item.span else text


def load(item: Item) -> Text:
    """The words of an item.

    Raises
    ------
    UnreadableError
        If its file has gone or changed.
    """
    return Text(words_of(item))


def thumbnail(item: Item, size: int = 160) -> bytes:
    """The first lines, set as a small card (WebP)."""
    return drawing.to_webp(drawing.text_card(words_of(item), size))


def playable(item: Item) -> Playable:
    """The words as UTF-8 plain text."""
    return Playable("text/plain; charset=utf-8", words_of(item).encode("utf-8", "replace"))
