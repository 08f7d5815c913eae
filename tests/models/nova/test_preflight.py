"""What an account can do is looked at line by line, for less than a cent, and nothing secret is shown."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from nova_explore.cli.commands import app
from nova_explore.models.nova.model import NovaModel
from nova_explore.models.nova.preflight import pace_of, preflight

pytestmark = pytest.mark.slow

QUOTA = "On-demand model inference tokens per minute for Amazon Nova Multimodal Embeddings"


def lines(**options):
    return {found.name: found for found in preflight(NovaModel(), **options)}


def test_everything_that_a_run_needs_is_looked_at(bedrock):
    bedrock.quotas = {QUOTA: 300_000.0, "On-demand model inference tokens per minute for Another Model": 1.0}
    found = lines()
    assert {name: line.state for name, line in found.items()} == dict.fromkeys(
        ("region", "caller", "model", "lifecycle", "quotas", "pace", "call"), "ok"
    )
    assert "us-east-1 (from AWS_REGION), profile default" in found["region"].detail
    assert "account 111122223333" in found["caller"].detail
    assert "ACTIVE" in found["lifecycle"].detail
    assert "20 texts of 1,000 characters a second" in found["pace"].detail
    assert "1024 dimensions" in found["call"].detail
    assert bedrock.summary()["requests"] == 1
    assert bedrock.billed < 0.0025


def test_what_the_caller_may_not_ask_is_unknown_and_stops_nothing(bedrock, aws):
    for service in ("BEDROCK", "SERVICE_QUOTAS", "STS"):
        aws.setenv(f"AWS_ENDPOINT_URL_{service}", "http://127.0.0.1:9")
    found = lines()
    assert {name for name, line in found.items() if line.state == "unknown"} == {
        "caller",
        "model",
        "lifecycle",
        "quotas",
    }
    assert found["call"].state == "ok"


def test_a_call_that_is_refused_says_what_to_do(bedrock):
    bedrock.always = "denied"
    found = lines()["call"]
    assert (found.state, "bedrock:InvokeModel" in found.detail) == ("missing", True)


def test_a_region_without_the_model_is_missing(bedrock, aws):
    aws.setenv("AWS_REGION", "eu-central-1")
    bedrock.region = "eu-central-1"
    found = lines()
    assert {found[name].state for name in ("region", "model", "call")} == {"missing"}


def test_a_quota_is_told_in_pictures_once_an_answer_has_shown_what_they_count(bedrock):
    from nova_explore.collection import Item, Modality

    model = NovaModel()
    assert "is learned from the first answers" in pace_of(model, 60_000)
    model.calls().counted(Item("p", Modality.IMAGE, "/p", "p", "png", "0" * 64), 100)
    assert "10 pictures a second" in pace_of(model, 60_000)


@pytest.mark.parametrize(("fault", "status"), [(None, 0), ("denied", 1)])
def test_the_command_prints_it_and_ends_with_its_status(bedrock, fault, status):
    bedrock.always = fault
    found = CliRunner().invoke(app, ["doctor", "--nova"])
    assert found.exit_code == status
    assert "account 111122223333" in found.output
    assert "not-so-secret" not in found.output


def test_the_time_that_a_quota_allows_is_said_before_anybody_is_asked(bedrock, tmp_path):
    bedrock.quotas = {QUOTA: 30.0}
    for n in range(6):
        (tmp_path / f"{n}.txt").write_text(f"Text number {n} about an owl on a mast.")
    words = ["embed", str(tmp_path), "--to", str(tmp_path / "a.nova"), "--model", "nova"]
    found = CliRunner().invoke(app, words, input="n\n")
    assert "Your quota of 30 tokens a minute allows about 3 texts a minute: 2 min." in found.output


def test_a_quota_that_may_be_asked_for_is_never_passed_and_asked_for_once_a_day(bedrock, monkeypatch):
    from fakes.toy_library import text_items
    from fakes.toy_model import topic_texts

    from nova_explore.models.model import Account
    from nova_explore.models.nova import calls
    from nova_explore.models.nova import model as nova_model

    asked, kept_to = [], []
    monkeypatch.setattr(calls, "quotas", lambda **place: asked.append(place) or {QUOTA: 600_000.0})
    whole = nova_model.Tokens
    monkeypatch.setattr(nova_model, "Tokens", lambda quota: kept_to.append(quota) or whole(quota))
    items = text_items(topic_texts(2))
    for _ in range(2):
        list(NovaModel().embed_stream(items, account=Account()))
    NovaModel().embed_batch(items[:1], role="query")
    assert kept_to == [600_000.0, 600_000.0]
    assert len(asked) == 1
    list(NovaModel(tokens_per_minute=5e6).embed_stream(items, account=Account()))
    assert kept_to[-1] == 5e6


def test_the_first_command_of_a_machine_looks_at_the_account_and_the_second_does_not(bedrock, tmp_path):
    (tmp_path / "a.txt").write_text("An owl on a mast.")
    words = ["embed", str(tmp_path / "a.txt"), "--to", str(tmp_path / "a.nova"), "--model", "nova"]
    first, second = (CliRunner().invoke(app, words, input="n\n").output for _ in range(2))
    assert "lifecycle" in first.partition("Send it?")[0]
    assert "lifecycle" not in second
    assert bedrock.summary()["requests"] == 0
