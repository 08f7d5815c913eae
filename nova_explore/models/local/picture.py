"""Pictures of the local model: what they show, as a mixture of class names, and how they look.

*What it shows* is a convex combination of class-name vectors (ConSE: Norouzi et al. 2014, arXiv:1312.5650): the most
probable ImageNet classes weight the text vectors of their names, which puts a picture where its words are without
training anything. *How it looks* is the penultimate layer seen along the directions in which the classifier's own
weights differ most, so that two pictures of one class still have a distance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nova_explore.models.weights import open_session, read_arrays

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

SIDE = 260  # EfficientNet-Lite2 was trained at this resolution
CLASSES = 30
TEMPERATURE = 1.5


def fit_square(picture: Image, side: int = SIDE) -> NDArray[np.float32]:
    """Scale the whole picture into a white square: (3, side, side) float32 in [-1, 1).

    Nothing is cut off: clip art and scans fill their frame, and the usual centre crop loses text→image recall on both.
    """
    from PIL import Image

    scale = side / max(picture.size)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    canvas = Image.new("RGB", (side, side), "white")
    # Reducing first in whole steps is much faster on large photographs and invisible at this size.
    scaled = picture.convert("RGB").resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
    canvas.paste(scaled, ((side - size[0]) // 2, (side - size[1]) // 2))
    pixels = (np.asarray(canvas, dtype=np.float32) - 127) / 128
    return pixels.transpose(2, 0, 1).astype(np.float32)


def mix_classes(logits: NDArray[np.float32], names: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weight class-name vectors (c, d) by the softmax of the largest logits (c,); the result is a unit vector (d,)."""
    best = np.argsort(-logits, kind="stable")[:CLASSES]
    weights = np.exp((logits[best] - logits[best[0]]) / TEMPERATURE)
    mixture = weights @ names[best]
    return (mixture / np.linalg.norm(mixture)).astype(np.float32)


class PictureEncoder:
    """Pictures to two unit vectors each: what they show (384) and how they look (128)."""

    def __init__(self, threads: int) -> None:
        self._session: Any = open_session("picture.onnx", threads)
        self._arrays = read_arrays("picture.npz")

    def encode(self, picture: Image) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return ``(shows, looks)``.

        One picture a run: batches are no faster (48.6 pictures a second and core by one, 46.6 by eight).
        """
        features, logits = self._session.run(["features", "logits"], {"pixels": fit_square(picture)[None]})
        looks = (features[0] - self._arrays["mean"]) @ self._arrays["directions"]
        return mix_classes(logits[0], self._arrays["classes"]), looks / max(float(np.linalg.norm(looks)), 1e-12)
