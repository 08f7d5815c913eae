"""Perceptual prints of media, and whether two prints are of the same content.

A print is small and keeps what survives being saved again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from nova_explore.collection import Item
from nova_explore.errors import UnreadableError
from nova_explore.media.content import Clip, Content, Page, Picture, Sound, Text
from nova_explore.similarity.picture_prints import PicturePrint, Same, same_picture

STEP = 0.016
"""Seconds between the spectra of a sound."""

LONGEST = 30.0
SOUNDS_ALIKE = 0.9
WORDS_ALIKE = 0.9
BANDS = 24


class SoundPrint:
    """Loudness in 24 bands from 100 to 3,500 Hz every 16 ms: float32 array of shape (t, 24), centred, in decibels."""

    def __init__(self, sound: Sound) -> None:
        from scipy.signal import spectrogram

        samples = sound.samples[: int(LONGEST * sound.rate)]
        self.seconds = len(sound.samples) / sound.rate
        window = max(16, int(0.064 * sound.rate))
        samples = np.pad(samples, (0, max(0, window - len(samples))))
        step = max(1, round(STEP * sound.rate))
        pitch, _, power = spectrogram(samples, sound.rate, nperseg=window, noverlap=window - step, nfft=2 * window)
        edges = np.geomspace(100, 3500, BANDS + 1)
        place = np.digitize(pitch, edges) - 1
        bands = np.stack([power[place == b].sum(axis=0) for b in range(BANDS)], axis=1)
        level = 10 * np.log10(np.maximum(bands, 1e-20))
        level = np.maximum(level, level.max() - 45)
        self.bands = (level - level.mean()).astype(np.float32)


def same_sound(a: SoundPrint, b: SoundPrint) -> Same | None:
    """Tell whether two sounds are one, saved again: re-encoded, louder, or cut by a tenth."""
    longer = max(len(a.bands), len(b.bands))
    if abs(len(a.bands) - len(b.bands)) > max(0.12 * longer, 5):
        return None
    most = max(int(0.12 * longer), 5)
    best, lag_of_best = -1.0, 0
    for lag in range(-most, most + 1):
        mine, theirs = (a.bands[lag:], b.bands) if lag >= 0 else (a.bands, b.bands[-lag:])
        m = min(len(mine), len(theirs))
        if m < 0.8 * longer and m < longer - 10:
            continue
        mine, theirs = mine[:m], theirs[:m]
        if min(mine.std(), theirs.std()) < 1e-3:
            return None
        r = float(np.corrcoef(mine.ravel(), theirs.ravel())[0, 1])
        if r > best:
            best, lag_of_best = r, lag
    if best < SOUNDS_ALIKE:
        return None
    return Same("cut" if abs(lag_of_best) * STEP > 0.1 or abs(a.seconds - b.seconds) > 0.2 else "the same sound")


class TextPrint:
    """The words of a text, and its runs of three words."""

    def __init__(self, text: str) -> None:
        self.words = tuple(re.findall(r"[^\W_]+", text.casefold()))
        self.runs = frozenset(zip(self.words, self.words[1:], self.words[2:], strict=False)) or frozenset([self.words])


def same_text(a: TextPrint, b: TextPrint) -> Same | None:
    """Tell whether two texts are one, up to case, signs, spaces, and a few words of a long one."""
    if not a.words or not b.words:
        return None
    if a.words == b.words:
        return Same("the same words")
    shared = len(a.runs & b.runs) / len(a.runs | b.runs)
    return Same(f"{shared:.0%} of the same runs of words") if shared >= WORDS_ALIKE else None


class ClipPrint:
    """The prints of a video's frames, and of its sound track where it has one that can be heard.

    Parameters
    ----------
    clip : Clip
    beside : callable, optional
        Gives, for each frame, those just before and after it; called where the frames themselves do not agree.
    """

    def __init__(self, clip: Clip, *, beside: Callable[[], Sequence[Sequence[Any]]] = tuple) -> None:
        self.frames = tuple(map(PicturePrint, clip.frames))
        self._beside = beside
        heard = clip.sound is not None and len(clip.sound.samples) and float(np.abs(clip.sound.samples).max()) > 1e-3
        self.sound = SoundPrint(clip.sound) if heard and clip.sound is not None else None

    @cached_property
    def beside(self) -> tuple[tuple[PicturePrint, ...], ...]:
        """Of every frame, those just before and after it, where they can be had."""
        try:
            return tuple(tuple(map(PicturePrint, frames)) for frames in self._beside())
        except UnreadableError:
            return ()


def same_clip(a: ClipPrint, b: ClipPrint) -> Same | None:
    """Tell whether two videos are one, saved again: three in four frames the same, and their sound.

    A frame may be the one before or after the other's: programs begin a frame later, or count other frames a second.
    """
    enough = 0.75 * max(len(a.frames), len(b.frames))
    frames = list(zip(a.frames, b.frames, strict=False))
    pairs = [same_picture(x, y) for x, y in frames]
    if (
        sum(pair is not None for pair in pairs)
        < enough
        <= sum(x.resembles(y) or x.resembles(y.mirrored) for x, y in frames)
    ):
        beside = (*b.beside, *[()] * len(pairs))
        pairs = [
            pair or next((same for other in near if (same := same_picture(frame, other))), None)
            for pair, frame, near in zip(pairs, a.frames, beside, strict=False)
        ]
    found = [pair for pair in pairs if pair is not None]
    if not found or len(found) < enough:
        return None
    if a.sound is not None and b.sound is not None and same_sound(a.sound, b.sound) is None:
        return None
    how = max({pair.how for pair in found}, key=[pair.how for pair in found].count)
    return Same("the same video" if how == "the same picture" else how)


class PagePrint:
    """The picture of a page and its words."""

    def __init__(self, page: Page) -> None:
        self.picture = PicturePrint(page.image)
        self.text = TextPrint(page.text) if page.text and page.text.strip() else None


def same_page(a: PagePrint, b: PagePrint) -> Same | None:
    """Tell whether two pages are one: by their words where both have some, else by their pictures."""
    if a.text is not None and b.text is not None:
        return same_text(a.text, b.text)
    return same_picture(a.picture, b.picture)


Print = PicturePrint | SoundPrint | TextPrint | ClipPrint | PagePrint


def print_of(content: Content) -> Print:
    """Make the print of a decoded medium."""
    match content:
        case Picture(image):
            return PicturePrint(image)
        case Sound():
            return SoundPrint(content)
        case Text(text):
            return TextPrint(text)
        case Clip():
            return ClipPrint(content)
        case Page():
            return PagePrint(content)


def print_of_item(item: Item) -> Print:
    """Decode an item and make its print.

    Raises
    ------
    UnreadableError
        If its file has gone, changed or cannot be decoded.
    """
    from nova_explore import media
    from nova_explore.media.video import frames_beside

    content = media.load(item)
    return ClipPrint(content, beside=lambda: frames_beside(item)) if isinstance(content, Clip) else print_of(content)


def same(a: Print, b: Print) -> Same | None:
    """Tell whether two prints are of the same content; None where they are not, or are of two modalities."""
    match a, b:
        case PicturePrint(), PicturePrint():
            return same_picture(a, b)
        case SoundPrint(), SoundPrint():
            return same_sound(a, b)
        case TextPrint(), TextPrint():
            return same_text(a, b)
        case ClipPrint(), ClipPrint():
            return same_clip(a, b)
        case PagePrint(), PagePrint():
            return same_page(a, b)
        case _:
            return None
