"""The policies that are shipped allow every call that the code makes, and no other."""

from __future__ import annotations

import json

import boto3.session
import pytest
from fakes import ROOT
from fakes.fake_job_store import Habits
from fakes.jobs_bench import (
    PLACE,
    QUICK,
    QUIET,
    ROLE,
    fake,
    interrupted_run,
    nova,
    one_by_one,
    one_loader,
    run,
    s3,
    s3_url,
    talk,
    texts,
)

from nova_explore.embedding.job_table import JobTable
from nova_explore.embedding.jobs import collect_jobs, stop_jobs
from nova_explore.library.store import open_library
from nova_explore.models.nova.client import open_client
from nova_explore.models.nova.s3 import S3Place

__all__ = ["fake", "one_by_one", "one_loader", "s3", "s3_url"]  # fixtures
pytestmark = [*QUIET, pytest.mark.slow]

APART = S3Place("s3://media-bucket/policies", kms_key=PLACE.kms_key, owner=PLACE.owner)
"""Where no other test has uploaded anything: what is there already is not uploaded again."""

POLICIES = ROOT / "docs" / "policies"

ACTIONS = {
    "HeadObject": {"s3:GetObject", "s3:ListBucket"},  # without s3:ListBucket a missing object looks forbidden
    "GetObject": {"s3:GetObject"},
    "PutObject": {"s3:PutObject"},
    "CreateMultipartUpload": {"s3:PutObject"},
    "UploadPart": {"s3:PutObject"},
    "CompleteMultipartUpload": {"s3:PutObject"},
    "AbortMultipartUpload": {"s3:AbortMultipartUpload"},
    "ListObjectsV2": {"s3:ListBucket"},
    "StartAsyncInvoke": {"bedrock:InvokeModel"},
    "GetCallerIdentity": set(),  # needs no permission
}
"""IAM actions of an operation, where it is not the operation's own name
(https://docs.aws.amazon.com/service-authorization/latest/reference/)."""

NOT_SEEN_AS_CALLS = {
    "iam:PassRole",  # checked by Bedrock when a job is made
    "kms:GenerateDataKey", "kms:Decrypt",  # made by S3 for the caller, where the place has a key
    "s3:AbortMultipartUpload",  # only where an upload in parts fails
}  # fmt: skip


@pytest.fixture
def called(monkeypatch) -> set[tuple[str, str]]:
    """(service, operation) of every call that any client of boto3 makes from here on."""
    seen: set[tuple[str, str]] = set()
    make = boto3.session.Session.client

    def client(self, service, *arguments, **options):
        made = make(self, service, *arguments, **options)

        def note(model, **_):
            seen.add((service, model.name))

        made.meta.events.register("before-call", note)
        return made

    monkeypatch.setattr(boto3.session.Session, "client", client)
    return seen


def actions_of(called: set[tuple[str, str]]) -> set[str]:
    own = {name for name in called if name[1] not in ACTIONS}
    named = {action for _, name in called - own for action in ACTIONS[name]}
    return named | {f"{service.removesuffix('-runtime')}:{name}" for service, name in own}


def allowed(name: str) -> set[str]:
    statements = json.loads((POLICIES / name).read_text())["Statement"]
    return {action for statement in statements for action in statement["Action"]}


def needed(name: str, called: set[tuple[str, str]]) -> None:
    used, granted = actions_of(called), allowed(name)
    assert used <= granted, f"{name} does not allow {sorted(used - granted)}"
    assert granted - used <= NOT_SEEN_AS_CALLS, f"{name} allows {sorted(granted - used)}, which no call needs"


def test_the_policy_of_asynchronous_jobs_is_what_they_need(tmp_path, fake, called):
    fake.habits = Habits(throttles=1)
    library = run(talk(tmp_path), tmp_path / "a.nova", "async", s3=APART)
    (job,) = JobTable(library).jobs()
    JobTable(library).save(job.now("prepared", arn=None))  # as a process leaves it that is killed when it has asked
    collect_jobs(library, s3=APART, model=nova(), patience=QUICK, progress=False)
    needed("async.json", called)


def test_the_policy_of_batch_jobs_is_what_they_need(tmp_path, fake, called):
    fake.habits = Habits(looks=10**6)
    with pytest.raises(KeyboardInterrupt):
        interrupted_run(tmp_path, fake)
    library = open_library(tmp_path / "a.nova")
    (job,) = JobTable(library).jobs()
    JobTable(library).save(job.now("prepared", arn=None))
    stop_jobs(library, s3=PLACE, model=nova())
    run(texts(120), tmp_path / "a.nova", "batch", role=ROLE)
    needed("batch.json", called)


def test_the_policy_of_single_calls_is_what_they_need(s3, called):
    client = open_client(endpoint_url="http://127.0.0.1:9")
    with pytest.raises(Exception, match=r"127\.0\.0\.1"):
        client.invoke_model(modelId="amazon.nova-2-multimodal-embeddings-v1:0", body=b"{}")
    needed("sync.json", called)


@pytest.mark.parametrize("path", sorted(POLICIES.glob("*.json")), ids=lambda path: path.name)
def test_no_policy_allows_more_than_named_actions_on_named_things(path):
    for statement in json.loads(path.read_text())["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        assert not any("*" in action for action in actions)
        if "*" in statement.get("Resource", []):
            assert all(":List" in action for action in actions), "only lists cannot be tied to one thing"
        if any(action.startswith("s3:") for action in actions):
            assert "s3:ResourceAccount" in statement["Condition"]["StringEquals"]


def test_every_call_on_s3_names_the_owner_of_the_bucket(tmp_path, fake, monkeypatch):
    owners: list[object] = []
    make = boto3.session.Session.client

    def client(self, service, *arguments, **options):
        made = make(self, service, *arguments, **options)
        if service == "s3":
            made.meta.events.register("before-call", lambda params, **_: owners.append(
                params["headers"].get("x-amz-expected-bucket-owner")
            ))  # fmt: skip
        return made

    monkeypatch.setattr(boto3.session.Session, "client", client)
    run(talk(tmp_path), tmp_path / "a.nova", "async")
    run(texts(120), tmp_path / "a.nova", "batch", role=ROLE)
    assert len(owners) >= 8
    assert set(owners) == {PLACE.owner}
