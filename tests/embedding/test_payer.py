"""Before anything is sent it is told who pays, where and for how long; the account is looked at once a machine."""

from __future__ import annotations

import pytest
from fakes.fake_bedrock import FakeBedrock
from fakes.toy_library import text_items
from fakes.toy_model import ToyModel, topic_texts

from nova_explore.collection import Collection
from nova_explore.embedding.embed import embed
from nova_explore.embedding.payer import before_paying
from nova_explore.models.nova.model import NovaModel

pytestmark = pytest.mark.slow

QUOTA = "On-demand model inference tokens per minute for Amazon Nova Multimodal Embeddings"


@pytest.fixture
def bedrock(monkeypatch, tmp_path):
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK"):
        monkeypatch.delenv(name, raising=False)
    given = {
        "AWS_ACCESS_KEY_ID": "AKIATESTTESTTEST", "AWS_SECRET_ACCESS_KEY": "none", "AWS_REGION": "us-east-1",
        "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true", "NOVA_EXPLORE_CACHE": str(tmp_path / "cache"),
    }  # fmt: skip
    with FakeBedrock() as fake:
        for service in ("BEDROCK_RUNTIME", "BEDROCK", "STS", "SERVICE_QUOTAS"):
            given[f"AWS_ENDPOINT_URL_{service}"] = fake.url
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        yield fake


def test_in_python_too_the_account_is_looked_at_before_the_first_paid_call(bedrock, tmp_path, capfd):
    bedrock.quotas = {QUOTA: 60_000.0}
    texts = Collection(text_items(topic_texts(2)))
    embed(texts, to=tmp_path / "a.nova", model="nova", progress=True)
    told = capfd.readouterr().out
    first = told.partition("Spent ")[0]
    assert "lifecycle" in first
    assert "Account 111122223333 · caller" in first
    assert "Your quota of 60,000 tokens a minute allows about" in first
    embed(texts, to=tmp_path / "b.nova", model=NovaModel(dimension=256), progress=True)
    again = capfd.readouterr().out
    assert "lifecycle" not in again
    assert "region us-east-1" in again


def test_without_progress_nothing_is_told_and_of_a_local_model_there_is_nothing_to_tell(bedrock, tmp_path, capfd):
    embed(Collection(text_items(topic_texts(2))), to=tmp_path / "a.nova", model="nova", progress=False)
    assert "Account" not in capfd.readouterr().out
    expected = NovaModel().estimate(text_items(topic_texts(1)))
    assert list(before_paying(ToyModel(), expected)) == []
