"""Measure how well copies are told from look-alikes: ``python benchmarks/copies.py``.

Copies are planted from pictures of the demo collection: saved smaller, encoded anew, mirrored, cut by up to 5 and 10 %
a side, and all of it together. What must not be taken for a copy: all pairs of two different pictures, and bursts, made
of a picture before a ground, of which the picture, its angle or the camera moves.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image

from nova_explore.media.image import decode
from nova_explore.similarity.prints import PicturePrint, same
from nova_explore.sources.datasets import stamps

PICTURES = 100
DRAW = np.random.default_rng(0)
BURSTS = {
    "the thing moves 6 px of 360": (6, 0, 0),
    "the thing moves 12 px": (12, 0, 0),
    "the thing turns by 5 degrees": (0, 5, 0),
    "the camera moves 10 px": (0, 0, 10),
    "the camera moves 5 px and the thing 4": (4, 0, 5),
}


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


def shot(image: Image.Image, seed: int, *, moved: int = 0, turned: int = 0, camera: int = 0) -> Image.Image:
    """A picture before a ground, with the noise of a camera."""
    ground = np.random.default_rng(seed).integers(0, 255, (12, 16, 3), np.uint8)
    scene = Image.fromarray(ground).resize((400, 300), Image.Resampling.BICUBIC)
    thing = image.copy()
    thing.thumbnail((120, 120))
    scene.paste(thing.rotate(turned, expand=True, fillcolor="white"), (130 + moved, 90))
    pixels = np.asarray(scene.crop((20 + camera, 20, 380 + camera, 280)), float)
    return Image.fromarray((pixels + DRAW.normal(0, 3, pixels.shape)).clip(0, 255).astype(np.uint8))


def main() -> None:
    found = stamps()
    chosen = [found[int(place)] for place in np.random.default_rng(0).permutation(len(found))[:PICTURES]]
    images = [decode(stamp.path, stamp.path.suffix[1:], longest=512) for stamp in chosen]
    prints = [PicturePrint(image) for image in images]
    for name, change in CHANGES.items():
        hits = [same(print_, PicturePrint(change(image))) for print_, image in zip(prints, images, strict=True)]
        print(f"{name}: {sum(hit is not None for hit in hits)} of {len(hits)} are copies", flush=True)
    wrong = sum(same(prints[i], prints[j]) is not None for i in range(len(prints)) for j in range(i))
    print(
        f"different pictures: {wrong} of {len(prints) * (len(prints) - 1) // 2} pairs are taken for copies", flush=True
    )
    for name, (moved, turned, camera) in BURSTS.items():
        pairs = [
            same(
                PicturePrint(shot(image, seed)),
                PicturePrint(shot(image, seed, moved=moved, turned=turned, camera=camera)),
            )
            for seed, image in enumerate(images)
        ]
        print(f"{name}: {sum(pair is not None for pair in pairs)} of {len(pairs)} are taken for copies", flush=True)


if __name__ == "__main__":
    main()
