"""What an item says in words, in any script, and the phrases that collections at large are about."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path, PurePosixPath

from nova_explore.collection import Item, Modality

LONGEST_TEXT = 4000
VOCABULARY = Path(__file__).with_name("vocabulary.txt")
DEVICE_WORDS = Path(__file__).with_name("device_words.txt")
"""What devices, programs and people call any file or folder, whatever it shows."""


CAPTIONS = ("caption", "title", "tags", "keywords", "subject", "description", "chapters", "transcript", "ocr")
"""Metadata that says what an item shows or tells. Authors, cameras and software say nothing of it."""

_TAG = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>|</?[a-zA-Z][^<>]*>", re.DOTALL | re.IGNORECASE)
_ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+.-]*://\S+|\bwww\.\S+|\S+@\S+\.\w+"
    r"|\b(?:[\w-]+\.)+(?:com|org|net|edu|gov|info|io|co|uk|de|fr|it|es|nl|pl|ru|cn|jp|br|in|eu)\b(?:/\S*)?",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_CODE = re.compile(
    r"(?<![^\W_])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|(?<![A-Za-z])[A-Z]{1,5}_?\d{4,}"
    r"|\b\d{3}[A-Z_]{5}\b|(?<![^\W_])(?=[a-fA-F]*\d)[0-9a-fA-F]{8,}(?![^\W_])"
    r"|(?<![^\W_])u?(?:1[fF][0-9a-fA-F]{3}|200[dD]|[fF][eE]0[fF])(?![^\W_])"
)
"""UUIDs; capitals with a number after them, as cameras write; folders of cameras; digests; code points of emoji."""

_BETWEEN, _CAMEL = re.compile(r"[\s_.,()\[\]+-]+"), re.compile(r"(?<=[a-z])(?=[A-Z])")
_SERIAL = re.compile(r"[\W_]*\d+[\W_]*$")


def words_of(item: Item) -> str:
    """Return the words that come with an item: captions, tags, title, its own text; without these, its file's name.

    Numbers, and names that hold only numbers and codes such as ``IMG_2041``, are not words.
    """
    said = caption_of(item)
    if not said and item.modality not in (Modality.TEXT, Modality.PAGE):
        said = re.sub(r"\d+", " ", name_words(PurePosixPath(item.name).name))
    return " ".join(said.split())


def caption_of(item: Item) -> str:
    """Return what an item says itself: its captions and its text, cleaned, a line each; empty where no letter is."""
    parts = [_flat(item.metadata[key]) for key in CAPTIONS if item.metadata.get(key)]
    if item.text:
        parts.append(item.text[:LONGEST_TEXT])
    return "\n".join(text for part in parts if _LETTER.search(text := clean(part)))


def path_of(item: Item) -> str:
    """Return the words of an item's folders and of its file's name, a line each; codes of cameras are none."""
    path = item.name
    if "#row=" in path:  # of a row of a table, the file that it names says something
        if "#row=" in item.uri or not item.uri:
            return ""
        path = "/".join(PurePosixPath(item.uri).parts[-3:])
    return "\n".join(words for part in path.split("/") if (words := name_words(part)))


def name_words(name: str) -> str:
    """Return the words in the name of a file or a folder: no ending, no serial number, no codes of cameras.

    Examples
    --------
    >>> name_words("RedBarn_002.png"), name_words("IMG_2041.png"), name_words("DSCF0001.JPG"), name_words("Season 2")
    ('Red Barn', '', '', 'Season 2')
    """
    is_file = _ENDING.search(name)
    stem = unicodedata.normalize("NFC", name[: is_file.start()] if is_file else name)
    stem = _CODE.sub(" ", stem)
    if is_file:
        stem = _SERIAL.sub("", stem)
    words = " ".join(word for word in _BETWEEN.split(stem) if not _says_nothing(word))
    words = " ".join(word for word in _CAMEL.sub(" ", words).split() if not _says_nothing(word))
    return words if _LETTER.search(words) else ""


def _says_nothing(word: str) -> bool:
    return (len(word) == 1 and word.isascii() and word.isalpha()) or word.rstrip(
        "0123456789"
    ).lower() in _device_words()


@cache
def _device_words() -> frozenset[str]:
    return frozenset(DEVICE_WORDS.read_text("utf-8").split())


def clean(text: str) -> str:
    """Return a text in composed characters, without tags, entities and addresses."""
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "&" in text:
        text = html.unescape(text)
    if "." in text or "@" in text or "://" in text:
        text = _ADDRESS.sub(" ", text)
    return unicodedata.normalize("NFC", text).strip()


def read_vocabulary() -> list[str]:
    """Read the phrases that clusters can be named by; broad to narrow over what media show."""
    return [line.strip() for line in VOCABULARY.read_text("utf-8").splitlines() if line.strip()]


def _flat(value: object) -> str:
    """A cell of metadata as text: lists, and lists of records, are joined; numbers in records are left out."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return ", ".join(part for part in value.values() if isinstance(part, str))
    if isinstance(value, Iterable):
        return ", ".join(map(_flat, value))
    return str(value)
