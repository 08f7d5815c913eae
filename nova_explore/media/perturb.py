"""Parts of a medium, and the medium with some of its parts hidden: what an explanation asks a model about.

A medium with hidden parts is an item of its own, in a file of its own, so that any model can embed it; equal hidings
give equal bytes, and no model is asked for them twice.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nova_explore.collection import Item, Modality
from nova_explore.media.content import Clip, Content, Page, Picture, Sound, Text
from nova_explore.media.place import Place

if TYPE_CHECKING:
    from PIL.Image import Image

GRID = 4
"""Boxes a side of a picture, page or frame, to begin with."""

MOST_WORDS = 24
"""Parts of a text to begin with: single words up to so many, runs of words beyond."""

WINDOWS = 12
FEW = 4
"""Words and windows where few calls are allowed."""
SHORTEST = 0.1
"""Seconds of the shortest part of a sound."""

LONGEST_SIDE = 512
FRAMES_A_SECOND = 4
MOST_FRAMES = 60

FILLS = {
    Modality.TEXT: ("drop", "dots"),
    Modality.IMAGE: ("mean", "blur"),
    Modality.PAGE: ("mean", "blur"),
    Modality.AUDIO: ("silence", "noise"),
    Modality.VIDEO: ("mean", "blur"),
}
"""What hidden parts are filled with, by modality: two ways each, so that what one does to a model can be told."""


class Maskable:
    """One medium, its parts, and its versions with parts hidden.

    Parameters
    ----------
    item : Item
    content : Content
        The item, decoded.
    folder : Path
        Where the versions are written; it must outlive their embedding.
    """

    def __init__(self, item: Item, content: Content, folder: Path) -> None:
        self.item = item
        self.content = content
        self.folder = folder
        self._covers: dict[tuple[int, str], Image] = {}

    def parts(self, *, coarse: bool = False) -> list[Place]:
        """The parts to begin with; fewer and larger ones where few calls are allowed."""
        words, windows, grid = (FEW, FEW, 2) if coarse else (MOST_WORDS, WINDOWS, GRID)
        match self.content:
            case Text(text):
                return self._runs(list(_words(text)), words)
            case Sound(samples, rate):
                seconds = len(samples) / rate
                return _windows(seconds, int(np.clip(seconds / SHORTEST, 1, windows)))
            case Clip(frames, _):
                return _boxes(1 if coarse else 2) + _windows(self._seconds(), min(windows, max(2, len(frames))))
            case _:
                return _boxes(grid)

    def finer(self, place: Place) -> list[Place]:
        """The parts of a part; itself alone where it is the smallest there is."""
        if isinstance(self.content, Text):
            start, end = map(int, place.at)
            words = [
                Place("characters", (start + first, start + last))
                for first, last in _words(self.content.text[start:end])
            ]
            return words or [place]
        if place.unit == "seconds" and place.at[1] - place.at[0] < 2 * SHORTEST:
            return [place]
        return place.halves()

    def named(self, place: Place) -> str:
        """What a person calls a part: the words themselves, or where it is."""
        if isinstance(self.content, Text):
            start, end = map(int, place.at)
            return self.content.text[start:end].strip()
        return str(place)

    def hide(self, places: Sequence[Place], fill: str) -> Item:
        """Make the item with some parts hidden.

        Parameters
        ----------
        places : sequence of Place
        fill : str
            One of the two of `FILLS` for its modality.
        """
        match self.content:
            case Text(text):
                return self._text_item(_without(text, places, "" if fill == "drop" else "…"))
            case Sound():
                return self._write(".wav", _wav(_muted(self.content, places, fill)), format="wav")
            case Clip(frames, sound):
                return self._clip(frames, sound, places, fill)
            case Page(image, text):
                hidden = self._write(".png", _png(self._covered(image, places, fill)), format="png", as_image=True)
                return replace(hidden, text=self._words_left(text, places))
            case Picture(image):
                return self._write(".png", _png(self._covered(image, places, fill)), format="png")

    # ---- texts and pages ----------------------------------------------------------------------------------------

    def _runs(self, words: list[tuple[int, int]], most: int) -> list[Place]:
        """Words, joined to at most so many runs."""
        count = min(most, len(words))
        edges = np.linspace(0, len(words), count + 1).astype(int) if count else []
        return [Place("characters", (words[first][0], words[last - 1][1])) for first, last in pairwise(edges)]

    def _text_item(self, text: str) -> Item:
        text = text.strip() or "…"
        return replace(
            self.item,
            text=text,
            span=None,
            digest=hashlib.sha256(text.encode()).hexdigest(),
            uri="query:",
            format="txt",
        )

    def _words_left(self, text: str | None, places: Sequence[Place]) -> str | None:
        """The words of a page that are in none of the boxes, where it is known where they are."""
        if not text:
            return text
        if self.item.format != "pdf" or self.item.as_image:
            return None
        left = " ".join(word for word, x, y in _placed_words(self.item) if not _covers(places, x, y))
        return left or None

    # ---- files --------------------------------------------------------------------------------------------------

    def _write(self, suffix: str, data: bytes, *, format: str, as_image: bool = False) -> Item:
        digest = hashlib.sha256(data).hexdigest()
        path = self.folder / f"{digest[:24]}{suffix}"
        path.write_bytes(data)
        return replace(
            self.item,
            uri=str(path),
            name=path.name,
            format=format,
            digest=digest,
            span=None,
            as_image=as_image,
            text=None,
        )

    def _covered(self, image: Image, places: Sequence[Place], fill: str, number: int = 0) -> Image:
        """Hide boxes of a picture, or of one frame of a video, under their cover."""
        shown = image.copy()
        shown.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        if not places:
            return shown
        if (number, fill) not in self._covers:
            self._covers[number, fill] = _cover(shown, fill)
        cover = self._covers[number, fill]
        width, height = shown.size
        for place in places:
            left, top, right, bottom = place.at
            box = (round(left * width), round(top * height), round(right * width), round(bottom * height))
            if box[2] > box[0] and box[3] > box[1]:
                shown.paste(cover.crop(box), box)
        return shown

    def _seconds(self) -> float:
        if self.item.span:
            return self.item.span.end - self.item.span.start
        duration = self.item.metadata.get("duration")
        if isinstance(duration, int | float):
            return float(duration)
        sound = self.content.sound if isinstance(self.content, Clip) else None
        return len(sound.samples) / sound.rate if sound else 1.0

    def _clip(self, frames: Sequence[Image], sound: Sound | None, places: Sequence[Place], fill: str) -> Item:
        seconds = self._seconds()
        boxes = [place for place in places if place.unit == "box"]
        times = [place for place in places if place.unit == "seconds"]
        whole = [Place("box", (0.0, 0.0, 1.0, 1.0))]
        shown = []
        for number, frame in enumerate(frames):
            at = (number + 0.5) * seconds / len(frames)
            gone = any(place.at[0] <= at < place.at[1] for place in times)
            shown.append(self._covered(frame, whole if gone else boxes, fill, number))
        heard = _muted(sound, times, "silence") if sound is not None else None
        data = _film(shown, heard, seconds)
        made = self._write(".mp4", data, format="mp4")
        return replace(made, metadata={**made.metadata, "duration": seconds})


def _words(text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in re.finditer(r"\S+", text))


def _without(text: str, places: Sequence[Place], mark: str) -> str:
    kept, at = [], 0
    for place in sorted(places, key=lambda place: place.at):
        start, end = map(int, place.at)
        kept += [text[at:start], mark]
        at = end
    return re.sub(r"\s+", " ", "".join([*kept, text[at:]]))


def _boxes(side: int) -> list[Place]:
    steps = np.linspace(0, 1, side + 1).tolist()
    return [Place("box", (steps[x], steps[y], steps[x + 1], steps[y + 1])) for y in range(side) for x in range(side)]


def _windows(seconds: float, count: int) -> list[Place]:
    steps = np.linspace(0, seconds, count + 1).tolist()
    return [Place("seconds", (start, end)) for start, end in pairwise(steps)]


def _covers(places: Sequence[Place], x: float, y: float) -> bool:
    return any(at[0] <= x < at[2] and at[1] <= y < at[3] for at in (place.at for place in places))


def _cover(image: Image, fill: str) -> Image:
    """What hides a picture: its mean colour, or itself, blurred until nothing can be told."""
    from PIL import Image as Images
    from PIL import ImageFilter

    if fill == "blur":
        return image.filter(ImageFilter.GaussianBlur(max(image.size) / 8))
    mean = np.asarray(image, np.float64).reshape(-1, 3).mean(axis=0).round().astype(int)
    return Images.new("RGB", image.size, tuple(mean.tolist()))


def _muted(sound: Sound, places: Sequence[Place], fill: str) -> Sound:
    """Hide seconds of a sound under silence, or under pink noise as loud as the sound."""
    samples = sound.samples.copy()
    if fill == "noise":
        level = float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))
        cover = _pink(len(samples)) * level
    else:
        cover = np.zeros(len(samples), np.float32)
    for place in places:
        start, end = (round(second * sound.rate) for second in place.at)
        samples[start:end] = cover[start:end]
    return Sound(samples, sound.rate)


def _pink(count: int, seed: int = 0) -> np.ndarray:
    """Noise with as much power in every octave, of unit power."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1))
    noise = np.fft.irfft(spectrum, count)
    return (noise / max(float(noise.std()), 1e-9)).astype(np.float32)


