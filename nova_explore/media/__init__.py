"""Decode, probe, segment and show one medium at a time: one module per modality behind one small interface.

Every module of this room (``text``, ``image``, ``document``, ``audio``, ``video``) has the same functions:

``split(path, format, …)``
    The parts that become items: a list of `Part` (span, text, facts). Decodes enough to know that the medium is sound.
``load(item)``
    The decoded content that a model embeds.
``thumbnail(item, size)``
    A small WebP picture of it.
``playable(item)``
    What a browser can show or play, cut to the item's span.

The functions here choose the module by the item's modality. Whatever is wrong with a medium is an `UnreadableError`
whose message is a reason for a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from pathlib import Path
from types import ModuleType

from nova_explore.collection import Item, Modality
from nova_explore.media.content import Clip, Content, Page, Part, Picture, Playable, Sound, Text
from nova_explore.media.identify import identify

__all__ = [
    "Clip",
    "Content",
    "Page",
    "Part",
    "Picture",
    "Playable",
    "Sound",
    "Text",
    "identify",
    "load",
    "picture_of",
    "playable",
    "read_words",
    "split",
    "thumbnail",
    "watched",
]

_MODULES = {
    Modality.TEXT: "text",
    Modality.IMAGE: "image",
    Modality.PAGE: "document",
    Modality.AUDIO: "audio",
    Modality.VIDEO: "video",
}


_WATCHER: ContextVar[Callable[[Item, Content], None] | None] = ContextVar("watcher", default=None)


def _module(modality: Modality) -> ModuleType:
    # Imported at first use: decoders are heavy, and a collection of texts needs none.
    return import_module(f"nova_explore.media.{_MODULES[modality]}")


def split(path: Path, modality: Modality, format: str, *, encoding: str | None = None) -> list[Part]:
    """Parts of a medium that become items, with facts measured on the way.

    Parameters
    ----------
    path : Path
        Of the file.
    modality, format : str
        As `identify` found them.
    encoding : str, optional
        Of a text that is neither UTF-8 nor UTF-16; None finds out.

    Raises
    ------
    UnreadableError
        If it is damaged, cut short, locked or too large to be decoded safely.
    """
    if modality is Modality.TEXT:
        return _module(modality).split(path, format, encoding=encoding)
    return _module(modality).split(path, format)


def load(item: Item, *, longest: int | None = None) -> Content:
    """The decoded content that a model embeds.

    Parameters
    ----------
    item : Item
        Of any modality.
    longest : int, optional
        Pixels of the longest side that the model looks at. A picture or page is decoded no larger: a drawing at 260
        pixels takes a tenth of the time that it takes at 1,024.

    Raises
    ------
    UnreadableError
        If its file has gone, changed or cannot be decoded.
    """
    if longest is not None and item.modality in (Modality.IMAGE, Modality.PAGE):
        content = _module(item.modality).load(item, longest=longest)
    else:
        content = _module(item.modality).load(item)
    watcher = _WATCHER.get()
    if watcher is not None:
        watcher(item, content)
    return content


@contextmanager
def watched(see: Callable[[Item, Content], None]) -> Iterator[None]:
    """Show whatever is loaded inside to a function, so that nothing is decoded twice; other threads are not watched."""
    token = _WATCHER.set(see)
    try:
        yield
    finally:
        _WATCHER.reset(token)


def picture_of(content: Content, size: int = 160) -> bytes | None:
    """A small picture of decoded content, as WebP, as `thumbnail` draws it; None for a text.

    Parameters
    ----------
    content : Content
        As `load` returns it.
    size : int
        Pixels of the longest side.
    """
    from nova_explore.media import drawing

    match content:
        case Picture(image):
            return drawing.to_webp(drawing.fit(image, size))
        case Page(image, _):
            return drawing.to_webp(drawing.framed(drawing.fit(image, size)))
        case Sound(samples, _):
            return drawing.to_webp(drawing.waveform(samples, size))
        case Clip(frames, _) if frames:
            return drawing.to_webp(drawing.fit(drawing.clearest(frames), size))
    return None


def thumbnail(item: Item, size: int = 160) -> bytes:
    """A small picture of an item, as WebP, at most ``size`` pixels wide and high.

    Raises
    ------
    UnreadableError
        If its file has gone, changed or cannot be decoded.
    """
    return _module(item.modality).thumbnail(item, size)


def playable(item: Item) -> Playable:
    """What a browser can show or play of an item, cut to its span.

    Raises
    ------
    UnreadableError
        If its file has gone, changed or cannot be decoded.
    """
    return _module(item.modality).playable(item)


def read_words(item: Item) -> str:
    """The words in the picture of a page, or those spoken in a sound or a video; empty where there are none.

    Raises
    ------
    MissingExtraError
        If the extra that reads them is not installed: ``ocr`` for pages, ``speech`` for sounds and videos.
    UnreadableError
        If its file has gone, changed or cannot be decoded.
    """
    if item.modality is Modality.PAGE:
        return _module(Modality.PAGE).read_page(item)
    from nova_explore.media.speech import read_speech

    content = load(item)
    sound = content.sound if isinstance(content, Clip) else content
    return read_speech(sound) if isinstance(sound, Sound) else ""
