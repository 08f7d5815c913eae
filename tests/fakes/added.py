"""Texts that join a map, and what must hold of the map before and after."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fakes.toy_library import text_items
from fakes.toy_model import ToyModel, topic_texts
from nova_explore.exploration.bundle import Exploration

NEW = 8
"""Texts a topic."""


def new_texts(per_topic: int = NEW) -> list:
    """Texts of the four topics that the toy collection does not hold."""
    texts = [(topic, f"{text} later") for topic, text in topic_texts(per_topic, seed=7)]
    return [replace(item, uri=f"/later.csv#row={row}") for row, item in enumerate(text_items(texts))]


def assert_unmoved(before: Exploration, after: Exploration) -> None:
    """What was mapped is bit for bit as it was."""
    n = len(before)
    assert after.collection.ids[:n] == before.collection.ids
    for one, other in (
        (after.layout.xy, before.layout.xy),
        (after.layout.preservation, before.layout.preservation),
        (after.clustering.labels, before.clustering.labels),
        (after.clustering.strengths, before.clustering.strengths),
        (after.vectors, before.vectors),
        (after.compared, before.compared),
    ):
        np.testing.assert_array_equal(one[:n], other)
    assert {c: replace(name, size=0) for c, name in after.names.items()} == {
        c: replace(name, size=0) for c, name in before.names.items()
    }


def assert_aligned(exploration: Exploration) -> None:
    """Every row is of its own item."""
    model = ToyModel()
    for place, item in enumerate(exploration.collection):
        np.testing.assert_array_equal(exploration.vectors[place], model.embed_batch([item])[0])
    assert tuple(exploration.frame.index) == exploration.collection.ids
    assert list(exploration.frame["x"]) == exploration.layout.xy[:, 0].tolist()
    products = (exploration.compared[:, None] * exploration.compared[exploration.neighbors.indices]).sum(axis=2)
    np.testing.assert_allclose(products, exploration.neighbors.similarities, atol=1e-5)
