"""What is sent is of the documented schema, and only a sound answer is read."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest
from fakes.bedrock_rules import PURPOSES, Refused, check

from nova_explore.errors import UnknownNameError
from nova_explore.models.nova.faults import DamagedAnswerError
from nova_explore.models.nova.request import DIMENSIONS, Prepared, medium_fields, read_answer, request_body, shorten


@pytest.mark.parametrize("purpose", sorted(PURPOSES))
@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_every_purpose_and_dimension_is_taken(purpose, dimension):
    about = check(request_body(Prepared("text", text="an owl"), purpose=purpose, dimension=dimension))
    assert (about["purpose"], about["dimension"]) == (purpose, dimension)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body.pop("taskType"),
        lambda body: body.update(inputText="an owl"),
        lambda body: body["singleEmbeddingParams"].update(embeddingDimension=512),
        lambda body: body["singleEmbeddingParams"].update(embeddingPurpose="RETRIEVAL"),
        lambda body: body["singleEmbeddingParams"].pop("embeddingPurpose"),
        lambda body: body["singleEmbeddingParams"]["text"].pop("truncationMode"),
        lambda body: body["singleEmbeddingParams"]["text"].update(value="x" * 50_001),
        lambda body: body["singleEmbeddingParams"]["text"].update(value=["an owl"]),
        lambda body: body["singleEmbeddingParams"].update(image={"format": "png", "source": {"bytes": ""}}),
    ],
)
def test_the_local_service_refuses_what_the_service_refuses(spoil):
    body = json.loads(request_body(Prepared("text", text="an owl"), purpose="GENERIC_INDEX", dimension=256))
    spoiled = copy.deepcopy(body)
    spoil(spoiled)
    check(json.dumps(body).encode())
    with pytest.raises(Refused):
        check(json.dumps(spoiled).encode())


def answered(**entry) -> bytes:
    return json.dumps({"embeddings": [{"embeddingType": "TEXT", "embedding": [0.6, 0.8], **entry}]}).encode()


def test_a_vector_is_brought_to_unit_length_and_what_was_cut_is_told():
    found = read_answer(
        answered(embedding=[0.603, 0.804], truncatedCharLength=12), dimension=2, tokens=3, request_id="r"
    )
    np.testing.assert_allclose(np.linalg.norm(found.vectors["TEXT"]), 1, atol=1e-6)
    assert (found.kept, found.tokens, found.request_id) == (12, 3, "r")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>", "no JSON"),
        (b"{}", "no list of embeddings"),
        (b'{"embeddings": []}', "no list of embeddings"),
        (b'{"embeddings": [{}]}', "no embedding"),
        (answered(embedding=[1.0]), "shape"),
        (answered(embedding=[0.0, 0.0]), "length 0"),
        (answered(embedding=[1.0, "x"]), "no number"),
        (answered().replace(b"0.6", b"NaN"), "not finite"),
        (json.dumps({"embeddings": 2 * json.loads(answered())["embeddings"]}).encode(), "same type"),
    ],
)
def test_an_answer_that_is_not_sound_is_damaged(body, said):
    with pytest.raises(DamagedAnswerError, match=said):
        read_answer(body, dimension=2)


def test_a_file_in_s3_is_named_with_the_owner_of_its_bucket():
    medium = Prepared("audio", format="wav", uri="s3://bucket/a.wav")
    fields = medium_fields(medium, bucket_owner="111122223333")
    assert fields["source"] == {"s3Location": {"uri": "s3://bucket/a.wav", "bucketOwner": "111122223333"}}
    with pytest.raises(UnknownNameError, match="flac"):
        medium_fields(Prepared("audio", format="flac"))


def test_a_prefix_is_of_unit_length():
    assert np.linalg.norm(shorten(np.array([0.1, 0.2, 0.9], np.float32), 2)) == pytest.approx(1, abs=1e-6)
