"""A tiny deterministic model with real structure: texts that share words are near each other.

A text's vector is the normalised sum of one fixed random direction per word, so topics made of words give clusters
and a query finds the texts that hold its words. Calls are written to a log, so that tests can count them.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nova_explore.collection import Item, Modality
from nova_explore.models.model import Capabilities
from nova_explore.space import ItemError, Role, Space, Vector

TOPICS = {
    "birds": "owl robin feather wing nest beak sparrow heron",
    "boats": "sail anchor harbour mast deck rudder ferry canoe",
    "bread": "flour oven crust yeast loaf bakery dough rye",
    "stars": "galaxy comet orbit telescope nebula planet moon eclipse",
}


def topic_texts(per_topic: int, *, seed: int = 0) -> list[tuple[str, str]]:
    """Return (topic, text) pairs: five of a topic's words in random order, numbered so that no two texts are equal."""
    random = np.random.default_rng(seed)
    return [
        (topic, f"{' '.join(random.choice(words.split(), 5, replace=False))} n{number}{topic}")
        for topic, words in TOPICS.items()
        for number in range(per_topic)
    ]


class ToyModel:
    """Embeds texts; refuses every other modality with a reason."""

    name = "toy"

    def __init__(
        self,
        *,
        dimension: int = 48,
        revision: str = "1",
        batch_size: int = 8,
        log: Path | None = None,
        delay: float = 0.0,
    ) -> None:
        self.space = Space("toy-words", revision, "index", dimension, "1")
        self.capabilities = Capabilities(frozenset({Modality.TEXT}), batch_size, frozenset({Modality.TEXT}))
        self.log = log
        self.delay = delay

    def embed_batch(self, items: Sequence[Item], *, role: Role = "index") -> list[Vector | ItemError]:
        if self.log is not None and role == "index":
            with self.log.open("a", encoding="utf-8") as log:
                log.writelines(f"{item.content_key}\n" for item in items)
                log.flush()
                os.fsync(log.fileno())
        time.sleep(self.delay)
        return [self._embed(item) for item in items]

    def _embed(self, item: Item) -> Vector | ItemError:
        if item.modality is not Modality.TEXT or not item.text:
            return ItemError("The toy model reads texts only.")
        if "poison" in item.text:
            return ItemError("The toy model refuses poison.")
        total = np.zeros(self.space.dimension)
        for word in item.text.lower().split():
            seed = int.from_bytes(hashlib.sha256(f"{self.space.revision}{word}".encode()).digest()[:8], "big")
            weight = 0.2 if any(sign.isdigit() for sign in word) else 1.0
            total += weight * np.random.default_rng(seed).normal(size=self.space.dimension)
        return (total / np.linalg.norm(total)).astype(np.float32)
