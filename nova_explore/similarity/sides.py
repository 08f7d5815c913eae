"""What a person holds against a collection: an item of it, a file, bytes of one, or words."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import weakref
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Item
from nova_explore.errors import SourceError, UnreadableError
from nova_explore.models.queries import text_item
from nova_explore.sources.read import read

Example = str | Path | Item | bytes
"""An item by id, a medium on disk by path, an item that is in no collection, or the bytes of a file."""

ONE = (str, Path, Item, bytes, bytearray, memoryview)
"""Classes of one example, where several may be passed."""

_ENDINGS = (
    "png|jpe?g|gif|webp|tiff?|bmp|svg|hei[cf]|avif|pdf|docx?|pptx?|txt|md|html?|wav|mp3|flac|ogg|opus|m4a|aac|aiff?|"
    "mp4|m4v|mov|mkv|webm|avi|mpe?g"
)
_PATH = re.compile(rf"(~?/|\.{{1,2}}/|[A-Za-z]:[\\/]|\\\\)[^\n]+|\S+\.({_ENDINGS})", re.I)
"""What begins like a path, or is one word with the ending of a medium."""


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """What is compared with something else.

    Attributes
    ----------
    item : Item
        Of the collection, of a file, or made of words.
    vector : float32 array of shape (d,)
    position : int
        In the collection, or -1.
    words : bool
        Whether it is words that were asked for.
    """

    item: Item
    vector: NDArray[np.float32]
    position: int = -1
    words: bool = False

    @property
    def title(self) -> str:
        """What a person calls it."""
        return f"“{self.item.text}”" if self.words else self.item.title

    @property
    def sort(self) -> str:
        """Its modality, or ``words``."""
        return "words" if self.words else str(self.item.modality)


class Pasted(bytes):
    """The bytes of a file with its name, as a browser hands them over.

    Parameters
    ----------
    data : bytes
    name : str
    """

    name: str

    def __new__(cls, data: bytes | memoryview, name: str) -> Pasted:
        made = super().__new__(cls, data)
        made.name = Path(name).name or "pasted"
        return made

    def __repr__(self) -> str:
        return f"Path({self.name!r}).read_bytes()"


class Handed:
    """Reads what a person hands over; bytes lie in a folder of their own for as long as this lives."""

    def __init__(self) -> None:
        self._folder: Path | None = None

    def item(self, example: Example) -> Item:
        """Read the medium; of several items in it, the first.

        Raises
        ------
        SourceError
            If it is not a path, bytes or an item, or there is nothing at the path.
        UnreadableError
            If the medium cannot be read.
        """
        if isinstance(example, Item):
            return example
        if isinstance(example, bytes | bytearray | memoryview):
            example = self._keep(example)
        if not isinstance(example, str | Path):
            raise SourceError(
                f"Got a {type(example).__name__}, needed an id of the collection, a path, bytes of a file or an Item. "
                "Pass words as text."
            )
        found = read(example, progress=False)
        if not len(found):
            raise UnreadableError("; ".join(f"{u.name}: {u.reason}" for u in found.unread) or f"{example} is empty.")
        return found[0]

    def _keep(self, data: bytes | bytearray | memoryview) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="nova-explore-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        path = self._folder / hashlib.sha256(data).hexdigest()[:12] / getattr(data, "name", "pasted")
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
        return path


def words_item(words: str) -> Item:
    """Make an item of words that are held against something.

    Raises
    ------
    SourceError
        If they have the form of a path: a file that is not there is not a query for its name.
    ValueError
        If they are blank.
    """
    if not words.strip():
        raise ValueError(
            "The words are blank. A comparison needs an id, a path, bytes of a file, or at least one word."
        )
    if _PATH.fullmatch(words) or (_PATH.match(words) and "\n" not in words and Path(words).suffix):
        raise SourceError(
            f"There is no file {words} (looked in {Path.cwd()}), and it is no id of the collection. Check the path; "
            "words begin with no slash and have no ending of a file."
        )
    return text_item(words)


def is_named(thing: str) -> bool:
    """Whether a string is a name, as an id is, and neither a path nor the form of one."""
    return not is_file(thing) and not _PATH.fullmatch(thing) and not ("\n" not in thing and Path(thing).is_dir())


def is_file(thing: str) -> bool:
    """Whether there is a file at this path; what cannot be a path is none."""
    try:
        return "\n" not in thing and Path(thing).expanduser().is_file()
    except (OSError, ValueError):  # longer than a path can be
        return False
