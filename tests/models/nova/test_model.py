"""Every kind of item reaches Amazon Nova in a form it takes, and only sound answers come back as vectors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fakes.toy_library import text_item, toy_collection

from nova_explore.collection import Collection, Modality
from nova_explore.embedding.embed import embed, estimate
from nova_explore.errors import SpaceMismatchError, UnknownNameError
from nova_explore.library.store import open_library
from nova_explore.models.model import Account, aim
from nova_explore.models.nova.client import Guardrail
from nova_explore.models.nova.model import NovaModel
from nova_explore.models.nova.prepare import MOST_CHARACTERS
from nova_explore.models.nova.request import MOST_BYTES
from nova_explore.models.registry import open_model


def vectors_of(library, model):
    collection = library.collection()
    vectors, present = library.vectors(model.space, [item.content_key for item in collection])
    assert present.all()
    return dict(zip([item.content_key for item in collection], vectors, strict=True))


# ---- what is sent ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_awkward_medium_is_taken_by_the_strict_service(bedrock, awkward, tmp_path):
    library = embed(awkward, to=tmp_path / "a.nova", model=NovaModel(dimension=256), progress=False)
    assert library.failures(NovaModel(dimension=256).space) == {}
    assert len(library.embedded(NovaModel(dimension=256).space)) == len({i.content_key for i in awkward})
    assert bedrock.errors == {}
    kinds = {about["kind"] for about in bedrock.requests}
    assert kinds == {"text", "image", "audio", "video"}
    assert sum(about.get("page", False) for about in bedrock.requests) == 2
    assert max(about.get("seconds", 0) for about in bedrock.requests) <= 30.0


def test_a_text_that_cannot_be_made_parts_is_cut_at_a_word_and_the_account_says_so(bedrock):
    account = Account()
    long = text_item("owl " * 3000)
    (answer,) = filter(None, NovaModel().embed_stream([long], account=account))
    assert isinstance(answer[1], np.ndarray)
    (kept,) = account.truncated.values()
    assert MOST_CHARACTERS - 4 <= kept <= MOST_CHARACTERS


def test_our_calls_and_the_local_service_agree_with_the_service_model_of_botocore(aws):
    import botocore.session
    from botocore.validate import ParamValidator
    from fakes.fake_bedrock import ERRORS

    from nova_explore.models.nova.request import MODEL_ID

    service = botocore.session.get_session().get_service_model("bedrock-runtime")
    operation: Any = service.operation_model("InvokeModel")
    shape = operation.input_shape
    call = {"modelId": MODEL_ID, "body": b"{}", "accept": "application/json", "contentType": "application/json"}
    assert ParamValidator().validate(call | Guardrail("g", "1").headers, shape).generate_report() == ""
    assert shape.members["body"].metadata["max"] == MOST_BYTES
    modelled = {error.name: error.metadata["error"]["httpStatusCode"] for error in operation.error_shapes}
    beyond = {"ExpiredTokenException", ""}  # of the signature, not of the operation; of a gateway before it
    assert {code: status for status, code, _ in ERRORS.values() if code not in beyond} == modelled


@pytest.mark.slow
def test_a_guardrail_is_named_in_every_call_and_an_unknown_one_ends_the_run(bedrock, tmp_path):
    from nova_explore.errors import ServiceRefusedError

    embed(toy_collection(1), to=tmp_path / "a.nova", model=NovaModel(guardrail=Guardrail("mine", "1")), progress=False)
    with pytest.raises(ServiceRefusedError, match="guardrail"):
        embed(
            toy_collection(2), to=tmp_path / "b.nova", model=NovaModel(guardrail=Guardrail("missing")), progress=False
        )


# ---- spaces, purposes, lengths --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["nova", "nova:256", "nova:clustering", "nova:256-of-3072", "nova:3072:sound"])
def test_a_name_says_all_that_a_space_is(aws, name):
    model = open_model(name)
    assert model.name == name
    assert open_model(model.name).space == model.space


def test_what_the_service_does_not_offer_is_refused_before_anything_is_sent(aws):
    with pytest.raises(UnknownNameError, match="512"):
        NovaModel(dimension=512)
    with pytest.raises(UnknownNameError, match="CLUSTERING"):
        NovaModel(purpose="clusterin")
    with pytest.raises(UnknownNameError, match="longer dimension"):
        NovaModel(dimension=1024, prefix_of=256)


@pytest.mark.parametrize(
    ("searched", "purpose"),
    [
        ({Modality.TEXT}, "TEXT_RETRIEVAL"),
        ({Modality.IMAGE}, "IMAGE_RETRIEVAL"),
        ({Modality.PAGE}, "DOCUMENT_RETRIEVAL"),
        ({Modality.AUDIO}, "AUDIO_RETRIEVAL"),
        ({Modality.VIDEO}, "VIDEO_RETRIEVAL"),
        ({Modality.TEXT, Modality.VIDEO}, "GENERIC_RETRIEVAL"),
        (set(), "GENERIC_RETRIEVAL"),
    ],
)
def test_a_query_names_what_is_searched_and_a_library_is_indexed(bedrock, searched, purpose):
    model = aim(NovaModel(), searched)
    model.embed_batch([text_item("an owl")], role="query")
    model.embed_batch([text_item("an owl")], role="index")
    assert [about["purpose"] for about in bedrock.requests] == [purpose, "GENERIC_INDEX"]
    assert model.space == NovaModel().space


@pytest.mark.slow
def test_a_clustering_space_is_a_second_space_and_asks_with_its_own_purpose(bedrock, tmp_path):
    embed(toy_collection(2), to=tmp_path / "a.nova", model="nova", progress=False)
    with pytest.raises(SpaceMismatchError):
        embed(toy_collection(2), to=tmp_path / "a.nova", model="nova:clustering", progress=False)
    library = embed(toy_collection(2), to=tmp_path / "a.nova", model="nova:clustering", new_space=True, progress=False)
    assert set(library.spaces()) == {"nova", "nova:clustering"}
    aim(open_model("nova:clustering"), {Modality.TEXT}).embed_batch([text_item("q")], role="query")
    assert bedrock.requests[-1]["purpose"] == "CLUSTERING"


@pytest.mark.slow
def test_a_search_is_aimed_at_what_the_library_holds(bedrock, tmp_path):
    from nova_explore.exploration.chain import explore

    exploration = explore(embed(toy_collection(6), to=tmp_path / "a.nova", model="nova", progress=False))
    found = exploration.search("owl robin feather")
    assert exploration.collection[found.ids[0]].metadata["topic"] == "birds"
    assert "TEXT_RETRIEVAL" in {about["purpose"] for about in bedrock.requests}


@pytest.mark.slow
def test_one_long_answer_serves_every_shorter_length_without_a_call(bedrock, tmp_path):
    library = embed(
        toy_collection(2), to=tmp_path / "a.nova", model=NovaModel(dimension=3072, cache=False), progress=False
    )
    sent = bedrock.summary()["requests"]
    short = NovaModel(dimension=256, prefix_of=3072, cache=False)
    embed(toy_collection(2), to=tmp_path / "a.nova", model=short, new_space=True, progress=False)
    assert bedrock.summary()["requests"] == sent
    long = vectors_of(library, NovaModel(dimension=3072))
    for key, vector in vectors_of(library, short).items():
        np.testing.assert_allclose(vector, long[key][:256] / np.linalg.norm(long[key][:256]), atol=1e-6)


@pytest.mark.slow
def test_picture_and_sound_of_a_video_are_chosen_by_name_and_paid_once(bedrock, awkward, tmp_path):
    films = Collection(item for item in awkward if item.modality is Modality.VIDEO)
    picture = embed(films, to=tmp_path / "p.nova", model=NovaModel(video="picture"), progress=False)
    sent = bedrock.summary()["requests"]
    sound = embed(films, to=tmp_path / "s.nova", model=NovaModel(video="sound"), progress=False)
    assert bedrock.summary()["requests"] == sent + len(sound.failures(NovaModel(video="sound").space))
    assert len(vectors_of(picture, NovaModel(video="picture"))) == len(films)
    seen = picture.embedded(NovaModel(video="picture").space)
    heard = sound.embedded(NovaModel(video="sound").space)
    silent = sound.failures(NovaModel(video="sound").space)
    assert heard | set(silent) == seen
    for key in heard:
        one, _ = picture.vectors(NovaModel(video="picture").space, [key])
        other, _ = sound.vectors(NovaModel(video="sound").space, [key])
        assert abs(float(one[0] @ other[0])) < 0.9


# ---- paid once ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_same_content_in_the_same_space_is_paid_once_over_all_libraries(bedrock, tmp_path):
    whole = toy_collection(6)
    embed(whole[:20], to=tmp_path / "a.nova", model="nova", progress=False)
    before = estimate(whole, to=tmp_path / "b.nova", model="nova")
    assert before is not None
    assert (before.calls, before.cached) == (4, 20)
    library = embed(whole, to=tmp_path / "b.nova", model="nova", progress=False)
    assert bedrock.summary()["sent_again"] == 0
    assert bedrock.summary()["good"] == 24
    assert library.runs()[-1]["account"]["cached"] == 20
    embed(whole, to=tmp_path / "c.nova", model=NovaModel(dimension=256), progress=False)
    assert bedrock.summary()["good"] == 48


def test_what_was_paid_for_as_an_item_costs_again_as_a_query(bedrock):
    items = list(toy_collection(1))
    model = NovaModel()
    asking = model.aimed_at(frozenset({Modality.TEXT}))
    model.embed_batch(items)
    assert (model.estimate(items).calls, asking.estimate(items).calls) == (0, 4)
    asking.embed_batch(items, role="query")
    assert asking.estimate(items).calls == 0


def test_a_cache_that_cannot_be_used_costs_nothing_but_a_warning(bedrock, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.warns(UserWarning, match="cache of paid vectors"):
        library = embed(
            toy_collection(1), to=tmp_path / "a.nova", model=NovaModel(cache=tmp_path / "file"), progress=False
        )
    assert len(library.embedded(NovaModel().space)) == 4


def test_provenance_says_who_where_and_what_and_nothing_secret(bedrock, tmp_path):
    library = embed(toy_collection(1), to=tmp_path / "a.nova", model="nova", progress=False)
    run = library.runs()[-1]
    assert run["service"]["caller"] == "arn:aws:iam::111122223333:user/tester"
    assert run["service"]["region"] == "us-east-1"
    assert (run["account"]["calls"], run["account"]["answered"]) == (4, 4)
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"not-so-secret-secret" not in everything
    assert b"AKIATESTTESTTEST" not in everything


@pytest.mark.slow
def test_a_caller_that_may_not_ask_who_it_is_is_not_named(bedrock, aws, tmp_path):
    aws.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
    library = embed(toy_collection(1), to=tmp_path / "a.nova", model="nova", progress=False)
    assert library.runs()[-1]["service"]["caller"] is None


@pytest.mark.slow
def test_a_library_is_the_same_whoever_opens_it(bedrock, tmp_path):
    model = NovaModel()
    library = embed(toy_collection(3), to=tmp_path / "a.nova", model=model, progress=False)
    assert vectors_of(open_library(tmp_path / "a.nova"), model).keys() == vectors_of(library, model).keys()
    for item in library.collection():
        direct = NovaModel(cache=False).embed_batch([item])[0]
        assert isinstance(direct, np.ndarray)
        np.testing.assert_allclose(vectors_of(library, model)[item.content_key], direct, atol=1e-6)
