"""Words of a collection, as XML can hold them."""

from __future__ import annotations

from html import escape


def xml_text(words: str) -> str:
    """Words for an element or an attribute of XML 1.0: without the characters that it cannot hold, and escaped."""
    kept = (
        character for character in str(words)
        if character in "\t\n\r" or 0x20 <= ord(character) < 0xD800 or 0xE000 <= ord(character) not in (0xFFFE, 0xFFFF)
    )  # fmt: skip
    return escape("".join(kept))
