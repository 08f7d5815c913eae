"""Vectors that a person brings find their items by id, or are refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from fakes.toy_library import text_items
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pyarrow import feather, parquet

from nova_explore.collection import Collection, Modality
from nova_explore.embedding.own_vectors import import_vectors
from nova_explore.errors import SourceError, SpaceMismatchError, UnknownNameError
from nova_explore.exploration.chain import explore
from nova_explore.models.model import EmbeddingModel
from nova_explore.models.own import OwnModel, read_vectors
from nova_explore.sources.read import read
from nova_explore.space import Space

SPACE = Space("mine", "1", "index", 5, "imported")


def collection(n: int = 6) -> Collection:
    return Collection(text_items([("t", f"text {i}") for i in range(n)]))


def unit(n: int, d: int = 5, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(n, d))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def forms(ids, rows, folder):
    """The same vectors in every form, each in another order."""
    back = list(reversed(range(len(ids))))
    names, turned = [ids[i] for i in back], rows[back]
    table = pa.table({"id": names, "vector": list(turned)})
    fixed = pa.FixedSizeListArray.from_arrays(pa.array(turned.ravel()), turned.shape[1])
    parquet.write_table(pa.table({"id": names, "vector": fixed}), folder / "v.parquet")
    feather.write_feather(table, folder / "v.feather")
    np.savez(folder / "v.npz", id=np.array(names), vector=turned)
    frame = pd.DataFrame({"id": names, "vector": list(turned)})
    yield from (table, frame, frame.set_index("id"), dict(zip(names, turned, strict=True)))
    yield from (folder / "v.parquet", str(folder / "v.feather"), folder / "v.npz")


@pytest.mark.slow
def test_every_form_gives_every_item_its_own_vector_whatever_the_order(tmp_path):
    items, rows = collection(), unit(6)
    for place, form in enumerate(forms(items.ids, rows, tmp_path)):
        library = import_vectors(items, form, to=tmp_path / f"{place}.nova", model="mine", progress=False)
        found, present = library.vectors(SPACE, [item.content_key for item in items])
        assert present.all()
        np.testing.assert_allclose(found, rows, atol=1e-6)
    array = import_vectors(items, rows[::-1], ids=items.ids[::-1], to=tmp_path / "a.nova", model="mine", progress=False)
    np.testing.assert_allclose(array.vectors(SPACE, [item.content_key for item in items])[0], rows, atol=1e-6)


@pytest.mark.parametrize("known_by", ["name", "uri", "content_key"])
def test_items_are_known_by_name_address_and_content_too(tmp_path, known_by):
    items, rows = collection(), unit(6)
    ids = [getattr(item, known_by) for item in items]
    library = import_vectors(items, rows, ids=ids, to=tmp_path / "a.nova", model="mine", progress=False)
    np.testing.assert_allclose(library.vectors(SPACE, [item.content_key for item in items])[0], rows, atol=1e-6)


def test_an_array_without_ids_is_refused_because_order_proves_nothing(tmp_path):
    with pytest.raises(SourceError, match="their order is no proof"):
        import_vectors(collection(), unit(6), to=tmp_path / "a.nova", model="mine", progress=False)
    assert not (tmp_path / "a.nova").exists()


def test_normalising_and_gaps_are_said(tmp_path):
    items, rows = collection(), unit(5) * np.array([[3.0], [1], [1], [1], [0.5]], np.float32)
    ids = [*items.ids[:4], "nobody"]
    message = r"2 of 5 vectors were brought to unit length; 1 ids belong to no item \('nobody'\); 2 of 6 items"
    with pytest.warns(UserWarning, match=message):
        library = import_vectors(items, rows, ids=ids, to=tmp_path / "a.nova", model="mine", progress=False)
    assert len(library.embedded(SPACE)) == 4
    assert all("No vector was given" in reason for reason in library.failures(SPACE).values())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda ids, rows: (ids, np.where(rows == rows[2, 1], np.nan, rows)),
            "1 vectors hold values that are not finite",
        ),
        (lambda ids, rows: (ids, rows * (np.arange(6) != 3)[:, None]), "1 vectors are all zeros"),
        (lambda ids, rows: ([ids[0], *ids[:5]], rows), "1 ids are there twice"),
        (lambda ids, rows: (ids[:5], rows), "5 ids for 6 vectors"),
        (lambda ids, rows: (ids, [row[: 5 - (i == 4)] for i, row in enumerate(rows)]), "not all of one length"),
        (lambda ids, rows: (ids, rows[0]), r"shape \(5,\)"),
        (lambda ids, rows: ([f"x{id}" for id in ids], rows), "None of the 6 ids belongs to an item"),
    ],
)
def test_what_cannot_be_used_is_refused_and_named(tmp_path, change, message):
    items = collection()
    ids, rows = change(list(items.ids), unit(6))
    with pytest.raises(SourceError, match=message):
        import_vectors(items, rows, ids=ids, to=tmp_path / "a.nova", model="mine", progress=False)
    assert not (tmp_path / "a.nova").exists()


def test_files_and_columns_that_are_not_there_are_named(tmp_path):
    with pytest.raises(SourceError, match="There is no file"):
        read_vectors(tmp_path / "none.parquet")
    (tmp_path / "v.txt").write_text("1 2 3")
    with pytest.raises(SourceError, match=r"\.parquet, \.arrow"):
        read_vectors(tmp_path / "v.txt")
    with pytest.raises(UnknownNameError, match="embedding"):
        read_vectors(pa.table({"id": ["a"], "embedding": [[1.0]]}))
    with pytest.raises(SourceError, match="one or the other"):
        read_vectors({"a": [1.0]}, ids=["a"])


def test_two_vectors_for_one_content_are_refused():
    items = Collection(text_items([("t", "same"), ("t", "same")]))
    assert items[0].content_key == items[1].content_key
    with pytest.raises(SourceError, match="Two different vectors are given for the same content"):
        OwnModel(read_vectors(unit(2), ids=items.ids), items, name="mine")


def test_imported_vectors_answer_no_query():
    items = collection(1)
    model = OwnModel(read_vectors(unit(1), ids=items.ids), items, name="mine")
    assert isinstance(model, EmbeddingModel)
    (answer,) = model.embed_batch(list(items), role="query")
    assert "answer no query" in getattr(answer, "reason", "")


@pytest.mark.slow
def test_imported_vectors_of_pictures_are_drawn_and_refuse_a_search(mixed_folder, tmp_path):
    pictures = read(mixed_folder, progress=False).filter(lambda item: item.modality is Modality.IMAGE)
    bare = Collection(replace(item, metadata={}, name=f"{place}.png") for place, item in enumerate(pictures))
    library = import_vectors(bare, unit(len(bare)), ids=bare.ids, to=tmp_path / "a.nova", model="mine", progress=False)
    exploration = explore(library, min_cluster_size=3)
    assert len(exploration.collection) == 12
    with pytest.raises(SpaceMismatchError, match="imported without their model"):
        exploration.search("a red circle")


@given(arrays(np.float32, (7, 3), elements=st.floats(-1e6, 1e6, width=32)), st.permutations(range(7)))
def test_whatever_the_order_an_id_keeps_its_vector(rows, order):
    rows = np.where(np.linalg.norm(rows, axis=1, keepdims=True) < 1e-3, np.float32(1), rows)
    ids = [f"item {i}" for i in range(7)]
    straight = read_vectors(rows, ids=ids)
    turned = read_vectors(rows[list(order)], ids=[ids[i] for i in order])
    for place, id in enumerate(ids):
        np.testing.assert_array_equal(straight.vectors[place], turned.vectors[turned.ids.index(id)])
    np.testing.assert_allclose(np.linalg.norm(straight.vectors, axis=1), 1, atol=1e-5)
