"""A small library of texts by the toy model, for tests of what is built on libraries."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from fakes.toy_model import ToyModel, topic_texts
from nova_explore.collection import Collection, Item, Modality, Unread, number_copies
from nova_explore.embedding.embed import embed
from nova_explore.library.store import Library, open_library


def text_items(texts: list[tuple[str, str]]) -> list[Item]:
    """Items as a table of texts gives them, with the topic as metadata."""
    return number_copies(
        Item(
            "",
            Modality.TEXT,
            f"/table.csv#row={row}",
            f"row {row}",
            "txt",
            hashlib.sha256(text.encode()).hexdigest(),
            text=text,
            metadata={"topic": topic},
        )
        for row, (topic, text) in enumerate(texts)
    )


def text_item(words: str) -> Item:
    """One text."""
    return text_items([("", words)])[0]


def toy_collection(per_topic: int = 15) -> Collection:
    """Four topics of texts and one file that could not be read."""
    return Collection(text_items(topic_texts(per_topic)), [Unread("broken.png", "It is empty.")])


def toy_library(path: Path, per_topic: int = 15, model: ToyModel | None = None) -> Library:
    """Embed `toy_collection` into a new library."""
    return embed(toy_collection(per_topic), to=path, model=model or ToyModel(), progress=False)


def copy_of(library: Library, path: Path) -> Library:
    """Copy a library, which is faster than to embed its items again."""
    shutil.copytree(library.path, path)
    return open_library(path)
