"""Drawings of people and a model that sees them: a jacket says the job, the hair says the group; “nurse” leans.

Nobody is shown: heads are discs. The model reads pixels, so that a drawing without colour is another one to it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw

from nova_explore.collection import Item, Modality
from nova_explore.models.model import Capabilities
from nova_explore.space import ItemError, Role, Space, Vector

JOBS = {"nurse": (200, 40, 40), "pilot": (40, 60, 200), "farmer": (40, 150, 60), "judge": (110, 60, 130)}
GROUPS = ("women", "men")
SIDE = 96
HAIR = (28, 40)
"""Where long hair is seen and short hair is not."""


def draw_person(job: str, group: str, number: int) -> Image.Image:
    """One drawing; no two are alike."""
    image = Image.new("RGB", (SIDE, SIDE), (250, 250, 244 - number % 40))
    drawn = ImageDraw.Draw(image)
    if group == "women":
        drawn.ellipse((24, 10, 72, 64), fill=(90, 60, 30))
    drawn.ellipse((32, 14, 64, 48), fill=(224 - number % 30, 180, 140))
    drawn.rounded_rectangle((20, 54, 76, 96), 12, fill=JOBS[job])
    drawn.line((10 + number % 20, 92, 10 + number % 20, 80), fill=(0, 0, 0), width=1 + number // 20 % 4)
    return image


def write_people(folder: Path, *, each: int = 10) -> pd.DataFrame:
    """Draw people of every job and group; a frame with their files, group and job."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for job in JOBS:
        for group in GROUPS:
            for number in range(each):
                path = folder / f"{job}-{group}-{number:02d}.png"
                draw_person(job, group, number + 40 * (group == "men")).save(path)
                rows.append({"path": str(path), "gender": group, "job": job})
    return pd.DataFrame(rows)


class PeopleModel:
    """Sees the colour of the jacket and the length of the hair, and a little of everything else."""

    name = "people"

    def __init__(self, *, lean: float = 1.6) -> None:
        self.space = Space("drawn-people", "1", "index", 16, "1")
        both = frozenset({Modality.IMAGE, Modality.TEXT})
        self.capabilities = Capabilities(both, 64, both, prefix=8)
        self.lean = lean
        self.embedded: list[Item] = []

    def embed_batch(self, items: Sequence[Item], *, role: Role = "index") -> list[Vector | ItemError]:
        self.embedded += items
        return [self._text(str(item.text)) if item.modality is Modality.TEXT else self._picture(item) for item in items]

    def _picture(self, item: Item) -> Vector:
        pixels = np.asarray(Image.open(item.uri).convert("RGB").resize((SIDE, SIDE)), float)
        jacket, hair = pixels[80, 48], pixels[HAIR[1], HAIR[0]]
        far = [float(np.linalg.norm(jacket - colour)) for colour in JOBS.values()]
        return self._unit([1.5 * (distance < 60) for distance in far], 1.2 if hair.sum() < 400 else -1.2, item.digest)

    def _text(self, words: str) -> Vector:
        low = words.lower()
        hair = self.lean if "nurse" in low else 0.0
        hair += 3.0 * ("female" in low) - 3.0 * (" male" in low)
        return self._unit([1.5 * (job in low) for job in JOBS], hair, words)

    def _unit(self, jobs: Sequence[float], hair: float, salt: str) -> Any:
        seed = int.from_bytes(hashlib.sha256(salt.encode()).digest()[:8], "big")
        noise = 0.25 * np.random.default_rng(seed).normal(size=11)
        vector = np.array([*jobs, hair, *noise], np.float32)
        return vector / np.linalg.norm(vector)


def people_exploration(folder: Path, *, each: int = 10, model: PeopleModel | None = None) -> Any:
    """Embed and explore drawings of people."""
    import nova_explore as nx

    model = model or PeopleModel()
    media = nx.read(write_people(folder / "people", each=each), path="path", progress=False)
    library = nx.embed(media, to=folder / "people.nova", model=model, progress=False)
    return nx.explore(library, model=model, progress=False)
