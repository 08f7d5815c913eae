"""Pictures of high dynamic range, shown on a plain screen: PQ and HLG video in BT.2020 become sRGB.

Without it a phone's film looks grey: its code values are read as if they were those of a plain video.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

WHITE = 203.0
"""Candela a square metre of diffuse white (ITU-R BT.2408)."""

KNEE, PEAK = 0.8, 1000.0 / WHITE
"""Brightness, of diffuse white, from which highlights are compressed, and the one that becomes the screen's white."""

_TRANSFERS = {16: "PQ", 18: "HLG"}  # code points of ITU-T H.273, table 3
_TO_709 = np.array([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]])  # BT.2087


def hdr_of(frame: Any) -> str | None:
    """``"PQ"`` or ``"HLG"`` where a frame has a high dynamic range, else None."""
    return _TRANSFERS.get(int(getattr(frame, "color_trc", 0) or 0))


def to_standard(frame: Any, size: tuple[int, int]) -> Image:
    """A frame of high dynamic range as an sRGB picture of some width and height."""
    from PIL import Image

    # 16 bits: eight would band in the dark. Swscale scales and goes from YCbCr to R'G'B'; the rest is done here.
    code = frame.reformat(width=size[0], height=size[1], format="rgb48le").to_ndarray().astype(np.float32) / 65535.0
    linear = _linear(code, hdr_of(frame))
    return Image.fromarray((_encoded(np.clip(_compressed(linear @ _TO_709.T), 0, 1)) * 255 + 0.5).astype(np.uint8))


def _linear(code: NDArray[np.float32], transfer: str | None) -> NDArray[Any]:
    """Light, diffuse white being 1."""
    if transfer == "PQ":  # SMPTE ST 2084
        power = np.power(code, 1 / 78.84375)
        light = np.power(np.maximum(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power), 1 / 0.1593017578125)
        return light * 10000.0 / WHITE
    # HLG (ITU-R BT.2100): the light of the scene, whose diffuse white lies at 75 % of the signal.
    light = np.where(code <= 0.5, code**2 / 3, (np.exp((code - 0.55991073) / 0.17883277) + 0.28466892) / 12)
    return light / 0.265


def _compressed(linear: NDArray[Any]) -> NDArray[Any]:
    """Bring highlights below 1, the hue kept: beyond the knee a curve that meets it with its slope."""
    brightest = linear.max(axis=-1, keepdims=True)
    over = np.clip((brightest - KNEE) / (PEAK - KNEE), 0, 1)
    room, reach = 1 - KNEE, PEAK - KNEE
    bend = KNEE + room * over * (reach / room) / (1 + over * (reach / room - 1))
    return np.where(brightest > KNEE, linear * (bend / np.maximum(brightest, 1e-6)), linear)


def _encoded(linear: NDArray[Any]) -> NDArray[Any]:
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.power(np.maximum(linear, 1e-9), 1 / 2.4) - 0.055)
