"""Explanations of every modality, made by hand: nothing is asked of a model."""

from __future__ import annotations

import io

from nova_explore.collection import Item, Modality
from nova_explore.exploration.bundle import Exploration
from nova_explore.media.place import Place
from nova_explore.similarity.explanation import Explanation
from nova_explore.similarity.overlay import Part

BOXES = (((0.0, 0.0, 0.5, 0.5), 0.3), ((0.5, 0.5, 1.0, 1.0), -0.1), ((0.5, 0.0, 1.0, 0.5), 0.02))
SECONDS = (((0.0, 1.0), 0.05), ((1.0, 2.0), 0.3), ((2.0, 3.0), -0.1))


def explanations_of_every_modality(exploration: Exploration) -> dict[Modality, Explanation]:
    """One explanation of an item of each modality that there is."""
    first = {item.modality: item for item in reversed(list(exploration.collection))}
    return {modality: explanation_of(item) for modality, item in first.items()}


def explanation_of(item: Item, query: str = "a quiet lake") -> Explanation:
    """What carries the likeness of an item to some words."""
    places: list[tuple[Place, float]] = []
    text, picture = "", b""
    if item.modality is Modality.TEXT:
        text = item.text or "a quiet lake at dawn"
        half = len(text) // 2
        places = [(Place("characters", (0, half)), 0.3), (Place("characters", (half, len(text))), -0.1)]
    if item.modality in (Modality.IMAGE, Modality.PAGE):
        places, picture = [(Place("box", at), weight) for at, weight in BOXES], _picture()
    if item.modality in (Modality.AUDIO, Modality.VIDEO):
        places = [(Place("seconds", at), weight) for at, weight in SECONDS]
    places.sort(key=lambda one: -one[1])  # the heaviest first
    parts = tuple(Part(f"{place.at}", place, weight, weight - 0.01, weight + 0.01) for place, weight in places)
    return Explanation(
        query, item.title, item.id, 0.62, parts, r2=0.9, spread=0.1, deletion=(0.2, 0.4), insertion=(0.6, 0.4),
        fills=("one fill", "another"), agreement=0.9, calls=20, planned=40, text=text, picture=picture,
    )  # fmt: skip


def _picture() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.linear_gradient("L").resize((240, 160)).save(out, "WEBP")
    return out.getvalue()
