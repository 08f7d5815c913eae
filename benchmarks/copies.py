"""Measure how well copies are told from look-alikes: ``python benchmarks/copies.py``.

Copies are planted from pictures of the demo collection: saved smaller, encoded anew, mirrored, cut by up to 5 and 10 %
a side, and all of it together. What must not be taken for a copy: all pairs of two different pictures; bursts, made of
one picture before another, where the camera moves, the thing before it, or both, with new noise and exposure in every
shot; and frames of the demo's videos, half a second apart.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from nova_explore.media.image import decode
from nova_explore.similarity.picture_prints import PicturePrint
from nova_explore.similarity.prints import same
from nova_explore.sources.datasets import demo, stamps

PICTURES = 100
DRAW = np.random.default_rng(0)
GROUND, SHOT = (640, 480), (480, 360)
APART = 12
"""Frames between two shots of a video: half a second."""

Range = tuple[float, float]
BURSTS: dict[str, tuple[Range, Range]] = {
    "the camera moves 2 to 6 %": ((0.02, 0.06), (0, 0)),
    "the camera and the thing move 2 to 6 %": ((0.02, 0.06), (0.02, 0.06)),
    "the camera moves 1 % and the thing 2 to 6 %": ((0.01, 0.01), (0.02, 0.06)),
    "the thing moves 2 to 6 %": ((0, 0), (0.02, 0.06)),
    "the camera moves 1 to 2 % and the thing 1 %": ((0.01, 0.02), (0.01, 0.01)),
}
"""How far the camera and the thing move, least and most, as shares of the picture's width."""


def encoded(image: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return Image.open(out).convert("RGB")


def smaller(image: Image.Image) -> Image.Image:
    scale = max(0.5, 48 / min(image.size))
    return image.resize((max(8, round(image.width * scale)), max(8, round(image.height * scale))))


def mirrored(image: Image.Image) -> Image.Image:
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def cut(image: Image.Image, most: float) -> Image.Image:
    left, top, right, bottom = DRAW.uniform(0, most, 4)
    width, height = image.size
    return image.crop((int(width * left), int(height * top), int(width * (1 - right)), int(height * (1 - bottom))))


CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "smaller": smaller,
    "JPEG of quality 50": lambda image: encoded(image, 50),
    "mirrored": mirrored,
    "cut by up to 5 %": lambda image: cut(image, 0.05),
    "cut by up to 10 %": lambda image: cut(image, 0.1),
    "all of it": lambda image: encoded(mirrored(smaller(cut(image, 0.06))), 60),
}


def burst(ground: Image.Image, thing: Image.Image, camera: Range, moved: Range) -> list[Image.Image]:
    """Two shots of a thing before a ground, each with the noise of a sensor and an exposure of its own."""
    scale = max(GROUND[0] / ground.width, GROUND[1] / ground.height)
    wide = ground.resize((round(ground.width * scale) + 1, round(ground.height * scale) + 1), Image.Resampling.BICUBIC)
    scene = wide.filter(ImageFilter.GaussianBlur(1)).crop((0, 0, *GROUND))
    front = thing.copy()
    longest = int(DRAW.uniform(90, 180))
    front.thumbnail((longest, longest))
    shape = Image.fromarray((np.asarray(front.convert("L")) < 250).astype(np.uint8) * 255)
    x, y = DRAW.uniform(150, 400), DRAW.uniform(120, 280)
    shots = []
    for share in (0, 1):
        (dx, dy), (mx, my) = (share * SHOT[0] * _step(ends) for ends in (camera, moved))
        shown = scene.copy()
        shown.paste(front, (round(x + mx), round(y + my)), shape)
        window = (1, 0, 80 + dx, 0, 1, 60 + dy)
        shown = shown.transform(SHOT, Image.Transform.AFFINE, window, Image.Resampling.BICUBIC)
        pixels = np.asarray(shown, float) * (1 + share * DRAW.uniform(-0.06, 0.06))
        noisy = pixels + DRAW.normal(0, 3, pixels.shape)
        shots.append(Image.fromarray(noisy.clip(0, 255).astype(np.uint8)))
    return shots


def _step(ends: Range) -> np.ndarray:
    angle = DRAW.uniform(0, 2 * np.pi)
    return DRAW.uniform(*ends) * np.array([np.cos(angle), np.sin(angle)])


def frames(path: Path) -> list[Image.Image]:
    import av

    with av.open(str(path)) as film:
        return [frame.to_image() for frame in film.decode(video=0)][::APART]


def wilson(hits: int, n: int) -> str:
    """A share with its 95 % interval (Wilson 1927)."""
    z, p = 1.96, hits / n
    middle, half = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
    return f"{p:.3f} [{low:.3f}, {high:.3f}]"


def main() -> None:
    found = stamps()
    chosen = [found[int(place)] for place in np.random.default_rng(0).permutation(len(found))[:PICTURES]]
    images = [decode(stamp.path, stamp.path.suffix[1:], longest=512) for stamp in chosen]
    prints = [PicturePrint(image) for image in images]
    right = wrong = planted = 0
    for name, change in CHANGES.items():
        hits = sum(
            same(print_, PicturePrint(change(image))) is not None for print_, image in zip(prints, images, strict=True)
        )
        right, planted = right + hits, planted + len(images)
        print(f"{name}: {hits} of {len(images)} are copies", flush=True)
    pairs = [(i, j) for i in range(len(prints)) for j in range(i)]
    apart = sum(same(prints[i], prints[j]) is not None for i, j in pairs)
    print(f"different pictures: {apart} of {len(pairs)} pairs are taken for copies", flush=True)
    bursts = 0
    for name, (camera, moved) in BURSTS.items():
        hits = 0
        for place, image in enumerate(images):
            one, other = burst(image, images[(place + 37) % len(images)], camera, moved)
            hits += same(PicturePrint(one), PicturePrint(other)) is not None
        wrong, bursts = wrong + hits, bursts + len(images)
        print(f"{name}: {hits} of {len(images)} are taken for copies", flush=True)
    for path in sorted((demo() / "videos").glob("*.mp4")):
        film = [PicturePrint(frame) for frame in frames(path)]
        hits = sum(same(one, other) is not None for one, other in pairwise(film))
        wrong, bursts = wrong + hits, bursts + len(film) - 1
        print(f"{path.stem}: {hits} of {len(film) - 1} pairs of frames are taken for copies", flush=True)
    print(f"recall {wilson(right, planted)} of {planted} copies")
    print(f"bursts taken for copies {wilson(wrong, bursts)} of {bursts}")
    print(f"precision {wilson(right, right + apart + wrong)} of {right + apart + wrong} that are called copies")


if __name__ == "__main__":
    main()
