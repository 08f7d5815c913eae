"""Any object with ``encode`` becomes a model of the library."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
from fakes.toy_library import text_items
from PIL import Image

from nova_explore.collection import Collection, Modality
from nova_explore.embedding.embed import embed
from nova_explore.errors import MissingExtraError
from nova_explore.models.clip import EncoderModel, open_sentence_transformer
from nova_explore.models.model import EmbeddingModel
from nova_explore.models.queries import embed_texts
from nova_explore.sources.read import read

SEEN = {Modality.TEXT, Modality.IMAGE, Modality.VIDEO, Modality.PAGE}


class Encoder:
    """Texts and pictures to four numbers, not of unit length, as such models return them."""

    def __init__(self) -> None:
        self.calls: list[list[object]] = []

    def encode(self, inputs, **_):
        self.calls.append(list(inputs))
        kinds = {isinstance(each, str) for each in inputs}
        assert len(kinds) == 1, "one kind at a time"
        return np.stack([self._one(each) for each in inputs])

    def _one(self, each):
        if isinstance(each, str):
            return np.array([len(each), each.count("e"), 1, 0], np.float32)
        assert isinstance(each, Image.Image)
        return np.array([*np.asarray(each.resize((1, 1))).reshape(3), 1], np.float32)


def test_a_mixed_folder_goes_through_an_encoder(mixed_folder, tmp_path):
    encoder = Encoder()
    model = EncoderModel(encoder, name="toy-clip", modalities=SEEN)
    assert isinstance(model, EmbeddingModel)
    library = embed(read(mixed_folder, progress=False), to=tmp_path / "a.nova", model=model, progress=False)
    kinds = {item.content_key: item.modality for item in library.collection()}
    assert {kinds[key] for key in library.embedded(model.space)} == SEEN
    assert {kinds[key] for key in library.failures(model.space)} == {Modality.AUDIO}
    vectors, _ = library.vectors(model.space, library.embedded(model.space))
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_prompts_part_queries_from_what_is_stored_and_spaces_from_each_other():
    encoder = Encoder()
    model = EncoderModel(encoder, name="toy", dimension=4, query_prompt="query: ", index_prompt="passage: ")
    embed_texts(model, ["a cat"], role="query")
    embed_texts(model, ["a cat"], role="index")
    assert encoder.calls == [["query: a cat"], ["passage: a cat"]]
    assert model.space != EncoderModel(encoder, name="toy", dimension=4).space


def test_an_encoder_that_fails_on_an_item_does_not_end_the_run(tmp_path):
    class Zero(Encoder):
        def _one(self, each):
            return np.zeros(4) if "nothing" in each else super()._one(each)

    items = Collection(text_items([("t", "a word"), ("t", "nothing"), ("t", "another")]))
    model = EncoderModel(Zero(), name="toy")
    library = embed(items, to=tmp_path / "a.nova", model=model, progress=False)
    assert len(library.embedded(model.space)) == 2
    assert list(library.failures(model.space)) == [items[1].content_key]


def test_what_has_no_encode_is_refused():
    with pytest.raises(TypeError, match="has no method encode"):
        EncoderModel(object(), name="x")


@pytest.mark.skipif(importlib.util.find_spec("sentence_transformers") is not None, reason="the extra is installed")
def test_the_extra_is_named_where_it_is_missing():
    with pytest.raises(MissingExtraError, match=r"nova-explore\[clip\]"):
        open_sentence_transformer("clip-ViT-B-32")
