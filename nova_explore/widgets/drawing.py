"""What the browser draws of the map: one binary column an attribute, so that a change sends only what changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Modality

Positions = NDArray[np.intp]

MARKS = {
    kind: code
    for code, kind in enumerate((Modality.TEXT, Modality.IMAGE, Modality.PAGE, Modality.AUDIO, Modality.VIDEO))
}
"""Mark of each modality: diamond, disc, square, triangle, pentagon; see ``marks.ts``."""

DIMMED = ("grey", "faint")


class Canvas(Protocol):
    """The traits that the front end draws from."""

    xy: Any
    marks: Any
    codes: Any
    colors: Any
    lit: Any
    dimmed: Any

    def hold_sync(self) -> Any:
        """Send what changes inside together."""
        ...


class Drawing:
    """The map of an app: where its items lie, their marks and colours, and which of them are lit.

    Parameters
    ----------
    canvas : Canvas
        Where it is told: the app.
    """

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas

    def draw(self, xy: NDArray[np.float32], modalities: NDArray[np.uint8]) -> None:
        """Draw items in the place of all that there are.

        Parameters
        ----------
        xy : float32 array of shape (n, 2)
        modalities : uint8 array of shape (n,)
            Place in `Modality` of each item's, as in `Collection.modality_codes`.
        """
        marks = np.array([MARKS[kind] for kind in Modality], np.uint8)
        with self._canvas.hold_sync():
            self._canvas.marks = marks[modalities].tobytes()
            self._canvas.codes = bytes(len(xy))
            self._canvas.xy = fit(xy).tobytes()

    def recode(self, codes: NDArray[np.int32], colors: Sequence[str]) -> None:
        """Colour item i with ``colors[codes[i]]``, in place."""
        with self._canvas.hold_sync():
            self._canvas.codes = codes.astype(np.uint8 if len(colors) <= 256 else np.uint16).tobytes()
            self._canvas.colors = list(colors)

    def move(self, xy: NDArray[np.float32]) -> None:
        """Draw each item elsewhere; what is seen of the map stays.

        Raises
        ------
        ValueError
            If there are not as many coordinates as items.
        """
        if len(xy) != self._count:
            raise ValueError(f"{len(xy):,} coordinates for {self._count:,} items. Pass one row for every item.")
        self._canvas.xy = fit(xy).tobytes()

    def highlight(self, positions: Positions | None, *, dimmed: str = "grey") -> None:
        """Draw these in colour and all others dimmed, ``grey`` or ``faint``; None draws all in colour."""
        with self._canvas.hold_sync():
            self._canvas.lit = b"" if positions is None else mask(positions, self._count)
            self._canvas.dimmed = dimmed

    @property
    def _count(self) -> int:
        return len(self._canvas.xy) // 8


def fit(xy: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale coordinates into the square from -1 to 1, both axes alike, so that distances keep their ratio."""
    if not len(xy):
        return np.zeros((0, 2), np.float32)
    # Column by column: along pairs, numpy takes twenty times as long.
    low, high = (np.array([end(column) for column in xy.T]) for end in (np.min, np.max))
    half = float((high - low).max()) / 2 or 1.0
    return ((xy - (low + high) / 2) / half).astype(np.float32)


def mask(positions: NDArray[Any], n: int) -> bytes:
    """One bit for every item, the first eight in the first byte from its lowest bit on."""
    chosen = np.zeros(n, bool)
    chosen[positions] = True
    return np.packbits(chosen, bitorder="little").tobytes()


def picked(data: bytes | memoryview, packed: bool) -> Positions:
    """Positions that the browser sends, as uint32 numbers or as one bit for every item; they rise."""
    if packed:
        return np.flatnonzero(np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little"))
    return np.sort(np.frombuffer(data, np.uint32)).astype(np.intp)
