"""Vectors that a person brings are read from every form, checked, and matched by id alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from fakes.arrow_stream import ArrowStreamOnly
from fakes.toy_library import text_items

from nova_explore.collection import Collection
from nova_explore.errors import SourceError, UnknownNameError
from nova_explore.models.own import OwnModel, read_vectors
from nova_explore.space import ItemError

ROWS = np.array([[3.0, 4.0], [1.0, 0.0], [0.0, 2.0]])
UNIT = np.array([[0.6, 0.8], [1.0, 0.0], [0.0, 1.0]], np.float32)
IDS = ["a", "b", "c"]


def collection(n: int = 3) -> Collection:
    return Collection(text_items([("t", f"text {i}") for i in range(n)]))


@pytest.mark.parametrize(
    "form",
    [
        ArrowStreamOnly(id=IDS, vector=ROWS.tolist()),
        pd.DataFrame({"id": IDS, "vector": ROWS.tolist()}),
        pd.DataFrame({"vector": ROWS.tolist()}, index=IDS),
        dict(zip(IDS, ROWS, strict=True)),
        {"id": IDS, "vector": ROWS},
    ],
    ids=["arrow stream", "frame", "frame with ids as index", "mapping", "two columns"],
)
def test_every_form_is_read_as_unit_rows_with_its_ids(form):
    own = read_vectors(form)
    assert own.ids == ("a", "b", "c")
    np.testing.assert_allclose(own.vectors, UNIT)
    assert own.vectors.dtype == np.float32
    assert not own.vectors.flags.writeable
    assert own.normalised == 2


def test_the_digest_is_that_of_ids_and_directions():
    digest = read_vectors(ROWS, ids=IDS).digest
    assert read_vectors(dict(zip(IDS, UNIT, strict=True))).digest == digest
    assert read_vectors(ROWS, ids=["a", "b", "d"]).digest != digest
    assert read_vectors(ROWS[::-1], ids=IDS).digest != digest


@pytest.mark.parametrize("form", [ArrowStreamOnly(id=IDS, vector=ROWS.tolist()), {"a": ROWS[0]}], ids=["arrow", "dict"])
def test_ids_beside_a_form_that_has_its_own_are_refused(form):
    with pytest.raises(SourceError, match=r"ids=… goes with an array"):
        read_vectors(form, ids=IDS)


def test_a_stream_without_the_column_names_the_nearest():
    with pytest.raises(UnknownNameError, match="Did you mean 'vectors'"):
        read_vectors(ArrowStreamOnly(id=IDS, vectors=ROWS.tolist()))


def test_a_model_of_own_vectors_gives_every_item_its_own_and_refuses_the_others():
    items = collection(4)
    model = OwnModel(read_vectors(UNIT, ids=items.ids[2::-1]), items, name="mine", revision="1")
    answers: list[Any] = model.embed_batch(list(items))
    np.testing.assert_allclose(np.stack(answers[:3]), UNIT[::-1])
    assert isinstance(answers[3], ItemError)
    assert "No vector was given for it" in answers[3].reason
    assert model.matched == 3


def test_ids_that_belong_to_no_item_are_listed():
    items = collection(2)
    model = OwnModel(read_vectors(UNIT, ids=[*items.ids, "stray"]), items, name="mine", revision="1")
    assert list(model.unmatched) == ["stray"]
