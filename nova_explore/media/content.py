"""What a decoded medium is: the values that the media modules return and that models and widgets take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Scalar, Span

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a source that becomes one item: its span, its words, and facts measured on the way."""

    span: Span | None = None
    text: str | None = None
    facts: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """Words."""

    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """An RGB picture, upright, transparency laid on white."""

    image: Image


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A document page: its RGB picture, and its words where they are known."""

    image: Image
    text: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """Mono samples.

    Attributes
    ----------
    samples : float32 array of shape (n,)
        Amplitude, nominally in [-1, 1].
    rate : int
        Samples a second.
    """

    samples: NDArray[np.float32]
    rate: int


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """Frames spread evenly over a stretch of video, and its sound track where it has one."""

    frames: tuple[Image, ...]
    sound: Sound | None


Content = Text | Picture | Page | Sound | Clip


@dataclass(frozen=True, slots=True)
class Playable:
    """What a browser shows or plays: bytes with their media type."""

    mime: str
    data: bytes
