"""Where the client finds its region, and what every call says besides its medium."""

from __future__ import annotations

import pytest
from fakes.toy_library import text_item

from nova_explore.errors import ServiceRefusedError, UnknownNameError
from nova_explore.models.nova.client import Called, Guardrail, find_region, open_client, who
from nova_explore.models.nova.model import NovaModel
from nova_explore.models.nova.request import MODEL_ID

PROFILE = "us.amazon.nova-2-multimodal-embeddings-v1:0"


def test_aws_region_is_honoured_as_the_other_sdks_do(aws):
    aws.setenv("AWS_REGION", "us-gov-west-1")
    aws.delenv("AWS_DEFAULT_REGION")
    assert find_region() == "us-gov-west-1"
    assert open_client().meta.region_name == NovaModel().region == "us-gov-west-1"


@pytest.mark.slow
def test_aws_region_goes_before_the_default_and_before_the_profiles(aws, tmp_path):
    config = tmp_path / "config"
    config.write_text("[default]\nregion = eu-west-1\n")
    aws.setenv("AWS_CONFIG_FILE", str(config))
    aws.setenv("AWS_REGION", "us-gov-west-1")
    aws.setenv("AWS_DEFAULT_REGION", "us-east-1")
    assert NovaModel().region == "us-gov-west-1"
    aws.delenv("AWS_REGION")
    assert NovaModel().region == "us-east-1"
    aws.delenv("AWS_DEFAULT_REGION")
    assert NovaModel().region == "eu-west-1"
    assert NovaModel(region="us-east-1").region == "us-east-1"


def test_jobs_and_s3_are_in_the_same_region(aws):
    from nova_explore.models.nova.s3 import open_s3

    aws.setenv("AWS_REGION", "us-gov-west-1")
    assert open_s3().meta.region_name == "us-gov-west-1"


def test_a_region_that_is_nowhere_is_asked_for_by_name(aws):
    aws.delenv("AWS_REGION")
    aws.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(ServiceRefusedError, match="AWS_REGION or AWS_DEFAULT_REGION"):
        open_client()


def test_an_endpoint_that_is_no_address_is_named(aws):
    with pytest.raises(ServiceRefusedError, match="endpoint"):
        open_client(endpoint_url="not an address")


def test_the_caller_is_known_or_nobody(bedrock, aws):
    assert who() == "arn:aws:iam::111122223333:user/tester"
    aws.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
    assert who() is None


def test_a_call_says_project_tier_metadata_and_guardrail_only_where_they_are_given():
    assert Called().headers == {}
    called = Called(project="p", tier="flex", metadata={"team": "archive"}, guardrail=Guardrail("g", "1"))
    assert called.headers == {
        "projectIdentifier": "p", "serviceTier": "flex", "requestMetadata": '{"team": "archive"}',
        "guardrailIdentifier": "g", "guardrailVersion": "1",
    }  # fmt: skip


def test_what_a_call_says_is_of_the_service_model(aws):
    from botocore.validate import ParamValidator

    shape = open_client().meta.service_model.operation_model("InvokeModel").input_shape
    called = Called(PROFILE, "p", "flex", {"team": "archive"}, Guardrail("g", "1"))
    call = {"modelId": called.model_id, "body": b"{}", **called.headers}
    assert ParamValidator().validate(call, shape).generate_report() == ""


@pytest.mark.slow
def test_an_inference_profile_is_called_and_its_vectors_are_the_models(bedrock, monkeypatch):
    seen = []
    model = NovaModel(model_id=PROFILE, project_identifier="p", service_tier="flex", request_metadata={"a": "b"})
    model.client.meta.events.register("before-call", lambda params, **_: seen.append(params))
    monkeypatch.setattr("fakes.fake_bedrock.MODEL", PROFILE)
    (vector,) = model.embed_batch([text_item("an owl")])
    assert "us.amazon" in seen[0]["url_path"]
    assert seen[0]["headers"]["X-Amzn-Bedrock-ProjectIdentifier"] == "p"
    assert seen[0]["headers"]["X-Amzn-Bedrock-Service-Tier"] == "flex"
    assert model.space == NovaModel().space
    monkeypatch.setattr("fakes.fake_bedrock.MODEL", MODEL_ID)
    requests = bedrock.summary()["requests"]
    NovaModel().embed_batch([text_item("an owl")])
    assert bedrock.summary()["requests"] == requests, "paid for by the profile"
    assert model.provenance()["model_id"] == PROFILE
    assert vector is not None


def test_a_tier_that_is_not_offered_is_refused_before_anything_is_sent(aws):
    with pytest.raises(UnknownNameError, match="service tier"):
        NovaModel(service_tier="cheap")