def _png(image: Image) -> bytes:
    """Encode without loss, for speed: a version is read once."""
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _wav(sound: Sound) -> bytes:
    import soundfile

    out = io.BytesIO()
    soundfile.write(out, np.clip(sound.samples, -1, 1), sound.rate, format="WAV", subtype="PCM_16")
    return out.getvalue()


def _film(frames: Sequence[Image], sound: Sound | None, seconds: float) -> bytes:
    """Write frames, each shown for its share of the time, and a sound track, as MP4."""
    import av

    from nova_explore.media import container

    out = io.BytesIO()
    count = int(np.clip(round(seconds * FRAMES_A_SECOND), len(frames), MOST_FRAMES))
    rate = max(1, round(count / max(seconds, 0.1)))
    with av.open(out, "w", format="mp4") as film:
        stream = film.add_stream("mpeg4", rate=rate)
        width, height = (side // 2 * 2 for side in frames[0].size)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = width, height, "yuv420p", 4_000_000
        heard = film.add_stream("aac", rate=sound.rate, layout="mono") if sound is not None else None
        for number in range(count):
            image = frames[min(len(frames) - 1, number * len(frames) // count)].crop((0, 0, width, height))
            film.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24")))
        film.mux(stream.encode())
        if sound is not None and heard is not None:
            container.put_sound(film, heard, sound.samples, sound.rate)
    return out.getvalue()


def _placed_words(item: Item) -> list[tuple[str, float, float]]:
    """The words of a page of a PDF, each with the place of its middle, as shares of the sides."""
    from nova_explore.media import document

    return document.placed_words(item)
