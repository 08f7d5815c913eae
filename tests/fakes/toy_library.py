"""A small library of texts by the toy model, for tests of what is built on libraries."""

from __future__ import annotations

import hashlib
import random
import shutil
from pathlib import Path

import pytest

from fakes.toy_model import TOPICS, ToyModel, topic_texts
from nova_explore.collection import Collection, Item, Modality, Unread, number_copies
from nova_explore.embedding.embed import embed
from nova_explore.library.store import Library, open_library
from nova_explore.models import registry


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


class OtherToyModel(ToyModel):
    """Puts the same words elsewhere, in fewer dimensions."""

    name = "other"

    def __init__(self) -> None:
        super().__init__(dimension=8, revision="other")


def second_space(library: Library, patch: pytest.MonkeyPatch) -> Library:
    """Embed a library with a second model, and let its name open it."""
    patch.setitem(registry._FACTORIES, "other", OtherToyModel)
    return embed(library.collection(), to=library.path, model=OtherToyModel(), new_space=True, progress=False)


def copy_of(library: Library, path: Path) -> Library:
    """Copy a library, which is faster than to embed its items again."""
    shutil.copytree(library.path, path)
    return open_library(path)


def nested_texts() -> list[tuple[str, str]]:
    """Three topics of forty texts, and one whose texts share some words and differ in others, by their kind."""
    words = TOPICS["boats"].split()
    kinds = [[*words[:3], *words[first : first + 2]] for first in (3, 5, len(words) - 2)]
    boats = [("boats", f"{' '.join(kinds[number % 3])} n{number}boats") for number in range(39)]
    return [(topic, text) for topic, text in topic_texts(40) if topic != "boats"] + boats


def loose_texts(n: int = 40, seed: int = 0) -> list[tuple[str, str]]:
    """Texts of words of all topics: some of them cluster by chance, and do not come back."""
    draw = random.Random(seed)
    words = [word for topic in TOPICS.values() for word in topic.split()]
    return [("loose", " ".join(draw.sample(words, 5)) + f" n{number}x") for number in range(n)]
