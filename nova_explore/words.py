"""What an item says in words, and the phrases that collections at large are about."""

from __future__ import annotations

import re
from pathlib import Path

from nova_explore.collection import Item, Modality

LONGEST_TEXT = 4000


VOCABULARY = Path(__file__).with_name("vocabulary.txt")


def words_of(item: Item) -> str:
    """Return the words that come with an item: caption, tags, title, its own text, and its file's name.

    Numbers, and names that hold only numbers and codes such as ``IMG_2041``, are not words.
    """
    said = [str(item.metadata[key]) for key in ("caption", "title", "tags") if item.metadata.get(key)]
    if item.text:
        said.append(item.text[:LONGEST_TEXT])
    if not said and item.modality not in (Modality.TEXT, Modality.PAGE):
        stem = re.sub(r"([a-z])([A-Z])", r"\1 \2", Path(item.name).stem)
        said.append(" ".join(word for word in re.split(r"[^\w]+|_|\d+", stem) if len(word) > 3))
    return " ".join(said).strip()


def read_vocabulary() -> list[str]:
    """Read the phrases that clusters can be named by; broad to narrow over what media show."""
    return [line.strip() for line in VOCABULARY.read_text("utf-8").splitlines() if line.strip()]
