"""Texts that are no items of a library are embedded in batches, in order, and all or none."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.toy_library import text_items
from fakes.toy_model import ToyModel

from nova_explore.errors import UnreadableError
from nova_explore.models.queries import embed_items, embed_texts


class Noting(ToyModel):
    """Notes how many items each call has, and for what."""

    def __init__(self) -> None:
        super().__init__(batch_size=3)
        self.calls: list[tuple[int, str]] = []

    def embed_batch(self, items, *, role="index"):
        self.calls.append((len(items), role))
        return super().embed_batch(items, role=role)


def test_texts_come_back_in_order_whatever_the_size_of_a_batch():
    model, texts = Noting(), [f"owl number {n}" for n in range(7)]
    vectors = embed_texts(model, texts, role="query")
    assert model.calls == [(3, "query"), (3, "query"), (1, "query")]
    assert vectors.shape == (7, 48)
    for text, vector in zip(texts, vectors, strict=True):
        np.testing.assert_array_equal(embed_texts(ToyModel(), [text], role="query")[0], vector)


def test_no_texts_give_no_rows_of_the_right_length_and_ask_nothing():
    model = Noting()
    assert embed_texts(model, [], role="query").shape == (0, 48)
    assert model.calls == []


def test_one_item_that_cannot_be_embedded_is_named_with_its_reason():
    items = text_items([("x", "an owl"), ("x", "poison")])
    with pytest.raises(UnreadableError, match=r"row 1: The toy model refuses poison\."):
        embed_items(ToyModel(), items, role="index")
