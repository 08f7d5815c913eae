"""Sounds of the local model: what is heard, mapped to text, and how it sounds.

A network trained on sound-effect libraries (Ma & Lerch 2022) turns blocks of 2.3 s into 512 numbers. Their mean and
maximum over the sound are mapped linearly to the text vectors of names of sounds (ridge regression on named, freely
licensed recordings: ``weights/learn_sounds.py``) and the mean is, separately, reduced to 128 numbers for comparing
sounds with each other.
"""

from __future__ import annotations

from functools import cache
from math import gcd
from typing import TYPE_CHECKING, Any

import numpy as np

from nova_explore.models.weights import open_session, read_arrays

if TYPE_CHECKING:
    from numpy.typing import NDArray

# As trained (Ma & Lerch 2022): 44.1 kHz, frames of 2048 with hop 1024, 96 mel bands, blocks of 100 frames.
RATE, FRAME, HOP, BANDS, BLOCK = 44_100, 2048, 1024, 96, 100
LARGEST = 9.457798957824707  # the largest log-mel value in their training data; the input is divided by it
BATCH = 8
LONGEST_SECONDS = 60


@cache
def mel_filters() -> NDArray[np.float32]:
    """Triangles over the power spectrum, equally wide on the HTK mel scale, each of unit sum: (96, 1025) float32."""
    top = 2595 * np.log10(1 + RATE / 2 / 700)
    corners = 700 * (10 ** (np.linspace(0, top, BANDS + 2) / 2595) - 1)
    frequencies = np.fft.rfftfreq(FRAME, 1 / RATE)
    rising = (frequencies - corners[:-2, None]) / np.diff(corners)[:-1, None]
    falling = (corners[2:, None] - frequencies) / np.diff(corners)[1:, None]
    filters = np.clip(np.minimum(rising, falling), 0, None)
    return (filters / np.maximum(filters.sum(axis=1, keepdims=True), 1e-12)).astype(np.float32)


def resample(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Bring mono samples to 44.1 kHz."""
    if rate == RATE:
        return samples
    from scipy.signal import resample_poly

    divisor = gcd(RATE, rate)
    return resample_poly(samples, RATE // divisor, rate // divisor).astype(np.float32)


def compute_blocks(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log-mel blocks (b, 100, 96) of mono samples at 44.1 kHz, from the first frame to the last.

    As few blocks as cover the sound, evenly spread; a sound shorter than a block is repeated to fill one.
    """
    padded = np.pad(samples, FRAME // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::HOP] * np.hanning(FRAME + 1)[:-1].astype(
        np.float32
    )
    power = np.abs(np.fft.rfft(frames, axis=1)).astype(np.float32) ** 2
    mel = np.log10(1 + 1e4 * (power @ mel_filters().T)) / LARGEST
    if len(mel) < BLOCK:
        mel = np.tile(mel, (-(-BLOCK // len(mel)), 1))[:BLOCK]
    last = len(mel) - BLOCK
    begins = np.linspace(0, last, -(-last // BLOCK) + 1).round().astype(int)
    return np.stack([mel[begin : begin + BLOCK] for begin in begins]).astype(np.float32)


def measure_features(
    session: Any, hidden: NDArray[np.float32], offset: NDArray[np.float32], samples: NDArray[np.float32], rate: int
) -> NDArray[np.float32]:
    """Features (3072,) of a sound.

    The network's output (512), averaged over the blocks, and its maximum over them; then the same two seen by the
    first layers of the network's four largest category heads (4 x 256 each). The categories' names are not published,
    but what the heads look for separates kinds of sound better than the network's output alone. Square roots tame
    loud channels.
    """
    blocks = compute_blocks(resample(samples[: LONGEST_SECONDS * rate], rate))
    runs = [session.run(["features"], {"mel": blocks[at : at + BATCH]})[0] for at in range(0, len(blocks), BATCH)]
    features = np.concatenate(runs)
    pooled = np.stack([features.mean(axis=0), features.max(axis=0)])
    seen = pooled @ hidden + offset
    return np.sqrt(np.concatenate([pooled.ravel(), seen.ravel()]).clip(0))


class SoundEncoder:
    """Sounds to two unit vectors each: what is heard (384) and how it sounds (128)."""

    def __init__(self, threads: int) -> None:
        self._session: Any = open_session("sound.onnx", threads)
        self._arrays = read_arrays("sound.npz")

    def encode(self, samples: NDArray[np.float32], rate: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return ``(heard, sounds)``."""
        arrays = self._arrays
        features = measure_features(self._session, arrays["hidden"], arrays["hidden_offset"], samples, rate)
        standard = (features - arrays["mean"]) / arrays["deviation"]
        heard = (standard @ arrays["scores"] + arrays["scores_offset"]) @ arrays["names"]
        sounds = standard[: len(arrays["directions"])] @ arrays["directions"]
        lengths = (max(float(np.linalg.norm(vector)), 1e-12) for vector in (heard, sounds))
        heard, sounds = (
            (vector / length).astype(np.float32) for vector, length in zip((heard, sounds), lengths, strict=True)
        )
        return heard, sounds
